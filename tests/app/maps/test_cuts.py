"""Cuts in a layer: made on the page, kept with the point, drawn where they act, heard, undone, refused."""

from __future__ import annotations

import numpy as np
import pytest

from core.faults import Fault
from core.probing.surgery import Fill, FromPoint, Hold, LayerEdit, Move, Multiply, NetworkEdit, WeightColumn
from core.session.edit_words import cut_window
from core.session.lane_key import LaneKey
from core.session.named_points import NamedPoint, read_points, write_points
from core.session.point_names import point_name, starred_name
from core.session.session import ModelPoint
from core.session.working_points import read_working_point, write_working_point
from core.signals.axis import Range
from widgets.maps.cut_view import CutWish


@pytest.fixture
def page(window, qtbot):
    window.menus.run("view.maps")
    made = window.pages.widget("maps")
    qtbot.waitUntil(lambda: made.plot.heat.view is not None)
    return made


@pytest.fixture
def told(window):
    faults: list[Fault] = []
    window.on.messages.faulted.connect(faults.append)
    return faults


def track(window, layer, network="G"):
    session = window.on.session
    return session.shown.tracks[LaneKey(session.model, network, layer)]


def cut(page, window, qtbot, start_s, end_s, **wish):
    window.on.session.set_selection(Range(start_s, end_s))
    page.cuts.cut_wanted.emit(CutWish(**wish))
    qtbot.waitUntil(lambda: len(page.plot.heat.view.cuts) == len(window.on.session.snapshot.edits))


def test_a_silenced_range_is_silent_and_everything_after_it_follows(page, window, qtbot):
    before = {name: track(window, name).samples for name in ("conv1", "conv2", "out")}
    cut(page, window, qtbot, 0.3, 0.5)
    (one,) = window.on.session.snapshot.edits
    assert one.network == "G"
    assert isinstance(one.edit.action, Fill)
    after = track(window, "conv2")
    inside = slice(*after.axis.samples_in(Range(0.3, 0.5)))
    assert not after.samples[inside].any()
    np.testing.assert_array_equal(track(window, "conv1").samples, before["conv1"])
    assert np.abs(track(window, "out").samples - before["out"]).max() > 0
    assert track(window, "out").origin.edits == (one.edit.plain(),)
    assert not page.plot.heat.view.maps.values[inside].any()


def test_a_cut_is_drawn_where_it_acts_on_the_page_and_in_the_stack(page, window, qtbot):
    cut(page, window, qtbot, 0.3, 0.5)
    (mark,) = page.plot.heat.view.cuts
    assert mark.words == "Silence"
    assert mark.window.start_s == pytest.approx(0.3, abs=0.01)
    lanes = {lane.key.layer: lane for lane in window.on.stack_views.view().lanes}
    assert lanes["conv2"].cuts == ((mark.window, "Silence"),)
    assert lanes["conv1"].cuts == ()


def test_the_output_before_and_after_and_the_difference_stand_below(page, window, qtbot):
    whole = track(window, "out").samples
    cut(page, window, qtbot, 0.3, 0.5)
    before, after, change = (lane.lane.curves[0].track.samples for lane in page.lanes[1:])
    np.testing.assert_array_equal(before, whole)
    np.testing.assert_array_equal(after, track(window, "out").samples)
    np.testing.assert_array_equal(change, after - before)
    assert [row[0] for row in page.cuts.compared.rows] == [
        "Intensity dB", "Centre of gravity Hz", "F0 Hz", "Voiced frames %",
    ]  # fmt: skip


def test_each_of_them_is_heard(page, window, qtbot):
    cut(page, window, qtbot, 0.25, 0.5)
    for which in ("before", "after", "difference"):
        page.cuts.hear_wanted.emit(which)
    before, after, change = [samples for samples, *_ in window.on.player.heard[-3:]]
    assert np.abs(after - before).max() > 0
    np.testing.assert_allclose(change, np.clip(after - before, -1, 1), atol=1e-6)


def test_undo_and_redo_take_a_cut_back_and_make_it_again(page, window, qtbot):
    whole = track(window, "out").samples
    cut(page, window, qtbot, 0.3, 0.5)
    edited = track(window, "out").samples
    window.menus.run("edit.undo")
    np.testing.assert_array_equal(track(window, "out").samples, whole)
    window.menus.run("edit.redo")
    np.testing.assert_array_equal(track(window, "out").samples, edited)


def test_cuts_are_removed_one_by_one_or_all(page, window, qtbot):
    whole = track(window, "out").samples
    cut(page, window, qtbot, 0.3, 0.5)
    cut(page, window, qtbot, 0.6, 0.7, deed="scale", amount=3.0)
    page.cuts.remove_wanted.emit(0)
    (left,) = window.on.session.snapshot.edits
    assert left.edit.action == Multiply(3.0)
    page.cuts.clear_wanted.emit()
    np.testing.assert_array_equal(track(window, "out").samples, whole)


def test_only_the_chosen_map_is_cut(page, window, qtbot):
    page.plot.heat.row_wanted.emit(2)
    cut(page, window, qtbot, 0.3, 0.5, scope="map", deed="hold", edge_ms=8.0)
    (one,) = window.on.session.snapshot.edits
    assert one.edit.channels == (2,)
    assert one.edit.action == Hold()
    assert one.edit.edge == 2
    assert page.plot.heat.view.cuts[0].channels == {2}


def test_maps_are_taken_from_another_point_and_from_the_point_itself_without_a_change(page, window, qtbot):
    window.named_points.keep("here")
    whole = track(window, "out").samples
    cut(page, window, qtbot, 0.3, 0.5, deed="point", source="here")
    (one,) = window.on.session.snapshot.edits
    assert one.edit.action == FromPoint(window.on.session.point.z, "here")
    np.testing.assert_array_equal(track(window, "out").samples, whole)
    window.on.session.set_value(4, 5.0)
    qtbot.waitUntil(lambda: track(window, "out").origin.point == window.on.session.point.z)
    free = window.on.session.snapshot.edits
    window.on.session.set_edits((), "remove")
    assert np.abs(track(window, "out").samples - whole).max() > 0
    window.on.session.set_edits(free, "again")


def test_the_weights_of_a_variable_drive_the_convolutions(page, window, qtbot):
    page.bar.wanted.emit("layer", "fc")
    qtbot.waitUntil(lambda: page.plot.heat.view.maps.name == "fc")
    cut(page, window, qtbot, 0.1, 0.2, deed="weights", source="z11")
    (one,) = window.on.session.snapshot.edits
    assert one.edit == LayerEdit("fc", WeightColumn(10))
    assert page.plot.heat.view.maps.values.min() < 0


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        (CutWish(deed="move", amount=0.1), "less than a step"),
        (CutWish(deed="copy", amount=1.02), "outside the layer"),
        (CutWish(deed="point", source="nowhere"), "no point"),
        (CutWish(scope="map"), "No map is chosen"),
    ],
)
def test_a_cut_that_cannot_be_is_refused_in_a_sentence(page, window, told, wish, words):
    window.on.session.set_selection(Range(0.3, 0.5))
    page.cuts.cut_wanted.emit(wish)
    assert words in str(told[-1])
    assert window.on.session.snapshot.edits == ()


def test_a_selection_between_two_samples_is_refused_with_the_layers_step(page, window, qtbot, told):
    page.bar.wanted.emit("layer", "conv1")
    qtbot.waitUntil(lambda: page.plot.heat.view.maps.name == "conv1")
    window.on.session.set_selection(Range(0.3001, 0.3002))
    page.cuts.cut_wanted.emit(CutWish())
    assert "16 ms apart" in str(told[-1])


def test_a_copy_and_a_shift_say_by_how_much(page, window, qtbot):
    cut(page, window, qtbot, 0.3, 0.5, deed="copy", amount=0.1)
    cut(page, window, qtbot, 0.6, 0.7, deed="move", amount=20.0)
    assert [mark.words for mark in page.plot.heat.view.cuts] == ["Copy from 0.1027 s", "Moved 20 ms"]
    assert window.on.session.snapshot.edits[1].edit.action == Move(5)


def test_a_cut_in_a_network_that_a_sound_drives_changes_its_answer(page, window, qtbot):
    window.on.sound_driven.listen("Q")
    before = track(window, "logits", "Q").samples
    page.bar.wanted.emit("network", "Q")
    qtbot.waitUntil(lambda: page.bar.view.network == "Q")
    cut(page, window, qtbot, 0.2, 0.6)
    assert window.on.session.snapshot.edits[0].network == "Q"
    qtbot.waitUntil(lambda: np.abs(track(window, "logits", "Q").samples - before).max() > 0)


def test_a_cut_stays_while_a_knob_turns_and_the_points_name_tells_it(page, window, qtbot):
    cut(page, window, qtbot, 0.3, 0.5)
    session = window.on.session
    session.set_value(4, 2.0)
    assert len(session.snapshot.edits) == 1
    assert starred_name(session.snapshot) == "seed 0*, 1 cut"
    assert point_name(session.layout, session.snapshot).endswith(", 1 cut")


def test_a_kept_point_brings_its_cuts_back(page, window, qtbot):
    cut(page, window, qtbot, 0.3, 0.5)
    window.named_points.keep("with a cut")
    edits = window.on.session.snapshot.edits
    window.on.session.set_edits((), "remove")
    window.named_points.go("with a cut")
    assert window.on.session.snapshot.edits == edits


CUT = NetworkEdit("G", LayerEdit("conv2", FromPoint((0.5, 1.0), "b"), (1, 3), 4, 9, 2))


def test_cuts_are_written_with_named_points_and_with_the_point_where_a_model_was_left(tmp_path, services):
    point = services.session.point
    write_points((NamedPoint("a", point, "", (CUT,)),), tmp_path / "points.json")
    assert read_points(tmp_path / "points.json")[0].edits == (CUT,)
    at = ModelPoint(point, point, 3, edits=(CUT,))
    write_working_point(at, tmp_path / "point.json")
    assert read_working_point(tmp_path / "point.json", len(point.z)) == at


def test_the_range_of_a_cut_covers_its_samples_from_half_a_step_before(services):
    axis = services.session.card.layers["G"][1].axis
    window = cut_window(LayerEdit("conv1", Fill(), (), 4, 6), axis)
    assert window.length_s == pytest.approx(2 * axis.step_s)
    assert window.middle_s == pytest.approx(axis.seconds(4.5))
    assert cut_window(LayerEdit("conv1", Fill()), axis).length_s == pytest.approx(axis.duration_s)


def test_the_selection_is_silenced_from_the_stack_and_all_cuts_are_removed(window, told):
    session = window.on.session
    whole = track(window, "out").samples
    session.set_active(LaneKey(session.model, "G", "conv2"))
    session.set_selection(Range(0.3, 0.5))
    window.menus.run("layers.silence")
    after = track(window, "conv2")
    assert not after.samples[slice(*after.axis.samples_in(Range(0.3, 0.5)))].any()
    window.menus.run("layers.remove_cuts")
    np.testing.assert_array_equal(track(window, "out").samples, whole)
    session.set_selection(Range(0.3001, 0.3002))
    window.menus.run("layers.silence")
    assert "4 ms apart" in str(told[-1])
