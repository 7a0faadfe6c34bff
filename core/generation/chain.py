"""From a latent vector to a unit's value, differentiable all the way: generator, adapter, network, unit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from core.faults import Fault
from core.frontends.tensors import tensor
from core.generation.resampling import Resampler
from core.generation.unit import WITH_ACTIVATION, Unit, activation_of, non_linearity
from core.networks.operations import Activation
from core.networks.runner import INPUT
from core.networks.spec import LatentDrive, NetworkSpec, SoundDrive, SoundOutput
from core.probing.forward import least_s

if TYPE_CHECKING:
    from torch import Tensor

    from core.families.model import Model
    from core.networks.torch_module import NetworkModule

Array = NDArray[np.float32]
AT_ONCE = 32
"""The sounds that are heard together where no gradient is needed."""


@dataclass
class Listener:
    """A network that hears sounds, up to the layer of a unit, and the unit's value in it."""

    spec: NetworkSpec
    module: NetworkModule
    unit: Unit
    rate_hz: int
    reference: Tensor | None = None

    def responses(self, sounds: Tensor) -> Tensor:
        """Return the unit's value [items] for sounds [items, samples] at the network's rate."""
        return self.value(self.maps(sounds))

    def maps(self, sounds: Tensor) -> Tensor:
        """Return the unit's layer [items, frames, channels] for sounds [items, samples]."""
        maps = self.module.features(self.fitted(sounds))
        if self.unit.layer == INPUT:
            return maps
        for name, found in self.module.walk_features(maps):
            if name == self.unit.layer:
                return found
        raise AssertionError(self.unit.layer)

    def fitted(self, sounds: Tensor) -> Tensor:
        """Return sounds cut or filled with zeros to what the network takes."""
        from torch.nn.functional import pad

        assert isinstance(self.spec.drive, SoundDrive)
        n = self.spec.drive.n
        if n is None or n == sounds.shape[1]:
            return sounds
        return pad(sounds, (0, max(0, n - sounds.shape[1])))[:, :n]

    def value(self, maps: Tensor) -> Tensor:
        """Return the unit's value [items] in its layer's maps."""
        if self.unit.kind == "match":
            assert self.reference is not None
            frames = min(maps.shape[1], self.reference.shape[1])
            return -(maps[:, :frames] - self.reference[:, :frames]).square().mean((1, 2))
        frames = self._frames(self._answers(maps))
        if self.unit.over == "max":
            return frames.max(1).values
        return frames[:, frames.shape[1] // 2] if self.unit.over == "middle" else frames.mean(1)

    def _answers(self, maps: Tensor) -> Tensor:
        """Return probabilities of the network's answer if they are wanted, else the maps as they are."""
        kind = non_linearity(self.spec, self.unit)
        last = self.unit.layer == self.spec.layers[-1].name
        if self.unit.value == "before" or not last or kind not in ("sigmoid", "softmax"):
            return maps
        return maps.sigmoid() if kind == "sigmoid" else maps.softmax(2)

    def _frames(self, maps: Tensor) -> Tensor:
        """Return the unit's value in each frame [items, frames]."""
        import torch

        unit = self.unit
        if unit.kind == "layer":
            return maps.square().mean(2)
        if unit.kind == "direction":
            return maps @ tensor(np.array(unit.weights), maps)
        chosen = maps[:, :, unit.channels[0]]
        if unit.kind != "margin":
            return chosen
        if unit.against:
            return chosen - maps[:, :, unit.against[0]]
        others = torch.arange(maps.shape[2]) != unit.channels[0]
        return chosen - maps[:, :, others].max(2).values


@dataclass
class Chain:
    """A generator, and the network that hears what it makes."""

    generator: NetworkModule
    output: SoundOutput
    listener: Listener
    resampler: Resampler

    def sounds(self, z: Tensor) -> Tensor:
        """Return what the generator makes [items, samples], at its own rate."""
        made = self.generator(z)
        if made.ndim == 2:
            return made
        channel = self.output.channel
        return made[:, :, channel - 1] if channel else made.mean(2)

    def responses(self, z: Tensor) -> Tensor:
        """Return the unit's value [items] for latent vectors [items, size]."""
        return self.listener.responses(self.resampler(self.sounds(z)))

    def heard(self, sounds: Tensor) -> tuple[Tensor, Tensor]:
        """Return the unit's value [items], and its layer averaged over time [items, channels]."""
        maps = self.listener.maps(sounds)
        return self.listener.value(maps), maps.mean(1)


def hear(
    listener: Listener, sounds: Array, at_once: int = AT_ONCE, resampler: Resampler | None = None
) -> tuple[Array, Array]:
    """Return the unit's value [items] and the layer's averages [items, channels] of many sounds."""
    import torch

    values: list[Array] = []
    layers: list[Array] = []
    with torch.no_grad():
        for first in range(0, len(sounds), at_once):
            some = tensor(sounds[first : first + at_once])
            maps = listener.maps(some if resampler is None else resampler(some))
            values.append(listener.value(maps).numpy())
            layers.append(maps.mean(1).numpy())
    return np.concatenate(values), np.concatenate(layers)


def make(chain: Chain, z: Array, at_once: int = AT_ONCE) -> Array:
    """Return the sounds [items, samples] of latent vectors, at the generator's rate."""
    import torch

    with torch.no_grad():
        parts = [chain.sounds(tensor(z[k : k + at_once])).numpy() for k in range(0, len(z), at_once)]
    return np.concatenate(parts)


def listener_of(model: Model, unit: Unit) -> Listener:
    """Return the network that hears, built up to the unit's layer.

    Its parameters need no gradient. A unit "before" its non-linearity is read from a layer without one.
    """
    from core.networks.torch_module import module

    spec = model.spec(unit.network)
    assert isinstance(spec.drive, SoundDrive)
    names = [layer.name for layer in spec.layers]
    place = names.index(unit.layer)
    whole = replace(spec, layers=tuple(_linear(spec, k, unit) for k in range(place + 1)))
    made = module(whole, model.parts[unit.network]).eval().requires_grad_(False)
    listener = Listener(spec, made, unit, round(spec.drive.rate_hz))
    if unit.kind == "match":
        listener.reference = _reference(listener)
    return listener


def _linear(spec: NetworkSpec, place: int, unit: Unit) -> Any:
    layer = spec.layers[place]
    if layer.name != unit.layer or unit.value == "after" or not isinstance(layer.op, WITH_ACTIVATION):
        return layer
    plain = Activation("linear", gain=activation_of(layer.op).gain)
    return replace(layer, op=replace(layer.op, activation=plain))


def _reference(listener: Listener) -> Tensor:
    """Return the layer of the recording that is matched [1, frames, channels]."""
    from pathlib import Path

    import torch

    from core.recordings.sound_file import read_sound

    samples, _, _ = read_sound(Path(listener.unit.sound), listener.rate_hz)
    with torch.no_grad():
        return listener.maps(tensor(samples)[None])


def chain_of(prior: Model, target: Model, unit: Unit) -> Chain:
    """Return the whole way from a latent vector to the unit.

    Raises Fault if the first model is no generator of sounds, or the network cannot take what it makes.
    """
    from core.networks.torch_module import module

    spec = generator_spec(prior)
    assert isinstance(spec.output, SoundOutput)
    check_fit(spec, target.spec(unit.network))
    made = module(spec, prior.parts[spec.role]).eval().requires_grad_(False)
    listener = listener_of(target, unit)
    return Chain(made, spec.output, listener, Resampler(round(spec.output.rate_hz), listener.rate_hz))


def generator_spec(prior: Model) -> NetworkSpec:
    """Return the network that makes sounds from a latent vector. Raises Fault if there is none."""
    spec = next((one for one in prior.description.networks if isinstance(one.drive, LatentDrive)), None)
    if spec is None:
        raise Fault(
            f"“{prior.card.title}” is no generator, so it makes no sounds to search among.",
            "Choose a WaveGAN, ciwGAN or fiwGAN as the prior, or the built-in model.",
        )
    if not isinstance(spec.output, SoundOutput) or not spec.output.audible:
        raise Fault(
            f"What “{prior.card.title}” makes is no sound, so no network can hear it.",
            "Choose a generator of sounds as the prior.",
        )
    return spec


def sound_size(prior: Model) -> tuple[int, int]:
    """Return the samples that a generator makes, and their rate in Hz."""
    output = generator_spec(prior).output
    assert isinstance(output, SoundOutput)
    return output.n, round(output.rate_hz)


def check_fit(generator: NetworkSpec, target: NetworkSpec) -> None:
    """Raise Fault if a generator's sounds are too short for a network, or it hears no sound."""
    if not isinstance(target.drive, SoundDrive):
        raise Fault(f"{target.role} hears no sound.", "Choose a network that does.")
    assert isinstance(generator.output, SoundOutput)
    n = round(generator.output.n * target.drive.rate_hz / generator.output.rate_hz)
    if target.drive.n is None and not target.for_length(n).layers[-1].n:
        lasts = generator.output.n / generator.output.rate_hz
        raise Fault(
            f"The generator's sounds last {lasts:.3g} s; this network needs {least_s(target):.3g} s.",
            "Choose a generator of longer sounds.",
        )


def check_values(values: Sequence[float] | Array, what: str) -> None:
    """Raise Fault if a unit's values are not all finite numbers."""
    if not np.isfinite(np.asarray(values)).all():
        raise Fault(
            f"The unit's values for {what} are not all numbers.",
            "The network's weights may be damaged: see its card.",
        )
