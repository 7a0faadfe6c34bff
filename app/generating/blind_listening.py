"""Judging generated and real excerpts without knowing which is which."""

from __future__ import annotations

import numpy as np

from app.base.dialog_host import DialogHost
from app.base.outlets import SoundOutlet
from app.generating.generation_run import GenerationState
from app.generating.views import SIGNS, number
from core.generation.tiles import Example
from widgets.generation.blind_dialog import BlindDialog


class BlindListening:
    """One session of listening: the examples of a direction and as many real ones, in random order."""

    def __init__(self, host: DialogHost, sounds: SoundOutlet, state: GenerationState, sign: int) -> None:
        self._host, self._sounds, self._state, self._sign = host, sounds, state, sign
        made = state.examples.get(sign, ())
        real = state.real.get(state.asked.grid.signs[0], ())[: len(made)]
        both = [*made, *real]
        order = np.random.default_rng().permutation(len(both))
        self.order: list[Example] = [both[int(k)] for k in order]
        self.dialog: BlindDialog | None = None

    def open(self) -> None:
        """Open the screen and play the first sound."""
        words = self._state.asked.pair.unit.words
        self.dialog = BlindDialog(len(self.order), f"Does this drive {words}?", self._host.parent)
        self.dialog.play_wanted.connect(self._play)
        self.dialog.judged.connect(self._judged)
        self._host.show(self.dialog)
        self._play(0)

    def _play(self, place: int) -> None:
        if place < len(self.order):
            one = self.order[place]
            self._sounds.play_apart(one.samples, one.rate_hz, f"Sound {place + 1} of {len(self.order)}")

    def _judged(self, answers: tuple[str, ...]) -> None:
        """Show the result beside the distance that chose the setting."""
        if self.dialog is not None:
            self.dialog.show_result(self.result(answers))

    def result(self, answers: tuple[str, ...]) -> tuple[str, ...]:
        """Return the result in lines: what was taken for what, and the distance of the setting."""
        pairs = list(zip(self.order, answers, strict=True))
        made = [answer for one, answer in pairs if len(one.z)]
        real = [answer for one, answer in pairs if not len(one.z)]
        lines = [
            f"{SIGNS[self._sign][0]}: {made.count('real')} of {len(made)} were taken for real, "
            f"{made.count('unsure')} unsure.",
            f"Real: {real.count('real')} of {len(real)} were taken for real, {real.count('unsure')} unsure.",
        ]
        setting = self._state.shown.get(self._sign)
        row = self._state.search.row(setting) if setting is not None else None
        if row is not None and row.distance is not None:
            lines.append(f"Fréchet distance of this setting: {row.distance.words}.")
        values = [one.value for one, answer in pairs if len(one.z) and answer == "real"]
        if values:
            lines.append(f"Mean activation of those taken for real: {number(float(np.mean(values)))}.")
        return tuple(lines)
