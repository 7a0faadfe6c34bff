"""WaveGAN, ciwGAN and fiwGAN as trained with TensorFlow 1: scopes G, D and Q."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from core.families.card import Choice, Question
from core.families.family import (
    Description,
    Family,
    Layers,
    Parts,
    asked_generator,
    listener_spec,
    note_input,
    role_named,
    sound_channels,
)
from core.families.questions import Inquiry, ask_layout, ask_rate
from core.networks.layer_specs import STEPS, Fall, conv, dense, logits, norm_of, post_filter, upsample
from core.networks.operations import RELU, TANH, Norm, Rise, Stored, leaky
from core.networks.spec import LayerSpec, NetworkSpec
from core.networks.weights import Misfit, Weights

SLOPE = 0.2
EPSILON = 1e-3
FILTER = "pp_filt/conv1d/kernel"
PREFIXES = {"D": "", "Q": "Q"}  # what the names of D's and Q's scopes begin with, as published
GENERATOR = re.compile(r"z_project/dense/|upconv_\d+/(conv1d|conv2d_transpose)/")
LISTENER = re.compile(r"Q?downconv_\d+/conv1d/")
STRIDES = {16384: (4,) * 5, 32768: (4, 4, 4, 4, 4, 2), 65536: (4,) * 6}
SPARE = r".*/batch_normalization(_\d+)?/moving_(mean|variance)"  # D and Q use the statistics of the sound
SLICE = Question(
    "slice",
    "How many samples does the network generate?",
    (Choice(65536, "65536 (last stride 4)"), Choice(32768, "32768 (last stride 2)")),
    65536,
)


def sort(groups: Sequence[Weights]) -> Parts | None:
    """Find G by its first layer or its upsampling layers, and D and Q by their convolutions."""
    parts: dict[str, Weights] = {}
    for group in groups:
        if any(GENERATOR.match(name) for name in group.names):
            parts.setdefault("G", group)
        elif any(LISTENER.match(name) for name in group.names):
            parts.setdefault(_role(group), group)
    return parts or None


def _role(group: Weights) -> str:
    """Return D or Q: Q's names begin with it, unless it was saved as another D with several outputs."""
    if _prefix(group):
        return "Q"
    kernel = group.names.get("output/dense/kernel")
    shape = group.tensors.specs[kernel].shape if kernel else ()
    named = role_named(group.label)
    return "Q" if named == "Q" or (len(shape) == 2 and shape[1] > 1 and named != "D") else "D"


def _prefix(weights: Weights) -> str:
    """Return what the names of a listener's scopes begin with: Q in Q, nothing in D."""
    return "Q" if any(name.startswith("Qdownconv_") for name in weights.names) else ""


def describe(parts: Parts, inquiry: Inquiry) -> Description:
    """Describe the networks of a TensorFlow run."""
    if "G" not in parts:
        inquiry.settle("slope", str(SLOPE))
        return describe_listeners(parts, inquiry, SLOPE)
    slice_len = ask_slice(len(scopes(parts["G"], "upconv_")), inquiry)
    layers = generator(parts["G"], slice_len)
    listening = listeners(parts, slice_len, SLOPE, layers[-1].channels)
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
            asked_generator(inquiry, layers, layout, rate_hz, slice_len),
            *listener_specs(parts, listening, rate_hz, slice_len),
        )
    )


def describe_listeners(parts: Parts, inquiry: Inquiry, slope: float, title: str = "") -> Description:
    """Describe D and Q of a run without a generator."""
    count = max(len(scopes(part, f"{_prefix(part)}downconv_")) for part in parts.values())
    slice_len = ask_slice(count, inquiry, "network has {} convolutions")
    rate_hz = ask_rate(inquiry)
    note_input(inquiry, slice_len)
    found = listeners(parts, slice_len, slope)
    return Description(listener_specs(parts, found, rate_hz, slice_len), title)


def listener_specs(
    parts: Parts, listening: Mapping[str, Layers], rate_hz: float, slice_len: int
) -> tuple[NetworkSpec, ...]:
    """Return the specs of D and Q from their layers."""
    return tuple(
        listener_spec(role, layers, rate_hz, slice_len, _taken(parts[role], _prefix(parts[role]), None))
        for role, layers in listening.items()
    )


def _taken(weights: Weights, prefix: str, made: int | None) -> int:
    first = next(iter(scopes(weights, f"{prefix}downconv_")), f"{prefix}downconv_0")
    return sound_channels(weights, f"{first}/conv1d/kernel", 1, made)


def listeners(parts: Parts, slice_len: int, slope: float, made: int | None = None) -> dict[str, Layers]:
    """Return the layers of D and Q, if present; `made` is the number of channels that G makes."""
    return {
        role: listener(parts[role], _prefix(parts[role]), slice_len, slope, made)
        for role in ("D", "Q")
        if role in parts
    }


def ask_slice(count: int, inquiry: Inquiry, what: str = "generator has {} upsampling layers") -> int:
    """Return the slice length from the number of strided layers: five mean 16384, six are ambiguous."""
    if count not in (5, 6):
        raise Misfit(
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


def listener(weights: Weights, prefix: str, slice_len: int, slope: float, made: int | None = None) -> Layers:
    """Return D's layers, or Q's with the prefix "Q"; normalisation uses the statistics of the sound."""
    layers: list[LayerSpec] = []
    before = (_taken(weights, prefix, made), slice_len)
    found = scopes(weights, f"{prefix}downconv_")
    if len(found) > len(STRIDES[slice_len]):
        raise too_many(len(found), len(STRIDES[slice_len]), slice_len)
    for i, (scope, stride) in enumerate(zip(found, STRIDES[slice_len], strict=False)):
        stored = Stored(f"{scope}/conv1d/kernel", f"{scope}/conv1d/bias", "tf")
        norm = _norm(weights, scope, running=True)
        layer = conv(f"conv{i + 1}", weights, stored, before, _same(stride), leaky(slope), norm)
        before = (layer.channels, layer.n or 0)
        layers.append(layer)
    if not layers:
        raise Misfit(f"The {prefix or 'D'} network has no convolutions.", "Choose a complete checkpoint.")
    last = Stored(f"{prefix}output/dense/kernel", f"{prefix}output/dense/bias", "tf")
    layers.append(logits(weights, last, layers[-1]))
    return tuple(layers)


def too_many(count: int, known: int, slice_len: int) -> Misfit:
    """Return the fault for D or Q with more convolutions than the published one."""
    return Misfit(
        f"The network has {count} convolutions; one for {slice_len} samples has {known}.",
        "The checkpoint comes from a modified network that Phonoscope does not know.",
    )


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
    taps = parts["G"].shape(FILTER, None, None, None)[0] if FILTER in parts["G"] else 0
    inquiry.fact("Post-processing filter", f"{taps} taps" if taps else "no", "inferred")


FAMILY = Family("tensorflow", "TensorFlow 1 (WaveGAN, ciwGAN, fiwGAN)", sort, describe, SPARE)
