"""One plot: a framed view box that the mouse zooms, with its axes, title and contents."""

# pyqtgraph shortens the names of Qt's parameters.
# pyright: reportIncompatibleMethodOverride=false

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QGraphicsSceneMouseEvent, QGraphicsSceneWheelEvent

from widgets.plots.axis import NumberAxis
from widgets.plots.image_item import ImageItem
from widgets.plots.items import CurveItem, DotItem
from widgets.theme.theme import LIGHT, Theme, font

Ends = tuple[float, float]
PlotItem = CurveItem | DotItem | ImageItem
TITLE_PX, NOTE_PX, LABEL_ROW_PX = 22, 16, 16
ZOOM_PER_NOTCH = 1.25
LARGEST_ZOOM = 1e4
ZOOM_HINT = "Ctrl + wheel zooms, a drag moves, a double click shows all again."


@dataclass(frozen=True)
class Margins:
    """The space around the view box for axes and text, and the left edge of the title, in pixels."""

    left: int = 52
    top: int = 0
    right: int = 12
    bottom: int = 20
    title: int = 52


@dataclass(frozen=True)
class AreaWords:
    """The texts of a plot: its title, a remark at the right, a note below them, and the axis labels.

    `inside` is written in the middle of an empty plot.
    """

    title: str = ""
    remark: str = ""
    note: str = ""
    across: str = ""
    up: str = ""
    inside: str = ""


class ZoomBox(pg.ViewBox):
    """A view box: Ctrl + wheel zooms at the pointer, as in the stack; a drag moves the zoomed view."""

    def __init__(self) -> None:
        super().__init__(enableMenu=False, defaultPadding=0.0)
        self.setMouseMode(pg.ViewBox.PanMode)
        self.whole = QRectF(0, 0, 1, 1)

    def show_whole(self) -> None:
        """Show the whole range again."""
        self.setRange(self.whole, padding=0)

    @property
    def zoomed(self) -> bool:
        """Whether less than the whole range is visible."""
        shown, whole = self.viewRect(), self.whole
        return shown.width() < 0.999 * whole.width() or shown.height() < 0.999 * whole.height()

    def wheelEvent(self, event: QGraphicsSceneWheelEvent, axis: int | None = None) -> None:
        """Zoom with Ctrl, over an axis along that axis only; without Ctrl the wheel scrolls."""
        if not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            event.ignore()
            return
        share = ZOOM_PER_NOTCH ** (-event.delta() / 120)
        scale = (share if axis in (None, 0) else 1.0, share if axis in (None, 1) else 1.0)
        self.scaleBy(scale, center=self.mapSceneToView(event.scenePos()))
        event.accept()

    def mouseDragEvent(self, event, axis: int | None = None) -> None:
        if event.button() == Qt.MouseButton.RightButton:
            event.ignore()
            return
        super().mouseDragEvent(event, axis)

    def mouseDoubleClickEvent(self, event: QGraphicsSceneMouseEvent) -> None:
        event.accept()
        self.show_whole()


class PlotArea(pg.GraphicsWidget):
    """A view box between its axes; `grid` draws lines at the ticks behind the contents."""

    box_class: type[ZoomBox] = ZoomBox

    def __init__(self, margins: Margins | None = None, grid: bool = False) -> None:
        super().__init__()
        self._margins, self._theme = margins or Margins(), LIGHT
        self._inside_px, self._ends = 0.0, ((0.0, 1.0), (0.0, 1.0))
        self.words, self.has_note = AreaWords(), False
        self.box = self.box_class()
        self.across = NumberAxis("bottom", self._margins.bottom, grid)
        self.up = NumberAxis("left", self._margins.left, grid)
        for axis in (self.across, self.up):
            axis.setParentItem(self)
            axis.linkToView(self.box)
        self.box.setParentItem(self)

    # --- what is shown --------------------------------------------------------------------------

    def show_words(self, words: AreaWords, has_note: bool = False) -> None:
        """Show a title, a remark, a note and the axis labels; `has_note` reserves the row of the note."""
        self.words, self.has_note = words, has_note or bool(words.note)
        self._place()
        self.update()

    def show_range(self, across: Ends, up: Ends, inside_px: float = 0.0) -> None:
        """Show this range, inset from the frame; a zoom survives if the range is unchanged."""
        stays = self.box.zoomed and (across, up, inside_px) == (*self._ends, self._inside_px)
        self._ends, self._inside_px = (across, up), inside_px
        defined = all(math.isfinite(end) for end in (*across, *up))
        for axis in (self.across, self.up):
            axis.show() if defined else axis.hide()
        self._set_whole(stays)

    def _set_whole(self, stays: bool) -> None:
        (left, right), (low, high) = (
            ends if all(map(math.isfinite, ends)) else (0.0, 1.0) for ends in self._ends
        )
        size, inside = self.box.size(), self._inside_px
        aside = inside * (right - left) / max(1.0, size.width() - 2 * inside)
        above = inside * (high - low) / max(1.0, size.height() - 2 * inside)
        whole = QRectF(left - aside, low - above, right - left + 2 * aside, high - low + 2 * above)
        self.box.whole = whole
        self.box.setLimits(
            xMin=whole.left(), xMax=whole.right(), yMin=whole.top(), yMax=whole.bottom(),
            minXRange=whole.width() / LARGEST_ZOOM, minYRange=whole.height() / LARGEST_ZOOM,
        )  # fmt: skip
        if not stays:
            self.box.show_whole()

    def show_items(self, items: Sequence[PlotItem]) -> None:
        """Replace the items; the last one is on top."""
        self.box.clear()
        for item in items:
            item.set_theme(self._theme)
            self.box.addItem(item)

    @property
    def items(self) -> list[PlotItem]:
        return [item for item in self.box.addedItems if isinstance(item, PlotItem)]

    @property
    def theme(self) -> Theme:
        return self._theme

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.box.setBorder(QPen(theme.line2, 1))
        for part in (self.across, self.up, *self.items):
            part.set_theme(theme)
        self.update()

    # --- places ---------------------------------------------------------------------------------

    @property
    def above_px(self) -> float:
        """The height used above the view box."""
        title = TITLE_PX if self.words.title else 0
        return self._margins.top + title + (NOTE_PX if self.has_note else 0)

    @property
    def below_px(self) -> float:
        """The height used below the view box and above the axis numbers."""
        return 0.0

    def _place(self) -> None:
        """Place the view box and the axes in the space that the texts leave."""
        size, margins = self.size(), self._margins
        label = LABEL_ROW_PX if self.words.across else 0
        bottom = size.height() - margins.bottom - self.below_px - label
        plot = QRectF(
            margins.left, self.above_px, size.width() - margins.left - margins.right, bottom - self.above_px
        )
        self.box.setGeometry(plot)
        self.up.setGeometry(QRectF(0, plot.top(), margins.left, plot.height()))
        self.across.setGeometry(QRectF(plot.left(), bottom + self.below_px, plot.width(), margins.bottom))

    def resizeEvent(self, event: object) -> None:
        self._place()
        self._set_whole(self.box.zoomed)

    # --- painting -------------------------------------------------------------------------------

    def paint(self, painter: QPainter, option: object, widget: object) -> None:
        painter.fillRect(self.box.geometry(), self._theme.plot)
        self._paint_title(painter)
        self._paint_axis_words(painter)
        if self.words.inside:
            painter.setFont(font(11))
            painter.setPen(self._theme.ink3)
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.box.geometry().adjusted(16, 0, -16, 0), flags, self.words.inside)

    def _paint_title(self, painter: QPainter) -> None:
        theme, words, plot = self._theme, self.words, self.box.geometry()
        left = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        begin = float(self._margins.title)
        room = QRectF(begin, self._margins.top + 2, plot.right() - begin, 18)
        below = QRectF(begin, self._margins.top + TITLE_PX - 2, plot.right() - begin, NOTE_PX)
        for place, flags, text, face, ink in (
            (room, left, self._short_title(room.width()), font(11, 600), theme.ink),
            (room, right, words.remark, font(11, numbers=True), theme.ink2),
            (below, left, words.note, font(11), theme.ink3),
        ):
            if text:
                painter.setFont(face)
                painter.setPen(ink)
                painter.drawText(place, flags | Qt.TextFlag.TextDontClip, text)

    def _short_title(self, width: float) -> str:
        """Return the title, cut if the remark at the right leaves too little room."""
        remark = QFontMetrics(font(11, numbers=True)).horizontalAdvance(self.words.remark)
        room = width - remark - 8 if remark else width
        return QFontMetrics(font(11, 600)).elidedText(
            self.words.title, Qt.TextElideMode.ElideRight, round(room)
        )

    def _paint_axis_words(self, painter: QPainter) -> None:
        """Paint the labels of the horizontal and, turned, of the vertical axis."""
        plot, words = self.box.geometry(), self.words
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip
        painter.setFont(font(11))
        painter.setPen(self._theme.ink2)
        if words.across:
            room = QRectF(plot.left(), self.size().height() - LABEL_ROW_PX - 2, plot.width(), LABEL_ROW_PX)
            painter.drawText(room, flags, words.across)
        if words.up:
            painter.save()
            painter.translate(8, plot.center().y())
            painter.rotate(-90)
            painter.drawText(QRectF(-plot.height() / 2, -8, plot.height(), 16), flags, words.up)
            painter.restore()
