"""The legend under the output's header: what is drawn, and with which settings."""

from __future__ import annotations

import math
from collections.abc import Callable

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QWidget

from widgets.drawing.lines import draw_text
from widgets.theme.theme import LIGHT, Theme, font
from widgets.timeline.lane_views import LegendLine

ROW_PX = 20
APART_PX = 6
NAMES = {
    "pitch": "Pitch",
    "formants": "Formants",
    "intensity": "Intensity",
    "spectrogram": "Spectrogram",
    "pulses": "Pulses",
}


def _paint_pitch(painter: QPainter, x: float, y: float, theme: Theme) -> None:
    painter.setPen(QPen(theme.pitch, 2))
    painter.drawLine(QLineF(x, y, x + 16, y))
    _paint_dot(painter, x + 8, y, 6.0, theme.pitch)


def _paint_formants(painter: QPainter, x: float, y: float, theme: Theme) -> None:
    _paint_dot(painter, x + 3, y, 5.5, theme.formant)
    _paint_dot(painter, x + 12, y, 5.5, theme.formant)
    _paint_dot(painter, x + 12, y, 2.7, theme.chrome)


def _paint_intensity(painter: QPainter, x: float, y: float, theme: Theme) -> None:
    painter.setPen(QPen(theme.intensity, 2))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    path = QPainterPath(QPointF(x, y + 3))
    path.cubicTo(QPointF(x + 5, y - 4), QPointF(x + 11, y - 4), QPointF(x + 16, y + 3))
    painter.drawPath(path)


def _paint_spectrogram(painter: QPainter, x: float, y: float, theme: Theme) -> None:
    ramp = theme.ramp()
    for k, grey in enumerate((205, 155, 100, 45)):
        painter.fillRect(QRectF(x + 4 * k, math.floor(y) - 5, 4, 10), QColor.fromRgb(int(ramp[grey])))


def _paint_pulses(painter: QPainter, x: float, y: float, theme: Theme) -> None:
    painter.setPen(QPen(theme.line2, 2))
    painter.drawLines([QLineF(x + 2 + 6 * k, y - 4, x + 2 + 6 * k, y + 4) for k in range(3)])


def _paint_dot(painter: QPainter, x: float, y: float, size: float, colour: QColor) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawEllipse(QPointF(x, y), size / 2, size / 2)


_SAMPLES = {
    "pitch": _paint_pitch,
    "formants": _paint_formants,
    "intensity": _paint_intensity,
    "spectrogram": _paint_spectrogram,
    "pulses": _paint_pulses,
}


def paint_sample(painter: QPainter, kind: str, x: float, y: float, theme: Theme) -> None:
    """Draw 16 px of a kind of data as it looks in a lane."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    _SAMPLES[kind](painter, x, y, theme)


class LegendRow(QAbstractButton):
    """One line of the legend; a click opens its settings."""

    def __init__(self, line: LegendLine, theme: Theme = LIGHT, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.line = line
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.show_line(line)

    def show_line(self, line: LegendLine) -> None:
        self.line = line
        name = NAMES.get(line.kind, line.kind)
        self.setAccessibleName(f"{name} {line.text}: settings")
        self.setToolTip(f"{name} {line.text}\n{name} settings…")
        self.update()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(136, ROW_PX)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._theme
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            if self.underMouse():
                painter.fillRect(self.rect(), theme.hover)
            hidden = self.line.text == "hidden"
            y = ROW_PX / 2
            if self.line.kind in _SAMPLES:
                _SAMPLES[self.line.kind](painter, 8, y, theme)
            name = NAMES.get(self.line.kind, self.line.kind)
            taken = draw_text(painter, QPointF(28, y), name, font(11), theme.ink3 if hidden else theme.ink)
            painter.setFont(font(11, numbers=True))
            room_px = self.width() - taken.right() - APART_PX
            text = _fitting(
                self.line.text, lambda words: painter.fontMetrics().horizontalAdvance(words) <= room_px
            )
            draw_text(painter, QPointF(self.width(), y), text, painter.font(), theme.ink3, "right")


def _fitting(text: str, fits: Callable[[str], bool]) -> str:
    """Drop the text in brackets if there is no space for it; the tooltip shows everything."""
    return text if fits(text) else text.partition(" (")[0]
