"""articulationGAN: the port's names, another net, whose output drives articulators at 200 Hz."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from core.families import ciwgan_pytorch
from core.families.card import NetworkName
from core.families.family import Description, Family, Parts
from core.families.questions import Inquiry, ask_layout, ask_rate
from core.networks.numpy_layers import linear, relu, tanh3
from core.networks.numpy_upsampling import Rise
from core.networks.spec import LayerPlan, Names, NetworkPlan, fully_connected, upward
from core.networks.weights import Weights

STRIDES = (2, 2, 2, 1, 2)
RATE_HZ = 200
SOUND_RATE_HZ = 16000.0


def sort(groups: Sequence[Weights]) -> Parts | None:
    """Find a generator whose second layer keeps its channels, and what listens to its speech."""
    for group in groups:
        if "z_project.weight" in group and ciwgan_pytorch.keeps_channels(group):
            parts: dict[NetworkName, Weights] = {"G": group}
            return parts | ciwgan_pytorch.listeners(groups)
    return None


def describe(parts: Parts, inquiry: Inquiry) -> Description:
    """Plan the networks of an articulationGAN; its output is no sound."""
    plans: dict[NetworkName, NetworkPlan] = {"G": generator(parts["G"])}
    out = plans["G"].layers[-1]
    inquiry.fact("Output", f"{out.channels} articulator channels", "inferred")
    inquiry.fact("Slice", f"{out.n} samples", "inferred")
    inquiry.settle("slice", out.n)
    size = parts["G"].shape("z_project.weight", None, None)[1]
    classes = parts["Q"].shape("fc_out.weight", None, None)[0] if "Q" in parts else None
    layout = ask_layout(inquiry, size, classes)
    rate_hz = ask_rate(inquiry, RATE_HZ)
    plans.update(ciwgan_pytorch.listener_plans(parts, inquiry, SOUND_RATE_HZ))
    return Description(plans, layout, rate_hz, out.n, sounds=False)


def generator(weights: Weights) -> NetworkPlan:
    """Plan the generator: strides 2, 2, 2, 1, 2, three times a tanh at the end."""
    rows = weights.shape("z_project.weight", None, None)[0]
    names = Names("z_project.weight", "z_project.bias", "torch")
    norm = ciwgan_pytorch.torch_norm(weights, "z_batchnorm")
    layers: list[LayerPlan] = [fully_connected(weights, names, rows // 16, linear, norm)]
    for i, stride in enumerate(STRIDES):
        last = i == len(STRIDES) - 1
        names = Names(f"upconv{i}.conv.weight", f"upconv{i}.conv.bias", "torch up")
        name = "out" if last else f"conv{i + 1}"
        norm = ciwgan_pytorch.torch_norm(weights, f"upconv{i}.batch_norm")
        activation = tanh3 if last else relu
        layers.append(upward(name, weights, names, layers[-1], _rise(stride), activation, norm))
    return NetworkPlan(weights, tuple(layers))


def _rise(stride: int) -> Callable[[int], Rise]:
    """Give a transposed convolution that is padded by half its kernel."""
    return lambda taps: Rise(taps, (taps - 1) // 2, stride)


FAMILY = Family("articulationgan", "articulationGAN", sort, describe)
