"""A recording in its file may hold values that are no numbers: gaps, around which everything is measured."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import soundfile

from core.analyses import formant_visibility
from core.analyses.formants import FormantSettings
from core.analyses.presets import FILTERED
from core.analyses.registry import TABLE
from core.analyses.results import Points
from core.analyses.time_shift import moved_track
from core.faults import Fault
from core.processes.praat_pool import InlinePool, PraatPool
from core.provenance import Origin
from core.recordings.long_sound import LongSound
from core.recordings.sound_file import look_at
from core.signals.axis import TimeAxis
from core.signals.track import Track

RATE_HZ, GAP_S = 8000.0, 3.0
N = 12 * 8000 + 40
MEASURES = [("pitch", None), ("pitch", FILTERED), ("formants", None), ("intensity", None),
            ("harmonicity", None), ("pulses", None)]  # fmt: skip


def hummed(bad: float) -> Track:
    """A hum above a hiss with one sample of another value, as a recording that is longer than its parts."""
    t = np.arange(N) / RATE_HZ
    hum = sum(np.sin(2 * np.pi * 150 * k * t) / k for k in range(1, 12))
    samples = (0.2 * hum + 0.01 * np.random.default_rng(4).standard_normal(N)).astype(np.float32)
    samples[N // 2 :] *= 0.005
    samples[round(GAP_S * RATE_HZ)] = bad
    return Track("sound", samples, TimeAxis.of_sound(RATE_HZ, N), origin=Origin(drive="file:one"))


@pytest.mark.parametrize("bad", [np.nan, np.inf])
@pytest.mark.parametrize(("name", "used"), MEASURES)
def test_away_from_a_gap_the_numbers_are_those_without_it(name, used, bad):
    ours = InlinePool().submit(name, hummed(bad), used).result()
    theirs = TABLE[name].run(hummed(0.0), used)
    if isinstance(ours, Points):
        np.testing.assert_allclose(ours.times_s, theirs.times_s, rtol=0, atol=1e-6)
        return
    frames = theirs[0].axis
    assert ours[0].axis.n == frames.n
    assert ours[0].axis.start_s == pytest.approx(frames.start_s, abs=1e-9)
    near = np.abs(frames.times() - GAP_S) < 0.1
    for one, other in zip(ours, theirs, strict=True):
        assert one.origin == other.origin
        np.testing.assert_allclose(one.samples[~near], other.samples[~near], rtol=0, atol=1e-3)
    assert np.isnan(ours[0].at(GAP_S))


def test_a_gap_moves_with_its_recording():
    (found,) = InlinePool().submit("intensity", moved_track(hummed(np.nan), 0.5)).result()
    assert found.origin.moved_s == 0.5
    assert np.isnan(found.at(GAP_S + 0.5))
    assert np.isfinite(found.at(GAP_S))


@pytest.mark.parametrize(("name", "used"), MEASURES)
def test_a_layer_with_a_value_that_is_no_number_is_still_refused(name, used):
    layer = replace(hummed(np.nan), origin=Origin())
    with pytest.raises(Fault, match=f"1 of {N} samples are not numbers"):
        InlinePool().submit(name, layer, used).result()


def test_a_gap_hides_no_formants():
    frames = TABLE["formants"].run(hummed(0.0))[0].axis
    settings = FormantSettings()
    ours, theirs = (formant_visibility.loud(hummed(bad), frames, settings) for bad in (np.nan, 0.0))
    assert theirs.any()
    np.testing.assert_array_equal(ours, theirs)


def test_workers_that_share_formants_leave_a_recording_with_a_gap_to_one(tmp_path):
    soundfile.write(tmp_path / "gap.wav", hummed(np.nan).samples, int(RATE_HZ), subtype="FLOAT")
    track = LongSound(look_at(tmp_path / "gap.wav"), tmp_path / "kept").track("sound")
    pool = PraatPool(workers=1)
    try:
        shared = pool.submit("formants", track).result()
    finally:
        pool.close()
    for found in (shared, InlinePool().submit("formants", track).result()):
        assert np.isfinite(found[0].samples).sum() > 0.9 * found[0].axis.n
        assert np.isnan(found[0].at(GAP_S))
