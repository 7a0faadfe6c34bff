"""Receptive fields under the pointer: what a sample depends on and what depends on it, layer by layer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from core.families.card import NetworkCard
from core.faults import Fault
from core.networks.dependence import SOUND, dependence
from core.networks.spec import SoundDrive
from core.signals.axis import Range, TimeAxis


@dataclass(frozen=True, slots=True)
class Field:
    """The samples of one layer that belong together with the one under the pointer, and their time."""

    layer: str
    title: str
    samples: int
    window: Range


def fields_at(
    card: NetworkCard, layer: str, time_s: float, axes: Mapping[str, TimeAxis]
) -> tuple[Field, ...]:
    """Return the fields of the sample of a layer nearest to a time, in the order of computation.

    `axes` are the layers' axes as they are now, for a network that takes sounds of any length; times are the
    network's own. Nothing is returned outside the layer, and where fields are not known layer by layer.
    """
    spec, axis = card.spec, axes.get(layer)
    if spec is None or axis is None or not axis.extent.contains(time_s):
        return ()
    sample = min(max(round(axis.index(time_s)), 0), axis.n - 1)
    lengths = {one.name: axes[one.name].n for one in spec.layers if one.name in axes}
    known = replace(spec, layers=tuple(replace(one, n=lengths.get(one.name, one.n)) for one in spec.layers))
    try:
        found = dependence(known, layer, sample)
    except Fault:
        return ()
    layers = [info for info in card.layers if info.name in found and info.name in axes]
    fields = [
        Field(info.name, info.title, last - first + 1, _window(axes[info.name], first, last))
        for info in layers
        for first, last in (found[info.name],)
    ]
    if SOUND in found and isinstance(spec.drive, SoundDrive):
        own = next(info.axis for info in card.layers if info.name == layer)
        begin_s = axis.start_s - own.start_s  # where the network's time begins
        heard = TimeAxis.of_sound(spec.drive.rate_hz, found[SOUND][1] + 1, begin_s)
        first, last = found[SOUND]
        fields.insert(0, Field(SOUND, "Sound", last - first + 1, _window(heard, first, last)))
    return tuple(fields)


def _window(axis: TimeAxis, first: int, last: int) -> Range:
    """Return the time of some samples, with half a step before and after them."""
    half = axis.step_s / 2
    return Range(axis.seconds(first) - half, axis.seconds(last) + half)
