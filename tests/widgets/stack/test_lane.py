"""A lane's header wishes for what is clicked, and says what cannot be shown."""

import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFontMetrics

from core.analyses.overlay_names import OVERLAYS
from core.signals.axis import Range
from tests.support.made_up import bump, frames, full_out, lane, tone, view
from widgets.drawing.axes import GAP_PX, level, overlay_labels, settled
from widgets.stack.lane_menu import lane_menu
from widgets.theme.theme import LIGHT, font
from widgets.timeline.columns import AXIS_PX
from widgets.timeline.lane_views import Curve, LegendLine

REFUSED = {measure: f"No {measure}: Nyquist is 31.25 Hz" for measure in OVERLAYS}
WINDOW = Range(0.2, 0.8)


@pytest.fixture(autouse=True)
def _pixmaps(qapp):
    """Pictures may only be made while there is an application."""


@pytest.fixture
def wishes(stack) -> list[tuple]:
    found: list[tuple] = []
    stack.lane_wanted.connect(lambda *wish: found.append(wish))
    return found


def test_a_refused_measure_says_why_and_cannot_be_pressed(stack, wishes, qtbot):
    stack.show_view(view(lane("conv1", refusals=REFUSED)))
    button = stack.lanes[0].header.measures["pitch"]
    assert button.toolTip() == button.accessibleDescription() == REFUSED["pitch"]
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert [wish for wish in wishes if wish[1] == "shown"] == []


def test_a_measure_is_switched_on_and_off(stack, wishes, qtbot):
    stack.show_view(view(lane("conv4", shown=frozenset({"pitch"}), active=True)))
    header = stack.lanes[0].header
    header.measures["intensity"].click()
    header.measures["pitch"].click()
    assert wishes == [
        ("conv4", "shown", frozenset({"pitch", "intensity"})),
        ("conv4", "shown", frozenset()),
    ]


def test_mute_solo_fold_and_close_wish_for_the_opposite(stack, wishes):
    stack.show_view(view(lane("conv4", muted=True, active=True, closable=True)))
    header = stack.lanes[0].header
    for button in (header.mute, header.solo, header.fold, header.close_button):
        button.click()
    assert wishes == [
        ("conv4", "muted", False), ("conv4", "solo", True),
        ("conv4", "collapsed", True), ("conv4", "closed", True),
    ]  # fmt: skip


def test_play_plays_the_selection_or_the_window_and_stops_what_plays(stack):
    played: list[object] = []
    stack.play_wanted.connect(lambda key, stretch: played.append((key, stretch)))
    stack.stop_wanted.connect(lambda: played.append("stop"))
    stack.show_view(view(lane("conv4"), visible=WINDOW))
    stack.lanes[0].header.play.click()
    stack.show_view(view(lane("conv4"), visible=WINDOW, selection=Range(0.3, 0.4)))
    stack.lanes[0].header.play.click()
    stack.show_view(view(lane("conv4", playing=True), visible=WINDOW))
    stack.lanes[0].header.play.click()
    assert played == [("conv4", WINDOW), ("conv4", Range(0.3, 0.4)), "stop"]


@pytest.mark.parametrize(
    ("typed", "wished"), [("10", [10.0]), ("×2,5", [2.5]), ("0", []), ("loud", []), ("1", [])]
)
def test_a_double_click_on_the_gain_edits_it(stack, wishes, qtbot, typed, wished):
    stack.show_view(view(lane("conv4", active=True)))
    header = stack.lanes[0].header
    qtbot.mouseDClick(header.gain, Qt.MouseButton.LeftButton)
    field = header.editor
    assert field is not None
    field.setText(typed)
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert [wish[2] for wish in wishes if wish[1] == "gain"] == wished


def test_escape_leaves_the_gain_as_it_was(stack, wishes, qtbot):
    stack.show_view(view(lane("conv4", active=True)))
    header = stack.lanes[0].header
    header.edit_gain()
    header.editor.setText("7")
    qtbot.keyClick(header.editor, Qt.Key.Key_Escape)
    assert header.editor is None
    assert wishes == []


def test_the_legend_opens_the_settings_of_its_line(stack):
    stack.show_view(view(full_out()))
    asked: list[str] = []
    stack.legend_clicked.connect(asked.append)
    rows = stack.lanes[0].header.legend
    rows[0].click()
    assert asked == ["pitch"]
    assert rows[1].line == LegendLine("pulses", "hidden")


def test_a_value_off_its_scale_is_told_without_a_tick():
    low = frames("intensity", [45.6] * 98, unit="dB")
    shown = lane("out", overlays={"intensity": (low,)}, shown=frozenset({"intensity"}))
    rect = QRectF(0, 0, 60, 172)
    (value,) = [x for x in settled(overlay_labels(shown, rect, 0.5, LIGHT), rect) if x.weight == 600]
    assert (value.text, value.tick, value.y_px) == ("45.60", False, 164)


@pytest.mark.parametrize(
    ("value_db", "text"), [(77.634, "77.63"), (-9.87, "−9.9"), (-29.864, "−29.9"), (-335.41, "−335")]
)
def test_a_level_leaves_room_for_its_unit_beside_the_lane(value_db, text):
    assert level(value_db) == text
    wide_px = QFontMetrics(font(11, 600, numbers=True)).horizontalAdvance(f"{text} dB")
    assert GAP_PX + wide_px + 2 <= AXIS_PX


def test_numbers_of_an_earlier_state_are_grey():
    low = frames("intensity", [70.0] * 98, unit="dB")
    shown = lane("out", overlays={"intensity": (low,)}, shown=frozenset({"intensity"}), stale=True)
    labels = overlay_labels(shown, QRectF(0, 0, 60, 172), 0.5, LIGHT)
    assert {label.colour.name() for label in labels} == {LIGHT.ink3.name()}


def test_every_button_has_a_name(stack):
    stack.show_view(view(full_out(), lane("conv4", closable=True)))
    buttons = [b for shown in stack.lanes for b in shown.header.children() if hasattr(b, "accessibleName")]
    assert len(buttons) >= 20
    assert all(button.accessibleName() for button in buttons)


def test_the_menu_offers_scale_gain_and_taking_curves_off(stack):
    curves = (Curve(bump("conv3", 0.5), key="conv3"), Curve(tone(), 10, "out ×10", key="out", name="out"))
    found: list[tuple] = []
    menu = lane_menu(
        lane("conv3", curves=curves, scale="whole"), (0.0, 2.0), lambda *wish: found.append(wish),
        lambda key: found.append(("off", key)), stack,
    )  # fmt: skip
    words = {action.text(): action for action in menu.actions()}
    words["Remove out from this plot"].trigger()
    scale = menu.actions()[0].menu().actions()
    assert [action.text() for action in scale if action.isChecked()] == ["By whole sound"]
    scale[0].trigger()
    menu.actions()[1].menu().actions()[3].trigger()
    of_out = words["Gain of out ×10"].menu().actions()
    assert [action.text() for action in of_out if action.isChecked()] == ["×10"]
    of_out[1].trigger()
    assert found == [("off", "out"), ("scale", "window"), ("gain", 10.0), ("merged_gain", ("out", 2.0))]
