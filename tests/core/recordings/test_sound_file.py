"""Recordings: any format and rate into one track, and a sentence for what is none."""

import struct

import numpy as np
import pytest
import soundfile

from core.faults import Fault
from core.networks.latent import Point
from core.recordings.sound_file import is_sound_file, look_at, read_sound, resampled_to
from core.session.named_points import NamedPoint, read_points, write_points


def tone(rate_hz, seconds=0.25, f_hz=440.0):
    return (0.5 * np.sin(2 * np.pi * f_hz * np.arange(int(rate_hz * seconds)) / rate_hz)).astype(np.float32)


def test_channels_are_averaged_and_said(tmp_path):
    stereo = np.stack([tone(16000), np.zeros(4000, np.float32)], axis=1)
    soundfile.write(tmp_path / "a.wav", stereo, 16000, subtype="FLOAT")
    samples, axis, done = read_sound(tmp_path / "a.wav")
    np.testing.assert_allclose(samples, stereo[:, 0] / 2, atol=1e-7)
    assert (axis.rate_hz, axis.extent.start_s, done) == (16000, 0.0, ("2 channels averaged",))


def test_thirty_two_channels_are_averaged(tmp_path):
    many = np.random.default_rng(0).uniform(-1, 1, (3000, 32)).astype(np.float32)
    soundfile.write(tmp_path / "a.wav", many, 8000, subtype="FLOAT")
    samples, _, done = read_sound(tmp_path / "a.wav")
    np.testing.assert_allclose(samples, many.astype(np.float64).mean(axis=1), atol=1e-6)
    assert done == ("32 channels averaged",)


def test_another_rate_keeps_the_tone(tmp_path):
    soundfile.write(tmp_path / "a.flac", tone(44100), 44100)
    samples, axis, done = read_sound(tmp_path / "a.flac", 16000)
    assert axis.n == pytest.approx(4000, abs=1)
    middle = slice(500, 3500)
    np.testing.assert_allclose(samples[middle], tone(16000)[middle], atol=2e-3)
    assert done == ("resampled from 44100 to 16000 Hz",)


def test_the_own_rate_is_kept_to_the_sample(tmp_path):
    soundfile.write(tmp_path / "a.wav", tone(11025), 11025, subtype="FLOAT")
    samples, axis, done = read_sound(tmp_path / "a.wav")
    np.testing.assert_array_equal(samples, tone(11025))
    assert (axis.rate_hz, done) == (11025, ())


@pytest.mark.parametrize(("rate_hz", "n"), [(3, 12), (16000, 160), (192000, 1)])
def test_the_slowest_and_the_shortest_sounds_open(tmp_path, rate_hz, n):
    soundfile.write(tmp_path / "a.wav", np.linspace(-1, 1, n, dtype=np.float32), rate_hz, subtype="FLOAT")
    samples, axis, _ = read_sound(tmp_path / "a.wav")
    assert (len(samples), axis.rate_hz, axis.duration_s) == (n, rate_hz, n / rate_hz)
    assert np.isfinite(resampled_to(samples, rate_hz, 16000.0)).all()


@pytest.mark.parametrize("content", [b"ab", b"%PDF-1.4", b"RIFF\0\0\0\0WEBPfmt "])
def test_what_is_no_sound_is_refused_in_words(tmp_path, content):
    file = tmp_path / "a.wav"
    file.write_bytes(content)
    with pytest.raises(Fault, match="cannot be read as a sound"):
        read_sound(file)
    with pytest.raises(Fault, match=r"“missing\.wav” no longer exists"):
        read_sound(tmp_path / "missing.wav")
    with pytest.raises(Fault):
        read_sound(tmp_path)


def test_values_that_are_no_numbers_are_refused_and_counted(tmp_path):
    for bad in (np.nan, np.inf):
        soundfile.write(tmp_path / "a.wav", np.array([0, bad, 1], np.float32), 16000, subtype="FLOAT")
        with pytest.raises(Fault, match="holds 1 value that is not a number"):
            read_sound(tmp_path / "a.wav")


def test_infinities_of_both_signs_are_refused_without_a_warning(tmp_path):
    both = np.array([[0.0, 0.0], [np.inf, -np.inf]], np.float32)
    soundfile.write(tmp_path / "a.wav", both, 16000, subtype="FLOAT")
    with pytest.raises(Fault, match="not a number"):
        read_sound(tmp_path / "a.wav")


def head_of_wav(channels=1, rate_hz=16000, bits=16, data_bytes=0):
    width = channels * bits // 8
    fmt = struct.pack("<HHIIHH", 1, channels, rate_hz, rate_hz * width & 0xFFFFFFFF, width & 0xFFFF, bits)
    return (
        b"RIFF"
        + struct.pack("<I", 36 + data_bytes & 0xFFFFFFFF)
        + b"WAVEfmt \x10\0\0\0"
        + fmt
        + b"data"
        + struct.pack("<I", data_bytes & 0xFFFFFFFF)
    )


@pytest.mark.parametrize("kind", [{"channels": 0}, {"rate_hz": 0}, {"bits": 0}, {"channels": 65535}])
def test_a_header_without_sense_is_refused(tmp_path, kind):
    (tmp_path / "a.wav").write_bytes(head_of_wav(**{"data_bytes": 3200, **kind}) + bytes(3200))
    with pytest.raises(Fault):
        read_sound(tmp_path / "a.wav")


def test_an_empty_sound_is_refused(tmp_path):
    (tmp_path / "a.wav").write_bytes(head_of_wav())
    with pytest.raises(Fault, match="no samples"):
        read_sound(tmp_path / "a.wav")


@pytest.mark.parametrize("claimed", [1 << 20, 0xFFFFFFF0])
def test_a_wav_that_claims_too_much_opens_as_far_as_it_goes(tmp_path, claimed):
    body = (tone(16000) * 32767).astype("<i2").tobytes()
    (tmp_path / "a.wav").write_bytes(head_of_wav(data_bytes=claimed) + body)
    samples, _, _ = read_sound(tmp_path / "a.wav")
    np.testing.assert_allclose(samples, tone(16000), atol=1e-4)


@pytest.mark.parametrize("suffix", ["flac", "ogg", "mp3"])
def test_a_file_cut_short_opens_as_far_as_it_goes_and_says_so(tmp_path, suffix):
    whole = tmp_path / f"whole.{suffix}"
    noise = (0.1 * np.random.default_rng(0).standard_normal(160000)).astype(np.float32)
    soundfile.write(whole, noise, 16000)
    cut = tmp_path / f"cut.{suffix}"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    samples, axis, done = read_sound(cut)
    truth, _, _ = read_sound(whole)
    assert 40000 < len(samples) < 120000
    np.testing.assert_allclose(samples[:40000], truth[:40000], atol=1e-3)
    assert axis.n == len(samples)
    if suffix == "flac":  # the others learn their length by looking, and promise nothing
        assert "its header says 10 s" in done[0]


@pytest.mark.parametrize(
    ("said", "cut"), [(0x7FFFFFF8, True), (32002, True), (32000, False), (0xFFFFFFFF, False)]
)
def test_a_wav_whose_samples_are_fewer_than_their_head_says_is_told(tmp_path, said, cut):
    soundfile.write(tmp_path / "a.wav", tone(16000, 1.0), 16000)  # 32000 bytes of samples
    content = bytearray((tmp_path / "a.wav").read_bytes())
    place = content.index(b"data") + 4
    content[place : place + 4] = struct.pack("<I", said)
    if said == 0xFFFFFFFF:  # streamed: whoever wrote it could not go back
        content[4:8] = struct.pack("<I", said)
    (tmp_path / "a.wav").write_bytes(content)
    samples, _, done = read_sound(tmp_path / "a.wav")
    assert done == (("it ends at 1.000 s, earlier than its header says",) if cut else ())
    assert len(samples) == 16000


def test_a_flac_that_claims_hours_takes_no_memory_for_them(tmp_path):
    soundfile.write(tmp_path / "a.flac", tone(16000), 16000)
    content = bytearray((tmp_path / "a.flac").read_bytes())
    content[21] |= 0x0F  # the top of STREAMINFO's 36 bits of samples: 19 days at 40 kHz
    content[22:26] = b"\xff\xff\xff\xff"
    (tmp_path / "a.flac").write_bytes(content)
    facts = look_at(tmp_path / "a.flac")
    assert facts.n <= 4096
    assert "header says" in facts.notes[0]


def test_a_name_tells_a_sound_from_a_checkpoint(tmp_path):
    assert all(is_sound_file(tmp_path / name) for name in ("a.wav", "a.FLAC", "a.aiff", "a.mp3", "a.w64"))
    assert not any(is_sound_file(tmp_path / name) for name in ("a.pt", "a.bin", "wav", "a.TextGrid"))


def test_named_points_come_back_and_those_of_another_model_do_not(tmp_path):
    points = (NamedPoint("falling tone", Point((0.1, -15.0)), "hear it"), NamedPoint("x", Point((1.0, 2.0))))
    write_points(points, tmp_path / "deep" / "points.json")
    assert read_points(tmp_path / "deep" / "points.json", 2) == points
    assert read_points(tmp_path / "deep" / "points.json", 3) == ()
    assert read_points(tmp_path / "none.json", 2) == ()
