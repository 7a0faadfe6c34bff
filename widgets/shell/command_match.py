"""How well a command matches the text typed in the palette."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PaletteRow:
    """A command as listed in the palette and the shortcut sheet."""

    id: str
    title: str
    menu: str
    key: str = ""
    help: str = ""
    enabled: bool = True


def fit(typed: str, row: PaletteRow) -> float | None:
    """Return how well a row matches every typed word, None if one does not match.

    >>> fit("zo se", PaletteRow("a", "Zoom to selection", "Time")) > 0
    True
    """
    total = 0.0
    for word in typed.lower().split():
        score = _word_fit(word, row)
        if score is None:
            return None
        total += score
    return total - 0.01 * len(row.title)


def _word_fit(word: str, row: PaletteRow) -> float | None:
    title = row.title.lower()
    tries = (
        (4.0, title.startswith(word)),
        (3.0, any(part.startswith(word) for part in title.split())),
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
    """Return the matching rows, best first; commands that are disabled now come last."""
    scored = [(fit(typed, row), place, row) for place, row in enumerate(rows)]
    fitting = [(not row.enabled, -score, place, row) for score, place, row in scored if score is not None]
    if not typed.strip():
        fitting = [(not row.enabled, 0.0, place, row) for _, _, place, row in fitting]
    return tuple(row for *_, row in sorted(fitting, key=lambda entry: entry[:3]))
