"""Praat's eight rectangles: what each stands for, where it stands, what it says."""

import itertools

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QFontMetricsF

from core.signals.axis import Range
from tests.support import pointer
from tests.support.made_up import WHOLE, lane, view
from widgets.drawing.lane import Marks
from widgets.stack.play_bars import pieces
from widgets.stack.ruler import STRIP_PX, Ruler, edge_times, seconds_within, selection_rect, selection_words
from widgets.theme.theme import font
from widgets.timeline.columns import Columns

WINDOW = Range(0.032, 0.482)
SELECTION = Range(0.180979, 0.331697)
COLUMNS = Columns(WINDOW, 196, 720)


def test_the_selection_says_its_duration_and_the_inverse():
    assert selection_words(SELECTION) == "0.150718 (6.635 / s)"
    assert selection_words(Range(0, 1800.5)) == "1800.500000 (0.000555 / s)"
    assert selection_words(Range(1.852558, 2.050613)) == "0.198055 (5.049 / s)"  # as Praat's window shows it


@pytest.mark.parametrize("end_s", [0.6, 10.9, 1800.5, 10800.123456])
def test_the_end_of_a_selection_stays_whole_on_the_right_axis(qtbot, end_s):
    columns = Columns(Range(0.0, end_s), 196, 720)
    first, last = edge_times(columns, Range(end_s / 2, end_s))
    text, place = last.text, last.place
    assert place.right() <= columns.right_px + 60
    assert place.left() >= columns.right_px
    assert text.rstrip("0").rstrip(".") in f"{end_s:.6f}"
    assert float(text) == pytest.approx(end_s, abs=0.05)
    assert first.text == f"{end_s / 2:.6f}"
    if end_s < 10:
        assert text == f"{end_s:.6f}"


@pytest.mark.parametrize("length_s", [0.5, 20.82325, 1049.5, 10049.5])
def test_words_on_the_narrow_bars_keep_air_beside_them(qtbot, length_s):
    face = font(11, numbers=True)
    text = seconds_within(length_s, 52.0, face)
    assert 0 < QFontMetricsF(face).horizontalAdvance(text) <= 52.0
    assert float(text) == pytest.approx(length_s, abs=0.05)


def test_no_line_goes_through_a_number_of_the_ruler(qtbot, pixels):
    ruler = Ruler()
    qtbot.addWidget(ruler)
    ruler.resize(976, ruler.height())
    columns = Columns(Range(0.0, 1.0), 196, 720)

    def label(marks: Marks):
        ruler.show_time(columns, marks)
        x = round(columns.x(0.5))
        return pixels(ruler)[STRIP_PX + 2 : STRIP_PX + 12, x - 8 : x + 8]

    np.testing.assert_array_equal(label(Marks(selection=Range(0.3, 0.5))), label(Marks()))


def test_with_a_selection_there_are_eight_rectangles_with_the_one_on_top():
    found = pieces(COLUMNS, WHOLE, Marks(selection=SELECTION))
    assert [piece.words for piece in found] == [
        "0.148979", "0.150718", "0.150303",
        "0.032000", "Visible part 0.450000 seconds", "0.542000",
        "Total duration 1.024000 seconds",
    ]  # fmt: skip
    assert 1 + len(found) == 8


def test_each_rectangle_plays_what_it_stands_for():
    played = [piece.played for piece in pieces(COLUMNS, WHOLE, Marks(selection=SELECTION))]
    assert played == [
        Range(0.032, 0.180979), SELECTION, Range(0.331697, 0.482),
        Range(0.0, 0.032), WINDOW, Range(0.482, 1.024),
        WHOLE,
    ]  # fmt: skip


def test_a_cursor_cuts_the_window_in_two_and_nothing_outside_cuts_it():
    assert [p.words for p in pieces(COLUMNS, WHOLE, Marks(cursor_s=0.262344))][:2] == ["0.230344", "0.219656"]
    assert len(pieces(COLUMNS, WHOLE, Marks(cursor_s=0.9))) == 5
    assert len(pieces(COLUMNS, WHOLE, Marks(selection=Range(0.4, 0.9)))) == 6


def test_the_margins_hold_what_is_outside_and_vanish_when_nothing_is():
    shown = {piece.played: piece.rect for piece in pieces(COLUMNS, WHOLE, Marks())}
    assert shown[Range(0.0, 0.032)].left() == 136
    assert shown[Range(0.482, 1.024)].right() == 976
    assert (shown[WHOLE].left(), shown[WHOLE].right()) == (136, 976)
    whole = pieces(Columns(WHOLE, 196, 720), WHOLE, Marks())
    assert [(piece.rect.left(), piece.rect.right()) for piece in whole] == [(196, 916)] * 3


def test_rectangles_share_their_borders():
    first, second, *_ = pieces(COLUMNS, WHOLE, Marks(selection=SELECTION))
    assert first.rect.right() - 1 == second.rect.left() == COLUMNS.line_x(SELECTION.start_s) - 0.5
    rows = sorted({piece.rect.top() for piece in pieces(COLUMNS, WHOLE, Marks())})
    assert [b - a for a, b in itertools.pairwise(rows)] == [19, 19]
    assert first.rect.height() == 20


@pytest.fixture
def played(stack) -> list[tuple[str, Range]]:
    found: list[tuple[str, Range]] = []
    stack.play_wanted.connect(lambda key, stretch: found.append((key, stretch)))
    return found


def test_a_click_on_any_bar_wishes_to_hear_it(stack, played, qtbot):
    stack.show_view(view(lane("out"), visible=WINDOW, selection=SELECTION))
    expected = pieces(stack.columns, WHOLE, Marks(selection=SELECTION))
    for piece in expected:
        qtbot.mouseClick(stack.bars, Qt.MouseButton.LeftButton, pos=piece.rect.center().toPoint())
    assert played == [(None, piece.played) for piece in expected]


def test_a_click_on_the_selections_button_plays_the_selection(stack, played, qtbot):
    stack.show_view(view(lane("out"), visible=WINDOW, selection=SELECTION))
    button = selection_rect(stack.columns, SELECTION)
    qtbot.mouseClick(stack.ruler, Qt.MouseButton.LeftButton, pos=button.center().toPoint())
    qtbot.mouseClick(stack.ruler, Qt.MouseButton.LeftButton, pos=QPoint(int(button.right()) + 30, 14))
    assert played == [(None, SELECTION)]


@pytest.fixture
def ranges(stack) -> list[Range]:
    found: list[Range] = []
    stack.range_wanted.connect(found.append)
    return found


def overview_drag(stack, qtbot, from_s: float, to_s: float) -> None:
    strip = Columns(WHOLE, stack.columns.left_px, stack.columns.width_px)
    start, end = (QPoint(round(strip.x(time_s)), 20) for time_s in (from_s, to_s))
    qtbot.mousePress(stack.overview, Qt.MouseButton.LeftButton, pos=start)
    pointer.drag(stack.overview, end)
    qtbot.mouseRelease(stack.overview, Qt.MouseButton.LeftButton, pos=end)


def test_the_overviews_frame_is_dragged_and_stretched(stack, ranges, qtbot):
    stack.show_view(view(lane("out"), visible=Range(0.2, 0.6)))
    px_s = WHOLE.length_s / stack.columns.width_px
    overview_drag(stack, qtbot, 0.4, 0.5)
    assert (ranges[-1].start_s, ranges[-1].length_s) == pytest.approx((0.3, 0.4), abs=2 * px_s)
    overview_drag(stack, qtbot, 0.6, 0.8)
    assert (ranges[-1].start_s, ranges[-1].end_s) == pytest.approx((0.2, 0.8), abs=2 * px_s)
    overview_drag(stack, qtbot, 0.2, 0.1)
    assert (ranges[-1].start_s, ranges[-1].end_s) == pytest.approx((0.1, 0.6), abs=2 * px_s)


def test_a_click_beside_the_overviews_frame_brings_the_window_there(stack, ranges, qtbot):
    stack.show_view(view(lane("out"), visible=Range(0.0, 0.2)))
    overview_drag(stack, qtbot, 0.7, 0.7)
    assert (ranges[0].middle_s, ranges[0].length_s) == pytest.approx((0.7, 0.2), abs=0.003)


def test_the_five_buttons_wish_for_praats_zooms(stack, qtbot):
    stack.show_view(view(lane("out")))
    found: list[str] = []
    stack.zoom_wanted.connect(found.append)
    for button in stack.overview.children():
        button.click()
    assert found == ["all", "in", "out", "sel", "bak"]
    assert [button.accessibleName() for button in stack.overview.children()][3:] == [
        "Zoom to selection",
        "Zoom back",
    ]
