"""A click on a value copies it: one way, wherever a value stands."""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication

from widgets.theme.praat_numbers import MINUS, copied

HINT = "Click to copy"


def copy_number(words: str) -> str:
    """Put the number of "213.4 Hz" on the clipboard as other programs read it; return what to say of it."""
    QGuiApplication.clipboard().setText(copied(words.split()[0]))
    return f"Copied {words}"


def copy_numbers(words: str) -> str:
    """Put the parts of "0.341 s  2809 Hz" on the clipboard, with tabs between them; return what to say."""
    parts = [part.split() for part in words.split("  ")]
    numbers = [part[0] if part[0].lstrip(MINUS)[:1].isdigit() else " ".join(part) for part in parts if part]
    QGuiApplication.clipboard().setText(copied("\t".join(numbers)))
    return f"Copied {words}"
