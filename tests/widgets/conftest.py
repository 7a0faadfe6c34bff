"""A stack of the target's size with the bundled fonts, and its pixels."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QWidget

from widgets.stack.stack import Stack
from widgets.theme import theme

Pixels = Callable[[QWidget], np.ndarray]


@pytest.fixture
def stack(qtbot) -> Stack:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    theme.apply(app, theme.LIGHT)
    made = Stack()
    qtbot.addWidget(made)
    made.set_theme(theme.LIGHT)
    made.resize(976, 904)
    made.show()
    yield made
    app.setStyleSheet("")


@pytest.fixture
def pixels() -> Pixels:
    """Give what a widget shows as RGB, int [height, width, 3]."""

    def grabbed(widget: QWidget) -> np.ndarray:
        image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
        rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
        return rows[:, : image.width() * 3].reshape(image.height(), image.width(), 3).astype(int)

    return grabbed
