"""Peak times of recordings that stay in their files: those of the whole, read interval by interval."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import soundfile

from core.analyses import resolution_guard as guard
from core.analyses.events import PeakSettings
from core.analyses.registry import TABLE
from core.faults import Fault
from core.measures.measuring import MeasurementItem, measure
from core.measures.plan import plan_of
from core.measures.values import Stretch, peak_times
from core.recordings.long_sound import LongSound
from core.recordings.sound_file import look_at
from core.signals.axis import Range, TimeAxis
from core.signals.track import Track

RATE_HZ, N = 8000, 20 * 8000
STRETCHES = tuple(
    Stretch("t", "a", start_s, end_s)
    for start_s, end_s in ((0.0, 0.5), (3.1, 3.1004), (5.0, 7.25), (19.5, 22.0), (21.0, 22.0), (4.0, 4.0))
)


@pytest.fixture
def samples():
    """A hiss whose loudness comes and goes, about a mean that is not 0."""
    hiss = np.random.default_rng(5).uniform(-1, 1, N)
    swell = 0.5 + 0.4 * np.sin(2 * np.pi * 1.7 * np.arange(N) / RATE_HZ)
    return (0.4 * hiss * swell + 0.1).astype(np.float32)


def in_file(tmp_path, samples):
    soundfile.write(tmp_path / "long.wav", samples, RATE_HZ, subtype="FLOAT")
    return LongSound(look_at(tmp_path / "long.wav"), tmp_path / "kept").track("sound")


@pytest.mark.parametrize("smoothing_s", [0.0, 0.010, 0.5])
def test_they_are_those_of_the_whole_sound(tmp_path, samples, smoothing_s):
    settings = PeakSettings(smoothing_s)
    whole = peak_times(Track("sound", samples, TimeAxis.of_sound(RATE_HZ, N)), STRETCHES, settings)
    assert np.isfinite(whole).tolist() == [True, True, True, True, False, False]
    ours = peak_times(in_file(tmp_path, samples), STRETCHES, settings)
    np.testing.assert_allclose(ours, whole, rtol=0, atol=1e-9)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_an_interval_with_a_value_that_is_no_number_has_none_and_the_others_keep_theirs(
    tmp_path, samples, bad
):
    samples[6 * RATE_HZ] = bad
    found = peak_times(in_file(tmp_path, samples), STRETCHES, PeakSettings())
    assert math.isnan(found[2])
    samples[6 * RATE_HZ] = 0.1
    mended = Track("sound", samples, TimeAxis.of_sound(RATE_HZ, N))
    others = [0, 1, 3]
    np.testing.assert_allclose(
        found[others], peak_times(mended, STRETCHES, PeakSettings())[others], atol=1e-6
    )


def test_an_interval_too_long_to_be_read_is_refused_in_words(tmp_path, samples, monkeypatch):
    monkeypatch.setattr(guard, "WHOLE_S", 10.0)
    item = MeasurementItem("long.wav", "long", {"sound": in_file(tmp_path, samples)})
    (row,) = measure([item], plan_of(("peak_time", "duration"))).layers
    assert [one.sentence for one in row.refusals] == ["No envelope peak: 20 s is too long to read at once"]
    assert [column.measure for column in row.columns] == ["duration"]


@pytest.mark.parametrize("name", ["envelope peaks", "zero crossings", "moments", "slice", "pitch"])
def test_what_reads_a_gap_in_a_file_says_so(tmp_path, samples, name):
    samples[6 * RATE_HZ] = np.nan
    track, settings = in_file(tmp_path, samples), TABLE[name].settings()
    if name == "slice":
        settings = replace(settings, start_s=5.0, end_s=7.0)
    noun = TABLE[name].noun
    with pytest.raises(Fault, match=f"No {noun}: 1 of {N} samples are not numbers"):
        TABLE[name].run(track, settings)
    TABLE[name].run(track.stretch(Range(0.0, 5.5)), TABLE[name].settings())
