"""What is explained: a label or a unit, in some frames, before the activation; perhaps against another."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.faults import Fault
from core.networks.spec import ClassesOutput, FramesOutput, NetworkSpec
from core.signals.axis import Range, TimeAxis

if TYPE_CHECKING:
    from torch import Tensor

SHOWN_LABELS = 40


@dataclass(frozen=True, slots=True)
class Target:
    """A channel of a layer, summed over some of its frames, minus that of another channel if there is one.

    The score is taken before the layer's activation. `words` says what it is, as the window shows it.
    """

    layer: str
    unit: int
    frames: tuple[int, ...]
    against: int | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class TargetRequest:
    """What somebody asks to have explained.

    `name` is a label, its number from 1, "220 Hz" for a bin of pitch, or layer:channel (from 1). Of the
    frames it takes the one at `at_s`, those inside `intervals`, or else all; of a recogniser's letter, all
    where it is the best answer.
    """

    name: str
    against: str = ""
    at_s: float | None = None
    intervals: tuple[Range, ...] = ()


def score(maps: Tensor, target: Target) -> Tensor:
    """Return the score of each item from the layer's maps [items, time, channels] before the activation."""
    frames = maps[:, list(target.frames)]
    found = frames[:, :, target.unit].sum(1)
    return found if target.against is None else found - frames[:, :, target.against].sum(1)


def find_target(spec: NetworkSpec, logits: NDArray[np.float32], asked: TargetRequest) -> Target:
    """Return the requested target of a network whose spec is that for the sound's length.

    `logits` [frames, labels] are what it says. Raises Fault for an unknown label, layer or channel, for a
    time outside the sound, for an interval without a frame, and for a letter that is never said.
    """
    layer, unit = unit_of(spec, asked.name)
    against = None
    if asked.against:
        other, against = unit_of(spec, asked.against)
        if other != layer:
            raise Fault("Only channels of one layer can be compared.", f"Name another channel of {layer}.")
        if against == unit:
            raise Fault(f"“{asked.name}” cannot be compared with itself.", "Name another label.")
    axis = axis_of(spec, layer)
    answers = layer == spec.layers[-1].name
    frames, where = _frames(spec, axis, asked, logits if answers else None, unit)
    name = spec.labels[unit] if answers else f"{layer}:{unit + 1}"
    if against is not None:
        rival = spec.labels[against] if answers else f"{layer}:{against + 1}"
        name = f"{name} against {rival}"
    return Target(layer, unit, frames, against, f"{name} {where}")


def axis_of(spec: NetworkSpec, layer: str) -> TimeAxis:
    """Return the axis of a layer, also of the answer."""
    answer = spec.answer()
    if answer is not None and layer == answer.name:
        return answer.axis
    found = next((info.axis for info in spec.infos() if info.name == layer), None)
    return TimeAxis(spec.rate_hz, 1) if found is None else found


def unit_of(spec: NetworkSpec, name: str) -> tuple[str, int]:
    """Return the layer and the channel, from 0, of a label, a pitch in Hz, or layer:channel (from 1).

    Raises Fault for a name that the network does not have.
    """
    labels, answer = spec.labels, spec.layers[-1].name
    if name in labels:
        return answer, labels.index(name)
    pitch = re.fullmatch(r"([\d.]+) ?Hz", name)
    if pitch and isinstance(spec.output, FramesOutput) and spec.output.cents is not None:
        return answer, _pitch_bin(float(pitch[1]), spec.output.cents, len(labels))
    layer, _, channel = name.rpartition(":")
    if not layer:
        layer, channel = answer, name
    known = spec.layer(layer)
    if known is None or not channel.isdecimal():
        raise _unknown(spec, name)
    if not 1 <= int(channel) <= known.channels:
        raise Fault(f"{layer} has channels 1 to {known.channels}; there is no channel {channel}.")
    return layer, int(channel) - 1


def _unknown(spec: NetworkSpec, name: str) -> Fault:
    labels = spec.labels
    listed = ", ".join(labels[:SHOWN_LABELS]) + (", .." if len(labels) > SHOWN_LABELS else "")
    layers = ", ".join(layer.name for layer in spec.layers)
    return Fault(
        f"The network has no label “{name}”.",
        f"It has {listed}. A unit is named layer:channel, with the layers {layers}.",
    )


def _pitch_bin(pitch_hz: float, cents: tuple[float, float], count: int) -> int:
    """Return the bin nearest to a pitch. Raises Fault outside the network's range."""
    place = (1200 * np.log2(max(pitch_hz, 1e-3) / 10) - cents[0]) / cents[1]
    if not -0.5 <= place <= count - 0.5:
        low, high = (10 * 2 ** ((cents[0] + cents[1] * k) / 1200) for k in (0, count - 1))
        raise Fault(f"The network hears pitches from {low:.1f} to {high:.1f} Hz, not {pitch_hz:g} Hz.")
    return int(np.clip(round(float(place)), 0, count - 1))


def _frames(
    spec: NetworkSpec, axis: TimeAxis, asked: TargetRequest, logits: NDArray[np.float32] | None, unit: int
) -> tuple[tuple[int, ...], str]:
    """Return the frames and where they are, in words."""
    if axis.n < 1:
        raise Fault("The sound is too short for this layer.", "Use a longer part of it.")
    if isinstance(spec.output, ClassesOutput) and logits is not None:
        return (0,), "in the whole sound"
    if asked.at_s is not None:
        frame = _frame_at(axis, asked.at_s)
        return (frame,), f"at {axis.seconds(frame):.6f} s"
    if asked.intervals:
        return _inside(axis, asked.intervals)
    if logits is not None and isinstance(spec.output, FramesOutput) and spec.output.blank is not None:
        return _said(spec, logits, axis, unit), "where it is the answer"
    return tuple(range(axis.n)), "in the whole sound"


def _frame_at(axis: TimeAxis, at_s: float) -> int:
    extent = axis.extent
    if not extent.start_s - axis.step_s <= at_s <= extent.end_s + axis.step_s:
        raise Fault(
            f"{at_s:g} s lies outside the network's frames.",
            f"They lie from {extent.start_s:.3f} to {extent.end_s:.3f} s.",
        )
    return int(np.clip(round(axis.index(at_s)), 0, axis.n - 1))


def _inside(axis: TimeAxis, intervals: Sequence[Range]) -> tuple[tuple[int, ...], str]:
    found: set[int] = set()
    for interval in intervals:
        found.update(range(*axis.samples_in(interval)))
    first, last = intervals[0], intervals[-1]
    if not found:
        raise Fault(
            f"No frame of the network lies between {first.start_s:g} and {last.end_s:g} s: its frames are "
            f"{1000 * axis.step_s:.3g} ms apart.",
            "Select a longer stretch, or explain the frame at one time.",
        )
    if len(intervals) > 1:
        return tuple(sorted(found)), f"in {len(intervals)} intervals"
    return tuple(sorted(found)), f"from {first.start_s:.6f} to {last.end_s:.6f} s"


def _said(spec: NetworkSpec, logits: NDArray[np.float32], axis: TimeAxis, unit: int) -> tuple[int, ...]:
    """Return the frames whose best label is this one. Raises Fault if there are none."""
    frames = np.flatnonzero(logits.argmax(1) == unit)
    if not len(frames):
        best = int((logits[:, unit] - logits.max(1)).argmax())
        raise Fault(
            f"The network never says “{spec.labels[unit]}” in this sound.",
            f"It comes nearest at {axis.seconds(best):.3f} s: explain it there.",
        )
    return tuple(frames.tolist())
