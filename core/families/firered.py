"""FireRedVAD: speech, singing and music by dense layers with sequential memories (DFSMN)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from core.families.family import Description, Family, Parts
from core.families.questions import Inquiry
from core.frontends.kaldi_fbank import KaldiFbank
from core.frontends.registry import words
from core.networks.map_operations import Standardise
from core.networks.map_specs import add, conv_layer, memory
from core.networks.operations import LINEAR, RELU, Activation, Stored
from core.networks.spec import FramesOutput, LayerSpec, NetworkSpec, SoundDrive
from core.networks.weights import Weights

ROLE = "detector"
RATE_HZ = 16000.0
LABELS = {3: ("speech", "singing", "music"), 1: ("speech",)}


def sort(groups: Sequence[Weights]) -> Parts | None:
    """Find sequential memories between dense layers."""
    for group in groups:
        if "fsmn.0.lookback.weight" in group and "dnn.weight" in group and "cmvn.mean" in group:
            return {ROLE: group}
    return None


def describe(parts: Parts, inquiry: Inquiry) -> Description:
    """Describe the network: Kaldi's filter bank, 100 frames a second, each label by itself."""
    weights = parts[ROLE]
    bands = weights.shape("cmvn.mean", None)[0]
    frontend = KaldiFbank(RATE_HZ, 400, 160, bands, 20.0, RATE_HZ / 2)
    layers = network(weights)
    count = layers[-1].channels
    labels = LABELS.get(count, tuple(str(k + 1) for k in range(count)))
    inquiry.settle("rate", int(RATE_HZ))
    inquiry.fact("Sampling rate", f"{RATE_HZ:g} Hz", "inferred", "All networks of this family use it.")
    inquiry.fact("Input", words(frontend), "inferred")
    inquiry.fact("Labels", ", ".join(labels), "inferred")
    output = FramesOutput(labels, "sigmoid")
    return Description((NetworkSpec(ROLE, SoundDrive(RATE_HZ, None, frontend), layers, output),))


def network(weights: Weights) -> tuple[LayerSpec, ...]:
    """Return the layers: two dense ones and a memory, the blocks, two dense ones."""
    width = weights.shape("cmvn.mean", None)[0]
    weights.shape("cmvn.istd", width)
    first = LayerSpec("cmvn", Standardise("cmvn.mean", "cmvn.istd", inverse=True), width, None)
    layers = [first]
    layers.append(_dense("fc1", "fc1", weights, layers[-1], RELU))
    layers.append(_dense("fc2", "fc2", weights, layers[-1], RELU))
    layers.append(_memory(0, weights, layers[-1]))
    blocks = {int(found[1]) for name in weights.names if (found := re.match(r"blocks\.(\d+)\.", name))}
    for k in sorted(blocks):
        before = layers[-1]
        layers.append(_dense(f"block{k + 1}_fc1", f"blocks.{k}.fc1", weights, before, RELU))
        layers.append(_dense(f"block{k + 1}_fc2", f"blocks.{k}.fc2", weights, layers[-1]))
        layers.append(_memory(k + 1, weights, layers[-1]))
        layers.append(add(f"block{k + 1}", layers[-1], before))
    layers.append(_dense("dnn", "dnn", weights, layers[-1], RELU))
    return (*layers, _dense("logits", "out", weights, layers[-1]))


def _dense(
    name: str, scope: str, weights: Weights, before: LayerSpec, activation: Activation = LINEAR
) -> LayerSpec:
    bias = f"{scope}.bias" if f"{scope}.bias" in weights else ""
    stored = Stored(f"{scope}.weight", bias, "torch linear")
    return conv_layer(name, weights, stored, before.channels, activation=activation)


def _memory(k: int, weights: Weights, before: LayerSpec) -> LayerSpec:
    names = (f"fsmn.{k}.lookback.weight", f"fsmn.{k}.lookahead.weight")
    return memory(f"memory{k + 1}", weights, *names, before.channels)


FAMILY = Family("firered", "FireRedVAD", sort, describe)
