"""The picture of a heat map: a row per map, a column per sample or per block of samples."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage

from core.probing.feature_maps import FeatureMaps
from core.signals.axis import Range
from widgets.theme.ramps import diverging, sequential
from widgets.theme.theme import Theme


@dataclass(frozen=True, eq=False)
class HeatPicture:
    """A picture, where it lies (seconds across, rows down), and how many samples a column stands for."""

    image: QImage
    place: QRectF
    samples: int


def is_signed(maps: FeatureMaps) -> bool:
    """Return whether maps have negative values, so that 0 is in the middle of their colours."""
    return bool(maps.values.size) and float(maps.values.min()) < 0


def row_maxima(maps: FeatureMaps) -> NDArray[np.float32]:
    """Return the largest activation of every map by size, float32 [channels]."""
    if not maps.values.size:
        return np.zeros(maps.channels, np.float32)
    return np.abs(np.nan_to_num(maps.values, nan=0.0)).max(0)


def blocks(maps: FeatureMaps, window: Range, width_px: int) -> tuple[NDArray[np.float32], int, int]:
    """Return means of blocks of samples, float32 [blocks, channels], the first sample and a block's length.

    As many blocks as pixels cover the window, or one per sample; the last one may hold fewer samples.
    """
    axis = maps.axis
    first = max(0, int(np.floor(axis.index(window.start_s) - 0.5)))
    last = min(axis.n, int(np.ceil(axis.index(window.end_s) + 1.5)))
    if last <= first:
        return np.zeros((0, maps.channels), np.float32), first, 1
    each = max(1, (last - first) // max(1, width_px))
    first = first // each * each  # so that columns stay where they are while the window moves
    last = min(axis.n, -(-last // each) * each)
    seen = maps.values[first:last]
    if each == 1:
        return seen, first, 1
    starts = np.arange(0, len(seen), each)
    sums = np.add.reduceat(seen, starts, axis=0)
    counts = np.minimum(each, len(seen) - starts)[:, None]
    return (sums / counts).astype(np.float32), first, each


def heat_picture(
    maps: FeatureMaps, order: NDArray[np.intp], window: Range, width_px: int, theme: Theme
) -> HeatPicture:
    """Return the picture of the visible part of maps, from the top in this order, each by its own maximum."""
    means, first, each = blocks(maps, window, width_px)
    signed = is_signed(maps)
    most = np.maximum(row_maxima(maps), np.float32(1e-30))
    share = np.nan_to_num(means[:, order] / most[order], nan=0.0, posinf=1.0, neginf=-1.0).T
    places = (share + 1) * 127.5 if signed else share * 255
    steps = np.clip(places + 0.5, 0, 255).astype(np.uint8)
    pixels = np.ascontiguousarray((diverging if signed else sequential)(theme)[steps])
    height, width = pixels.shape
    image = QImage(pixels.data, width, height, width * 4, QImage.Format.Format_RGB32).copy()
    start_s = maps.axis.seconds(first) - maps.axis.step_s / 2
    place = QRectF(start_s, 0, width * each * maps.axis.step_s, height)
    return HeatPicture(image, place, each)
