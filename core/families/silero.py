"""Silero's voice activity detector: a stored Fourier basis, four convolutions and an LSTM, chunk by chunk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from core.families.family import Description, Family, Parts
from core.families.questions import Inquiry
from core.frontends.chunks import Chunks
from core.frontends.registry import words
from core.networks.map_operations import ChunkSpectrum, Recurrent
from core.networks.map_specs import conv_layer, recurrent
from core.networks.operations import RELU, Conv, Stored
from core.networks.spec import FramesOutput, LayerSpec, NetworkSpec, SoundDrive
from core.networks.weights import Weights

ROLE = "detector"
TAPS = 256  # of the network for 16 kHz; that for 8 kHz has 128
STRIDES = (1, 2, 2, 1)
PLAIN = {
    "basis": "stft_conv.weight",
    "conv": "conv{}",
    "lstm": "lstm_cell",
    "last": "final_conv",
}
SCRIPT = {
    "basis": "stft.forward_basis_buffer",
    "conv": "encoder.{}.reparam_conv",
    "lstm": "decoder.rnn",
    "last": "decoder.decoder.2",
}


def sort(groups: Sequence[Weights]) -> Parts | None:
    """Find the network for 16 kHz under the names of the published file or of the TorchScript archive."""
    for group in groups:
        for scope in ("", "_model."):
            inside = group.within(scope) if scope else group
            if _names(inside) and inside.tensors.specs[inside.names[_names(inside)["basis"]]].shape[2:] == (
                256,
            ):
                return {ROLE: inside}
    return None


def _names(weights: Weights) -> dict[str, str]:
    """Return the names that a file uses, empty if it is of another network."""
    for names in (PLAIN, SCRIPT):
        if names["basis"] in weights and f"{names['lstm']}.weight_hh" in weights:
            return names
    return {}


def describe(parts: Parts, inquiry: Inquiry) -> Description:
    """Describe the network: one probability of speech per chunk of 512 samples."""
    weights = parts[ROLE]
    rate_hz, frontend = 16000.0, Chunks(512, 64, 64)
    layers = network(weights, frontend)
    inquiry.settle("rate", int(rate_hz))
    inquiry.fact("Sampling rate", f"{rate_hz:g} Hz", "inferred", "The network for 16 kHz.")
    inquiry.fact("Input", words(frontend), "inferred", "With 64 samples of the chunk before.")
    inquiry.fact("Labels", "speech", "inferred")
    output = FramesOutput(("speech",), "sigmoid")
    return Description((NetworkSpec(ROLE, SoundDrive(rate_hz, None, frontend), layers, output),))


def network(weights: Weights, frontend: Chunks) -> tuple[LayerSpec, ...]:
    """Return the layers; the last two convolutions give one sample per chunk, which lies in its middle."""
    names = _names(weights)
    rows, _, taps = weights.shape(names["basis"], None, 1, None)
    spectrum = ChunkSpectrum(names["basis"], frontend.channels, taps, taps // 2)
    chunk = spectrum.steps
    first = -frontend.context + (taps - 1) / 2 - frontend.centre  # of the spectra, from the chunk's middle
    shift = -first * chunk / frontend.size
    layers = [LayerSpec("spectrum", spectrum, rows // 2, None, float(chunk), shift)]
    for k, stride in enumerate(STRIDES):
        scope = names["conv"].format(k + 1 if names is PLAIN else k)
        stored = Stored(f"{scope}.weight", f"{scope}.bias", "torch")
        before = layers[-1]
        layer = conv_layer(f"conv{k + 1}", weights, stored, before.channels, stride, (1, 1), RELU, chunk)
        chunk = layer.op.length(chunk) if isinstance(layer.op, Conv) else chunk
        if k == 2:  # one sample per chunk from here on
            layer = replace(layer, shift=layer.shift - _off_middle(layers, frontend))
        layers.append(layer)
    layers.append(_lstm(weights, names["lstm"], layers[-1]))
    stored = Stored(f"{names['last']}.weight", f"{names['last']}.bias", "torch")
    return (*layers, conv_layer("logits", weights, stored, layers[-1].channels))


def _off_middle(layers: list[LayerSpec], frontend: Chunks) -> float:
    """Return how far the second convolution's first sample lies from its chunk's middle, in chunks."""
    step, offset = frontend.step, frontend.centre
    for layer in layers:
        step, offset = step / layer.ratio, offset - step * layer.shift / layer.ratio
    return (frontend.centre - offset) / frontend.size


def _lstm(weights: Weights, scope: str, before: LayerSpec) -> LayerSpec:
    names = (f"{scope}.weight_ih", f"{scope}.weight_hh", f"{scope}.bias_ih", f"{scope}.bias_hh")
    hidden = weights.shape(names[1], None, None)[1]
    op = Recurrent("lstm", hidden, names, None, RELU)
    return recurrent("lstm", weights, op, before.channels, both=False)


FAMILY = Family("silero", "Silero VAD", sort, describe)
