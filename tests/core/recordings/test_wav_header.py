"""WAV files whose head is wrong, each made by hand: what is said of them, and nothing of sound ones."""

from __future__ import annotations

import os
import struct
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import soundfile

from core.faults import Fault
from core.recordings.sound_file import look_at, read_sound
from core.recordings.terminal import quiet

BODY = (8000 * np.sin(np.arange(16000) / 9)).astype("<i2").tobytes()  # 32,000 bytes, a second at 16 kHz


def wav(path, channels=1, rate_hz=16000, bits=16, block=None, said=None, coding=1, body=BODY, after=b""):
    width = channels * bits // 8 if block is None else block
    form = struct.pack("<HHIIHH", coding, channels, rate_hz, rate_hz * width & 0xFFFFFFFF, width, bits)
    data = b"data" + struct.pack("<I", len(body) if said is None else said) + body + after
    path.write_bytes(b"RIFF" + struct.pack("<I", 28 + len(data)) + b"WAVEfmt \x10\0\0\0" + form + data)
    return path


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"channels": 0}, "has no channels according to its header"),
        ({"channels": 2000}, "has 2000 channels, more than 1024 according to its header"),
        ({"rate_hz": 0}, "has a sampling frequency of 0 Hz according to its header"),
        ({"rate_hz": 4_000_000_000}, "has a sampling frequency of 4000000000 Hz according to its header"),
        ({"bits": 0}, "has 0 bits per sample according to its header"),
        ({"coding": 0x9999}, "audio encoding that cannot be read (39321)"),
        ({"said": 0, "body": b""}, "holds no samples"),
        ({"said": 0}, "has no samples according to its header, but 32,000 bytes follow it"),
    ],
)
def test_a_wav_that_cannot_be_read_is_refused_for_what_is_wrong_with_it(tmp_path, wrong, words):
    with pytest.raises(Fault) as refused:
        look_at(wav(tmp_path / "a.wav", **wrong))
    assert words in refused.value.sentence
    assert refused.value.sentence.startswith("“a.wav” ")


def test_an_empty_file_is_called_empty(tmp_path):
    (tmp_path / "a.wav").write_bytes(b"")
    with pytest.raises(Fault, match=r"“a\.wav” is empty: it has 0 bytes"):
        look_at(tmp_path / "a.wav")


@pytest.mark.parametrize("kept", [4, 10, 12, 20, 30])
def test_a_header_that_breaks_off_is_told(tmp_path, kept):
    (tmp_path / "a.wav").write_bytes(wav(tmp_path / "b.wav").read_bytes()[:kept])
    with pytest.raises(Fault, match="ends within its header"):
        look_at(tmp_path / "a.wav")


def test_bytes_after_the_samples_that_the_header_claims_are_reported_as_ignored(tmp_path):
    found = look_at(wav(tmp_path / "a.wav", said=100))
    assert found.n == 50
    assert found.notes == ("its header says 0.003125 s; 31,900 bytes after that are ignored",)


@pytest.mark.parametrize(
    "after",
    [
        b"LIST" + struct.pack("<I", 4000) + b"INFO" + bytes(3996),
        b"cue " + struct.pack("<I", 4) + bytes(4) + b"LIST" + struct.pack("<I", 2000) + bytes(2000),
        b"TAG" + b"x" * 2000,
        b"ID3" + b"x" * 2000,
        bytes(5000),
        b"x" * 100,
    ],
)
def test_chunks_tags_and_padding_after_the_samples_are_nothing_to_speak_of(tmp_path, after):
    assert look_at(wav(tmp_path / "a.wav", after=after)).notes == ()


def test_blocks_that_contradict_their_channels_are_told(tmp_path):
    said = (
        "its header contradicts itself (1 channel of 16 bits in blocks of 4 bytes) "
        "and is read in blocks of 2 bytes"
    )
    assert look_at(wav(tmp_path / "a.wav", block=4)).notes == (said,)


@pytest.mark.parametrize(
    "subtype", ["PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE", "ULAW", "IMA_ADPCM"]
)
@pytest.mark.parametrize("kind", ["WAV", "WAVEX"])
def test_nothing_is_said_of_a_sound_file(tmp_path, subtype, kind):
    if not soundfile.check_format(kind, subtype):
        pytest.skip("there is no such file")
    soundfile.write(tmp_path / "a.wav", 0.5 * np.sin(np.arange(4000.0)), 8000, subtype=subtype, format=kind)
    assert look_at(tmp_path / "a.wav").notes == ()


def test_a_bad_mp3_is_refused_in_our_words_alone(tmp_path, capfd):
    (tmp_path / "a.mp3").write_bytes(b"\xff\xfb\x90\x00" + bytes(700))
    with pytest.raises(Fault, match="cannot be read as a sound"):
        look_at(tmp_path / "a.mp3")
    assert capfd.readouterr().err == ""
    print("still there", file=__import__("sys").stderr)
    assert capfd.readouterr().err == "still there\n"


def test_megabytes_of_zeros_and_of_empty_chunks_are_nothing_to_speak_of(tmp_path):
    (tmp_path / "a.wav").write_bytes(b"RIFF" + bytes([0, 0, 16, 0]) + b"WAVE" + bytes(1 << 20))
    with pytest.raises(Fault, match=r"“a\.wav” "):
        look_at(tmp_path / "a.wav")
    assert look_at(wav(tmp_path / "b.wav", after=(b"AAAA" + bytes(4)) * 20_000)).notes == ()


@pytest.mark.parametrize(("said", "n"), [(64000, 16000), (0xFFFFFFFF, 16000)])
def test_a_file_that_was_cut_is_told_unless_its_length_was_never_known(tmp_path, said, n):
    found = look_at(wav(tmp_path / "a.wav", said=said))
    assert found.n == n
    assert found.notes == (("it ends at 1.000 s, earlier than its header says",) if said == 64000 else ())


def test_sound_that_begins_with_silence_after_the_promised_samples_is_left_out_too(tmp_path):
    (said,) = look_at(wav(tmp_path / "a.wav", after=bytes(100) + BODY)).notes
    assert said.endswith("bytes after that are ignored")


def test_two_mp3s_opened_at_once_leave_the_terminal_what_it_was(tmp_path):
    def open_many(_):
        for _ in range(300):
            with quiet():
                pass

    before = os.fstat(2)
    with ThreadPoolExecutor(3) as several:
        list(several.map(open_many, range(3)))
    assert os.path.samestat(os.fstat(2), before)


def test_an_mp3_is_read_where_there_is_no_terminal_to_write_to(tmp_path):
    soundfile.write(tmp_path / "a.mp3", 0.5 * np.sin(np.arange(16000) / 9), 16000)
    terminal = os.dup(2)
    os.close(2)
    try:
        assert look_at(tmp_path / "a.mp3").n > 16000
    finally:
        os.dup2(terminal, 2)
        os.close(terminal)


def test_samples_that_stand_at_full_scale_are_counted(tmp_path):
    loud = np.clip(3 * np.sin(np.arange(8000) / 9), -1, 1)
    soundfile.write(tmp_path / "a.wav", loud, 8000, subtype="PCM_16")
    _, _, notes = read_sound(tmp_path / "a.wav")
    at_top = int((np.abs(soundfile.read(tmp_path / "a.wav")[0]) >= 0.9999).sum())
    assert notes == (f"{at_top:,} samples at full scale: clipped?",)


@pytest.mark.parametrize("gain", [0.99, 1.0, 8.0])
def test_a_sound_that_only_reaches_or_exceeds_full_scale_is_not_called_clipped(tmp_path, gain):
    soundfile.write(tmp_path / "a.wav", gain * np.sin(np.arange(8000) / 3), 8000, subtype="FLOAT")
    assert read_sound(tmp_path / "a.wav")[2] == ()
