"""The sheet of keys and mouse, made from the same rows as the palette."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QKeySequence, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from widgets.dialog import SmallDialog
from widgets.look import LIGHT, Look, font
from widgets.paint import Words, paint_field
from widgets.palette_match import PaletteRow

COLUMNS, COLUMN_PX, ROW_PX, KEY_PX = 3, 296, 22, 112
Line = tuple[str, str]

# What the mouse does: Praat's manners, and what Praat lacks.
MOUSE: tuple[Line, ...] = (
    ("Click", "Put the cursor"),
    ("Drag", "Select"),
    ("Shift+click", "Move the nearest edge"),
    ("Click a grey bar", "Play it"),
    ("Click a tier's circle", "Add a boundary at the cursor"),
    ("Drag a boundary", "Move it, snapping to other tiers"),
    ("Shift+drag", "Move it on every tier that has it"),
    ("Ctrl+drag", "Move it without snapping"),
    ("Wheel", "Scroll in time"),
    ("Ctrl+wheel", "Zoom at the pointer"),
    ("Drag a lane's name", "Lay it over another lane"),
    ("Double-click a value", "Type a number"),
    ("Shift+drag a knob", "Turn it finely"),
    ("Wheel on a chosen knob", "Turn it in steps"),
)


def groups(rows: Sequence[PaletteRow]) -> tuple[tuple[str, tuple[Line, ...]], ...]:
    """Give keys and titles by menu, in the order in which the rows name the menus, the mouse last."""
    menus: dict[str, list[Line]] = {}
    for row in rows:
        if row.key:
            keys = QKeySequence(row.key).toString(QKeySequence.SequenceFormat.NativeText) or row.key
            menus.setdefault(row.menu, []).append((keys, row.title.rstrip("…")))
    return (*((menu, tuple(lines)) for menu, lines in menus.items() if lines), ("Mouse", MOUSE))


def columns(
    made: Sequence[tuple[str, tuple[Line, ...]]], count: int
) -> list[list[tuple[str, tuple[Line, ...]]]]:
    """Spread groups over columns in their order, as evenly as whole groups allow."""
    total = sum(len(lines) + 2 for _, lines in made)
    spread: list[list[tuple[str, tuple[Line, ...]]]] = [[] for _ in range(count)]
    done = 0
    for name, lines in made:
        middle = done + (len(lines) + 2) / 2
        spread[min(int(middle * count / total), count - 1)].append((name, lines))
        done += len(lines) + 2
    return spread


class KeyLine(QWidget):
    """One key with what it does."""

    def __init__(self, keys: str, words: str) -> None:
        super().__init__()
        self._look: Look = LIGHT
        self._keys, self._words = keys, words
        self.setFixedHeight(ROW_PX)
        self.setAccessibleName(f"{words}: {keys}")

    def set_look(self, look: Look) -> None:
        self._look = look
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(COLUMN_PX, ROW_PX)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, look = QPainter(self), self._look
        painter.setFont(font(11))
        width = QFontMetrics(font(11)).horizontalAdvance(self._keys)
        box = QRectF(0, 2, width + 12, ROW_PX - 4)
        paint_field(painter, box, look, look.plot, look.line2)
        painter.setPen(look.ink2)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self._keys)
        painter.setFont(font(12))
        painter.setPen(look.ink)
        left = max(KEY_PX, width + 20)
        room = QRectF(left, 0, self.width() - left, ROW_PX)
        words = painter.fontMetrics().elidedText(self._words, Qt.TextElideMode.ElideRight, int(room.width()))
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, words)


class ShortcutSheet(SmallDialog):
    """All keys grouped by menu, and the mouse."""

    def __init__(self, rows: Sequence[PaletteRow], parent: QWidget | None = None) -> None:
        super().__init__("Keys and mouse", parent)
        holder = QWidget()
        across = QHBoxLayout(holder)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(24)
        for column in columns(groups(rows), COLUMNS):
            down = QVBoxLayout()
            down.setSpacing(0)
            for name, lines in column:
                down.addWidget(Words(name, 12, 600, "ink2"))
                down.addSpacing(4)
                for line in lines:
                    down.addWidget(KeyLine(*line))
                down.addSpacing(16)
            down.addStretch(1)
            across.addLayout(down, 1)
        area = QScrollArea()
        area.setWidget(holder)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.viewport().setAutoFillBackground(False)
        holder.setAutoFillBackground(False)
        self.body.addWidget(area)
        self.add_buttons((), (("Close", self.accept),))
        self.resize(COLUMNS * COLUMN_PX + 96, min(holder.sizeHint().height() + 130, 760))
