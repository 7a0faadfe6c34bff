"""A layer is laid over the output by command, menu and key, and gets its lane back."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from app.cli.shot import Silence
from app.program import assemble
from app.shell.instrument import Instrument
from core.processes.engine import InlineEngine
from core.processes.praat_pool import InlinePool
from core.session.lane_key import Key
from tests.support.contexts import inline_context
from tests.support.keys import G, Q, recording
from widgets.drawing.curve_legend import legend_entries
from widgets.drawing.lane import lane_parts


@pytest.fixture
def services(small_model, monkeypatch, tmp_path) -> Iterator[Instrument]:
    """Give all services on the small model, no widget made for them."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    made = assemble(inline_context(), InlineEngine(), InlinePool(), Silence())
    made.model_loader.open(small_model)
    yield made
    made.close()


def lay_over(services: Instrument, *layers: str) -> None:
    for layer in layers:
        services.layering.lay_over_output(G(layer))


def order(services: Instrument) -> list[Key]:
    return [lane.key for lane in services.session.lanes]


def test_layers_over_the_output_stand_in_their_own_order(services):
    lay_over(services, "conv2", "conv4", "conv3")
    output = services.session.lanes[0]
    assert [key for key, _ in output.merged] == [G("conv4"), G("conv3"), G("conv2")]
    assert order(services) == [G("out"), G("conv1"), G("fc")]


def test_a_layer_taken_off_returns_to_its_place(services):
    before = order(services)
    lay_over(services, "conv2", "conv3")
    services.layering.take_off(G("conv2"))
    assert order(services) == [key for key in before if key != G("conv3")]
    services.layering.take_off(G("conv3"))
    assert order(services) == before


def test_all_layers_are_separated_in_one_step_of_undo(services):
    before = order(services)
    lay_over(services, "conv2", "conv4", "conv3")
    services.layering.take_all_off(services.session.lanes[0])
    assert order(services) == before
    services.session.undo()
    assert len(services.session.lanes[0].merged) == 3


def test_the_gain_makes_the_layer_as_high_as_the_output(services):
    lay_over(services, "conv3")
    ((_, gain),) = services.session.lanes[0].merged
    peaks = [np.abs(services.session.shown.tracks[G(layer)].samples).max() for layer in ("out", "conv3")]
    assert gain == max(1, round(peaks[0] / peaks[1]))


def test_a_gain_that_was_set_is_kept(services):
    services.session.set_lane(G("conv3"), "gain", gain=7.0)
    lay_over(services, "conv3")
    assert services.session.lanes[0].merged == ((G("conv3"), 7.0),)
    services.layering.set_gain(G("out"), G("conv3"), 14.0)
    services.layering.take_off(G("conv3"))
    assert services.session.lane(G("conv3")).gain == 14.0


def test_curves_are_named_as_the_lanes_are(services):
    services.session.set_lane(G("conv3"), "gain", gain=10.0)
    lay_over(services, "conv3")
    curves = services.stack_views.view().lanes[0].curves
    assert [curve.label for curve in curves] == ["Out", "Conv3 ×10"]
    assert services.session.history.undo_words == "lay Conv3 over Out"


def test_three_layers_have_three_colours(services):
    lay_over(services, "conv4", "conv3", "conv2", "conv1")
    steps = [curve.step for curve in services.stack_views.view().lanes[0].curves[1:]]
    assert steps == [0.125, 0.375, 0.625, 0.875]


def test_what_has_no_course_in_time_is_not_laid_over_it(services):
    services.sound_driven.listen("Q")
    layering = services.layering
    assert layering.target_of(Q("logits")) is None
    assert layering.target_of(G("out")) is None
    assert layering.target_of(Q("conv1")) == G("out")
    assert layering.target_of(recording("not open.wav")) is None


def test_the_second_models_output_goes_over_the_firsts(services, small_model):
    services.model_loader.open_beside(small_model)
    session = services.session
    own, other = session.output, G("out")
    assert services.layering.target_of(own) == other
    services.layering.lay_over_output(own)
    lane = next(lane for lane in services.stack_views.view().lanes if lane.key == other)
    assert [curve.name for curve in lane.curves] == ["Small · Out", "2: Small · Out"]


def test_a_layer_over_the_output_is_still_the_one_that_is_asked_and_played(services):
    session = services.session
    session.set_active(G("conv4"))
    lay_over(services, "conv4")
    assert session.active == G("conv4")
    assert session.active_lane.key == G("out")
    view = services.stack_views.view().lanes[0]
    assert view.active
    assert [curve.active for curve in view.curves] == [False, True]
    services.queries.ask("activation", where=0.3)
    assert services.queries.results.rows[-1].answer.layer == "Conv4"
    services.playback.play_active()
    assert services.playback.keys == (G("conv4"),)


# --- in the window ------------------------------------------------------------------------------


def test_the_command_lays_over_and_takes_off(window):
    session = window.on.session
    session.set_active(G("conv3"))
    assert not window.menus.actions["layers.over_output"].isChecked()
    window.menus.run("layers.over_output")
    assert [key for key, _ in session.lanes[0].merged] == [G("conv3")]
    assert window.menus.actions["layers.over_output"].isChecked()
    window.menus.run("layers.over_output")
    assert session.lanes[0].merged == ()


def test_it_has_a_key_in_the_stack(window, qtbot):
    window.on.session.set_active(G("conv3"))
    with qtbot.waitActive(window):
        window.activateWindow()
    window.stack.setFocus()
    qtbot.keyClick(window.stack, Qt.Key.Key_O)
    assert window.on.session.lane(G("conv3")) is None


def test_the_lanes_own_menu_lays_it_over(window):
    window.wiring.show_stack()
    lane = next(one.lane for one in window.stack.lanes if one.lane.key == G("conv3"))
    assert lane.over == "the output"
    window.stack.lane_wanted.emit(G("conv3"), "over output", True)
    assert window.on.session.lane(G("conv3")) is None


def test_the_output_itself_cannot_be_laid_over(window):
    window.on.session.set_active(G("out"))
    assert not window.menus.actions["layers.over_output"].isEnabled()


def test_a_click_on_the_legends_line_opens_the_gain(window, qtbot):
    window.on.layering.lay_over_output(G("conv3"))
    window.wiring.show_stack()
    plot = window.stack.lanes[0].plot
    entries = legend_entries(lane_parts(plot.lane, plot.plot_rect)[0], plot.lane)
    assert [entry.curve.name for entry in entries] == ["Out", "Conv3"]
    _press(plot, entries[1].place.center())
    assert plot.editor is not None
    plot.editor.setText("10")
    qtbot.keyClick(plot.editor, Qt.Key.Key_Return)
    assert window.on.session.lanes[0].merged == ((G("conv3"), 10.0),)
    assert plot.editor is None
    _press(plot, entries[0].place.center())
    plot.editor.setText("2")
    qtbot.keyClick(plot.editor, Qt.Key.Key_Return)
    assert window.on.session.lanes[0].gain == 2.0


def test_the_gain_command_opens_the_field_of_the_active_curve(window, qtbot):
    window.on.session.set_active(G("conv3"))
    window.menus.run("layers.gain")
    header = next(one.header for one in window.stack.lanes if one.lane.key == G("conv3"))
    assert header.editor is not None
    qtbot.keyClick(header.editor, Qt.Key.Key_Escape)
    window.menus.run("layers.over_output")
    window.wiring.show_stack()
    window.menus.run("layers.gain")
    assert window.stack.lanes[0].plot.editor.accessibleName() == "Gain of Conv3"


def test_separating_is_a_command_while_something_lies_over_the_lane(window):
    separate = window.menus.actions["layers.separate"]
    assert not separate.isEnabled()
    window.on.session.set_active(G("conv3"))
    window.menus.run("layers.over_output")
    assert separate.isEnabled()
    window.menus.run("layers.separate")
    assert window.on.session.lane(G("conv3")) is not None


def _press(plot, place: QPointF) -> None:
    """Press and release the left button over a plot."""
    for kind in (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonRelease):
        button = Qt.MouseButton.LeftButton
        event = QMouseEvent(
            kind, place, plot.mapToGlobal(place), button, button, Qt.KeyboardModifier.NoModifier
        )
        QApplication.sendEvent(plot, event)
