"""A recording is moved in time beside the model's layers: everything of it follows, exactly."""

from __future__ import annotations

import numpy as np
import pytest
import soundfile

from core.analyses.measure_reading import value
from core.analyses.measures import MEASURES
from core.analyses.registry import TABLE
from core.recordings.sound_file import resampled_to
from core.signals.axis import Range
from tests.support.keys import G, Q, recording

KEY = recording("said.wav")


@pytest.fixture
def said(window, tmp_path):
    """The window with a recording of 0.5 s beside the model."""
    rate_hz, chance = 8000, np.random.default_rng(2)
    time_s = np.arange(4000) / rate_hz
    tone = sum(np.sin(2 * np.pi * 150 * k * time_s) / k for k in range(1, 8))
    samples = (0.2 * tone + 0.001 * chance.standard_normal(4000)).astype(np.float32)
    soundfile.write(tmp_path / "said.wav", samples, rate_hz, subtype="FLOAT")
    window.on.model_loader.open(tmp_path / "said.wav")
    return window


def settings(window, measure="pitch"):
    return window.on.analysis_settings.of(measure)


def test_its_lane_its_overlays_and_its_header_follow(said):
    session = said.on.session
    before = session.shown.overlays[KEY, "pitch"][0]
    image = session.shown.images[KEY]
    said.on.alignment.to(KEY, 0.12)
    after = session.shown.overlays[KEY, "pitch"][0]
    assert session.shown.tracks[KEY].axis.extent.start_s == pytest.approx(0.12)
    np.testing.assert_array_equal(after.samples, before.samples)
    assert after.axis.start_s == pytest.approx(before.axis.start_s + 0.12, abs=1e-12)
    assert session.shown.images[KEY].axis.start_s == pytest.approx(image.axis.start_s + 0.12, abs=1e-12)
    said.wiring.show_stack()
    assert said.stack.lanes[0].lane.meta.startswith("starts at 0.120")
    said.menus.run("edit.undo")
    assert session.shown.tracks[KEY].axis.extent.start_s == 0
    said.wiring.show_stack()
    assert said.stack.lanes[0].lane.meta == "0.5 s · 8000 Hz"


def test_what_is_shown_is_what_is_asked_anew(said):
    said.on.alignment.to(KEY, 0.12)
    shown = said.on.session.shown.overlays[KEY, "pitch"][0]
    asked = TABLE["pitch"].run(said.on.session.shown.tracks[KEY], settings(said))[0]
    assert shown.origin == asked.origin
    np.testing.assert_array_equal(shown.samples, asked.samples)
    np.testing.assert_allclose(shown.axis.times(), asked.axis.times(), rtol=0, atol=1e-12)


def test_a_query_at_the_moved_place_gives_the_number_of_the_own_place(said):
    asking = said.on.session
    asking.set_active(KEY)
    own = value(asking.shown.overlays[KEY, "pitch"][0], MEASURES["f0"], 0.2)
    said.on.alignment.to(KEY, 0.31)
    assert value(asking.shown.overlays[KEY, "pitch"][0], MEASURES["f0"], 0.51) == pytest.approx(own, rel=1e-9)
    assert np.isnan(value(asking.shown.overlays[KEY, "pitch"][0], MEASURES["f0"], 0.2))


def test_a_marked_moment_is_brought_to_the_cursor(said):
    session = said.on.session
    session.set_active(KEY)
    session.set_selection(Range(0.2, 0.3))
    said.menus.run("layers.move_mark")
    session.set_active(G("out"))
    session.set_cursor(0.45)
    said.menus.run("layers.move_marked")
    assert session.lane(KEY).moved_s == pytest.approx(0.25)
    session.set_cursor(0.05)
    said.menus.run("layers.move_marked")
    assert session.lane(KEY).moved_s == pytest.approx(-0.15)
    assert session.whole.start_s == session.visible.start_s == pytest.approx(-0.15)
    session.set_active(KEY)
    said.menus.run("layers.move_back")
    assert session.lane(KEY).moved_s == 0
    assert session.whole.start_s == 0


def test_its_start_is_aligned_to_the_cursor_from_the_lanes_menu(said):
    said.on.session.set_cursor(0.33)
    said.stack.lane_wanted.emit(KEY, "move", "start")
    assert said.on.session.lane(KEY).moved_s == 0.33


def test_the_model_cannot_be_moved(said):
    said.on.session.set_active(G("out"))
    assert not said.menus.actions["layers.move"].isEnabled()
    said.on.alignment.to(G("out"), 0.2)
    assert said.on.session.shown.tracks[G("out")].axis.extent.start_s == 0


def test_merged_with_the_output_it_is_moved_too_and_keeps_its_place_when_they_part(said):
    said.stack.merge_wanted.emit(KEY, G("out"))
    said.on.alignment.to(KEY, 0.2)
    said.wiring.show_stack()
    curve = next(one for lane in said.stack.lanes for one in lane.lane.curves if one.key == KEY)
    assert curve.track.axis.extent.start_s == pytest.approx(0.2)
    said.stack.unmerge_wanted.emit(G("out"), KEY)
    assert said.on.session.lane(KEY).moved_s == 0.2


def test_together_with_the_output_it_is_heard_where_it_stands(said):
    session = said.on.session
    said.on.alignment.to(KEY, 0.25)
    for key in (KEY, G("out")):
        session.set_lane(key, "solo", soloed=True)
    said.on.playback.play_active(session.whole)
    mixed, rate_hz, start_s, _ = said.on.player.heard[-1]
    said.on.playback.play(G("out"), session.whole)
    alone = said.on.player.heard[-1][0]
    assert start_s == pytest.approx(0, abs=1e-9)
    out_hz = session.shown.tracks[G("out")].axis.rate_hz
    alone = resampled_to(np.asarray(alone), out_hz, rate_hz)
    beside = np.asarray(mixed)[: len(alone)] - alone[: len(mixed)]
    heard_s = np.flatnonzero(np.abs(beside) > 0.02) / rate_hz
    assert heard_s[0] == pytest.approx(0.25, abs=0.003)
    assert heard_s[-1] == pytest.approx(0.75, abs=0.003)


def test_its_files_are_written_in_its_own_time(said, tmp_path):
    session = said.on.session
    session.set_active(KEY)
    said.on.alignment.to(KEY, 0.25)
    session.set_selection(Range(0.35, 0.45))
    said.on.file_export.save_selected(tmp_path / "part.Sound")
    text = (tmp_path / "part.Sound").read_text()
    assert float(text.split("xmin = ")[1].split()[0]) == pytest.approx(0.1)
    assert said.on.recordings.own(KEY).axis.extent.start_s == 0


def test_its_tiers_stand_below_it_and_are_kept_at_its_own_time(said):
    session, annotating = said.on.session, said.on.tier_editor
    session.set_active(KEY)
    annotating.new_tiers(("words",), ())
    said.on.alignment.to(KEY, 0.25)
    assert annotating.tiers[0].start_s == 0.25
    said.stack.tiers.boundary_wanted.emit(0, 0.45)
    assert annotating.tiers[0].times == (0.25, 0.45, 0.75)
    assert annotating.annotation_of(KEY).annotation.tiers[0].times == pytest.approx((0.0, 0.2, 0.5))


def test_what_a_network_hears_in_it_moves_along(said):
    said.on.sound_driven.listen("Q", KEY)
    before = said.on.session.shown.tracks[Q("conv1")]
    said.on.alignment.to(KEY, 0.2)
    after = said.on.session.shown.tracks[Q("conv1")]
    assert after.axis.start_s == pytest.approx(before.axis.start_s + 0.2)
    np.testing.assert_array_equal(after.samples, before.samples)
    assert said.on.sound_driven.input_range_of(Q("conv1")) == Range(0.2, 0.7)
    said.on.sound_driven.listen("Q", KEY)
    np.testing.assert_array_equal(said.on.session.shown.tracks[Q("conv1")].samples, before.samples)


def test_a_result_says_where_the_recording_starts(said):
    said.on.session.set_active(KEY)
    said.on.alignment.to(KEY, 0.25)
    said.on.session.set_cursor(0.5)
    said.menus.run("pitch.get")
    row = said.on.queries.results.rows[-1]
    assert (row.point, row.answer.start_s) == ("starts at 0.250000 s", 0.5)


def test_on_shared_axes_both_pitches_are_drawn_and_painted(said):
    session = said.on.session
    said.stack.merge_wanted.emit(KEY, G("out"))
    said.on.alignment.to(KEY, 0.2)
    said.wiring.show_stack()
    lane = next(one for one in said.stack.lanes if one.lane.key == G("out"))
    (curve,) = lane.lane.merged_pitch
    assert curve.role == "merged"
    asked = TABLE["pitch"].run(session.shown.tracks[KEY], settings(said))[0]
    np.testing.assert_array_equal(curve.track.samples, asked.samples)
    np.testing.assert_allclose(curve.track.axis.times(), asked.axis.times(), rtol=0, atol=1e-12)
    with_both = lane.grab().toImage()
    session.show(overlays={k: v for k, v in session.shown.overlays.items() if k != (KEY, "pitch")})
    said.wiring.show_stack()
    assert lane.lane.merged_pitch == ()
    assert lane.grab().toImage() != with_both


def test_its_pitch_follows_other_settings_on_shared_axes_too(said):
    said.stack.merge_wanted.emit(KEY, G("out"))
    said.on.analysis_settings.set_preset("Praat 6.1-6.3")
    made = said.on.session.shown.overlays[KEY, "pitch"][0]
    assert made.origin == TABLE["pitch"].origin(said.on.session.shown.tracks[KEY], settings(said))


def test_over_another_lane_it_is_marked_and_moved_while_that_lane_is_active(said):
    session = said.on.session
    said.stack.merge_wanted.emit(KEY, G("out"))
    session.set_active(G("out"))
    session.set_cursor(0.1)
    said.menus.run("layers.move_mark")
    session.set_cursor(0.3)
    said.menus.run("layers.move_marked")
    assert said.on.alignment.by_s(KEY) == pytest.approx(0.2)
    said.wiring.show_stack()
    lane = next(one for one in said.stack.lanes if one.lane.key == G("out")).lane
    assert lane.curves[1].label.startswith("said.wav")
    assert lane.curves[1].label.endswith("starts at 0.200 s")
    assert lane.moved
    said.menus.run("layers.move_back")
    assert said.on.alignment.by_s(KEY) == 0


def test_a_recording_that_stands_beyond_what_is_played_adds_no_silence(said):
    session = said.on.session
    said.on.alignment.to(KEY, 3600.0)
    for key in (KEY, G("out")):
        session.set_lane(key, "solo", soloed=True)
    said.on.playback.play_active(Range(0.0, 0.5))
    heard, rate_hz, start_s, _ = said.on.player.heard[-1]
    assert (len(heard) / rate_hz, start_s) == (pytest.approx(0.5, abs=1e-3), pytest.approx(0, abs=1e-3))
