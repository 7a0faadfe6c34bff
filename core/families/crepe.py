"""CREPE: pitch from the waveform by six convolutions (Kim et al. 2018), in torchcrepe's layout."""

from __future__ import annotations

from collections.abc import Sequence

from core.families.family import Description, Family, Parts
from core.families.questions import Inquiry
from core.frontends.registry import words
from core.frontends.waveform import WaveformFrames
from core.networks.map_specs import flat, map_conv, map_pool, maps_of, norm_layer
from core.networks.operations import RELU, Norm, Stored
from core.networks.spec import FramesOutput, LayerSpec, NetworkSpec, SoundDrive
from core.networks.weights import Weights

ROLE = "pitch"
RATE_HZ, FRAME, HOP = 16000.0, 1024, 160
CONVOLUTIONS, EPSILON = 6, 1e-3
FIRST_PADS, PADS = (254, 254), (31, 32)
CENTS = (1997.3794084376191, 20.0)  # of bin 0, above 10 Hz, and from bin to bin


def sort(groups: Sequence[Weights]) -> Parts | None:
    """Find the names of torchcrepe's layers."""
    for group in groups:
        if all(name in group for name in ("conv1_BN.running_mean", "conv6.weight", "classifier.weight")):
            return {ROLE: group}
    return None


def describe(parts: Parts, inquiry: Inquiry) -> Description:
    """Describe the network: every frame of 1024 samples by itself, 100 frames a second."""
    weights = parts[ROLE]
    frontend = WaveformFrames(FRAME, HOP)
    layers = network(weights)
    inquiry.settle("rate", int(RATE_HZ))
    inquiry.fact("Sampling rate", f"{RATE_HZ:g} Hz", "inferred", "All networks of this family use it.")
    inquiry.fact("Input", words(frontend), "inferred", "Each frame minus its mean, over its deviation.")
    inquiry.fact("Pitch", f"{layers[-1].channels} bins of {CENTS[1]:g} cents", "inferred")
    labels = tuple(f"{pitch_hz(k):.2f} Hz" for k in range(layers[-1].channels))
    output = FramesOutput(labels, "sigmoid", cents=CENTS)
    return Description((NetworkSpec(ROLE, SoundDrive(RATE_HZ, None, frontend), layers, output),))


def pitch_hz(place: float) -> float:
    """Return the pitch of a bin."""
    return 10 * 2 ** ((CENTS[0] + CENTS[1] * place) / 1200)


def network(weights: Weights) -> tuple[LayerSpec, ...]:
    """Return the layers: convolution with ReLU, normalisation and pooling, six times, then the bins."""
    layers: list[LayerSpec] = []
    before = (1, FRAME)
    for k in range(1, CONVOLUTIONS + 1):
        stored = Stored(f"conv{k}.weight", f"conv{k}.bias", "torch bins-time")
        stride, pads = ((1, 4), FIRST_PADS) if k == 1 else ((1, 1), PADS)
        layers.append(map_conv(f"conv{k}", weights, stored, before, stride, ((0, 0), pads), RELU))
        scope = f"conv{k}_BN"
        names = (f"{scope}.weight", f"{scope}.bias", f"{scope}.running_mean", f"{scope}.running_var")
        for name in names:
            weights.shape(name, maps_of(layers[-1])[0])
        layers.append(norm_layer(f"norm{k}", Norm(*names, EPSILON), layers[-1]))
        layers.append(map_pool(f"pool{k}", maps_of(layers[-2]), (1, 2), (1, 2)))
        before = maps_of(layers[-1])
    stored = Stored("classifier.weight", "classifier.bias", "torch flat")
    return (*layers, flat("logits", weights, stored, before, 1))


FAMILY = Family("crepe", "CREPE", sort, describe)
