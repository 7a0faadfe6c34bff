"""What stands beside the examples: acoustics, distributions, diversity, the chosen tile, the nearest real."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from widgets.controls.button import Button
from widgets.generation.generation_views import AcousticRow, FindingsView, HistogramView
from widgets.model.contact_paint import low_high
from widgets.plots.axis import tick_words
from widgets.theme.control_paint import Surface, Words, pass_theme
from widgets.theme.icons import paint_icon
from widgets.theme.theme import LIGHT, Theme, font

WIDTH_PX = 372
ROW_PX, BARS = 22, 36
VCENTRE = Qt.AlignmentFlag.AlignVCenter
RIGHT, LEFT = VCENTRE | Qt.AlignmentFlag.AlignRight, VCENTRE | Qt.AlignmentFlag.AlignLeft


class AcousticsTable(QWidget):
    """Praat's measures of generated and real sounds, a row each."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme: Theme = LIGHT
        self._heads: tuple[str, ...] = ()
        self._rows: tuple[AcousticRow, ...] = ()
        self.setAccessibleName("Acoustics")

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def show_rows(self, heads: tuple[str, ...], rows: tuple[AcousticRow, ...]) -> None:
        """Show the table."""
        self._heads, self._rows = heads, rows
        told = "; ".join(f"{row.name} {' '.join(row.cells)} {row.unit}" for row in rows)
        self.setAccessibleDescription(told)
        self.setFixedHeight(ROW_PX * (len(rows) + 1) if rows else 0)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            theme, wide = self._theme, 62
            first = self.width() - wide * len(self._heads)
            painter.setFont(font(11))
            painter.setPen(theme.ink2)
            for k, head in enumerate(self._heads):
                painter.drawText(QRectF(first + k * wide, 0, wide, ROW_PX), RIGHT, head)
            for number, row in enumerate(self._rows, 1):
                self._paint_row(painter, row, number * ROW_PX, first, wide)

    def _paint_row(self, painter: QPainter, row: AcousticRow, y: int, first: int, wide: int) -> None:
        theme = self._theme
        painter.setPen(theme.line)
        painter.drawLine(0, y, self.width(), y)
        painter.setFont(font(12, 600))
        painter.setPen(theme.ink)
        painter.drawText(QRectF(0, y, 90, ROW_PX), LEFT, row.name)
        across = painter.fontMetrics().horizontalAdvance(row.name) + 5
        painter.setFont(font(11))
        painter.setPen(theme.ink3)
        painter.drawText(QRectF(across, y, 60, ROW_PX), LEFT, row.unit)
        painter.setFont(font(12, numbers=True))
        painter.setPen(theme.ink)
        for k, cell in enumerate(row.cells):
            painter.drawText(QRectF(first + k * wide, y, wide, ROW_PX), RIGHT, cell)


class Histograms(QWidget):
    """Distributions on one axis: bars filled, and an outline to compare them with."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme: Theme = LIGHT
        self._views: tuple[HistogramView, ...] = ()
        self.setAccessibleName("Activations")

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def show_views(self, views: tuple[HistogramView, ...]) -> None:
        """Show the distributions, one under the other."""
        self._views = views
        self.setFixedHeight(74 * len(views) + 18 if views else 0)
        told = "; ".join(f"{one.filled_words}, {one.outline_words}, {one.remark}" for one in views)
        self.setAccessibleDescription(told)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._views:
            return
        with QPainter(self) as painter:
            edges = self._edges()
            for number, view in enumerate(self._views):
                self._paint_one(painter, view, number * 74, edges)
            self._paint_axis(painter, 74 * len(self._views), edges)

    def _edges(self) -> np.ndarray:
        values = np.concatenate([part for view in self._views for part in (view.filled, view.outline)])
        values = values[np.isfinite(values)]
        low, high = np.quantile(values, (0.005, 0.995)) if values.size else (0.0, 1.0)
        room = 0.03 * (high - low) or 0.5
        return np.linspace(low - room, high + room, BARS + 1)

    def _across(self, value: float, edges: np.ndarray) -> float:
        return float((value - edges[0]) / (edges[-1] - edges[0]) * (self.width() - 2)) + 1

    def _paint_one(self, painter: QPainter, view: HistogramView, top: int, edges: np.ndarray) -> None:
        theme = self._theme
        painter.fillRect(QRectF(0, top + 3, 8, 10), theme.curve)
        painter.setFont(font(11))
        painter.setPen(theme.ink2)
        painter.drawText(QRectF(13, top, self.width(), 16), LEFT, view.filled_words)
        across = 13 + painter.fontMetrics().horizontalAdvance(view.filled_words) + 12
        if view.outline_words:
            painter.setPen(QPen(theme.curve, 1))
            painter.drawLine(QLineF(across, top + 8, across + 14, top + 8))
            painter.setPen(theme.ink2)
            painter.drawText(QRectF(across + 19, top, self.width(), 16), LEFT, view.outline_words)
        painter.setFont(font(11, numbers=True))
        painter.drawText(QRectF(0, top, self.width(), 16), RIGHT, view.remark)
        room = QRectF(0, top + 18, self.width() - 1, 52)
        painter.fillRect(room, theme.plot)
        painter.setPen(theme.line2)
        painter.drawRect(room)
        self._paint_bars(painter, view, room, edges)

    def _paint_bars(self, painter: QPainter, view: HistogramView, room: QRectF, edges: np.ndarray) -> None:
        theme, bottom, height = self._theme, room.bottom(), room.height() - 4
        filled = np.histogram(np.clip(view.filled, edges[0], edges[-1]), edges)[0]
        outline = np.histogram(np.clip(view.outline, edges[0], edges[-1]), edges)[0]
        for counts, fills in ((filled, True), (outline, False)):
            most = counts.max()
            if not most:
                continue
            tops = bottom - counts / most * height
            xs = [self._across(float(edge), edges) for edge in edges]
            if fills:
                for k, y in enumerate(tops):
                    if counts[k]:
                        painter.fillRect(
                            QRectF(xs[k], float(y), xs[k + 1] - xs[k] - 1, bottom - float(y)), theme.curve
                        )
            else:
                line = QPolygonF(
                    [QPointF(x, float(y)) for k, y in enumerate(tops) for x in (xs[k], xs[k + 1])]
                )
                painter.setPen(QPen(theme.curve, 1))
                painter.drawPolyline(line)

    def _paint_axis(self, painter: QPainter, top: int, edges: np.ndarray) -> None:
        low, high = float(edges[0]), float(edges[-1])
        step = 10.0 ** np.floor(np.log10(max(high - low, 1e-9)))
        step = step if (high - low) / step >= 3 else step / 2 if (high - low) / step >= 1.6 else step / 5
        ticks = [k * step for k in range(int(np.ceil(low / step)), int(np.floor(high / step)) + 1)]
        painter.setFont(font(11, numbers=True))
        painter.setPen(self._theme.ink3)
        for tick, words in zip(ticks, tick_words(ticks, float(step)), strict=True):
            x = self._across(tick, edges)
            painter.drawText(QRectF(x - 24, top, 48, 16), Qt.AlignmentFlag.AlignCenter, words)


class DiversityBars(QWidget):
    """The mean distance of pairs of each set, as bars on one scale."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme: Theme = LIGHT
        self._rows: tuple[tuple[str, float], ...] = ()
        self.setAccessibleName("Diversity")

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def show_rows(self, rows: tuple[tuple[str, float], ...]) -> None:
        """Show a bar for each set."""
        self._rows = tuple(row for row in rows if np.isfinite(row[1]))
        self.setFixedHeight(20 * len(self._rows))
        self.setAccessibleDescription("; ".join(f"{name} {value:.4g}" for name, value in self._rows))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        most = max((value for _, value in self._rows), default=1.0) or 1.0
        with QPainter(self) as painter:
            for number, (name, value) in enumerate(self._rows):
                y = 20 * number
                painter.setFont(font(12))
                painter.setPen(self._theme.ink)
                painter.drawText(QRectF(0, y, 90, 20), LEFT, name)
                painter.setFont(font(12, numbers=True))
                painter.drawText(QRectF(84, y, 50, 20), RIGHT, f"{value:.3f}")
                room = self.width() - 146
                painter.fillRect(QRectF(144, y + 7, room * value / most, 6), self._theme.curve)


class NearestRows(QWidget):
    """The real excerpts that sound most alike; emits `play_wanted(number)`."""

    play_wanted = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme: Theme = LIGHT
        self._rows: tuple[tuple[str, str, str, np.ndarray], ...] = ()
        self.setAccessibleName("Nearest real excerpts")

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def show_rows(self, rows: tuple[tuple[str, str, str, np.ndarray], ...]) -> None:
        """Show name, distance, activation and waveform of each."""
        self._rows = rows
        self.setFixedHeight(28 * len(rows))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            for number, (name, away, value, samples) in enumerate(self._rows):
                y = 28 * number
                paint_icon(painter, "play-fill", QRectF(0, y, 20, 26), self._theme.ink, 12)
                self._paint_wave(painter, samples, QRectF(24, y + 2, 84, 22))
                painter.setFont(font(11))
                painter.setPen(self._theme.ink)
                room = self.width() - 116 - 100
                short = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideMiddle, room)
                painter.drawText(QRectF(114, y, room, 26), LEFT, short)
                painter.setFont(font(11, numbers=True))
                painter.drawText(QRectF(self.width() - 100, y, 48, 26), RIGHT, away)
                painter.drawText(QRectF(self.width() - 52, y, 52, 26), RIGHT, value)

    def _paint_wave(self, painter: QPainter, samples: np.ndarray, rect: QRectF) -> None:
        painter.fillRect(rect, self._theme.plot)
        low, high = low_high(samples, int(rect.width()))
        reach = max(float(np.abs(samples).max(initial=0)), 1e-9)
        painter.setPen(self._theme.curve)
        left, middle = rect.left(), rect.center().y()
        painter.drawLines([
            QLineF(left + x, middle - top / reach * 10, left + x, middle - bottom / reach * 10 + 0.5)
            for x, (bottom, top) in enumerate(zip(low.tolist(), high.tolist(), strict=True))
        ])  # fmt: skip

    def mousePressEvent(self, event: QMouseEvent) -> None:
        number = int(event.position().y() // 28)
        if number < len(self._rows):
            self.play_wanted.emit(number)


class Findings(Surface):
    """Signals: `open_wanted`, `keep_wanted`, `save_wanted`, `nearest_wanted(number)`."""

    open_wanted = Signal()
    keep_wanted = Signal()
    save_wanted = Signal()
    nearest_wanted = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("panel", parent)
        self.setFixedWidth(WIDTH_PX)
        self.acoustics, self.histograms, self.diversity = AcousticsTable(), Histograms(), DiversityBars()
        self.nearest = NearestRows()
        self._acoustic_words, self._tile, self._value = (
            Words("", 11, 400, "ink3"),
            Words("", 13, 600),
            Words("", 11, 400, "ink2"),
        )
        self._lines, self._note = Words("", 11, 400, "ink2", wrap=True), Words("", 11, 400, "ink3", wrap=True)
        self._d = Words("d: maximised less real, in pooled standard deviations", 11, 400, "ink3")
        self.open = Button("Open in stack", "arrows-out", kind="bordered", height_px=24)
        self.keep = Button("Add to results", kind="bordered", height_px=24)
        self.save = Button("Save sounds…", kind="bordered", height_px=24)
        self._heads: dict[str, QWidget] = {}
        self._lay_out()
        for button, signal in (
            (self.open, self.open_wanted), (self.keep, self.keep_wanted), (self.save, self.save_wanted),
        ):  # fmt: skip
            button.clicked.connect(lambda _=False, signal=signal: signal.emit())
        self.nearest.play_wanted.connect(self.nearest_wanted)

    def _lay_out(self) -> None:
        inner = Surface("panel")
        down = QVBoxLayout(inner)
        down.setContentsMargins(12, 8, 12, 12)
        down.setSpacing(6)
        down.addLayout(_beside(Words("Acoustics", 13, 600), self._acoustic_words))
        down.addWidget(self.acoustics)
        down.addWidget(self._d)
        down.addSpacing(8)
        down.addLayout(_beside(Words("Activations", 13, 600), Words("of the unit", 11, 400, "ink3")))
        down.addWidget(self.histograms)
        down.addSpacing(8)
        down.addLayout(
            _beside(Words("Diversity", 13, 600), Words("mean distance of pairs, log-mel", 11, 400, "ink3"))
        )
        down.addWidget(self.diversity)
        down.addSpacing(8)
        down.addLayout(_beside(self._tile, self._value))
        down.addWidget(self._lines)
        row = QHBoxLayout()
        row.setSpacing(6)
        for button in (self.open, self.keep, self.save):
            row.addWidget(button)
        row.addStretch(1)
        down.addLayout(row)
        self._near = Words("Nearest real excerpts: distance, activation", 12, 600)
        down.addWidget(self._near)
        down.addWidget(self.nearest)
        down.addWidget(self._note)
        down.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inner)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(scroll)

    def sizeHint(self) -> QSize:
        return QSize(WIDTH_PX, 600)

    def show_view(self, view: FindingsView) -> None:
        """Show everything."""
        self._acoustic_words.setText(view.acoustics_words)
        self.acoustics.show_rows(view.heads, view.rows)
        self._d.setVisible("d" in view.heads)
        self.histograms.show_views(view.histograms)
        self.diversity.show_rows(view.diversity)
        self._tile.setText(view.tile_title)
        self._value.setText(view.tile_value)
        self._lines.setText("\n".join(view.tile_lines))
        for button in (self.open, self.keep):
            button.setEnabled(view.may_open)
        self.save.setEnabled(bool(view.rows))
        self._near.setVisible(bool(view.nearest))
        self.nearest.show_rows(view.nearest)
        self._note.setText(view.note)

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        pass_theme(self, theme)


def _beside(first: QWidget, second: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(8)
    row.addWidget(first)
    row.addWidget(second)
    row.addStretch(1)
    return row
