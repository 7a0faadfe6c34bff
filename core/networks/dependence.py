"""What one sample of a layer depends on in the layers before it, and what depends on it in those after it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, cast

from core.faults import Fault
from core.networks.map_operations import Add, Placed
from core.networks.operations import Conv, Dense, Fir, Logits, Norm, Upsample
from core.networks.receptive_fields import heard
from core.networks.spec import LayerSpec, NetworkSpec, SoundDrive

Samples = tuple[int, int]
"""The first and the last sample of a range."""

_ANY_LENGTH = 1 << 40
SOUND = "sound"
"""Names, among the layers, the samples of the sound that drives a network."""


def dependence(spec: NetworkSpec, layer: str, sample: int) -> dict[str, Samples]:
    """Return, by layer, the samples that one sample of a layer depends on, and those that depend on it.

    With the layer itself, and under `SOUND` the sound that drives the network. A layer that depends on the
    latent vector alone depends on no other layer. Fill in the lengths first (`for_length`). Raises Fault for
    a sample outside the layer, and where fields are only known in the sound.
    """
    names = [one.name for one in spec.layers]
    if layer not in names:
        raise Fault(f"The network {spec.role} has no layer “{layer}”.", f"It has {', '.join(names)}.")
    here = names.index(layer)
    n = spec.layers[here].n or 0
    if not 0 <= sample < n:
        raise Fault(f"{layer} has {n} samples; there is no sample {sample}.")
    if any(isinstance(one.op, Placed) for one in spec.layers):
        raise Fault("This network tells its receptive fields in the sound only, not from layer to layer.")
    return {**_before(spec, here, (sample, sample)), **_after(spec, here, (sample, sample))}


def _before(spec: NetworkSpec, here: int, wanted: Samples) -> dict[str, Samples]:
    layers, found = spec.layers, {spec.layers[here].name: wanted}
    for place in range(here, -1, -1):
        one = layers[place]
        if one.name not in found or isinstance(one.op, Dense):
            continue
        of = _clipped(sources(one, found[one.name], _length_before(spec, place)), _length_before(spec, place))
        if of is None:
            continue
        if place:
            _join(found, layers[place - 1].name, of)
        elif isinstance(spec.drive, SoundDrive):
            found[SOUND] = _heard_samples(spec.drive, of)
        if isinstance(one.op, Add):
            _join(found, one.op.layer, found[one.name])
    return found


def _after(spec: NetworkSpec, here: int, wanted: Samples) -> dict[str, Samples]:
    layers, found = spec.layers, {spec.layers[here].name: wanted}
    for place in range(here + 1, len(layers)):
        one, before = layers[place], layers[place - 1].name
        n = one.n or 0
        if before in found:
            reached = _clipped(targets(one, found[before], n), n)
            if reached is not None:
                _join(found, one.name, reached)
        if isinstance(one.op, Add) and one.op.layer in found:
            _join(found, one.name, found[one.op.layer])
    del found[layers[here].name]
    return found


def _join(found: dict[str, Samples], name: str, more: Samples) -> None:
    first, last = found.get(name, more)
    found[name] = min(first, more[0]), max(last, more[1])


def _length_before(spec: NetworkSpec, place: int) -> int:
    if place:
        return spec.layers[place - 1].n or 0
    drive = spec.drive
    if isinstance(drive, SoundDrive) and drive.n is not None:
        return drive.frontend.length(drive.n)
    return _ANY_LENGTH


def _clipped(wanted: Samples, n: int) -> Samples | None:
    first, last = max(0, wanted[0]), min(n - 1, wanted[1])
    return (first, last) if first <= last else None


def _heard_samples(drive: SoundDrive, frames: Samples) -> Samples:
    """Return the samples of the sound under some frames of the front end."""
    end, half = drive.frontend, (drive.frontend.reach - 1) / 2
    first = math.ceil(frames[0] * end.step + end.centre - half - 1e-9)
    last = math.floor(frames[1] * end.step + end.centre + half + 1e-9)
    return max(0, first), last if drive.n is None else min(drive.n - 1, last)


def sources(layer: LayerSpec, wanted: Samples, n: int) -> Samples:
    """Return the first and last input sample that a range of a layer's samples is computed from.

    `n` is the number of input samples; the range is not yet cut to them.
    """
    return (0, n - 1) if _hears_all(layer.op) else _rule(layer)[0](layer, *wanted)


def targets(layer: LayerSpec, given: Samples, n: int) -> Samples:
    """Return the first and last of a layer's `n` samples that a range of its input reaches, not yet cut."""
    return (0, n - 1) if _hears_all(layer.op) else _rule(layer)[1](layer, *given)


def _hears_all(op: Any) -> bool:
    """Return whether every sample depends on the whole input: by its statistics, or by its kind."""
    norm = op if isinstance(op, Norm) else getattr(op, "norm", None)
    if norm is not None and not norm.is_stored:
        return True
    return isinstance(op, Logits) or math.isinf(heard(op, None)[0])


Rule = tuple[Callable[[LayerSpec, int, int], Samples], Callable[[LayerSpec, int, int], Samples]]


def _rule(layer: LayerSpec) -> Rule:
    return _RULES.get(type(layer.op), (_field_sources, _field_targets))


def _same(layer: LayerSpec, first: int, last: int) -> Samples:
    return first, last


def _conv_sources(layer: LayerSpec, first: int, last: int) -> Samples:
    op = cast(Conv, layer.op)
    if op.chunk:
        per = (op.chunk + sum(op.pads) - op.taps) // op.stride + 1
        return first // per * op.chunk, (last // per + 1) * op.chunk - 1
    return first * op.stride - op.pads[0], last * op.stride - op.pads[0] + op.taps - 1


def _conv_targets(layer: LayerSpec, first: int, last: int) -> Samples:
    op = cast(Conv, layer.op)
    if op.chunk:
        per = (op.chunk + sum(op.pads) - op.taps) // op.stride + 1
        return first // op.chunk * per, (last // op.chunk + 1) * per - 1
    return -(-(first + op.pads[0] - op.taps + 1) // op.stride), (last + op.pads[0]) // op.stride


def _rise_sources(layer: LayerSpec, first: int, last: int) -> Samples:
    rise = cast(Upsample, layer.op).rise
    if rise.repeat:
        low, high = rise.stride * first - rise.left, rise.stride * last - rise.left + rise.taps - 1
        return low // rise.repeat, high // rise.repeat
    return -(-(first + rise.left - rise.taps + 1) // rise.stride), (last + rise.left) // rise.stride


def _rise_targets(layer: LayerSpec, first: int, last: int) -> Samples:
    rise = cast(Upsample, layer.op).rise
    if rise.repeat:
        low, high = rise.repeat * first, rise.repeat * (last + 1) - 1
        return -(-(low + rise.left - rise.taps + 1) // rise.stride), (high + rise.left) // rise.stride
    return rise.stride * first - rise.left, rise.stride * last - rise.left + rise.taps - 1


def _fir_sources(layer: LayerSpec, first: int, last: int) -> Samples:
    op = cast(Fir, layer.op)
    return first - op.left, last - op.left + op.taps - 1


def _fir_targets(layer: LayerSpec, first: int, last: int) -> Samples:
    op = cast(Fir, layer.op)
    return first + op.left - op.taps + 1, last + op.left


def _field_sources(layer: LayerSpec, first: int, last: int) -> Samples:
    """Return the inputs around the centre of a field, which the spec's place in time tells."""
    half = (heard(layer.op, None)[0] - 1) / 2
    low, high = ((at - layer.shift) / layer.ratio for at in (first, last))
    return math.ceil(low - half - 1e-9), math.floor(high + half + 1e-9)


def _field_targets(layer: LayerSpec, first: int, last: int) -> Samples:
    half = (heard(layer.op, None)[0] - 1) / 2
    low, high = ((at * layer.ratio + layer.shift) for at in (first - half, last + half))
    return math.ceil(low - 1e-9), math.floor(high + 1e-9)


_RULES: Mapping[type[Any], Rule] = {
    Conv: (_conv_sources, _conv_targets),
    Upsample: (_rise_sources, _rise_targets),
    Fir: (_fir_sources, _fir_targets),
    Norm: (_same, _same),
    Add: (_same, _same),
}
