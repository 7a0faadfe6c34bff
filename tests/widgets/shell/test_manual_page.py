"""A page of the manual is titled by its heading and shows its tables."""

from __future__ import annotations

from PySide6.QtGui import QTextTable

from widgets.shell.manual_page import ManualPage


def test_a_page_shows_its_text_and_tables(qtbot):
    page = ManualPage("# How to listen\n\nWith *care*.\n\n| what | how |\n|---|---|\n| s | closely |\n")
    qtbot.addWidget(page)
    assert page.windowTitle() == "How to listen"
    assert "With care." in page.view.toPlainText()
    frames = page.view.document().rootFrame().childFrames()
    assert [type(frame) for frame in frames] == [QTextTable]
    assert frames[0].cellAt(1, 1).firstCursorPosition().block().text() == "closely"
