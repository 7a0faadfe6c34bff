"""The sound of a sweep: a step, the draw and then a step, or all steps in turn."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from psygnal import Signal
from PySide6.QtCore import QTimer

from app.base.context import Context
from app.base.outlets import SoundOutlet
from app.sweeping.sweep_run import SweepRun
from core.playback.sonification import sonified
from core.signals.track import Track

GAP_S = 0.15  # between two sounds


class StepSound:
    """Plays layers of the sweep; `turning` is whether it goes through all steps, `turned` follows that."""

    turned = Signal(bool)

    def __init__(self, context: Context, sweep_run: SweepRun, sounds: SoundOutlet) -> None:
        self._preferences = context.preferences
        self._run = sweep_run
        self._sounds = sounds
        self.layer = ""
        self.turning = False
        self._timer = QTimer(singleShot=True)
        self._timer.timeout.connect(self._next)

    def play(self, layer: str = "") -> None:
        """Play the current step."""
        state = self._run.state
        if state is None or state.steps[state.current] is None:
            return
        self._play([state.steps[state.current]], layer or self.layer, self._step_words)

    def compare(self) -> None:
        """Play the draw, and then the current step."""
        state = self._run.state
        if state is not None and state.drawn is not None and state.steps[state.current] is not None:
            words = f"the draw, then {self._step_words}"
            self._play([state.drawn, state.steps[state.current]], self.layer, words)

    def toggle_turn(self) -> None:
        """Go through all steps with their sound, from the first one on, or stop doing so."""
        if self.turning:
            self.stop()
            return
        state = self._run.state
        if state is not None:
            self.turning = True
            self._run.choose(0)
            self._turn()
            self.turned.emit(True)

    def stop(self) -> None:
        """Stop going through the steps."""
        self._timer.stop()
        if self.turning:
            self.turning = False
            self.turned.emit(False)

    @property
    def _step_words(self) -> str:
        state = self._run.state
        assert state is not None
        return f"{state.positions.name} = {state.positions.words[state.current]}"

    def _turn(self) -> None:
        """Play this step; the next one follows once it is over."""
        state = self._run.state
        if state is None:
            self.stop()
            return
        self.play()
        self._timer.start(round(1000 * (state.card.out_axis.duration_s + GAP_S)))

    def _next(self) -> None:
        state = self._run.state
        if state is None or state.current + 1 >= len(state.points):
            self.stop()
            return
        self._run.choose(state.current + 1)
        self._turn()

    def _play(self, steps: list[Mapping[str, Track] | None], layer: str, words: str) -> None:
        """Play a layer of some steps, one after the other, by the chosen conversion."""
        state = self._run.state
        assert state is not None
        card, sound = state.card, self._preferences.values.sound
        if not card.sounds:
            return
        made = [
            sonified(step[layer], card.out_axis, sound, step[card.output])
            for step in steps
            if step is not None
        ]
        gap = np.zeros(round(GAP_S * card.rate_hz), np.float32)
        parts = [part for one in made for part in (one.samples, gap)][:-1]
        title = steps[0][layer].name if steps[0] is not None else layer
        self._sounds.play_apart(np.concatenate(parts), card.rate_hz, f"{title} at {words}: {made[0].words}")
