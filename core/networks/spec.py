"""A network as data: its drive, its layers with their places in time, and its output."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from core.frontends.frontend import FrontEnd
from core.frontends.waveform import WAVEFORM
from core.networks.latent import LatentLayout
from core.networks.layer_info import LayerInfo
from core.networks.map_operations import Operation, Placed
from core.signals.axis import TimeAxis


@dataclass(frozen=True, slots=True)
class LatentDrive:
    """A latent vector drives the network."""

    layout: LatentLayout


@dataclass(frozen=True, slots=True)
class SoundDrive:
    """A sound drives the network: `n` samples at `rate_hz`, of any number if `n` is None.

    `frontend` is computed from the samples before the first layer.
    """

    rate_hz: float
    n: int | None = None
    frontend: FrontEnd = WAVEFORM


@dataclass(frozen=True, slots=True)
class SoundOutput:
    """The last layer is a sound of `n` samples or, if it is not `audible`, other curves.

    Where it has several channels, `channel` is the one that is shown and heard, from 1; 0 is their average.
    """

    rate_hz: float
    n: int
    audible: bool = True
    channel: int = 0


@dataclass(frozen=True, slots=True)
class ClassesOutput:
    """The last layer is one row of logits; `labels` are their names in order, if known.

    `scores` says how logits become probabilities: of one class out of all, of each class by itself, or not
    at all.
    """

    labels: tuple[str, ...] = ()
    scores: Scores = "none"


@dataclass(frozen=True, slots=True)
class FramesOutput:
    """The last layer is a row of logits per frame; `labels` are their names in order, if known.

    `blank` is the place of the label that means nothing in CTC, None if there is none. Pitch networks have
    bins of pitch instead of labels: `cents` is the pitch of bin 0 and the distance of bins, in cents above
    10 Hz; or, with `hertz`, the first value is the pitch in Hz itself, and a second its confidence.
    """

    labels: tuple[str, ...] = ()
    scores: Scores = "softmax"
    blank: int | None = None
    cents: tuple[float, float] | None = None
    hertz: bool = False


@dataclass(frozen=True, slots=True)
class FeaturesOutput:
    """The last layer is a row of features per frame: an encoder without a head says nothing by itself."""


Scores = Literal["none", "softmax", "sigmoid"]
Drive = LatentDrive | SoundDrive
Output = SoundOutput | ClassesOutput | FramesOutput | FeaturesOutput


@dataclass(frozen=True, slots=True)
class LayerSpec:
    """One layer: input sample m is centred at `ratio * m + shift` in the layer's own samples.

    `n` is the number of its samples, or None if it depends on the sound's length.
    """

    name: str
    op: Operation
    channels: int
    n: int | None
    ratio: float = 1.0
    shift: float = 0.0


@dataclass(frozen=True, slots=True)
class NetworkSpec:
    """A whole network; `role` is its name in the checkpoint ("G", "D", "Q", ..)."""

    role: str
    drive: Drive
    layers: tuple[LayerSpec, ...]
    output: Output

    def layer(self, name: str) -> LayerSpec | None:
        """Return the layer with this name, or None."""
        return next((layer for layer in self.layers if layer.name == name), None)

    def for_length(self, n: int) -> NetworkSpec:
        """Return the spec for a sound of `n` samples, with every layer's number of samples filled in."""
        if not isinstance(self.drive, SoundDrive):
            return self
        layers: list[LayerSpec] = []
        frames = n = self.drive.frontend.length(n)
        for layer in self.layers:
            before = frames if isinstance(layer.op, Placed) else n
            n = max(0, layer.op.length(before)) if before else 0
            layers.append(replace(layer, n=n))
        return replace(self, layers=tuple(layers))

    def places(self) -> tuple[tuple[float, float], ...]:
        """Return, for each layer, the samples per step and the position of step 0, in samples.

        These are samples of the generator's "out", if there is one, or of the sound that drives the network.
        """
        names = [layer.name for layer in self.layers]
        anchor, first = -1, (1.0, 0.0)
        if isinstance(self.drive, LatentDrive):
            anchor = names.index("out")
        else:
            first = self.drive.frontend.step, self.drive.frontend.centre
        places = {anchor: first}
        for i in range(anchor, 0, -1):
            step, offset = places[i]
            places[i - 1] = step * self.layers[i].ratio, step * self.layers[i].shift + offset
        for i in range(anchor + 1, len(self.layers)):
            (step, offset), layer = places[i - 1], self.layers[i]
            places[i] = step / layer.ratio, offset - step * layer.shift / layer.ratio
        return tuple(places[i] for i in range(len(self.layers)))

    @property
    def rate_hz(self) -> float:
        """The rate of the sound that drives the network, or of the sound that it generates."""
        if isinstance(self.drive, SoundDrive):
            return self.drive.rate_hz
        return self.output.rate_hz if isinstance(self.output, SoundOutput) else 0.0

    def infos(self) -> tuple[LayerInfo, ...]:
        """Return every layer before the answer: its channels and true axis (see `places`).

        A layer whose length depends on the sound has an axis of 0 samples: see `for_length`.
        """
        answers = isinstance(self.output, ClassesOutput | FramesOutput)
        return self._infos()[: len(self.layers) - answers]

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels of the last layer's channels, numbers from 1 where they have no names."""
        count = self.layers[-1].channels
        known = self.output.labels if isinstance(self.output, ClassesOutput | FramesOutput) else ()
        return known if len(known) == count else tuple(str(k + 1) for k in range(count))

    def answer(self) -> LayerInfo | None:
        """Return the last layer if it is an answer in frames: its labels and true axis."""
        return self._infos()[-1] if isinstance(self.output, FramesOutput) else None

    def _infos(self) -> tuple[LayerInfo, ...]:
        return tuple(
            LayerInfo(layer.name, layer.channels, _axis(self.rate_hz, layer.n or 0, *place))
            for layer, place in zip(self.layers, self.places(), strict=True)
        )


def input_axis(drive: SoundDrive, n: int) -> TimeAxis:
    """Return the axis of what the front end makes of `n` samples."""
    frontend = drive.frontend
    return _axis(drive.rate_hz, frontend.length(n), frontend.step, frontend.centre)


def _axis(rate_hz: float, n: int, step: float, offset: float) -> TimeAxis:
    return TimeAxis(rate_hz / step, n, (offset + 0.5) / rate_hz)
