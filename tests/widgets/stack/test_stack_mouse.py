"""The mouse means what it means in Praat, and the wheel what Praat lacks."""

import math

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication

from core.signals.axis import Range
from tests.support import pointer
from tests.support.made_up import WHOLE, full_out, lane, view
from widgets.stack.stack import Stack

WINDOW = Range(0.2, 0.8)
NO_KEYS = Qt.KeyboardModifier.NoModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


class Wishes(list):
    """Everything a stack wished for, in order: name and arguments."""

    NAMES = (
        "range_wanted", "zoom_wanted", "cursor_wanted", "selection_wanted", "frequency_wanted", "play_wanted",
        "stop_wanted", "lane_wanted", "merge_wanted", "unmerge_wanted", "order_wanted", "legend_clicked",
    )  # fmt: skip

    def __init__(self, stack: Stack) -> None:
        super().__init__()
        for name in self.NAMES:
            getattr(stack, name).connect(lambda *args, name=name: self.append((name, *args)))

    def of(self, name: str) -> list:
        return [wish[1] if len(wish) == 2 else wish[1:] for wish in self if wish[0] == name]


@pytest.fixture
def wishes(stack) -> Wishes:
    return Wishes(stack)


def place(stack: Stack, time_s: float, y: int = 20) -> QPoint:
    return QPoint(round(stack.columns.x(time_s)) - 136, y)


def at(stack: Stack, time_s: float) -> float:
    """The time of the pixel in which a time stands."""
    return stack.columns.time_s(round(stack.columns.x(time_s)))


def show(stack: Stack, *lanes, **values) -> None:
    stack.show_view(view(*(lanes or (lane("out", active=True), lane("conv3"))), visible=WINDOW, **values))


def wheel(widget, x: int, y: int, along: int = 0, across: int = 0, keys=NO_KEYS) -> None:
    """Turn the wheel over a widget; as from a real mouse, who does not want it leaves it to the parent."""
    on_screen = QPointF(widget.mapToGlobal(QPoint(x, y)))
    accepted = False
    while widget is not None and not accepted:
        event = QWheelEvent(
            widget.mapFromGlobal(on_screen), on_screen, QPoint(), QPoint(across, along),
            Qt.MouseButton.NoButton, keys, Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        accepted = QApplication.sendEvent(widget, event) and event.isAccepted()
        widget = widget.parentWidget()


def test_a_click_sets_the_cursor(stack, wishes, qtbot):
    show(stack, cursor_s=0.3)
    qtbot.mouseClick(stack.lanes[0].plot, Qt.MouseButton.LeftButton, pos=place(stack, 0.5))
    assert wishes == [("cursor_wanted", pytest.approx(at(stack, 0.5)))]


def test_a_click_on_the_spectrogram_sets_time_and_frequency(stack, wishes, qtbot):
    show(stack, full_out())
    plot = stack.lanes[0].plot
    qtbot.mouseClick(plot, Qt.MouseButton.LeftButton, pos=place(stack, 0.5, y=plot.height() // 2))
    assert [wish[0] for wish in wishes] == ["cursor_wanted", "frequency_wanted"]
    analysis_px = plot.height() - round(plot.height() * 92 / 264)
    from_bottom_px = plot.height() - plot.height() // 2
    assert wishes.of("frequency_wanted") == [pytest.approx(5000 * from_bottom_px / analysis_px)]


def test_a_click_on_another_lane_makes_it_the_active_one(stack, wishes, qtbot):
    show(stack)
    qtbot.mouseClick(stack.lanes[1].plot, Qt.MouseButton.LeftButton, pos=place(stack, 0.5))
    assert wishes[0] == ("lane_wanted", "conv3", "active", True)


def move(stack, x: int, number: int = 0) -> None:
    """Move a held mouse."""
    pointer.drag(stack.lanes[number].plot, QPoint(x, 30))


def test_a_drag_selects_from_where_it_began(stack, wishes, qtbot):
    show(stack)
    plot = stack.lanes[0].plot
    qtbot.mousePress(plot, Qt.MouseButton.LeftButton, pos=place(stack, 0.4))
    move(stack, place(stack, 0.6).x())
    selected = wishes.of("selection_wanted")[-1]
    assert (selected.start_s, selected.end_s) == pytest.approx((at(stack, 0.4), at(stack, 0.6)))
    move(stack, place(stack, 0.3).x())
    selected = wishes.of("selection_wanted")[-1]
    assert (selected.start_s, selected.end_s) == pytest.approx((at(stack, 0.3), at(stack, 0.4)))


def test_less_than_a_millimetre_of_travel_is_a_click(stack, wishes, qtbot):
    show(stack)
    start = place(stack, 0.4)
    qtbot.mousePress(stack.lanes[0].plot, Qt.MouseButton.LeftButton, pos=start)
    move(stack, start.x() + 3)
    assert wishes.of("selection_wanted") == []
    move(stack, start.x() + 5)
    assert len(wishes.of("selection_wanted")) == 1


def test_a_drag_beyond_the_window_selects_only_what_is_seen(stack, wishes, qtbot):
    show(stack)
    qtbot.mousePress(stack.lanes[0].plot, Qt.MouseButton.LeftButton, pos=place(stack, 0.4))
    move(stack, 5000)
    assert wishes.of("selection_wanted")[-1].end_s == WINDOW.end_s


@pytest.mark.parametrize(("click_s", "kept"), [(0.35, "end"), (0.46, "start"), (0.7, "start"), (0.25, "end")])
def test_shift_click_moves_the_edge_nearest_to_the_middle(stack, wishes, qtbot, click_s, kept):
    selection = Range(0.4, 0.5)
    show(stack, selection=selection)
    qtbot.mouseClick(
        stack.lanes[0].plot,
        Qt.MouseButton.LeftButton,
        SHIFT,
        place(stack, click_s),
    )
    (wanted,) = wishes.of("selection_wanted")
    edges = (0.4, at(stack, click_s)) if kept == "start" else (at(stack, click_s), 0.5)
    assert (wanted.start_s, wanted.end_s) == pytest.approx(edges)
    assert wishes.of("cursor_wanted") == []


def test_shift_click_without_a_selection_selects_from_the_cursor(stack, wishes, qtbot):
    show(stack, cursor_s=0.6)
    qtbot.mouseClick(stack.lanes[0].plot, Qt.MouseButton.LeftButton, SHIFT, place(stack, 0.3))
    (wanted,) = wishes.of("selection_wanted")
    assert (wanted.start_s, wanted.end_s) == pytest.approx((at(stack, 0.3), 0.6))


def test_the_wheel_scrolls_in_time(stack, wishes):
    show(stack)
    plot = stack.lanes[0].plot
    wheel(plot, 300, 20, along=-120)
    wheel(plot, 300, 20, across=120)
    later, earlier = wishes.of("range_wanted")
    assert (later.start_s, later.length_s) == pytest.approx((WINDOW.start_s + 0.06, WINDOW.length_s))
    assert earlier.start_s == pytest.approx(WINDOW.start_s - 0.06)


def test_control_and_wheel_zoom_at_the_pointer(stack, wishes):
    show(stack)
    plot = stack.lanes[0].plot
    x = place(stack, 0.3).x()
    wheel(plot, x, 20, along=120, keys=Qt.KeyboardModifier.ControlModifier)
    wheel(plot, x, 20, along=-120, keys=Qt.KeyboardModifier.ControlModifier)
    closer, wider = wishes.of("range_wanted")
    assert (closer.length_s, wider.length_s) == pytest.approx((0.6 / 1.25, 0.6 * 1.25))
    share = (at(stack, 0.3) - 0.2) / 0.6
    assert (at(stack, 0.3) - closer.start_s) / closer.length_s == pytest.approx(share)


def test_parting_two_fingers_zooms_in_by_as_much(stack, wishes):
    show(stack)
    stack.lanes[0].plot.pinched.emit(0.2, stack.columns.x(0.5))
    (closer,) = wishes.of("range_wanted")
    assert (closer.length_s, closer.middle_s) == pytest.approx((0.6 / 1.2, 0.5))


def test_the_wheel_stops_at_both_ends(stack, wishes):
    stack.show_view(view(lane("out"), visible=WHOLE))
    wheel(stack.lanes[0].plot, 300, 20, along=-120)
    wheel(stack.lanes[0].plot, 300, 20, along=-120, keys=Qt.KeyboardModifier.ControlModifier)
    assert wishes == []


def test_the_wheel_over_the_headers_scrolls_the_lanes(stack, wishes):
    stack.show_view(view(*(lane(f"conv{k}") for k in range(14))))
    top = stack.lanes[0].mapTo(stack, QPoint(0, 0)).y()
    wheel(stack.lanes[3].header, 50, 10, along=-120)
    assert stack.lanes[0].mapTo(stack, QPoint(0, 0)).y() < top
    assert wishes == []


def test_the_pointer_says_time_and_value(stack, qtbot):
    show(stack, full_out())
    said: list[tuple[float, str]] = []
    stack.pointer_moved.connect(lambda time_s, text: said.append((time_s, text)))
    plot = stack.lanes[0].plot
    track = plot.lane.curves[0].track
    pointer.hover(plot, place(stack, 0.513, y=30))
    time_s, text = said[-1]
    assert time_s == pytest.approx(at(stack, 0.513))
    assert f"{time_s:.6f} s" in text
    assert f"{track.at(time_s):.4f}".replace("-", "−") in text
    pointer.hover(plot, place(stack, 0.5, y=plot.height() - 60))
    assert "Hz" in said[-1][1]
    assert "−35.0 dB" in said[-1][1]  # half the grey of a range of 70 dB
    QApplication.sendEvent(plot, QEvent(QEvent.Type.Leave))
    assert math.isnan(said[-1][0])
    assert said[-1][1] == ""


def test_dragging_a_header_onto_another_lane_merges_them(stack, wishes, qtbot):
    show(stack)
    source, target = stack.lanes[1], stack.lanes[0]
    middle = source.header.mapFromGlobal(target.mapToGlobal(QPoint(40, target.height() // 2)))
    qtbot.mousePress(source.header, Qt.MouseButton.LeftButton, pos=QPoint(40, 14))
    pointer.drag(source.header, middle)
    qtbot.mouseRelease(source.header, Qt.MouseButton.LeftButton, pos=middle)
    assert wishes.of("merge_wanted") == [("conv3", "out")]


def test_dragging_a_header_between_lanes_orders_them(stack, wishes, qtbot):
    show(stack, lane("out", active=True), lane("conv4"), lane("conv3"))
    source, first = stack.lanes[2], stack.lanes[0]
    edge = source.header.mapFromGlobal(first.mapToGlobal(QPoint(40, 3)))
    qtbot.mousePress(source.header, Qt.MouseButton.LeftButton, pos=QPoint(40, 14))
    pointer.drag(source.header, edge)
    qtbot.mouseRelease(source.header, Qt.MouseButton.LeftButton, pos=edge)
    assert wishes.of("order_wanted") == [("conv3", "out", "conv4")]
    assert wishes.of("merge_wanted") == []


def test_a_click_on_the_plot_gives_the_stack_the_focus(stack, qtbot):
    show(stack)
    with qtbot.waitActive(stack):
        stack.activateWindow()
    stack.clearFocus()
    qtbot.mouseClick(stack.lanes[0].plot, Qt.MouseButton.LeftButton, pos=place(stack, 0.5))
    assert stack.hasFocus()
    assert not stack.focus_ring.isHidden()


def test_a_lane_made_active_by_a_key_comes_into_sight(stack):
    """Twelve lanes are taller than the window; the last is below its edge until it is active."""
    from dataclasses import replace

    keys = [f"conv{k}" for k in range(12)]
    stack.show_view(view(*(replace(lane(key), active=key == "conv0") for key in keys), visible=WINDOW))
    last = stack.lanes[-1]
    assert last.visibleRegion().isEmpty()
    stack.show_view(view(*(replace(lane(key), active=key == "conv11") for key in keys), visible=WINDOW))
    assert stack.lanes[-1].visibleRegion().boundingRect().height() == last.height()
