"""Channels over time as an image: what a network takes, or all maps of a layer, one row each."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter

from core.signals.channel_image import ChannelImage
from widgets.drawing.axes import END, ROUND, Label
from widgets.theme.praat_numbers import activation, short
from widgets.theme.theme import Theme
from widgets.timeline.columns import Columns, PixelRows

ROUND_HZ = (0, 250, 500, 1000, 2000, 4000, 8000, 16000)
CHANNEL_TICKS = 4


@lru_cache(maxsize=24)
def shaded(image: ChannelImage, theme: Theme, grey: bool) -> QImage:
    """Return the values between the image's `low` and `high` as shades: a column per frame, the last channel
    on top.
    """
    span = image.high - image.low
    shares = (np.nan_to_num(image.values, nan=image.low) - image.low) / (span if span > 0 else 1.0)
    steps = (np.clip(shares, 0.0, 1.0) * 255.0 + 0.5).astype(np.uint8)
    colours = theme.ramp() if grey else theme.network_ramp()
    pixels = np.ascontiguousarray(colours[steps.T[::-1]])
    height, width = pixels.shape
    return QImage(pixels.data, width, height, width * 4, QImage.Format.Format_RGB32).copy()


def channel_rows(image: ChannelImage, rect: QRectF) -> PixelRows:
    """Return the rows of the channels: channel k fills the space from k - 0.5 to k + 0.5."""
    return PixelRows(-0.5, image.channels - 0.5, rect.top(), rect.height())


def paint_channel_image(
    painter: QPainter, rect: QRectF, image: ChannelImage, columns: Columns, theme: Theme, grey: bool = True
) -> None:
    """Paint the part of an image under some columns, over the whole height of a rectangle."""
    painter.fillRect(rect, theme.plot)
    if image.values.size == 0:
        return
    extent = image.axis.extent
    left, right = columns.x(extent.start_s), columns.x(extent.end_s)
    painter.save()
    painter.setClipRect(rect)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    place = QRectF(left, rect.top(), right - left, rect.height())
    painter.drawImage(place, shaded(image, theme, grey))
    painter.restore()


def channel_labels(image: ChannelImage, rect: QRectF, theme: Theme) -> list[Label]:
    """Return the labels of the rows: round frequencies where the channels have some, else their numbers."""
    rows = channel_rows(image, rect)
    if not image.centres_hz:
        last = image.channels - 1
        steps = [round(last * k / (CHANNEL_TICKS - 1)) for k in range(CHANNEL_TICKS)]
        ends = {0, last}
        return [
            Label(
                rows.y(k), str(image.number(k)), theme.ink2, END if k in ends else ROUND, tick=k not in ends
            )
            for k in sorted(set(steps))
        ]
    low_hz, high_hz = image.hz_of_row(-0.5), image.hz_of_row(image.channels - 0.5)
    found = [hz for hz in ROUND_HZ if max(0.0, low_hz) <= hz <= high_hz * 1.001]
    return [
        Label(rows.y(image.row_of_hz(hz)), short(hz), theme.ink2, ROUND, unit=unit, tick=True)
        for hz in found
        for unit in ("Hz" if hz == found[-1] else "",)
    ]


def shade_labels(image: ChannelImage, rect: QRectF, theme: Theme) -> list[Label]:
    """Return the values of the darkest and the lightest shade, for the right axis."""
    return [
        Label(rect.top(), activation(image.high), theme.ink2, END),
        Label(rect.bottom(), activation(image.low), theme.ink2, END),
    ]


def channel_words(image: ChannelImage, time_s: float, row: float) -> str:
    """Return the value under the mouse with its frequency or its channel's number."""
    value = image.at(time_s, row)
    if not np.isfinite(value):
        return ""
    where = f"{image.hz_of_row(row):.0f} Hz" if image.centres_hz else f"channel {image.number(round(row))}"
    return f"{where}  {activation(value)}"
