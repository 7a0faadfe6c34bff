"""The tiers as painted over the stack's columns; they scroll if there are many."""

from __future__ import annotations

import math

from PySide6.QtCore import QLineF, QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QPushButton, QScrollBar, QWidget

from core.annotation.tiers import Tier
from widgets.drawing.lane import Marks
from widgets.drawing.lines import draw_solid
from widgets.theme.theme import LIGHT, Theme
from widgets.tiers.hit_test import TierPlaces
from widgets.tiers.painting import paint_tier, paint_tier_count, paint_tier_header
from widgets.timeline.columns import AXIS_PX, HEADER_PX, Columns
from widgets.timeline.tier_views import MOST_PX, NO_TIERS, Row, TiersView, rows

HEAD_PX = 8
SCROLL_BAR_PX = 10


class TiersCanvas(QWidget):
    """Paints a TiersView; it is as high as its tiers, and hidden if there are none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._theme = LIGHT
        self._view = NO_TIERS
        self._columns: Columns | None = None
        self._marks = Marks()
        self._playhead_s: float | None = None
        self._make_parts()
        self.setFixedHeight(0)
        self.hide()

    def _make_parts(self) -> None:
        self.copy_button = QPushButton("Copy here", self)
        self.copy_button.setStyleSheet("padding: 0; min-width: 0; min-height: 0; font-size: 11px")
        self.copy_button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.copy_button.hide()
        self._scroll = QScrollBar(Qt.Orientation.Vertical, self)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.valueChanged.connect(lambda _value: self.update())
        self._scroll.hide()

    @property
    def shown(self) -> tuple[Tier, ...]:
        """The tiers that are shown, from top to bottom."""
        return self._view.tiers

    # --- showing ------------------------------------------------------------------------------

    def show_time(self, columns: Columns, marks: Marks, view: TiersView) -> None:
        """Show other tiers, or the same ones over other columns or with another cursor."""
        if (columns, marks, view) == (self._columns, self._marks, self._view):
            return
        turned = view.chosen != self._view.chosen
        self._columns, self._marks, self._view = columns, marks, view
        self._lay_out()
        if turned:
            self._scroll_to_chosen()
        self.update()

    def _lay_out(self) -> None:
        """Set the height to that of the tiers, up to the maximum, beyond which they scroll."""
        total = sum(row.height_px for row in rows(self._view.tiers))
        height = min(max(total - 1, 0), MOST_PX)  # the last border is the edge of the bars
        if height != self.height() or self.isHidden() != (height == 0):
            self.setFixedHeight(height)
            self.setVisible(height > 0)
        self._scroll.setVisible(total > height + 1)
        self._scroll.setRange(0, max(0, total - 1 - height))
        self._scroll.setPageStep(height)
        self.copy_button.setVisible(bool(self._view.elsewhere))
        self.copy_button.setToolTip(f"{self._view.elsewhere}; copy them to this point")

    def _scroll_to_chosen(self) -> None:
        row = self.places.row(self._view.chosen) if self.places else None
        if row is not None:
            low, high = row.top_px + row.height_px - self.height(), row.top_px
            self._scroll.setValue(min(max(self._scroll.value(), low), high))

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._scroll.setGeometry(self.width() - SCROLL_BAR_PX, 0, SCROLL_BAR_PX, self.height())
        self.copy_button.setGeometry(QRect(round(HEADER_PX) - 4, 3, round(AXIS_PX), 22))

    def set_theme(self, theme: Theme) -> None:
        """Use other colours."""
        self._theme = theme
        self.update()

    def set_playhead(self, time_s: float | None) -> None:
        """Move the play head; only the columns it leaves and enters are repainted."""
        for place in (self._playhead_s, time_s):
            if place is not None and self._columns is not None and self._columns.window.contains(place):
                x = math.floor(self._columns.x(place))
                self.update(x - HEAD_PX // 2, 0, HEAD_PX + 1, self.height())
        self._playhead_s = time_s

    @property
    def places(self) -> TierPlaces | None:
        """The current positions of the tiers; None before anything was shown."""
        if self._columns is None:
            return None
        return TierPlaces(self._view, self._columns, self._marks, self._scroll.value())

    # --- painting -----------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, places = self._theme, self.places
        with QPainter(self) as painter:
            seen = QRectF(event.rect())
            if places is None:
                painter.fillRect(seen, theme.chrome)
                return
            columns = places.columns
            whole = columns.left_px <= seen.left() and seen.right() <= columns.right_px
            if not whole:
                painter.fillRect(seen, theme.chrome)
            painter.setClipRect(seen)
            for row in rows(self._view.tiers):
                plot = places.plot(row)
                if plot.bottom() + 1 >= seen.top() and plot.top() <= seen.bottom():
                    self._paint_row(painter, row, plot, columns, not whole)
            self._paint_playhead(painter, columns)

    def _paint_row(
        self, painter: QPainter, row: Row, plot: QRectF, columns: Columns, with_sides: bool
    ) -> None:
        theme, view = self._theme, self._view
        tier, chosen = view.tiers[row.place], row.place == view.chosen
        paint_tier(painter, plot, tier, columns, theme, self._marks, chosen, view.is_away(row.place))
        painter.setPen(QPen(theme.line2, 1))
        painter.drawLine(QLineF(0, plot.bottom() + 0.5, self.width(), plot.bottom() + 0.5))
        if with_sides:
            for x in (plot.left() - 0.5, plot.right() + 0.5):
                painter.drawLine(QLineF(x, plot.top(), x, plot.bottom()))
            header = QRectF(0, plot.top(), HEADER_PX, plot.height())
            aside = "changed" if view.change(row.place) else view.owner(row.place)
            ink = theme.warn if view.change(row.place) else theme.ink3
            paint_tier_header(painter, header, row.place, tier, theme, chosen, aside, ink)
            right = QRectF(plot.right(), plot.top(), AXIS_PX, plot.height())
            paint_tier_count(painter, right, tier, theme, self._marks)
        if chosen and self.hasFocus():
            painter.setPen(QPen(theme.accent, 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRectF(1, plot.top() + 1, plot.right() + AXIS_PX - 2, plot.height() - 2))

    def _paint_playhead(self, painter: QPainter, columns: Columns) -> None:
        if self._playhead_s is not None and columns.window.contains(self._playhead_s):
            x = math.floor(columns.x(self._playhead_s)) + 0.5
            draw_solid(painter, QLineF(x, 0, x, self.height()), self._theme.ink, 1.5, self._theme.halo)
