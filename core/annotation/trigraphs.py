r"""Praat's backslash trigraphs, which many annotations are written in: `\sw` is ə."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from importlib.resources import files

from core.annotation.tiers import Annotation

_TRIGRAPH = re.compile(r"\\([!-~]{2})")


@cache
def _table() -> tuple[dict[str, str], dict[str, str]]:
    """Return the letter of each trigraph, and the trigraph of each non-ASCII letter.

    A line of the table holds a letter and its trigraphs, Praat's preferred one first.
    """
    letters: dict[str, str] = {}
    trigraphs: dict[str, str] = {}
    lines = (files("resources") / "trigraphs.txt").read_text(encoding="utf-8").splitlines()
    for letter, *codes in (line.split(" ") for line in lines):
        letters.update(dict.fromkeys(codes, letter))
        if not letter.isascii():
            trigraphs[letter] = "\\" + codes[0]
    return letters, trigraphs


def with_letters(text: str) -> str:
    r"""Return a text as it is read: its trigraphs as letters.

    >>> with_letters(r"\sw\:f \xy")
    'əː \\xy'
    """
    if "\\" not in text:
        return text
    letters, _ = _table()
    return _TRIGRAPH.sub(lambda found: letters.get(found[1], found[0]), text)


def with_trigraphs(text: str) -> str:
    """Return a text with its letters as trigraphs, as far as Praat has them."""
    if text.isascii():
        return text
    _, trigraphs = _table()
    return "".join(trigraphs.get(letter, letter) for letter in text)


def all_labels(annotation: Annotation, change: str) -> Annotation:
    """Return an annotation with all labels in "letters" or in "trigraphs"."""
    written = {"letters": with_letters, "trigraphs": with_trigraphs}[change]
    tiers = (
        replace(tier, labels=tuple(written(label) for label in tier.labels)) for tier in annotation.tiers
    )
    return replace(annotation, tiers=tuple(tiers))
