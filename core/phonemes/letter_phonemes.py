"""Letters aligned with phonemes (Needleman and Wunsch 1970), so that each letter has its phoneme.

A letter and a phoneme that it often spells in English score +1, a vowel with a vowel or a consonant with a
consonant 0, anything else -1, a gap -1. Of equally good alignments the one is taken that pairs as early as
possible: going back from the end, a silent letter comes first, then a phoneme without a letter, then a pair.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import MappingProxyType

from core.phonemes.arpabet import VOWELS, without_stress
from core.phonemes.dictionary import Phones

GAP = -1.0
Pair = tuple[int | None, int | None]

_SPELLS = """
a AE EY AA AH AO EH
b B
c K S CH SH
d D JH T
e EH IY AH IH EY ER
f F V
g G JH ZH NG
h HH
i IH AY IY AH Y
j JH Y HH ZH
k K
l L AH
m M AH
n N NG
o AA OW AH AO UW UH AW OY W
p P F
q K
r R ER
s S Z SH ZH
t T SH CH DH TH
u AH UW UH Y W IH
v V F
w W V UW
x K Z G
y IY Y AY IH
z Z S T ZH
"""
USUAL = MappingProxyType(
    {letter: frozenset(phones) for letter, *phones in map(str.split, _SPELLS.strip().splitlines())}
)
"""The phonemes that each letter often spells."""


def association(letter: str, phone: str) -> float:
    """Return how well a letter goes with a phoneme.

    >>> association("c", "K"), association("a", "IY0"), association("a", "K")
    (1.0, 0.0, -1.0)
    """
    bare = without_stress(phone)
    if bare in USUAL.get(letter, ()):
        return 1.0
    return 0.0 if (letter in "aeiouy") == (bare in VOWELS) else -1.0


def aligned(
    one: Sequence[str],
    other: Sequence[str],
    score: Callable[[str, str], float] = lambda a, b: 1.0 if a == b else -1.0,
    gap: float = GAP,
) -> list[Pair]:
    """Return the best global alignment as pairs of indices, None for a gap (see above for ties).

    >>> aligned("AGT", "AT")
    [(0, 0), (1, None), (2, 1)]
    """
    rows, columns = len(one) + 1, len(other) + 1
    best = [[gap * (k + j) if 0 in (k, j) else 0.0 for j in range(columns)] for k in range(rows)]
    for k in range(1, rows):
        for j in range(1, columns):
            pair = best[k - 1][j - 1] + score(one[k - 1], other[j - 1])
            best[k][j] = max(pair, best[k - 1][j] + gap, best[k][j - 1] + gap)
    return _back(one, other, score, gap, best)


def _back(
    one: Sequence[str],
    other: Sequence[str],
    score: Callable[[str, str], float],
    gap: float,
    best: list[list[float]],
) -> list[Pair]:
    k, j = len(one), len(other)
    found: list[Pair] = []
    while k or j:
        if k and best[k][j] == best[k - 1][j] + gap:
            k -= 1
            found.append((k, None))
        elif j and best[k][j] == best[k][j - 1] + gap:
            j -= 1
            found.append((None, j))
        else:
            k, j = k - 1, j - 1
            found.append((k, j))
    return found[::-1]


def total(
    pairs: Sequence[Pair],
    one: Sequence[str],
    other: Sequence[str],
    score: Callable[[str, str], float],
    gap: float = GAP,
) -> float:
    """Return the score of an alignment."""
    return sum(gap if k is None or j is None else score(one[k], other[j]) for k, j in pairs)


def phonemes_of_letters(word: str, phones: Phones) -> tuple[Phones, ...]:
    """Return the phonemes of each letter, none for a silent one, two for the x of fox.

    A phoneme without a letter goes to the letter before it, at the beginning to the first.

    >>> phonemes_of_letters("fox", ("F", "AA1", "K", "S"))
    (('F',), ('AA1',), ('K', 'S'))
    >>> phonemes_of_letters("know", ("N", "OW1"))
    ((), ('N',), ('OW1',), ())
    """
    found: list[list[str]] = [[] for _ in word]
    here = 0
    for k, j in aligned(word, phones, association):
        here = here if k is None else k
        if j is not None and found:
            found[here].append(phones[j])
    return tuple(map(tuple, found))
