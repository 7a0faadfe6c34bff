"""WaveGAN, ciwGAN and fiwGAN as trained with TensorFlow 1: scopes G, D and Q."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from core.families.card import Choice, NetworkName, Question
from core.families.family import Description, Family, Parts
from core.families.questions import Inquiry, ask_layout, ask_rate
from core.faults import Fault
from core.networks.numpy_layers import BatchStatistics, leaky, relu, tanh
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
from core.networks.weights import Norm, Weights, read_norm

SLOPE = 0.2
EPSILON = 1e-3
FILTER = "pp_filt/conv1d/kernel"
STRIDES = {16384: (4,) * 5, 32768: (4, 4, 4, 4, 4, 2), 65536: (4,) * 6}
SLICE = Question(
    "slice",
    "How many samples does the network generate?",
    (Choice(65536, "65536 (last stride 4)"), Choice(32768, "32768 (last stride 2)")),
    65536,
)


def sort(groups: Sequence[Weights]) -> Parts | None:
    """Find the scopes G, D and Q in a run that holds a TensorFlow generator."""
    for group in groups:
        if "G/z_project/dense/kernel" in group or any(n.startswith("G/upconv_") for n in group.names):
            return scoped(group)
    return None


def scoped(group: Weights) -> dict[NetworkName, Weights]:
    """Give the networks whose scopes are in one bundle."""
    found: dict[NetworkName, Weights] = {name: group.within(f"{name}/") for name in ("G", "D", "Q")}
    return {name: part for name, part in found.items() if part.names}


def describe(parts: Parts, inquiry: Inquiry) -> Description:
    """Plan the networks of a TensorFlow run."""
    slice_len = ask_slice(parts["G"], inquiry)
    plans = plan_all(parts, slice_len, SLOPE)
    size = parts["G"].shape("z_project/dense/kernel", None, None)[0]
    classes = plans["Q"].layers[-1].channels if "Q" in plans else None
    layout = ask_layout(inquiry, size, classes)
    rate_hz = ask_rate(inquiry)
    inquiry.settle("slope", str(SLOPE))
    note_layers(parts, inquiry)
    if len(parts) > 1:
        inquiry.fact("Slope of D and Q", str(SLOPE), "inferred", "All networks of this family use it.")
    return Description(plans, layout, rate_hz, slice_len)


def plan_all(parts: Parts, slice_len: int, slope: float) -> dict[NetworkName, NetworkPlan]:
    """Plan the generator and what listens to it."""
    plans: dict[NetworkName, NetworkPlan] = {"G": generator(parts["G"], slice_len)}
    prefixes: dict[NetworkName, str] = {"D": "", "Q": "Q"}
    for name, prefix in prefixes.items():
        if name in parts:
            plans[name] = listener(parts[name], prefix, slice_len, slope)
    return plans


def ask_slice(weights: Weights, inquiry: Inquiry) -> int:
    """Settle the slice: five upsampling layers mean 16384, six are ambiguous."""
    count = len(scopes(weights, "upconv_"))
    if count not in (5, 6):
        raise Fault(
            f"The generator has {count} upsampling layers, where a WaveGAN has 5 or 6.",
            "The checkpoint comes from a changed network, which Phonoscope does not know.",
        )
    if count == 6:
        return int(inquiry.ask(SLICE, "Slice", "samples"))
    inquiry.fact("Slice", "16384 samples", "inferred")
    inquiry.settle("slice", 16384)
    return 16384


def scopes(weights: Weights, word: str) -> list[str]:
    """Give the numbered scopes that begin with `word`, in order."""
    found = {m[1] for name in weights.names if (m := re.match(rf"({word}\d+)/", name))}
    return sorted(found, key=lambda scope: int(scope.removeprefix(word)))


def generator(weights: Weights, slice_len: int) -> NetworkPlan:
    """Plan the generator."""
    layers = [_first(weights)]
    strides = STRIDES[slice_len]
    for i, (scope, stride) in enumerate(zip(scopes(weights, "upconv_"), strides, strict=True)):
        last = i == len(strides) - 1
        layers.append(_up(weights, scope, "out" if last else f"conv{i + 1}", stride, layers[-1]))
    if FILTER in weights:
        names = Names(FILTER, "", "tf")
        layers.append(post_filter(weights, names, layers[-1], lambda taps: (taps - 1) // 2))
    return NetworkPlan(weights, tuple(layers))


def _first(weights: Weights) -> LayerPlan:
    _, rows = weights.shape("z_project/dense/kernel", None, None)
    names = Names("z_project/dense/kernel", "z_project/dense/bias", "tf")
    return fully_connected(weights, names, rows // 16, relu, _norm(weights, "z_project"))


def _up(weights: Weights, scope: str, name: str, stride: int, before: LayerPlan) -> LayerPlan:
    last = name == "out"
    nearest = f"{scope}/conv1d/kernel" in weights
    inner = f"{scope}/{'conv1d' if nearest else 'conv2d_transpose'}"
    names = Names(f"{inner}/kernel", f"{inner}/bias", "tf" if nearest else "tf up")
    norm = None if last else _norm(weights, scope)
    rise = _nearest(stride) if nearest else _zeros(stride)
    return upward(name, weights, names, before, rise, tanh if last else relu, norm)


def _zeros(stride: int) -> Callable[[int], Rise]:
    return lambda taps: Rise(taps, max(taps - stride, 0) // 2, stride)


def _nearest(stride: int) -> Callable[[int], Rise]:
    return lambda taps: Rise(taps, (taps - 1) // 2, 1, repeat=stride)


def _norm_scope(weights: Weights, scope: str) -> str | None:
    """Give the batch normalisation inside a scope, which TensorFlow may have numbered."""
    pattern = re.compile(rf"({scope}/batch_normalization(_\d+)?)/gamma")
    return next((m[1] for name in weights.names if (m := pattern.fullmatch(name))), None)


def _norm(weights: Weights, scope: str) -> Norm | None:
    inner = _norm_scope(weights, scope)
    if inner is None:
        return None
    names = (f"{inner}/gamma", f"{inner}/beta", f"{inner}/moving_mean", f"{inner}/moving_variance")
    for name in names:
        weights.shape(name, None)
    return lambda source: read_norm(source, names, EPSILON)


def _statistics(weights: Weights, scope: str) -> Callable[[Weights], BatchStatistics] | None:
    inner = _norm_scope(weights, scope)
    if inner is None:
        return None
    gamma, beta = f"{inner}/gamma", f"{inner}/beta"
    for name in (gamma, beta):
        weights.shape(name, None)
    return lambda source: BatchStatistics(source.read(gamma), source.read(beta), EPSILON)


def listener(weights: Weights, prefix: str, slice_len: int, slope: float) -> NetworkPlan:
    """Plan D, or Q with the prefix "Q"; batch normalisation runs on the statistics of the sound."""
    layers: list[LayerPlan] = []
    before = (1, slice_len)
    for i, (scope, stride) in enumerate(
        zip(scopes(weights, f"{prefix}downconv_"), STRIDES[slice_len], strict=False)
    ):
        names = Names(f"{scope}/conv1d/kernel", f"{scope}/conv1d/bias", "tf")
        live = _statistics(weights, scope)
        layer = downward(f"conv{i + 1}", weights, names, before, _same(stride), leaky(slope), None, live)
        before = (layer.channels, layer.n)
        layers.append(layer)
    if not layers:
        raise Fault(f"The {prefix or 'D'} network has no convolutions.", "Choose a complete checkpoint.")
    dense = Names(f"{prefix}output/dense/kernel", f"{prefix}output/dense/bias", "tf")
    layers.append(logits(weights, dense, layers[-1]))
    return NetworkPlan(weights, tuple(layers), slice_len)


def _same(stride: int) -> Callable[[int, int], tuple[int, tuple[int, int]]]:
    """Give TensorFlow's SAME: the stride, and the zeros before and after."""

    def fall(taps: int, n: int) -> tuple[int, tuple[int, int]]:
        total = max((-(-n // stride) - 1) * stride + taps - n, 0)
        return stride, (total // 2, total - total // 2)

    return fall


def note_layers(parts: Parts, inquiry: Inquiry) -> None:
    """Note what the generator's layers are like."""
    nearest = "upconv_0/conv1d/kernel" in parts["G"]
    inquiry.fact("Upsampling", "nearest neighbour" if nearest else "zeros", "inferred")
    normed = _norm_scope(parts["G"], "z_project") is not None
    inquiry.fact("Batch normalisation", "yes" if normed else "no", "inferred")
    taps = parts["G"].shape(FILTER, None, 1, 1)[0] if FILTER in parts["G"] else 0
    inquiry.fact("Post-processing filter", f"{taps} taps" if taps else "no", "inferred")


FAMILY = Family("tensorflow", "TensorFlow 1 (WaveGAN, ciwGAN, fiwGAN)", sort, describe)
