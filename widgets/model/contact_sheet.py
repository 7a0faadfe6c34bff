"""The contact sheet: random outputs for every code value, to see, play, star and open."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSpinBox, QVBoxLayout, QWidget

from widgets.controls.button import Button
from widgets.controls.number_field import inset
from widgets.model.contact_grid import SheetView
from widgets.model.contact_paint import SheetItem
from widgets.theme.control_paint import Rule, ShortWords, Surface, Words, pass_theme
from widgets.theme.theme import Theme

__all__ = ["ContactSheetPanel", "SheetItem"]

MOST_EACH = 99
KEYS = "Click or Space plays · S stars · Enter opens in the stack"


class ContactSheetPanel(Surface):
    """Signals: `play_wanted(key)`, `star_wanted(key, starred)`, `open_wanted(key)`, `draw_wanted(count)`."""

    play_wanted = Signal(str)
    star_wanted = Signal(str, bool)
    open_wanted = Signal(str)
    draw_wanted = Signal(int)

    def __init__(self, each: int = 12, parent: QWidget | None = None) -> None:
        super().__init__("panel", parent)
        self._each = QSpinBox()
        self._each.setRange(1, MOST_EACH)
        self._each.setValue(each)
        self._each.setFixedWidth(52)
        inset(self._each)
        self._each.setAccessibleName("Outputs per code value")
        self._draw = Button("Draw again", "dice-five", kind="bordered", height_px=24)
        self._state = Words("", 11, 400, "ink3")
        self._expected = 0
        self._view = SheetView()
        self.setFocusProxy(self._view)
        self._lay_out()
        self._draw.clicked.connect(lambda: self.draw_wanted.emit(self._each.value()))
        self._view.play_wanted.connect(self.play_wanted)
        self._view.star_wanted.connect(self.star_wanted)
        self._view.open_wanted.connect(self.open_wanted)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(16, 10, 16, 10)
        head.setSpacing(8)
        head.addWidget(Words("Contact sheet", 13, 600))
        head.addWidget(self._state)
        keys = ShortWords(KEYS, 11, 400, "ink3")
        keys.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        head.addWidget(keys, 1)
        head.addSpacing(16)
        head.addWidget(Words("Outputs per code value", 12, 400, "ink2"))
        head.addWidget(self._each)
        head.addWidget(self._draw)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(Rule())
        column.addWidget(self._view, 1)

    @property
    def view(self) -> SheetView:
        """The grid."""
        return self._view

    def clear(self, expected: int = 0) -> None:
        """Clear the sheet; `expected` outputs will follow."""
        self._expected = expected
        self._view.clear(self._each.value())
        self._count()

    def add(self, items: Sequence[SheetItem]) -> None:
        """Add a batch of outputs to the sheet."""
        self._view.add(items)
        self._count()

    def show_star(self, key: str, starred: bool) -> None:
        self._view.show_star(key, starred)

    def _count(self) -> None:
        there = len(self._view)
        words = f"{there} of {self._expected} outputs" if there < self._expected else f"{there} outputs"
        self._state.setText(words if there or self._expected else "")

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        pass_theme(self, theme)
