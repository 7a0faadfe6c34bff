"""From a transcript and a recogniser's answer to tiers of words and phones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from core.align.ctc_path import best_path
from core.annotation.tiers import Tier
from core.answers.ctc import SPACE
from core.answers.label_scores import LabelScores, softmax_rows
from core.faults import Fault
from core.phonemes.arpabet import without_stress
from core.phonemes.letter_phonemes import aligned, phonemes_of_letters
from core.phonemes.pronunciation import Pronouncer
from core.train.letters.alphabet import Alphabet

PAUSE_S = 0.25
"""A longer gap between the letters of two words is a pause, with half of `EDGE_S` more on both sides."""

EDGE_S = 0.06
"""How far a word reaches beyond the frames of its outer letters, where nothing else says where it ends."""


@dataclass(frozen=True, slots=True)
class Span:
    """A label in time."""

    label: str
    start_s: float
    end_s: float


@dataclass(frozen=True)
class Aligned:
    """Words and phones in time, and the words that only the network could pronounce."""

    words: tuple[Span, ...]
    phones: tuple[Span, ...]
    guessed: tuple[str, ...] = ()


def letters_of(answer: LabelScores) -> str:
    """Return the letters that a recogniser writes; raises Fault if its labels are no letters."""
    letters = "".join(label for label in answer.labels if len(label) == 1)
    if answer.blank is None or SPACE not in answer.labels or len(letters) < 2:
        raise Fault(
            "A transcript is aligned along the letters of a recogniser, and this network writes none.",
            "Choose a recogniser of letters, such as a Wav2Letter or a wav2vec 2.0 with letters.",
        )
    return letters


def align(answer: LabelScores, transcript: str, pronouncer: Pronouncer, lasts_s: float) -> Aligned:
    """Return the words and phones of a transcript where the recogniser most probably hears them.

    Raises Fault for an empty transcript, letters that the recogniser does not write, or too few frames.
    """
    letters = letters_of(answer)
    text = Alphabet(letters.lower()).written(transcript)
    if not text:
        raise Fault("The transcript is empty.", "Write what is said.")
    upper = letters == letters.upper() and letters != letters.lower()
    named = [SPACE if sign == " " else sign.upper() if upper else sign for sign in text]
    assert answer.blank is not None
    log_p = np.log(np.maximum(softmax_rows(answer.logits.astype(np.float64)), 1e-12))
    frames = best_path(log_p, [answer.labels.index(one) for one in named], answer.blank)
    times = [answer.axis.seconds(peak) for _, _, peak in frames]
    return _spans(text, times, pronouncer, lasts_s)


def _spans(text: str, times: Sequence[float], pronouncer: Pronouncer, lasts_s: float) -> Aligned:
    words = text.split(" ")
    places: list[tuple[int, int]] = []
    here = 0
    for word in words:
        places.append((here, here + len(word)))
        here += len(word) + 1
    edges = _edges([(times[first], times[last - 1]) for first, last in places], lasts_s)
    spans: list[Span] = []
    phones: list[Span] = []
    guessed: list[str] = []
    for word, (first, last), (start_s, end_s) in zip(words, places, edges, strict=True):
        spans.append(Span(word, start_s, end_s))
        said = phonemes_of_letters(word, pronouncer.phones(word))
        if not pronouncer.knows(word):
            guessed.append(word)
        phones += _phones(said, times[first:last], start_s, end_s)
    return Aligned(tuple(spans), tuple(phones), tuple(dict.fromkeys(guessed)))


def _edges(peaks: Sequence[tuple[float, float]], lasts_s: float) -> list[tuple[float, float]]:
    """Return where words begin and end: halfway between their outer letters, or apart over a pause."""
    starts = [max(0.0, peaks[0][0] - EDGE_S)]
    ends: list[float] = []
    for (_, last), (first, _) in pairwise(peaks):
        if first - last > PAUSE_S + 2 * EDGE_S:
            ends.append(last + EDGE_S)
            starts.append(first - EDGE_S)
        else:
            ends.append((first + last) / 2)
            starts.append((first + last) / 2)
    ends.append(min(lasts_s, peaks[-1][1] + EDGE_S))
    return list(zip(starts, ends, strict=True))


def _phones(
    said: Sequence[tuple[str, ...]], times: Sequence[float], start_s: float, end_s: float
) -> list[Span]:
    """Return the phones of a word, with boundaries halfway between the letters that they belong to.

    Phones of one letter share its time; that of a silent letter goes to the phone before, at the beginning to
    the one after.
    """
    bounds = [start_s, *((one + other) / 2 for one, other in pairwise(times)), end_s]
    bounds = np.maximum.accumulate(np.clip(bounds, start_s, end_s)).tolist()
    found: list[Span] = []
    begin_s = start_s
    for some, (low_s, high_s) in zip(said, pairwise(bounds), strict=True):
        if not some:
            found[-1:] = [replace(one, end_s=high_s) for one in found[-1:]]
            begin_s = high_s if found else begin_s
            continue
        low_s = min(low_s, begin_s) if not found else low_s
        step_s = (high_s - low_s) / len(some)
        for k, name in enumerate(some):
            found.append(Span(name, low_s + k * step_s, low_s + (k + 1) * step_s))
        begin_s = high_s
    return found


def tier_of(spans: Sequence[Span], name: str, lasts_s: float) -> Tier:
    """Return spans as an interval tier, with empty intervals between them, without spans of no length."""
    times, labels = [0.0], list[str]()
    for span in spans:
        start_s, end_s = max(span.start_s, times[-1]), min(span.end_s, lasts_s)
        if end_s - start_s < 1e-6:
            continue
        if start_s - times[-1] > 1e-6:
            times.append(start_s)
            labels.append("")
        times.append(end_s)
        labels.append(span.label)
    if lasts_s - times[-1] > 1e-6 or not labels:
        times.append(lasts_s)
        labels.append("")
    return Tier(name, "interval", 0.0, times[-1], tuple(times), tuple(labels))


def boundary_distances(found: Tier, given: Tier) -> list[float]:
    """Return for each boundary of labelled intervals the distance to its counterpart, in seconds.

    Both tiers are read as sequences of labels; those that are equal when aligned are compared.
    """
    ours, mine = _labelled(found)
    theirs, right = _labelled(given)
    distances: list[float] = []
    for one, other in aligned(mine, right):
        if one is None or other is None or mine[one] != right[other]:
            continue
        here, there = found.range_of(ours[one]), given.range_of(theirs[other])
        distances += [abs(here.start_s - there.start_s), abs(here.end_s - there.end_s)]
    return distances


def _labelled(tier: Tier) -> tuple[list[int], list[str]]:
    """Return the labelled intervals of a tier, and their labels in one spelling."""
    places = [k for k, label in enumerate(tier.labels) if label.strip()]
    return places, [without_stress(tier.labels[k].strip().upper()) for k in places]
