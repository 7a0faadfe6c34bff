"""All facts about the open model with their sources, in a form that can be copied."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QWidget

from core.families.card import WARNING, Card
from widgets.controls.dialog import SmallDialog
from widgets.theme.control_paint import Words
from widgets.theme.number_text import MINUS

Row = tuple[str, str, str, str]
LEAST_PX = {1: 260, 3: 240}
ZERO_WIDTH, BREAK_EVERY = "\u200b", 32
_YES = {True: "yes", False: "no"}


def fact_rows(card: Card) -> tuple[Row, ...]:
    """Return name, value, source and note of everything known about a model."""
    facts = tuple(
        (
            fact.name.capitalize() if fact.name.islower() else fact.name,
            _YES[fact.value] if isinstance(fact.value, bool) else str(fact.value),
            fact.source,
            fact.note,
        )
        for fact in card.facts
    )
    layers = tuple(
        (
            f"{network}, {layer.title}",
            f"{layer.channels} × {layer.axis.n or 'any'}",
            f"{layer.axis.rate_hz:g} Hz",
            f"first sample at {layer.axis.start_s:.6f} s".replace("-", MINUS),
        )
        for network, known in card.layers.items()
        for layer in known
    )
    about = (("File", card.path, "", ""), ("SHA-256", card.digest, "", ""))
    return about + facts + layers


def breakable(text: str) -> str:
    """Allow line breaks in a path or a digest, which has no spaces."""
    parts = [text[k : k + BREAK_EVERY] for k in range(0, len(text), BREAK_EVERY)]
    return ZERO_WIDTH.join(parts) if " " not in text else text


def as_table(rows: tuple[Row, ...]) -> str:
    """Return rows as tab-separated text with plain minus signs."""
    return "\n".join("\t".join(row).rstrip("\t").replace(MINUS, "-") for row in rows) + "\n"


class CardDetails(SmallDialog):
    """A scrolled table of facts with a Copy button."""

    def __init__(self, card: Card, parent: QWidget | None = None) -> None:
        super().__init__(card.title, parent)
        self._rows = fact_rows(card)
        holder = QWidget()
        grid = QGridLayout(holder)
        grid.setContentsMargins(0, 0, 8, 0)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(3, 1)
        for line, row in enumerate(self._rows):
            self._add(grid, line, row)
        grid.setRowStretch(len(self._rows), 1)
        area = QScrollArea()
        area.setWidget(holder)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.viewport().setAutoFillBackground(False)
        holder.setAutoFillBackground(False)
        self.body.addWidget(area)
        self.add_buttons((("Copy", self.copy),), (("Close", self.accept),))
        self.resize(880, 560)

    def _add(self, grid: QGridLayout, line: int, row: Row) -> None:
        doubt = "warn" if row[0] == WARNING else ""
        inks = (doubt or "ink2", "ink", "warn" if row[2] == "assumed" else "ink3", "ink3")
        for column, (text, ink) in enumerate(zip(row, inks, strict=True)):
            words = Words(breakable(text), 12 if column < 2 else 11, 400, ink, wrap=column in (1, 3))
            words.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
            words.setMinimumWidth(LEAST_PX.get(column, 0))
            words.setToolTip(text if len(text) > 40 else "")
            grid.addWidget(words, line, column)

    def copy(self) -> None:
        """Copy the whole table to the clipboard."""
        QGuiApplication.clipboard().setText(as_table(self._rows))
