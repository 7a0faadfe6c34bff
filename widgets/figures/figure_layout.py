"""The layout of a figure: where its columns, lanes, heads, tiers and lines of text stand."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QFont, QFontMetrics

from core.annotation.tiers import Tier
from widgets.drawing.axes import Label
from widgets.drawing.curves import shared_limits
from widgets.drawing.lane import Marks, lane_height_px
from widgets.drawing.lines import wrapped
from widgets.drawing.margins import left_labels, right_labels
from widgets.figures.lane_head import Head, head_above, head_beside
from widgets.theme.theme import PRINT, font
from widgets.timeline.columns import Columns
from widgets.timeline.lane_views import LaneView, StackView
from widgets.timeline.tier_views import rows

HEADER_PX, AXIS_PX, MARGIN_PX = 104.0, 60.0, 12.0
NARROW_MARGIN_PX, AXIS_GAP_PX, EMPTY_AXIS_PX = 6.0, 8.0, 12.0
STRIP_PX, RULER_PX, LINE_PX, TITLE_PX = 24.0, 34.0, 16.0, 18.0
APART_PX, HEAD_GAP_PX = 8.0, 3.0
LEAST_PLOT = 0.6  # the share of the width that lanes keep for their plots
LEAST_LANE_PX = 24.0


@dataclass(frozen=True, slots=True)
class Spot:
    """A position in the figure: a time, and a height in a lane from 0 to 1."""

    time_s: float
    lane: Hashable
    part: float


@dataclass(frozen=True, slots=True)
class Note:
    """The user's text at a position, with an optional arrow to another position."""

    text: str
    at: Spot
    to: Spot | None = None


@dataclass(frozen=True)
class FigureView:
    """The content of a figure: the stack, its texts, and the user's notes.

    The `caption` is printed below: the model, the point, the settings, what is assumed. Lanes in `hidden` are
    left out. With `height_px` the lanes share that height; with 0 each has its own. `marks` shows the cursor
    and the selection.
    """

    stack: StackView
    title: str = ""
    caption: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()
    width_px: float = 720.0
    height_px: float = 0.0
    hidden: frozenset[Hashable] = frozenset()
    marks: bool = True

    @property
    def lanes(self) -> tuple[LaneView, ...]:
        """The lanes in the figure; without marks, no values at the cursor either."""
        lanes = (lane for lane in self.stack.lanes if lane.key not in self.hidden)
        return tuple(lane if self.has_marks else replace(lane, readings={}) for lane in lanes)

    @property
    def has_marks(self) -> bool:
        """Whether a cursor or a selection is shown."""
        return self.marks and (self.stack.cursor_s is not None or self.stack.selection is not None)

    @property
    def shown_marks(self) -> Marks:
        """The cursor, the selection and the frequency cursor, as far as they are shown."""
        stack = self.stack
        return Marks(stack.cursor_s, stack.selection, stack.frequency_hz) if self.marks else Marks()

    @property
    def tiers(self) -> tuple[Tier, ...]:
        """The tiers in the figure: what networks say, and those that belong to what is shown."""
        view, said = self.stack.tiers, tuple(answer.tier for answer in self.stack.answers)
        return (*said, *(tier for place, tier in enumerate(view.tiers) if not view.is_away(place)))


@dataclass(frozen=True)
class FigureLayout:
    """The layout of a figure: the time columns, a rectangle and a head per lane, and the total size.

    `title` and `caption` are broken into lines. Tier names have `names_px` at the left.
    """

    columns: Columns
    rects: tuple[QRectF, ...]
    width_px: float
    height_px: float
    ruler_px: float
    tiers: tuple[QRectF, ...] = ()
    heads: tuple[Head, ...] = ()
    title: tuple[str, ...] = ()
    caption: tuple[str, ...] = ()
    margin_px: float = MARGIN_PX
    names_px: float = HEADER_PX

    def place(self, spot: Spot, lanes: tuple[LaneView, ...]) -> QPointF | None:
        """Return the point of a spot, or None if its lane or time is not in the figure."""
        keys = [lane.key for lane in lanes]
        if spot.lane not in keys or not self.columns.window.contains(spot.time_s):
            return None
        rect = self.rects[keys.index(spot.lane)]
        return QPointF(self.columns.x(spot.time_s), rect.top() + spot.part * rect.height())

    def spot(self, point: QPointF, lanes: tuple[LaneView, ...]) -> Spot | None:
        """Return the spot at a point; the inverse of `place`."""
        for lane, rect in zip(lanes, self.rects, strict=True):
            if rect.top() <= point.y() <= rect.bottom():
                window = self.columns.window
                time_s = min(max(self.columns.time_s(point.x()), window.start_s), window.end_s)
                return Spot(time_s, lane.key, (point.y() - rect.top()) / rect.height())
        return None


def lay_out(figure: FigureView) -> FigureLayout:
    """Return the layout of a figure of this width.

    Heads stand beside the lanes; where that would leave less than 60 % of the width to the plots, they stand
    above them, and the axes are as narrow as their numbers.
    """
    beside = _columns(figure, MARGIN_PX + HEADER_PX + AXIS_PX, AXIS_PX + MARGIN_PX)
    if beside.width_px >= LEAST_PLOT * figure.width_px:
        return _laid_out(figure, beside, above=False)
    left_px, right_px = _axis_widths(figure)
    columns = _columns(figure, NARROW_MARGIN_PX + left_px, right_px + NARROW_MARGIN_PX)
    return _laid_out(figure, columns, above=True)


def _columns(figure: FigureView, left_px: float, right_px: float) -> Columns:
    width_px = max(1.0, figure.width_px - left_px - right_px)
    return Columns(figure.stack.visible, left_px, width_px)


def _axis_widths(figure: FigureView) -> tuple[float, float]:
    """Return the width that the numbers at the left and at the right need."""
    marks, shared = figure.shown_marks, shared_limits(figure.lanes)
    columns = _columns(figure, AXIS_PX, AXIS_PX)
    sides: tuple[list[float], list[float]] = ([0.0], [0.0])
    for lane in figure.lanes:
        rect = QRectF(0, 0, columns.width_px, lane_height_px(lane))
        labels = (
            left_labels(rect, lane, columns, PRINT, marks, shared),
            right_labels(rect, lane, PRINT, marks),
        )
        for side, some in zip(sides, labels, strict=True):
            side += [_label_px(one) for one in some]
    left, right = (max(widths) + AXIS_GAP_PX for widths in sides)
    return left, right if right > AXIS_GAP_PX else EMPTY_AXIS_PX


def _label_px(label: Label) -> float:
    face = font(11, 600, numbers=True)
    return float(QFontMetrics(face).horizontalAdvance(f"{label.text} {label.unit}".strip()))


def _laid_out(figure: FigureView, columns: Columns, above: bool) -> FigureLayout:
    margin_px = NARROW_MARGIN_PX if above else MARGIN_PX
    room_px = figure.width_px - 2 * margin_px
    title = _lines(figure.title, font(13, 600), room_px) if figure.title else ()
    caption = tuple(line for words in figure.caption for line in _lines(words, font(11), room_px))
    lanes, tiers = figure.lanes, list(rows(figure.tiers))
    heads = [_head(lane, margin_px, room_px, above) for lane in lanes]
    top = margin_px + (TITLE_PX * len(title) + 6 if title else 0) + (STRIP_PX if figure.has_marks else 0)
    heads_px = [head.height_px + HEAD_GAP_PX if above else 0.0 for head in heads]
    tiers_px = float(sum(row.height_px for row in tiers)) + (APART_PX if tiers else 0)
    below_px = tiers_px + RULER_PX + LINE_PX * len(caption) + margin_px
    fixed_px = top + sum(heads_px) + APART_PX * len(lanes) + below_px
    rects: list[QRectF] = []
    placed: list[Head] = []
    for lane_px, head_px, head in zip(_heights(figure, fixed_px), heads_px, heads, strict=True):
        placed.append(head.moved(top))
        rects.append(QRectF(columns.left_px, top + head_px, columns.width_px, lane_px))
        top += head_px + lane_px + APART_PX
    ends = [QRectF(columns.left_px, top + row.top_px, columns.width_px, row.height_px) for row in tiers]
    ruler_px = top + tiers_px
    height_px = ruler_px + RULER_PX + LINE_PX * len(caption) + margin_px
    names_px = columns.left_px - margin_px - 4 if above else HEADER_PX + AXIS_PX - 8
    return FigureLayout(
        columns,
        tuple(rects),
        figure.width_px,
        height_px,
        ruler_px,
        tuple(ends),
        tuple(placed),
        title,
        caption,
        margin_px,
        names_px,
    )


def _head(lane: LaneView, margin_px: float, room_px: float, above: bool) -> Head:
    return head_above(lane, margin_px, room_px) if above else head_beside(lane, margin_px, HEADER_PX)


def _heights(figure: FigureView, fixed_px: float) -> list[float]:
    """Return the lanes' heights: their own, or in proportion to those so that they fill the figure's.

    What D or Q gives is text, and keeps its height; no lane is lower than `LEAST_LANE_PX`.
    """
    own = [float(lane_height_px(lane)) for lane in figure.lanes]
    if figure.height_px <= 0 or not own:
        return own
    room_px = figure.height_px - fixed_px
    firm = {k: height for k, height in enumerate(own) if figure.lanes[k].classifier is not None}
    while len(firm) < len(own):
        elastic_px = sum(height for k, height in enumerate(own) if k not in firm)
        share = (room_px - sum(firm.values())) / elastic_px
        low = [k for k, height in enumerate(own) if k not in firm and height * share < LEAST_LANE_PX]
        if not low:
            return [firm.get(k, height * share) for k, height in enumerate(own)]
        firm |= dict.fromkeys(low, LEAST_LANE_PX)
    return [firm[k] for k in range(len(own))]


def _lines(words: str, face: QFont, room_px: float) -> tuple[str, ...]:
    metrics = QFontMetrics(face)
    return tuple(wrapped(words, lambda text: metrics.horizontalAdvance(text) <= room_px))
