"""The dialogs of time."""

from __future__ import annotations

from app.base.dialog_host import DialogHost
from core.faults import Fault
from core.session.session import Session
from core.signals.axis import Range


def ask_selection(session: Session, host: DialogHost) -> None:
    """Ask for the start and the end of the selection."""
    now = session.selection or session.visible
    text = f"{now.start_s:.6f} {now.end_s:.6f}"
    host.ask_text("Select", "Start and end (s):", lambda typed: session.set_selection(_range(typed)), text)


def _range(text: str) -> Range:
    """Read two times. Raises Fault if the text is not two times."""
    try:
        return Range(*sorted(float(word) for word in text.replace(",", " ").split()))
    except (ValueError, TypeError) as flaw:
        raise Fault(f"“{text}” is not two times.", "Write 0.18 0.33.") from flaw
