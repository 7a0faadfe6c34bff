"""The window stands before the services are imported, and is complete after them."""

from __future__ import annotations

import subprocess
import sys

from PySide6.QtGui import QColor

from app.program import assemble
from app.shell.furnishing import furnish
from app.shell.window import Window
from core.processes.engine import InlineEngine
from tests.app.conftest import Ear
from tests.support.contexts import inline_context
from tests.support.pools import ExchangeablePool
from widgets.theme.theme import DARK


def test_the_first_window_imports_no_service_and_no_numbers():
    """What is imported before the first paint is what a user waits for with nothing on the screen."""
    asked = "import sys, app.launch, app.shell.window; print(*sys.modules)"
    said = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True).stdout
    loaded = set(said.split())
    assert "PySide6.QtWidgets" in loaded
    assert not loaded & {"numpy", "parselmouth", "torch", "app.program", "app.base.context"}


def test_the_engine_starts_before_numbers_and_windows_are_imported():
    asked = "import sys, core.processes.engine; print(*sys.modules)"
    said = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True).stdout
    assert not set(said.split()) & {"numpy", "PySide6"}


def test_a_first_picture_stands_until_the_panels_are_there(qapp, qtbot):
    window = Window()
    window.first_picture.set_theme(DARK)
    window.resize(1200, 700)
    window.show()
    left = window.grab().toImage().pixelColor(10, 300)
    assert (window.is_furnished, left) == (False, QColor(DARK.panel))
    furnish(window, assemble(inline_context(), InlineEngine(), ExchangeablePool(), Ear()))
    assert window.is_furnished
    qtbot.waitUntil(window.pages.widget("start").isVisible)
    window.close()


def test_a_window_closed_before_its_panels_closes_without_a_question(qapp):
    window = Window()
    window.show()
    assert window.close()


def test_the_first_picture_says_once_that_it_was_painted(qapp, qtbot):
    window = Window()
    qtbot.addWidget(window)
    painted = []
    window.first_picture.painted.connect(lambda: painted.append(1))
    window.show()
    qtbot.waitUntil(lambda: bool(painted))
    window.first_picture.repaint()
    assert painted == [1]
