"""A spectrogram as a grey image, which is reused while time is scrolled and zoomed."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter

from core.signals.track import Image
from widgets.theme.theme import Theme
from widgets.timeline.columns import Columns, PixelRows


@lru_cache(maxsize=24)
def grey_picture(image: Image, theme: Theme) -> QImage:
    """Return greys 0 to 1 as an image in the theme's two colours: a column per frame, high bins on top."""
    greys = np.nan_to_num(image.values, nan=0.0)
    steps = (np.clip(greys, 0.0, 1.0) * 255.0 + 0.5).astype(np.uint8)
    pixels = np.ascontiguousarray(theme.ramp()[steps.T[::-1]])
    height, width = pixels.shape
    picture = QImage(pixels.data, width, height, width * 4, QImage.Format.Format_RGB32)
    return picture.copy()


def grey_at(image: Image, time_s: float, frequency_hz: float) -> float:
    """Return the grey of the frame and bin nearest to a point; NaN outside the image."""
    frame = round(image.axis.index(time_s))
    bin_ = round((frequency_hz - image.low_hz) / image.step_hz)
    inside = 0 <= frame < image.values.shape[0] and 0 <= bin_ < image.values.shape[1]
    return float(image.values[frame, bin_]) if inside else float("nan")


def paint_spectrogram(
    painter: QPainter, rect: QRectF, image: Image, columns: Columns, rows: PixelRows, theme: Theme
) -> None:
    """Paint the part of a spectrogram under some columns (seconds) and rows (Hz)."""
    if image.values.size == 0:
        return
    extent = image.axis.extent
    left, right = columns.x(extent.start_s), columns.x(extent.end_s)
    bottom, top = rows.y(image.low_hz - image.step_hz / 2), rows.y(image.high_hz)
    painter.save()
    painter.setClipRect(rect)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawImage(QRectF(left, top, right - left, bottom - top), grey_picture(image, theme))
    painter.restore()
