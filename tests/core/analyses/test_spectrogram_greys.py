"""Greys are Praat's painter's: 6 dB per octave, 70 dB, the loudest point of the whole image black."""

from __future__ import annotations

import numpy as np
import pytest

from core.analyses.registry import TABLE
from core.analyses.spectrogram import GreySettings, SpectrogramSettings, greys, loudest, spectrogram
from core.signals.axis import TimeAxis
from core.signals.track import Image, Track

AXIS = TimeAxis(500.0, 3, 0.005)


def flat(level_db: float, loudest: tuple[int, int] | None = None) -> Image:
    values = np.full((3, 8), level_db, np.float32)
    if loudest:
        values[loudest] += 60
    return Image("spectrogram", values, AXIS, 0.0, 250.0)


def test_each_octave_is_6_db_darker():
    ink = greys(flat(40.0))
    # bin k counts from 1: bins 1, 2, 4, 8 at 250, 500, 1000, 2000 Hz
    np.testing.assert_allclose(np.diff(ink[0, [0, 1, 3, 7]]), 6 / 70, atol=1e-6)
    assert ink[0, 7] == 1


def test_the_loudest_point_is_black_and_what_is_70_db_below_it_is_white():
    even = GreySettings(pre_emphasis_db_per_octave=0)
    ink = greys(flat(20.0, (1, 2)), even)
    assert ink[1, 2] == 1
    np.testing.assert_allclose(ink[0], 10 / 70, atol=1e-6)
    assert greys(flat(20.0, (1, 2)), GreySettings(50, 0))[0].max() == 0


def test_an_empty_picture_has_no_loudest_point():
    empty = Image("spectrogram", np.zeros((3, 0), np.float32), AXIS, 0.0, 6000.0)
    assert loudest(empty, GreySettings()) == -np.inf
    assert greys(empty).size == 0


@pytest.mark.parametrize("gain", [1e-6, 1.0, 1e6])
def test_greys_do_not_depend_on_the_gain(gain):
    samples = np.random.default_rng(0).standard_normal(4000)
    axis = TimeAxis.of_sound(4000.0, 4000)
    one, other = (
        greys(TABLE["spectrogram"].run(Track("conv4", (samples * by).astype(np.float32), axis)))
        for by in (1.0, gain)
    )
    np.testing.assert_allclose(one, other, atol=1e-5)


def test_an_image_without_frames_has_no_greys():
    assert greys(Image("spectrogram", np.zeros((0, 8), np.float32), TimeAxis(500.0, 0), 0.0, 250.0)).size == 0


def test_a_long_sound_in_several_blocks_is_praats():
    parselmouth = pytest.importorskip("parselmouth")
    samples = np.random.default_rng(0).standard_normal(8000 * 17).astype(np.float32)
    ours = spectrogram(Track("out", samples, TimeAxis.of_sound(8000.0, samples.size)), SpectrogramSettings())
    assert ours.axis.n > 8192
    theirs = parselmouth.Sound(samples.astype(float), 8000.0).to_spectrogram(0.005, 5000.0, 0.002, 20.0)
    np.testing.assert_allclose(ours.values, 10 * np.log10(theirs.values.T / 4e-10), atol=1e-4)
