"""A recording moved in time is measured as if it were not: only the times of what is found differ."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.analyses.registry import TABLE
from core.analyses.results import Points, Report, Spectrum
from core.analyses.spectra import SliceSettings
from core.analyses.time_shift import moved_track, own_settings, own_track, placed_result
from core.annotation.editing import move_boundary
from core.annotation.tiers import Annotation, Instant, Tier
from core.annotation.time_shift import MovedTiers, own_tiers
from core.processes.praat_pool import InlinePool
from core.provenance import Origin
from core.session.lanes import Lane, changed_anywhere, merged, setting_of, unmerged
from core.signals.axis import TimeAxis
from core.signals.track import Image, Track

MOVES_S = (0.12, -0.4371, 1 / 3, 3600.1)


def voice(seconds: float = 0.7, rate_hz: float = 11025.0) -> Track:
    n = int(rate_hz * seconds)
    time_s = np.arange(n) / rate_hz
    tone = sum(np.sin(2 * np.pi * 140 * k * time_s + k) / k for k in range(1, 9))
    samples = (0.2 * tone * (0.6 + 0.4 * np.sin(2 * np.pi * 3 * time_s))).astype(np.float32)
    return Track("voice", samples, TimeAxis.of_sound(rate_hz, n), origin=Origin(drive="one"))


def numbers(result):
    """What was found, without its times."""
    if isinstance(result, tuple):
        return [track.samples for track in result]
    if isinstance(result, Image):
        return [result.values]
    if isinstance(result, Spectrum):
        return [result.levels]
    if isinstance(result, Report):
        return [list(result.values().values())]
    return [[len(result.times_s)]]


def times(result):
    if isinstance(result, tuple):
        return result[0].axis.times()
    if isinstance(result, Points):
        return result.times_s
    return result.axis.times() if isinstance(result, Image) else np.zeros(0)


def asked(name: str, by_s: float = 0.0):
    """The standards, over a stretch where the analysis has one."""
    settings = TABLE[name].settings()
    if not hasattr(settings, "start_s"):
        return settings
    return replace(settings, start_s=0.2 + by_s, end_s=0.45 + by_s)


@pytest.mark.parametrize("by_s", MOVES_S)
@pytest.mark.parametrize("name", TABLE)
def test_no_analysis_gives_other_numbers_of_a_moved_recording(name, by_s):
    track, row = voice(), TABLE[name]
    still = row.run(track, asked(name))
    moved = row.run(moved_track(track, by_s), asked(name, by_s))
    for one, other in zip(numbers(still), numbers(moved), strict=True):
        np.testing.assert_array_equal(other, one)
    np.testing.assert_allclose(times(moved) - by_s, times(still), rtol=0, atol=1e-11)


@pytest.mark.parametrize("name", ["pitch", "formants", "intensity"])
def test_nor_does_one_that_workers_share(name):
    track, pool = voice(14.0, 8000.0), InlinePool()
    still = pool.submit(name, track).result()
    moved = pool.submit(name, moved_track(track, 0.12)).result()
    for one, other in zip(still, moved, strict=True):
        np.testing.assert_array_equal(other.samples, one.samples)
        assert other.axis.start_s == one.axis.start_s + 0.12
        assert other.origin == one.origin.of(moved_s=0.12)


@pytest.mark.parametrize("by_s", MOVES_S)
def test_a_track_that_is_brought_back_is_the_track_itself(by_s):
    track = voice()
    there = moved_track(track, by_s)
    assert there.axis.extent.start_s == pytest.approx(by_s)
    assert there.origin != track.origin
    back = own_track(there)
    assert (back.axis, back.origin) == (track.axis, track.origin)
    assert back.samples is track.samples


def test_what_was_measured_is_moved_on_and_back():
    found = TABLE["pitch"].run(voice())
    there = placed_result(placed_result(found, 0.25), 0.5)
    assert there[0].axis.start_s == pytest.approx(found[0].axis.start_s + 0.5, abs=1e-12)
    assert there[0].origin.moved_s == 0.5
    assert placed_result(there, 0.0)[0].origin == found[0].origin


def test_the_whole_track_stays_the_whole_track():
    settings = TABLE["voice report"].settings()
    assert own_settings(settings, 0.3) == settings


def test_a_slice_at_0_is_taken_where_the_cursor_is():
    settings = SliceSettings()
    assert own_settings(settings, -0.3) == replace(settings, start_s=0.3, end_s=0.3)
    still = TABLE["slice"].run(voice(), SliceSettings(0.3, 0.3))
    moved = TABLE["slice"].run(moved_track(voice(), -0.3), settings)
    np.testing.assert_array_equal(moved.levels, still.levels)


def test_an_origin_without_a_move_is_written_without_one():
    assert "moved_s" not in Origin(drive="one").plain()
    assert Origin.from_plain(Origin(drive="one", moved_s=0.1).plain()).moved_s == 0.1


def test_a_merged_recording_keeps_where_it_is():
    lanes = changed_anywhere(
        merged((Lane("out"), Lane("sound:a")), "sound:a", "out"), "sound:a", moved_s=0.12
    )
    setting = setting_of(lanes, "sound:a")
    assert setting is not None
    assert setting.moved_s == 0.12
    apart = unmerged(lanes, "out", "sound:a")
    assert [lane.moved_s for lane in apart] == [0.0, 0.12]


TIERS = Annotation(
    (Tier("words", "interval", 0.0, 0.7, (0.0, Instant("0.1000", "0.10000"), 0.3, 0.7), ("", "a", "b")),),
    0.0,
    0.7,
)  # fmt: skip


@pytest.mark.parametrize("by_s", MOVES_S)
def test_tiers_come_back_as_a_file_wrote_them(by_s):
    moved = MovedTiers()
    there = moved.of(TIERS, by_s)
    assert moved.of(TIERS, by_s) is there
    assert there.tiers[0].times[1] == 0.1 + by_s
    back = own_tiers(there, by_s)
    assert back == TIERS
    assert back.tiers[0].times[1] is TIERS.tiers[0].times[1]


def test_an_edit_of_moved_tiers_changes_only_what_was_edited():
    edited = move_boundary(MovedTiers().of(TIERS, 0.12), 0, 2, 0.5, False)
    back = own_tiers(edited, 0.12).tiers[0]
    assert back.times[2] == pytest.approx(0.38)
    assert (back.times[1], back.times[3]) == (0.1, 0.7)
