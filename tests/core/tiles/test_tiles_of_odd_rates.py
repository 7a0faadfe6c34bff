"""Where rates do not divide, tiles still have the whole track's frames at the same places in samples."""

from __future__ import annotations

import numpy as np
import pytest

from core.analyses.formants import FormantSettings
from core.analyses.harmonicity import HarmonicitySettings
from core.analyses.intensity import IntensitySettings
from core.analyses.pitch import PitchSettings
from core.signals.axis import TimeAxis
from core.tiles import tiles
from tests.core.tiles.test_tiles import in_tiles, speech, whole


@pytest.mark.parametrize(
    ("name", "used", "rate_hz"),
    [
        ("pitch", PitchSettings(floor_hz=65.0), 44100.0),
        ("pitch", PitchSettings(floor_hz=65.0), 7812.5),
        ("intensity", IntensitySettings(75.0), 44100.0),
        ("intensity", IntensitySettings(60.0), 22050.0),
        ("harmonicity", HarmonicitySettings(), 11025.0),
    ],
)
def test_the_numbers_are_those_of_the_whole(name, used, rate_hz):
    track = speech(20.005 + 1 / rate_hz, rate_hz)
    np.testing.assert_array_equal(in_tiles(name, track, used, 4.0), whole(name, track, used))


@pytest.mark.parametrize("rate_hz", [44100.0, 22050.0, 16000.0, 11025.0, 48000.0])
@pytest.mark.parametrize(
    ("name", "used"),
    [
        ("pitch", PitchSettings()),
        ("pitch", PitchSettings(floor_hz=110.0)),
        ("intensity", IntensitySettings(75.0)),
        ("formants", FormantSettings(5500.0)),
    ],
)
def test_no_frame_is_shifted_within_its_sample(name, used, rate_hz):
    axis = TimeAxis.of_sound(rate_hz, round(650.123 * rate_hz))
    grid = tiles.grid_of(name, axis, used)
    for tile in tiles.tiles_of(name, axis, used)[1:-1]:
        middle = (tile.begin + tile.end - 1) / 2  # Praat centres its frames here
        wanted = grid.axis.seconds(tile.first - tile.lead + 0.5 * (tile.measured - 1))
        assert middle == pytest.approx(axis.index(wanted), abs=1e-4)
