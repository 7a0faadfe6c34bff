"""Wav2Letter: letters from eleven convolutions along time (Collobert, Puhrsch & Synnaeve 2016).

Known are the form with 128 mel bands (Krug, Knaebel & Stober 2018), the layout of torchaudio's class with
its three kinds of input, Arm's two with 39 cepstral values, and Phonoscope's own file with a card. Widths,
kernels and the number of labels come from the tensors.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import msgspec

from core.families.card import Choice, Question
from core.families.family import Description, Family, Parts
from core.families.phonoscope import SHOWN, own_card
from core.families.questions import GivenAnswer, Inquiry, ask_labels, ask_rate
from core.faults import Fault
from core.frontends.compression import decibels
from core.frontends.frontend import FrontEnd
from core.frontends.log_mel import LogMel
from core.frontends.mfcc import Mfcc
from core.frontends.power_spectrum import PowerSpectrum
from core.frontends.registry import from_plain, words
from core.frontends.spectrum import Spectrum
from core.frontends.waveform import Waveform
from core.networks.map_operations import Pair
from core.networks.map_specs import conv_layer
from core.networks.operations import LINEAR, RELU, AxisOrder, Stored, leaky
from core.networks.spec import FramesOutput, LayerSpec, NetworkSpec, SoundDrive
from core.networks.weights import KERNELS, Weights

ROLE = "recogniser"
LETTERS = tuple("abcdefghijklmnopqrstuvwxyz")
OURS, TORCHAUDIO = "wav2letter", "acoustic_model."
WAVE_TAPS, WAVE_STRIDE, WAVE_PADS = 250, 160, (45, 45)
FIRST_STRIDE = 2
LEAST_CONVOLUTIONS, LEAST_WIDE = 5, 8
ARM_SLOPE, ARM_CHANNELS = 0.2, 39
CEPSTRA = (13, 26, 39, 40)
ALPHABETS = (
    Choice(" ".join((*LETTERS, "space", "'", "blank")), "a to z, space, apostrophe, CTC blank"),
    Choice(" ".join((*LETTERS, "'", "space", "blank")), "a to z, apostrophe, space, CTC blank (Arm)"),
    Choice(
        "blank space e t a o n i h s r d l u m w c f g y p b v k ' x j q z",
        "CTC blank, space, letters by frequency (torchaudio)",
    ),
)
HOP = Question(
    "hop",
    "How many samples lie between two frames of the power spectrum?",
    (Choice(200, "200 (torchaudio's default)"), Choice(160, "160 (10 ms)"), Choice(128, "128 (8 ms)")),
    200,
    free=True,
)
ACTIVATION = Question(
    "slope",
    "What slope do the ReLUs have for negative values?",
    (Choice("0", "0: a plain ReLU"), Choice("0.2", "0.2: a leaky ReLU (Arm)")),
    "0",
    free=True,
)


@dataclass(frozen=True, slots=True)
class Kernel:
    """One convolution in the file: its tensors, and its taps, inputs and outputs."""

    stored: Stored
    taps: int
    width: int
    out: int


@dataclass(frozen=True, slots=True)
class HeldOut:
    """How well a recogniser of ours read utterances that it did not learn from."""

    letter_error_rate: float
    utterances: int


def sort(groups: Sequence[Weights]) -> Parts | None:
    """Find a state dict that is one chain of convolutions with Wav2Letter's kernels."""
    for group in groups:
        if is_wav2letter(kernels(group)):
            return {ROLE: group}
    return None


def kernels(group: Weights) -> list[Kernel]:
    """Return the convolutions of a state dict in the order of their numbers; none if it has other tensors."""
    found: list[Kernel] = []
    for name in sorted(group.names, key=_numbered):
        shape = group.tensors.specs[group.names[name]].shape
        order: AxisOrder = "tf" if name.endswith("kernel") else "torch"
        if len(shape) == 3 and name.endswith((".weight", "/kernel")):
            bias = re.sub(r"weight$|kernel$", "bias", name)
            taps, width, out = (shape[place] for place in KERNELS[order])
            found.append(Kernel(Stored(name, bias if bias in group else "", order), taps, width, out))
        elif len(shape) > 1:
            return []
    return found


def _numbered(name: str) -> list[tuple[int, str]]:
    """Return a name as a key that sorts conv2 before conv10."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", name)]


def is_wav2letter(found: Sequence[Kernel]) -> bool:
    """Return whether convolutions fit each other and have the kernels wide, narrow .., wide, 1, 1."""
    fit = all(one.out == after.width for one, after in pairwise(found))
    taps = [one.taps for one in (found[1:] if hears_waveform(found) else found)]
    if not fit or len(taps) < LEAST_CONVOLUTIONS:
        return False
    narrow = set(taps[1:-3])
    wide = min(taps[0], taps[-3]) >= LEAST_WIDE
    return wide and taps[-2:] == [1, 1] and len(narrow) == 1 and all(one % 2 for one in narrow)


def hears_waveform(found: Sequence[Kernel]) -> bool:
    """Return whether the first convolution takes samples, as in torchaudio's class for waveforms."""
    return bool(found) and (found[0].taps, found[0].width) == (WAVE_TAPS, 1)


def describe(parts: Parts, inquiry: Inquiry) -> Description:
    """Describe the network: its layers from the tensors, its front end and labels from the card or asked."""
    weights = parts[ROLE]
    found, card = kernels(weights), own_card(weights, OURS)
    torchaudio = found[0].stored.kernel.startswith(TORCHAUDIO)
    rate_hz = _rate(inquiry, card)
    frontend = _frontend(inquiry, found[0].width, rate_hz, card)
    layers = _layers(weights, found, _slope(inquiry, found, torchaudio, card), torchaudio)
    labels = _labels(inquiry, found[-1].out, card)
    inquiry.fact("Input", words(frontend), "read" if card else "inferred")
    inquiry.fact("Layers", f"{len(layers)} convolutions, {_count(weights):,} numbers", "inferred")
    known = "inferred" if torchaudio else "read" if "padding" in card else "assumed"
    inquiry.fact("Padding", "torchaudio's" if torchaudio else "same", known)
    if torchaudio:
        inquiry.fact("After the last convolution", "ReLU", "inferred", "torchaudio's class has one there.")
    _note_training(inquiry, card)
    blank = labels.index("blank") if "blank" in labels else None
    output = FramesOutput(labels, "softmax", blank)
    network = NetworkSpec(ROLE, SoundDrive(rate_hz, None, frontend), layers, output)
    return Description((network,), str(card.get("title", "")))


def _note_training(inquiry: Inquiry, card: Mapping[str, Any]) -> None:
    """Add what the card says of the training, and the error rates on speech that was held out."""
    for key, title in SHOWN:
        if isinstance(card.get(key), str | int):
            inquiry.fact(title, card[key], "read")
    try:
        measured = msgspec.convert(card.get("measured", {}), dict[str, HeldOut])
    except msgspec.ValidationError:
        return
    for name, found in measured.items():
        part = "" if name == "all" else f", {name}"
        of = f"{found.letter_error_rate:.1%} in {found.utterances} held-out utterances"
        inquiry.fact(f"Letters wrong{part}", of, "read")


def _rate(inquiry: Inquiry, card: Mapping[str, Any]) -> float:
    if "rate_hz" in card:
        inquiry.told = {"rate": GivenAnswer(card["rate_hz"], "read")} | inquiry.told
    return ask_rate(inquiry)


def _frontend(inquiry: Inquiry, width: int, rate_hz: float, card: Mapping[str, Any]) -> FrontEnd:
    """Return the front end of the card, or the one that the number of its channels tells."""
    if isinstance(card.get("frontend"), Mapping):
        found = from_plain(card["frontend"])
    elif width == 1:
        found = Waveform()
    elif width in CEPSTRA:
        found = cepstra(rate_hz, width)
    elif width % 2:
        found = power(rate_hz, width, int(inquiry.ask(HOP, "Hop", "samples")))
    else:
        found = log_mel(rate_hz, width)
    if found.channels != width:
        raise Fault(
            f"The card says that the network takes {found.channels} values per frame, but its weights take "
            f"{width}.",
            "Correct the front end on the card.",
        )
    return found


def log_mel(rate_hz: float, bands: int) -> LogMel:
    """Return the lecture's front end: STFT 512 every 128, 10 log10 of mel power from -150 dB on."""
    spectrum = Spectrum(512, 128)
    return LogMel(rate_hz, spectrum, bands, 0.0, rate_hz / 2, "slaney", decibels(-150), True, "recording")


def power(rate_hz: float, bins: int, hop: int) -> PowerSpectrum:
    """Return torchaudio's power spectrum with this number of frequencies."""
    return PowerSpectrum(Spectrum(2 * (bins - 1), hop))


def cepstra(rate_hz: float, width: int) -> Mfcc:
    """Return torchaudio's 40 cepstral coefficients, or librosa's 13 with their changes as Arm uses them."""
    if width % 13:
        mel = LogMel(rate_hz, Spectrum(400, 200), 128, 0.0, rate_hz / 2, "htk", decibels(-100, 80))
        return Mfcc(mel, width)
    mel = LogMel(rate_hz, Spectrum(512, 160), 128, 0.0, rate_hz / 2, "slaney", decibels(-100, 80), True)
    return Mfcc(mel, 13, width // 13 - 1, normalisation="recording")


def _slope(inquiry: Inquiry, found: Sequence[Kernel], torchaudio: bool, card: Mapping[str, Any]) -> float:
    if torchaudio:
        inquiry.settle("slope", "0")
        return 0.0
    if "slope" in card:
        inquiry.told = {"slope": GivenAnswer(str(card["slope"]), "read")} | inquiry.told
    assumed = str(ARM_SLOPE) if found[0].width == ARM_CHANNELS else "0"
    return float(inquiry.ask(replace(ACTIVATION, assumed=assumed), "Slope of the ReLUs"))


def _layers(
    weights: Weights, found: Sequence[Kernel], slope: float, torchaudio: bool
) -> tuple[LayerSpec, ...]:
    """Return the convolutions; the last one is the answer."""
    bend = leaky(slope) if slope else RELU
    layers: list[LayerSpec] = []
    strides = _strides(found)
    for place, (one, stride) in enumerate(zip(found, strides, strict=True)):
        last = place == len(found) - 1
        name, activation = f"conv{place + 1}", bend
        if last:
            name, activation = "logits", RELU if torchaudio else LINEAR
        pads = _pads(one.taps, stride, torchaudio)
        layers.append(conv_layer(name, weights, one.stored, one.width, stride, pads, activation))
    return tuple(layers)


def _strides(found: Sequence[Kernel]) -> list[int]:
    front = [WAVE_STRIDE] if hears_waveform(found) else []
    return [*front, FIRST_STRIDE, *(1 for _ in found[len(front) + 1 :])]


def _pads(taps: int, stride: int, torchaudio: bool) -> Pair:
    """Return the zeros before and after: torchaudio's, or those that keep one output per stride.

    torchaudio pads 23 for 48 taps with stride 2, 16 for 32 taps, so there is one frame more.
    """
    if stride == WAVE_STRIDE:
        return WAVE_PADS
    if torchaudio:
        both = taps // 2 - (stride > 1)
        return both, both
    left = (taps - stride) // 2 if stride > 1 else (taps - 1) // 2
    return left, taps - 1 - left


def _labels(inquiry: Inquiry, count: int, card: Mapping[str, Any]) -> tuple[str, ...]:
    if isinstance(card.get("labels"), list):
        inquiry.told = {"labels": GivenAnswer(" ".join(map(str, card["labels"])), "read")} | inquiry.told
    return ask_labels(inquiry, count, ALPHABETS)


def _count(weights: Weights) -> int:
    return sum(weights.tensors.specs[weights.names[name]].count for name in weights.used)


FAMILY = Family("wav2letter", "Wav2Letter", sort, describe)
