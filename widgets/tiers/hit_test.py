"""The geometry of the tiers, and what is under the mouse."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF

from widgets.drawing.lane import Marks
from widgets.tiers.painting import circles
from widgets.timeline.columns import Columns
from widgets.timeline.tier_views import Row, TiersView, rows

GRAB_PX, CIRCLE_GRAB_PX = 4.0, 8.0


@dataclass(frozen=True, slots=True)
class Grip:
    """A boundary or point under the mouse: its tier and its index."""

    place: int
    index: int


@dataclass(frozen=True)
class TierPlaces:
    """Tiers over columns, scrolled up by `scroll_px`."""

    view: TiersView
    columns: Columns
    marks: Marks
    scroll_px: int = 0

    def row(self, place: int) -> Row | None:
        """Return the row of a tier, None if there is no such tier."""
        return next((row for row in rows(self.view.tiers) if row.place == place), None)

    def plot(self, row: Row) -> QRectF:
        """Return the plot of a tier, without header, axes and lower border."""
        top = row.top_px - self.scroll_px
        return QRectF(self.columns.left_px, top, self.columns.width_px, row.height_px - 1)

    def row_at(self, y_px: float) -> Row | None:
        """Return the tier at a height, or None."""
        y = y_px + self.scroll_px
        found = (row for row in rows(self.view.tiers) if row.top_px <= y < row.top_px + row.height_px)
        return next(found, None)

    def grip_at(self, place: QPointF) -> Grip | None:
        """Return the boundary or point that a press at a place would grab, or None."""
        row = self.row_at(place.y())
        if row is None or self.view.is_away(row.place) or not self.plot(row).contains(place):
            return None
        tier = self.view.tiers[row.place]
        index = tier.nearest(self.columns.time_s(place.x()))
        if index < 0 or not tier.may_move(index):
            return None
        near = abs(self.columns.x(tier.times[index]) - place.x()) <= GRAB_PX
        return Grip(row.place, index) if near else None

    def circle_at(self, place: QPointF) -> tuple[int, float] | None:
        """Return the tier and the time of the circle under the mouse, or None."""
        row = self.row_at(place.y())
        if row is None or self.view.is_away(row.place):
            return None
        for centre, time_s in circles(self.view.tiers[row.place], self.columns, self.marks, self.plot(row)):
            if (place - centre).manhattanLength() <= CIRCLE_GRAB_PX:
                return row.place, time_s
        return None

    def room(self, place: int, index: int) -> QRectF:
        """Return the visible rectangle of an interval or point."""
        row = self.row(place)
        assert row is not None
        plot = self.plot(row)
        seen = self.view.tiers[place].range_of(index).cut(self.columns.window)
        left, right = self.columns.x(seen.start_s), self.columns.x(seen.end_s)
        return QRectF(left, plot.top(), right - left, plot.height())
