"""Which latent knobs a list shows, in which order, and on which scale."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from core.networks.latent import LatentLayout
from widgets.controls.scales import Linear

PINNED_REACH = 5.0  # a pinned knob is expected to go beyond the training range


@dataclass(frozen=True, slots=True)
class KnobRow:
    """The visible entries, pinned ones first, as zero-based indices into the full latent vector."""

    pinned: tuple[int, ...]
    others: tuple[int, ...]

    @property
    def all(self) -> tuple[int, ...]:
        return self.pinned + self.others


def matching(search: str, index: int, pinned: bool, changed: bool) -> bool:
    """Return whether a knob matches a search: numbers, `5-20`, "pinned", "changed", or several of them.

    >>> matching("11", 10, False, False), matching("5-9 pin", 10, True, False)
    (True, True)
    """
    words = [word for word in re.split(r"[,;\s]+", search.strip().lower()) if word]
    return not words or any(_fits(word, index + 1, pinned, changed) for word in words)


def _fits(word: str, number: int, pinned: bool, changed: bool) -> bool:
    flags = {"pinned": pinned, "changed": changed}
    for flag, on in flags.items():
        if flag.startswith(word):
            return on
    found = re.fullmatch(r"z?(\d+)(?:[-–]z?(\d+))?|z\[(\d+)\]", word)
    if not found:
        return word == "z"
    first, last, from_zero = found.groups()
    if from_zero is not None:
        return number == int(from_zero) + 1
    return str(number).startswith(first) if last is None else int(first) <= number <= int(last)


def shown_rows(
    layout: LatentLayout, search: str, pins: frozenset[int], is_changed: Callable[[int], bool]
) -> KnobRow:
    """Return the z entries that match a search, the pinned ones separately."""
    fitting = [
        index
        for index in range(layout.code, layout.size)
        if matching(search, index, index in pins, is_changed(index))
    ]
    return KnobRow(
        tuple(index for index in fitting if index in pins),
        tuple(index for index in fitting if index not in pins),
    )


def scale_of(layout: LatentLayout, pinned: bool, *values: float) -> Linear:
    """Return a knob's scale: the training range, wider if pinned, and always wide enough for its values."""
    reach = 1.0 if layout.prior == "uniform" else 3.0
    half = PINNED_REACH if pinned else reach
    return Linear(-half, half).holding(*values)
