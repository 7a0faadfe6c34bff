"""What a user finds on the screen: controls by the names that screen readers read, dialogs that are open."""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QWidget

from widgets.theme.control_paint import Words

W = TypeVar("W", bound=QWidget)


def named(parent: QWidget, kind: type[W], name: str) -> W:
    """Give the one control of a kind that has this accessible name."""
    (found,) = [one for one in parent.findChildren(kind) if one.accessibleName() == name]
    return found


def texts(parent: QWidget) -> list[str]:
    """Give all lines of text."""
    return [one.text() for one in parent.findChildren(Words)]


def status(window: Any, part: str = "Help") -> str:
    """Give what the status bar says: its "Help", its "Pointer" or its "State"."""
    return named(window.status, Words, part).text()


def dialogs(window: QWidget, kind: type[W]) -> list[W]:
    """Give the dialogs of a kind that are open over a window, in the order in which they were opened."""
    return [one for one in window.findChildren(kind) if one.isVisible()]


def fill(form: QWidget, name: str, value: Any) -> None:
    """Type into a field of a form, choose from its list, or tick words such as "f0, duration"."""
    field = named(form, QWidget, name)
    if isinstance(field, QLineEdit):
        field.setText(str(value))
    elif isinstance(field, QComboBox):
        field.setCurrentIndex(field.findData(value))
    elif boxes := field.findChildren(QCheckBox):
        words = [word.strip() for word in str(value).split(",")]
        for box in boxes:
            box.setChecked(box.toolTip() in words)
    else:
        raise TypeError(f"{name} is no field: {field}")


def pixels(widget: QWidget) -> NDArray[np.int64]:
    """Give what a widget shows as RGB, int [height, width, 3]."""
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : image.width() * 3].reshape(image.height(), image.width(), 3).astype(int)
