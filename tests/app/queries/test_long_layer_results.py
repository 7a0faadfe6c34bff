"""Questions to a recording that stays in its file: measured in tiles where they are asked, as Praat would."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import replace

import numpy as np
import parselmouth
import pytest
import soundfile

from app.bench.long_recording import syllables
from core.analyses import pitch
from core.analyses.measures import MEASURES
from core.analyses.presets import PRESETS
from core.processes.praat_pool import InlinePool
from core.queries.listings import listing
from core.queries.queries import ask
from core.signals.axis import Range
from core.tiles import loudest
from tests.app.recordings.test_open_recordings import bare, noted  # noqa: F401
from tests.support.keys import recording
from tests.support.screen import texts

RATE_HZ, LENGTH_S = 8000, 661.0


@pytest.fixture(scope="module")
def spoken():
    """Eleven minutes of syllables, loud in one of them only, about a mean that is not 0."""
    part = np.tile(syllables(13.0, RATE_HZ), 51)[: round(LENGTH_S * RATE_HZ)]
    part[: 620 * RATE_HZ] *= 0.2
    return (0.9 * part + 0.02).astype(np.float32)


@pytest.fixture(scope="module")
def spoken_file(tmp_path_factory, spoken):
    path = tmp_path_factory.mktemp("spoken") / "spoken.wav"
    soundfile.write(path, spoken, RATE_HZ, subtype="FLOAT")
    return path


@pytest.fixture(scope="module")
def sound(spoken):
    return parselmouth.Sound(spoken.astype(np.float64), RATE_HZ)


@pytest.fixture
def services(fresh, spoken_file):
    fresh.model_loader.open(spoken_file)
    fresh.analysis_settings.set_preset("Praat 6.1-6.3")
    return fresh


@pytest.fixture
def window(bare, spoken_file):  # noqa: F811
    bare.on.model_loader.open(spoken_file)
    bare.pages.show_page("stack")
    bare.on.analysis_settings.set_preset("Praat 6.1-6.3")
    return bare


KEY = recording("spoken.wav")


def layer_at(services, place):
    asking = services.layer_results
    got = []
    for name in ("pitch", "intensity", "harmonicity"):
        asking.with_result(asking.layer(KEY, place), name, got.append, place)
    assert len(got) == 3
    return asking.layer(KEY, place)


def contour(found, t0, t1):
    times = found.xs()
    inside = (times >= t0) & (times <= t1)
    values = found.selected_array["frequency"] if hasattr(found, "selected_array") else found.values[0]
    return times[inside], np.asarray(values)[inside]


def test_pitch_in_a_tile_is_praats_of_the_whole_sound(services, sound):
    place = Range(65.0, 75.0)
    track = layer_at(services, place).results["pitch"][0]
    times, truth = contour(sound.to_pitch_ac(pitch_floor=75.0, pitch_ceiling=500.0), 65.0, 75.0)
    ours = np.array([track.samples[round(track.axis.index(t))] for t in times])
    np.testing.assert_array_equal(np.isnan(ours), truth == 0)
    seen = truth > 0
    assert seen.sum() > 100
    np.testing.assert_allclose(ours[seen], truth[seen], atol=0.05)
    alone = sound.extract_part(60.0, 80.0, preserve_times=True).to_pitch_ac(
        pitch_floor=75.0, pitch_ceiling=500.0
    )
    assert (contour(alone, 65.0, 75.0)[1] > 0).sum() > seen.sum()  # its own peak would find more


def test_filtered_pitch_in_a_tile_refers_to_the_loudest_of_the_whole_file(services, sound, spoken):
    settings = PRESETS["Praat 6.4"].pitch
    services.analysis_settings.set_preset("Praat 6.4")
    track = layer_at(services, Range(65.0, 75.0)).results["pitch"][0]
    filtered = parselmouth.Sound(pitch.low_passed(spoken.astype(np.float64), RATE_HZ, settings), RATE_HZ)
    truth = filtered.to_pitch_ac(
        None, settings.floor_hz, settings.max_candidates, settings.very_accurate,
        settings.silence_threshold, settings.voicing_threshold, settings.octave_cost,
        settings.octave_jump_cost, settings.voiced_unvoiced_cost, settings.ceiling_hz,
    )  # fmt: skip
    times, wanted = contour(truth, 65.0, 75.0)
    ours = np.array([track.samples[round(track.axis.index(t))] for t in times])
    np.testing.assert_array_equal(np.isnan(ours), wanted == 0)
    np.testing.assert_allclose(ours[wanted > 0], wanted[wanted > 0], atol=0.05)


def test_intensity_and_harmonicity_are_those_of_the_whole_sound(services, sound):
    layer = layer_at(services, Range(300.0, 301.0))
    for name, truth in (
        ("intensity", sound.to_intensity(75)),
        ("harmonicity", sound.to_harmonicity_cc(0.01, 75, 0.1, 1.0)),
    ):
        times, wanted = contour(truth, 300.0, 301.0)
        track = layer.results[name][0]
        ours = np.array([track.samples[round(track.axis.index(t))] for t in times])
        heard = wanted > -200
        np.testing.assert_array_equal(np.isnan(ours), ~heard)
        # where a frame falls exactly between two samples, rounding decides which of them is its middle
        np.testing.assert_allclose(ours[heard], wanted[heard], atol=0.5)
        assert np.mean(np.abs(ours[heard] - wanted[heard]) < 1e-6) > 0.66


def test_a_query_measures_where_the_lane_shows_nothing(services):
    said = noted(services)
    services.session.set_range(Range(0.0, 600.0))
    services.session.set_cursor(400.25)
    services.queries.ask("f0")
    assert said[-1].startswith("Pitch of spoken: ")
    assert said[-1].endswith("at 400.250000 s")
    assert not any(text.startswith("No pitch") for text in said)


def test_the_dock_says_that_it_is_under_way_and_then_what_it_found(window):
    asking = window.on.layer_results
    window.on.session.set_cursor(200.3)
    layer = asking.layer(KEY)
    answer = ask(layer, MEASURES["f0"], 200.3)
    assert answer.awaited
    assert not answer.refusal
    window.dock_view.set_shown(True)
    asking.refresh()
    for name in ("f0", "f1", "intensity", "harmonicity"):
        answer = ask(asking.layer(KEY), MEASURES[name], 200.3)
        assert not answer.awaited
        assert not answer.refusal


def test_a_listing_is_made_of_tiles(services):
    place = Range(100.0, 100.5)
    made = listing(layer_at(services, place), "pitch", place)
    assert len(made.rows) >= 45
    assert float(made.rows[0][0]) >= 100.0


def test_more_than_ten_minutes_are_refused_in_words(services):
    answer = ask(services.layer_results.layer(KEY, Range(0.0, 650.0)), MEASURES["f0"], Range(0.0, 650.0))
    assert answer.refusal == "No pitch: select at most 10 minutes of a long recording"


def test_pulses_of_a_tile_are_those_of_the_whole_sound(services, sound):
    services.session.set_range(Range(635.0, 645.0))
    services.session.set_lane(KEY, "pulses", shown=frozenset({"pulses"}))
    services.overlays.refresh()
    found = services.session.shown.overlays[KEY, "pulses"].times_s
    call = parselmouth.praat.call
    whole = call([sound, sound.to_pitch_ac(pitch_floor=75.0, pitch_ceiling=500.0)], "To PointProcess (cc)")
    truth = np.array(call(whole, "To Matrix").values[0])
    truth = truth[(truth > 636) & (truth < 644)]
    ours = found[(found > 636) & (found < 644)]
    assert truth.size > 300
    apart = np.abs(ours[:, None] - truth[None, :]).min(axis=1)
    assert np.mean(apart < 1e-6) > 0.99  # where two tiles meet one may be found from either side
    assert abs(ours.size - truth.size) <= 2


def sliced(services, monkeypatch):
    """Have slices taken while tiles are under way that never come."""
    asking = services.layer_results
    monkeypatch.setattr(services.tiled_overlays, "measure", lambda *asked, **how: None)
    monkeypatch.setattr(services.jobs, "waits", lambda key: key[0] == "tiles")
    asking.wanted = True
    services.session.set_cursor(300.25)
    asking.refresh()
    return asking


def test_a_spectral_slice_does_not_wait_for_the_tiles(services, monkeypatch):
    asking = sliced(services, monkeypatch)
    assert asking.sliced_at == (300.25, 300.25)
    assert KEY in asking.slices


def test_no_measure_waits_for_the_loudest_moment_that_filtered_pitch_needs(services, monkeypatch):
    asking = services.layer_results
    monkeypatch.setattr(services.clock, "work", lambda do: Future())
    services.analysis_settings.set("pitch", replace(PRESETS["Praat 6.4"].pitch, ceiling_hz=470.0))
    asking.wanted = True
    services.session.set_cursor(300.25)
    asking.refresh()
    known = asking.layer(KEY).results
    assert "pitch" not in known
    assert {"formants", "intensity", "harmonicity"} <= set(known)


def test_a_question_is_answered_although_the_cursor_moves_on(services, monkeypatch):
    waiting, asking = [], services.layer_results

    def hold(asks, key="", patient=False):
        waiting.append((asks, Future()))
        return waiting[-1][1]

    monkeypatch.setattr(services.pool, "submit_many", hold)
    asking.wanted = True
    services.session.set_cursor(300.25)
    services.queries.ask("intensity")
    services.session.set_cursor(100.25)
    asking.refresh()
    services.queries.ask("intensity")
    monkeypatch.undo()
    for asks, future in waiting:
        if asks[0][0] == "tile of intensity" and not future.cancelled():
            future.set_result(InlinePool().submit_many(asks).result())
    rows = services.queries.results.rows
    assert [row.answer.start_s for row in rows] == [300.25, 100.25]
    assert all(row.answer.defined for row in rows)


def slice_words(window):
    """Give the line above the spectral slice that says where it was taken."""
    (found,) = [words for words in texts(window.dock) if words.startswith("at cursor")]
    return found


def test_a_slice_of_another_place_is_greyed_until_the_new_one_has_come(window, monkeypatch):
    asking = sliced(window.on, monkeypatch)
    window.dock_view.show()
    assert not window.dock.plot.view.stale
    window.on.session.set_cursor(1.5)
    window.dock_view.show()
    assert window.dock.plot.view.stale
    assert slice_words(window).startswith("at cursor…")
    asking.refresh()
    window.dock_view.show()
    assert not window.dock.plot.view.stale
    assert slice_words(window).startswith("at cursor,")


def test_where_there_is_no_slice_the_dock_says_why(services):
    asking = services.layer_results
    asking.wanted = True
    services.session.set_selection(Range(1.0, 650.0))
    asking.refresh()
    assert asking.slices == {}
    assert asking.no_slice == "No spectral slice: select at most 10 minutes of a long recording."


def test_a_voice_report_of_a_long_recording_is_that_of_the_stretch(window, spoken, monkeypatch):
    opened = []
    monkeypatch.setattr(window.listing_windows, "open", opened.append)
    window.on.session.set_selection(Range(630.0, 634.0))
    window.menus.run("pulses.voice_report")
    rows = {row[0]: row[1] for row in opened[0].rows}
    part = parselmouth.Sound(spoken[round(629.8 * RATE_HZ) : round(634.2 * RATE_HZ)].astype(float), RATE_HZ)
    used = window.on.analysis_settings.of("voice report")
    pitch_found = parselmouth.praat.call(
        part, "To Pitch (cc)", 0, used.floor_hz, 15, "no", used.silence_threshold, used.voicing_threshold,
        0.01, 0.35, 0.14, used.ceiling_hz,
    )  # fmt: skip
    points = parselmouth.praat.call([part, pitch_found], "To PointProcess (cc)")
    truth = parselmouth.praat.call(points, "Get number of points")
    within = parselmouth.praat.call([part, pitch_found, points], "Voice report", 0.2, 4.2, used.floor_hz,
                                    used.ceiling_hz, 1.3, 1.6, 0.03, 0.45)  # fmt: skip
    assert truth > 100
    assert f"Number of pulses: {rows['Number of pulses']}" in within
    assert float(rows["Median pitch"]) == pytest.approx(
        float(within.split("Median pitch: ")[1].split()[0]), abs=1e-3
    )


def test_filtered_pitch_knows_the_loudest_moment_before_it_is_asked(bare, spoken_file, monkeypatch):  # noqa: F811
    looked, real = [], loudest.peak_of
    monkeypatch.setattr(loudest, "peak_of", lambda *asked: looked.append(1) or real(*asked))
    bare.on.analysis_settings.set_preset("Praat 6.4")
    said = noted(bare.on)
    bare.on.model_loader.open(spoken_file)
    before = len(looked)
    bare.on.session.set_range(Range(100.0, 110.0))
    bare.on.session.set_lane(KEY, "pitch", shown=frozenset({"pitch"}))
    bare.on.overlays.refresh()
    assert bare.on.session.shown.overlays[KEY, "pitch"]
    assert before <= 1
    assert len(looked) == before  # at opening at the latest, once on this computer
    assert not [words for words in said if "loudest" in words]


def test_the_greys_of_a_moment_do_not_change_when_louder_ones_come_into_view(window):
    session = window.on.session
    session.set_lane(KEY, "spectrogram", shown=frozenset({"spectrogram"}))

    def greys_at(start_s):
        session.set_range(Range(start_s, start_s + 6.0))
        window.on.overlays.refresh()
        window.wiring.show_stack()
        image = window.stack.lanes[0].lane.spectrogram
        frames = [round(image.axis.index(615.0 + k * image.axis.step_s)) for k in range(300)]
        return image.values[frames]

    quiet = greys_at(612.0)  # louder from 620 s on
    np.testing.assert_array_equal(greys_at(615.0 - 1e-9), quiet)
    assert 0.1 < quiet.max() < 1.0
    session.set_range(Range(628.0, 634.0))
    window.on.overlays.refresh()
    window.wiring.show_stack()
    assert quiet.max() + 0.1 < window.stack.lanes[0].lane.spectrogram.values.max() <= 1.0


def test_over_another_lanes_axes_its_pitch_is_shown_as_well(window, spoken, tmp_path):
    soundfile.write(tmp_path / "short.wav", spoken[: 5 * RATE_HZ], RATE_HZ, subtype="FLOAT")
    window.on.model_loader.open(tmp_path / "short.wav")
    window.stack.merge_wanted.emit(KEY, recording("short.wav"))
    session = window.on.session
    assert (KEY, "pitch") not in session.shown.overlays
    session.set_range(Range(1.0, 5.0))
    pitch_of_both = [session.shown.overlays[key, "pitch"][0] for key in (KEY, recording("short.wav"))]
    long, short = (track.samples[track.axis.times() < 4.0] for track in pitch_of_both)
    both = np.isfinite(short[: long.size]) & np.isfinite(long[: short.size])
    assert both.sum() > 50
    np.testing.assert_allclose(long[: short.size][both], short[: long.size][both], rtol=0.02)
