"""What the table of all layers shows, its columns, and their heads."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from widgets.theme.theme import LIGHT, Theme, font

HEAD_PX, ROW_PX, BELOW_PX, END_PX, GROUP_PX = 38, 28, 20, 6, 22
NAME_X, CARET_X = 21, 6
TITLE_PX, LONG_PX = 16, 52
# Heading, unit, and the right edge of the column's numbers.
COLUMNS = (
    ("Activ.", "", 115), ("F0", "Hz", 161), ("F1", "Hz", 203), ("F2", "Hz", 245), ("F3", "Hz", 287),
    ("Int.", "dB", 329), ("HNR", "dB", 371),
)  # fmt: skip
NAME_END = 61

CellState = Literal["value", "refused", "none", "awaited"]


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its text, or why it is empty; `stale` marks a number of an earlier state, `doubtful` one that
    may be an artefact, as its tip says.
    """

    text: str = ""
    state: CellState = "value"
    tip: str = ""
    stale: bool = False
    doubtful: bool = False


@dataclass(frozen=True, slots=True)
class Below:
    """A line that unfolds below a layer: "min", "max" or "bandwidth"; or a class with its probability.

    `words` stand in place of the cells, across all columns.
    """

    name: str
    cells: tuple[Cell | None, ...] = ()
    words: str = ""


@dataclass(frozen=True, slots=True)
class LayerRow:
    """One layer: its cells, and the lines below it if it is unfolded.

    What D or Q gives has `words` in place of cells, with all of them in `tip`. `group` is the name of the
    layer's model if several are open; the first row of each group has it as its head.
    """

    key: Hashable
    title: str
    cells: tuple[Cell, ...] = ()
    below: tuple[Below, ...] = ()
    active: bool = False
    words: str = ""
    tip: str = ""
    group: str = ""


def title_px(row: LayerRow) -> int:
    """Return the height in px of the extra line for a long title; 0 for a short one."""
    if row.words:
        return 0
    return TITLE_PX if QFontMetrics(font(11, 600)).horizontalAdvance(row.title) > LONG_PX else 0


def cell_rect(column: int, top: float, height: float) -> QRectF:
    """Return the rectangle of a column's text between two heights."""
    left = NAME_END if column == 0 else COLUMNS[column - 1][2] + 2
    return QRectF(left, top, COLUMNS[column][2] - left, height)


class LayerHead(QWidget):
    """The columns' names and units; fixed while the rows scroll."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme: Theme = LIGHT
        self.setFixedHeight(HEAD_PX)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._theme
        with QPainter(self) as painter:
            right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
            painter.setFont(font(11))
            painter.setPen(theme.ink2)
            painter.drawText(QRectF(12, 4, 60, 15), Qt.AlignmentFlag.AlignVCenter, "Layer")
            for column, (name, unit, _) in enumerate(COLUMNS):
                painter.setPen(theme.ink2)
                painter.drawText(cell_rect(column, 4, 15), right, name)
                painter.setPen(theme.ink3)
                painter.drawText(cell_rect(column, 19, 14), right, unit)
            painter.fillRect(0, HEAD_PX - 1, self.width(), 1, theme.line2)
