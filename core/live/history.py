"""The last seconds of what a network made of a microphone."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.answers.label_scores import LabelScores, label_scores
from core.live.hearing import Frames, LiveAnswer
from core.networks.spec import Output
from core.signals.axis import TimeAxis
from core.signals.track import Track

Array = NDArray[np.float32]


class Rolling:
    """Frames on one grid of times; later ones replace what they overlap and all that follows."""

    def __init__(self, span_s: float) -> None:
        self._span_s = span_s
        self._first = 0
        self._axis: TimeAxis | None = None
        self._values: Array = np.empty(0, np.float32)

    def put(self, new: Frames) -> None:
        """Add frames; a gap before them repeats the last known one, or is undefined at first."""
        if not new.axis.n:
            return
        if self._axis is None:
            self._axis, self._values = new.axis, new.values[:0]
        place = round(self._axis.index(new.axis.start_s))
        kept = self._values[: max(0, place - self._first)]
        gap = place - self._first - len(kept)
        parts = [kept, new.values]
        if gap > 0:
            shape = (gap, *new.values.shape[1:])
            parts.insert(1, np.broadcast_to(kept[-1] if len(kept) else np.float32(np.nan), shape))
        if place < self._first:  # before all that is kept
            self._first = place
        values = np.concatenate(parts)
        most = int(self._span_s * self._axis.rate_hz) + 1
        self._first += max(0, len(values) - most)
        self._values = values[-most:]

    @property
    def frames(self) -> Frames | None:
        """All that is kept, None before anything was added."""
        if self._axis is None:
            return None
        start_s = self._axis.seconds(self._first)
        return Frames(self._values, TimeAxis(self._axis.rate_hz, len(self._values), start_s))


class LiveHistory:
    """Puts together what the runs of a network gave; the results before `settled_s` are final."""

    def __init__(self, output: Output, span_s: float) -> None:
        self._output, self._span_s = output, span_s
        self._curves: dict[str, Rolling] = {}
        self._input, self._logits = Rolling(span_s), Rolling(span_s)
        self.settled = self.heard = 0

    def add(self, answer: LiveAnswer) -> None:
        """Add the results of a run."""
        for name, frames in answer.curves.items():
            self._curves.setdefault(name, Rolling(self._span_s)).put(frames)
        if answer.input is not None:
            self._input.put(answer.input)
        if answer.logits is not None:
            self._logits.put(answer.logits)
        self.settled, self.heard = answer.window.settled, answer.window.last

    def tracks(self) -> dict[str, Track]:
        """Return the average of each layer, in the order of computation."""
        found = {name: rolling.frames for name, rolling in self._curves.items()}
        return {name: Track(name, one.values, one.axis) for name, one in found.items() if one is not None}

    def input(self) -> Frames | None:
        """Return the network's input [frames, bands], None if it takes the waveform."""
        return self._input.frames

    def answer(self) -> LabelScores | None:
        """Return what the network says."""
        found = self._logits.frames
        if found is None or found.values.ndim != 2:
            return None
        return label_scores(self._output, np.nan_to_num(found.values), found.axis)
