"""What D or Q gives, drawn in a lane: a bar per class with its probability and logit, or one score."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPen

from core.probing.classifier_output import ClassifierOutput, ClassProbability
from widgets.drawing.lines import draw_text, wrapped
from widgets.theme.praat_numbers import NONE, activation
from widgets.theme.theme import Theme, font
from widgets.timeline.lane_views import LaneView

COLUMN_PX, BAR_PX, EDGE_PX = 96.0, 40.0, 8.0
TOP_PX, BELOW_PX, LINE_PX = 30.0, 32.0, 14.0
LOGIT_FROM_PX, VALUE_FROM_PX, SHORT_FROM_PX, LABEL_FROM_PX = 76.0, 56.0, 30.0, 20.0
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
    """Return the column of each class, side by side from the left; none for a score."""
    if output.rule == "score":
        return []
    width = min(COLUMN_PX, (rect.width() - 2 * EDGE_PX) / len(output.classes))
    left = rect.left() + EDGE_PX
    return [
        (one, QRectF(left + k * width, rect.top(), width, rect.height()))
        for k, one in enumerate(output.classes)
    ]


def class_at(rect: QRectF, output: ClassifierOutput, place: QPointF) -> ClassProbability | None:
    """Return the class whose column is under the mouse."""
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
    painter: QPainter, column: QRectF, one: ClassProbability, lane: LaneView, theme: Theme
) -> None:
    """Paint one class: its bar from 0 to 1, the probability above it, its label and logit below it."""
    output = lane.classifier
    assert output is not None
    likely = one.label == output.ranked[0].label if output.rule == "softmax" else one.probability > 0.5
    width = min(BAR_PX, column.width() * 0.7)
    ground = QRectF(
        column.center().x() - width / 2, column.top() + TOP_PX, width, column.height() - TOP_PX - BELOW_PX
    )
    painter.fillRect(ground, theme.plot_off)
    painter.setPen(QPen(theme.line2, 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(ground)
    if math.isfinite(one.probability):
        full = QRectF(ground)
        full.setTop(ground.bottom() - ground.height() * one.probability)
        painter.fillRect(full, theme.curve if likely else theme.ghost)
    if one.label in lane.given:
        painter.setPen(QPen(theme.accent, 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(ground.adjusted(-2, -2, 2, 2))
    _paint_class_words(painter, column, ground, one, likely, theme)


def _paint_class_words(
    painter: QPainter, column: QRectF, ground: QRectF, one: ClassProbability, likely: bool, theme: Theme
) -> None:
    """Write as much as fits into the column of a class; the rest is in its tooltip."""
    x, width = column.center().x(), column.width()
    number = font(11, 600 if likely else 400, numbers=True)
    ink = theme.ink if likely else theme.ink2
    if width >= SHORT_FROM_PX or likely:
        enough = width >= VALUE_FROM_PX
        words = probability_text(one.probability) if enough else f"{one.probability:.2f}"
        draw_text(painter, QPointF(x, ground.top() - 9), words, number, ink, "centre")
    if width >= LABEL_FROM_PX or likely:
        label = font(12, 600 if likely else 400)
        draw_text(painter, QPointF(x, ground.bottom() + 10), one.label, label, ink, "centre")
    if width >= LOGIT_FROM_PX:
        words = f"logit {activation(one.logit)}"
        place = QPointF(x, ground.bottom() + 24)
        draw_text(painter, place, words, font(11, numbers=True), theme.ink3, "centre")
