"""What the graph of a network does not tell: what its input is made of, and what its output stands for.

The answers are those of a card inside the file, of the card beside it, or of the user, who is asked once.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, TypeVar, cast

import msgspec

from core.families.card import Choice, Question
from core.families.questions import GivenAnswer, Inquiry, ask_labels
from core.faults import Fault
from core.frontends.compression import DB, Log, Normalisation, decibels
from core.frontends.frontend import FrontEnd
from core.frontends.kaldi_fbank import KaldiFbank
from core.frontends.log_mel import LogMel
from core.frontends.mel_filters import MelForm
from core.frontends.mfcc import Mfcc
from core.frontends.power_spectrum import PowerSpectrum
from core.frontends.registry import from_plain
from core.frontends.spectrum import Spectrum
from core.networks.spec import ClassesOutput, FeaturesOutput, FramesOutput, Output, Scores

Chosen = TypeVar("Chosen", bound=str)
CREPE_BINS, CREPE_CENTS = 360, (1997.3794084376191, 20.0)
LETTERS = tuple("abcdefghijklmnopqrstuvwxyz")
ALPHABETS = (
    Choice(" ".join((*LETTERS, "space", "'", "blank")), "a to z, space, apostrophe, CTC blank"),
    Choice(" ".join(("blank", "space", "'", *LETTERS)), "CTC blank, space, apostrophe, a to z"),
)
BLANKS = ("blank", "<blank>", "<pad>", "_")
MANY = 100  # outputs, of which no softmax makes probabilities: features rather than classes
MOST_LETTERS = 64


def told_by_card(inquiry: Inquiry, metadata: Mapping[str, str]) -> None:
    """Take over the card inside a file: rate_hz, frontend, labels, blank, says. The user overrules it.

    Raises Fault if it is no JSON object.
    """
    text = metadata.get("card", "")
    if not text:
        return
    try:
        card = msgspec.json.decode(text, type=dict[str, Any])
    except (msgspec.DecodeError, RecursionError) as flaw:
        raise Fault("The card inside the file cannot be read.", "Write it anew, as a JSON object.") from flaw
    labels: Any = card.get("labels")
    joined = " ".join(str(one).replace(" ", "_") for one in cast("list[Any]", labels or []))
    answers: dict[str, Any] = {
        "rate": card.get("rate_hz"),
        "input": msgspec.json.encode(card["frontend"]).decode() if "frontend" in card else None,
        "labels": joined or None,
        "says": card.get("says"),
        "blank": card.get("blank"),
    }
    read = {name: GivenAnswer(value, "read") for name, value in answers.items() if value is not None}
    inquiry.told = read | inquiry.told


# --- the input


def _speech(rate_hz: float, width: int) -> FrontEnd:
    size, hop = round(0.025 * rate_hz), round(0.01 * rate_hz)
    return LogMel(rate_hz, Spectrum(size, hop), width, 0.0, rate_hz / 2, "htk", Log(offset=1e-6))


def _librosa(rate_hz: float, width: int) -> FrontEnd:
    return LogMel(
        rate_hz,
        Spectrum(2048, 512, edge="zeros"),
        width,
        0.0,
        rate_hz / 2,
        "slaney",
        decibels(-100, 80),
        True,
    )


def _whisper(rate_hz: float, width: int) -> FrontEnd:
    log = Log(1 / (4 * math.log(10)), gain=1e4, floor=1e-6, range_db=2.0)
    return LogMel(rate_hz, Spectrum(400, 160), width, 0.0, rate_hz / 2, "slaney", log, True, dropped=1)


def _kaldi(rate_hz: float, width: int) -> FrontEnd:
    return KaldiFbank(rate_hz, round(0.025 * rate_hz), round(0.01 * rate_hz), width, 20.0, rate_hz / 2)


def _cepstra(rate_hz: float, width: int) -> FrontEnd:
    mel = LogMel(rate_hz, Spectrum(400, 200), 128, 0.0, rate_hz / 2, "htk", decibels(-100, 80))
    return Mfcc(mel, width)


def _deltas(rate_hz: float, width: int) -> FrontEnd:
    mel = LogMel(rate_hz, Spectrum(512, 160), 128, 0.0, rate_hz / 2, "slaney", decibels(-100, 80), True)
    return Mfcc(mel, 13, width // 13 - 1)


def _power(rate_hz: float, width: int) -> FrontEnd:
    fft = 2 * (width - 1)
    return PowerSpectrum(Spectrum(fft, max(1, round(0.01 * rate_hz))))


OWN = "own"
FRONTENDS: Mapping[str, tuple[str, Callable[[float, int], FrontEnd]]] = {
    "log-mel": ("Log-mel bands, 25 ms every 10 ms, HTK's scale", _speech),
    "log-mel librosa": ("Log-mel bands in dB with librosa's defaults: 2048 every 512", _librosa),
    "log-mel whisper": ("Log-mel bands as Whisper takes them", _whisper),
    "kaldi": ("Kaldi's filter bank, 25 ms every 10 ms", _kaldi),
    "mfcc": ("MFCC with torchaudio's defaults", _cepstra),
    "mfcc deltas": ("MFCC and their changes with librosa's defaults", _deltas),
    "power spectrum": ("Power spectrum, a frame every 10 ms", _power),
}


def ask_frontend(inquiry: Inquiry, width: int, rate_hz: float) -> FrontEnd:
    """Return what the samples become before they enter the graph, `width` values per frame.

    Raises Fault, with both numbers, for a front end that gives another number of values.
    """
    fitting = {name: one for name, one in FRONTENDS.items() if _fits(name, width)}
    assumed = "power spectrum" if _is_spectrum(width) else "mfcc deltas" if width == 39 else "log-mel"
    choices = (
        *(Choice(name, words) for name, (words, _) in fitting.items()),
        Choice(OWN, "Other log-mel bands: every number is asked"),
    )
    sentence = f"The network takes {width} values per frame. How are they made from the sound?"
    answer = str(inquiry.ask(Question("input", sentence, choices, assumed, words=True), "Input"))
    if answer.startswith("{"):
        found = _written(answer)
    elif answer == OWN:
        found = _own(inquiry, width, rate_hz)
    elif answer in fitting:
        found = fitting[answer][1](rate_hz, width)
    else:
        raise Fault(
            f"“{answer}” is no input that Phonoscope can make.",
            f"Choose {', '.join([*fitting, OWN])}, or write the front end as JSON, such as "
            '{"kind": "log-mel", ..}.',
        )
    if found.channels != width:
        raise Fault(
            f"The card says that the network takes {found.channels} values per frame, but its graph takes "
            f"{width}.",
            "Correct the front end on the card.",
        )
    return found


def _fits(name: str, width: int) -> bool:
    if name == "mfcc deltas":
        return width % 13 == 0 and width <= 39
    if name == "power spectrum":
        return width > 2
    return width <= 512


def _is_spectrum(width: int) -> bool:
    return width % 2 == 1 and width >= 65


def _written(text: str) -> FrontEnd:
    try:
        return from_plain(msgspec.json.decode(text, type=dict[str, Any]))
    except (msgspec.DecodeError, RecursionError) as flaw:
        raise Fault("The front end on the card is no JSON object.", "Correct the card.") from flaw


LOGS: Mapping[str, tuple[str, Log]] = {
    "ln": ("ln(x + 1e-6)", Log(offset=1e-6)),
    "log10": ("log10, from 1e-10 on", Log(1 / math.log(10), floor=1e-10)),
    "dB": ("Decibels, from −100 on", Log(DB, floor=1e-10)),
}
SCALES: Mapping[MelForm, str] = {"htk": "HTK's", "slaney": "Slaney's (librosa)"}
YES_NO = {"yes": "Yes", "no": "No"}
NORMALISED: Mapping[Normalisation, str] = {
    "none": "Not at all",
    "recording": "Over the recording",
    "band": "Each band over the recording",
}


def _own(inquiry: Inquiry, width: int, rate_hz: float) -> FrontEnd:
    """Return log-mel bands from single numbers, each asked."""
    frame, step, top = round(0.025 * rate_hz), round(0.01 * rate_hz), round(rate_hz / 2)
    size = int(_number(inquiry, "window", "How many samples long is a frame?", frame, (512, 1024, 2048)))
    hop = int(_number(inquiry, "hop", "How many samples lie between two frames?", step, (128, 256, 512)))
    low = _number(inquiry, "low", "At how many Hz do the bands begin?", 0, (20, 50))
    high = _number(inquiry, "high", "At how many Hz do the bands end?", top, (8000,))
    scale = _chosen(inquiry, "scale", "On which mel scale?", SCALES)
    area = _chosen(inquiry, "area", "Do all filters have the same area (librosa)?", YES_NO)
    log = _chosen(inquiry, "log", "Which logarithm?", {name: words for name, (words, _) in LOGS.items()})
    how = _chosen(inquiry, "normalisation", "How are mean 0 and variance 1 made?", NORMALISED)
    ends = _chosen(inquiry, "centred", "Does the first frame's centre lie at the first sample?", YES_NO)
    spectrum = Spectrum(size, hop, centred=ends == "yes")
    return LogMel(rate_hz, spectrum, width, low, high, scale, LOGS[log][1], area == "yes", how)


def _number(inquiry: Inquiry, name: str, sentence: str, assumed: int, others: tuple[int, ...]) -> float:
    choices = tuple(Choice(value, str(value)) for value in dict.fromkeys((assumed, *others)))
    return float(inquiry.ask(Question(name, sentence, choices, assumed, free=True), f"Input: {name}"))


def _chosen(inquiry: Inquiry, name: str, sentence: str, choices: Mapping[Chosen, str]) -> Chosen:
    rows = tuple(Choice(value, words) for value, words in choices.items())
    answer = inquiry.ask(Question(name, sentence, rows, rows[0].value), f"Input: {name}")
    return next(value for value in choices if value == answer)


# --- the output


def ask_output(inquiry: Inquiry, count: int, frames: bool, scores: str) -> Output:
    """Return what a graph's answer stands for: `count` values, one row per frame or one for the whole sound.

    `scores` names the rule that the graph itself applies at its end, "" if there is none.
    """
    says = _says(inquiry, count, frames, scores)
    if says == "features":
        return FeaturesOutput()
    if says == "pitch bins":
        return FramesOutput(tuple(str(k + 1) for k in range(count)), "sigmoid", None, CREPE_CENTS)
    rule = _rule(inquiry, scores, count, says)
    if not frames:
        return ClassesOutput(ask_labels(inquiry, count), rule)
    labels = ask_labels(inquiry, count, ALPHABETS if says == "letters" else ())
    return FramesOutput(labels, rule, _blank(inquiry, labels) if says == "letters" else None)


def _says(inquiry: Inquiry, count: int, frames: bool, scores: str) -> str:
    if not frames:
        return "classes"
    choices = (
        Choice("letters", "Letters or phones, by CTC"),
        Choice("classes", "Classes, each frame by itself"),
        *((Choice("pitch bins", "Pitch, in CREPE's bins"),) if count == CREPE_BINS else ()),
        Choice("features", "Nothing: they are features"),
    )
    if count == CREPE_BINS:
        assumed = "pitch bins"
    elif not scores and count >= MANY:
        assumed = "features"
    else:
        assumed = "letters" if 20 <= count <= MOST_LETTERS else "classes"
    sentence = f"What do the network's {count} outputs per frame say?"
    return str(inquiry.ask(Question("says", sentence, choices, assumed), "Says"))


def _rule(inquiry: Inquiry, scores: str, count: int, says: str) -> Scores:
    rules: dict[str, Scores] = {"softmax": "softmax", "sigmoid": "sigmoid", "none": "none"}
    if scores or says == "letters":
        return rules[scores or "softmax"]
    choices = (
        Choice("softmax", "One class out of all (softmax)"),
        Choice("sigmoid", "Each class by itself (sigmoid)"),
        Choice("none", "They are no probabilities"),
    )
    sentence = "How do the outputs become probabilities?"
    assumed = "softmax" if count > 1 else "sigmoid"
    return rules[str(inquiry.ask(Question("scores", sentence, choices, assumed), "Probabilities"))]


def _blank(inquiry: Inquiry, labels: tuple[str, ...]) -> int:
    """Return the place of the label that means nothing, told by its name or asked."""
    named = next(
        (k for k, label in enumerate(labels) if label.lower() in ("blank", "<pad>", "<blank>", "_")), None
    )
    last = len(labels) - 1
    choices = (Choice(0, "The first"), Choice(last, "The last"))
    question = Question("blank", "Which output is CTC's blank (counted from 0)?", choices, 0, free=True)
    found = int(inquiry.ask(question, "Blank", inferred=named))
    if not 0 <= found <= last:
        raise Fault(f"There is no output {found}: the network has {len(labels)}.", "Count from 0.")
    return found
