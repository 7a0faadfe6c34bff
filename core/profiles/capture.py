"""One recording through a network: each layer's maps, and for each event the gradient of what was said.

Import it only where torch is needed.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.answers.ctc import letters
from core.answers.label_scores import LabelScores, label_scores
from core.families.model import Model
from core.faults import Cancelled, Fault
from core.frontends.tensors import tensor
from core.networks.map_operations import Conv2d, Pool2d
from core.networks.receptive_fields import receptive_fields
from core.networks.runner import Cancel
from core.networks.spec import ClassesOutput, LayerSpec, NetworkSpec, SoundDrive
from core.networks.torch_module import NetworkModule, module
from core.networks.torch_runner import TorchRunner
from core.profiles.events import Event
from core.signals.axis import TimeAxis

Array = NDArray[np.float32]
Named = Callable[[Sequence[Event]], Sequence[Event]]
LONGEST_FIELD_S = 1.0
"""A recurrent layer hears everything; events that are further apart than this count as independent."""


@dataclass(frozen=True, eq=False)
class LayerMaps:
    """A layer's maps [time, units] of a recording or a stretch of it, on their axis.

    The bins of a layer that has maps over time and bins are averaged.
    """

    axis: TimeAxis
    maps: Array


@dataclass(frozen=True, eq=False)
class Heard:
    """An event with the maps of its recording and the gradients around it, by layer.

    Gradients [time, units] are those of the output that the event is about, at its place; empty if none were
    wanted.
    """

    event: Event
    layers: Mapping[str, LayerMaps]
    gradients: Mapping[str, Array]


class Ear:
    """A network as a torch module, with what is known about its layers."""

    def __init__(self, model: Model, network: str, layers: Sequence[str] = ()) -> None:
        spec = model.spec(network)
        if not isinstance(spec.drive, SoundDrive):
            raise Fault(f"Network {network} is a generator: it hears no sound.", "Choose one that does.")
        self.spec, self.drive = spec, spec.drive
        runner = model.network(network)
        own = isinstance(runner, TorchRunner)
        self.module: NetworkModule = runner.module() if own else module(spec, model.parts[network]).eval()
        self.layers = check_layers(spec, layers)

    @property
    def field_s(self) -> float:
        """What one step of the last layer hears, in seconds; infinite for a recurrent network."""
        if self.drive.n is not None:
            return self.drive.n / self.drive.rate_hz
        return receptive_fields(self.spec)[self.spec.layers[-1].name].seconds

    def hear(
        self,
        samples: Array,
        events: Sequence[Event] | Named,
        gradients: bool,
        cancelled: Cancel = None,
        window_s: float = 0.0,
    ) -> Iterator[Heard]:
        """Yield what the network makes of each event, or of what a function makes of the letters it emits.

        Within `window_s` around an event, gradients are its own: events whose fields meet there take turns.
        Raises Cancelled between layers and passes, and Fault for a sound that is too short.
        """
        if self.drive.n is None:
            yield from self._whole(samples, events, gradients, cancelled, self._apart_s(window_s))
            return
        if callable(events):
            raise _no_letters(self.spec)
        for event in events:
            first = self._first(event, len(samples))
            part = np.zeros(self.drive.n, np.float32)
            some = samples[first : first + self.drive.n]
            part[: len(some)] = some
            yield from self._whole(part, (event,), gradients, cancelled, 0.0, first / self.drive.rate_hz)

    def _first(self, event: Event, n: int) -> int:
        """Return where the stretch begins that a network of fixed length hears, so that the event is in its
        middle, or as near as the recording allows.
        """
        assert self.drive.n is not None
        wanted = round(event.at_s * self.drive.rate_hz) - self.drive.n // 2
        return max(0, min(wanted, n - self.drive.n))

    def _whole(
        self,
        samples: Array,
        events: Sequence[Event] | Named,
        gradients: bool,
        cancelled: Cancel,
        apart_s: float,
        begin_s: float = 0.0,
    ) -> Iterator[Heard]:
        spec = self.spec.for_length(len(samples)) if self.drive.n is None else self.spec
        if not (spec.layers[-1].n or 0) and self.drive.n is None:
            raise Fault("The sound is too short for this network.", "Use longer recordings.")
        tensors = self._run(samples, gradients, cancelled)
        axes = _axes(spec, begin_s)
        layers = {name: LayerMaps(axes[name], _units(spec, name, tensors[name])) for name in self.layers}
        last = tensors[spec.layers[-1].name]
        answer = spec.answer()
        scores = None
        if answer is not None:
            axis = TimeAxis(answer.axis.rate_hz, last.shape[1], answer.axis.start_s)
            scores = label_scores(spec.output, last[0].detach().numpy(), axis)
        if callable(events):
            events = events(emitted(spec, scores))
        yield from self._asked(spec, layers, tensors, scores, events, gradients, cancelled, apart_s)

    def _run(self, samples: Array, gradients: bool, cancelled: Cancel) -> dict[str, Tensor]:
        with torch.set_grad_enabled(gradients):
            with torch.no_grad():
                features = self.module.features(tensor(samples[None]))
            features = features.detach().requires_grad_(gradients)
            found: dict[str, Tensor] = {}
            for name, maps in self.module.walk_features(features):
                if cancelled is not None and cancelled():
                    raise Cancelled
                found[name] = maps
        return found

    def _asked(
        self,
        spec: NetworkSpec,
        layers: Mapping[str, LayerMaps],
        tensors: Mapping[str, Tensor],
        scores: LabelScores | None,
        events: Sequence[Event],
        gradients: bool,
        cancelled: Cancel,
        apart_s: float,
    ) -> Iterator[Heard]:
        if not gradients:
            for event in events:
                yield Heard(event, layers, {})
            return
        last = tensors[spec.layers[-1].name]
        for some in independent(events, apart_s):
            if cancelled is not None and cancelled():
                raise Cancelled
            target = torch.stack([self._target(last, scores, events[k]) for k in some]).sum()
            wanted = [tensors[name] for name in self.layers]
            with torch.enable_grad():
                found = torch.autograd.grad(target, wanted, retain_graph=True, allow_unused=True)
            arrays = {name: np.zeros_like(layers[name].maps) for name in self.layers}
            grads = cast(Sequence[Tensor | None], found)
            for name, one in zip(self.layers, grads, strict=True):
                if one is not None:  # the target may not depend on a layer
                    arrays[name] = _units(spec, name, one.abs())
            for k in some:
                yield Heard(events[k], layers, arrays)

    def _apart_s(self, window_s: float) -> float:
        field_s = self.field_s if math.isfinite(self.field_s) else LONGEST_FIELD_S
        return max(field_s, (field_s + window_s) / 2)

    def _target(self, last: Tensor, scores: LabelScores | None, event: Event) -> Tensor:
        """Return the output that an event is about: its own label, or the likeliest one but the blank."""
        frame = 0
        if scores is not None:
            frame = min(max(round(scores.axis.index(event.at_s)), 0), last.shape[1] - 1)
        row = last[0, frame]
        if scores is not None and event.target in scores.labels:
            return row[scores.labels.index(event.target)]
        with torch.no_grad():
            size = row.clone()
            if scores is not None and scores.blank is not None and len(size) > 1:
                size[scores.blank] = -torch.inf
        return row[int(size.argmax())]


def check_layers(spec: NetworkSpec, wanted: Sequence[str]) -> tuple[str, ...]:
    """Return the layers of a network that have profiles, or those that are wanted; raises Fault for an
    unknown one.
    """
    known = [layer.name for layer in spec.layers]
    if isinstance(spec.output, ClassesOutput) and len(known) > 1:
        known = known[:-1]
    for name in wanted:
        if name not in known:
            raise Fault(f"Network {spec.role} has no layer “{name}”.", f"It has {', '.join(known)}.")
    return tuple(name for name in known if not wanted or name in wanted)


def emitted(spec: NetworkSpec, scores: LabelScores | None) -> tuple[Event, ...]:
    """Return the letters or phones that a network emits, each at the first frame of its run."""
    if scores is None or scores.blank is None:
        raise _no_letters(spec)
    axis = scores.axis
    half_s = axis.step_s / 2
    return tuple(
        Event(
            one.label, axis.seconds(one.first) - half_s, axis.seconds(one.last) + half_s,
            axis.seconds(one.first), one.label,
        )
        for one in letters(scores)
    )  # fmt: skip


def _no_letters(spec: NetworkSpec) -> Fault:
    return Fault(
        f"Network {spec.role} emits no letters.", "Group by a tier, by speakers, by names or by a table."
    )


def independent(events: Sequence[Event], apart_s: float) -> list[list[int]]:
    """Divide events into passes in which all are at least `apart_s` apart, each pass as full as possible."""
    passes: list[list[int]] = []
    ends: list[float] = []
    for k in sorted(range(len(events)), key=lambda k: events[k].at_s):
        at_s = events[k].at_s
        place = next((p for p, end_s in enumerate(ends) if at_s - end_s >= apart_s), len(passes))
        if place == len(passes):
            passes.append([])
            ends.append(at_s)
        passes[place].append(k)
        ends[place] = at_s
    return passes


def _axes(spec: NetworkSpec, begin_s: float) -> dict[str, TimeAxis]:
    found: dict[str, TimeAxis] = {}
    for layer, (step, offset) in zip(spec.layers, spec.places(), strict=True):
        found[layer.name] = TimeAxis(
            spec.rate_hz / step, layer.n or 0, begin_s + (offset + 0.5) / spec.rate_hz
        )
    return found


def _units(spec: NetworkSpec, name: str, maps: Tensor) -> Array:
    """Return the units of a layer's maps [1, time, channels] as [time, units]; bins are averaged."""
    rows = maps[0].detach()
    bins = bins_of(spec, name)
    if bins > 1:
        rows = rows.view(len(rows), -1, bins).mean(2)
    return np.array(rows.numpy(), np.float32)


def bins_of(spec: NetworkSpec, name: str) -> int:
    """Return the number of bins of each map of a layer, 1 if it has none."""
    before: LayerSpec | None = None
    bins = 1
    for layer in spec.layers:
        if isinstance(layer.op, Conv2d | Pool2d):
            bins = layer.op.bins_out
        elif not (before is not None and layer.channels == before.channels and _keeps_bins(layer)):
            bins = 1
        if layer.name == name:
            return bins
        before = layer
    return 1


def _keeps_bins(layer: LayerSpec) -> bool:
    return getattr(layer.op, "bins", 0) > 1
