"""A stack of the target's size with the bundled fonts, and its pixels."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication, QWidget

from tests.support import screen
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
    """Give what shows a widget's pixels."""
    return screen.pixels
