"""One search at a time, in the background: short tasks one after the other, results as they come."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from psygnal import Signal

from app.base.context import Context
from app.generating.choice import GenerationChoice
from app.models.background import BackgroundEngine
from core.faults import Fault
from core.generation.grid import Grid, Setting
from core.generation.real_excerpts import Place, RealExcerpts
from core.generation.search import Comparison, Search
from core.generation.tasks import (
    AdvanceTask,
    ExamplesTask,
    LayersTask,
    Pair,
    PairTask,
    PlacesTask,
    RealExamplesTask,
    RealTask,
    UndrivenTask,
)
from core.generation.tiles import Example
from core.generation.trajectory import Best, Trajectory
from core.probing.model_id import ModelId

TASK_S = 0.4
"""How long one part of a search takes, about: whatever else is wanted waits for at most so long."""

REAL_AT_ONCE, UNDRIVEN = 10, 120
JOB = "generate"


@dataclass(frozen=True)
class GenerationAsked:
    """What is searched: the pair, its grid, and the folder of recordings to compare with, "" for none.

    `n` and `rate_hz` are the generator's sounds; `top` of the excerpts are compared, `tiles` examples shown.
    """

    pair: Pair
    grid: Grid
    n: int
    rate_hz: int
    folder: str = ""
    top: int = 50
    most: int = 700
    tiles: int = 6
    kind: str = "unit"


@dataclass
class GenerationState:
    """A search as far as it has come.

    `examples` are of each direction's shown setting, `real` of the excerpts it is compared with; `drawn` says
    which setting's examples were made, and after how many steps.
    """

    asked: GenerationAsked
    search: Search
    places: tuple[Place, ...] | None = None
    pool: RealExcerpts = field(default_factory=RealExcerpts)
    undriven: Best | None = None
    shown: dict[int, Setting] = field(default_factory=dict[int, Setting])
    chosen: dict[int, Setting] = field(default_factory=dict[int, Setting])
    examples: dict[int, tuple[Example, ...]] = field(default_factory=dict[int, tuple[Example, ...]])
    real: dict[int, tuple[Example, ...]] = field(default_factory=dict[int, tuple[Example, ...]])
    drawn: dict[int, tuple[Setting, int]] = field(default_factory=dict[int, tuple[Setting, int]])
    took_s: float = 0.0

    @property
    def reads(self) -> bool:
        """Whether excerpts are still to be heard."""
        if not self.asked.folder:
            return False
        return self.places is None or len(self.places) > self.heard

    heard: int = 0

    def setting(self, sign: int) -> Setting | None:
        """Return the setting whose examples are wanted: the chosen one, or the best so far."""
        if sign in self.chosen:
            return self.chosen[sign]
        best = self.search.marks(sign).get("best")
        if best is not None:
            return best.setting
        first = next(self.asked.grid.settings(sign))
        return first if first.course in self.search.trajectories else None

    def best(self, setting: Setting) -> tuple[Best, int] | None:
        """Return the best of a setting and after how many steps, of one that is not there yet so far."""
        reached = self.search.best(setting)
        if reached is not None:
            return reached, setting.steps
        found = self.search.trajectories.get(setting.course)
        return (found.best, found.step) if found is not None and found.step else None


class GenerationRun:
    """Searches; `changed` follows whatever is new, `ended` the end of a search."""

    changed = Signal()
    ended = Signal()

    def __init__(self, context: Context, background: BackgroundEngine) -> None:
        self._jobs, self._messages = context.jobs, context.messages
        self._background = background
        self.state: GenerationState | None = None
        self.choice = GenerationChoice()
        self.running = False
        self._chunk, self._began_s = 1, 0.0
        self._due = self._asking = False
        context.session.model_closed.connect(self._closed)

    def start(self, asked: GenerationAsked) -> None:
        """Search from the beginning; what an earlier search found is let go."""
        self.cancel()
        self.state = GenerationState(asked, Search(asked.pair.latent, asked.grid))
        self._go()

    def resume(self) -> None:
        """Go on with the search that is there, from where it was stopped."""
        if self.state is not None and not self.running:
            self._go()

    def cancel(self) -> None:
        """Stop; what was found stays."""
        if not self.running:
            return
        self.running = False
        self._jobs.drop(JOB)
        self._background.stop(JOB)
        self._count_time()
        self.changed.emit()
        self.ended.emit()

    def choose(self, sign: int, setting: Setting) -> None:
        """Show the examples of a setting; a setting that was chosen already follows the best again."""
        if self.state is None:
            return
        self.state.chosen[sign] = setting
        self.changed.emit()
        if not self.running:
            self._go()

    def set_distance(self, kind: str) -> None:
        """Compare by another distance; those of layers hear the best of every setting once more."""
        state = self.state
        if state is None or state.search.comparison is None:
            return
        state.asked = replace(state.asked, kind=kind)
        state.search.comparison = replace(state.search.comparison, kind=kind)
        state.chosen.clear()
        self.changed.emit()
        if not self.running:
            self._go()

    @property
    def done_steps(self) -> int:
        """The steps that have been taken."""
        return self.state.search.done_steps if self.state else 0

    def _go(self) -> None:
        self.running, self._chunk, self._began_s = True, 1, time.monotonic()
        self.changed.emit()
        self._next()

    def _count_time(self) -> None:
        if self.state is not None:
            self.state.took_s += time.monotonic() - self._began_s
        self._began_s = time.monotonic()

    def _next(self) -> None:
        """Ask for the next task, and for those after it that are answered at once."""
        self._due = True
        if self._asking:
            return
        self._asking = True
        try:
            while self._due and self.running:
                self._due = False
                self._ask_next()
        finally:
            self._asking = False

    def _ask_next(self) -> None:
        """Ask for the next task: tiles first, then the excerpts, then what the prior does, then steps."""
        state = self.state
        assert state is not None
        for step in (self._layers, self._tiles, self._read, self._undriven, self._search):
            asked = step(state)
            if asked is not None:
                self._ask(*asked)
                return
        self.running = False
        self._count_time()
        self.changed.emit()
        self.ended.emit()

    def _ask(self, task: PairTask, take: Callable[[Any], None]) -> None:
        def arrived(found: Any) -> None:
            take(found)
            self.changed.emit()
            if self.running:
                self._next()

        try:
            future = self._background.ask(task, JOB)
        except Fault as fault:
            self._failed(fault)
            return
        self._jobs.follow(JOB, future, arrived, self._failed, gone=self.cancel)

    def _failed(self, fault: Fault) -> None:
        self._messages.faulted.emit(fault)
        self.running = False
        self._count_time()
        self.changed.emit()
        self.ended.emit()

    # --- the kinds of task ------------------------------------------------------------------------

    def _layers(self, state: GenerationState) -> tuple[PairTask, Callable[[Any], None]] | None:
        """Average the unit's layer over the best of a setting, where a distance of layers asks for it."""
        comparison = state.search.comparison
        if comparison is None or comparison.kind == "unit":
            return None
        for sign in state.asked.grid.signs:
            for setting in state.asked.grid.settings(sign):
                best = state.search.best(setting)
                if best is not None and setting not in state.search.layers:

                    def take(found: Any, setting: Setting = setting) -> None:
                        state.search.layers[setting] = found

                    return LayersTask(state.asked.pair, best.z), take
        return None

    def _tiles(self, state: GenerationState) -> tuple[PairTask, Callable[[Any], None]] | None:
        """Make the examples that are wanted and not those on the screen."""
        for sign in state.asked.grid.signs:
            setting = state.setting(sign)
            found = state.best(setting) if setting is not None else None
            if setting is None or found is None:
                continue
            best, steps = found
            reached = steps == setting.steps
            if state.drawn.get(sign) == (setting, steps) or (sign in state.drawn and not reached):
                continue
            order = sorted(range(len(best.values)), key=lambda k: -sign * float(best.values[k]))
            task = ExamplesTask(state.asked.pair, best, tuple(order[: state.asked.tiles]))

            def take(
                made: tuple[Example, ...], sign: int = sign, setting: Setting = setting, steps: int = steps
            ) -> None:
                state.examples[sign], state.drawn[sign], state.shown[sign] = made, (setting, steps), setting

            return task, take
        return self._real_tiles(state)

    def _real_tiles(self, state: GenerationState) -> tuple[PairTask, Callable[[Any], None]] | None:
        if state.search.comparison is None:
            return None
        for sign in state.asked.grid.signs:
            if sign not in state.real:
                chosen = state.search.comparison.chosen(sign)
                few = chosen.take(range(min(len(chosen), state.asked.tiles)))
                task = RealExamplesTask(state.asked.pair, few, state.asked.n, state.asked.rate_hz)

                def take(made: tuple[Example, ...], sign: int = sign) -> None:
                    state.real[sign] = made

                return task, take
        return None

    def _read(self, state: GenerationState) -> tuple[PairTask, Callable[[Any], None]] | None:
        """Hear the next excerpts; after a first look at the search, so that tiles come soon."""
        asked = state.asked
        if not state.reads or not state.examples:
            return None
        if state.places is None:
            task = PlacesTask(asked.pair, asked.folder, asked.n / asked.rate_hz, asked.most)

            def found(places: tuple[Place, ...]) -> None:
                state.places = places

            return task, found
        some = state.places[state.heard : state.heard + REAL_AT_ONCE]

        def take(more: RealExcerpts) -> None:
            state.pool = state.pool.with_more(more)
            state.heard += len(some)
            if not state.reads and len(state.pool) > 1:
                state.search.comparison = Comparison(state.pool, asked.top, state.asked.kind)
            elif not state.reads:
                words = "The recordings hold fewer than two excerpts that sound; nothing is compared."
                self._messages.faulted.emit(Fault(words, "Choose a folder with more recordings."))

        return RealTask(asked.pair, some, asked.n, asked.rate_hz), take

    def _undriven(self, state: GenerationState) -> tuple[PairTask, Callable[[Any], None]] | None:
        if state.undriven is not None or not state.examples:
            return None

        def take(found: Best) -> None:
            state.undriven = found

        return UndrivenTask(state.asked.pair, UNDRIVEN), take

    def _search(self, state: GenerationState) -> tuple[PairTask, Callable[[Any], None]] | None:
        following = state.search.next(self._chunk)
        if following is None:
            return None
        start, to_step = following
        began_s = time.monotonic()

        def take(found: Trajectory) -> None:
            state.search.put(found)
            each = max(1e-4, (time.monotonic() - began_s) / max(1, found.step - start.step))
            self._chunk = max(1, min(200, round(TASK_S / each)))

        return AdvanceTask(state.asked.pair, start, to_step), take

    def _closed(self, model: ModelId) -> None:
        if self.state is not None and model in (self.state.asked.pair.prior, self.state.asked.pair.target):
            self.cancel()
            self.state = None
            self.changed.emit()
