"""Which variable does this? Many items generated, measured or labelled, and regressed on their variables."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

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
from core.signals.axis import Range
from core.sweeps.answer_measures import AnswerMeasure
from core.sweeps.effects import LEAST_ITEMS, Effects, Method, labels
from core.sweeps.item_tasks import OutputsOf, Regress
from core.sweeps.measure_points import MeasuredPoints, MeasurePoints
from core.sweeps.sweep import draws_of

CHUNK = 8  # items measured at once: progress comes often, and weights are shared
MOST_ITEMS = 5000
Doubles = NDArray[np.float64]


@dataclass(frozen=True)
class Items:
    """Random outputs of a model, from the seeds from 0 on, with one code."""

    model: ModelId
    card: Card
    count: int
    code: tuple[float, ...]

    def points(self) -> tuple[Point, ...]:
        """Return the items' points."""
        return tuple(one.point for one in draws_of(self.card.layout, self.count, 0, self.code))


@dataclass(frozen=True)
class MeasureOfItems:
    """What is measured of each item: one measure of one layer, or a network's answer to the output."""

    items: Items
    layer: str
    plan: MeasurementPlan
    answer: AnswerMeasure | None = None
    over: Range | None = None


@dataclass(frozen=True, eq=False)
class EffectState:
    """The items' values so far, what is known of them, and the effects once they are found.

    `values` are float64 [items], NaN where undefined or to come.
    """

    asked: MeasureOfItems
    values: Doubles
    done: int = 0
    refusal: str = ""
    method: Method = "linear"
    threshold: float | None = None
    effects: Effects | None = None
    left_out: tuple[str, ...] = ()
    says: str = ""


class EffectRun:
    """Measures items and finds what explains them; `changed` follows whatever is new.

    Values are kept: another method or threshold measures nothing again.
    """

    changed = Signal()

    def __init__(self, context: Context, background: BackgroundEngine) -> None:
        self._messages = context.messages
        self._jobs = context.jobs
        self._background = background
        self.state: EffectState | None = None
        self.regressing = False
        self._requests = RequestsInTurn(context.jobs, "effects", background.ask, background.stop)

    @property
    def running(self) -> bool:
        """Whether items are being measured, or regressed."""
        return self._requests.running or self.regressing

    # --- a measure ------------------------------------------------------------------------------

    def run(self, asked: MeasureOfItems, method: Method, threshold: float | None) -> None:
        """Measure the items, unless they are measured already, and find the effects."""
        self.cancel()
        state = self.state
        if state is not None and state.asked == asked and state.done == asked.items.count:
            self._find(replace(state, method=method, threshold=threshold, effects=None, says=""))
            return
        if not self._possible(asked.items.count):
            return
        self.state = EffectState(asked, np.full(asked.items.count, np.nan), 0, "", method, threshold)
        points = asked.items.points()
        tasks = [
            MeasurePoints(
                asked.items.model, points[first : first + CHUNK], asked.plan, (asked.layer,), asked.over,
                asked.answer,
            )
            for first in range(0, len(points), CHUNK)
        ]  # fmt: skip
        self.changed.emit()
        self._requests.start(tasks, self._measured, self._all_measured)

    def _possible(self, count: int) -> bool:
        if LEAST_ITEMS <= count <= MOST_ITEMS:
            return True
        said = f"{count:,} items are not possible here."
        self._messages.faulted.emit(Fault(said, f"Use {LEAST_ITEMS} to {MOST_ITEMS:,} items."))
        return False

    def _measured(self, place: int, found: MeasuredPoints) -> None:
        state = self.state
        assert state is not None
        refusal = next(iter(found.refusals.values()), "")
        if refusal:
            self._requests.cancel()
            self.state = replace(state, refusal=refusal)
        else:
            values = found.values[:, 0]
            state.values[place * CHUNK : place * CHUNK + len(values)] = values
            self.state = replace(state, done=state.done + len(values))
        self.changed.emit()

    def _all_measured(self, fault: Fault | None) -> None:
        if fault is not None:
            self._messages.faulted.emit(fault)
            self.changed.emit()
        elif self.state is not None and self.state.done == len(self.state.values):
            self._find(self.state)

    # --- labels ---------------------------------------------------------------------------------

    def explain(self, asked: MeasureOfItems, known: Doubles, method: Method) -> None:
        """Find the effects on labels that somebody gave, float64 [items], NaN where there is none."""
        self.cancel()
        self._find(EffectState(asked, known, len(known), method=method))

    def outputs(
        self, items: Items, first: int, count: int, done: Callable[[NDArray[np.float32]], None]
    ) -> None:
        """Generate some outputs, float32 [items, samples], and pass them on."""
        task = OutputsOf(items.model, items.points()[first : first + count])
        future = self._background.ask(task, ("outputs", first), urgent=True)
        self._jobs.follow(("outputs", first), future, done)

    # --- the regression -------------------------------------------------------------------------

    def _find(self, state: EffectState) -> None:
        """Regress the values, or their labels, on the variables that vary."""
        self.state = state
        z = np.array([point.z for point in state.asked.items.points()])
        varies = z.min(0) < z.max(0)
        names = state.asked.items.card.layout.names()
        chosen = tuple(name for name, moves in zip(names, varies, strict=True) if moves)
        left_out = tuple(name for name, moves in zip(names, varies, strict=True) if not moves)
        try:
            y = state.values if state.threshold is None else labels(state.values, state.threshold)
        except Fault as fault:
            self._refused(fault)
            return
        self.state = replace(state, left_out=left_out)
        self.regressing = True
        future = self._background.ask(Regress(z[:, varies], y, chosen, state.method), "regress")
        self._jobs.follow("regress", future, self._found, self._refused, gone=self._gone)
        self.changed.emit()

    def _found(self, effects: Effects) -> None:
        assert self.state is not None
        self.regressing = False
        self.state = replace(self.state, effects=effects, says="")
        self.changed.emit()

    def _refused(self, fault: Fault) -> None:
        """Say beside the question why there is no answer."""
        assert self.state is not None
        self.regressing = False
        self.state = replace(self.state, effects=None, says=str(fault))
        self.changed.emit()

    def _gone(self) -> None:
        self.regressing = False
        self.changed.emit()

    def cancel(self) -> None:
        """Stop; measured items are kept until others are asked for."""
        if self.running:
            self._requests.cancel()
            self._jobs.drop("regress")
            self._background.stop("regress")
            self.regressing = False
            self.changed.emit()
