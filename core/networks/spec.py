"""A network as data: its drive, its layers with their places in time, and its output."""

from __future__ import annotations

from dataclasses import dataclass, replace

from core.networks.latent import LatentLayout
from core.networks.layer_info import LayerInfo
from core.networks.operations import Logits, Operation
from core.signals.axis import TimeAxis


@dataclass(frozen=True, slots=True)
class LatentDrive:
    """A latent vector drives the network."""

    layout: LatentLayout


@dataclass(frozen=True, slots=True)
class SoundDrive:
    """A sound drives the network: `n` samples at `rate_hz`, of any number if `n` is None.

    `frontend` names what is computed from the samples before the first layer; "waveform" leaves them as they
    are.
    """

    rate_hz: float
    n: int | None = None
    frontend: str = "waveform"


@dataclass(frozen=True, slots=True)
class SoundOutput:
    """The last layer is a sound of `n` samples or, if it is not `audible`, other curves."""

    rate_hz: float
    n: int
    audible: bool = True


@dataclass(frozen=True, slots=True)
class ClassesOutput:
    """The last layer is one row of logits; `labels` are their names in order, if known."""

    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FramesOutput:
    """The last layer is a row of logits per frame; `labels` are their names in order, if known."""

    labels: tuple[str, ...] = ()


Drive = LatentDrive | SoundDrive
Output = SoundOutput | ClassesOutput | FramesOutput


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
        for layer in self.layers:
            n = layer.op.length(n)
            layers.append(replace(layer, n=n))
        return replace(self, layers=tuple(layers))

    def places(self) -> tuple[tuple[float, float], ...]:
        """Return, for each layer, the samples per step and the position of step 0, in samples.

        These are samples of the generator's "out", if there is one, or of the sound that drives the network.
        """
        names = [layer.name for layer in self.layers]
        anchor = names.index("out") if isinstance(self.drive, LatentDrive) else -1
        places = {anchor: (1.0, 0.0)}
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
        """Return every layer with a time axis: its channels and true axis (see `places`).

        A layer whose length depends on the sound has an axis of 0 samples: see `for_length`.
        """
        return tuple(
            LayerInfo(layer.name, layer.channels, _axis(self.rate_hz, layer.n or 0, *place))
            for layer, place in zip(self.layers, self.places(), strict=True)
            if not isinstance(layer.op, Logits)
        )


def _axis(rate_hz: float, n: int, step: float, offset: float) -> TimeAxis:
    return TimeAxis(rate_hz / step, n, (offset + 0.5) / rate_hz)
