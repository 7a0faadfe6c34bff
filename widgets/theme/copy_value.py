"""Copying a value by clicking it."""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication

from widgets.theme.praat_numbers import MINUS, copied

HINT = "Click to copy"


def copy_number(words: str) -> str:
    """Copy the number of "213.4 Hz" in a form that other programs read; return the message to show."""
    QGuiApplication.clipboard().setText(copied(words.split()[0]))
    return f"Copied {words}"


def copy_numbers(words: str) -> str:
    """Copy the parts of "0.341 s  2809 Hz", separated by tabs; return the message to show."""
    parts = [part.split() for part in words.split("  ")]
    numbers = [part[0] if part[0].lstrip(MINUS)[:1].isdigit() else " ".join(part) for part in parts if part]
    QGuiApplication.clipboard().setText(copied("\t".join(numbers)))
    return f"Copied {words}"
