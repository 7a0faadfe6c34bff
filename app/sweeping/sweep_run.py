"""The sweep of the window: its steps run one by one along the knob's own way, between the turns of knobs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from psygnal import Signal

from app.base.context import Context
from core.families.card import Card
from core.faults import Fault
from core.networks.latent import Point
from core.probing.drive import LatentPoints
from core.probing.model_id import ModelId
from core.probing.request import Probed, ProbeRequest
from core.processes.engine import Engine
from core.session.lane_key import GENERATOR
from core.session.session import ModelPoint
from core.signals.track import Track
from core.sweeps.grid import Grid
from core.sweeps.positions import Positions, positions

AHEAD = 2  # requests at once: the engine never waits for the window, and a turned knob waits for one step
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
        self._jobs = context.jobs
        self._messages = context.messages
        self._engine = engine
        self.state: SweepState | None = None
        self.running = False
        self._steps: list[Mapping[str, Track] | None] = []  # and the draw's own at the end
        self._next, self._round, self._waiting, self._pumping = 0, 0, 0, False
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
        self._round, self._next, self.running = self._round + 1, 0, True
        self.began.emit()
        self._pump()

    def cancel(self) -> None:
        """Stop computing; the finished steps stay."""
        if self.running:
            self._round += 1
            self._waiting = 0
            for slot in range(AHEAD):
                self._engine.stop(("sweep", slot))
            self._end()

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

    def _end(self) -> None:
        self.running = False
        self.ended.emit()

    def _pump(self) -> None:
        """Keep a few requests in hand; an answer that comes at once does not start another round."""
        state = self.state
        if self._pumping or state is None:
            return
        self._pumping = True
        while self.running and self._waiting < AHEAD and self._next < len(self._steps):
            self._ask(state, self._next)
        self._pumping = False

    def _ask(self, state: SweepState, step: int) -> None:
        number, self._next, self._waiting = self._round, step + 1, self._waiting + 1
        point = state.points[step] if step < len(state.points) else state.base.point
        asked = ProbeRequest(state.model, GENERATOR, LatentPoints((point,)))
        future = self._engine.probe(asked, key=("sweep", step % AHEAD))
        self._jobs.follow(
            ("sweep", step),
            future,
            lambda probed: self._arrived(number, step, probed),
            lambda fault: self._failed(number, fault),
            gone=lambda: self._gone(number),
        )

    def _arrived(self, number: int, step: int, probed: Probed) -> None:
        if number != self._round:
            return
        self._waiting -= 1
        self._steps[step] = probed.tracks
        self._update()
        self.stepped.emit(step)
        if all(one is not None for one in self._steps):
            self._end()
        self._pump()

    def _failed(self, number: int, fault: Fault) -> None:
        if number == self._round:
            self.cancel()
            self._messages.faulted.emit(fault)

    def _gone(self, number: int) -> None:
        """End a sweep one of whose steps will never come."""
        if number == self._round:
            self.cancel()

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
