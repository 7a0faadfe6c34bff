"""A widget gets the colours when it is added and at every change, however often its page is shown."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from app.base.dialog_host import DialogHost
from app.base.file_locations import FileLocations
from app.shell.themes import Themes
from tests.support.contexts import inline_context
from widgets.theme.theme import DARK, LIGHT, Theme


class Painted(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.themes: list[Theme] = []

    def set_theme(self, theme: Theme) -> None:
        self.themes.append(theme)


def test_a_widget_that_is_added_twice_is_coloured_once(qapp):
    parent, page = QWidget(), Painted()
    context = inline_context()
    themes = Themes(
        context.preferences,
        DialogHost(context, FileLocations(context.session, lambda key: "", lambda: True), parent),
    )
    for _ in range(3):
        themes.add(page, QWidget())
    themes.use("dark", remember=False)
    themes.use("light", remember=False)
    assert page.themes == [LIGHT, DARK, LIGHT]
