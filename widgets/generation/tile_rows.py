"""Rows of examples: waveform, log-mel picture, number and activation of each, to be seen and heard."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QLineF, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFontMetrics,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QWidget

from widgets.generation.generation_views import TileRowView, TileView
from widgets.model.contact_paint import low_high
from widgets.theme.control_paint import paint_field
from widgets.theme.icons import paint_icon
from widgets.theme.shortcut_override import keeps
from widgets.theme.theme import LIGHT, Theme, font

LABEL_PX, MARGIN_PX, GAP_PX = 128, 12, 10
HEAD_PX, WAVE_PX, MEL_PX, FOOT_PX = 18, 36, 96, 18
TILE_PX = HEAD_PX + WAVE_PX + MEL_PX + FOOT_PX
ROW_GAP_PX = 14
NARROWEST_PX, WIDEST_PX = 90, 190
RANGE = 70 * np.log(10) / 10
_OPENS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_STEPS = {Qt.Key.Key_Left: (0, -1), Qt.Key.Key_Right: (0, 1), Qt.Key.Key_Up: (-1, 0), Qt.Key.Key_Down: (1, 0)}
_OWN_KEYS = frozenset((*_OPENS, *_STEPS, Qt.Key.Key_Space))


class TileRows(QAbstractScrollArea):
    """Emits `tile_wanted(key)` for the one that is chosen, `play_wanted(key)`, `open_wanted(key)` and
    `all_wanted(row)`. All tiles share amplitude and range of levels.
    """

    tile_wanted = Signal(str)
    play_wanted = Signal(str)
    open_wanted = Signal(str)
    all_wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme: Theme = LIGHT
        self._rows: tuple[TileRowView, ...] = ()
        self._pictures: dict[int, QPixmap] = {}
        self._current = ""
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Examples")
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._pictures.clear()
        self.viewport().update()

    def show_rows(self, rows: tuple[TileRowView, ...], current: str) -> None:
        """Show rows, and which tile is chosen."""
        before = {id(tile.samples) for row in self._rows for tile in row.tiles}
        after = {id(tile.samples) for row in rows for tile in row.tiles}
        if before != after:
            self._pictures.clear()
        self._rows, self._current = rows, current
        self._arrange()

    @property
    def rows(self) -> tuple[TileRowView, ...]:
        return self._rows

    @property
    def current(self) -> str:
        return self._current

    # --- places -----------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        return QSize(600, 3 * (TILE_PX + ROW_GAP_PX) + 2 * MARGIN_PX)

    def _width(self) -> int:
        most = max((len(row.tiles) for row in self._rows), default=6) or 6
        room = self.viewport().width() - LABEL_PX - 2 * MARGIN_PX
        return min(WIDEST_PX, max(NARROWEST_PX, (room + GAP_PX) // most - GAP_PX))

    def _arrange(self) -> None:
        bar = self.verticalScrollBar()
        whole = 2 * MARGIN_PX + len(self._rows) * (TILE_PX + ROW_GAP_PX)
        bar.setRange(0, max(0, whole - self.viewport().height()))
        bar.setPageStep(self.viewport().height())
        bar.setSingleStep(40)
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._pictures.clear()
        self._arrange()

    def _top(self, row: int) -> int:
        return MARGIN_PX + row * (TILE_PX + ROW_GAP_PX) - self.verticalScrollBar().value()

    def place(self, key: str) -> QRect:
        """Return the rectangle of a tile in the viewport; empty if there is none."""
        for number, row in enumerate(self._rows):
            for column, tile in enumerate(row.tiles):
                if tile.key == key:
                    x = MARGIN_PX + LABEL_PX + column * (self._width() + GAP_PX)
                    return QRect(x, self._top(number), self._width(), TILE_PX)
        return QRect()

    def play_place(self, key: str) -> QRect:
        """Return the rectangle of a tile's play button."""
        place = self.place(key)
        return QRect(place.left(), place.top(), 22, HEAD_PX - 1)

    def all_place(self, row: str) -> QRect:
        """Return the rectangle of the button that plays a whole row."""
        number = next((k for k, one in enumerate(self._rows) if one.key == row), 0)
        return QRect(MARGIN_PX, self._top(number) + TILE_PX - 44, 72, 22)

    def _tile_at(self, at: QPoint) -> TileView | None:
        return next(
            (tile for row in self._rows for tile in row.tiles if self.place(tile.key).contains(at)), None
        )

    # --- painting ---------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self.viewport()) as painter:
            painter.fillRect(event.rect(), self._theme.chrome)
            for number, row in enumerate(self._rows):
                if number:
                    y = self._top(number) - ROW_GAP_PX // 2
                    painter.setPen(self._theme.line)
                    painter.drawLine(0, y, self.viewport().width(), y)
                self._paint_label(painter, row, self._top(number))
                for tile in row.tiles:
                    self._paint_tile(painter, tile)
                if not row.tiles and row.words:
                    self._paint_words(painter, row, number)

    def _paint_words(self, painter: QPainter, row: TileRowView, number: int) -> None:
        painter.setFont(font(12))
        painter.setPen(self._theme.ink3)
        room = QRectF(MARGIN_PX + LABEL_PX, self._top(number), self.viewport().width() - LABEL_PX - 32, 60)
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap, row.words)

    def _paint_label(self, painter: QPainter, row: TileRowView, top: int) -> None:
        theme, flags = self._theme, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.setFont(font(13, 600))
        painter.setPen(theme.ink)
        painter.drawText(QRectF(MARGIN_PX, top, LABEL_PX - 8, 18), flags, row.title)
        y = top + 20
        painter.setFont(font(11, numbers=True))
        painter.setPen(theme.ink2)
        for line in row.lines:
            painter.drawText(QRectF(MARGIN_PX, y, LABEL_PX - 8, 15), flags, line)
            y += 15
        for name, value in row.strong:
            painter.setFont(font(11))
            painter.setPen(theme.ink2)
            painter.drawText(QRectF(MARGIN_PX, y, 40, 15), flags, name)
            painter.setFont(font(11, 600, numbers=True))
            painter.setPen(theme.ink)
            painter.drawText(QRectF(MARGIN_PX + 34, y, LABEL_PX - 42, 15), flags, value)
            y += 15
        if row.tiles:
            self._paint_all(painter, row)
        painter.setFont(font(11))
        painter.setPen(theme.ink3)
        painter.drawText(
            QRectF(MARGIN_PX, y + 2, LABEL_PX - 8, 30),
            Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap,
            row.note,
        )

    def _paint_all(self, painter: QPainter, row: TileRowView) -> None:
        theme, place = self._theme, self.all_place(row.key)
        paint_field(painter, QRectF(place), theme, theme.panel, theme.edge)
        paint_icon(
            painter, "play-fill", QRectF(place.left() + 6, place.top(), 18, place.height()), theme.ink, 12
        )
        painter.setFont(font(11))
        painter.setPen(theme.ink)
        painter.drawText(
            QRectF(place.adjusted(28, 0, 0, 0)),
            Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft,
            "All",
        )

    def _paint_tile(self, painter: QPainter, tile: TileView) -> None:
        theme, place = self._theme, self.place(tile.key)
        play = self.play_place(tile.key)
        paint_field(painter, QRectF(play), theme, theme.panel, theme.edge)
        paint_icon(
            painter, "play-fill", QRectF(play), theme.accent if tile.key == self._current else theme.ink, 11
        )
        painter.setFont(font(11, numbers=True))
        painter.setPen(theme.ink2)
        head = QRectF(play.right() + 6, place.top(), place.width() - 26, HEAD_PX - 1)
        wide = QFontMetrics(font(11, 600, numbers=True)).horizontalAdvance(tile.value)
        short = painter.fontMetrics().elidedText(
            tile.number, Qt.TextElideMode.ElideRight, int(head.width()) - wide - 6
        )
        painter.drawText(head, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, short)
        painter.setFont(font(11, 600, numbers=True))
        painter.setPen(theme.ink)
        painter.drawText(head, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, tile.value)
        painter.drawPixmap(place.left(), place.top() + HEAD_PX, self._picture(tile))
        painter.setFont(font(11, numbers=True))
        painter.setPen(theme.ink2)
        foot = QRectF(place.left(), place.bottom() - FOOT_PX + 1, place.width(), FOOT_PX)
        painter.drawText(foot, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, tile.foot)
        if tile.key == self._current:
            ring = QRectF(place).adjusted(-4, -3, 4, 3)
            paint_field(painter, ring, theme, None, None, focus=True)

    def _picture(self, tile: TileView) -> QPixmap:
        key = id(tile.samples)
        if key not in self._pictures:
            self._pictures[key] = self._painted(tile)
        return self._pictures[key]

    def _painted(self, tile: TileView) -> QPixmap:
        theme, width, ratio = self._theme, self._width(), self.devicePixelRatioF()
        made = QPixmap(QSize(width, WAVE_PX + MEL_PX) * ratio)
        made.setDevicePixelRatio(ratio)
        made.fill(theme.plot)
        painter = QPainter(made)
        self._paint_wave(painter, tile, width)
        self._paint_mel(painter, tile, width)
        painter.setPen(theme.line2)
        painter.drawRect(0, 0, width - 1, WAVE_PX + MEL_PX - 1)
        painter.drawLine(0, WAVE_PX, width, WAVE_PX)
        painter.end()
        return made

    def _loudest(self) -> tuple[float, float]:
        """Return the largest amplitude and log-mel value of all tiles."""
        tiles = [tile for row in self._rows for tile in row.tiles]
        amplitude = max((float(np.abs(tile.samples).max(initial=0)) for tile in tiles), default=1.0)
        level = max((float(tile.mel.max(initial=-30)) for tile in tiles), default=0.0)
        return max(amplitude, 1e-9), level

    def _paint_wave(self, painter: QPainter, tile: TileView, width: int) -> None:
        low, high = low_high(tile.samples, width)
        half = WAVE_PX / 2
        gain = (half - 2) / self._loudest()[0]
        painter.setPen(self._theme.curve if tile.real else self._theme.sound)
        painter.drawLines([
            QLineF(x + 0.5, half - top * gain, x + 0.5, half - bottom * gain + 0.5)
            for x, (bottom, top) in enumerate(zip(low.tolist(), high.tolist(), strict=True))
        ])  # fmt: skip

    def _paint_mel(self, painter: QPainter, tile: TileView, width: int) -> None:
        if not tile.mel.size:
            return
        top = self._loudest()[1]
        shares = np.clip((tile.mel - (top - RANGE)) / RANGE, 0, 1)
        greys = (255 * shares).astype(np.uint8)
        argb = np.ascontiguousarray(self._theme.ramp()[greys.T[::-1]])
        bands, frames = argb.shape
        image = QImage(argb.data, frames, bands, frames * 4, QImage.Format.Format_RGB32)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(QRectF(0, WAVE_PX, width, MEL_PX), image, QRectF(0, 0, frames, bands))

    # --- wishes -----------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        at = event.position().toPoint()
        if event.button() != Qt.MouseButton.LeftButton:
            return
        for row in self._rows:
            if row.tiles and self.all_place(row.key).contains(at):
                self.all_wanted.emit(row.key)
                return
        tile = self._tile_at(at)
        if tile is not None:
            self._choose(tile.key)
            self.play_wanted.emit(tile.key)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        tile = self._tile_at(event.position().toPoint())
        if tile is not None:
            self.open_wanted.emit(tile.key)

    def _choose(self, key: str) -> None:
        self._current = key
        self.tile_wanted.emit(key)
        self.viewport().update()

    def event(self, event: object) -> bool:
        return keeps(event, _OWN_KEYS) or super().event(event)  # type: ignore[arg-type]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in _STEPS:
            self._step(*_STEPS[key])
        elif self._current and key == Qt.Key.Key_Space:
            self.play_wanted.emit(self._current)
        elif self._current and key in _OPENS:
            self.open_wanted.emit(self._current)
        else:
            super().keyPressEvent(event)

    def _step(self, down: int, across: int) -> None:
        """Choose the next tile, or the first one."""
        filled = [row for row in self._rows if row.tiles]
        if not filled:
            return
        here = next(
            (
                (r, c)
                for r, row in enumerate(filled)
                for c, tile in enumerate(row.tiles)
                if tile.key == self._current
            ),
            None,
        )
        row, column = (0, 0) if here is None else (here[0] + down, here[1] + across)
        row = min(max(row, 0), len(filled) - 1)
        column = min(max(column, 0), len(filled[row].tiles) - 1)
        self._choose(filled[row].tiles[column].key)
