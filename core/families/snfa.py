"""SNFA: phones by CTC from two bidirectional GRU layers on mel bands (Patchethium)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from core.checkpoint.safetensors import SafeFile
from core.families.card import Choice
from core.families.family import Description, Family, Parts
from core.families.questions import GivenAnswer, Inquiry, ask_labels
from core.frontends.compression import Log
from core.frontends.log_mel import LogMel
from core.frontends.registry import words
from core.frontends.spectrum import Spectrum
from core.networks.map_operations import Recurrent
from core.networks.map_specs import add, conv_layer, recurrent
from core.networks.operations import Stored
from core.networks.spec import FramesOutput, LayerSpec, NetworkSpec, SoundDrive
from core.networks.weights import Weights

ROLE = "recogniser"
RATE_HZ, FFT, HOP = 16000, 1024, 320
BLANK = "pad"
JAPANESE = Choice(
    "pad a b by ch cl d dy e f g gy h hy i j k ky m my n ny o p py r ry s sh t ts ty u v w y z pau",
    "Japanese phones (SNFA 0.3)",
)


def sort(groups: Sequence[Weights]) -> Parts | None:
    """Find two bidirectional GRU layers between dense ones."""
    for group in groups:
        names = ("pre.weight", "bi_rnn.weight_ih_l1_reverse", "fc.weight")
        if all(name in group for name in names):
            return {ROLE: group}
    return None


def describe(parts: Parts, inquiry: Inquiry) -> Description:
    """Describe the network: phones in 50 frames a second, with the numbers that the file tells."""
    weights = parts[ROLE]
    file = weights.tensors
    told: Mapping[str, str] = file.metadata if isinstance(file, SafeFile) else {}
    rate_hz, fft, hop = (_number(told, name, usual) for name, usual in _NUMBERS)
    bands = weights.shape("pre.weight", None, None)[1]
    spectrum = Spectrum(fft, hop, window="symmetric hann", centred=False)
    frontend = LogMel(float(rate_hz), spectrum, bands, 0.0, rate_hz / 2, "htk bins", Log(offset=1e-7))
    layers = network(weights)
    if "phone_set" in told:
        inquiry.told = {"labels": GivenAnswer(told["phone_set"], "read")} | inquiry.told
    labels = ask_labels(inquiry, layers[-1].channels, (JAPANESE,))
    inquiry.settle("rate", rate_hz)
    inquiry.fact("Sampling rate", f"{rate_hz} Hz", "read" if "sr" in told else "inferred")
    inquiry.fact("Input", words(frontend), "read" if "n_fft" in told else "inferred")
    blank = labels.index(BLANK) if BLANK in labels else 0
    output = FramesOutput(labels, "softmax", blank)
    return Description((NetworkSpec(ROLE, SoundDrive(float(rate_hz), None, frontend), layers, output),))


_NUMBERS = (("sr", RATE_HZ), ("n_fft", FFT), ("hop_size", HOP))


def _number(told: Mapping[str, str], name: str, usual: int) -> int:
    """Return a positive whole number of the file, or the usual one."""
    text = told.get(name, "")
    return int(text) if text.isdecimal() and int(text) > 0 else usual


def network(weights: Weights) -> tuple[LayerSpec, ...]:
    """Return the layers: a dense one, two GRUs, their sum with the dense one, the phones."""
    bands = weights.shape("pre.weight", None, None)[1]
    first = conv_layer("pre", weights, Stored("pre.weight", "pre.bias", "torch linear"), bands)
    layers = [first]
    for k in range(2):
        layers.append(_gru(weights, k, layers[-1]))
    layers.append(add("sum", layers[-1], first))
    stored = Stored("fc.weight", "fc.bias", "torch linear")
    return (*layers, conv_layer("logits", weights, stored, layers[-1].channels))


def _gru(weights: Weights, k: int, before: LayerSpec) -> LayerSpec:
    parts = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
    both = [tuple(f"bi_rnn.{part}_l{k}{way}" for part in parts) for way in ("", "_reverse")]
    hidden = weights.shape(both[0][1], None, None)[1]
    forward, backward = ((one[0], one[1], one[2], one[3]) for one in both)
    op = Recurrent("gru", hidden, forward, backward)
    return recurrent(f"gru{k + 1}", weights, op, before.channels, both=True)


FAMILY = Family("snfa", "SNFA", sort, describe)
