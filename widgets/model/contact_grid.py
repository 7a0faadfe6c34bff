"""The grid of the contact sheet, painted as one surface from cached pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QWidget

from widgets.model.contact_paint import SheetItem, thumbnail
from widgets.theme.control_paint import paint_field
from widgets.theme.icons import paint_icon
from widgets.theme.shortcut_override import keeps
from widgets.theme.theme import LIGHT, Theme, font

MARGIN_PX, LABEL_PX, GAP_PX, FOOT_PX, PICTURE_PX, GROUP_GAP_PX = 16, 56, 8, 18, 84, 12
NARROWEST_PX, WIDEST_PX = 96, 180
_OPENS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_STEPS = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1)}
_PAGES = (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)
_OWN_KEYS = frozenset((*_OPENS, *_STEPS, *_PAGES, Qt.Key.Key_Space, Qt.Key.Key_S))


class SheetView(QAbstractScrollArea):
    """Outputs in groups by code value: emits `play_wanted`, `open_wanted` and `star_wanted(key, starred)`."""

    play_wanted = Signal(str)
    open_wanted = Signal(str)
    star_wanted = Signal(str, bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme: Theme = LIGHT
        self._items: dict[str, SheetItem] = {}
        self._groups: dict[str, list[str]] = {}
        self._places: dict[str, QRect] = {}
        self._labels: dict[str, QRect] = {}
        self._pictures: dict[str, QPixmap] = {}
        self._columns, self._cell = 1, QSize(NARROWEST_PX, PICTURE_PX + FOOT_PX)
        self._each = 1
        self._current, self._hover, self._hover_at = "", "", QPoint()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName("Outputs")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setMouseTracking(True)

    # --- what is shown --------------------------------------------------------------------------

    def clear(self, each: int = 1) -> None:
        """Clear the sheet; `each` outputs per code value will follow."""
        self._each = each
        self._items, self._groups, self._pictures = {}, {}, {}
        self._current = self._hover = ""
        self._arrange()

    def add(self, items: Sequence[SheetItem]) -> None:
        """Add outputs to the sheet; an existing key is replaced."""
        for item in items:
            if item.key not in self._items:
                self._groups.setdefault(item.code_label, []).append(item.key)
            self._items[item.key] = item
            self._pictures.pop(item.key, None)
        if not self._current and self._items:
            self._current = next(iter(self._items))
        self._arrange()

    def show_star(self, key: str, starred: bool) -> None:
        """Show whether an output is starred."""
        if key in self._items and self._items[key].starred != starred:
            self._items[key] = replace(self._items[key], starred=starred)
            self._update(key)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._pictures.clear()
        self.viewport().update()

    def __len__(self) -> int:
        return len(self._items)

    # --- geometry -------------------------------------------------------------------------------

    def _arrange(self) -> None:
        """Lay out all outputs, with cells as wide as the columns allow."""
        room = self.viewport().width() - 2 * MARGIN_PX - LABEL_PX + GAP_PX
        self._columns = self._most_even(room // (NARROWEST_PX + GAP_PX))
        width = min(max(room // self._columns - GAP_PX, 40), WIDEST_PX)
        cell = QSize(width, PICTURE_PX + FOOT_PX)
        if cell != self._cell:
            self._cell = cell
            self._pictures.clear()
        self._places, self._labels = {}, {}
        y = MARGIN_PX
        for label, keys in self._groups.items():
            self._labels[label] = QRect(MARGIN_PX, y, LABEL_PX, 20)
            y = self._place_group(keys, y) + GROUP_GAP_PX
        bar = self.verticalScrollBar()
        bar.setRange(0, max(0, y + MARGIN_PX - self.viewport().height()))
        bar.setPageStep(self.viewport().height())
        bar.setSingleStep(40)
        self.viewport().update()

    def _most_even(self, most: int) -> int:
        """Return the number of columns that fills the rows of the largest group most evenly."""
        largest = max((len(keys) for keys in self._groups.values()), default=1)
        largest = max(largest, self._each)
        rows = -(-largest // max(most, 1))
        return max(1, -(-largest // rows))

    def _place_group(self, keys: Sequence[str], top: int) -> int:
        """Place the outputs of one code value in rows; return the lower edge."""
        step_x, step_y = self._cell.width() + GAP_PX, self._cell.height() + GAP_PX
        for place, key in enumerate(keys):
            row, column = divmod(place, self._columns)
            corner = QPoint(MARGIN_PX + LABEL_PX + column * step_x, top + row * step_y)
            self._places[key] = QRect(corner, self._cell)
        return top + -(-len(keys) // self._columns) * step_y

    def _on_screen(self, rect: QRect) -> QRect:
        return rect.translated(0, -self.verticalScrollBar().value())

    def place(self, key: str) -> QRect:
        """Return an output's rectangle in the viewport."""
        return self._on_screen(self._places[key])

    def _star_rect(self, place: QRect) -> QRect:
        return QRect(place.right() - 19, place.bottom() - FOOT_PX + 1, 20, FOOT_PX)

    def _open_rect(self, place: QRect) -> QRect:
        return self._star_rect(place).translated(-20, 0)

    def _key_at(self, at: QPoint) -> str:
        there = at + QPoint(0, self.verticalScrollBar().value())
        return next((key for key, place in self._places.items() if place.contains(there)), "")

    def _update(self, *keys: str) -> None:
        for key in keys:
            if key in self._places:
                self.viewport().update(self.place(key).adjusted(-3, -3, 3, 3))

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._arrange()

    # --- painting -------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), self._theme.panel)
        painter.setFont(font(13, 600))
        painter.setPen(self._theme.ink)
        for label, rect in self._labels.items():
            painter.drawText(self._on_screen(rect), Qt.AlignmentFlag.AlignVCenter, label)
        for key in self._places:
            place = self.place(key)
            if place.intersects(event.rect()):
                self._paint_cell(painter, self._items[key], place)

    def _paint_cell(self, painter: QPainter, item: SheetItem, place: QRect) -> None:
        theme = self._theme
        picture = QRect(place.topLeft(), QSize(place.width(), PICTURE_PX))
        painter.drawPixmap(picture.topLeft(), self._picture(item))
        current, hovered = item.key == self._current, item.key == self._hover
        painter.setRenderHint(painter.RenderHint.Antialiasing, False)
        painter.setPen(theme.edge if hovered else theme.line2)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(picture.adjusted(0, 0, -1, -1))
        if current:
            ring = QRectF(picture).adjusted(-2, -2, 2, 2)
            if self.hasFocus():
                paint_field(painter, ring, theme, None, None, focus=True)
            else:
                painter.fillRect(QRect(picture.left(), picture.top(), 3, PICTURE_PX), theme.accent)
        painter.setFont(font(11, numbers=True))
        painter.setPen(theme.ink2)
        foot = QRect(place.left() + 2, place.bottom() - FOOT_PX + 1, place.width() - 46, FOOT_PX)
        painter.drawText(foot, Qt.AlignmentFlag.AlignVCenter, item.seed_label)
        self._paint_marks(painter, item, place, hovered or (current and self.hasFocus()))

    def _paint_marks(self, painter: QPainter, item: SheetItem, place: QRect, near: bool) -> None:
        theme = self._theme
        for rect, icon, shown in (
            (self._open_rect(place), "arrows-out", near),
            (self._star_rect(place), "star-fill" if item.starred else "star", near or item.starred),
        ):
            if shown:
                pointed = item.key == self._hover and rect.contains(self._hover_at)
                ink = theme.accent if icon == "star-fill" else theme.ink if pointed else theme.ink2
                paint_icon(painter, icon, QRectF(rect), ink, 14)

    def _picture(self, item: SheetItem) -> QPixmap:
        if item.key not in self._pictures:
            size = QSize(self._cell.width(), PICTURE_PX)
            self._pictures[item.key] = thumbnail(item, size, self._theme, self.devicePixelRatioF())
        return self._pictures[item.key]

    # --- wishes ---------------------------------------------------------------------------------

    def _star(self, key: str) -> None:
        starred = not self._items[key].starred
        self.show_star(key, starred)
        self.star_wanted.emit(key, starred)

    def _choose(self, key: str) -> None:
        """Make an output the current one and scroll to it."""
        before, self._current = self._current, key
        place, bar = self._places[key], self.verticalScrollBar()
        low = place.bottom() + GAP_PX - self.viewport().height()
        bar.setValue(min(max(bar.value(), low), place.top() - GAP_PX))
        item = self._items[key]
        star = ", starred" if item.starred else ""
        self.setAccessibleDescription(f"{item.code_label}, {item.seed_label}{star}")
        self._update(before, key)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        at = event.position().toPoint()
        key = self._key_at(at)
        if not key or event.button() != Qt.MouseButton.LeftButton:
            return
        self._choose(key)
        place = self.place(key)
        if self._star_rect(place).contains(at):
            self._star(key)
        elif self._open_rect(place).contains(at):
            self.open_wanted.emit(key)
        else:
            self.play_wanted.emit(key)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        at = event.position().toPoint()
        key = self._key_at(at)
        if key and self._star_rect(self.place(key)).contains(at):
            self._star(key)
        elif key:
            self.open_wanted.emit(key)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._point_at(event.position().toPoint())

    def leaveEvent(self, event: QEvent) -> None:
        self._point_at(QPoint(-1, -1))

    def _point_at(self, at: QPoint) -> None:
        before, self._hover, self._hover_at = self._hover, self._key_at(at), at
        key = self._hover
        tip = ""
        if key and self._star_rect(self.place(key)).contains(at):
            tip = "Remove the star" if self._items[key].starred else "Star this output"
        elif key and self._open_rect(self.place(key)).contains(at):
            tip = "Open in the stack"
        self.viewport().setToolTip(tip)
        self._update(before, key)

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self._point_at(QPoint(-1, -1))
        return super().viewportEvent(event)

    # --- keys -----------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        return keeps(event, _OWN_KEYS) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        acts = {Qt.Key.Key_Space: self.play_wanted.emit, Qt.Key.Key_S: self._star}
        acts |= dict.fromkeys(_OPENS, self.open_wanted.emit)
        key = Qt.Key(event.key())
        if self._current and key in acts:
            acts[key](self._current)
        elif self._current and key in _STEPS:
            self._choose(self._neighbour(*_STEPS[key]))
        else:
            super().keyPressEvent(event)

    def _neighbour(self, across: int, down: int) -> str:
        """Return the next output to the side, or the nearest one in the row above or below."""
        keys = list(self._places)
        here = self._places[self._current]
        if across:
            return keys[min(max(keys.index(self._current) + across, 0), len(keys) - 1)]
        beyond = [key for key in keys if (self._places[key].top() - here.top()) * down > 0]
        if not beyond:
            return self._current
        return min(
            beyond,
            key=lambda key: (
                abs(self._places[key].top() - here.top()),
                abs(self._places[key].left() - here.left()),
            ),
        )

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._update(self._current)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._update(self._current)
