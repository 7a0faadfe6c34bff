"""Time: zooming, scrolling, the cursor and the selection, with Praat's words and keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.base.command_table import command, has_selection, is_open, is_zoomed
from core.session.session import Session
from core.signals.axis import Range

if TYPE_CHECKING:
    from app.shell.window import Window

PAGE = 0.8  # of the visible part, as Praat scrolls
STEP_S = 0.05  # Praat's selection step


@command("time.all", "Show all", "Time", "Ctrl+A", is_open)
def show_all(window: Window) -> None:
    """Show the whole sound."""
    session = window.on.session
    session.set_range(session.whole)


@command("time.in", "Zoom in", "Time", "Ctrl+I", is_open)
def zoom_in(window: Window) -> None:
    """Show half as much time, around the middle of the window."""
    session = window.on.session
    session.set_range(session.visible.scaled(0.5))


@command("time.out", "Zoom out", "Time", "Ctrl+O", is_zoomed)
def zoom_out(window: Window) -> None:
    """Show twice as much time."""
    session = window.on.session
    session.set_range(session.visible.scaled(2.0))


@command("time.selection", "Zoom to selection", "Time", "Ctrl+N", has_selection)
def zoom_to_selection(window: Window) -> None:
    """Let the selection fill the window."""
    session = window.on.session
    if session.selection is not None:
        session.set_range(session.selection)


@command("time.back", "Zoom back", "Time", "Ctrl+B", is_open)
def zoom_back(window: Window) -> None:
    """Return to what was visible before, as often as there is something to return to."""
    window.on.session.zoom_back()


@command("time.page_back", "Scroll page back", "Time", "PgUp", is_zoomed, separator=True)
def page_back(window: Window) -> None:
    """Scroll 80 % of the window towards the beginning."""
    session = window.on.session
    session.set_range(session.visible.moved(-PAGE * session.visible.length_s), remember=False)


@command("time.page_forward", "Scroll page forward", "Time", "PgDown", is_zoomed)
def page_forward(window: Window) -> None:
    """Scroll 80 % of the window towards the end."""
    session = window.on.session
    session.set_range(session.visible.moved(PAGE * session.visible.length_s), remember=False)


@command("time.earlier", "Select earlier", "Time", "Up", is_open, separator=True, stack_only=True)
def earlier(window: Window) -> None:
    """Move the cursor or the selection 0.05 s towards the beginning."""
    _move(window.on.session, -STEP_S, -STEP_S)


@command("time.later", "Select later", "Time", "Down", is_open, stack_only=True)
def later(window: Window) -> None:
    """Move the cursor or the selection 0.05 s towards the end."""
    _move(window.on.session, STEP_S, STEP_S)


@command("time.start_left", "Move start of selection left", "Time", "Shift+Up", is_open, stack_only=True)
def start_left(window: Window) -> None:
    """Move the start of the selection 0.05 s towards the beginning."""
    _move(window.on.session, -STEP_S, 0)


@command("time.start_right", "Move start of selection right", "Time", "Shift+Down", is_open, stack_only=True)
def start_right(window: Window) -> None:
    """Move the start of the selection 0.05 s towards the end."""
    _move(window.on.session, STEP_S, 0)


@command("time.end_left", "Move end of selection left", "Time", "Ctrl+Up", is_open, stack_only=True)
def end_left(window: Window) -> None:
    """Move the end of the selection 0.05 s towards the beginning."""
    _move(window.on.session, 0, -STEP_S)


@command("time.end_right", "Move end of selection right", "Time", "Ctrl+Down", is_open, stack_only=True)
def end_right(window: Window) -> None:
    """Move the end of the selection 0.05 s towards the end."""
    _move(window.on.session, 0, STEP_S)


@command("time.select", "Select…", "Time", "Ctrl+Shift+A", is_open, separator=True)
def select(window: Window) -> None:
    """Type the start and the end of the selection."""
    window.asks.selection()


@command("time.unselect", "Cursor at the selection's start", "Time", "", has_selection)
def unselect(window: Window) -> None:
    """Drop the selection; the cursor stays at its start."""
    session = window.on.session
    if session.selection is not None:
        session.set_cursor(session.selection.start_s)


def _move(session: Session, start_by_s: float, end_by_s: float) -> None:
    """Move the edges; edges that pass each other change roles, as in Praat."""
    cursor_s = session.cursor_s or 0.0
    now = session.selection or Range(cursor_s, cursor_s)
    start_s, end_s = sorted((now.start_s + start_by_s, now.end_s + end_by_s))
    moved = Range(start_s, end_s)
    moved = moved.within(session.whole) if start_by_s == end_by_s else moved.cut(session.whole)
    session.set_selection(moved)
