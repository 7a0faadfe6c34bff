"""WaveGAN in PyTorch by auroracramer, and wavegan_phonology: `upSampConv1` or `tconv1`."""

from __future__ import annotations

from collections.abc import Sequence

from core.families.card import NetworkName
from core.families.ciwgan_pytorch import padded_fall, padded_rise
from core.families.family import Description, Family, Parts
from core.families.questions import Inquiry, ask_layout, ask_rate
from core.networks.numpy_layers import leaky, relu, tanh
from core.networks.numpy_upsampling import Rise
from core.networks.spec import (
    LayerPlan,
    Names,
    NetworkPlan,
    downward,
    fully_connected,
    logits,
    post_filter,
    upward,
)
from core.networks.weights import Weights

SLOPE = 0.2
SLICE = 16384
LAYERS = range(1, 6)


def sort(groups: Sequence[Weights]) -> Parts | None:
    """Find G by its upsampling layers, D and Q by five plain convolutions."""
    generator_like = ("upSampConv1.conv1d.weight", "tconv1.weight")
    parts: dict[NetworkName, Weights] = {}
    for group in groups:
        if any(name in group for name in generator_like):
            parts.setdefault("G", group)
    return parts | listeners(groups) if "G" in parts else None


def listeners(groups: Sequence[Weights]) -> dict[NetworkName, Weights]:
    """Find D and Q, which share their names; more than one output is Q's."""
    found: dict[NetworkName, Weights] = {}
    for group in groups:
        if "conv1.weight" in group and "conv5.weight" in group and "fc1.weight" in group:
            shape = group.tensors.specs[group.names["fc1.weight"]].shape
            found.setdefault("Q" if shape and shape[0] > 1 else "D", group)
    return found


def describe(parts: Parts, inquiry: Inquiry) -> Description:
    """Plan the networks; there is one slice only."""
    weights = parts["G"]
    nearest = "upSampConv1.conv1d.weight" in weights
    scopes = [f"upSampConv{i}.conv1d" if nearest else f"tconv{i}" for i in LAYERS]
    plans: dict[NetworkName, NetworkPlan] = {"G": generator(weights, scopes, nearest, has_filter=True)}
    inquiry.fact("Slice", f"{SLICE} samples", "inferred")
    inquiry.settle("slice", SLICE)
    classes = parts["Q"].shape("fc1.weight", None, None)[0] if "Q" in parts else None
    layout = ask_layout(inquiry, weights.shape("fc1.weight", None, None)[1], classes)
    rate_hz = ask_rate(inquiry)
    plans.update(listener_plans(parts, inquiry))
    inquiry.fact("Upsampling", "nearest neighbour" if nearest else "zeros", "inferred")
    return Description(plans, layout, rate_hz, SLICE)


def listener_plans(parts: Parts, inquiry: Inquiry) -> dict[NetworkName, NetworkPlan]:
    """Plan D and Q with the slope of the published code."""
    inquiry.settle("slope", str(SLOPE))
    if len(parts) > 1:
        inquiry.fact("Slope of D and Q", str(SLOPE), "inferred", "The published code's setting.")
    return {name: listener(weights) for name, weights in parts.items() if name != "G"}


def generator(weights: Weights, scopes: Sequence[str], nearest: bool, has_filter: bool) -> NetworkPlan:
    """Plan a generator with one weight per scope; channels first, ReLU after the first layer."""
    rows = weights.shape("fc1.weight", None, None)[0]
    names = Names("fc1.weight", "fc1.bias", "torch")
    layers: list[LayerPlan] = [fully_connected(weights, names, rows // 16, relu)]
    for i, scope in enumerate(scopes):
        last = i == len(scopes) - 1
        names = Names(f"{scope}.weight", f"{scope}.bias", "torch" if nearest else "torch up")
        name, activation = ("out", tanh) if last else (f"conv{i + 1}", relu)
        rise = nearest_rise if nearest else padded_rise
        layers.append(upward(name, weights, names, layers[-1], rise, activation))
    if has_filter and "ppfilter1.weight" in weights:
        names = Names("ppfilter1.weight", "ppfilter1.bias", "torch")
        layers.append(post_filter(weights, names, layers[-1], lambda taps: taps // 2))
    return NetworkPlan(weights, tuple(layers))


def nearest_rise(taps: int) -> Rise:
    """Repeat each sample four times, then convolve with half a kernel of zeros on either side."""
    return Rise(taps, taps // 2, 1, repeat=4)


def listener(weights: Weights) -> NetworkPlan:
    """Plan D or Q; logits are those before the sigmoid that some versions end with."""
    layers: list[LayerPlan] = []
    before = (1, SLICE)
    for i in LAYERS:
        names = Names(f"conv{i}.weight", f"conv{i}.bias", "torch")
        layers.append(downward(f"conv{i}", weights, names, before, padded_fall, leaky(SLOPE)))
        before = (layers[-1].channels, layers[-1].n)
    layers.append(logits(weights, Names("fc1.weight", "fc1.bias", "torch"), layers[-1]))
    return NetworkPlan(weights, tuple(layers), SLICE)


FAMILY = Family("cramer", "PyTorch WaveGAN (auroracramer, wavegan_phonology)", sort, describe)
