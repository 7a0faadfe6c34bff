"""When each word of an utterance is said, where a TextGrid tells: what every frame of the answer should be.

CTC alone needs many hours of speech until it finds where the letters are: at first it learns to say nothing.
A recogniser that is told where they are before CTC begins learns from few hours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from core.annotation.corpus import textgrid_of
from core.annotation.tiers import Tier
from core.faults import Fault
from core.train.letters.alphabet import Alphabet
from core.train.letters.transcripts import Transcribed, is_said, word_tier

UNKNOWN = -100
"""The target of a frame of which nothing is known: PyTorch's cross entropy passes over it."""


@dataclass(frozen=True, slots=True)
class TimedWord:
    """A word in the letters of the alphabet, and when it is said, in seconds from the utterance's start."""

    start_s: float
    end_s: float
    text: str


def timed_words(one: Transcribed, text: str, alphabet: Alphabet, tier: str = "") -> tuple[TimedWord, ...]:
    """Return the words of an utterance with their times, from the TextGrid beside its recording.

    Empty if there is none, or if its words are not those of the transcript, `text`.
    """
    grid = textgrid_of(one.sound, one.sound.parent)
    try:
        words = [] if grid is None else _words_of(word_tier(grid, tier), alphabet)
    except Fault:
        return ()
    if one.within is not None:
        start_s, end_s = one.within.start_s, one.within.end_s
        inside = [word for word in words if start_s <= word.start_s and word.end_s <= end_s]
        words = [TimedWord(word.start_s - start_s, word.end_s - start_s, word.text) for word in inside]
    return tuple(words) if " ".join(word.text for word in words) == text else ()


def _words_of(tier: Tier, alphabet: Alphabet) -> list[TimedWord]:
    rows = zip(pairwise(tier.times), tier.labels, strict=True)
    found = [TimedWord(a, b, alphabet.written(label)) for (a, b), label in rows if is_said(label)]
    return [word for word in found if word.text]


def frame_targets(
    words: Sequence[TimedWord], alphabet: Alphabet, frames: int, frame_s: float
) -> NDArray[np.int64]:
    """Return the output that each frame of the answer should be, int64 [frames]; frame k is at (k + 0.5)
    `frame_s`.

    A word's letters share its time evenly. Between equal letters is a frame of the blank, and between two
    words one of the space; pauses are blanks. Without words all are `UNKNOWN`.
    """
    if not words:
        return np.full(frames, UNKNOWN, np.int64)
    found = np.full(frames, alphabet.blank, np.int64)
    for word in words:
        labels = alphabet.encoded(word.text)
        edges = np.linspace(word.start_s, word.end_s, len(labels) + 1) / frame_s
        places = np.clip(np.round(edges).astype(int), 0, frames)
        for label, (first, last) in zip(labels, pairwise(places), strict=True):
            found[first:last] = label
        for before, (label, first) in pairwise(zip(labels, places[:-1], strict=True)):
            if before[0] == label and first < frames:
                found[first] = alphabet.blank
    for word, after in pairwise(words):
        place = min(frames - 1, round((word.end_s + after.start_s) / 2 / frame_s))
        found[place] = alphabet.encoded(" ")[0]
    return found
