"""The sheet of keys and mouse actions, made from the same rows as the palette."""

from __future__ import annotations

import re
from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QKeySequence, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from widgets.controls.dialog import SmallDialog
from widgets.shell.command_match import PaletteRow
from widgets.theme.control_paint import Words, paint_field
from widgets.theme.theme import LIGHT, Theme, font

ROW_PX = 22
MOST_COLUMNS, LEAST_COLUMNS = 4, 2
BOX_AIR_PX, GAP_PX, APART_PX = 12, 12, 32
MARGINS_PX, FOOT_PX, HIGHEST_PX = 48, 100, 860
SERIES_FROM = 3  # at least this many keys that differ by a number are joined into one line
Line = tuple[str, str]

# The mouse actions: Praat's, plus those that Praat lacks.
MOUSE: tuple[Line, ...] = (
    ("Click", "Put the cursor"),
    ("Drag", "Select"),
    ("Shift+click", "Move the nearest edge"),
    ("Click a grey bar", "Play it"),
    ("Click a tier's circle", "Add a boundary at the cursor"),
    ("Drag a boundary", "Move it, snapping to other tiers"),
    ("Shift+drag", "Move it on every tier that has it"),
    ("Ctrl+drag", "Move it without snapping"),
    ("Esc in a drag", "Cancel the move"),
    ("Wheel", "Scroll in time"),
    ("Ctrl+wheel", "Zoom at the pointer"),
    ("Drag a lane's name", "Lay it over another lane"),
    ("Double-click a value", "Type a number"),
    ("Shift+drag a knob", "Turn it finely"),
    ("Wheel on a chosen knob", "Turn it in steps"),
)


def groups(rows: Sequence[PaletteRow]) -> tuple[tuple[str, tuple[Line, ...]], ...]:
    """Return keys and titles by menu, in the order of the menus, with the mouse last."""
    menus: dict[str, list[Line]] = {}
    for row in rows:
        if row.key:
            keys = QKeySequence(row.key).toString(QKeySequence.SequenceFormat.NativeText) or row.key
            menus.setdefault(row.menu, []).append((keys, row.title.rstrip("…")))
    return (*((menu, tuple(series(lines))) for menu, lines in menus.items()), ("Mouse", MOUSE))


def series(lines: Sequence[Line]) -> list[Line]:
    """Join lines that count up: the same text with 1, 2, 3 at the end of key and title.

    >>> series([("Ctrl+1", "Add on tier 1"), ("Ctrl+2", "Add on tier 2"), ("Ctrl+3", "Add on tier 3")])
    [('Ctrl+1 to 3', 'Add on tier 1 to 3')]
    """
    runs: list[list[Line]] = []
    for line in lines:
        if runs and line == tuple(_next(words) for words in runs[-1][-1]):
            runs[-1].append(line)
        else:
            runs.append([line])
    joined: list[Line] = []
    for run in runs:
        last = re.search(r"\d+$", run[-1][0])
        if len(run) < SERIES_FROM or last is None:
            joined.extend(run)
        else:
            joined.append((f"{run[0][0]} to {last[0]}", f"{run[0][1]} to {last[0]}"))
    return joined


def _next(words: str) -> str:
    """Increment the number at the end of a text."""
    return re.sub(r"\d+$", lambda found: str(int(found[0]) + 1), words)


def columns(
    made: Sequence[tuple[str, tuple[Line, ...]]], count: int
) -> list[list[tuple[str, tuple[Line, ...]]]]:
    """Distribute groups over columns in order, as evenly as whole groups allow."""
    total = sum(len(lines) + 2 for _, lines in made)
    spread: list[list[tuple[str, tuple[Line, ...]]]] = [[] for _ in range(count)]
    done = 0
    for name, lines in made:
        middle = done + (len(lines) + 2) / 2
        spread[min(int(middle * count / total), count - 1)].append((name, lines))
        done += len(lines) + 2
    return spread


def widths_px(lines: Sequence[Line]) -> tuple[int, int]:
    """Return the widths of the longest keys and the longest text of a column."""
    keys, words = QFontMetrics(font(11)), QFontMetrics(font(12))
    return (
        max((keys.horizontalAdvance(line[0]) for line in lines), default=0) + BOX_AIR_PX,
        max((words.horizontalAdvance(line[1]) for line in lines), default=0) + 2,
    )


def fitting(
    made: Sequence[tuple[str, tuple[Line, ...]]], wide_px: int
) -> list[list[tuple[str, tuple[Line, ...]]]]:
    """Distribute groups over as many columns as fit in a width."""
    for count in range(MOST_COLUMNS, LEAST_COLUMNS, -1):
        spread = columns(made, count)
        lines = ([line for _, group in column for line in group] for column in spread)
        if sum(sum(widths_px(one)) + GAP_PX + APART_PX for one in lines) <= wide_px:
            return spread
    return columns(made, LEAST_COLUMNS)


class KeyLine(QWidget):
    """A key and what it does; the texts of a column are aligned."""

    def __init__(self, keys: str, words: str, column_px: tuple[int, int]) -> None:
        super().__init__()
        self._theme: Theme = LIGHT
        self._keys, self._words, self.column_px = keys, words, column_px
        self.setFixedHeight(ROW_PX)
        self.setMinimumWidth(sum(column_px) + GAP_PX)
        self.setAccessibleName(f"{words}: {keys}")

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(sum(self.column_px) + GAP_PX, ROW_PX)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._theme
        with QPainter(self) as painter:
            painter.setFont(font(11))
            width = QFontMetrics(font(11)).horizontalAdvance(self._keys)
            box = QRectF(0, 2, width + BOX_AIR_PX, ROW_PX - 4)
            paint_field(painter, box, theme, theme.plot, theme.line2)
            painter.setPen(theme.ink2)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self._keys)
            painter.setFont(font(12))
            painter.setPen(theme.ink)
            left = self.column_px[0] + GAP_PX
            middle = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
            painter.drawText(QRectF(left, 0, self.width() - left, ROW_PX), middle, self._words)


class ShortcutSheet(SmallDialog):
    """All keys by menu, and the mouse."""

    def __init__(self, rows: Sequence[PaletteRow], parent: QWidget | None = None) -> None:
        super().__init__("Keys and mouse", parent)
        holder = QWidget()
        across = QHBoxLayout(holder)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(APART_PX)
        wide_px = parent.window().width() if parent is not None else self.screen().availableSize().width()
        for column in fitting(groups(rows), wide_px - MARGINS_PX):
            across.addLayout(_column(column))
        across.addStretch(1)
        area = QScrollArea()
        area.setWidget(holder)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.viewport().setAutoFillBackground(False)
        holder.setAutoFillBackground(False)
        self.body.addWidget(area)
        self.add_buttons((), (("Close", self.accept),))
        wanted = holder.sizeHint()
        self.resize(wanted.width() + MARGINS_PX, min(wanted.height() + FOOT_PX, self._highest_px(parent)))

    @staticmethod
    def _highest_px(parent: QWidget | None) -> int:
        """Return the maximum height, from the window."""
        return HIGHEST_PX if parent is None else min(HIGHEST_PX, parent.window().height() - 40)


def _column(groups_of_it: Sequence[tuple[str, tuple[Line, ...]]]) -> QVBoxLayout:
    """Stack groups in a column, with their texts aligned."""
    down = QVBoxLayout()
    down.setSpacing(0)
    column_px = widths_px([line for _, lines in groups_of_it for line in lines])
    for name, lines in groups_of_it:
        down.addWidget(Words(name, 12, 600, "ink2"))
        down.addSpacing(4)
        for line in lines:
            down.addWidget(KeyLine(*line, column_px))
        down.addSpacing(16)
    down.addStretch(1)
    return down
