"""The painting of an output on the contact sheet: a small waveform over a small spectrogram."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPixmap

from widgets.theme.theme import Theme

WAVE_PX = 28


@dataclass(frozen=True, eq=False)
class SheetItem:
    """One output: `samples` float32, `greys` uint8 [frames, bins] from 0 (quiet) to 255 (loud)."""

    key: str
    code_label: str
    seed_label: str
    samples: NDArray[np.float32]
    rate_hz: float
    greys: NDArray[np.uint8]
    starred: bool = False


def low_high(samples: NDArray[np.float32], width_px: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the minimum and maximum under each of `width_px` pixels; NaN counts as 0."""
    finite = np.nan_to_num(samples, nan=0.0, posinf=0.0, neginf=0.0)
    if finite.size == 0:
        return np.zeros(width_px, np.float32), np.zeros(width_px, np.float32)
    edges = np.linspace(0, finite.size, width_px + 1)[:-1].astype(np.intp)
    return np.minimum.reduceat(finite, edges), np.maximum.reduceat(finite, edges)


def thumbnail(item: SheetItem, size: QSize, theme: Theme, ratio: float = 1.0) -> QPixmap:
    """Paint an output once; the sheet caches the picture until its size or the theme changes."""
    pixmap = QPixmap(size * ratio)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(theme.plot)
    painter = QPainter(pixmap)
    _paint_wave(painter, item, QRectF(0, 0, size.width(), WAVE_PX), theme)
    _paint_greys(painter, item, QRectF(0, WAVE_PX, size.width(), size.height() - WAVE_PX), theme)
    painter.end()
    return pixmap


def _paint_wave(painter: QPainter, item: SheetItem, rect: QRectF, theme: Theme) -> None:
    low, high = low_high(item.samples, int(rect.width()))
    reach = max(float(np.abs(item.samples[np.isfinite(item.samples)]).max(initial=0.0)), 1e-9)
    half = rect.height() / 2 - 2
    painter.setPen(theme.sound)
    tops, bottoms = rect.center().y() - high / reach * half, rect.center().y() - low / reach * half
    painter.drawLines([
        QLineF(x + 0.5, top, x + 0.5, max(bottom, top + 0.5))
        for x, (top, bottom) in enumerate(zip(tops.tolist(), bottoms.tolist(), strict=True))
    ])  # fmt: skip


def _paint_greys(painter: QPainter, item: SheetItem, rect: QRectF, theme: Theme) -> None:
    argb = np.ascontiguousarray(theme.ramp()[item.greys.T[::-1]])
    bins, frames = argb.shape
    image = QImage(argb.data, frames, bins, frames * 4, QImage.Format.Format_RGB32)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    scaled = image.scaled(
        rect.size().toSize() * painter.device().devicePixelRatio(),
        Qt.AspectRatioMode.IgnoreAspectRatio,
        Qt.TransformationMode.SmoothTransformation,
    )
    painter.drawImage(rect, scaled)
