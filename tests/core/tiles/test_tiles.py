"""Parts that workers share give the numbers of one call; tiles of long tracks are anchored to the file."""

from __future__ import annotations

from concurrent.futures import CancelledError, Future
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.analyses.formants import FormantSettings
from core.analyses.harmonicity import HarmonicitySettings
from core.analyses.intensity import IntensitySettings
from core.analyses.pitch import PitchSettings
from core.analyses.presets import FILTERED
from core.analyses.registry import TABLE
from core.analyses.spectrogram import SpectrogramSettings
from core.faults import Cancelled
from core.processes.praat_pool import InlinePool, PraatPool
from core.processes.praat_scatter import ScatteredAnalysis
from core.signals.axis import TimeAxis
from core.signals.track import Track
from core.tiles import formant_parts, scatter, tiles
from tests.support.praat_oracle import recording

SPEECH = ("english", "creaky", "whisper", "american", "falsetto", "mandarin")
PATIENCE_S = 240


def speech(seconds: float, rate_hz: float = 16000.0, begin_s: float = 0.0) -> Track:
    """Give six utterances one after the other, as samples at any rate."""
    joined = np.concatenate([recording(name).samples for name in SPEECH])
    n = round(seconds * rate_hz)
    return Track("out", np.resize(joined, n), TimeAxis.of_sound(rate_hz, n, begin_s))


def assert_same(ours: tuple[Track, ...], theirs: tuple[Track, ...]) -> None:
    for one, other in zip(ours, theirs, strict=True):
        assert (one.name, one.unit, one.axis, one.origin) == (
            other.name,
            other.unit,
            other.axis,
            other.origin,
        )
        np.testing.assert_array_equal(one.samples, other.samples)


def in_tiles(name: str, track: Track, used, tile_s: float) -> np.ndarray:
    used = TABLE[name].carried(track.axis, used)
    pieces = [(tile.piece(track), tile) for tile in tiles.tiles_of(name, track.axis, used, tile_s)]
    peak = 0.0
    if tiles.has_peak(used):
        ends = [tiles.ends_of(piece, used) for piece, _tile in pieces]
        whole = ends[0]
        for each in ends[1:]:
            whole = whole.merged(each)
        peak = whole.peak
    parts = [
        tiles.measure(name, piece, tiles.TileSettings(used, tile, peak, track.axis)) for piece, tile in pieces
    ]
    return np.concatenate(parts, axis=1)


def whole(name: str, track: Track, used) -> np.ndarray:
    found = TABLE[name].run(track, used)
    return found.values.T if name == "spectrogram" else np.array([one.samples for one in found])


@pytest.mark.parametrize(
    ("seconds", "rate_hz", "begin_s", "used"),
    [
        (25.0, 16000.0, 0.0, FormantSettings()),
        (7.013, 16000.0, 0.0, FormantSettings(5000.0)),
        (6.25, 16000.0, 1.234, FormantSettings(time_step_s=0.005)),
        (4.0, 22050.0, 0.0, FormantSettings(8000.0, 5.5, 0.02, 40.0)),
        (8.0, 10000.0, 0.0, FormantSettings(5000.0)),
        (8.0, 8000.0, 3.3, FormantSettings()),
        (2.0, 44100.0, 0.0, FormantSettings(window_length_s=0.03, time_step_s=0.01)),
        (6.0, 5555.5, 0.0, FormantSettings(2500.0, 3.0)),
    ],
)
def test_formants_in_parts_are_bit_by_bit_those_of_one_call(seconds, rate_hz, begin_s, used):
    track = speech(seconds, rate_hz, begin_s)
    sound = formant_parts.emphasized(track, used)
    pieces = formant_parts.cut(sound, used, 5)
    assert len(pieces) == 5
    parts = [formant_parts.formant_part(piece, part) for piece, part in pieces]
    assert_same(formant_parts.joined(track, sound, used, parts), TABLE["formants"].run(track, used))


@pytest.mark.parametrize("ceiling_hz", [5500.0, 2000.0])
def test_frames_without_any_formant_are_as_in_one_call(ceiling_hz):
    samples = np.random.default_rng(5).standard_normal(3 * 4000).astype(np.float32)
    samples[4000:8000] = 0
    samples[8000:] = np.linspace(-1, 1, 4000)  # its poles lie at 0 Hz and the Nyquist frequency
    track = Track("out", samples, TimeAxis.of_sound(4000.0, samples.size))
    used = TABLE["formants"].carried(track.axis, FormantSettings(ceiling_hz))
    sound = formant_parts.emphasized(track, used)
    parts = [formant_parts.formant_part(piece, part) for piece, part in formant_parts.cut(sound, used, 3)]
    found = formant_parts.joined(track, sound, used, parts)
    assert np.isnan(found[0].samples).any()
    assert np.isfinite(found[0].samples).any()
    assert_same(found, TABLE["formants"].run(track, used))


def test_two_workers_give_bit_by_bit_the_formants_of_one_call():
    track = speech(scatter.SHARED_S + 15)
    pool = PraatPool()
    try:
        ours = pool.submit("formants", track).result(PATIENCE_S)
    finally:
        pool.close()
    assert_same(ours, TABLE["formants"].run(track))


@pytest.mark.parametrize(
    ("name", "used", "tolerance"),
    [
        ("pitch", PitchSettings(), 0),
        ("pitch", FILTERED, 1e-4),
        ("pitch", PitchSettings("raw cross-correlation", time_step_s=0.01), 0),
        ("intensity", IntensitySettings(100.0), 0),
        ("harmonicity", HarmonicitySettings(), 0),
        ("spectrogram", SpectrogramSettings(), 0),
    ],
)
def test_where_frames_fall_on_samples_tiles_give_the_numbers_of_the_whole(name, used, tolerance):
    # a frame halfway between two samples belongs to either, as rounding has it: intensity looks for the
    # nearest sample and pitch for the one before, so that an odd and an even number keep clear of that
    track = speech(20.005 + (name == "intensity") / 16000)
    ours, theirs = in_tiles(name, track, used, 4.0), whole(name, track, used)
    np.testing.assert_array_equal(np.isnan(ours), np.isnan(theirs))
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=tolerance)


def test_spectrograms_in_tiles_are_those_of_the_whole_wherever_frames_fall():
    track = speech(5.0379, 22050.0, 0.25)
    used = SpectrogramSettings()
    np.testing.assert_array_equal(
        in_tiles("spectrogram", track, used, 1.0), whole("spectrogram", track, used)
    )


def test_a_quiet_tile_is_as_unvoiced_as_in_the_whole():
    quiet = speech(12.0)
    fade = np.where(np.arange(quiet.axis.n) < 6 * 16000, 1.0, 1e-3).astype(np.float32)
    track = replace(quiet, samples=quiet.samples * fade)
    ours, theirs = in_tiles("pitch", track, PitchSettings(), 3.0), whole("pitch", track, PitchSettings())
    assert np.isnan(theirs[0, 650:]).all()
    np.testing.assert_array_equal(np.isnan(ours), np.isnan(theirs))


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize(
    ("name", "used"),
    [
        ("pitch", PitchSettings()),
        ("pitch", FILTERED),
        ("harmonicity", HarmonicitySettings()),
        ("pulses", PitchSettings()),
    ],
)
def test_a_sample_that_is_no_number_is_silence_and_voices_nothing(name, used, bad):
    rate_hz, n = 8000.0, 8 * 8000
    tone = 0.3 * np.sin(2 * np.pi * 150 * np.arange(n) / rate_hz)
    tone[n // 2 :] *= 0.005  # a hum below the silence threshold, above which nothing but the tone is
    samples = tone.astype(np.float32)
    place = n // 4
    broken, mended = (
        Track("out", np.where(np.arange(n) == place, value, samples), TimeAxis.of_sound(rate_hz, n))
        for value in (np.float32(bad), np.float32(0.0))
    )
    ours, theirs = in_tiles(name, broken, used, 2.0), in_tiles(name, mended, used, 2.0)
    if name != "pulses":  # a frame that reaches the sample has no value
        assert 0 < np.sum(np.isnan(ours) & ~np.isnan(theirs)) < 25
        theirs = np.where(np.isnan(ours) & (np.abs(frames_s(name, broken, used) - 2.0) < 0.1), np.nan, theirs)
    np.testing.assert_array_equal(ours, theirs)


def frames_s(name: str, track: Track, used) -> np.ndarray:
    return tiles.grid_of(name, track.axis, TABLE[name].carried(track.axis, used)).axis.times()


def test_a_tile_without_any_number_adds_nothing_to_the_peak():
    axis = TimeAxis.of_sound(8000.0, 800)
    none = tiles.ends_of(Track("out", np.full(800, np.nan, np.float32), axis), PitchSettings())
    wave = tiles.ends_of(Track("out", np.linspace(-0.5, 0.7, 800).astype(np.float32), axis), PitchSettings())
    assert none.peak == 0
    assert none.merged(wave) == wave.merged(none) == wave


GRIDS = {
    "pitch": PitchSettings(),
    "formants": FormantSettings(),
    "intensity": IntensitySettings(),
    "harmonicity": HarmonicitySettings(),
}


@pytest.mark.parametrize("name", GRIDS)
@settings(max_examples=15)
@given(
    rate_hz=st.sampled_from([8000.0, 11025.0, 16000.0, 22050.0, 7812.5]),
    n=st.integers(6000, 30000),
    tile_s=st.sampled_from([0.3, 0.5, 1.0]),
)
def test_frames_are_praats_and_every_tile_has_its_own(name, rate_hz, n, tile_s):
    noise = np.random.default_rng(n).standard_normal(n).astype(np.float32)
    track = Track("out", noise, TimeAxis.of_sound(rate_hz, n, 0.125))
    frames = TABLE[name].run(track, GRIDS[name])[0].axis
    grid = tiles.grid_of(name, track.axis, GRIDS[name])
    assert grid.n == frames.n
    assert grid.first_s == pytest.approx(frames.start_s, abs=1e-9)
    assert in_tiles(name, track, GRIDS[name], tile_s).shape[1] == frames.n
    cut = tiles.tiles_of(name, track.axis, GRIDS[name], tile_s)
    assert [tile.first for tile in cut[1:]] == [tile.last for tile in cut[:-1]]
    assert (cut[0].first, cut[-1].last) == (0, grid.n)


def test_what_is_longer_than_ten_minutes_is_measured_in_tiles_and_what_is_not_as_a_whole(monkeypatch):
    rate_hz = 1000.0
    track = Track(
        "conv3",
        np.random.default_rng(0).standard_normal(601_000).astype(np.float32),
        TimeAxis.of_sound(rate_hz, 601_000),
    )
    short = replace(track, samples=track.samples[:600_000], axis=TimeAxis.of_sound(rate_hz, 600_000))
    assert scatter.rounds_of("intensity", short, None) is None
    (ours,) = InlinePool().submit("intensity", track).result()
    (theirs,) = TABLE["intensity"].run(track)
    assert (ours.axis.n, ours.origin, ours.unit) == (theirs.axis.n, theirs.origin, "dB")
    np.testing.assert_allclose(ours.samples, theirs.samples, atol=0.5)


def test_the_newest_shared_analysis_under_a_key_wins():
    pool = PraatPool(workers=1)
    try:
        blocker = pool.submit("intensity", speech(1.0))
        old = pool.submit("formants", speech(scatter.SHARED_S + 1), key="out formants")
        newest = pool.submit("formants", speech(scatter.SHARED_S + 2), key="out formants")
        assert (
            newest.result(PATIENCE_S)[0].axis == TABLE["formants"].run(speech(scatter.SHARED_S + 2))[0].axis
        )
        assert old.cancelled()
        assert blocker.result(PATIENCE_S)
    finally:
        pool.close()


def test_a_shared_analysis_that_is_cancelled_measures_no_more():
    noise = np.random.default_rng(0).standard_normal(16000 * 12).astype(np.float32)
    track = Track("out", noise, TimeAxis.of_sound(16000.0, noise.size))
    rounds, asked = scatter.rounds_of("formants", track), []
    assert rounds is not None
    course = ScatteredAnalysis(rounds, lambda ask: asked.append((ask, Future())) or asked[-1][1])
    course.go_on()
    assert course.future.cancel()
    for (name, piece, used), future in asked[:]:
        future.set_result(scatter.runner(name)(piece, used))
    assert course.over
    assert len(asked) == 1


def test_a_pool_goes_on_after_a_shared_analysis_was_cancelled():
    noise = np.random.default_rng(0).standard_normal(16000 * 12).astype(np.float32)
    pool = PraatPool(workers=1)
    try:
        shared = pool.submit("formants", Track("out", noise, TimeAxis.of_sound(16000.0, noise.size)))
        assert shared.cancel()
        short = Track("out", noise[:16000], TimeAxis.of_sound(16000.0, 16000))
        assert pool.submit("intensity", short).result(PATIENCE_S)
    finally:
        pool.close()


def test_a_closed_pool_cancels_a_shared_analysis():
    noise = np.random.default_rng(0).standard_normal(16000 * 12).astype(np.float32)
    pool = PraatPool(workers=1)
    waiting = pool.submit("formants", Track("out", noise, TimeAxis.of_sound(16000.0, noise.size)))
    pool.close()
    with pytest.raises((CancelledError, Cancelled)):
        waiting.result(PATIENCE_S)


@pytest.mark.parametrize("rate_hz", [22050, 44100, 48000])
@pytest.mark.parametrize("ceiling_hz", [5000.0, 5500.0, 8000.0])
def test_tiles_at_the_ends_of_a_track_have_all_their_frames_at_any_rate(rate_hz, ceiling_hz):
    used = FormantSettings(ceiling_hz=ceiling_hz)
    rng = np.random.default_rng(5)
    for n in (7 * rate_hz, 7 * rate_hz + 1234, round(6.3 * rate_hz)):
        noise = rng.normal(0, 0.1, n).astype(np.float32)
        track = Track("out", noise, TimeAxis.of_sound(rate_hz, n))
        cut = tiles.tiles_of("formants", track.axis, used, 1.0)
        for tile in (cut[0], cut[-1]):
            given = tiles.measure(
                "formants", tile.piece(track), tiles.TileSettings(used, tile, 0.0, track.axis)
            )
            assert given.shape[1] == tile.last - tile.first
