"""A spec as a torch module, for gradients and for training. Import it only where torch is needed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, cast

from torch import Tensor, nn

from core.frontends.frontend import frames_of
from core.networks.map_operations import (
    Add,
    ChunkSpectrum,
    Conv2d,
    Flat,
    Memory,
    Pool2d,
    Recurrent,
    Standardise,
)
from core.networks.operations import Conv, Dense, Fir, Logits, Norm, Pooling, Upsample
from core.networks.spec import ClassesOutput, LatentDrive, LayerSpec, NetworkSpec, SoundOutput
from core.networks.torch_layers import (
    PLAIN,
    Convolutions,
    TorchConv,
    TorchDense,
    TorchFir,
    TorchLogits,
    TorchNorm,
    TorchPool,
    TorchUpsample,
)
from core.networks.torch_maps import (
    TorchChunkSpectrum,
    TorchConv2d,
    TorchFlat,
    TorchMemory,
    TorchPool2d,
    TorchRecurrent,
    TorchStandardise,
)
from core.networks.weights import Weights

Bend = Callable[[Tensor], Tensor]
NOTHING: Mapping[str, Bend] = {}


def _norm_layer(op: Norm, before: int, channels: int, how: Convolutions) -> nn.Module:
    return TorchNorm(op, channels)


def _logits_layer(op: Logits, before: LayerSpec, channels: int, how: Convolutions) -> TorchLogits:
    made = TorchLogits(op, before.channels * (before.n or 0), channels, how)
    made.channels = before.channels
    return made


MODULES: dict[type[Any], Callable[..., nn.Module]] = {
    Dense: TorchDense,
    Conv: TorchConv,
    Upsample: TorchUpsample,
    Fir: TorchFir,
    Norm: _norm_layer,
    Pooling: TorchPool,
    Conv2d: TorchConv2d,
    Pool2d: TorchPool2d,
    Flat: TorchFlat,
    Recurrent: TorchRecurrent,
    Memory: TorchMemory,
    Standardise: TorchStandardise,
    ChunkSpectrum: TorchChunkSpectrum,
}


class Sum(nn.Module):
    """A place in the chain where the maps of an earlier layer are added."""

    def __init__(self, op: Add) -> None:
        super().__init__()
        self.op = op

    def load(self, weights: Weights) -> None:
        """Do nothing: no tensor is stored."""


class NetworkModule(nn.Module):
    """A network in torch that runs layer by layer.

    `layers` holds, by the layer's name, the modules with each layer's parameters. A network that is made from
    the operations of its spec is a `ChainModule`; others bring their own `walk_features`.
    """

    def __init__(self, spec: NetworkSpec) -> None:
        super().__init__()
        self.spec = spec
        self.layers = nn.ModuleDict()

    def walk(self, x: Tensor, after: Mapping[str, Bend] = NOTHING) -> Iterator[tuple[str, Tensor]]:
        """Yield each layer's name and maps [items, time, channels].

        `x` holds latent vectors [items, size] or sounds [items, samples]; `after` changes the maps of some
        layers before the next one uses them.
        """
        return self.walk_features(self.features(x), after)

    def features(self, x: Tensor) -> Tensor:
        """Return what the first layer takes: latent vectors, or what the front end makes of sounds."""
        drive = self.spec.drive
        return x if isinstance(drive, LatentDrive) else frames_of(drive.frontend, x)

    def walk_features(
        self, maps: Tensor, after: Mapping[str, Bend] = NOTHING
    ) -> Iterator[tuple[str, Tensor]]:
        """Yield each layer's name and maps, from what the first layer takes (see `features`)."""
        raise NotImplementedError

    def forward(self, x: Tensor, after: Mapping[str, Bend] = NOTHING) -> Tensor:
        """Return the network's output (see `walk` for the input).

        A sound [items, samples], several curves [items, samples, channels], the logits of classes [items,
        classes] or of frames [items, frames, classes].
        """
        maps = x
        for _, found in self.walk(x, after):
            maps = found
        if isinstance(self.spec.output, ClassesOutput):
            return maps.squeeze(1)
        one = isinstance(self.spec.output, SoundOutput) and self.spec.layers[-1].channels == 1
        return maps.squeeze(2) if one else maps


class ChainModule(NetworkModule):
    """A network made from the operations of its spec, each a module."""

    def __init__(self, spec: NetworkSpec, how: Convolutions) -> None:
        super().__init__(spec)
        drive = spec.drive
        width = drive.layout.size if isinstance(drive, LatentDrive) else drive.frontend.channels
        before: LayerSpec | None = None
        for layer in spec.layers:
            if isinstance(layer.op, Add):
                made: nn.Module = Sum(layer.op)
            elif isinstance(layer.op, Logits) and before is not None:
                made = _logits_layer(layer.op, before, layer.channels, how)
            else:
                made = MODULES[type(layer.op)](layer.op, width, layer.channels, how)
            self.layers[layer.name] = made
            before, width = layer, layer.channels

    def walk_features(
        self, maps: Tensor, after: Mapping[str, Bend] = NOTHING
    ) -> Iterator[tuple[str, Tensor]]:
        """Yield each layer's name and maps, from what the first layer takes (see `features`)."""
        again = {layer.op.layer for layer in self.spec.layers if isinstance(layer.op, Add)}
        kept: dict[str, Tensor] = {}
        for name, layer in self.layers.items():
            maps = maps + kept[layer.op.layer] if isinstance(layer, Sum) else cast(Tensor, layer(maps))
            if name in after:
                maps = after[name](maps)
            if name in again:
                kept[name] = maps
            yield name, maps


def module(spec: NetworkSpec, weights: Weights | None = None, how: Convolutions = PLAIN) -> ChainModule:
    """Build the module of a spec; without `weights` its kernels have yet to be drawn."""
    made = ChainModule(spec, how)
    if weights is not None:
        for layer in made.layers.values():
            cast(Any, layer).load(weights)
    return made
