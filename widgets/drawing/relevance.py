"""Relevance over a sound: the network's input in greys, over it what speaks for the target and against it."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QImage, QPainter, QPolygonF

from core.signals.channel_image import ChannelImage
from core.signals.track import Track
from widgets.drawing.axes import END, ROUND, Label
from widgets.drawing.channel_image import shaded
from widgets.drawing.lines import draw_line, pen
from widgets.theme.praat_numbers import activation
from widgets.theme.ramps import against_colour, diverging, for_colour
from widgets.theme.theme import Theme
from widgets.timeline.columns import Columns, PixelRows

UNDER_OPACITY = 0.26
CLEARNESS = 0.6  # the map is as opaque as |R| to this power
FILL_OPACITY = 0.16


@lru_cache(maxsize=24)
def coloured(image: ChannelImage, theme: Theme) -> QImage:
    """Return relevance between the image's `low` and `high` as colours; zero is clear and in the middle."""
    limit = max(abs(image.low), abs(image.high)) or 1.0
    shares = np.clip(np.nan_to_num(image.values) / limit, -1.0, 1.0)
    colours = diverging(theme)[np.rint((shares + 1) / 2 * 255).astype(np.intp)] & np.uint32(0x00FFFFFF)
    alpha = np.rint(np.abs(shares) ** CLEARNESS * 255).astype(np.uint32) << np.uint32(24)
    pixels = np.ascontiguousarray((colours | alpha).T[::-1])
    height, width = pixels.shape
    return QImage(pixels.data, width, height, width * 4, QImage.Format.Format_ARGB32).copy()


def paint_relevance(
    painter: QPainter,
    rect: QRectF,
    image: ChannelImage,
    under: ChannelImage | None,
    columns: Columns,
    theme: Theme,
) -> None:
    """Paint a map over what the network takes, which may be missing."""
    painter.fillRect(rect, theme.plot)
    painter.save()
    painter.setClipRect(rect)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    if under is not None and under.values.size:
        painter.setOpacity(UNDER_OPACITY)
        painter.drawImage(_place(under, rect, columns), shaded(under, theme, True))
        painter.setOpacity(1.0)
    if image.values.size:
        painter.drawImage(_place(image, rect, columns), coloured(image, theme))
    painter.restore()


def _place(image: ChannelImage, rect: QRectF, columns: Columns) -> QRectF:
    extent = image.axis.extent
    left, right = columns.x(extent.start_s), columns.x(extent.end_s)
    return QRectF(left, rect.top(), right - left, rect.height())


def relevance_labels(image: ChannelImage, rect: QRectF, theme: Theme) -> list[Label]:
    """Return the ends of the scale and its zero, for the right axis."""
    return [
        Label(rect.top(), activation(image.high), for_colour(theme), END),
        Label(rect.center().y(), "0", theme.ink2, ROUND),
        Label(rect.bottom(), activation(image.low), against_colour(theme), END),
    ]


def paint_relevance_curve(
    painter: QPainter, rect: QRectF, track: Track, limits: tuple[float, float], columns: Columns, theme: Theme
) -> None:
    """Paint a curve of relevance, as Grad-CAM gives it, filled down to zero."""
    low, high = limits
    rows = PixelRows(low, high, rect.top(), rect.height())
    xs = columns.xs(track.axis.times())
    ys = np.array([rows.y(value) for value in track.samples.tolist()])
    painter.save()
    painter.setClipRect(rect)
    fill, zero = QColor(for_colour(theme)), rows.y(min(max(0.0, low), high))
    fill.setAlphaF(FILL_OPACITY)
    if len(xs):
        line = (QPointF(x, y) for x, y in zip(xs, ys, strict=True))
        corners = [QPointF(xs[0], zero), *line, QPointF(xs[-1], zero)]
        painter.setPen(pen(theme.plot, 0.0))
        painter.setBrush(fill)
        painter.drawPolygon(QPolygonF(corners))
    draw_line(painter, xs, ys, for_colour(theme), 1.25)
    painter.restore()
