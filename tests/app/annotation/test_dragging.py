"""Dragging boundaries: what is refused goes back, what is given up leaves no trace."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt

from tests.support import pointer
from tests.support.screen import status

LEFT = Qt.MouseButton.LeftButton


def place(window, time_s):
    return QPoint(round(window.stack.columns.x(time_s)), 20)


def shown(window):
    window.wiring.show_stack()
    return window.stack.tiers


def times(window):
    return list(window.on.tier_editor.tiers[0].times)[1:-1]


def drag(qtbot, window, from_s, *through_s):
    canvas = shown(window)
    qtbot.mousePress(canvas, LEFT, pos=place(window, from_s))
    for time_s in through_s:
        pointer.drag(canvas, place(window, time_s))
        shown(window)


def said(window):
    heard = []
    window.on.messages.noted.connect(heard.append)
    return heard


def test_a_boundary_dragged_past_its_neighbour_goes_back_with_a_sentence(qtbot, tiers):
    heard, steps = said(tiers), tiers.on.session.history.steps
    drag(qtbot, tiers, 0.2, 0.3, 0.5)
    qtbot.mouseRelease(shown(tiers), LEFT, pos=place(tiers, 0.5))
    assert times(tiers) == [0.2, 0.4, 0.6]
    assert tiers.on.session.cursor_s == 0.2
    assert tiers.on.session.history.steps == steps
    assert heard[-1] == "A boundary cannot be moved past another: it stays at 0.200000 s."


def test_a_drag_that_comes_back_from_past_its_neighbour_is_one_step(qtbot, tiers):
    steps = tiers.on.session.history.steps
    drag(qtbot, tiers, 0.2, 0.5, 0.3)
    qtbot.mouseRelease(shown(tiers), LEFT, pos=place(tiers, 0.3))
    assert abs(times(tiers)[0] - 0.3) < 0.002
    assert "past another" not in status(tiers)
    assert tiers.on.session.history.steps == steps + 1


def test_esc_gives_a_drag_up(qtbot, tiers):
    steps = tiers.on.session.history.steps
    drag(qtbot, tiers, 0.2, 0.3)
    assert times(tiers)[0] != 0.2
    qtbot.keyClick(shown(tiers), Qt.Key.Key_Escape)
    assert times(tiers) == [0.2, 0.4, 0.6]
    pointer.drag(shown(tiers), place(tiers, 0.35))
    qtbot.mouseRelease(shown(tiers), LEFT, pos=place(tiers, 0.35))
    assert times(tiers) == [0.2, 0.4, 0.6]
    assert tiers.on.session.history.steps == steps
    assert tiers.on.session.cursor_s == 0.2


def test_the_status_line_follows_the_boundary_that_is_dragged(qtbot, tiers):
    drag(qtbot, tiers, 0.2, 0.3)
    assert status(tiers, "Pointer") == f"Pointer {times(tiers)[0]:.6f} s"
    qtbot.mouseRelease(shown(tiers), LEFT, pos=place(tiers, 0.3))  # else the next test's pointer is held


def shift_drag(qtbot, window, from_s, *through_s):
    canvas, shift = shown(window), Qt.KeyboardModifier.ShiftModifier
    qtbot.mousePress(canvas, LEFT, shift, place(window, from_s))
    for time_s in through_s:
        pointer.drag(canvas, place(window, time_s), shift)
        shown(window)
    qtbot.mouseRelease(shown(window), LEFT, shift, place(window, through_s[-1]))


def with_word_boundary(window, time_s):
    window.on.session.set_tier(1)
    window.on.session.set_cursor(time_s)
    window.menus.run("boundary.add")
    window.on.session.set_tier(0)


def test_a_boundary_that_a_shift_drag_passes_stays_where_it_is(qtbot, tiers):
    with_word_boundary(tiers, 0.3)
    shift_drag(qtbot, tiers, 0.2, 0.3, 0.35)
    assert list(tiers.on.tier_editor.tiers[1].times)[1:-1] == [0.3]
    assert abs(times(tiers)[0] - 0.35) < 0.002


def test_a_shift_drag_takes_along_what_stood_there_and_ends_on_anothers_boundary(qtbot, tiers):
    with_word_boundary(tiers, 0.2)
    with_word_boundary(tiers, 0.3)
    shift_drag(qtbot, tiers, 0.4, 0.301)
    assert times(tiers)[1] == 0.3
    assert list(tiers.on.tier_editor.tiers[1].times)[1:-1] == [0.2, 0.3]
    shift_drag(qtbot, tiers, 0.2, 0.25)
    assert times(tiers)[0] == list(tiers.on.tier_editor.tiers[1].times)[1] != 0.2
