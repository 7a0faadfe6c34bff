"""A picture in an area: rows of values in colours, with a fixed range, on screen and on paper."""

# pyqtgraph shortens the names of Qt's parameters.
# pyright: reportIncompatibleMethodOverride=false

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter

from widgets.theme.theme import LIGHT, Theme

Ramp = Callable[[Theme], NDArray[np.uint32]]
MOST_COLUMNS = 2048  # more than a screen has; longer rows keep the largest value of each block


class ImageItem(pg.GraphicsObject):
    """Values float32 [rows, columns], the first row at the bottom, in the colours of a ramp.

    `place` is the picture's rectangle in the area's units, `low` and `high` the values of the ramp's ends;
    NaN is transparent.
    """

    def __init__(
        self, values: NDArray[np.float32], place: QRectF, ramp: Ramp, low: float, high: float
    ) -> None:
        super().__init__()
        self.values, self._place = values, place
        self._ramp, self._ends = ramp, (low, high)
        self._image = QImage()
        self.set_theme(LIGHT)

    def set_theme(self, theme: Theme) -> None:
        self._pixels = _pixels(shortened(self.values), self._ramp(theme), *self._ends)
        height, width = self._pixels.shape
        self._image = QImage(self._pixels.data, width, height, 4 * width, QImage.Format.Format_ARGB32)
        self.update()

    def setExportMode(self, export: bool, opts: object = None) -> None:
        """Do nothing: a picture is the same on paper."""

    def boundingRect(self) -> QRectF:
        return self._place

    def paint(self, painter: QPainter, option: object, widget: object = None) -> None:
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        painter.drawImage(self._place, self._image)


def shortened(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return rows of at most `MOST_COLUMNS` values: of each block the one furthest from 0."""
    share = -(-values.shape[1] // MOST_COLUMNS)
    if share < 2:
        return values
    whole = values.shape[1] // share * share
    blocks = values[:, :whole].reshape(len(values), -1, share)
    chosen = np.nan_to_num(np.abs(blocks)).argmax(2)[:, :, None]
    return np.take_along_axis(blocks, chosen, 2)[:, :, 0]


def _pixels(
    values: NDArray[np.float32], ramp: NDArray[np.uint32], low: float, high: float
) -> NDArray[np.uint32]:
    """Return ARGB pixels with the first row at the bottom, as an area that grows upwards shows it."""
    scaled = (values - low) / (high - low) if high > low else np.full_like(values, 0.5)
    places = np.clip(np.nan_to_num(scaled) * (len(ramp) - 1), 0, len(ramp) - 1)
    pixels = ramp[np.rint(places).astype(np.intp)]
    pixels[~np.isfinite(values)] = 0
    return np.ascontiguousarray(pixels)
