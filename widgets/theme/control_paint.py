"""Painting shared by all controls: rounded fields, focus rings, text, and passing a theme on."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QWidget

from widgets.theme.theme import LIGHT, Theme, font

RADIUS_PX = 4.0


def pass_theme(parent: QWidget, theme: Theme) -> None:
    """Pass a theme to every descendant widget that accepts one."""
    for child in parent.findChildren(QWidget):
        take = getattr(child, "set_theme", None)
        if take is not None:
            take(theme)


def paint_field(
    painter: QPainter,
    rect: QRectF,
    theme: Theme,
    fill: QColor | None,
    edge: QColor | None,
    focus: bool = False,
) -> None:
    """Paint a rounded field in a rectangle: its fill, a 1 px edge, or the 2 px focus ring."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    width = 2.0 if focus else 1.0
    colour = theme.accent if focus else edge
    painter.setPen(QPen(colour, width) if colour is not None else QPen(Qt.PenStyle.NoPen))
    painter.setBrush(fill if fill is not None else Qt.BrushStyle.NoBrush)
    inset = width / 2 if colour is not None else 0.0
    painter.drawRoundedRect(rect.adjusted(inset, inset, -inset, -inset), RADIUS_PX, RADIUS_PX)


def paint_dot(painter: QPainter, centre: QPointF, theme: Theme) -> None:
    """Paint the 6 px dot that marks a changed value."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.accent)
    painter.drawEllipse(centre, 3.0, 3.0)


class Words(QLabel):
    """A line of text in one of the theme's text colours (a QLabel, so that screen readers find it)."""

    def __init__(
        self,
        text: str = "",
        size_px: int = 12,
        weight: int = 400,
        ink: str = "ink",
        *,
        wrap: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, parent)
        self._ink, self._theme = ink, LIGHT
        self._font = font(size_px, weight, numbers=True)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(wrap)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def set_ink(self, ink: str) -> None:
        self._ink = ink
        self.update()

    def _flags(self) -> int:
        return int(self.alignment().value) | (Qt.TextFlag.TextWordWrap if self.wordWrap() else 0)

    def heightForWidth(self, width: int) -> int:
        room = QRect(0, 0, max(width, 1), 10_000)
        return QFontMetrics(self._font).boundingRect(room, self._flags(), self.text()).height() + 2

    def sizeHint(self) -> QSize:
        if self.wordWrap():
            return QSize(320, self.heightForWidth(320))
        size = QFontMetrics(self._font).size(0, self.text())
        return QSize(size.width() + 2, size.height() + 2)

    def minimumSizeHint(self) -> QSize:
        return QSize(40, self._line_px()) if self.wordWrap() else self.sizeHint()

    def _line_px(self) -> int:
        return QFontMetrics(self._font).height() + 2

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setFont(self._font)
            painter.setPen(getattr(self._theme, self._ink))
            painter.drawText(self.rect(), self._flags(), self._shown(painter.fontMetrics()))

    def _shown(self, metrics: QFontMetrics) -> str:
        return self.text()


class ShortWords(Words):
    """A line of text that is elided if there is no space, and then shows all of it in its tooltip."""

    def __init__(self, text: str = "", size_px: int = 12, weight: int = 400, ink: str = "ink") -> None:
        super().__init__(text, size_px, weight, ink)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def minimumSizeHint(self) -> QSize:
        return QSize(24, self._line_px())

    def _shown(self, metrics: QFontMetrics) -> str:
        short = metrics.elidedText(self.text(), Qt.TextElideMode.ElideMiddle, self.width())
        self.setToolTip(self.text() if short != self.text() else "")
        return short


class Rule(QFrame):
    """A separating line of one pixel."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(1)
        self.set_theme(LIGHT)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), self._theme.line)


class Surface(QWidget):
    """A surface in one of the theme's colours, without a border."""

    def __init__(self, surface: str = "panel", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._surface = surface
        self._theme = LIGHT

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(event.rect(), getattr(self._theme, self._surface))
