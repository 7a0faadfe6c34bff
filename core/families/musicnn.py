"""musicnn's VGG: tags of 3 s of music by five convolutions over time and mel bands (Pons & Serra 2019)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from core.families.card import Choice
from core.families.family import Description, Family, Parts
from core.families.questions import Inquiry, ask_labels
from core.frontends.compression import Log
from core.frontends.log_mel import LogMel
from core.frontends.registry import words
from core.frontends.spectrum import Spectrum
from core.networks.map_specs import flat, map_conv, map_pool, maps_of, norm_layer
from core.networks.operations import RELU, Norm, Stored
from core.networks.spec import ClassesOutput, LayerSpec, NetworkSpec, SoundDrive
from core.networks.weights import Weights

ROLE = "tagger"
RATE_HZ, FRAMES, BANDS = 16000.0, 187, 96
EPSILON = 1e-3
POOLS = (((4, 1), (2, 2)), ((2, 2), (2, 2)), ((2, 2), (2, 2)), ((2, 2), (2, 2)), ((4, 4), (4, 4)))
FRONTEND = LogMel(
    RATE_HZ,
    Spectrum(512, 256),
    BANDS,
    0.0,
    RATE_HZ / 2,
    "slaney",
    Log(1 / math.log(10), 10000.0, 1.0),
    area=True,
)
TAGS = Choice(
    "guitar classical slow techno strings drums electronic rock fast piano ambient beat violin vocal synth "
    "female indian opera male singing vocals no_vocals harpsichord loud quiet flute woman male_vocal "
    "no_vocal pop soft sitar solo man classic choir voice new_age dance male_voice female_vocal beats harp "
    "cello no_voice weird country metal female_voice choral",
    "The 50 tags of MagnaTagATune, as in musicnn",
)


def sort(groups: Sequence[Weights]) -> Parts | None:
    """Find five convolutions with normalisations of single maps, in TensorFlow's or PyTorch's names."""
    for group in groups:
        torch = all(name in group for name in ("bn0.running_mean", "conv.4.weight", "out.weight"))
        tf = all(name in group for name in ("1CNN/kernel", "5CNN/kernel", "batch_normalization_5/gamma"))
        if torch or tf:
            return {ROLE: group}
    return None


def describe(parts: Parts, inquiry: Inquiry) -> Description:
    """Describe the network: 50 tags of 187 frames, each by itself."""
    weights = parts[ROLE]
    layers = network(weights)
    n = (FRAMES - 1) * int(FRONTEND.step)
    inquiry.settle("rate", int(RATE_HZ))
    inquiry.settle("slice", n)
    inquiry.fact("Sampling rate", f"{RATE_HZ:g} Hz", "inferred", "All networks of this family use it.")
    inquiry.fact("Input", f"{words(FRONTEND)}; {FRAMES} frames", "inferred")
    labels = ask_labels(inquiry, layers[-1].channels, (TAGS,))
    output = ClassesOutput(labels, "sigmoid")
    spec = NetworkSpec(ROLE, SoundDrive(RATE_HZ, n, FRONTEND), layers, output)
    return Description((spec.for_length(n),))


def network(weights: Weights) -> tuple[LayerSpec, ...]:
    """Return the layers: convolution with ReLU, normalisation and pooling, five times, then the tags."""
    torch = "conv.0.weight" in weights
    first = _norm(weights, 0, torch)
    layers = [LayerSpec("norm0", replace(first, bins=BANDS), BANDS, None)]
    before = (1, BANDS)
    for k, (size, stride) in enumerate(POOLS, 1):
        kernel, bias = (
            (f"conv.{k - 1}.weight", f"conv.{k - 1}.bias") if torch else (f"{k}CNN/kernel", f"{k}CNN/bias")
        )
        stored = Stored(kernel, bias, "torch time-bins" if torch else "tf time-bins")
        layers.append(map_conv(f"conv{k}", weights, stored, before, activation=RELU))
        maps = maps_of(layers[-1])
        layers.append(norm_layer(f"norm{k}", _norm(weights, k, torch), layers[-1]))
        layers.append(map_pool(f"pool{k}", maps, size, stride))
        before = maps_of(layers[-1])
    name = ("out.weight", "out.bias") if torch else ("dense/kernel", "dense/bias")
    matrix = weights.shape(name[0], None, None)
    steps = matrix[1 if torch else 0] // (before[0] * before[1])
    order = "torch flat" if torch else "tf time-bins"
    return (*layers, flat("logits", weights, Stored(*name, order), before, steps))


def _norm(weights: Weights, k: int, torch: bool) -> Norm:
    if torch:
        scope = f"bn.{k - 1}" if k else "bn0"
        names = (f"{scope}.weight", f"{scope}.bias", f"{scope}.running_mean", f"{scope}.running_var")
    else:
        scope = f"batch_normalization_{k}" if k else "batch_normalization"
        names = (f"{scope}/gamma", f"{scope}/beta", f"{scope}/moving_mean", f"{scope}/moving_variance")
    for name in names:
        weights.shape(name, None)
    return Norm(*names, EPSILON)


FAMILY = Family("musicnn", "musicnn", sort, describe)
