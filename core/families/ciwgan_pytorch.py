"""The PyTorch port of ciwGAN and fiwGAN: one state dict per network."""

from __future__ import annotations

from collections.abc import Sequence

from core.families.card import NetworkName
from core.families.family import Description, Family, Parts
from core.families.questions import SLOPE, Inquiry, ask_layout, ask_rate, slopes
from core.faults import Fault
from core.networks.numpy_layers import leaky, linear, relu, tanh
from core.networks.numpy_upsampling import Rise
from core.networks.spec import LayerPlan, Names, NetworkPlan, downward, fully_connected, logits, upward
from core.networks.weights import Norm, Weights, read_norm

EPSILON = 1e-5
SLICES = {5: 16384, 6: 65536}
STRIDE, PADDING = 4, 11


def sort(groups: Sequence[Weights]) -> Parts | None:
    """Find G by its layers' names, and D and Q by theirs and by the files' names."""
    parts: dict[NetworkName, Weights] = {}
    for group in groups:
        if "z_project.weight" in group and "upconv0.conv.weight" in group and not keeps_channels(group):
            parts.setdefault("G", group)
    if "G" not in parts:
        return None
    parts.update(listeners(groups))
    return parts


def keeps_channels(group: Weights) -> bool:
    """Tell articulationGAN, whose second layer keeps its channels, from this family."""
    full = group.names.get("upconv1.conv.weight")
    shape = group.tensors.specs[full].shape if full else ()
    return len(shape) == 3 and shape[0] == shape[1]


def listeners(groups: Sequence[Weights]) -> dict[NetworkName, Weights]:
    """Find D and Q; a dense layer with one output is D's, unless the file's name says Q."""
    found: dict[NetworkName, Weights] = {}
    for group in groups:
        if "downconv_0.conv.weight" not in group or "fc_out.weight" not in group:
            continue
        shape = group.tensors.specs[group.names["fc_out.weight"]].shape
        many = bool(shape) and shape[0] > 1
        is_q = group.label.endswith(("_Q", "/Q")) or (many and not group.label.endswith(("_D", "/D")))
        found.setdefault("Q" if is_q else "D", group)
    return found


def describe(parts: Parts, inquiry: Inquiry) -> Description:
    """Plan the networks of a run of the port."""
    weights = parts["G"]
    plans: dict[NetworkName, NetworkPlan] = {"G": generator(weights)}
    slice_len = plans["G"].layers[-1].n
    inquiry.fact("Slice", f"{slice_len} samples", "inferred")
    inquiry.settle("slice", slice_len)
    size = weights.shape("z_project.weight", None, None)[1]
    classes = parts["Q"].shape("fc_out.weight", None, None)[0] if "Q" in parts else None
    layout = ask_layout(inquiry, size, classes)
    rate_hz = ask_rate(inquiry)
    plans.update(listener_plans(parts, inquiry))
    normed = "z_batchnorm.weight" in weights
    inquiry.fact("Batch normalisation", "yes" if normed else "no", "inferred")
    return Description(plans, layout, rate_hz, slice_len)


def listener_plans(parts: Parts, inquiry: Inquiry, rate_hz: float = 0.0) -> dict[NetworkName, NetworkPlan]:
    """Plan D and Q with the slope that has to be asked."""
    if len(parts) == 1:
        return {}
    in_d, in_q = slopes(inquiry.ask(SLOPE, "Slope of D and Q"))
    steep: dict[NetworkName, float] = {"D": in_d, "Q": in_q}
    return {name: listener(parts[name], steep[name], rate_hz) for name in steep if name in parts}


def generator(weights: Weights) -> NetworkPlan:
    """Plan the generator: no ReLU after the fully connected layer, channels first."""
    count = next(i for i in range(99) if f"upconv{i}.conv.weight" not in weights)
    if count not in SLICES:
        raise Fault(
            f"The generator has {count} upsampling layers, where the port has 5 or 6.",
            "The checkpoint comes from a changed network, which Phonoscope does not know.",
        )
    rows = weights.shape("z_project.weight", None, None)[0]
    names = Names("z_project.weight", "z_project.bias", "torch")
    norm = torch_norm(weights, "z_batchnorm")
    layers = [fully_connected(weights, names, rows // 16, linear, norm)]
    for i in range(count):
        layers.append(_up(weights, i, i == count - 1, layers[-1]))
    return NetworkPlan(weights, tuple(layers))


def _up(weights: Weights, i: int, last: bool, before: LayerPlan) -> LayerPlan:
    names = Names(f"upconv{i}.conv.weight", f"upconv{i}.conv.bias", "torch up")
    norm = torch_norm(weights, f"upconv{i}.batch_norm")
    name = "out" if last else f"conv{i + 1}"
    return upward(name, weights, names, before, padded_rise, tanh if last else relu, norm)


def padded_rise(taps: int) -> Rise:
    """Give a transposed convolution with padding 11 and an output padding of 1."""
    return Rise(taps, PADDING, STRIDE, extra=taps + 1 - 2 * PADDING - STRIDE)


def torch_norm(weights: Weights, scope: str) -> Norm | None:
    """Give the batch normalisation stored under a scope, if there is one."""
    if f"{scope}.weight" not in weights:
        return None
    parts = ("weight", "bias", "running_mean", "running_var")
    names = (f"{scope}.{parts[0]}", f"{scope}.{parts[1]}", f"{scope}.{parts[2]}", f"{scope}.{parts[3]}")
    for name in names:
        weights.shape(name, None)
    return lambda source: read_norm(source, names, EPSILON)


def listener(weights: Weights, slope: float, rate_hz: float = 0.0) -> NetworkPlan:
    """Plan D or Q; the length of the sound follows from the dense layer's width."""
    count = next(i for i in range(99) if f"downconv_{i}.conv.weight" not in weights)
    channels = weights.shape(f"downconv_{count - 1}.conv.weight", None, None, None)[0]
    n = weights.shape("fc_out.weight", None, None)[1] // channels * STRIDE**count
    layers: list[LayerPlan] = []
    before = (1, n)
    for i in range(count):
        names = Names(f"downconv_{i}.conv.weight", f"downconv_{i}.conv.bias", "torch")
        norm = torch_norm(weights, f"downconv_{i}.batchnorm")
        layers.append(downward(f"conv{i + 1}", weights, names, before, padded_fall, leaky(slope), norm))
        before = (layers[-1].channels, layers[-1].n)
    layers.append(logits(weights, Names("fc_out.weight", "fc_out.bias", "torch"), layers[-1]))
    return NetworkPlan(weights, tuple(layers), n, rate_hz)


def padded_fall(taps: int, n: int) -> tuple[int, tuple[int, int]]:
    """Give a convolution with stride 4 and padding 11."""
    return STRIDE, (PADDING, PADDING)


FAMILY = Family("port", "PyTorch port of ciwGAN and fiwGAN", sort, describe)
