"""Tiers below the lanes: what is clicked, dragged and typed, and how many may be shown."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPicture
from PySide6.QtWidgets import QPushButton

from core.annotation.tiers import Tier
from core.signals.axis import Range
from tests.support import pointer
from tests.support.made_up import lane, view
from widgets.drawing.lane import Marks
from widgets.stack.stack import Stack
from widgets.theme.theme import LIGHT
from widgets.tiers.painting import paint_tier
from widgets.timeline.columns import HEADER_PX, Columns
from widgets.timeline.tier_views import TiersView

PHONES = Tier(
    "phones", "interval", 0.0, 1.024, (0.0, 0.2, 0.4, 0.6, 1.024), ("ɛ", "v", "ə", "n"),
)  # fmt: skip
WORDS = Tier("words", "interval", 0.0, 1.024, (0.0, 0.6, 1.024), ("seven", ""))
BELL = Tier("bell", "point", 0.0, 1.024, (0.3, 0.7), ("H*", "L%"))
LEFT = Qt.MouseButton.LeftButton


def show(stack: Stack, tiers: tuple[Tier, ...] = (PHONES, WORDS, BELL), **values) -> None:
    chosen, elsewhere = values.pop("chosen", 0), values.pop("elsewhere", "")
    stack.show_view(view(lane("out"), tiers=TiersView(tiers, chosen, elsewhere), **values))


def at(stack: Stack, time_s: float, row: int = 0, y: int = 20) -> QPoint:
    """Give the place of a time on a tier."""
    tops = (0, 32, 60)
    return QPoint(round(stack.columns.x(time_s)), tops[row] + y)


def heard(signal) -> list[tuple]:
    said: list[tuple] = []
    signal.connect(lambda *values: said.append(values))
    return said


def test_tiers_stand_between_lanes_and_bars_in_the_same_columns(stack, pixels):
    show(stack)
    assert stack.tiers.y() + stack.tiers.height() == stack.bars.y()
    seen = pixels(stack.tiers)
    accent = np.array([LIGHT.accent.red(), LIGHT.accent.green(), LIGHT.accent.blue()])
    columns = np.flatnonzero((seen[16] == accent).all(1))
    inside = columns[columns > 10]
    wanted = [int(stack.columns.x(t)) + d for t in PHONES.times[1:-1] for d in (-1, 0, 1)]
    assert sorted(inside.tolist()) == sorted(wanted)


def test_without_tiers_nothing_is_taken_from_the_lanes(stack):
    show(stack, tiers=())
    assert stack.tiers.isHidden()
    show(stack)
    assert not stack.tiers.isHidden()


def test_a_click_chooses_tier_and_interval(qtbot, stack):
    show(stack)
    chosen, selected = heard(stack.tiers.tier_wanted), heard(stack.selection_wanted)
    qtbot.mouseClick(stack.tiers, LEFT, pos=at(stack, 0.3, 1))
    assert (chosen, selected) == ([(1,)], [(Range(0.0, 0.6),)])
    chosen.clear()
    qtbot.mouseClick(stack.tiers, LEFT, pos=QPoint(40, 70))
    assert chosen == [(2,)]


def test_the_chosen_interval_is_yellow_and_within_the_selection_orange(stack, pixels):
    def colour(time_s: float) -> tuple[int, ...]:
        return tuple(pixels(stack.tiers)[4, round(stack.columns.x(time_s))])

    show(stack, cursor_s=0.25)
    assert colour(0.35) == LIGHT.tier_sel.getRgb()[:3]
    assert colour(0.45) == LIGHT.plot.getRgb()[:3]
    show(stack, selection=Range(0.2, 0.4))
    assert colour(0.35) == LIGHT.tier_both.getRgb()[:3]


def test_the_circle_at_the_cursor_adds_a_boundary_on_its_tier(qtbot, stack):
    show(stack, cursor_s=0.3)
    added = heard(stack.tiers.boundary_wanted)
    qtbot.mouseClick(stack.tiers, LEFT, pos=at(stack, 0.3, 1, 6))
    assert added == [(1, 0.3)]
    qtbot.mouseClick(stack.tiers, LEFT, pos=at(stack, 0.3, 2, 6))
    assert len(added) == 1, "a point stands there already"


def test_a_boundary_is_dragged_and_shift_takes_the_others_along(qtbot, stack):
    show(stack)
    moved, cursor = heard(stack.tiers.move_wanted), heard(stack.cursor_wanted)
    tiers = stack.tiers
    qtbot.mousePress(tiers, LEFT, pos=at(stack, 0.4))
    pointer.drag(tiers, at(stack, 0.45))
    qtbot.mouseRelease(tiers, LEFT, pos=at(stack, 0.45))
    assert cursor == [(0.4,)]
    place, index, time_s, together, final = moved[0]
    assert (place, index, together, final) == (0, 2, False, False)
    assert time_s == pytest.approx(0.45, abs=0.002)
    assert moved[-1][-1] is True
    qtbot.mousePress(tiers, LEFT, Qt.KeyboardModifier.ShiftModifier, at(stack, 0.6))
    pointer.drag(tiers, at(stack, 0.65), Qt.KeyboardModifier.ShiftModifier)
    qtbot.mouseRelease(tiers, LEFT, Qt.KeyboardModifier.ShiftModifier, at(stack, 0.65))
    assert moved[-1][3] is True


def test_a_drag_snaps_to_other_tiers_and_ctrl_drags_freely(qtbot, stack):
    show(stack)
    moved = heard(stack.tiers.move_wanted)
    qtbot.mousePress(stack.tiers, LEFT, pos=at(stack, 0.4))
    pointer.drag(stack.tiers, at(stack, 0.7) + QPoint(3, 0))
    assert moved[-1][2] == 0.7
    near = QPointF(at(stack, 0.7) + QPoint(3, 0))
    pointer.drag(stack.tiers, near, Qt.KeyboardModifier.ControlModifier)
    assert moved[-1][2] == pytest.approx(stack.columns.time_s(near.x()))


def test_the_ends_of_a_tier_are_not_taken_hold_of(stack):
    show(stack)
    assert stack.tiers.places.grip_at(QPointF(at(stack, 0.0) + QPoint(1, 0))) is None
    assert stack.tiers.places.grip_at(QPointF(at(stack, 0.2))) is not None


def test_a_drag_across_intervals_selects_time(qtbot, stack):
    show(stack)
    selected = heard(stack.selection_wanted)
    qtbot.mousePress(stack.tiers, LEFT, pos=at(stack, 0.25))
    pointer.drag(stack.tiers, at(stack, 0.5))
    assert selected[0] == (Range(0.2, 0.4),)
    assert selected[-1][0].start_s == pytest.approx(0.25, abs=0.002)
    assert selected[-1][0].end_s == pytest.approx(0.5, abs=0.002)


# --- labels


def test_typing_writes_behind_the_label_and_enter_keeps_it(qtbot, stack):
    show(stack, cursor_s=0.25)
    written = heard(stack.tiers.label_wanted)
    stack.tiers.setFocus()
    qtbot.keyClicks(stack.tiers, "q")
    stack.tiers.editor.insert("ʷː")  # what a keyboard cannot type, Qt's test keys cannot either
    assert written == []
    qtbot.keyClick(stack.tiers.editor, Qt.Key.Key_Return)
    assert written == [(0, 1, "vqʷː")]
    assert stack.tiers.editor.isHidden()


def test_a_double_click_opens_the_field_and_esc_leaves_the_label(qtbot, stack):
    show(stack)
    written = heard(stack.tiers.label_wanted)
    qtbot.mouseDClick(stack.tiers, LEFT, pos=at(stack, 0.3, 1))
    assert stack.tiers.editor.at == (1, 0)
    assert stack.tiers.editor.selectedText() == "seven"
    qtbot.keyClicks(stack.tiers.editor, "eight")
    qtbot.keyClick(stack.tiers.editor, Qt.Key.Key_Escape)
    assert (written, stack.tiers.editor.at) == ([], None)


def test_what_is_typed_is_kept_when_something_else_is_chosen(qtbot, stack):
    show(stack, cursor_s=0.25)
    written = heard(stack.tiers.label_wanted)
    stack.tiers.edit_chosen("x")
    show(stack, cursor_s=0.7)
    assert written == [(0, 1, "vx")]


def test_a_letter_of_the_palette_goes_where_one_is_writing(stack):
    show(stack, cursor_s=0.25)
    stack.tiers.insert("ʃ")
    assert stack.tiers.editor.text() == "vʃ"
    stack.tiers.editor.setCursorPosition(0)
    stack.tiers.insert("ˈ")
    assert stack.tiers.editor.text() == "ˈvʃ"


# --- another point


def test_tiers_of_another_point_are_greyed_and_can_only_be_copied(qtbot, stack, pixels):
    show(stack, cursor_s=0.25, elsewhere="These tiers belong to another point")
    grey = LIGHT.plot_off.getRgb()[:3]
    for time_s in (0.35, 0.7):  # the chosen interval too
        assert tuple(pixels(stack.tiers)[4, round(stack.columns.x(time_s))]) == grey
    assert stack.tiers.places.grip_at(QPointF(at(stack, 0.4))) is None
    added, copied = heard(stack.tiers.boundary_wanted), heard(stack.tiers.copy_wanted)
    qtbot.mouseClick(stack.tiers, LEFT, pos=at(stack, 0.25, 1, 6))
    stack.tiers.edit_chosen("x")
    assert (added, stack.tiers.editor.at) == ([], None)
    button = stack.tiers.findChild(QPushButton)
    assert button.text() == "Copy here"
    qtbot.mouseClick(button, LEFT)
    assert copied == [()]
    show(stack)
    assert button.isHidden()


# --- many


def many(count: int, end_s: float = 1.024) -> Tier:
    times = tuple(np.linspace(0, end_s, count + 1).tolist())
    return Tier("phones", "interval", 0.0, end_s, times, tuple(f"ə{k % 97}" for k in range(count)))


def painted_bytes(tier: Tier, window: Range) -> int:
    """Give the size of the list of painting commands that show a tier on 800 px."""
    picture = QPicture()
    painter = QPainter(picture)
    columns = Columns(window, HEADER_PX, 800)
    paint_tier(painter, QRectF(HEADER_PX, 0, 800, 32), tier, columns, LIGHT, Marks(), chosen=False)
    painter.end()
    return picture.size()


@pytest.mark.parametrize("length_s", [1.024, 0.5, 0.1, 0.015, 0.007, 0.001])
def test_ten_thousand_intervals_take_no_more_painting_than_those_that_can_be_told_apart(qapp, length_s):
    whole = Range(0.0, 1.024)
    legible = max(painted_bytes(many(count), whole) for count in (10, 20, 40, 150))
    for start_s in (0.0, 0.4, 1.024 - length_s):
        assert painted_bytes(many(10_000), Range(start_s, start_s + length_s)) <= legible


def test_more_tiers_than_fit_scroll_to_the_chosen_one(stack):
    tiers = tuple(Tier(f"t{k}", "point", 0.0, 1.024) for k in range(20))
    show(stack, tiers=tiers, chosen=0)
    assert stack.tiers.height() < 210
    show(stack, tiers=tiers, chosen=19)
    assert stack.tiers.places.row_at(stack.tiers.height() - 5).place == 19
    show(stack, tiers=tiers, chosen=0)
    assert stack.tiers.places.row_at(5).place == 0


def test_the_pointer_reads_time_label_and_duration(qtbot, stack):
    show(stack)
    said = heard(stack.tiers.pointed)
    pointer.hover(stack.tiers, at(stack, 0.3))
    time_s, words = said[-1]
    assert words == f"Pointer {time_s:.6f} s  v  0.200000 s"


def test_a_right_click_chooses_what_its_menu_is_for(qtbot, stack):
    show(stack, selection=Range(0.1, 0.15))
    chosen, selected = heard(stack.tiers.tier_wanted), heard(stack.selection_wanted)
    qtbot.mouseClick(stack.tiers, Qt.MouseButton.RightButton, pos=at(stack, 0.3, 1))
    assert (chosen, selected) == ([(1,)], [(Range(0.0, 0.6),)])
    show(stack, selection=Range(0.2, 0.4))
    qtbot.mouseClick(stack.tiers, Qt.MouseButton.RightButton, pos=at(stack, 0.3))
    assert len(selected) == 1, "the selection stays under its own menu"


def test_crowded_boundaries_are_hairs_also_where_the_play_head_passes(stack, pixels):
    show(stack, tiers=(many(1000),))
    whole = pixels(stack.tiers)
    stack.tiers.set_playhead(0.5)
    stack.tiers.set_playhead(None)
    assert np.array_equal(pixels(stack.tiers), whole)
    assert LIGHT.accent.getRgb()[:3] not in {tuple(p) for p in whole[16, 200:900].tolist()}
