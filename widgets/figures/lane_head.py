"""The words of a lane in a figure: its name, its numbers and its overlays, beside the plot or above it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QFontMetrics, QPainter

from widgets.drawing.lines import draw_text
from widgets.stack.lane_legend import paint_sample
from widgets.theme.praat_numbers import short
from widgets.theme.theme import Theme, font
from widgets.timeline.lane_views import LaneView

LINE_PX, SAMPLE_PX, APART_PX = 15.0, 22.0, 10.0
OVERLAY_WORDS = {"pitch": "Pitch", "formants": "Formants", "intensity": "Intensity", "pulses": "Pulses"}


@dataclass(frozen=True)
class Piece:
    """One piece of a head: its text, its look, and where it stands; `sample` names the overlay before it."""

    text: str
    size: int = 11
    weight: int = 400
    strong: bool = False
    sample: str = ""
    x_px: float = 0.0
    y_px: float = 0.0

    @property
    def metrics(self) -> QFontMetrics:
        return QFontMetrics(font(self.size, self.weight, numbers=True))

    @property
    def sample_px(self) -> float:
        return SAMPLE_PX if self.sample else 0.0

    @property
    def width_px(self) -> float:
        return self.sample_px + self.metrics.horizontalAdvance(self.text)

    def within(self, room_px: float) -> Piece:
        """Return the piece with its text cut in the middle where it is too long."""
        cut = self.metrics.elidedText(
            self.text, Qt.TextElideMode.ElideMiddle, int(max(0.0, room_px - self.sample_px))
        )
        return replace(self, text=cut)


@dataclass(frozen=True)
class Head:
    """The pieces of a lane's head at their places, and the height that they take."""

    pieces: tuple[Piece, ...]
    height_px: float

    def moved(self, by_px: float) -> Head:
        """Return the head further down."""
        return replace(self, pieces=tuple(replace(one, y_px=one.y_px + by_px) for one in self.pieces))


def _pieces(lane: LaneView) -> Iterator[Piece]:
    gain = f" ×{short(lane.gain)}" if lane.gain != 1 else ""
    yield Piece(f"{lane.title}{gain}", 13, 600, strong=True)
    if lane.model:
        yield Piece(lane.model)
    if lane.collapsed:
        return
    yield from (Piece(words) for words in lane.meta.split(" · ") if words)
    for kind, words in OVERLAY_WORDS.items():
        if kind in lane.shown and (lane.pulses if kind == "pulses" else lane.overlays.get(kind)):
            yield Piece(words, sample=kind)


def head_beside(lane: LaneView, left_px: float, room_px: float) -> Head:
    """Return a head of one piece a line, for the space left of a lane's axis."""
    placed = tuple(
        replace(piece.within(room_px), x_px=left_px, y_px=LINE_PX * (number + 0.5))
        for number, piece in enumerate(_pieces(lane))
    )
    return Head(placed, LINE_PX * len(placed))


def head_above(lane: LaneView, left_px: float, room_px: float) -> Head:
    """Return a head whose pieces follow each other in lines, for the space above a lane."""
    placed: list[Piece] = []
    x, y = left_px, LINE_PX / 2
    for piece in _pieces(lane):
        fitting = piece.within(room_px)
        if placed and x + fitting.width_px > left_px + room_px:
            x, y = left_px, y + LINE_PX
        placed.append(replace(fitting, x_px=x, y_px=y))
        x += fitting.width_px + APART_PX
    return Head(tuple(placed), y + LINE_PX / 2)


def paint_head(painter: QPainter, head: Head, theme: Theme) -> None:
    """Paint the pieces of a head."""
    for piece in head.pieces:
        if piece.sample:
            paint_sample(painter, piece.sample, piece.x_px, piece.y_px, theme)
        place = QPointF(piece.x_px + piece.sample_px, piece.y_px)
        face = font(piece.size, piece.weight, numbers=True)
        draw_text(painter, place, piece.text, face, theme.ink if piece.strong else theme.ink2)
