"""A click on a value copies it: one way, wherever a value stands."""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication

from widgets.digits import copied

HINT = "Click to copy"


def copy_number(words: str) -> str:
    """Put the number of "213.4 Hz" on the clipboard as other programs read it; give what to say of it."""
    QGuiApplication.clipboard().setText(copied(words.split()[0]))
    return f"Copied {words}"
