"""Time commands: zooming, scrolling, the cursor and the selection, with Praat's names and keys."""

from __future__ import annotations

from app.base.command_table import command, has_selection, is_open, is_zoomed
from app.base.dialog_host import DialogHost
from app.stack.dialogs import ask_selection
from core.session.session import Session
from core.signals.axis import Range

PAGE = 0.8  # of the visible part, as Praat scrolls
STEP_S = 0.05  # Praat's selection step


@command("time.all", "Show all", "Time", is_open)
def show_all(session: Session) -> None:
    """Show the whole sound."""
    session.set_range(session.whole)


@command("time.in", "Zoom in", "Time", is_open)
def zoom_in(session: Session) -> None:
    """Show half as much time, around the middle of the window."""
    session.set_range(session.visible.scaled(0.5))


@command("time.out", "Zoom out", "Time", is_zoomed)
def zoom_out(session: Session) -> None:
    """Show twice as much time."""
    session.set_range(session.visible.scaled(2.0))


@command("time.selection", "Zoom to selection", "Time", has_selection)
def zoom_to_selection(session: Session) -> None:
    """Fit the window to the selection."""
    if session.selection is not None:
        session.set_range(session.selection)


@command("time.back", "Zoom back", "Time", is_open)
def zoom_back(session: Session) -> None:
    """Return to the previous visible range; repeat to go further back."""
    session.zoom_back()


@command("time.page_back", "Scroll page back", "Time", is_zoomed, separator=True)
def page_back(session: Session) -> None:
    """Scroll 80 % of the window towards the beginning."""
    session.set_range(session.visible.moved(-PAGE * session.visible.length_s), remember=False)


@command("time.page_forward", "Scroll page forward", "Time", is_zoomed)
def page_forward(session: Session) -> None:
    """Scroll 80 % of the window towards the end."""
    session.set_range(session.visible.moved(PAGE * session.visible.length_s), remember=False)


@command("time.earlier", "Select earlier", "Time", is_open, separator=True, stack_only=True)
def earlier(session: Session) -> None:
    """Move the cursor or the selection 0.05 s towards the beginning."""
    _move(session, -STEP_S, -STEP_S)


@command("time.later", "Select later", "Time", is_open, stack_only=True)
def later(session: Session) -> None:
    """Move the cursor or the selection 0.05 s towards the end."""
    _move(session, STEP_S, STEP_S)


@command("time.start_left", "Move start of selection left", "Time", is_open, stack_only=True)
def start_left(session: Session) -> None:
    """Move the start of the selection 0.05 s towards the beginning."""
    _move(session, -STEP_S, 0)


@command("time.start_right", "Move start of selection right", "Time", is_open, stack_only=True)
def start_right(session: Session) -> None:
    """Move the start of the selection 0.05 s towards the end."""
    _move(session, STEP_S, 0)


@command("time.end_left", "Move end of selection left", "Time", is_open, stack_only=True)
def end_left(session: Session) -> None:
    """Move the end of the selection 0.05 s towards the beginning."""
    _move(session, 0, -STEP_S)


@command("time.end_right", "Move end of selection right", "Time", is_open, stack_only=True)
def end_right(session: Session) -> None:
    """Move the end of the selection 0.05 s towards the end."""
    _move(session, 0, STEP_S)


@command("time.select", "Select…", "Time", is_open, separator=True)
def select(session: Session, host: DialogHost) -> None:
    """Enter the start and the end of the selection."""
    ask_selection(session, host)


@command("time.unselect", "Cursor at the selection's start", "Time", has_selection)
def unselect(session: Session) -> None:
    """Clear the selection; the cursor stays at its start."""
    if session.selection is not None:
        session.set_cursor(session.selection.start_s)


def _move(session: Session, start_by_s: float, end_by_s: float) -> None:
    """Move the edges; if they pass each other they change roles, as in Praat."""
    cursor_s = session.cursor_s or 0.0
    now = session.selection or Range(cursor_s, cursor_s)
    start_s, end_s = sorted((now.start_s + start_by_s, now.end_s + end_by_s))
    moved = Range(start_s, end_s)
    moved = moved.within(session.whole) if start_by_s == end_by_s else moved.cut(session.whole)
    session.set_selection(moved)
