"""A network that follows the microphone: each time there is more to hear, it runs over the latest part."""

from __future__ import annotations

import time
from collections import deque

from psygnal import Signal

from app.base.context import Context
from core.capture.capture import Capture, Captured
from core.capture.inputs import NO_MICROPHONE, NO_MICROPHONE_HINT, InputBackend
from core.capture.takes import Take, default_folder
from core.families.card import Card, NetworkCard
from core.faults import Fault
from core.live.hearing import LiveAnswer, LiveTask
from core.live.history import LiveHistory
from core.live.plan import LivePlan, live_plan
from core.live.sound_buffer import SoundBuffer
from core.networks.spec import SoundDrive
from core.probing.model_id import ModelId
from core.processes.engine import Engine

SPAN_S = 8.0  # how much is shown
KEEP_S = 60.0
SLOW_S = 0.15
"""From this delay on an answer is too late to be called live."""

MOST_DELAYS = 30
Listener = tuple[ModelId, str]


class Live:
    """Holds the open microphone and what the network made of the last seconds.

    `changed` is emitted when the microphone opens, closes or fails; in between, ask for what there is.
    """

    changed = Signal()

    def __init__(self, context: Context, engine: Engine, backend: InputBackend) -> None:
        self._session, self._preferences = context.session, context.preferences
        self._jobs, self._clock = context.jobs, context.clock
        self._engine, self.backend = engine, backend
        self._capture: Capture | None = None
        self._plan: LivePlan | None = None
        self._asked_s: float | None = None  # when the newest sample of the running request arrived
        self._delays: deque[float] = deque(maxlen=MOST_DELAYS)
        self._wanted: Listener | None = None
        self.buffer: SoundBuffer | None = None
        self.history: LiveHistory | None = None
        self.listener: Listener | None = None
        self.fault: Fault | None = None
        self.take: Take | None = None
        context.session.model_closed.connect(lambda model: self._left())
        context.session.card_changed.connect(self._left)

    # --- which network ------------------------------------------------------------------------

    @property
    def networks(self) -> tuple[Listener, ...]:
        """The networks of all open models that hear sound."""
        models = self._session.models.items()
        return tuple(
            (model, role)
            for model, card in models
            for role, network in card.networks.items()
            if isinstance(network.drive, SoundDrive)
        )

    @property
    def network(self) -> Listener | None:
        """The chosen network, else that of the model in focus, else the first."""
        found = self.networks
        if self._wanted in found:
            return self._wanted
        return next((one for one in found if one[0] == self._session.model), next(iter(found), None))

    def choose(self, listener: Listener) -> None:
        """Let another network listen, from now on; the microphone stays open at most if its rate fits."""
        self._wanted = listener
        if self.listens and self.listener != self.network:
            self.stop()
        self.changed.emit()

    def card(self, listener: Listener) -> tuple[Card, NetworkCard]:
        """Return the cards of a network's model and of the network."""
        card = self._session.models[listener[0]]
        return card, card.networks[listener[1]]

    def _left(self) -> None:
        """Stop if the network that listens is no longer open."""
        if self.listener is not None and self.listener not in self.networks:
            self.stop()
            self.listener = self.history = self.buffer = None
        self.changed.emit()

    # --- listening ----------------------------------------------------------------------------

    @property
    def listens(self) -> bool:
        """Whether the microphone is open."""
        return self._capture is not None

    def start(self) -> None:
        """Open the microphone at the network's rate."""
        listener = self.network
        if self.listens or listener is None:
            return
        _, network = self.card(listener)
        try:
            plan = live_plan(network)
        except Fault as fault:
            self._fail(fault)
            return
        self.discard()
        self.listener, self._plan, self.fault = listener, plan, None
        self.buffer, self.history = SoundBuffer(plan.rate_hz, KEEP_S), LiveHistory(network.output, SPAN_S)
        self._asked_s = None
        self._delays.clear()
        made: list[Capture] = []
        capture = Capture(
            self.backend,
            self._preferences.values.microphone,
            plan.rate_hz,
            default_folder(),
            lambda captured: self._clock.post(lambda: self._ended(made[0], captured)),
            self.buffer.take,
        )
        made.append(capture)
        self._capture = capture
        capture.start()
        self.changed.emit()

    def stop(self) -> None:
        """Close the microphone; what it heard can be kept."""
        if self._capture is not None:
            self._capture.stop()

    def _ended(self, capture: Capture, captured: Captured) -> None:
        if capture is not self._capture:
            if captured.take is not None:
                captured.take.leave()
            return
        self._capture, self.take, self.fault = None, captured.take, captured.fault
        self.changed.emit()

    def _fail(self, fault: Fault) -> None:
        self._capture, self.fault = None, fault
        self.changed.emit()

    def follow(self) -> None:
        """Run the network over what is new, unless it is still running; give up a microphone that hangs."""
        capture, plan, buffer, history = self._capture, self._plan, self.buffer, self.history
        if capture is None or plan is None or buffer is None or history is None or self.listener is None:
            return
        if capture.stuck:
            self.backend.abandon()
            self._fail(Fault(NO_MICROPHONE, NO_MICROPHONE_HINT))
            return
        arrived_s = buffer.arrived_s
        window = plan.window(buffer.count, history.settled)
        if self._asked_s is not None or window is None or window.last <= history.heard:
            return
        self._asked_s = arrived_s
        samples = buffer.samples(window.first, window.last)
        task = LiveTask(*self.listener, samples, window, plan.step)
        future = self._engine.ask(task, "live", urgent=True)
        self._jobs.follow("live", future, lambda answer: self._answered(history, answer), self._refused)

    def _answered(self, history: LiveHistory, answer: LiveAnswer) -> None:
        if self._asked_s is not None:
            self._delays.append(time.perf_counter() - self._asked_s)
        self._asked_s = None
        if history is self.history:
            history.add(answer)

    def _refused(self, fault: Fault) -> None:
        self._asked_s = None
        self.stop()
        self.fault = fault
        self.changed.emit()

    @property
    def delay_s(self) -> float | None:
        """How far the answers are behind the microphone: from the arrival of a sample until its answer; the
        longest of nine in ten of the latest ones. None before the first.
        """
        if not self._delays:
            return None
        return sorted(self._delays)[int(0.9 * (len(self._delays) - 1))]

    @property
    def now_s(self) -> float:
        """The time of what the microphone hears now, in seconds since it was opened."""
        buffer = self.buffer
        if buffer is None or not buffer.count:
            return 0.0
        heard_s = buffer.count / buffer.rate_hz
        return heard_s + min(time.perf_counter() - buffer.arrived_s, 0.1) if self.listens else heard_s

    # --- afterwards ---------------------------------------------------------------------------

    def taken(self) -> Take | None:
        """Hand over what was recorded."""
        take, self.take = self.take, None
        self.changed.emit()
        return take

    def discard(self) -> None:
        """Delete what was recorded."""
        take, self.take = self.take, None
        if take is not None:
            take.remove()

    def close(self) -> None:
        """Close the microphone; what nobody wanted to keep is deleted."""
        capture, self._capture = self._capture, None
        if capture is not None:
            capture.stop()
            if not capture.join(1.0):
                self.backend.abandon()
        self.discard()
