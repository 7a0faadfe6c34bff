"""What a network says once about a sound, written in a lane: a value per class, or one score."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPen

from core.probing.classifier_output import ClassifierOutput, ClassProbability
from widgets.drawing.lines import draw_text, wrapped
from widgets.theme.praat_numbers import NONE, activation
from widgets.theme.theme import Theme, font
from widgets.timeline.lane_views import LaneView

CELL_PX, ROW_PX, GAP_PX, EDGE_PX = 138.0, 32.0, 14.0, 12.0
TOP_PX, LINE_PX = 26.0, 14.0
SCORE = (
    "Higher means that this discriminator finds the sound more like its training recordings. "
    "It is not a probability: compare it only with other scores of the same discriminator."
)
SHORT_SCORE = "Higher: more like the training recordings. Not a probability."
MOST_IN_ONE_LINE = 4


def probability_text(value: float) -> str:
    """Return a probability with four decimals, and what is nearly 0 or 1 as such.

    >>> probability_text(0.99999), probability_text(0.25), probability_text(1e-6), probability_text(1.0)
    ('> 0.9999', '0.2500', '< 0.0001', '1.0000')
    """
    if not math.isfinite(value):
        return NONE
    if 0 < value < 0.0001:
        return "< 0.0001"
    return "> 0.9999" if 0.9999 < value < 1 else f"{value:.4f}"


def class_words(one: ClassProbability) -> str:
    """Return a class with its probability and logit in words."""
    return f"{one.label} {probability_words(one)}"


def probability_words(one: ClassProbability) -> str:
    """Return a class's probability and logit."""
    return f"{probability_text(one.probability)}, logit {activation(one.logit)}"


def short_words(output: ClassifierOutput, most: int = MOST_IN_ONE_LINE) -> str:
    """Return the score, or the most probable classes, in one line."""
    if output.rule == "score":
        return f"score {activation(output.classes[0].logit)}"
    told = (f"{one.label} {probability_text(one.probability)}" for one in output.ranked[:most])
    return "  ".join(told) + ("  …" if len(output.classes) > most else "")


def class_places(rect: QRectF, output: ClassifierOutput) -> list[tuple[ClassProbability, QRectF]]:
    """Return the cell of each class: a few in the network's order, many as a ranking, as far as they fit.

    There is none for a score.
    """
    if output.rule == "score":
        return []
    across = max(1, int((rect.width() - 2 * EDGE_PX) // CELL_PX))
    down = max(1, int((rect.height() - TOP_PX) // ROW_PX))
    told = output.classes if len(output.classes) <= across else output.ranked[: across * down]
    left, top = rect.left() + EDGE_PX, rect.top() + TOP_PX
    return [
        (one, QRectF(left + k % across * CELL_PX, top + k // across * ROW_PX, CELL_PX, ROW_PX))
        for k, one in enumerate(told)
    ]


def class_at(rect: QRectF, output: ClassifierOutput, place: QPointF) -> ClassProbability | None:
    """Return the class whose cell is under the mouse."""
    return next((one for one, column in class_places(rect, output) if column.contains(place)), None)


def paint_classifier(painter: QPainter, rect: QRectF, lane: LaneView, theme: Theme) -> None:
    """Paint a lane of what a network gives; a folded lane shows one line of words."""
    output = lane.classifier
    assert output is not None
    painter.fillRect(rect, theme.plot)
    if lane.collapsed:
        place = QPointF(rect.left() + EDGE_PX, rect.center().y())
        draw_text(painter, place, short_words(output), font(12, 500, numbers=True), theme.ink)
        return
    if output.rule == "score":
        _paint_score(painter, rect, output.classes[0].logit, theme)
    for one, column in class_places(rect, output):
        _paint_class(painter, column, one, lane, theme)
    _paint_note(painter, rect, lane, theme)


def _note_of(lane: LaneView) -> str:
    """Return what the network hears, and the code that the sound was generated with."""
    output = lane.classifier
    if output is None or not lane.given:
        return lane.note
    names = [one.label for one in output.classes if one.label in lane.given]
    return f"{lane.note} (outlined: {', '.join(names)}, the code given to G)"


def _paint_note(painter: QPainter, rect: QRectF, lane: LaneView, theme: Theme) -> None:
    """Write what is heard; what was given only where there is room for it."""
    face, words = font(11, numbers=True), _note_of(lane)
    room_px, metrics = int(rect.width() - 2 * EDGE_PX), QFontMetrics(face)
    if metrics.horizontalAdvance(words) > room_px:
        words = metrics.elidedText(lane.note, Qt.TextElideMode.ElideRight, room_px)
    draw_text(painter, QPointF(rect.right() - EDGE_PX, rect.top() + 10), words, face, theme.ink2, "right")


def _paint_score(painter: QPainter, rect: QRectF, score: float, theme: Theme) -> None:
    """Paint a critic's score as the one number of its lane, and what it means."""
    left, face = rect.left() + EDGE_PX, font(11)
    place = QPointF(left, rect.top() + TOP_PX)
    draw_text(painter, place, activation(score), font(16, 600, numbers=True), theme.ink)
    room = QRectF(left, rect.top() + TOP_PX + 14, rect.width() - 2 * EDGE_PX, rect.height() - TOP_PX - 14)
    for words in (SCORE, SHORT_SCORE):
        lines = wrapped(words, lambda text: QFontMetrics(face).horizontalAdvance(text) <= room.width())
        if LINE_PX * len(lines) <= room.height():
            break
    for number, line in enumerate(lines):
        place = QPointF(left, room.top() + LINE_PX * (number + 0.5))
        draw_text(painter, place, line, face, theme.ink2)


def _paint_class(
    painter: QPainter, cell: QRectF, one: ClassProbability, lane: LaneView, theme: Theme
) -> None:
    """Write one class: its label, its probability, and below them its logit; a class that was given is
    outlined.
    """
    output = lane.classifier
    assert output is not None
    likely = one.label == output.ranked[0].label if output.rule == "softmax" else one.probability > 0.5
    ink, weight = (theme.ink, 600) if likely else (theme.ink2, 400)
    face, number = font(12, weight), font(12, weight, numbers=True)
    value = probability_text(one.probability)
    room_px = int(cell.width() - GAP_PX - QFontMetrics(number).horizontalAdvance(value) - 8)
    label = QFontMetrics(face).elidedText(one.label, Qt.TextElideMode.ElideRight, room_px)
    y = cell.top() + LINE_PX * 0.75
    place = draw_text(painter, QPointF(cell.left(), y), label, face, ink)
    draw_text(painter, QPointF(place.right() + 8, y), value, number, ink)
    logit = f"logit {activation(one.logit)}"
    below = QPointF(cell.left(), y + LINE_PX)
    draw_text(painter, below, logit, font(11, numbers=True), theme.ink3)
    if one.label in lane.given:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.accent, 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(cell.adjusted(-5, -2, -GAP_PX + 3, -3), 3, 3)
