"""A page of the manual, as text with headings, tables and lists."""

from __future__ import annotations

from PySide6.QtWidgets import QTextBrowser, QWidget

from widgets.controls.dialog import SmallDialog
from widgets.theme.theme import font

SIZE_PX = 860, 720


class ManualPage(SmallDialog):
    """Shows a page that is written in Markdown; its first heading is the title."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        heading, _, rest = text.partition("\n")
        title = heading.removeprefix("#").strip()
        super().__init__(title, parent)
        self.view = QTextBrowser()
        self.view.setOpenExternalLinks(True)
        self.view.setFont(font(13))
        self.view.document().setDefaultFont(font(13))
        self.view.document().setDocumentMargin(12)
        self.view.setMarkdown(rest)
        self.view.setAccessibleName(title)
        self.body.addWidget(self.view)
        self.add_buttons((), (("Close", self.accept),))
        self.resize(*SIZE_PX)
