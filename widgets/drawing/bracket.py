"""The bracket at the lower edge of a plot: the time that belongs to the sample under the pointer."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from core.signals.axis import Range
from widgets.theme.theme import Theme
from widgets.timeline.columns import Columns

BRACKET_PX = 7
LINE_PX = 2.0


def paint_bracket(painter: QPainter, rect: QRectF, window: Range, columns: Columns, theme: Theme) -> None:
    """Paint a line with ends that point up, at least as wide as a pixel, on a halo."""
    left, right = columns.x(window.start_s), columns.x(window.end_s)
    right = max(right, left + LINE_PX)
    if right < rect.left() or left > rect.right():
        return
    painter.save()
    painter.setClipRect(rect)
    bottom = rect.bottom() - 2
    painter.fillRect(QRectF(left - 1, bottom - LINE_PX - 1, right - left + 2, LINE_PX + 2), theme.halo)
    painter.fillRect(QRectF(left, bottom - LINE_PX, right - left, LINE_PX), theme.ink)
    for x in (left, right - LINE_PX):
        painter.fillRect(QRectF(x - 1, bottom - BRACKET_PX - 1, LINE_PX + 2, BRACKET_PX), theme.halo)
        painter.fillRect(QRectF(x, bottom - BRACKET_PX, LINE_PX, BRACKET_PX), theme.ink)
    painter.restore()
