"""The sweep of the window: its steps run one by one along the knob's own way, between the turns of knobs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from psygnal import Signal

from app.base.context import Context
from app.sweeping.in_turn import RequestsInTurn
from core.families.card import Card
from core.faults import Fault
from core.networks.latent import Point
from core.probing.drive import LatentPoints
from core.probing.model_id import ModelId
from core.probing.request import Probed, ProbeRequest
from core.probing.surgery import edits_of
from core.processes.engine import Engine
from core.session.lane_key import GENERATOR
from core.session.session import ModelPoint
from core.signals.track import Track
from core.sweeps.grid import Grid
from core.sweeps.positions import Positions, positions

MOST_STEPS = 500  # of 16,384 samples with all layers: 45 MB


@dataclass(frozen=True, eq=False)
class SweepState:
    """A sweep and what is computed of it: each step's layers, None while they are to come.

    `base` is where everything else stays frozen, `drawn` its own layers, `current` the step that is looked at
    and heard.
    """

    model: ModelId
    card: Card
    grid: Grid
    base: ModelPoint
    points: tuple[Point, ...]
    positions: Positions
    current: int = 0
    steps: tuple[Mapping[str, Track] | None, ...] = ()
    drawn: Mapping[str, Track] | None = None

    @property
    def done(self) -> int:
        """The number of steps that are computed."""
        return sum(step is not None for step in self.steps)


class SweepRun:
    """Runs one sweep at a time and keeps its layers.

    `began` and `ended` frame the computation, `stepped` follows each step (its number), and
    `current_changed` another choice of step.
    """

    began = Signal()
    stepped = Signal(int)
    ended = Signal()
    current_changed = Signal(int)

    def __init__(self, context: Context, engine: Engine) -> None:
        self._session = context.session
        self._messages = context.messages
        self.state: SweepState | None = None
        self._steps: list[Mapping[str, Track] | None] = []  # and the draw's own at the end
        self._requests = RequestsInTurn(
            context.jobs, "sweep", lambda one, key: engine.probe(one, key=key), engine.stop
        )
        context.session.model_closed.connect(self._closed)
        context.session.card_changed.connect(self._reopened)

    def run(self, grid: Grid, base: ModelPoint | None = None, current: int | None = None) -> None:
        """Sweep the model in focus over a grid; everything else stays as at `base`, or as it is now.

        A grid with more steps than the window can hold, or a model without a generator, is a fault.
        """
        session = self._session
        card = session.card
        if card is None or card.generator is None:
            return
        if len(grid) > MOST_STEPS:
            said = f"The grid has {len(grid):,} steps; the window shows at most {MOST_STEPS}."
            hint = "Use fewer or larger steps, or `phonoscope sweep` for more."
            self._messages.faulted.emit(Fault(said, hint))
            return
        self.cancel()
        base = session.at(session.model) if base is None else base
        points = grid.points(base.point)
        self._steps = [None] * (len(points) + 1)
        chosen = nearest(points, session.point) if current is None else current
        self.state = SweepState(session.model, card, grid, base, points, positions(grid), chosen)
        self._update(chosen)
        self.began.emit()
        edits = edits_of(GENERATOR, base.edits)
        asked = [
            ProbeRequest(session.model, GENERATOR, LatentPoints((point,)), edits=edits)
            for point in (*points, base.point)
        ]
        self._requests.start(asked, self._arrived, self._ended)

    @property
    def running(self) -> bool:
        """Whether steps are still to come."""
        return self._requests.running

    def cancel(self) -> None:
        """Stop computing; the finished steps stay."""
        if self._requests.running:
            self._requests.cancel()
            self.ended.emit()

    def choose(self, step: int) -> None:
        """Look at another step."""
        state = self.state
        if state is not None and 0 <= step < len(state.points) and step != state.current:
            self._update(step)
            self.current_changed.emit(step)

    def clear(self) -> None:
        """Forget the sweep."""
        self.cancel()
        self.state, self._steps = None, []
        self.began.emit()

    def _arrived(self, step: int, probed: Probed) -> None:
        self._steps[step] = probed.tracks
        self._update()
        self.stepped.emit(step)

    def _ended(self, fault: Fault | None) -> None:
        self.ended.emit()
        if fault is not None:
            self._messages.faulted.emit(fault)

    def _update(self, current: int | None = None) -> None:
        """Renew the state by what is computed now."""
        state = self.state
        assert state is not None
        chosen = state.current if current is None else current
        *steps, drawn = self._steps
        self.state = replace(state, current=chosen, steps=tuple(steps), drawn=drawn)

    def _closed(self, model: ModelId) -> None:
        if self.state is not None and self.state.model == model:
            self.clear()

    def _reopened(self) -> None:
        """Forget a sweep of a checkpoint that another one has replaced."""
        state = self.state
        if state is not None and self._session.models.get(state.model) is not state.card:
            self.clear()


def nearest(points: tuple[Point, ...], here: Point) -> int:
    """Return the step that is closest to a point, by the sum of squares."""
    distances = [sum((a - b) ** 2 for a, b in zip(point.z, here.z, strict=True)) for point in points]
    return min(range(len(points)), key=distances.__getitem__)
