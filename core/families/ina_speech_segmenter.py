"""inaSpeechSegmenter's network for speech, music and noise (Doukhan et al. 2018)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from core.families.family import Description, Family, Parts
from core.families.questions import Inquiry
from core.frontends.registry import words
from core.frontends.sidekit_mel import SidekitMel
from core.networks.map_operations import NO_PADS, Pair
from core.networks.map_specs import flat, map_conv, map_pool, maps_of
from core.networks.operations import LINEAR, RELU, AxisOrder, Norm, Stored
from core.networks.spec import ClassesOutput, LayerSpec, NetworkSpec, SoundDrive
from core.networks.weights import Weights

ROLE = "detector"
RATE_HZ, FRAMES, BANDS = 16000.0, 68, 21
EPSILON = 1e-3
POOLS: dict[int, Pair] = {0: (4, 2), 2: (2, 2), 3: (4, 1)}
KERAS = {
    "kernel": "weight",
    "bias": "bias",
    "gamma": "weight",
    "beta": "bias",
    "moving_mean": "running_mean",
    "moving_variance": "running_var",
}
"""The names of Keras's variables, and PyTorch's."""
LABELS = ("speech", "music", "noise")
FRONTEND = SidekitMel(RATE_HZ, 400, 160, 24, BANDS, 100.0, 8000.0, normalisation="recording", whole=True)


def sort(groups: Sequence[Weights]) -> Parts | None:
    """Find four convolutions and four dense layers, each with its normalisation."""
    for group in groups:
        if all(name in group for name in ("fbn.3.running_mean", "conv.3.weight", "fc.3.weight")):
            return {ROLE: group}
        names = _from_keras(group)
        if names is not None:
            return {ROLE: Weights(group.label, group.tensors, names)}
    return None


def _from_keras(group: Weights) -> dict[str, str] | None:
    """Return our names for the variables of the authors' Keras file, which are numbered in order."""
    scopes = {kind: _numbered(group, kind) for kind in ("conv2d", "batch_normalization", "dense")}
    if [len(found) for found in scopes.values()] != [4, 8, 5] or len(group.names) != 2 * 9 + 4 * 8:
        return None
    norms = scopes["batch_normalization"]
    ours = {scope: f"conv.{k}" for k, scope in enumerate(scopes["conv2d"])}
    ours |= {scope: f"bn.{k}" if k < 4 else f"fbn.{k - 4}" for k, scope in enumerate(norms)}
    ours |= {scope: f"fc.{k}" if k < 4 else "out" for k, scope in enumerate(scopes["dense"])}
    names: dict[str, str] = {}
    for name, full in group.names.items():
        scope, _, last = name.rpartition("/")
        if scope not in ours or last not in KERAS:
            return None
        names[f"{ours[scope]}.{KERAS[last]}"] = full
    return names


def _numbered(group: Weights, kind: str) -> list[str]:
    """Return the scopes of one kind of layer, by their numbers."""
    found = {name.rpartition("/")[0] for name in group.names if re.match(rf"{kind}(_\d+)?/", name)}
    return sorted(found, key=lambda scope: int(re.sub(r"\D", "", scope.removeprefix(kind)) or 0))


def describe(parts: Parts, inquiry: Inquiry) -> Description:
    """Describe the network: one class out of three for 68 frames of 10 ms."""
    weights = parts[ROLE]
    n = (FRAMES - 1) * FRONTEND.hop + FRONTEND.size
    layers = network(weights)
    labels = LABELS if layers[-1].channels == len(LABELS) else ()
    inquiry.settle("rate", int(RATE_HZ))
    inquiry.settle("slice", n)
    inquiry.fact("Sampling rate", f"{RATE_HZ:g} Hz", "inferred", "All networks of this family use it.")
    inquiry.fact("Input", f"{words(FRONTEND)}; {FRAMES} frames, normalised together", "inferred")
    inquiry.fact("Labels", ", ".join(labels), "inferred")
    output = ClassesOutput(labels, "softmax")
    spec = NetworkSpec(ROLE, SoundDrive(RATE_HZ, n, FRONTEND), layers, output)
    return Description((spec.for_length(n),))


def network(weights: Weights) -> tuple[LayerSpec, ...]:
    """Return the layers: convolutions with normalisation before their ReLU, poolings, dense layers."""
    layers: list[LayerSpec] = []
    before, frames = (1, BANDS), FRAMES
    keras = weights.shape("conv.0.weight", None, None, None, None)[2] == 1
    kernels: AxisOrder = "tf time-bins" if keras else "torch time-bins"
    matrices: AxisOrder = "tf time-bins" if keras else "torch flat"
    for k in range(4):
        stored = Stored(f"conv.{k}.weight", f"conv.{k}.bias", kernels)
        norm = _norm(weights, f"bn.{k}")
        layers.append(
            map_conv(f"conv{k + 1}", weights, stored, before, pads=NO_PADS, activation=RELU, norm=norm)
        )
        frames = layers[-1].op.length(frames)
        if k in POOLS:
            layers.append(_pool(k, frames, layers[-1]))
            frames = layers[-1].op.length(frames)
        before = maps_of(layers[-1])
    for k in range(4):
        stored = Stored(f"fc.{k}.weight", f"fc.{k}.bias", matrices)
        norm, taps = _norm(weights, f"fbn.{k}"), frames if k == 0 else 1
        layers.append(flat(f"fc{k + 1}", weights, stored, before, taps, RELU, norm=norm))
        before = (layers[-1].channels, 1)
    return (
        *layers,
        flat("logits", weights, Stored("out.weight", "out.bias", matrices), before, 1, LINEAR),
    )


def _pool(k: int, frames: int, before: LayerSpec) -> LayerSpec:
    """Return a pooling with TensorFlow's SAME padding, except the last."""
    maps, size = maps_of(before), POOLS[k]
    if k == 3:
        return map_pool(f"pool{k + 1}", maps, size, size)
    pads = (_same(frames, size[0]), _same(maps[1], size[1]))
    return map_pool(f"pool{k + 1}", maps, size, size, pads)


def _same(n: int, size: int) -> Pair:
    missing = -n % size
    return missing // 2, missing - missing // 2


def _norm(weights: Weights, scope: str) -> Norm:
    names = (f"{scope}.weight", f"{scope}.bias", f"{scope}.running_mean", f"{scope}.running_var")
    for name in names:
        weights.shape(name, None)
    return Norm(*names, EPSILON)


FAMILY = Family("ina-speech-segmenter", "inaSpeechSegmenter", sort, describe)
