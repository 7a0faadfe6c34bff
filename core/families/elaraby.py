"""WaveGAN in PyTorch by mostafaelaraby: `deconv_list`, one file with both networks."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from core.families.card import Choice, Question
from core.families.ciwgan_pytorch import torch_norm
from core.families.family import (
    Description,
    Family,
    Layers,
    Parts,
    asked_generator,
    listener_spec,
    note_input,
    sound_channels,
)
from core.families.questions import Inquiry, ask_layout, ask_rate
from core.families.wavegan_tensorflow import SLICE, too_many
from core.networks.layer_specs import STEPS, Fall, conv, dense, logits, upsample
from core.networks.operations import RELU, TANH, Rise, Stored, leaky
from core.networks.spec import LayerSpec, NetworkSpec
from core.networks.weights import Misfit, Weights

SLOPE = 0.2
PADDING = 11
STRIDES = {16384: (4,) * 5, 32768: (4, 4, 4, 4, 4, 2), 65536: (4,) * 6}
LAST_LENGTHS = {15: 32768, 16: 65536}  # steps of the discriminator's last map
SPARE = r"bn1\..*|conv_layers\.\d+\.batch_norm\..*"  # always stored, used only with batch normalisation
NORM = Question(
    "norm",
    "Was the network trained with batch normalisation?",
    (Choice("no", "No (as published)"), Choice("yes", "Yes")),
    "no",
)


def sort(groups: Sequence[Weights]) -> Parts | None:
    """Find the generator and the discriminator by their lists of layers."""
    parts: dict[str, Weights] = {}
    for group in groups:
        if "fc1.weight" in group and any(name.startswith("deconv_list.") for name in group.names):
            parts.setdefault("G", group)
        if "fc1.weight" in group and "conv_layers.0.conv1d.weight" in group:
            parts.setdefault("D", group)
    return parts or None


def describe(parts: Parts, inquiry: Inquiry) -> Description:
    """Describe the networks; G reveals whether D is normalised, because both share the setting."""
    if "G" not in parts:
        return _describe_discriminator(parts["D"], inquiry)
    weights = parts["G"]
    slice_len = _slice(parts, inquiry)
    layers = generator(weights, slice_len)
    layout = ask_layout(inquiry, weights.shape("fc1.weight", None, None)[1], None, "normal")
    rate_hz = ask_rate(inquiry)
    inquiry.settle("slope", str(SLOPE))
    networks = [asked_generator(inquiry, layers, layout, rate_hz, slice_len)]
    if "D" in parts:
        made = layers[-1].channels
        networks.append(_listener(parts["D"], slice_len, _is_normed(weights), rate_hz, made))
        inquiry.fact("Slope of D and Q", str(SLOPE), "inferred", "The published code's setting.")
    inquiry.fact("Upsampling", "nearest neighbour" if _is_nearest(weights) else "zeros", "inferred")
    inquiry.fact("Batch normalisation", "yes" if _is_normed(weights) else "no", "inferred")
    return Description(tuple(networks))


def _describe_discriminator(weights: Weights, inquiry: Inquiry) -> Description:
    """Describe D of a run without a generator; its normalisation is stored whether or not it is used."""
    count = _count(weights, "conv_layers.{}.conv1d.weight")
    slice_len = 16384 if count == 5 else _slice_of_d(weights) or 65536
    rate_hz = ask_rate(inquiry)
    normed = inquiry.ask(NORM, "Batch normalisation") == "yes"
    inquiry.settle("slope", str(SLOPE))
    note_input(inquiry, slice_len)
    return Description((_listener(weights, slice_len, normed, rate_hz, None),))


def _listener(
    weights: Weights, slice_len: int, normed: bool, rate_hz: float, made: int | None
) -> NetworkSpec:
    channels = sound_channels(weights, "conv_layers.0.conv1d.weight", 1, made)
    layers = discriminator(weights, slice_len, normed, channels)
    return listener_spec("D", layers, rate_hz, slice_len, channels)


def _slice(parts: Parts, inquiry: Inquiry) -> int:
    """Return the slice length: six layers are ambiguous, unless D's dense layer decides."""
    count = _count(parts["G"], "deconv_list.{}.transpose_ops.{}.weight")
    if count not in (5, 6):
        raise Misfit(
            f"The generator has {count} upsampling layers; this WaveGAN has 5 or 6.",
            "The checkpoint comes from a modified network that Phonoscope does not know.",
        )
    told = _slice_of_d(parts["D"]) if "D" in parts else None
    if count == 6 and told is None:
        return int(inquiry.ask(SLICE, "Slice", "samples"))
    slice_len = 16384 if count == 5 or told is None else told
    inquiry.fact("Slice", f"{slice_len} samples", "inferred")
    inquiry.settle("slice", slice_len)
    return slice_len


def _slice_of_d(weights: Weights) -> int | None:
    last = _count(weights, "conv_layers.{}.conv1d.weight") - 1
    channels = weights.shape(f"conv_layers.{last}.conv1d.weight", None, None, None)[0]
    return LAST_LENGTHS.get(weights.shape("fc1.weight", None, None)[1] // channels)


def _count(weights: Weights, pattern: str) -> int:
    return next(i for i in range(99) if not any(pattern.format(i, place) in weights for place in (0, 1)))


def _is_nearest(weights: Weights) -> bool:
    return "deconv_list.0.transpose_ops.0.weight" not in weights


def _is_normed(weights: Weights) -> bool:
    place = 2 if _is_nearest(weights) else 1
    return f"deconv_list.0.transpose_ops.{place}.running_mean" in weights


def generator(weights: Weights, slice_len: int) -> Layers:
    """Return the generator's layers; `bn1` is always stored, but only used if the other layers are
    normalised.
    """
    rows = weights.shape("fc1.weight", None, None)[0]
    norm = torch_norm(weights, "bn1") if _is_normed(weights) else None
    stored = Stored("fc1.weight", "fc1.bias", "torch")
    layers = [dense(weights, stored, rows // STEPS, RELU, norm)]
    for i, stride in enumerate(STRIDES[slice_len]):
        layers.append(_up(weights, i, stride, layers[-1], i == len(STRIDES[slice_len]) - 1))
    return tuple(layers)


def _up(weights: Weights, i: int, stride: int, before: LayerSpec, last: bool) -> LayerSpec:
    nearest = _is_nearest(weights)
    scope, place = f"deconv_list.{i}.transpose_ops", 1 if nearest else 0
    stored = Stored(f"{scope}.{place}.weight", f"{scope}.{place}.bias", "torch" if nearest else "torch up")
    norm = torch_norm(weights, f"{scope}.{place + 1}")
    rise = _nearest(stride) if nearest else _zeros(stride)
    name = "out" if last else f"conv{i + 1}"
    return upsample(name, weights, stored, before, rise, TANH if last else RELU, norm)


def _nearest(stride: int) -> Callable[[int], Rise]:
    """Return the geometry: repeat four times, then convolve with stride 1, or 2 in the last layer of
    32768.
    """
    return lambda taps: Rise(taps, taps // 2, 4 // stride, repeat=4)


def _zeros(stride: int) -> Callable[[int], Rise]:
    """Return the geometry with padding 11 and output padding 1, which makes two more samples for stride 2."""
    return lambda taps: Rise(taps, PADDING, stride, extra=taps + 1 - 2 * PADDING - stride)


def discriminator(weights: Weights, slice_len: int, normed: bool, channels: int) -> Layers:
    """Return the discriminator's layers; its stored normalisation is used only if G's is."""
    layers: list[LayerSpec] = []
    before = (channels, slice_len)
    count, known = _count(weights, "conv_layers.{}.conv1d.weight"), len(STRIDES[slice_len])
    if count > known:
        raise too_many(count, known, slice_len)
    for i, stride in enumerate(STRIDES[slice_len]):
        scope = f"conv_layers.{i}"
        stored = Stored(f"{scope}.conv1d.weight", f"{scope}.conv1d.bias", "torch")
        norm = torch_norm(weights, f"{scope}.batch_norm") if normed else None
        layers.append(conv(f"conv{i + 1}", weights, stored, before, _fall(stride), leaky(SLOPE), norm))
        before = (layers[-1].channels, layers[-1].n or 0)
    layers.append(logits(weights, Stored("fc1.weight", "fc1.bias", "torch"), layers[-1]))
    return tuple(layers)


def _fall(stride: int) -> Fall:
    return lambda taps, n: (stride, (PADDING, PADDING))


FAMILY = Family("elaraby", "PyTorch WaveGAN (mostafaelaraby)", sort, describe, SPARE)
