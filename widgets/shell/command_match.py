"""How well a command matches the text typed in the palette."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PaletteRow:
    """A command as listed in the palette and the shortcut sheet.

    `reason` says when a disabled command can run; `words` are further words under which it is found.
    """

    id: str
    title: str
    menu: str
    key: str = ""
    help: str = ""
    enabled: bool = True
    reason: str = ""
    words: str = ""


SURE = 3.0
"""From this score on, a typed word names the command, whether it can run now or not."""


def fit(typed: str, row: PaletteRow) -> float | None:
    """Return how well a row matches every typed word, None if one does not match.

    >>> fit("zo se", PaletteRow("a", "Zoom to selection", "Time")) > 0
    True
    """
    scores = _scores(typed, row)
    return None if scores is None else sum(scores) - 0.01 * len(row.title)


def _scores(typed: str, row: PaletteRow) -> list[float] | None:
    """Return the score of every typed word, None if one does not match."""
    scores = [_word_fit(word, row) for word in typed.lower().split()]
    found = [score for score in scores if score is not None]
    return found if len(found) == len(scores) else None


def _word_fit(word: str, row: PaletteRow) -> float | None:
    title, words = row.title.lower(), row.words.split()
    tries = (
        (4.0, title.startswith(word) or word in words),
        (SURE, any(part.startswith(word) for part in (*title.split(), *words))),
        (2.0, word in title or word == row.key.lower()),
        (1.5, row.menu.lower().startswith(word)),
        (1.0, len(word) > 2 and word in row.help.lower()),
        (0.5, len(word) > 2 and _in_order(word, title)),
    )
    return next((score for score, fits in tries if fits), None)


def _in_order(letters: Iterable[str], text: str) -> bool:
    rest = iter(text)
    return all(letter in rest for letter in letters)


def ranked(typed: str, rows: Sequence[PaletteRow]) -> tuple[PaletteRow, ...]:
    """Return the matching rows, best first.

    A command that is disabled now comes last, unless the typed words name it: then it keeps its place, so
    that Return does not run the next best one instead.
    """
    scored = [(_scores(typed, row), place, row) for place, row in enumerate(rows)]
    fitting = [
        (not row.enabled and min(scores, default=0.0) < SURE, -sum(scores), not row.enabled,
         len(row.title) if scores else 0, place, row)
        for scores, place, row in scored if scores is not None
    ]  # fmt: skip
    return tuple(row for *_, row in sorted(fitting, key=lambda entry: entry[:5]))
