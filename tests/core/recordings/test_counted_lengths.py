"""Sounds whose headers say nothing, or something wrong, of their length, rate or start."""

from __future__ import annotations

import os
import struct
import sys

import numpy as np
import parselmouth
import pytest
import soundfile
from parselmouth.praat import call

from core.faults import Fault
from core.recordings.file_samples import FileSamples
from core.recordings.mp3_frames import frames_in
from core.recordings.sound_file import is_sound_file, look_at, read_sound
from core.signals.axis import TimeAxis


def noise(rate_hz=16000, seconds=1.3, channels=1):
    chance = np.random.default_rng(4)
    made = 0.1 * chance.standard_normal((int(rate_hz * seconds), channels))
    return (made + np.roll(made, 1, axis=0)) / 2


def mp3(path, rate_hz=16000, channels=1):
    soundfile.write(path, noise(rate_hz, channels=channels), rate_hz)
    data = path.read_bytes()
    return data, [place for place, _, _ in frames_in(data)]


def assert_as_praat_reads_it(path):
    samples, axis, notes = read_sound(path)
    praat = parselmouth.read(str(path))
    assert (len(samples), axis.rate_hz) == (praat.n_samples, praat.sampling_frequency)
    np.testing.assert_allclose(samples, praat.values.mean(axis=0), atol=3e-6)
    assert any("Praat" in note for note in notes)


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("rate_hz", [8000, 11025, 16000, 22050, 24000, 32000, 44100, 48000])
def test_an_mp3_has_the_samples_and_the_clock_that_praat_gives_it(tmp_path, rate_hz, channels):
    data, places = mp3(tmp_path / "a.mp3", rate_hz, channels)
    assert_as_praat_reads_it(tmp_path / "a.mp3")
    (tmp_path / "bare.mp3").write_bytes(data[places[1] :])  # the first frame is Xing's, with LAME's tag
    assert_as_praat_reads_it(tmp_path / "bare.mp3")


ID3 = b"ID3\x04\0\0\0\0\x02\x01" + bytes(257)
CHANGED = {
    "tags": lambda data, places: ID3 + data + b"TAG" + bytes(125),
    "cut at its start": lambda data, places: data[places[9] :],
    "cut at its end": lambda data, places: data[: len(data) // 2],
    "two in one": lambda data, places: data + data,
}


@pytest.mark.parametrize("how", CHANGED)
@pytest.mark.parametrize("rate_hz", [16000, 44100])
def test_a_changed_mp3_is_read_as_praat_reads_it(tmp_path, rate_hz, how):
    (tmp_path / "b.mp3").write_bytes(CHANGED[how](*mp3(tmp_path / "a.mp3", rate_hz)))
    assert_as_praat_reads_it(tmp_path / "b.mp3")


def test_after_a_gap_in_an_mp3_praats_clock_goes_on(tmp_path):
    data, places = mp3(tmp_path / "a.mp3")
    (tmp_path / "b.mp3").write_bytes(data[: places[12]] + b"junk!" * 60 + data[places[12] :])
    samples, _, notes = read_sound(tmp_path / "b.mp3")
    truth = parselmouth.read(str(tmp_path / "b.mp3")).values[0]
    np.testing.assert_allclose(samples[12 * 576 + 1152 :], truth[12 * 576 + 1152 :], atol=3e-6)
    assert "2 frames cannot be decoded and are left out, as in Praat" in notes


def test_nothing_is_written_to_the_terminal_while_an_mp3_is_read(tmp_path, capfd):
    mp3(tmp_path / "a.mp3", 22050)
    samples = FileSamples(look_at(tmp_path / "a.mp3"))
    for place in range(len(samples) - 1, 0, -601):  # each is sought, where libmpg123 lacks earlier bits
        assert samples.read(place, place + 1).shape == (1,)
        samples = FileSamples(samples.file)
    assert capfd.readouterr().err == ""


# --- FLAC


def flac(path, claimed, n=20000):
    soundfile.write(path, noise(seconds=13)[:n, 0], 16000)
    data = bytearray(path.read_bytes())
    data[21] = data[21] & 0xF0 | claimed >> 32
    data[22:26] = struct.pack(">I", claimed & 0xFFFFFFFF)
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    ("claimed", "notes"),
    [
        (0, ()),
        (20000, ()),
        (19000, ("it lasts 1.250 s, but its header says 1.1875 s",)),
        (1 << 35, ("it ends at 1.250 s, but its header says 2.14748e+06 s",)),
    ],
)
def test_a_flac_is_as_long_as_what_is_decoded(tmp_path, claimed, notes):
    path = flac(tmp_path / "a.flac", claimed)
    samples, _, said = read_sound(path)
    np.testing.assert_allclose(samples, noise(seconds=13)[:20000, 0], atol=2e-5)
    assert said == notes
    lazily = FileSamples(look_at(path))
    np.testing.assert_array_equal(lazily.read(19990, 20000), samples[19990:])


def test_a_long_flac_of_unknown_length_is_counted_too(tmp_path, monkeypatch):
    monkeypatch.setattr("core.recordings.readers.COUNTED_UP_TO", 10_000)
    assert [look_at(flac(tmp_path / f"{n}.flac", n, 200_000)).n for n in (0, 200_000, 190_000)] == [
        200_000
    ] * 3


def test_the_last_sample_of_a_vorbis_file_is_read(tmp_path):
    soundfile.write(tmp_path / "a.ogg", noise()[:20011, 0], 16000)
    whole, _ = soundfile.read(tmp_path / "a.ogg", dtype="float32")
    samples = FileSamples(look_at(tmp_path / "a.ogg"))
    assert len(samples) == 20011
    np.testing.assert_allclose(samples.read(12345, 20011), whole[12345:], atol=1e-6)


# --- codings that cannot be sought


@pytest.mark.parametrize(
    ("kind", "coding"),
    [("WAV", "GSM610"), ("AIFF", "GSM610"), ("W64", "GSM610"), ("AU", "G721_32"), ("AU", "G723_24"),
     ("WAV", "NMS_ADPCM_16"), ("AIFF", "DWVW_16"), ("WAV", "IMA_ADPCM"), ("WAV", "MS_ADPCM")],
)  # fmt: skip
def test_a_coding_that_cannot_be_sought_is_read_to_its_end(tmp_path, kind, coding):
    path = tmp_path / "a.wav"
    soundfile.write(path, noise()[:, 0], 16000, format=kind, subtype=coding)
    with soundfile.SoundFile(path) as file:
        whole = file.read(file.frames, dtype="float32") if coding != "DWVW_16" else noise()[:, 0]
    samples, _, notes = read_sound(path)
    np.testing.assert_allclose(samples, whole, atol=0.2 if coding == "DWVW_16" else 1e-7)
    assert not any("header" in note for note in notes)
    np.testing.assert_array_equal(FileSamples(look_at(path)).read(5000, 5100), samples[5000:5100])


# --- rates and lengths in AIFF


def test_a_rate_that_is_no_whole_number_is_kept(tmp_path):
    path = tmp_path / "mac.aiff"
    soundfile.write(path, noise()[:, 0], 22254, subtype="PCM_16")
    data = path.read_bytes()
    at = data.index(b"COMM") + 16
    mantissa = int(22254.545454545456 * (1 << 49))
    path.write_bytes(data[:at] + struct.pack(">HQ", 16383 + 14, mantissa) + data[at + 10 :])
    praat = parselmouth.read(str(path))
    _, axis, notes = read_sound(path)
    assert axis.rate_hz == praat.sampling_frequency == pytest.approx(22254.545454545456, abs=1e-9)
    assert axis.extent.end_s == pytest.approx(praat.xmax, abs=1e-12)
    assert notes == ()


def test_a_byte_that_pads_an_aiff_is_no_sample(tmp_path):
    path = tmp_path / "odd.aiff"
    soundfile.write(path, noise()[:20011, 0], 16000, subtype="PCM_S8")
    data = path.read_bytes()
    at = data.index(b"COMM") + 10
    path.write_bytes(data[:at] + struct.pack(">I", 20011) + data[at + 4 :])
    assert look_at(path).n == parselmouth.read(str(path)).n_samples == 20011


def test_a_caf_keeps_its_rate(tmp_path):
    path = tmp_path / "a.caf"
    soundfile.write(path, noise()[:, 0], 22255)
    data = path.read_bytes()
    path.write_bytes(data[:20] + struct.pack(">d", 22254.54) + data[28:])
    assert look_at(path).rate_hz == 22254.54


# --- Praat's own sounds


@pytest.mark.parametrize("how", ["text", "short text", "binary"])
@pytest.mark.parametrize(
    ("rate_hz", "start_s", "channels"), [(16000, 0.0, 1), (22254.5454, 1.5, 2), (62.5, -0.25, 1)]
)
def test_a_sound_of_praats_opens_with_its_own_rate_and_time(tmp_path, how, rate_hz, start_s, channels):
    made = parselmouth.Sound(noise()[:3000].T.repeat(channels, axis=0), rate_hz, start_s)
    path = tmp_path / "1-sound.Sound"
    call(made, f"Save as {how} file...", str(path))
    assert is_sound_file(path)
    samples, axis, _ = read_sound(path)
    np.testing.assert_array_equal(samples, made.values[0].astype(np.float32))
    assert axis.rate_hz == pytest.approx(rate_hz, rel=1e-12)
    assert axis.start_s == made.x1
    np.testing.assert_array_equal(FileSamples(look_at(path)).read(2990, 3000), samples[2990:])


def test_an_ordinary_sound_of_praats_has_the_axis_of_the_same_wav(tmp_path):
    made = parselmouth.Sound(noise()[:3000].T, 44100)
    for name, how in (("a.Sound", "binary file"), ("b.wav", "WAV file")):
        call(made, f"Save as {how}...", str(tmp_path / name))
    axis = look_at(tmp_path / "a.Sound").axis
    assert axis.start_s == pytest.approx(TimeAxis.of_sound(44100, 3000).start_s, abs=1e-15)
    assert (axis.rate_hz, axis.n) == (44100.0, 3000)


@pytest.mark.parametrize("how", ["text file", "binary file"])
def test_another_object_of_praats_is_named(tmp_path, how):
    path = tmp_path / "a.Sound"
    call(parselmouth.Sound(noise()[:3000].T, 16000).to_intensity(), f"Save as {how}...", str(path))
    with pytest.raises(Fault, match=r"holds an Intensity, not a Sound"):
        look_at(path)


@pytest.mark.parametrize("kept", [40, 120, 30_000])
def test_a_cut_text_sound_is_refused_in_words(tmp_path, kept):
    path = tmp_path / "a.Sound"
    call(parselmouth.Sound(noise()[:3000].T, 16000), "Save as text file...", str(path))
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(Fault, match=r"ends|unknown|shorter than"):
        read_sound(path)


def test_a_sound_that_claims_more_than_its_file_can_hold_takes_no_memory(tmp_path):
    head = (
        'File type = "ooTextFile"\nObject class = "Sound 2"\n\n0\n1\n200000000\n1e-4\n0\n1\n1\n1\n1\n1\n0.5\n'
    )
    (tmp_path / "a.Sound").write_text(head)
    with pytest.raises(Fault, match="is shorter than its header says"):
        look_at(tmp_path / "a.Sound")


def test_bytes_that_look_like_frames_do_not_hold_a_file_up(tmp_path, monkeypatch):
    monkeypatch.setattr("core.recordings.mp3_frames.MOST_FAILURES", 1000)
    data, _ = mp3(tmp_path / "a.mp3")
    (tmp_path / "b.mp3").write_bytes(data + b"\xff" * 5_000_000)
    assert look_at(tmp_path / "b.mp3").n == look_at(tmp_path / "a.mp3").n + 576  # the last frame is whole


# --- what is no sound that can be read


@pytest.mark.parametrize(
    ("name", "head", "words"),
    [
        ("b.m4a", b"\0\0\0\x1cftypM4A \0\0\x02\0", "an MPEG-4 sound"),
        ("b.mp4", b"\0\0\0\x1cftypisom\0\0\x02\0", "an MPEG-4 film"),
        ("b.wav", b"\0\0\0\x1cftypmp42\0\0\x02\0", "an MPEG-4 file"),
        ("b.wma", b"\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9", "a Windows Media file"),
        ("b.webm", b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81", "a Matroska or WebM file"),
        ("b.aac", b"\xff\xf1\x50\x80\x02\x1f\xfc", "an AAC sound"),
        ("b.amr", b"#!AMR\n", "an AMR telephone recording"),
    ],
)
def test_a_sound_in_a_format_that_cannot_be_read_is_named_with_the_way_on(tmp_path, name, head, words):
    (tmp_path / name).write_bytes(head + bytes(500))
    assert is_sound_file(tmp_path / name)
    with pytest.raises(Fault) as refused:
        look_at(tmp_path / name)
    assert refused.value.sentence == f"“{name}” is {words}, a format that Phonoscope cannot read."
    assert f"ffmpeg -i {name} b" in refused.value.hint


def test_of_two_data_chunks_the_first_is_read(tmp_path):
    path = tmp_path / "a.wav"
    soundfile.write(path, noise()[:10000, 0], 16000, subtype="PCM_16")
    data = path.read_bytes()
    more = data + b"data" + struct.pack("<I", 4000) + bytes(range(1, 251)) * 16
    path.write_bytes(more[:4] + struct.pack("<I", len(more) - 8) + more[8:])
    samples, _, notes = read_sound(path)
    np.testing.assert_array_equal(samples, parselmouth.read(str(path)).values[0].astype(np.float32))
    assert len(samples) == 10000
    assert notes == ("it has several data chunks; only the first is read, as in Praat",)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems take no such name")
def test_a_name_that_is_not_utf_8_can_be_read(tmp_path):
    path = tmp_path / os.fsdecode(b"lat\xe9in.wav")
    soundfile.write(tmp_path / "a.wav", noise()[:, 0], 16000)
    (tmp_path / "a.wav").rename(path)
    assert look_at(path).n == len(noise())
    path.write_bytes(b"RIFF\0\0")
    with pytest.raises(Fault, match="ends within its header"):
        look_at(path)
