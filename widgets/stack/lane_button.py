"""The small buttons of a lane's header."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QLineF, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QAbstractButton, QWidget

from widgets.drawing.lines import draw_text
from widgets.theme.icons import paint_icon
from widgets.theme.theme import LIGHT, Theme, font


class LaneButton(QAbstractButton):
    """A button with a word or an icon: on, refused, or marked with the 3 px line of its measure.

    A shy button is visible only while the mouse is over its header. Lane buttons never take the focus, so
    that Tab keeps playing; the commands have keys.
    """

    double_clicked = Signal()

    def __init__(
        self, place: QRect, name: str, word: str = "", icon: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setGeometry(place)
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.word, self.icon_name = word, icon
        self.is_on = self.is_filled = False
        self.refusal = ""
        self.measure = ""
        self.is_bare = self.is_hollow = False
        self.is_shy = False
        self._theme = LIGHT

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def set_state(
        self, *, word: str = "", icon: str = "", on: bool = False, refusal: str = "", says: str = ""
    ) -> None:
        """Show another word or icon, on or off, and refused with a reason or not."""
        told = (word or self.word, icon or self.icon_name, on, refusal)
        if told != (self.word, self.icon_name, self.is_on, self.refusal):
            self.word, self.icon_name, self.is_on, self.refusal = told
            self.update()
        self.setToolTip(refusal or says or self.accessibleName())
        self.setAccessibleDescription(refusal)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.double_clicked.emit()

    def hitButton(self, pos: object) -> bool:
        return not self.refusal and super().hitButton(pos)  # type: ignore[arg-type]

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            rect = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
            if self.is_shy:
                lane = self.parentWidget()
                if lane is None or not lane.underMouse():
                    return
                painter.fillRect(self.rect(), self._theme.chrome)
            if not self.is_bare or (self.is_shy and self.underMouse()):
                self._paint_ground(painter, rect)
            if self.is_hollow and self.icon_name == "play-fill":
                self._paint_hollow(painter)
            elif self.icon_name:
                colour = self._theme.on_accent if self._is_lit else self._theme.ink2
                paint_icon(painter, self.icon_name, QRectF(self.rect()), colour, 12)
            else:
                self._paint_word(painter)

    @property
    def _is_lit(self) -> bool:
        return self.is_filled and self.is_on

    def _paint_ground(self, painter: QPainter, rect: QRectF) -> None:
        theme = self._theme
        pressed_or_under = self.underMouse() and not self.refusal
        if self.refusal:
            pen = QPen(theme.line2, 1)
            pen.setDashPattern((3, 3))
            painter.setPen(pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
        elif self._is_lit:
            painter.setPen(QPen(theme.accent, 1))
            painter.setBrush(theme.accent)
        elif self.is_on and not self.measure:
            painter.setPen(QPen(theme.accent, 1))
            painter.setBrush(theme.accent_weak)
        else:
            painter.setPen(QPen(theme.line2, 1))
            painter.setBrush(theme.hover if pressed_or_under else theme.panel)
        painter.drawRoundedRect(rect, 4, 4)
        if self.measure and self.is_on and not self.refusal:
            self._paint_measure_line(painter)

    def _paint_hollow(self, painter: QPainter) -> None:
        """Paint an outlined play triangle: this cannot be heard without a carrier."""
        x, y = self.width() / 2, self.height() / 2
        painter.setPen(QPen(self._theme.ink2, 1.25))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        corners = [QPointF(x - 3, y - 4.5), QPointF(x + 4.5, y), QPointF(x - 3, y + 4.5)]
        painter.drawPolygon(QPolygonF(corners))

    def _paint_measure_line(self, painter: QPainter) -> None:
        """Paint the lower 3 px in the overlay's colour, within the button's rounded corners."""
        painter.save()
        painter.setClipRect(QRectF(0, self.height() - 3, self.width(), 3))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.overlay(self.measure))
        painter.drawRoundedRect(QRectF(self.rect()), 4, 4)
        painter.restore()

    def _paint_word(self, painter: QPainter) -> None:
        theme = self._theme
        strong = self.is_on and bool(self.measure) and not self.refusal
        colour = theme.ink if strong else theme.ink3 if self.measure else theme.ink2
        if self.is_on and not self.measure:
            colour = theme.accent
        place = QPointF(self.width() / 2, self.height() / 2 - (1 if self.measure else 0))
        room = draw_text(
            painter, place, self.word, font(11, 600 if strong else 500, numbers=True), colour, "centre"
        )
        if self.refusal:
            painter.setPen(QPen(colour, 1, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
            y = round(place.y()) + 0.5
            painter.drawLine(QLineF(room.left() - 1, y, room.right(), y))

    def event(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.HoverEnter, QEvent.Type.HoverLeave):
            self.update()
        return super().event(event)
