"""Dose-response in the window: a measure against latent values, over one draw or many frozen draws."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray
from psygnal import Signal

from app.base.context import Context
from app.models.background import BackgroundEngine
from app.sweeping.in_turn import RequestsInTurn
from core.families.card import Card
from core.faults import Fault
from core.measures.plan import MeasurementPlan
from core.networks.latent import Point
from core.probing.model_id import ModelId
from core.probing.surgery import LayerEdit
from core.signals.axis import Range
from core.sweeps.answer_measures import AnswerMeasure
from core.sweeps.dose_response import DoseResponse, dose_response
from core.sweeps.grid import Grid
from core.sweeps.measure_points import MeasuredPoints, MeasurePoints
from core.sweeps.positions import Positions, positions
from core.sweeps.sweep import draws_of

MOST_DRAWS = 2500
DRAW = "draw"


@dataclass(frozen=True)
class DoseAsked:
    """What is measured against what: each line moves one grid, in the same frozen draws.

    `draws` is 1 for the point at the knobs alone; more are drawn from the seeds from 0 on, with the knobs'
    code. `baseline` is "" for the measure itself, `DRAW`, or a value that the moving variables are set to.
    `edits` change layers in every run.
    """

    model: ModelId
    card: Card
    lines: tuple[Grid, ...]
    base: Point
    layers: tuple[str, ...]
    plan: MeasurementPlan
    answer: AnswerMeasure | None = None
    over: Range | None = None
    draws: int = 1
    baseline: str = ""
    edits: tuple[LayerEdit, ...] = ()

    def points(self) -> tuple[Point, ...]:
        """Return the frozen draws."""
        if self.draws == 1:
            return (self.base,)
        layout = self.card.layout
        return tuple(one.point for one in draws_of(layout, self.draws, 0, self.base.z[: layout.code]))

    def with_baseline(self, line: Grid, draw: Point) -> tuple[Point, ...]:
        """Return a line's points in one draw, and the baseline's at the end."""
        at = draw
        if self.baseline not in ("", DRAW):
            for axis in line.axes:
                for index in axis.indices:
                    at = at.set(index, float(self.baseline))
        return (*line.points(draw), at)


@dataclass(frozen=True, eq=False)
class DoseState:
    """The measure so far: for each line float64 [draws, steps + 1, layers], the last step is the baseline."""

    asked: DoseAsked
    values: tuple[NDArray[np.float64], ...]
    positions: tuple[Positions, ...]
    layers: tuple[str, ...]
    refusals: Mapping[str, str] = field(default_factory=dict[str, str])
    done: int = 0

    @property
    def count(self) -> int:
        """How many tasks there are: one for each line of each draw."""
        return self.asked.draws * len(self.asked.lines)

    def response(self, line: int, layer: str) -> DoseResponse | None:
        """Return the response of a layer to a line's values; None while nothing is defined."""
        if layer in self.refusals:
            return None
        values = self.values[line][:, :, self.layers.index(layer)]
        known = values[np.isfinite(values[:, :-1]).any(1)]
        places = np.array(self.positions[line].places)
        if not known.size:
            return None
        try:
            return dose_response(places, known[:, :-1], known[:, -1])
        except Fault:  # no draw has a value at the baseline
            return None


class DoseRun:
    """Measures one dose-response at a time, in the background; `changed` follows whatever is new."""

    changed = Signal()

    def __init__(self, context: Context, background: BackgroundEngine) -> None:
        self._messages = context.messages
        self.state: DoseState | None = None
        self._requests = RequestsInTurn(context.jobs, "dose", background.ask, background.stop)
        context.session.model_closed.connect(self._closed)

    @property
    def running(self) -> bool:
        """Whether more is to come."""
        return self._requests.running

    def run(self, asked: DoseAsked) -> None:
        """Measure; more draws than can be waited for are a fault."""
        if not 1 <= asked.draws <= MOST_DRAWS:
            said = f"{asked.draws:,} draws are not possible here."
            self._messages.faulted.emit(Fault(said, f"Use 1 to {MOST_DRAWS:,} draws."))
            return
        self.cancel()
        layers = (asked.card.output,) if asked.answer is not None else asked.layers
        shapes = [(asked.draws, len(line) + 1, len(layers)) for line in asked.lines]
        self.state = DoseState(
            asked,
            tuple(np.full(shape, np.nan) for shape in shapes),
            tuple(positions(line) for line in asked.lines),
            layers,
        )
        tasks = [
            MeasurePoints(
                asked.model,
                asked.with_baseline(line, draw),
                asked.plan,
                layers,
                asked.over,
                asked.answer,
                asked.edits,
            )
            for draw in asked.points()
            for line in asked.lines
        ]
        self.changed.emit()
        self._requests.start(tasks, self._arrived, self._ended)

    def cancel(self) -> None:
        """Stop measuring; what is measured stays."""
        if self._requests.running:
            self._requests.cancel()
            self.changed.emit()

    def _arrived(self, place: int, found: MeasuredPoints) -> None:
        state = self.state
        assert state is not None
        draw, line = divmod(place, len(state.asked.lines))
        state.values[line][draw] = found.values
        self.state = replace(state, refusals={**state.refusals, **found.refusals}, done=state.done + 1)
        self.changed.emit()

    def _ended(self, fault: Fault | None) -> None:
        if fault is not None:
            self._messages.faulted.emit(fault)
        self.changed.emit()

    def _closed(self, model: ModelId) -> None:
        if self.state is not None and model in (self.state.asked.model,):
            self.cancel()
            self.state = None
            self.changed.emit()
