"""Painting of one tier: only the visible part, however many intervals there are."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QFontMetricsF, QImage, QPainter, QPen, QStaticText

from core.annotation.tiers import Tier
from core.annotation.trigraphs import with_letters
from widgets.drawing.lane import Marks, marked_times
from widgets.drawing.lines import draw_dotted, draw_text
from widgets.theme.theme import Theme, font
from widgets.timeline.columns import AXIS_PX, Columns
from widgets.timeline.tier_views import is_phones

BOUNDARY_PX = 3.0
DENSE_PX = 5.0  # boundaries closer than this are drawn as hairlines
CIRCLE_PX = 4.0
LEAST_LABEL_PX = 11.0
PHONES_SIZES_PX, WORDS_SIZES_PX = (19, 16, 13, 11), (16, 13, 11)
POINT_PART = 0.24  # fraction of the height, at the top and at the bottom


def tier_font(tier: Tier) -> QFont:
    """Return the font of a tier's labels."""
    return font(PHONES_SIZES_PX[0] if is_phones(tier) else WORDS_SIZES_PX[0], ipa=True)


def chosen_index(tier: Tier, marks: Marks) -> int | None:
    """Return the chosen interval or point of a tier: the one at the selection or cursor."""
    time_s = marks.selection.start_s if marks.selection else marks.cursor_s
    return None if time_s is None else tier.index_at(time_s)


def visible(tier: Tier, columns: Columns, left_px: float, right_px: float) -> tuple[int, int]:
    """Return `first, last` such that the times `first:last` may be visible between two x positions."""
    low, high = columns.time_s(left_px), columns.time_s(right_px)
    first, last = np.searchsorted(tier.times_s, [low, high])
    return max(int(first) - 2, 0), min(int(last) + 2, len(tier.times))


def paint_tier(
    painter: QPainter, rect: QRectF, tier: Tier, columns: Columns, theme: Theme, marks: Marks, chosen: bool,
    elsewhere: bool = False, circled: bool = True,
) -> None:  # fmt: skip
    """Paint a tier's plot over the columns: background, chosen interval, boundaries, labels, cursor.

    It is `circled` where a click can add a boundary.
    """
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    clip = painter.clipBoundingRect() if painter.hasClipping() else rect
    seen = rect.intersected(clip)
    painter.setClipRect(rect, Qt.ClipOperation.IntersectClip)
    painter.fillRect(seen, theme.plot_off if elsewhere else theme.plot)
    first, last = visible(tier, columns, seen.left() - 1, seen.right() + 1)
    if tier.is_interval:
        if chosen and not elsewhere and not theme.is_print:
            _paint_chosen(painter, rect, tier, columns, theme, marks)
        _paint_boundaries(painter, rect, tier, columns, theme, first, last, elsewhere)
        _paint_labels(painter, rect, tier, columns, theme, first, last, elsewhere)
    else:
        index = chosen_index(tier, marks) if chosen else None
        _paint_points(painter, rect, tier, columns, theme, (first, last), index, elsewhere)
    _paint_marks(painter, rect, tier, columns, theme, marks, circled and not elsewhere)
    painter.restore()


def _paint_chosen(
    painter: QPainter, rect: QRectF, tier: Tier, columns: Columns, theme: Theme, marks: Marks
) -> None:
    """Paint the chosen interval yellow, and its overlap with the selection orange."""
    index = chosen_index(tier, marks)
    if index is not None:
        painter.fillRect(_interval_rect(rect, tier, columns, index), theme.tier_sel)
    selection = marks.selection
    if selection is None:
        return
    first, last = np.searchsorted(tier.times_s, [selection.start_s, selection.end_s + 1e-9])
    for k in range(int(first), int(last) - 1):
        painter.fillRect(_interval_rect(rect, tier, columns, k), theme.tier_both)


def _interval_rect(rect: QRectF, tier: Tier, columns: Columns, index: int) -> QRectF:
    """Return the visible rectangle of an interval."""
    left = max(columns.x(tier.times[index]), rect.left())
    right = min(columns.x(tier.times[index + 1]), rect.right())
    return QRectF(left, rect.top(), max(0.0, right - left), rect.height())


def _paint_boundaries(
    painter: QPainter, rect: QRectF, tier: Tier, columns: Columns, theme: Theme, first: int, last: int,
    elsewhere: bool,
) -> None:  # fmt: skip
    inner = tier.times_s[max(first, 1) : min(last, len(tier.times) - 1)]
    _paint_bars(painter, [rect], inner, columns, theme, _is_crowded(tier, columns), elsewhere)


def _is_crowded(tier: Tier, columns: Columns) -> bool:
    """Return whether the boundaries are so close that bars would hide everything."""
    first, last = np.searchsorted(tier.times_s, [columns.window.start_s, columns.window.end_s])
    return int(last - first) > columns.width_px / DENSE_PX


def _paint_bars(
    painter: QPainter, rects: list[QRectF], times_s: NDArray[np.float64], columns: Columns, theme: Theme,
    crowded: bool, elsewhere: bool,
) -> None:  # fmt: skip
    """Paint a bar at each time in each of the rectangles, or grey hairlines if they are crowded."""
    places = np.unique(np.floor(columns.xs(times_s) + 1e-6))
    if crowded:
        for rect in rects:
            painter.drawImage(rect, _hairs(places - math.floor(rect.left()), round(rect.width()), theme))
        return
    colour = theme.ghost if elsewhere else theme.ink if theme.is_print else theme.accent
    painter.setPen(QPen(colour, BOUNDARY_PX, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
    xs = (places + 0.5).tolist()
    painter.drawLines([QLineF(x, rect.top(), x, rect.bottom()) for rect in rects for x in xs])


def _hairs(places: NDArray[np.float64], width_px: int, theme: Theme) -> QImage:
    """Return an image one pixel high with a hairline at each place, so that all are drawn at once."""
    row = np.zeros(max(1, width_px), np.uint32)
    inside = places[(places >= 0) & (places < width_px)].astype(np.int64)
    row[inside] = theme.ghost.rgba()
    image = QImage(row.data, row.size, 1, 4 * row.size, QImage.Format.Format_ARGB32)
    return image.copy()  # Qt does not keep a reference to the array


@lru_cache(maxsize=8192)
def laid_out(text: str, size_px: int) -> tuple[QStaticText, float]:
    """Lay out a label once: shaping phonetic letters costs more than drawing them."""
    text = with_letters(text)
    made = QStaticText(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    wanted = font(size_px, ipa=True)
    made.prepare(font=wanted)
    return made, QFontMetricsF(wanted).horizontalAdvance(text)


@lru_cache(maxsize=8192)
def fitting(text: str, room_px: int, phones: bool) -> tuple[str, int]:
    """Return a label and the largest font size in which it fits, shortened if necessary, "" if not."""
    sizes = PHONES_SIZES_PX if phones else WORDS_SIZES_PX
    for size_px in sizes:
        if laid_out(text, size_px)[1] <= room_px:
            return text, size_px
    metrics = QFontMetricsF(font(sizes[-1], ipa=True))
    cut = metrics.elidedText(with_letters(text), Qt.TextElideMode.ElideRight, room_px)
    return cut if cut.strip("…") and metrics.horizontalAdvance(cut) <= room_px else "", sizes[-1]


def _paint_label(painter: QPainter, room: QRectF, text: str, phones: bool) -> None:
    """Paint a label in the middle of its rectangle."""
    shown, size_px = fitting(text, int(room.width()), phones)
    if shown:
        made, width = laid_out(shown, size_px)
        painter.setFont(font(size_px, ipa=True))
        top = room.center().y() - made.size().height() / 2
        painter.drawStaticText(QPointF(round(room.center().x() - width / 2), round(top)), made)


def _paint_labels(
    painter: QPainter, rect: QRectF, tier: Tier, columns: Columns, theme: Theme, first: int, last: int,
    elsewhere: bool,
) -> None:  # fmt: skip
    count = min(last, len(tier.labels))
    if count <= first:
        return
    edges = np.clip(columns.xs(tier.times_s[first : count + 1]), rect.left(), rect.right())
    wide: NDArray[np.int64] = np.flatnonzero(np.diff(edges) >= LEAST_LABEL_PX)
    phones = is_phones(tier)
    painter.setPen(theme.ink3 if elsewhere else theme.ink)
    for k in wide.tolist():
        text = tier.labels[first + k]
        if text:
            left, right = float(edges[k]), float(edges[k + 1])
            room = QRectF(left + 2, rect.top(), right - left - 4, rect.height())
            _paint_label(painter, room, text, phones)


def _paint_points(
    painter: QPainter, rect: QRectF, tier: Tier, columns: Columns, theme: Theme, seen: tuple[int, int],
    index: int | None, elsewhere: bool,
) -> None:  # fmt: skip
    """Paint points as Praat does: a bar at the top and at the bottom, with the label between them."""
    first, last = seen
    xs = columns.xs(tier.times_s[first:last])
    part = rect.height() * POINT_PART
    ends = [QRectF(rect.left(), y, rect.width(), part) for y in (rect.top(), rect.bottom() - part)]
    crowded = _is_crowded(tier, columns)
    _paint_bars(painter, ends, tier.times_s[first:last], columns, theme, crowded, elsewhere)
    if is_phones(tier):
        labels = tuple(tier.labels[first:last])
        chosen = index - first if index is not None else None
        _paint_letters(painter, rect, labels, xs, theme.ink3 if elsewhere else theme.ink, theme, chosen)
        return
    middles = np.concatenate(([2 * rect.left() - xs[0]], xs, [2 * rect.right() - xs[-1]])) if xs.size else xs
    for k in range(xs.size):
        half = min(middles[k + 1] - middles[k], middles[k + 2] - middles[k + 1]) / 2
        if half < LEAST_LABEL_PX / 2 or not tier.labels[first + k]:
            continue
        room = QRectF(float(xs[k] - half), rect.top(), float(2 * half), rect.height())
        if first + k == index:
            painter.fillRect(room.adjusted(0, part, 0, -part), theme.tier_sel)
        painter.setPen(theme.ink3 if elsewhere else theme.ink)
        _paint_label(painter, room, tier.labels[first + k], is_phones(tier))


def _paint_letters(
    painter: QPainter,
    rect: QRectF,
    labels: tuple[str, ...],
    xs: NDArray[np.float64],
    ink: QColor,
    theme: Theme,
    chosen: int | None,
) -> None:
    """Paint the labels of single sounds, which may stand close together, at their points."""
    size_px, lefts = letter_places(labels, tuple(xs.tolist()))
    part = rect.height() * POINT_PART
    for k, (label, left) in enumerate(zip(labels, lefts, strict=True)):
        if left is None:
            continue
        made, width = laid_out(label, size_px)
        if k == chosen:
            room = QRectF(left - 3, rect.top() + part, width + 6, rect.height() - 2 * part)
            painter.fillRect(room, theme.tier_sel)
        painter.setPen(ink)
        painter.setFont(font(size_px, ipa=True))
        top = rect.center().y() - made.size().height() / 2
        painter.drawStaticText(QPointF(round(left), round(top)), made)


def letter_places(labels: tuple[str, ...], xs: tuple[float, ...]) -> tuple[int, tuple[float | None, ...]]:
    """Return the largest font size in which all labels fit, and where each begins.

    A label stands at its point, or beside its neighbour's, at most its own width further right. If they do
    not fit in the smallest size either, those without room are None.
    """
    size_px, found = PHONES_SIZES_PX[0], tuple[float | None, ...]()
    for size_px in PHONES_SIZES_PX:
        free, places = -math.inf, list[float | None]()
        for label, x in zip(labels, xs, strict=True):
            width = laid_out(label, size_px)[1]
            wanted = x - width / 2
            left = max(wanted, free)
            fits = bool(label) and left - wanted <= width
            places.append(left if fits else None)
            free = left + width if fits else free
        found = tuple(places)
        if all(place is not None or not label for place, label in zip(found, labels, strict=True)):
            break
    return size_px, found


def circles(tier: Tier, columns: Columns, marks: Marks, rect: QRectF) -> list[tuple[QPointF, float]]:
    """Return the circles of a tier, where a click adds a boundary, with their times."""
    return [
        (QPointF(columns.line_x(time_s), rect.top() + CIRCLE_PX + 2), time_s)
        for time_s in marked_times(marks)
        if columns.window.contains(time_s) and tier.start_s < time_s < tier.end_s and not tier.has(time_s)
    ]


def _paint_marks(
    painter: QPainter, rect: QRectF, tier: Tier, columns: Columns, theme: Theme, marks: Marks, circled: bool
) -> None:
    for time_s in marked_times(marks):
        if columns.window.contains(time_s):
            x = columns.line_x(time_s)
            draw_dotted(painter, QLineF(x, rect.top(), x, rect.bottom()), theme.cursor)
    if not circled or theme.is_print:
        return
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(theme.accent, 1.25))
    painter.setBrush(theme.plot)
    for centre, _ in circles(tier, columns, marks, rect):
        painter.drawEllipse(centre, CIRCLE_PX, CIRCLE_PX)


def paint_tier_header(
    painter: QPainter,
    rect: QRectF,
    place: int,
    tier: Tier,
    theme: Theme,
    chosen: bool,
    aside: str,
    ink: QColor,
) -> None:
    """Paint a tier's number and name, and a note; the chosen tier has a bar of 3 px."""
    if chosen:
        painter.fillRect(QRectF(rect.left(), rect.top(), 3, rect.height()), theme.accent)
    y = rect.center().y()
    words = font(12, 600 if chosen else 400)
    number = font(12, 600 if chosen else 400, numbers=True)
    draw_text(
        painter, QPointF(rect.left() + 8, y), str(place + 1), number, theme.ink if chosen else theme.ink2
    )
    room = rect.width() - 30
    painter.setFont(words)
    name = painter.fontMetrics().elidedText(tier.name, Qt.TextElideMode.ElideRight, int(room))
    draw_text(painter, QPointF(rect.left() + 22, y), name, words, theme.ink if chosen else theme.ink2)
    used = 22 + painter.fontMetrics().horizontalAdvance(name) + 8
    painter.setFont(font(11))
    said = painter.fontMetrics().elidedText(aside, Qt.TextElideMode.ElideMiddle, int(rect.width() - used - 6))
    draw_text(painter, QPointF(rect.left() + used, y), said, painter.font(), ink)


def paint_tier_count(painter: QPainter, rect: QRectF, tier: Tier, theme: Theme, marks: Marks) -> None:
    """Paint at the right which interval is chosen and how many there are, as Praat does."""
    index = chosen_index(tier, marks)
    count = len(tier.labels)
    words = f"{index + 1}/{count}" if index is not None else f"{count}"
    painter.setFont(font(11, numbers=True))
    if painter.fontMetrics().horizontalAdvance(words) > AXIS_PX - 8:
        words = f"{count}"
    draw_text(painter, QPointF(rect.left() + 6, rect.center().y()), words, painter.font(), theme.ink3)


def paint_figure_tier(
    painter: QPainter,
    rect: QRectF,
    names_px: tuple[float, float],
    tier: Tier,
    columns: Columns,
    theme: Theme,
    marks: Marks,
) -> None:
    """Paint a tier in a figure: framed, with nothing chosen, and its name at the left; `names_px` is where
    names begin and how wide they may be.
    """
    painter.save()
    painter.setClipRect(rect)
    paint_tier(painter, rect, tier, columns, theme, marks, chosen=False)
    painter.restore()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setPen(QPen(theme.edge, 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(rect)
    left_px, room_px = names_px
    name = QFontMetrics(font(12)).elidedText(tier.name, Qt.TextElideMode.ElideRight, int(room_px))
    draw_text(painter, QPointF(left_px, rect.center().y()), name, font(12), theme.ink)
