"""articulationGAN: the tensor names of the PyTorch port, with another generator that drives articulators at
200 Hz.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from core.families import ciwgan_pytorch
from core.families.family import Description, Family, Layers, Parts, generator_spec
from core.families.questions import FIRST, SLOPE, Inquiry, ask_layout, ask_rate, first_activation
from core.networks.layer_specs import STEPS, dense, upsample
from core.networks.operations import LINEAR, RELU, Activation, Rise, Stored
from core.networks.weights import Weights

STRIDES = (2, 2, 2, 1, 2)
RATE_HZ = 200
TAPS, CHANNELS = 7, (12, 13)
OWN_SLOPE = replace(SLOPE, assumed="0")  # articulationGAN's own code runs a slope of 0
TANH_3 = Activation("tanh", gain=3)
SOUND_RATE_HZ = 16000.0


def sort(groups: Sequence[Weights]) -> Parts | None:
    """Find a generator whose second layer keeps its channels, and the D and Q that take its speech."""
    for group in groups:
        if "z_project.weight" in group and ciwgan_pytorch.keeps_channels(group):
            return {"G": group, **ciwgan_pytorch.listeners(groups)}
    return None


def describe(parts: Parts, inquiry: Inquiry) -> Description:
    """Describe the networks of an articulationGAN; its output is not a sound."""
    layers = asked_layers(parts["G"], inquiry)
    out = layers[-1]
    n = out.n or 0
    inquiry.fact("Output", f"{out.channels} articulator channels", "inferred")
    inquiry.fact("Slice", f"{n} samples", "inferred")
    inquiry.settle("slice", n)
    size = parts["G"].shape("z_project.weight", None, None)[1]
    classes = parts["Q"].shape("fc_out.weight", None, None)[0] if "Q" in parts else None
    layout = ask_layout(inquiry, size, classes)
    rate_hz = ask_rate(inquiry, RATE_HZ)
    listening = ciwgan_pytorch.listener_specs(parts, inquiry, SOUND_RATE_HZ, made=1, slope=OWN_SLOPE)
    return Description((generator_spec(layers, layout, rate_hz, n, audible=False), *listening))


def asked_layers(weights: Weights, inquiry: Inquiry) -> Layers:
    """Return the generator's layers, with the first layer that was answered.

    Forks with other kernels or channels have a leaky ReLU there, which no tensor shows.
    """
    layers = generator(weights)
    taps = weights.shape("upconv0.conv.weight", None, None, None)[2]
    doubtful = taps != TAPS or layers[-1].channels not in CHANNELS
    return generator(weights, first_activation(inquiry.offer(FIRST, "First layer", doubtful)))


def generator(weights: Weights, first: Activation = LINEAR) -> Layers:
    """Return the generator's layers: strides 2, 2, 2, 1, 2, with three tanh at the end."""
    rows = weights.shape("z_project.weight", None, None)[0]
    stored = Stored("z_project.weight", "z_project.bias", "torch")
    norm = ciwgan_pytorch.torch_norm(weights, "z_batchnorm")
    layers = [dense(weights, stored, rows // STEPS, first, norm)]
    for i, stride in enumerate(STRIDES):
        last = i == len(STRIDES) - 1
        stored = Stored(f"upconv{i}.conv.weight", f"upconv{i}.conv.bias", "torch up")
        name = "out" if last else f"conv{i + 1}"
        norm = ciwgan_pytorch.torch_norm(weights, f"upconv{i}.batch_norm")
        activation = TANH_3 if last else RELU
        layers.append(upsample(name, weights, stored, layers[-1], _rise(stride), activation, norm))
    return tuple(layers)


def _rise(stride: int) -> Callable[[int], Rise]:
    """Return the geometry of a transposed convolution, padded by half its kernel."""
    return lambda taps: Rise(taps, (taps - 1) // 2, stride)


FAMILY = Family("articulationgan", "articulationGAN", sort, describe)
