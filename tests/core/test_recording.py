"""Recordings: any format and rate into one track, and a sentence for what is none."""

import numpy as np
import pytest
import soundfile

from core.faults import Fault
from core.latent import Point
from core.points import NamedPoint, read_points, write_points
from core.recording import read_sound


def tone(rate_hz, seconds=0.25, f_hz=440.0):
    return (0.5 * np.sin(2 * np.pi * f_hz * np.arange(int(rate_hz * seconds)) / rate_hz)).astype(np.float32)


def test_channels_are_averaged_and_said(tmp_path):
    stereo = np.stack([tone(16000), np.zeros(4000, np.float32)], axis=1)
    soundfile.write(tmp_path / "a.wav", stereo, 16000, subtype="FLOAT")
    samples, axis, done = read_sound(tmp_path / "a.wav")
    np.testing.assert_allclose(samples, stereo[:, 0] / 2, atol=1e-7)
    assert (axis.rate_hz, axis.extent.start_s, done) == (16000, 0.0, ("2 channels averaged",))


def test_another_rate_keeps_the_tone(tmp_path):
    soundfile.write(tmp_path / "a.flac", tone(44100), 44100)
    samples, axis, done = read_sound(tmp_path / "a.flac", 16000)
    assert axis.n == pytest.approx(4000, abs=1)
    middle = slice(500, 3500)
    np.testing.assert_allclose(samples[middle], tone(16000)[middle], atol=2e-3)
    assert done == ("resampled from 44100 to 16000 Hz",)


@pytest.mark.parametrize("content", [b"", b"%PDF-1.4", b"RIFF\0\0\0\0WAVEfmt "])
def test_what_is_no_sound_is_refused_in_words(tmp_path, content):
    file = tmp_path / "a.wav"
    file.write_bytes(content)
    with pytest.raises(Fault, match="cannot be read as a sound"):
        read_sound(file)
    with pytest.raises(Fault):
        read_sound(tmp_path / "missing.wav")


def test_values_that_are_no_numbers_are_refused(tmp_path):
    soundfile.write(tmp_path / "a.wav", np.array([0, np.nan, 1], np.float32), 16000, subtype="FLOAT")
    with pytest.raises(Fault, match="not numbers"):
        read_sound(tmp_path / "a.wav")


def test_named_points_come_back_and_those_of_another_model_do_not(tmp_path):
    points = (NamedPoint("falling tone", Point((0.1, -15.0)), "hear it"), NamedPoint("x", Point((1.0, 2.0))))
    write_points(points, tmp_path / "deep" / "points.json")
    assert read_points(tmp_path / "deep" / "points.json", 2) == points
    assert read_points(tmp_path / "deep" / "points.json", 3) == ()
    assert read_points(tmp_path / "none.json", 2) == ()
