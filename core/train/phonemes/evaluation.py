"""How well the network pronounces words that it did not learn from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from core.phonemes.arpabet import without_stress
from core.phonemes.dictionary import Phones
from core.phonemes.network import PhonemeNetwork
from core.train.letters.error_rates import edit_distance

AT_ONCE = 512
EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class PhonemeEvaluation:
    """The share of wrong words, and of wrong phones; the same without stress; and a few examples.

    A word is right if it is one of its pronunciations; phones count against the nearest one.
    """

    steps: int
    count: int
    words: float
    phones: float
    words_without_stress: float
    phones_without_stress: float
    examples: tuple[tuple[str, Phones, Phones], ...]

    def plain(self) -> dict[str, float | int]:
        """Return the figures as plain values, for the card."""
        return {"words": self.count, **self.values()}

    def values(self) -> dict[str, float]:
        """Return the figures by name, for the records."""
        return {
            "word_error": self.words,
            "phone_error": self.phones,
            "word_error_without_stress": self.words_without_stress,
            "phone_error_without_stress": self.phones_without_stress,
        }

    def told(self) -> str:
        """Tell the figures in a sentence."""
        return (
            f"held out: {self.words:.1%} of the words and {self.phones:.1%} of the phones wrong, "
            f"without stress {self.words_without_stress:.1%} and {self.phones_without_stress:.1%}"
        )


def evaluate(
    network: PhonemeNetwork, words: Sequence[tuple[str, tuple[Phones, ...]]], steps: int
) -> PhonemeEvaluation:
    """Measure error rates of words, at least one."""
    said = pronounced(network, [word for word, _ in words])
    rates: list[float] = []
    for bare in (False, True):
        rows = [(_plain(said[word], bare), [_plain(one, bare) for one in right]) for word, right in words]
        nearest = [min((edit_distance(one, mine), len(one)) for one in right) for mine, right in rows]
        wrong = sum(errors > 0 for errors, _ in nearest) / len(rows)
        rates += [wrong, sum(errors for errors, _ in nearest) / sum(length for _, length in nearest)]
    few = tuple((word, right[0], said[word]) for word, right in words[:: max(1, len(words) // EXAMPLES)])
    return PhonemeEvaluation(steps, len(words), rates[0], rates[1], rates[2], rates[3], few[:EXAMPLES])


def pronounced(network: PhonemeNetwork, words: Sequence[str]) -> dict[str, Phones]:
    """Return the phones of every word."""
    found: dict[str, Phones] = {}
    for _, group in groupby(sorted(words, key=lambda word: (len(word), word)), key=len):
        some = list(group)
        for first in range(0, len(some), AT_ONCE):
            part = some[first : first + AT_ONCE]
            found |= zip(part, network.said(part), strict=True)
    return found


def _plain(phones: Phones, bare: bool) -> Phones:
    return tuple(map(without_stress, phones)) if bare else phones
