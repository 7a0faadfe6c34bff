"""WaveGAN in PyTorch by auroracramer, and wavegan_phonology: `upSampConv1` or `tconv1`."""

from __future__ import annotations

from collections.abc import Sequence

from core.families.ciwgan_pytorch import padded_fall, padded_rise
from core.families.family import (
    Description,
    Family,
    Layers,
    Parts,
    asked_generator,
    is_q,
    listener_spec,
    note_input,
    sound_channels,
)
from core.families.questions import Inquiry, ask_layout, ask_rate
from core.families.wavegan_tensorflow import too_many
from core.networks.layer_specs import STEPS, conv, dense, logits, post_filter, upsample
from core.networks.operations import RELU, TANH, Rise, Stored, leaky
from core.networks.spec import LayerSpec, NetworkSpec
from core.networks.weights import Weights

SLOPE = 0.2
SLICE = 16384
LAYERS = range(1, 6)
NAMES = ("conv5.weight", "fc1.weight")


def sort(groups: Sequence[Weights]) -> Parts | None:
    """Find G by its upsampling layers, and D and Q by their five plain convolutions."""
    generator_like = ("upSampConv1.conv1d.weight", "tconv1.weight")
    parts: dict[str, Weights] = {}
    for group in groups:
        if any(name in group for name in generator_like):
            parts.setdefault("G", group)
    return parts | listeners(groups) or None


def listeners(groups: Sequence[Weights]) -> dict[str, Weights]:
    """Find D and Q, which have the same tensor names; Q has more than one output."""
    found: dict[str, Weights] = {}
    for group in groups:
        if all(name in group for name in ("conv1.weight", "conv5.weight", "fc1.weight")):
            kernel, dense = (group.tensors.specs[group.names[name]].shape for name in NAMES)
            if len(kernel) == 3 and len(dense) == 2:
                found.setdefault("Q" if is_q(group, "fc1.weight") else "D", group)
    return found


def describe(parts: Parts, inquiry: Inquiry) -> Description:
    """Describe the networks; there is only one slice length."""
    if "G" not in parts:
        rate_hz = ask_rate(inquiry)
        note_input(inquiry, SLICE)
        return Description(listener_specs(parts, inquiry, rate_hz))
    weights = parts["G"]
    nearest = "upSampConv1.conv1d.weight" in weights
    scopes = [f"upSampConv{i}.conv1d" if nearest else f"tconv{i}" for i in LAYERS]
    layers = generator(weights, scopes, nearest, has_filter=True)
    inquiry.fact("Slice", f"{SLICE} samples", "inferred")
    inquiry.settle("slice", SLICE)
    classes = parts["Q"].shape("fc1.weight", None, None)[0] if "Q" in parts else None
    layout = ask_layout(inquiry, weights.shape("fc1.weight", None, None)[1], classes)
    rate_hz = ask_rate(inquiry)
    listening = listener_specs(parts, inquiry, rate_hz, layers[-1].channels)
    inquiry.fact("Upsampling", "nearest neighbour" if nearest else "zeros", "inferred")
    return Description((asked_generator(inquiry, layers, layout, rate_hz, SLICE), *listening))


def listener_specs(
    parts: Parts, inquiry: Inquiry, rate_hz: float, made: int | None = None
) -> tuple[NetworkSpec, ...]:
    """Return the specs of D and Q, if present, with the slope of the published code."""
    inquiry.settle("slope", str(SLOPE))
    names = [name for name in parts if name != "G"]
    if names:
        inquiry.fact("Slope of D and Q", str(SLOPE), "inferred", "The published code's setting.")
    widths = {name: sound_channels(parts[name], "conv1.weight", 1, made) for name in names}
    return tuple(
        listener_spec(name, listener(parts[name], width), rate_hz, SLICE, width)
        for name, width in widths.items()
    )


def generator(weights: Weights, scopes: Sequence[str], nearest: bool, has_filter: bool) -> Layers:
    """Return a generator's layers, one scope each; channels first, with a ReLU after the first layer."""
    rows = weights.shape("fc1.weight", None, None)[0]
    layers = [dense(weights, Stored("fc1.weight", "fc1.bias", "torch"), rows // STEPS, RELU)]
    for i, scope in enumerate(scopes):
        last = i == len(scopes) - 1
        stored = Stored(f"{scope}.weight", f"{scope}.bias", "torch" if nearest else "torch up")
        name, activation = ("out", TANH) if last else (f"conv{i + 1}", RELU)
        rise = nearest_rise if nearest else padded_rise
        layers.append(upsample(name, weights, stored, layers[-1], rise, activation))
    if has_filter and "ppfilter1.weight" in weights:
        stored = Stored("ppfilter1.weight", "ppfilter1.bias", "torch")
        layers.append(post_filter(weights, stored, layers[-1], lambda taps: taps // 2))
    return tuple(layers)


def nearest_rise(taps: int) -> Rise:
    """Return the geometry: repeat each sample four times, then convolve with half a kernel of zeros on either
    side.
    """
    return Rise(taps, taps // 2, 1, repeat=4)


def listener(weights: Weights, channels: int) -> Layers:
    """Return the layers of D or Q; the logits are taken before the sigmoid that some versions end with."""
    layers: list[LayerSpec] = []
    before = (channels, SLICE)
    count = next(i for i in range(1, 99) if f"conv{i}.weight" not in weights) - 1
    if count > len(LAYERS):
        raise too_many(count, len(LAYERS), SLICE)
    for i in LAYERS:
        stored = Stored(f"conv{i}.weight", f"conv{i}.bias", "torch")
        layers.append(conv(f"conv{i}", weights, stored, before, padded_fall, leaky(SLOPE)))
        before = (layers[-1].channels, layers[-1].n or 0)
    layers.append(logits(weights, Stored("fc1.weight", "fc1.bias", "torch"), layers[-1]))
    return tuple(layers)


FAMILY = Family("cramer", "PyTorch WaveGAN (auroracramer, wavegan_phonology)", sort, describe)
