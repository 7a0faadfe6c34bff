"""A relevance map on paper: the sound as the network takes it, the map over it, and the checks below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter

from core.signals.axis import Range
from core.signals.channel_image import ChannelImage
from core.signals.track import Track
from widgets.drawing.axes import paint_left_labels, settled
from widgets.drawing.channel_image import channel_labels, paint_channel_image
from widgets.drawing.lines import draw_text, pen, wrapped
from widgets.drawing.relevance import paint_relevance, paint_relevance_curve
from widgets.figures.figure_files import Picture
from widgets.theme.praat_numbers import activation
from widgets.theme.ramps import against_colour, for_colour
from widgets.theme.theme import Theme, font
from widgets.timeline.columns import Columns, time_ticks

LEFT_PX, RIGHT_PX, GAP_PX, WIDTH_PX = 64.0, 72.0, 12.0, 642.0
INPUT_PX, MAP_PX, CURVE_PX, LINE_PX = 92.0, 132.0, 72.0, 16.0
THUMB_PX, THUMBS_A_ROW = 46.0, 6
"""Sizes in pixels of 1/96 inch."""


@dataclass(frozen=True, eq=False)
class Thumbnail:
    """The map after some layers were shuffled, under its words."""

    words: str
    image: ChannelImage


@dataclass(frozen=True, eq=False)
class RelevancePicture:
    """What a figure of relevance shows: a map or a curve over time, over the input if there is an image."""

    title: str
    lines: Sequence[str]
    window: Range
    input: ChannelImage | None = None
    map: ChannelImage | None = None
    curve: Track | None = None
    thumbnails: Sequence[Thumbnail] = ()


def relevance_picture(shown: RelevancePicture) -> Picture:
    """Return a figure of relevance, ready to be written."""
    return Picture(
        shown.title, WIDTH_PX, _height(shown), lambda painter, theme: _paint(painter, shown, theme)
    )


def thumbnails_picture(title: str, thumbnails: Sequence[Thumbnail], columns: int) -> Picture:
    """Return a figure of small maps in rows."""
    rows = -(-len(thumbnails) // columns)

    def paint(painter: QPainter, theme: Theme) -> None:
        y = _text(painter, GAP_PX, title, theme.ink, font(13, 600))
        _thumbnails(painter, y + GAP_PX, thumbnails, theme, columns)

    height = 3 * GAP_PX + LINE_PX + rows * (THUMB_PX + LINE_PX + GAP_PX)
    return Picture(title, WIDTH_PX, height, paint)


def _height(shown: RelevancePicture) -> float:
    plots = (
        INPUT_PX * (shown.input is not None) + (MAP_PX if shown.map is not None else CURVE_PX) + 2 * GAP_PX
    )
    rows = -(-len(shown.thumbnails) // THUMBS_A_ROW)
    lines = sum(len(_wrapped(line)) for line in shown.lines)
    return 2 * GAP_PX + LINE_PX * (lines + 3) + plots + rows * (THUMB_PX + LINE_PX + GAP_PX)


def _wrapped(line: str) -> list[str]:
    return wrapped(line, lambda text: len(text) * 5.6 < WIDTH_PX - 2 * GAP_PX)


def _paint(painter: QPainter, shown: RelevancePicture, theme: Theme) -> None:
    y = _text(painter, GAP_PX, shown.title, theme.ink, font(13, 600)) + 4
    columns = Columns(shown.window, LEFT_PX, WIDTH_PX - LEFT_PX - RIGHT_PX)
    if shown.input is not None:
        rect = QRectF(LEFT_PX, y, columns.width_px, INPUT_PX)
        paint_channel_image(painter, rect, shown.input, columns, theme)
        paint_left_labels(painter, settled(channel_labels(shown.input, rect, theme), rect), LEFT_PX, theme)
        _frame(painter, rect, theme)
        y = rect.bottom() + GAP_PX
    y = _map(painter, y, shown, columns, theme)
    y = _times(painter, y, columns, theme)
    for line in shown.lines:
        for part in _wrapped(line):
            y = _text(painter, y, part, theme.ink2, font(11))
    _thumbnails(painter, y + GAP_PX, shown.thumbnails, theme)


def _text(painter: QPainter, y: float, words: str, colour: QColor, face: QFont) -> float:
    draw_text(painter, QPointF(GAP_PX, y + LINE_PX / 2), words, face, colour)
    return y + LINE_PX


def _frame(painter: QPainter, rect: QRectF, theme: Theme) -> None:
    painter.setPen(pen(theme.line, 1.0))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(rect)


def _map(painter: QPainter, y: float, shown: RelevancePicture, columns: Columns, theme: Theme) -> float:
    rect = QRectF(LEFT_PX, y, columns.width_px, MAP_PX if shown.map is not None else CURVE_PX)
    low, high = 0.0, 1.0
    if shown.map is not None:
        paint_relevance(painter, rect, shown.map, shown.input, columns, theme)
        paint_left_labels(painter, settled(channel_labels(shown.map, rect, theme), rect), LEFT_PX, theme)
        low, high = shown.map.low, shown.map.high
    elif shown.curve is not None:
        low, high = min(0.0, float(shown.curve.samples.min())), max(0.0, float(shown.curve.samples.max()))
        paint_relevance_curve(painter, rect, shown.curve, (low, high or 1.0), columns, theme)
    _frame(painter, rect, theme)
    numbers = font(11, numbers=True)
    draw_text(
        painter, QPointF(rect.right() + 6, rect.top() + 7), activation(high), numbers, for_colour(theme)
    )
    place = QPointF(rect.right() + 6, rect.bottom() - 7)
    draw_text(painter, place, activation(low), numbers, against_colour(theme))
    return rect.bottom() + 2


def _times(painter: QPainter, y: float, columns: Columns, theme: Theme) -> float:
    ticks, decimals = time_ticks(columns)
    painter.setPen(pen(theme.ink2, 1.0))
    for time_s in ticks:
        x = columns.line_x(time_s)
        painter.drawLine(QLineF(x, y, x, y + 4))
        words = f"{time_s:.{decimals}f}"
        draw_text(painter, QPointF(x, y + 11), words, font(11, numbers=True), theme.ink2, "centre")
    return y + LINE_PX + GAP_PX


def _thumbnails(
    painter: QPainter, y: float, thumbnails: Sequence[Thumbnail], theme: Theme, columns: int = THUMBS_A_ROW
) -> None:
    width = (WIDTH_PX - 2 * GAP_PX) / columns - GAP_PX
    for place, one in enumerate(thumbnails):
        row, column = divmod(place, columns)
        left, top = GAP_PX + column * (width + GAP_PX), y + row * (THUMB_PX + LINE_PX + GAP_PX)
        draw_text(painter, QPointF(left, top + LINE_PX / 2), one.words, font(11), theme.ink2)
        rect = QRectF(left, top + LINE_PX, width, THUMB_PX)
        extent = one.image.axis.extent
        paint_relevance(painter, rect, one.image, None, Columns(extent, rect.left(), rect.width()), theme)
        _frame(painter, rect, theme)
