"""One run of a network over what a microphone has just heard, in the engine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.live.plan import LiveWindow
from core.networks.spec import SoundDrive, input_axis
from core.probing.drive import Sound
from core.probing.model_id import ModelId
from core.probing.request import ProbeRequest
from core.processes.engine_tasks import ModelTask, Stop
from core.signals.axis import TimeAxis

if TYPE_CHECKING:
    from core.families.model import Model

Array = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Frames:
    """Values [frames, ...] on their axis, in seconds since the microphone was opened."""

    values: Array
    axis: TimeAxis


@dataclass(frozen=True, eq=False)
class LiveAnswer:
    """What a network made of a window: the average of each layer, its input, and its logits.

    `input` is None for a network that takes the waveform; `logits` are [frames, labels].
    """

    window: LiveWindow
    curves: Mapping[str, Frames]
    input: Frames | None
    logits: Frames | None


@dataclass(frozen=True, eq=False)
class LiveTask(ModelTask):
    """Run a network over the samples of a window; a network that answers once per window has a frame for
    each `step` samples.
    """

    model: ModelId
    network: str
    samples: Array
    window: LiveWindow
    step: int

    @property
    def models(self) -> tuple[ModelId, ...]:
        return (self.model,)

    def run(self, models: Mapping[ModelId, Model], stop: Stop) -> LiveAnswer:
        """Return what is new in the window (see `LiveWindow.keep`)."""
        from core.probing.forward import probe

        model = models[self.model]
        drive = model.card.networks[self.network].drive
        assert isinstance(drive, SoundDrive)
        samples = self._padded(drive)
        if drive.n is None and not model.spec(self.network).for_length(len(samples)).layers[-1].n:
            return LiveAnswer(self.window, {}, None, None)  # too short yet for a single frame
        done = probe(model, ProbeRequest(self.model, self.network, Sound(samples, "")), stop)
        begin_s = (self.window.last - len(samples)) / drive.rate_hz
        keep_s = self.window.keep / drive.rate_hz
        logits: Frames | None = None
        if done.logits is not None and done.frames is not None:
            logits = _new(Frames(done.logits, done.frames), begin_s, keep_s)
        elif done.logits is not None:
            logits = self._one(done.logits, len(samples), drive.rate_hz)
        return LiveAnswer(
            self.window,
            {
                name: _new(Frames(track.samples, track.axis), begin_s, keep_s)
                for name, track in done.tracks.items()
            },
            self._input(drive, samples, begin_s, keep_s),
            logits,
        )

    def _padded(self, drive: SoundDrive) -> Array:
        """Return the samples, after silence if the network takes more of them than were heard so far."""
        missing = (drive.n or 0) - len(self.samples)
        return np.pad(self.samples, (missing, 0)) if missing > 0 else self.samples

    def _one(self, logits: Array, n: int, rate_hz: float) -> Frames:
        """Return an answer to the whole window as a frame at its centre."""
        centre_s = (self.window.last - n / 2) / rate_hz
        return Frames(logits[None], TimeAxis(rate_hz / self.step, 1, centre_s))

    def _input(self, drive: SoundDrive, samples: Array, begin_s: float, keep_s: float) -> Frames | None:
        from core.frontends.frontend import frames_of
        from core.frontends.tensors import tensor

        if drive.frontend.channels == 1:
            return None
        values = frames_of(drive.frontend, tensor(samples[None]))[0].numpy()
        return _new(Frames(values, input_axis(drive, len(samples))), begin_s, keep_s)


def _new(frames: Frames, begin_s: float, keep_s: float) -> Frames:
    """Return frames in the microphone's time, from `keep_s` on."""
    axis = replace(frames.axis, start_s=frames.axis.start_s + begin_s)
    first = min(axis.n, max(0, int(np.ceil(axis.index(keep_s) - 1e-6))))
    new = TimeAxis(axis.rate_hz, axis.n - first, axis.seconds(first))
    return Frames(np.ascontiguousarray(frames.values[first:]), new)
