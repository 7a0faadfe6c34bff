"""Letter and word error rates."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


def edit_distance(one: Sequence[str], other: Sequence[str]) -> int:
    """Return the least number of insertions, deletions and substitutions between two sequences (Levenshtein
    1966).

    >>> edit_distance("kitten", "sitting")
    3
    """
    row = list(range(len(other) + 1))
    for k, mine in enumerate(one, 1):
        corner, row[0] = row[0], k
        for j, theirs in enumerate(other, 1):
            corner, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, corner + (mine != theirs))
    return row[-1]


@dataclass(frozen=True, slots=True)
class ErrorRates:
    """The errors in all texts over the letters, spaces included, or words that were really there.

    Insertions count, so a rate can exceed 1.
    """

    letters: float
    words: float
    utterances: int


def error_rates(pairs: Iterable[tuple[str, str]]) -> ErrorRates:
    """Return the error rates of pairs (what was said, what was recognised); NaN if nothing was said."""
    pairs = list(pairs)
    letters = [(edit_distance(said, heard), len(said)) for said, heard in pairs]
    words = [(edit_distance(said.split(), heard.split()), len(said.split())) for said, heard in pairs]
    return ErrorRates(_rate(letters), _rate(words), len(pairs))


def _rate(counts: Sequence[tuple[int, int]]) -> float:
    total = sum(length for _, length in counts)
    return sum(errors for errors, _ in counts) / total if total else float("nan")
