"""The letters a recogniser writes: transcripts as labels, and labels as text."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from core.faults import Fault

ENGLISH = "abcdefghijklmnopqrstuvwxyz'"
APOSTROPHES = str.maketrans("’‘ʼ`´", "'''''")
SPELLED = {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ł": "l", "ð": "d", "þ": "th", "ı": "i"}


@dataclass(frozen=True, slots=True)
class Alphabet:
    """The letters in the order of the network's outputs; then come the space and the blank of CTC.

    The apostrophe comes after the space, as in the published recognisers.
    """

    letters: str = ENGLISH

    @property
    def signs(self) -> str:
        """Every character that a transcript may hold, in the order of the outputs."""
        mark = "'" if "'" in self.letters else ""
        return f"{self.letters.replace(mark, '') if mark else self.letters} {mark}"

    @property
    def labels(self) -> tuple[str, ...]:
        """The names of the network's outputs.

        >>> Alphabet("ab'").labels
        ('a', 'b', 'space', "'", 'blank')
        """
        return (*("space" if sign == " " else sign for sign in self.signs), "blank")

    @property
    def blank(self) -> int:
        """The output that stands for no letter."""
        return len(self.signs)

    def written(self, text: str) -> str:
        """Return a transcript in these letters: lower case, punctuation as spaces, accents taken off if need
        be.

        Raises Fault for a digit or a letter of another script.

        >>> Alphabet().written("Don’t stop, Zoë!")
        "don't stop zoe"
        """
        found = "".join(self._sign(sign) for sign in text.translate(APOSTROPHES).lower())
        return " ".join(found.split())

    def _sign(self, sign: str) -> str:
        if sign in self.letters:
            return sign
        spelled = SPELLED.get(sign, unicodedata.normalize("NFKD", sign))
        plain = "".join(part for part in spelled if unicodedata.category(part)[0] != "M")
        if plain and all(part in self.letters for part in plain):
            return plain
        if unicodedata.category(sign)[0] == "N":
            raise Fault(f"Its transcript contains “{sign}”.", "Write numbers as words.")
        if unicodedata.category(sign)[0] == "L":
            raise Fault(
                f"Its transcript contains “{sign}”, which is not among the letters “{self.letters}”.",
                "Name all letters of the transcripts with --letters.",
            )
        return "" if sign == "'" or unicodedata.category(sign)[0] == "M" else " "

    def encoded(self, text: str) -> list[int]:
        """Return the outputs that a written text stands for."""
        return [self.signs.index(sign) for sign in text]

    def decoded(self, best: Iterable[int]) -> str:
        """Return the text of the most likely output of every frame: repeats are folded, blanks dropped.

        >>> Alphabet("ab").decoded([0, 0, 3, 0, 1, 1, 2, 2])
        'aab'
        """
        folded = (label for label, _ in groupby(best))
        text = "".join(self.signs[label] for label in folded if label != self.blank)
        return " ".join(text.split())


def frames_needed(labels: Sequence[int]) -> int:
    """Return the least number of frames for a text: one for each letter, one more between equal neighbours.

    >>> frames_needed([7, 11, 11, 14])
    5
    """
    return len(labels) + sum(one == after for one, after in pairwise(labels))
