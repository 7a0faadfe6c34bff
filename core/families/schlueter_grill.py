"""Schlüter & Grill's singing-voice detector (ISMIR 2015): four convolutions over time and mel bands.

Its two poolings and its dense layers run at every frame, their taps spread in time, so that one run over a
recording gives exactly what the network gives for each excerpt of 115 frames.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from core.families.family import Description, Family, Parts
from core.families.phonoscope import SHOWN, own_card
from core.families.questions import Inquiry
from core.faults import Fault
from core.frontends.compression import Log
from core.frontends.log_mel import LogMel
from core.frontends.registry import words
from core.frontends.spectrum import Spectrum
from core.networks.map_operations import Standardise
from core.networks.map_specs import conv_layer, flat, map_conv, map_pool, maps_of
from core.networks.operations import LINEAR, AxisOrder, Stored, leaky
from core.networks.spec import FramesOutput, LayerSpec, NetworkSpec, SoundDrive
from core.networks.weights import Weights

ROLE = "detector"
RATE_HZ, BANDS, FRAMES = 22050.0, 80, 115
SLOPE, POOL = 0.01, 3
VALID = ((0, 0), (0, 0))
FRONTEND = LogMel(
    RATE_HZ,
    Spectrum(1024, 315, window="symmetric hann", power=1, centred=False),
    BANDS,
    27.5,
    8000.0,
    "yaafe",
    Log(floor=1e-7),
    silence=FRAMES // 2,
)


@dataclass(frozen=True, slots=True)
class TensorNames:
    """How a layout names its tensors."""

    convolutions: tuple[str, ...]
    dense: tuple[str, ...]
    kernel: str
    bias: str
    order: AxisOrder
    linear: AxisOrder


class HeldOut(msgspec.Struct):
    """How well a detector hears excerpts that it did not learn from, as its card says."""

    correct: float = 0.0
    excerpts: int = 0


OURS = TensorNames(
    ("conv1", "conv2", "conv3", "conv4"),
    ("fc1", "fc2", "fc3"),
    ".weight",
    ".bias",
    "torch bins-time",
    "torch linear",
)
TENSORFLOW = TensorNames(
    ("conv2d", "conv2d_1", "conv2d_2", "conv2d_3"),
    ("dense", "dense_1", "dense_2"),
    "/kernel",
    "/bias",
    "tf bins-time",
    "tf linear",
)


def sort(groups: Sequence[Weights]) -> Parts | None:
    """Find four convolutions of 3 by 3 and three dense layers."""
    for group in groups:
        if names_in(group) is not None:
            return {ROLE: group}
    return None


def names_in(group: Weights) -> TensorNames | None:
    """Return the layout that a state dict has, or None."""
    for names in (OURS, TENSORFLOW):
        scopes = (*names.convolutions, *names.dense)
        if not all(f"{scope}{names.kernel}" in group for scope in scopes):
            continue
        first, second = (
            group.tensors.specs[group.names[f"{scope}{names.kernel}"]].shape
            for scope in (names.convolutions[0], names.dense[0])
        )
        if len(first) == 4 and first.count(3) >= 2 and len(second) == 2:
            return names
    return None


def describe(parts: Parts, inquiry: Inquiry) -> Description:
    """Describe the network: one probability of singing per frame, 70 a second."""
    weights = parts[ROLE]
    names = names_in(weights)
    if names is None:
        raise Fault("The detector's layers are incomplete.", "Choose a checkpoint that was saved completely.")
    layers = layers_of(weights, names)
    inquiry.settle("rate", int(RATE_HZ))
    inquiry.fact("Sampling rate", f"{RATE_HZ:g} Hz", "inferred", "All networks of this family use it.")
    normed = "mean" in weights
    note = "" if normed else "The file has no mean and deviation of the bands: they are not normalised."
    inquiry.fact("Input", words(FRONTEND), "inferred", note)
    inquiry.fact("Labels", "singing", "inferred")
    output = FramesOutput(("singing",), "sigmoid")
    network = NetworkSpec(ROLE, SoundDrive(RATE_HZ, None, FRONTEND), layers, output)
    return Description((network,), _note_training(weights, inquiry))


def _note_training(weights: Weights, inquiry: Inquiry) -> str:
    """Add what the card of a detector trained here says, also how well it hears; return its title."""
    card = own_card(weights, FAMILY.name)
    for key, title in SHOWN:
        if isinstance(card.get(key), str | int):
            inquiry.fact(title, card[key], "read")
    try:
        measured = msgspec.convert(card.get("measured", {}), dict[str, HeldOut])
    except msgspec.ValidationError:
        measured = {}
    for name, found in measured.items():
        if found.excerpts:
            inquiry.fact(f"Correct, {name}", f"{found.correct:.1%} of {found.excerpts} excerpts", "read")
    return str(card.get("title", ""))


def layers_of(weights: Weights, names: TensorNames) -> tuple[LayerSpec, ...]:
    """Return the layers, each at every frame."""
    layers: list[LayerSpec] = []
    if "mean" in weights:
        for name in ("mean", "std"):
            weights.shape(name, BANDS)
        layers.append(LayerSpec("normalised", Standardise("mean", "std"), BANDS, None))
    before, spread = (1, BANDS), 1
    for k, scope in enumerate(names.convolutions, 1):
        stored = Stored(f"{scope}{names.kernel}", f"{scope}{names.bias}", names.order)
        made = map_conv(
            f"conv{k}", weights, stored, before, pads=VALID, activation=leaky(SLOPE), dilation=spread
        )
        layers.append(made)
        if k % 2 == 0:
            layers.append(map_pool(f"pool{k}", maps_of(made), (POOL, POOL), (1, POOL), dilation=spread))
            spread *= POOL
        before = maps_of(layers[-1])
    return (*layers, *_dense(weights, names, before, spread))


def _dense(
    weights: Weights, names: TensorNames, before: tuple[int, int], spread: int
) -> tuple[LayerSpec, ...]:
    first, *rest = names.dense
    matrix = weights.shape(f"{first}{names.kernel}", None, None)
    inputs = matrix[1] if names is OURS else matrix[0]
    taps = inputs // (before[0] * before[1])
    stored = Stored(f"{first}{names.kernel}", f"{first}{names.bias}", names.order)
    layers = [flat("fc1", weights, stored, before, taps, leaky(SLOPE), spread)]
    for name, scope, activation in zip(("fc2", "logits"), rest, (leaky(SLOPE), LINEAR), strict=True):
        stored = Stored(f"{scope}{names.kernel}", f"{scope}{names.bias}", names.linear)
        layers.append(conv_layer(name, weights, stored, layers[-1].channels, activation=activation))
    return tuple(layers)


FAMILY = Family("schlueter-grill", "Schlüter & Grill's detector", sort, describe)
