"""The PyTorch port of ciwGAN and fiwGAN: one state dict per network."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from core.families.card import Question
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
from core.families.questions import (
    FIRST,
    SLOPE,
    STRIDE,
    Inquiry,
    ask_layout,
    ask_rate,
    first_activation,
    slopes,
)
from core.faults import Fault
from core.networks.layer_specs import STEPS, conv, dense, logits, norm_of, upsample
from core.networks.operations import LINEAR, RELU, TANH, Activation, Norm, Rise, Stored, leaky
from core.networks.spec import LayerSpec, NetworkSpec, SoundDrive
from core.networks.weights import Misfit, Weights

EPSILON = 1e-5
SLICES = {5: 16384, 6: 65536}
STRIDE_LEN, PADDING, TAPS, MOST_STRIDE = 4, 11, 25, 16


def sort(groups: Sequence[Weights]) -> Parts | None:
    """Find G by the names of its layers, and D and Q by theirs and by the file names."""
    parts: dict[str, Weights] = {}
    for group in groups:
        if "z_project.weight" in group and "upconv0.conv.weight" in group and not keeps_channels(group):
            parts.setdefault("G", group)
    parts.update(listeners(groups))
    return parts or None


def keeps_channels(group: Weights) -> bool:
    """Return whether the second layer keeps its channels: then it is articulationGAN, not this family."""
    full = group.names.get("upconv1.conv.weight")
    shape = group.tensors.specs[full].shape if full else ()
    return len(shape) == 3 and shape[0] == shape[1]


def listeners(groups: Sequence[Weights]) -> dict[str, Weights]:
    """Find D and Q: a dense layer with one output belongs to D, unless the file is named Q."""
    found: dict[str, Weights] = {}
    for group in groups:
        if "downconv_0.conv.weight" not in group or "fc_out.weight" not in group:
            continue
        found.setdefault("Q" if is_q(group, "fc_out.weight") else "D", group)
    return found


def describe(parts: Parts, inquiry: Inquiry) -> Description:
    """Describe the networks of a run of the port."""
    if "G" not in parts:
        return _describe_listeners(parts, inquiry)
    weights = parts["G"]
    layers = asked_layers(weights, inquiry)
    slice_len = layers[-1].n or 0
    inquiry.fact("Slice", f"{slice_len} samples", "inferred")
    inquiry.settle("slice", slice_len)
    size = weights.shape("z_project.weight", None, None)[1]
    classes = parts["Q"].shape("fc_out.weight", None, None)[0] if "Q" in parts else None
    layout = ask_layout(inquiry, size, classes)
    rate_hz = ask_rate(inquiry)
    listening = listener_specs(parts, inquiry, rate_hz, made=layers[-1].channels)
    for network in listening:
        _check_length(network, slice_len)
    normed = "z_batchnorm.weight" in weights
    inquiry.fact("Batch normalisation", "yes" if normed else "no", "inferred")
    return Description((asked_generator(inquiry, layers, layout, rate_hz, slice_len), *listening))


def _check_length(network: NetworkSpec, slice_len: int) -> None:
    """Raise Misfit for D or Q whose layers do not fit the generator's sound."""
    taken = network.drive.n if isinstance(network.drive, SoundDrive) else None
    if taken != slice_len:
        raise Misfit(
            f"Its layers take {taken} samples, where the generator makes {slice_len}.",
            "The checkpoint comes from a modified network that Phonoscope does not know.",
        )


def _describe_listeners(parts: Parts, inquiry: Inquiry) -> Description:
    """Describe D and Q of a run without a generator."""
    networks = listener_specs(parts, inquiry, ask_rate(inquiry))
    drive = networks[0].drive
    note_input(inquiry, (drive.n or 0) if isinstance(drive, SoundDrive) else 0)
    return Description(networks)


def listener_specs(
    parts: Parts, inquiry: Inquiry, rate_hz: float, made: int | None = None, slope: Question = SLOPE
) -> tuple[NetworkSpec, ...]:
    """Return the specs of D and Q, if present, with the slope that has to be asked.

    `made` is the number of channels that the generator makes, if there is one.
    """
    if not {"D", "Q"} & set(parts):
        return ()
    in_d, in_q = slopes(inquiry.ask(slope, "Slope of D and Q"))
    steep = {"D": in_d, "Q": in_q}
    return tuple(listener(role, parts[role], steep[role], rate_hz, made) for role in steep if role in parts)


def asked_layers(weights: Weights, inquiry: Inquiry) -> Layers:
    """Return the generator's layers, with the stride and the first layer that were answered.

    The published code is doubtful where the kernels or the output are not as published.
    """
    taps = weights.shape("upconv0.conv.weight", None, None, None)[2]
    doubtful = taps != TAPS or generator(weights)[-1].channels != 1
    stride = inquiry.offer(STRIDE, "Stride", doubtful)
    if not (isinstance(stride, int) and 1 <= stride <= MOST_STRIDE):
        raise Fault(f"“{stride}” is not a stride.", f"A stride is a whole number from 1 to {MOST_STRIDE}.")
    first = first_activation(inquiry.offer(FIRST, "First layer", doubtful))
    return generator(weights, stride, first)


def generator(weights: Weights, stride: int = STRIDE_LEN, first: Activation = LINEAR) -> Layers:
    """Return the generator's layers: no ReLU after the fully connected one, channels first."""
    count = next(i for i in range(99) if f"upconv{i}.conv.weight" not in weights)
    if count not in SLICES:
        raise Misfit(
            f"The generator has {count} upsampling layers; the port has 5 or 6.",
            "The checkpoint comes from a modified network that Phonoscope does not know.",
        )
    rows = weights.shape("z_project.weight", None, None)[0]
    stored = Stored("z_project.weight", "z_project.bias", "torch")
    layers = [dense(weights, stored, rows // STEPS, first, torch_norm(weights, "z_batchnorm"))]
    for i in range(count):
        layers.append(_up(weights, i, i == count - 1, layers[-1], stride))
    if (layers[-1].n or 0) < 1:
        raise Misfit("The kernels are too short for this stride.", "Answer with another stride.")
    return tuple(layers)


def _up(weights: Weights, i: int, last: bool, before: LayerSpec, stride: int) -> LayerSpec:
    stored = Stored(f"upconv{i}.conv.weight", f"upconv{i}.conv.bias", "torch up")
    norm = torch_norm(weights, f"upconv{i}.batch_norm")
    name = "out" if last else f"conv{i + 1}"
    rise = rise_of(stride)
    return upsample(name, weights, stored, before, rise, TANH if last else RELU, norm)


def rise_of(stride: int) -> Callable[[int], Rise]:
    """Return the geometry of a transposed convolution with padding 11 and an output padding of 1."""
    return lambda taps: Rise(taps, PADDING, stride, extra=taps + 1 - 2 * PADDING - stride)


padded_rise = rise_of(STRIDE_LEN)


def torch_norm(weights: Weights, scope: str) -> Norm | None:
    """Return the batch normalisation stored under a scope, or None."""
    if f"{scope}.weight" not in weights:
        return None
    names = (f"{scope}.weight", f"{scope}.bias", f"{scope}.running_mean", f"{scope}.running_var")
    return norm_of(weights, Norm(*names, EPSILON))


def listener(
    role: str, weights: Weights, slope: float, rate_hz: float, made: int | None = None
) -> NetworkSpec:
    """Return the spec of D or Q; the length of the sound follows from the width of the dense layer."""
    count = next(i for i in range(99) if f"downconv_{i}.conv.weight" not in weights)
    channels = weights.shape(f"downconv_{count - 1}.conv.weight", None, None, None)[0]
    n = weights.shape("fc_out.weight", None, None)[1] // channels * STRIDE_LEN**count
    width = sound_channels(weights, "downconv_0.conv.weight", 1, made)
    layers: list[LayerSpec] = []
    before = (width, n)
    for i in range(count):
        stored = Stored(f"downconv_{i}.conv.weight", f"downconv_{i}.conv.bias", "torch")
        norm = torch_norm(weights, f"downconv_{i}.batchnorm")
        layers.append(conv(f"conv{i + 1}", weights, stored, before, padded_fall, leaky(slope), norm))
        before = (layers[-1].channels, layers[-1].n or 0)
    layers.append(logits(weights, Stored("fc_out.weight", "fc_out.bias", "torch"), layers[-1]))
    return listener_spec(role, tuple(layers), rate_hz, n, width)


def padded_fall(taps: int, n: int) -> tuple[int, tuple[int, int]]:
    """Return the stride and the padding of a convolution: 4 and 11."""
    return STRIDE_LEN, (PADDING, PADDING)


FAMILY = Family("port", "PyTorch port of ciwGAN and fiwGAN", sort, describe)
