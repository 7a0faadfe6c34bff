"""WaveGAN, ciwGAN and fiwGAN as trained with TensorFlow 1: scopes G, D and Q."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from core.families.card import Choice, Question
from core.families.family import (
    Description,
    Family,
    Layers,
    Parts,
    generator_spec,
    listener_spec,
    note_input,
)
from core.families.questions import Inquiry, ask_layout, ask_rate
from core.faults import Fault
from core.networks.layer_specs import STEPS, Fall, conv, dense, logits, norm_of, post_filter, upsample
from core.networks.operations import RELU, TANH, Norm, Rise, Stored, leaky
from core.networks.spec import LayerSpec
from core.networks.weights import Weights

SLOPE = 0.2
EPSILON = 1e-3
FILTER = "pp_filt/conv1d/kernel"
PREFIXES = {"D": "", "Q": "Q"}  # steps of D's and Q's last map
STRIDES = {16384: (4,) * 5, 32768: (4, 4, 4, 4, 4, 2), 65536: (4,) * 6}
SLICE = Question(
    "slice",
    "How many samples does the network generate?",
    (Choice(65536, "65536 (last stride 4)"), Choice(32768, "32768 (last stride 2)")),
    65536,
)


def sort(groups: Sequence[Weights]) -> Parts | None:
    """Find the scopes G, D and Q in a TensorFlow run."""
    begins = ("G/z_project/dense/kernel", "G/upconv_", "D/downconv_", "Q/Qdownconv_")
    for group in groups:
        if any(name.startswith(begins) for name in group.names):
            return scoped(group)
    return None


def scoped(group: Weights) -> dict[str, Weights]:
    """Return the networks by the scopes of one bundle."""
    found = {name: group.within(f"{name}/") for name in ("G", "D", "Q")}
    return {name: part for name, part in found.items() if part.names}


def describe(parts: Parts, inquiry: Inquiry) -> Description:
    """Describe the networks of a TensorFlow run."""
    if "G" not in parts:
        inquiry.settle("slope", str(SLOPE))
        return describe_listeners(parts, inquiry, SLOPE)
    slice_len = ask_slice(len(scopes(parts["G"], "upconv_")), inquiry)
    layers = generator(parts["G"], slice_len)
    listening = listeners(parts, slice_len, SLOPE)
    size = parts["G"].shape("z_project/dense/kernel", None, None)[0]
    classes = listening["Q"][-1].channels if "Q" in listening else None
    layout = ask_layout(inquiry, size, classes)
    rate_hz = ask_rate(inquiry)
    inquiry.settle("slope", str(SLOPE))
    note_layers(parts, inquiry)
    if len(parts) > 1:
        inquiry.fact("Slope of D and Q", str(SLOPE), "inferred", "All networks of this family use it.")
    return Description(
        (
            generator_spec(layers, layout, rate_hz, slice_len),
            *(listener_spec(role, found, rate_hz, slice_len) for role, found in listening.items()),
        )
    )


def describe_listeners(parts: Parts, inquiry: Inquiry, slope: float, title: str = "") -> Description:
    """Describe D and Q of a run without a generator."""
    count = max(len(scopes(part, f"{PREFIXES[role]}downconv_")) for role, part in parts.items())
    slice_len = ask_slice(count, inquiry, "network has {} convolutions")
    rate_hz = ask_rate(inquiry)
    note_input(inquiry, slice_len)
    found = listeners(parts, slice_len, slope)
    return Description(
        tuple(listener_spec(role, layers, rate_hz, slice_len) for role, layers in found.items()), title
    )


def listeners(parts: Parts, slice_len: int, slope: float) -> dict[str, Layers]:
    """Return the layers of D and Q, if present."""
    return {
        role: listener(parts[role], prefix, slice_len, slope)
        for role, prefix in PREFIXES.items()
        if role in parts
    }


def ask_slice(count: int, inquiry: Inquiry, what: str = "generator has {} upsampling layers") -> int:
    """Return the slice length from the number of strided layers: five mean 16384, six are ambiguous."""
    if count not in (5, 6):
        raise Fault(
            f"The {what.format(count)}; a WaveGAN has 5 or 6.",
            "The checkpoint comes from a modified network that Phonoscope does not know.",
        )
    if count == 6:
        return int(inquiry.ask(SLICE, "Slice", "samples"))
    inquiry.fact("Slice", "16384 samples", "inferred")
    inquiry.settle("slice", 16384)
    return 16384


def scopes(weights: Weights, word: str) -> list[str]:
    """Return the numbered scopes that begin with `word`, in order."""
    found = {m[1] for name in weights.names if (m := re.match(rf"({word}\d+)/", name))}
    return sorted(found, key=lambda scope: int(scope.removeprefix(word)))


def generator(weights: Weights, slice_len: int) -> Layers:
    """Return the generator's layers."""
    layers = [_first(weights)]
    strides = STRIDES[slice_len]
    for i, (scope, stride) in enumerate(zip(scopes(weights, "upconv_"), strides, strict=True)):
        last = i == len(strides) - 1
        layers.append(_up(weights, scope, "out" if last else f"conv{i + 1}", stride, layers[-1]))
    if FILTER in weights:
        stored = Stored(FILTER, "", "tf")
        layers.append(post_filter(weights, stored, layers[-1], lambda taps: (taps - 1) // 2))
    return tuple(layers)


def _first(weights: Weights) -> LayerSpec:
    _, rows = weights.shape("z_project/dense/kernel", None, None)
    stored = Stored("z_project/dense/kernel", "z_project/dense/bias", "tf")
    return dense(weights, stored, rows // STEPS, RELU, _norm(weights, "z_project"))


def _up(weights: Weights, scope: str, name: str, stride: int, before: LayerSpec) -> LayerSpec:
    last = name == "out"
    nearest = f"{scope}/conv1d/kernel" in weights
    inner = f"{scope}/{'conv1d' if nearest else 'conv2d_transpose'}"
    stored = Stored(f"{inner}/kernel", f"{inner}/bias", "tf" if nearest else "tf up")
    norm = None if last else _norm(weights, scope)
    rise = _nearest(stride) if nearest else _zeros(stride)
    return upsample(name, weights, stored, before, rise, TANH if last else RELU, norm)


def _zeros(stride: int) -> Callable[[int], Rise]:
    return lambda taps: Rise(taps, max(taps - stride, 0) // 2, stride)


def _nearest(stride: int) -> Callable[[int], Rise]:
    return lambda taps: Rise(taps, (taps - 1) // 2, 1, repeat=stride)


def _norm_scope(weights: Weights, scope: str) -> str | None:
    """Return the scope of a batch normalisation inside a scope; TensorFlow may have numbered it."""
    pattern = re.compile(rf"({scope}/batch_normalization(_\d+)?)/gamma")
    return next((m[1] for name in weights.names if (m := pattern.fullmatch(name))), None)


def _norm(weights: Weights, scope: str, running: bool = False) -> Norm | None:
    inner = _norm_scope(weights, scope)
    if inner is None:
        return None
    kept = ("", "") if running else (f"{inner}/moving_mean", f"{inner}/moving_variance")
    return norm_of(weights, Norm(f"{inner}/gamma", f"{inner}/beta", *kept, EPSILON))


def listener(weights: Weights, prefix: str, slice_len: int, slope: float) -> Layers:
    """Return D's layers, or Q's with the prefix "Q"; normalisation uses the statistics of the sound."""
    layers: list[LayerSpec] = []
    before = (1, slice_len)
    for i, (scope, stride) in enumerate(
        zip(scopes(weights, f"{prefix}downconv_"), STRIDES[slice_len], strict=False)
    ):
        stored = Stored(f"{scope}/conv1d/kernel", f"{scope}/conv1d/bias", "tf")
        norm = _norm(weights, scope, running=True)
        layer = conv(f"conv{i + 1}", weights, stored, before, _same(stride), leaky(slope), norm)
        before = (layer.channels, layer.n or 0)
        layers.append(layer)
    if not layers:
        raise Fault(f"The {prefix or 'D'} network has no convolutions.", "Choose a complete checkpoint.")
    last = Stored(f"{prefix}output/dense/kernel", f"{prefix}output/dense/bias", "tf")
    layers.append(logits(weights, last, layers[-1]))
    return tuple(layers)


def _same(stride: int) -> Fall:
    """Return TensorFlow's SAME padding: the stride, and the zeros before and after."""

    def fall(taps: int, n: int) -> tuple[int, tuple[int, int]]:
        total = max((-(-n // stride) - 1) * stride + taps - n, 0)
        return stride, (total // 2, total - total // 2)

    return fall


def note_layers(parts: Parts, inquiry: Inquiry) -> None:
    """Note the facts about the generator's layers."""
    nearest = "upconv_0/conv1d/kernel" in parts["G"]
    inquiry.fact("Upsampling", "nearest neighbour" if nearest else "zeros", "inferred")
    normed = _norm_scope(parts["G"], "z_project") is not None
    inquiry.fact("Batch normalisation", "yes" if normed else "no", "inferred")
    taps = parts["G"].shape(FILTER, None, 1, 1)[0] if FILTER in parts["G"] else 0
    inquiry.fact("Post-processing filter", f"{taps} taps" if taps else "no", "inferred")


FAMILY = Family("tensorflow", "TensorFlow 1 (WaveGAN, ciwGAN, fiwGAN)", sort, describe)
