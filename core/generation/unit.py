"""What a search drives: a label, a channel, a layer, a margin, a direction, or a likeness to a recording."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from core.faults import Fault
from core.networks.map_operations import Conv2d, Flat, Recurrent
from core.networks.operations import Activation, Conv, Dense, Upsample
from core.networks.spec import ClassesOutput, FramesOutput, LayerSpec, NetworkSpec, SoundDrive

UnitKind = Literal["unit", "channel", "layer", "margin", "direction", "match"]
Over = Literal["mean", "max", "middle"]
Value = Literal["before", "after"]
HOW = (
    "Write a label or its number, layer:channel, a layer, two labels as a>b, "
    "a direction as layer@FILE, or a recording to match as layer=SOUND."
)


@dataclass(frozen=True, slots=True)
class Unit:
    """A value of a network that a search makes large or small.

    `channels` are the places in the layer, from 0; `against` those that a margin subtracts, none for the
    strongest other label. `weights` is a direction in the layer. `over` says how frames become one number.
    `value` "before" is the unit before its sigmoid, softmax or other non-linearity, "after" what the lanes
    show. `name` is what the user wrote.
    """

    network: str
    layer: str
    kind: UnitKind
    channels: tuple[int, ...] = ()
    against: tuple[int, ...] = ()
    weights: tuple[float, ...] = ()
    over: Over = "mean"
    value: Value = "before"
    name: str = ""
    sound: str = ""

    @property
    def words(self) -> str:
        """Say what it is: “a”, conv4 channel 3, ..."""
        return {
            "unit": f"“{self.name}”",
            "margin": f"margin of {self.name}",
            "channel": f"{self.layer} channel {self.channels[0] + 1}" if self.channels else self.layer,
            "layer": f"all of {self.layer}",
            "direction": f"a direction in {self.layer}",
            "match": f"likeness to {self.name} in {self.layer}",
        }[self.kind]

    @property
    def value_words(self) -> str:
        """Say which value is meant, and over which frames."""
        when = "before the non-linearity" if self.value == "before" else "after the non-linearity"
        over = {"mean": "mean over time", "max": "largest over time", "middle": "in the middle"}[self.over]
        return f"{when}, {over}"


def parse_unit(spec: NetworkSpec, text: str, over: Over | None = None, value: Value = "before") -> Unit:
    """Read what to drive from text. Raises Fault if the network has no such label, layer or channel."""
    if not isinstance(spec.drive, SoundDrive):
        raise Fault(f"{spec.role} hears no sound, so no sound can drive it.", "Choose another network.")
    how = over or usual_over(spec)
    labels = labels_of(spec)
    if text in labels:
        return _label(spec, labels, text, how, value)
    for sign, read in (("=", _match), ("@", _direction), (">", _margin)):
        if sign in text:
            return read(spec, text, how, value)
    layer, colon, number = text.partition(":")
    if colon:
        return channel_unit(spec, layer, _number(number, "channel"), how, value)
    if spec.layer(text) is not None:
        return Unit(spec.role, text, "layer", over=over or "mean", value=value, name=text)
    return _label(spec, labels, text, how, value)


def labels_of(spec: NetworkSpec) -> tuple[str, ...]:
    """Return the names of a network's outputs, numbers from 1 if it has none."""
    return spec.labels if isinstance(spec.output, ClassesOutput | FramesOutput) else ()


def usual_over(spec: NetworkSpec) -> Over:
    """Return how frames become one number if nobody says: letters are sought anywhere, a network of excerpts
    answers in the middle, the others are averaged.
    """
    if isinstance(spec.output, FramesOutput) and spec.output.blank is not None:
        return "max"
    silence = getattr(spec.drive.frontend, "silence", 0) if isinstance(spec.drive, SoundDrive) else 0
    return "middle" if silence else "mean"


def channel_unit(spec: NetworkSpec, layer: str, channel: int, over: Over, value: Value = "before") -> Unit:
    """Return one channel of a layer, counted from 1. Raises Fault if there is none."""
    found = _layer(spec, layer)
    if not 1 <= channel <= found.channels:
        raise Fault(f"{layer} has {found.channels} channels; there is no channel {channel}.")
    return Unit(
        spec.role, layer, "channel", (channel - 1,), over=over, value=value, name=f"{layer}:{channel}"
    )


def _layer(spec: NetworkSpec, name: str) -> LayerSpec:
    found = spec.layer(name)
    if found is None:
        names = ", ".join(layer.name for layer in spec.layers)
        raise Fault(f"{spec.role} has no layer “{name}”.", f"It has {names}.")
    return found


def _label(spec: NetworkSpec, labels: tuple[str, ...], text: str, over: Over, value: Value) -> Unit:
    place = _place(labels, text)
    return Unit(spec.role, spec.layers[-1].name, "unit", (place,), (), (), over, value, labels[place])


def _place(labels: tuple[str, ...], text: str) -> int:
    if text in labels:
        return labels.index(text)
    if text.isdecimal() and 1 <= int(text) <= len(labels):
        return int(text) - 1
    shown = ", ".join(labels[:30]) + (", .." if len(labels) > 30 else "")
    raise Fault(
        f"“{text}” is no label, number or layer of this network.",
        f"{HOW} Its labels are {shown}." if labels else HOW,
    )


def _margin(spec: NetworkSpec, text: str, over: Over, value: Value) -> Unit:
    labels = labels_of(spec)
    one, _, other = (part.strip() for part in text.partition(">"))
    against = (_place(labels, other),) if other else ()
    if len(labels) < 2:
        raise Fault("A margin needs two outputs; this network has one.", HOW)
    place = _place(labels, one)
    if place in against:
        raise Fault(f"The margin of “{one}” over itself is 0.", "Name two labels.")
    return Unit(spec.role, spec.layers[-1].name, "margin", (place,), against, (), over, value, text)


def _direction(spec: NetworkSpec, text: str, over: Over, value: Value) -> Unit:
    name, _, path = text.partition("@")
    layer = _layer(spec, name)
    weights = read_direction(path)
    if len(weights) != layer.channels:
        raise Fault(f"“{path}” has {len(weights)} numbers; {name} has {layer.channels} channels.")
    return Unit(spec.role, name, "direction", weights=weights, over=over, value=value, name=text)


def read_direction(path: str) -> tuple[float, ...]:
    """Read a direction from a file of numbers. Raises Fault if it is none."""
    import numpy as np

    try:
        with open(path, encoding="utf-8") as file:
            found = np.array(file.read().replace(",", " ").split(), np.float64)
    except (OSError, ValueError) as flaw:
        raise Fault(f"“{path}” cannot be read as a direction.", "It holds one number per channel.") from flaw
    norm = float(np.linalg.norm(found))
    if not np.isfinite(norm) or norm == 0:
        raise Fault(
            f"“{path}” holds no direction.", "At least one of its numbers is not 0, and all are finite."
        )
    return tuple(map(float, found / norm))


def _match(spec: NetworkSpec, text: str, over: Over, value: Value) -> Unit:
    name, _, path = text.partition("=")
    _layer(spec, name)
    if not path:
        raise Fault("A likeness needs a recording.", HOW)
    short = path.replace("\\", "/").rsplit("/", 1)[-1]
    return Unit(spec.role, name, "match", over="mean", value="after", name=short, sound=path)


def _number(text: str, what: str) -> int:
    if not text.strip().isdecimal():
        raise Fault(f"“{text}” is not a {what}.", "Write its number, counted from 1.")
    return int(text)


def non_linearity(spec: NetworkSpec, unit: Unit) -> str:
    """Return the kind of non-linearity that follows the unit: sigmoid, softmax, relu, leaky, tanh, linear."""
    layer = _layer(spec, unit.layer)
    output = spec.output
    if layer.name == spec.layers[-1].name and isinstance(output, ClassesOutput | FramesOutput):
        return output.scores if output.scores != "none" else "linear"
    op = layer.op
    return activation_of(op).kind if isinstance(op, WITH_ACTIVATION) else "linear"


WITH_ACTIVATION = (Conv, Dense, Upsample, Conv2d, Flat, Recurrent)


def activation_of(op: Conv | Dense | Upsample | Conv2d | Flat | Recurrent) -> Activation:
    """Return the activation of an operation."""
    return op.activation
