"""Lines and text as painting functions, for the screen and for exported figures."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen, QPixmap, QPolygonF, QTransform
from shiboken6 import VoidPtr

Values = NDArray[np.float64]
DOTTED = (2.0, 2.0)
HALO_OPACITY = 0.65
TEXT_HEIGHT_PX = 14.0
PIECE = 8  # steps of a wide line drawn at once


def polygon(xs: Values, ys: Values) -> QPolygonF:
    """Return a polygon of points without a Python object per point."""
    points = QPolygonF()
    points.resize(xs.shape[0])
    if xs.shape[0]:
        # the stubs know neither the arguments of VoidPtr nor that it is a buffer
        buffer = VoidPtr(points.data(), xs.shape[0] * 16, True)  # pyright: ignore
        memory = np.frombuffer(buffer, dtype=np.float64)  # pyright: ignore
        memory[0::2] = xs
        memory[1::2] = ys
    return points


def finite_runs(values: Values) -> list[slice]:
    """Return the runs without NaN, so that gaps stay gaps."""
    inside = np.concatenate(([False], np.isfinite(values), [False])).astype(np.int8)
    if inside[1:-1].all():
        return [slice(0, values.shape[0])] if values.shape[0] else []
    steps = np.diff(inside)
    begins, ends = np.nonzero(steps == 1)[0], np.nonzero(steps == -1)[0]
    return [slice(int(begin), int(end)) for begin, end in zip(begins, ends, strict=True)]


def pen(colour: QColor, width_px: float) -> QPen:
    """Return a pen with round ends and joins."""
    made = QPen(colour, width_px)
    made.setCapStyle(Qt.PenCapStyle.RoundCap)
    made.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    return made


def draw_line(painter: QPainter, xs: Values, ys: Values, colour: QColor, width_px: float) -> None:
    """Draw a line through points, broken where y is NaN.

    On the screen a wide line is drawn in short pieces whose round ends meet: Qt fills small shapes several
    times as fast as one that spans the window.
    """
    painter.setPen(pen(colour, width_px))
    for run in finite_runs(ys):
        piece = PIECE if width_px > 1 and is_screen(painter) else max(1, run.stop - run.start)
        for first in range(run.start, max(run.start + 1, run.stop - 1), piece):
            part = slice(first, min(first + piece + 1, run.stop))
            painter.drawPolyline(polygon(xs[part], ys[part]))


def wrapped(text: str, fits: Callable[[str], bool]) -> list[str]:
    """Break a sentence into lines that fit; a word that is longer than a line is broken, too."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and fits(longer):
            lines[-1] = longer
            continue
        lines.append(word)
        while not fits(lines[-1]) and len(lines[-1]) > 1:
            whole = lines[-1]
            kept = next((k for k in range(len(whole) - 1, 1, -1) if fits(whole[:k])), 1)
            lines[-1:] = [whole[:kept], whole[kept:]]
    return lines or [""]


def is_screen(painter: QPainter) -> bool:
    """Return whether a painter draws to the pixels of the screen, and not to a scaled figure."""
    unscaled = painter.worldTransform().type() == QTransform.TransformationType.TxNone
    return unscaled and isinstance(painter.device(), QPixmap)


def draw_dense(painter: QPainter, xs: Values, ys: Values, colour: QColor) -> None:
    """Draw a line of 1 px through very many points, broken where y is NaN.

    Qt draws lines of one device pixel a hundred times as fast as wider ones, so on the screen several of
    them are drawn side by side to fill one pixel; at least two, for enough contrast.
    """
    if not is_screen(painter):
        draw_line(painter, xs, ys, colour, 1.0)
        return
    ratio = painter.device().devicePixelRatioF()
    hair = QPen(colour, 1)
    hair.setCosmetic(True)
    painter.setPen(hair)
    count = max(2, round(ratio))
    shifts = [(k - (count - 1) / 2) / ratio if ratio > 1 else 0.0 for k in range(count)]
    for run in finite_runs(ys):
        for shift in shifts:
            painter.drawPolyline(polygon(xs[run] + shift, ys[run] + shift))


def draw_dotted(painter: QPainter, line: QLineF, colour: QColor, halo: QColor | None = None) -> None:
    """Draw a dotted line of 1 px, with a halo of 3 px where it crosses an image."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    if halo is not None:
        _draw_halo(painter, line, halo, 3.0)
    dotted = QPen(colour, 1.0)
    dotted.setCapStyle(Qt.PenCapStyle.FlatCap)
    dotted.setDashPattern(DOTTED)
    painter.setPen(dotted)
    painter.drawLine(line)
    painter.restore()


def draw_solid(painter: QPainter, line: QLineF, colour: QColor, width_px: float, halo: QColor | None) -> None:
    """Draw a line of any width over a halo of 5 px."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    if halo is not None:
        _draw_halo(painter, line, halo, 5.0)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    painter.setPen(QPen(colour, width_px, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
    painter.drawLine(line)
    painter.restore()


def _draw_halo(painter: QPainter, line: QLineF, colour: QColor, width_px: float) -> None:
    shade = QColor(colour)
    shade.setAlphaF(HALO_OPACITY)
    painter.setPen(QPen(shade, width_px, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
    painter.drawLine(line)


def draw_text(
    painter: QPainter, place: QPointF, text: str, font: QFont, colour: QColor, align: str = "left"
) -> QRectF:
    """Draw one line of text aligned to a point; return the rectangle it took."""
    painter.setFont(font)
    painter.setPen(colour)
    width = painter.fontMetrics().horizontalAdvance(text)
    shift = {"left": 0.0, "centre": width / 2, "right": float(width)}[align]
    room = QRectF(place.x() - shift, place.y() - TEXT_HEIGHT_PX / 2, width + 1, TEXT_HEIGHT_PX)
    painter.drawText(
        room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip, text
    )
    return room
