"""Pictures of profiles as plain functions of a painter, the same on the screen and on paper."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPen, QPolygonF

from widgets.profiles.views import CurvesView, HeatView, LayersView, MapsView, MapView, TreeView, UnitView
from widgets.theme.number_text import number_text
from widgets.theme.ramps import diverging, in_favour, sequential
from widgets.theme.theme import Theme, font

ALIGN = Qt.AlignmentFlag
LEFT, RIGHT, CENTRE = ALIGN.AlignLeft, ALIGN.AlignRight, ALIGN.AlignHCenter
MIDDLE = ALIGN.AlignVCenter
NO_CLIP = Qt.TextFlag.TextDontClip


def picture(values: NDArray[np.float32], low: float, high: float, ramp: NDArray[np.uint32]) -> QImage:
    """Return values [rows, columns], the first row on top, in the colours of a ramp from low to high."""
    span = high - low or 1.0
    share = np.nan_to_num((values - low) / span, nan=0.5)
    pixels = np.ascontiguousarray(ramp[np.clip((share * len(ramp)).astype(int), 0, len(ramp) - 1)])
    rows, columns = pixels.shape
    return QImage(pixels.tobytes(), columns, rows, 4 * columns, QImage.Format.Format_ARGB32).copy()


def words(
    painter: QPainter,
    rect: QRectF,
    text: str,
    colour: QColor,
    size_px: int = 11,
    weight: int = 400,
    flags: Qt.AlignmentFlag = LEFT | MIDDLE,
    ipa: bool = False,
) -> float:
    """Write a line and return its width."""
    chosen = font(size_px, weight, numbers=not ipa, ipa=ipa)
    painter.setFont(chosen)
    painter.setPen(colour)
    painter.drawText(rect, int(flags.value) | int(NO_CLIP.value), text)
    return QFontMetricsF(chosen).horizontalAdvance(text)


def heading(painter: QPainter, rect: QRectF, theme: Theme, title: str, facts: str) -> None:
    """Write a figure's title and what is to be known about it; what does not fit is cut off."""
    wide = words(painter, rect, title, theme.ink, 12, 600)
    rest = QRectF(rect.left() + wide + 8, rect.top(), rect.width() - wide - 8, rect.height())
    if rest.width() > 20:
        metrics = QFontMetricsF(font(11, 400, numbers=True))
        words(painter, rest, metrics.elidedText(facts, Qt.TextElideMode.ElideRight, rest.width()), theme.ink2)


def box(painter: QPainter, rect: QRectF, theme: Theme, fill: bool = True) -> None:
    """Paint a plot's ground and its edge."""
    painter.setPen(QPen(theme.line2, 1))
    painter.setBrush(theme.plot if fill else Qt.BrushStyle.NoBrush)
    painter.drawRect(rect)


# --- heat map and curves share their time axis

AXIS_PX, SCALE_PX, HEAD_PX, INPUT_PX, GAP_PX = 52.0, 54.0, 20.0, 62.0, 6.0


def time_rect(rect: QRectF) -> QRectF:
    """Return the columns of a figure that its plots take."""
    return rect.adjusted(AXIS_PX, HEAD_PX, -SCALE_PX, 0)


def heat_rects(rect: QRectF) -> tuple[QRectF, QRectF]:
    """Return where the mean input and the profile lie."""
    inner = time_rect(rect)
    sound = QRectF(inner.left(), inner.top(), inner.width(), INPUT_PX)
    tall = inner.bottom() - sound.bottom() - GAP_PX
    heat = QRectF(inner.left(), sound.bottom() + GAP_PX, inner.width(), tall)
    return sound, heat


def paint_heat(painter: QPainter, rect: QRectF, theme: Theme, view: HeatView) -> None:
    """Paint a group's profile, units by time, below its mean input."""
    heading(painter, QRectF(rect.left(), rect.top(), rect.width(), HEAD_PX), theme, view.title, view.facts)
    sound, heat = heat_rects(rect)
    grey = theme.ramp()
    loud = view.sound
    low, high = (float(loud.min()), float(loud.max())) if loud.size else (0.0, 1.0)
    painter.drawImage(sound, picture(loud[::-1], low, high, grey))
    box(painter, sound, theme, fill=False)
    ramp = sequential(theme) if view.plain else diverging(theme)
    low = 0.0 if view.plain else -view.limit
    painter.drawImage(heat, picture(view.values, low, view.limit, ramp))
    box(painter, heat, theme, fill=False)
    _heat_axes(painter, rect, theme, view, sound, heat)
    _scale(painter, QRectF(heat.right() + 8, heat.top(), 4, heat.height()), theme, view, ramp)
    zero_line(painter, theme, sound.united(heat), view.seconds)
    _ring_row(painter, theme, view, heat)


def _heat_axes(
    painter: QPainter, rect: QRectF, theme: Theme, view: HeatView, sound: QRectF, heat: QRectF
) -> None:
    left = QRectF(rect.left(), 0, AXIS_PX - 5, 14)
    top_hz = f"{view.highest_hz:.0f} Hz"
    words(painter, left.translated(0, sound.top() - 4), top_hz, theme.ink3, 10, flags=RIGHT | MIDDLE)
    if len(view.rows):
        for row, y in ((0, heat.top() - 2), (len(view.rows) - 1, heat.bottom() - 12)):
            number = str(int(view.rows[row]) + 1)
            words(painter, left.translated(0, y), number, theme.ink3, 10, flags=RIGHT | MIDDLE)
    words(painter, left.translated(0, heat.center().y() - 22), "unit", theme.ink2, 10, flags=RIGHT | MIDDLE)


def _scale(painter: QPainter, bar: QRectF, theme: Theme, view: HeatView, ramp: NDArray[np.uint32]) -> None:
    column = np.linspace(1, 0, 128, dtype=np.float32)[:, None]
    painter.drawImage(bar, picture(column, 0, 1, ramp))
    beside = QRectF(bar.right() + 3, bar.top() - 5, SCALE_PX - 16, 12)
    colour = theme.ink2 if view.plain else in_favour(theme, True)
    words(painter, beside, number_text(view.limit, 3), colour, 10, 600)
    low = "0" if view.plain else number_text(-view.limit, 3)
    other = theme.ink2 if view.plain else in_favour(theme, False)
    words(painter, beside.translated(0, bar.height() - 8), low, other, 10, 600)
    if not view.plain:
        words(painter, beside.translated(0, bar.height() / 2), "0", theme.ink3, 10)


def zero_line(painter: QPainter, theme: Theme, rect: QRectF, seconds: tuple[float, float]) -> None:
    """Mark time 0, the aligned step, by a dotted line."""
    share = -seconds[0] / (seconds[1] - seconds[0])
    x = rect.left() + share * rect.width()
    painter.setPen(QPen(theme.ink, 1, Qt.PenStyle.DotLine))
    painter.drawLine(QPointF(x, rect.top()), QPointF(x, rect.bottom()))


def _ring_row(painter: QPainter, theme: Theme, view: HeatView, heat: QRectF) -> None:
    """Frame the row of the chosen unit and name it at the left."""
    at = np.flatnonzero(view.rows == view.unit)
    if not len(at):
        return
    tall = heat.height() / len(view.rows)
    y = heat.top() + float(at[0]) * tall
    painter.setPen(QPen(theme.ink, 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(QRectF(heat.left(), y - 0.5, heat.width(), max(3.0, tall + 1)))
    badge = QRectF(heat.left() - 30, y + tall / 2 - 8, 26, 16)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.accent)
    painter.drawRoundedRect(badge, 3, 3)
    words(painter, badge, str(view.unit + 1), theme.on_accent, 10, 600, CENTRE | MIDDLE)


def paint_curves(painter: QPainter, rect: QRectF, theme: Theme, view: CurvesView) -> None:
    """Paint groups' curves with their bands, each named at its end."""
    heading(painter, QRectF(rect.left(), rect.top(), rect.width(), HEAD_PX), theme, view.title, view.facts)
    inner = time_rect(rect).adjusted(0, 0, 0, -16)
    box(painter, inner, theme)
    if not view.curves:
        return
    low = min(float(np.nanmin([one.low.min(), one.mean.min()])) for one in view.curves)
    high = max(float(np.nanmax([one.high.max(), one.mean.max()])) for one in view.curves)
    low, high = (low, high) if high > low else (low - 1, low + 1)
    steps = len(view.curves[0].mean)
    begin_s = -(view.centre + 0.5) * view.step_s
    seconds = (begin_s, begin_s + steps * view.step_s)
    painter.save()
    painter.setClipRect(inner.adjusted(1, 1, 0, 0))
    for one in view.curves:
        _curve(painter, inner, theme, one.mean, one.low, one.high, one.share, (low, high))
    painter.restore()
    zero_line(painter, theme, inner, seconds)
    side = QRectF(rect.left(), 0, AXIS_PX - 5, 12)
    for value, y in ((high, inner.top() - 2), (low, inner.bottom() - 10)):
        words(painter, side.translated(0, y), number_text(value, 3), theme.ink3, 10, flags=RIGHT | MIDDLE)
    _seconds(painter, inner, theme, seconds)
    _names(painter, inner, theme, view, (low, high))


def _curve(
    painter: QPainter,
    rect: QRectF,
    theme: Theme,
    mean: NDArray[np.float32],
    low: NDArray[np.float32],
    high: NDArray[np.float32],
    share: float,
    limits: tuple[float, float],
) -> None:
    x = rect.left() + (np.arange(len(mean)) + 0.5) / len(mean) * rect.width()
    upper, lower, middle = (_y(rect, one, limits) for one in (high, low, mean))
    colour = theme.step(share)
    band = QColor(colour)
    band.setAlphaF(0.14)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if np.isfinite(low).all() and np.isfinite(high).all():
        edge = [QPointF(*one) for one in zip(x, upper, strict=True)]
        edge += [QPointF(*one) for one in zip(x[::-1], lower[::-1], strict=True)]
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(band)
        painter.drawPolygon(QPolygonF(edge))
    painter.setPen(QPen(colour, 1.5))
    painter.drawPolyline(QPolygonF([QPointF(*one) for one in zip(x, middle, strict=True)]))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def _y(rect: QRectF, values: NDArray[np.float32], limits: tuple[float, float]) -> NDArray[np.float64]:
    share = (np.asarray(values, np.float64) - limits[0]) / (limits[1] - limits[0])
    return rect.bottom() - 3 - share * (rect.height() - 6)


def _seconds(painter: QPainter, rect: QRectF, theme: Theme, seconds: tuple[float, float]) -> None:
    span = seconds[1] - seconds[0]
    step = next((one for one in (0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0) if span / one <= 6), 10.0)
    for k in range(int(seconds[0] / step), int(seconds[1] / step) + 1):
        x = rect.left() + (k * step - seconds[0]) / span * rect.width()
        text = number_text(k * step, 2 if step < 0.1 else 1) if k else "0"
        words(painter, QRectF(x - 25, rect.bottom() + 2, 50, 13), text, theme.ink3, 10, flags=CENTRE | MIDDLE)
    words(painter, QRectF(rect.right() + 8, rect.bottom() + 2, 20, 13), "s", theme.ink3, 10)


def _names(
    painter: QPainter, rect: QRectF, theme: Theme, view: CurvesView, limits: tuple[float, float]
) -> None:
    """Write each curve's name at its end, moved apart where they would meet."""
    ends = [(float(_y(rect, one.mean[-1:], limits)[0]), k) for k, one in enumerate(view.curves)]
    below = -1e9
    for y, k in sorted(ends):
        one = view.curves[k]
        below = max(y, below + 12)
        beside = QRectF(rect.right() + 6, below - 7, 40, 14)
        words(painter, beside, one.name, theme.step(one.share), 12, 600, ipa=True)


# --- trees and layers

NAME_PX = 34.0


def tree_row_px(rect: QRectF, view: TreeView) -> float:
    """Return the height of a name's row."""
    return (rect.height() - HEAD_PX - 22) / max(1, len(view.names))


def paint_tree(painter: QPainter, rect: QRectF, theme: Theme, view: TreeView) -> None:
    """Paint a tree of groups, the distance from right to left, the names at the right."""
    heading(painter, QRectF(rect.left(), rect.top(), rect.width(), HEAD_PX), theme, view.title, view.facts)
    inner = QRectF(rect.left(), rect.top() + HEAD_PX, rect.width() - NAME_PX, rect.height() - HEAD_PX - 22)
    box(painter, inner, theme)
    if not view.names:
        return
    row = inner.height() / len(view.names)
    far = view.highest * 1.04 or 1.0
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(theme.curve, 1.2))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for line in view.lines:
        points = [
            QPointF(inner.right() - distance / far * inner.width(), inner.top() + (place + 0.5) * row)
            for distance, place in line
        ]
        painter.drawPolyline(QPolygonF(points))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    shares = dict(view.shares)
    size = int(min(14.0, max(7.0, row * 0.85)))
    for k, name in enumerate(view.names):
        place = QRectF(inner.right() + 4, inner.top() + k * row, NAME_PX - 4, row)
        if name == view.chosen:
            painter.fillRect(place, theme.accent_weak)
        if name in shares:
            painter.fillRect(
                QRectF(inner.right() - 3, place.center().y() - 3, 4, 6), theme.step(shares[name])
            )
        colour = theme.accent if name == view.chosen else theme.ink
        words(painter, place, name, colour, size, flags=CENTRE | MIDDLE, ipa=True)
    _distances(painter, inner, theme, far)
    if view.left_out:
        below = QRectF(rect.left(), rect.bottom() - 10, rect.width(), 12)
        words(painter, below, view.left_out, theme.ink3, 10)


def _distances(painter: QPainter, inner: QRectF, theme: Theme, far: float) -> None:
    step = next((one for one in (0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10) if far / one <= 4), far)
    for k in range(int(far / step) + 1):
        x = inner.right() - k * step / far * inner.width()
        text = number_text(k * step, 2 if step < 0.1 else 1) if k else "0"
        words(
            painter, QRectF(x - 20, inner.bottom() + 1, 40, 12), text, theme.ink3, 10, flags=CENTRE | MIDDLE
        )
    words(painter, QRectF(inner.right() + 6, inner.bottom() + 1, 30, 12), "dist.", theme.ink3, 10)


LAYER_PX = 24.0
SOLID, DASHED, DOTTED = Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine, Qt.PenStyle.DotLine


def layer_rects(rect: QRectF, left_px: float, count: int) -> list[QRectF]:
    """Return the cells of the layers' names, below the silhouettes."""
    wide = (rect.width() - left_px - SCALE_PX) / max(1, count)
    top = rect.bottom() - LAYER_PX
    return [QRectF(rect.left() + left_px + k * wide, top, wide, LAYER_PX) for k in range(count)]


def paint_silhouettes(
    painter: QPainter, rect: QRectF, theme: Theme, view: LayersView, left_px: float
) -> None:
    """Paint silhouettes over layers, solid with dots and dashed with rings, and the layers' names below."""
    inner = rect.adjusted(left_px, 6, -SCALE_PX, -LAYER_PX - 6)
    box(painter, inner, theme)
    cells = layer_rects(rect, left_px, len(view.layers))
    if view.chosen in view.layers:
        cell = cells[view.layers.index(view.chosen)]
        painter.fillRect(
            QRectF(cell.left(), inner.top() + 1, cell.width(), inner.height() - 1), theme.accent_weak
        )
    _silhouette_curves(painter, inner, theme, view)
    _layer_names(painter, cells, theme, view)
    _silhouette_words(painter, rect, theme, view)


def _silhouette_curves(painter: QPainter, inner: QRectF, theme: Theme, view: LayersView) -> None:
    every = np.array([*view.solid, *view.dashed, *view.dotted, 0.0], float)
    every = every[np.isfinite(every)]
    low, high = float(every.min()), float(every.max())
    high = high if high > low else low + 1
    zero = float(_y(inner, np.zeros(1, np.float32), (low, high))[0])
    painter.setPen(QPen(theme.line2, 1))
    painter.drawLine(QPointF(inner.left(), zero), QPointF(inner.right(), zero))
    lines = ((view.dotted, DOTTED), (view.dashed, DASHED), (view.solid, SOLID))
    for values, line in lines:
        _series(painter, inner, theme, np.array(values, float), (low, high), line)
    side = QRectF(inner.left() - 60, 0, 54, 12)
    labels = {round(inner.top() - 2): high, round(zero - 6): 0.0, round(inner.bottom() - 10): low}
    for y, value in labels.items():
        text = number_text(value, 3) if value else "0"
        words(painter, side.translated(0, y), text, theme.ink3, 10, flags=RIGHT | MIDDLE)
    ends = QRectF(inner.right() + 6, inner.top(), SCALE_PX - 6, 13)
    for k, (values, weight) in enumerate(((view.solid, 600), (view.dashed, 400))):
        if values and np.isfinite(values[-1]):
            words(painter, ends.translated(0, 14 * k), number_text(values[-1], 3), theme.ink, 11, weight)


def _layer_names(painter: QPainter, cells: list[QRectF], theme: Theme, view: LayersView) -> None:
    for cell, name, title in zip(cells, view.layers, view.titles, strict=True):
        chosen = name == view.chosen
        painter.fillRect(cell, theme.accent_weak if chosen else theme.panel)
        painter.setPen(QPen(theme.edge, 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(cell)
        size = 11
        while size > 6 and QFontMetricsF(font(size)).horizontalAdvance(title) > cell.width() - 4:
            size -= 1
        ink = theme.accent if chosen else theme.ink2
        words(painter, cell, title, ink, size, 600 if chosen else 400, CENTRE | MIDDLE)


def _silhouette_words(painter: QPainter, rect: QRectF, theme: Theme, view: LayersView) -> None:
    """Say at the left what the curves are."""
    left = QRectF(rect.left(), rect.top() + 4, 120, 15)
    words(painter, left, "Silhouette", theme.ink, 12, 600)
    words(painter, left.translated(0, 15), "events by group", theme.ink2, 10)
    rows = ((view.solid_name, SOLID), (view.dashed_name, DASHED), (view.dotted_name, DOTTED))
    for k, (name, line) in enumerate(row for row in rows if row[0]):
        y = rect.top() + 40 + 12 * k
        painter.setPen(QPen(theme.ghost if line == DOTTED else theme.curve, 1.2, line))
        painter.drawLine(QPointF(rect.left(), y), QPointF(rect.left() + 18, y))
        words(painter, QRectF(rect.left() + 23, y - 7, 90, 13), name, theme.ink, 11)
    below = QRectF(rect.left(), rect.bottom() - LAYER_PX, 120, LAYER_PX)
    wide = words(painter, below, "Layer", theme.ink2, 11)
    words(painter, below.translated(wide + 8, 0), view.facts, theme.ink, 11)


def _series(
    painter: QPainter,
    rect: QRectF,
    theme: Theme,
    values: NDArray[np.float64],
    limits: tuple[float, float],
    line: Qt.PenStyle,
) -> None:
    good = np.flatnonzero(np.isfinite(values))
    if not len(good):
        return
    x = rect.left() + (good + 0.5) / len(values) * rect.width()
    y = _y(rect, values[good].astype(np.float32), limits)
    points = [QPointF(*one) for one in zip(x, y, strict=True)]
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    colour = theme.ghost if line == DOTTED else theme.curve
    painter.setPen(QPen(colour, 1.2, line))
    painter.drawPolyline(QPolygonF(points))
    painter.setPen(QPen(colour, 1.2))
    painter.setBrush(theme.curve if line == SOLID else theme.plot)
    for point in points:
        painter.drawEllipse(point, 2.6, 2.6)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


# --- maps of units

MAP_PX, MAP_GAP_PX = 110.0, 12.0


def map_rect(rect: QRectF, place: int, count: int) -> QRectF:
    """Return where a map's picture lies; maps are square and share the width."""
    wide = (rect.width() - (count - 1) * MAP_GAP_PX) / max(1, count)
    size = min(MAP_PX, wide, rect.height() - HEAD_PX - 54)
    left = rect.left() + place * (wide + MAP_GAP_PX)
    return QRectF(left, rect.top() + HEAD_PX + 18, size, size)


def paint_maps(painter: QPainter, rect: QRectF, theme: Theme, view: MapsView) -> None:
    """Paint topographic maps on one scale, the chosen unit as a ring, its value below."""
    heading(painter, QRectF(rect.left(), rect.top(), rect.width(), HEAD_PX), theme, view.title, view.facts)
    for k, one in enumerate(view.maps):
        place = map_rect(rect, k, len(view.maps))
        paint_map(painter, place, theme, one, view)
        if view.unit < view.values.shape[1]:
            value = number_text(float(view.values[k, view.unit]), 4)
            below = QRectF(place.left(), place.bottom() + 1, place.width(), 14)
            words(painter, below, value, theme.ink2, 11, flags=CENTRE | MIDDLE)
    if not view.maps:
        return
    last = map_rect(rect, 0, len(view.maps)).bottom() + 16
    words(
        painter,
        QRectF(rect.left(), last, 300, 14),
        f"Ring: unit {view.unit + 1}; its value below each map.",
        theme.ink2,
    )
    bar = QRectF(rect.right() - 260, last + 4, 90, 5)
    painter.drawImage(bar, picture(np.linspace(0, 1, 128, dtype=np.float32)[None], 0, 1, diverging(theme)))
    ends = QRectF(bar.left() - 66, last, 60, 13)
    words(painter, ends, number_text(-view.limit, 3), in_favour(theme, False), 11, 600, RIGHT | MIDDLE)
    words(
        painter,
        QRectF(bar.right() + 6, last, 60, 13),
        number_text(view.limit, 3),
        in_favour(theme, True),
        11,
        600,
    )
    told = f"one scale, {view.beyond:.0%} beyond" if view.beyond >= 0.005 else "one scale"
    words(painter, QRectF(rect.right() - 130, last, 130, 13), told, theme.ink3, 11, flags=RIGHT | MIDDLE)


def paint_map(painter: QPainter, place: QRectF, theme: Theme, view: MapView, whole: MapsView) -> None:
    """Paint one topographic map with its name and count above."""
    above = QRectF(place.left(), place.top() - 17, place.width(), 16)
    words(painter, above, view.name, theme.ink, 14, ipa=True)
    words(painter, above, view.facts, theme.ink3, 10, flags=RIGHT | MIDDLE)
    painter.drawImage(place, picture(view.cells[::-1], -whole.limit, whole.limit, diverging(theme)))
    box(painter, place, theme, fill=False)
    if whole.unit < len(whole.places):
        across, up = whole.places[whole.unit]
        centre = QPointF(place.left() + across * place.width(), place.bottom() - up * place.height())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.plot, 3))
        painter.drawEllipse(centre, 4.5, 4.5)
        painter.setPen(QPen(theme.ink, 1.4))
        painter.drawEllipse(centre, 4.5, 4.5)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def paint_pattern(painter: QPainter, rect: QRectF, theme: Theme, pattern: NDArray[np.float32]) -> None:
    """Paint what a unit of the first layer has learnt, bands by time, on a scale of its own."""
    limit = float(np.abs(pattern).max()) or 1.0
    painter.drawImage(rect, picture(pattern[::-1], -limit, limit, diverging(theme)))
    box(painter, rect, theme, fill=False)


def paint_bars(painter: QPainter, rect: QRectF, theme: Theme, view: UnitView) -> None:
    """Paint a unit's value for every group as bars, the largest first, their ends in numbers."""
    if not view.values:
        return
    order = sorted(range(len(view.values)), key=lambda k: -view.values[k])
    high, low = max(0.0, max(view.values)), min(0.0, min(view.values))
    span = (high - low) or 1.0
    inner = rect.adjusted(0, 16, -4, -16)
    zero = inner.top() + high / span * inner.height()
    wide = inner.width() / len(order)
    for k, place in enumerate(order):
        value = view.values[place]
        y = zero - value / span * inner.height()
        bar = QRectF(
            inner.left() + k * wide + 0.12 * wide, min(y, zero), 0.76 * wide, max(1.0, abs(y - zero))
        )
        painter.fillRect(bar, in_favour(theme, value >= 0, bar=True))
        beside = QRectF(bar.left() - 8, zero + 1 if value >= 0 else zero - 15, bar.width() + 16, 14)
        size = 12 if wide > 11 else 8
        words(painter, beside, view.groups[place], theme.ink, size, flags=CENTRE | MIDDLE, ipa=True)
    painter.setPen(QPen(theme.line2, 1))
    painter.drawLine(QPointF(inner.left(), zero), QPointF(inner.right(), zero))
    top, bottom = (
        QRectF(rect.left(), rect.top(), rect.width(), 14),
        QRectF(rect.left(), rect.bottom() - 14, rect.width(), 14),
    )
    words(
        painter,
        top,
        number_text(view.values[order[0]], 4),
        in_favour(theme, high > 0),
        11,
        600,
        RIGHT | MIDDLE,
    )
    if low < 0:
        words(painter, bottom, number_text(low, 4), in_favour(theme, False), 11, 600, RIGHT | MIDDLE)
