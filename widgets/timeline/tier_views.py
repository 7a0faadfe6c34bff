"""The tiers to show, and the vertical position of each."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass

from core.annotation.tiers import Tier

PHONES_PX, WORDS_PX, ANSWER_PX = 32, 28, 31
MOST_PX = 204  # more tiers than this scroll
_PHONES = ("phon", "segment", "ipa", "letter")


@dataclass(frozen=True)
class TiersView:
    """Tiers from top to bottom, which one is chosen, and why some cannot be edited here.

    If the first `away` tiers (-1: all) belong to another latent point, `elsewhere` says so. `owners` names
    the recording that each tier belongs to, "" for none; `changed` says, at the first tier of a file, that
    the file now has other tiers.
    """

    tiers: tuple[Tier, ...] = ()
    chosen: int = -1
    elsewhere: str = ""
    away: int = -1
    owners: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()

    def is_away(self, place: int) -> bool:
        """Return whether a tier belongs to another latent point."""
        return bool(self.elsewhere) and (self.away < 0 or place < self.away)

    def owner(self, place: int) -> str:
        """Return the name of the recording that a tier belongs to, "" for the generator's."""
        return self.owners[place] if place < len(self.owners) else ""

    def told(self, place: int) -> str:
        """Describe who owns a tier, and that its file has other tiers."""
        return ": ".join(words for words in (self.owner(place), self.change(place)) if words)

    def change(self, place: int) -> str:
        """Return the note that the file of this tier and those below has other tiers, "" if it has not."""
        return self.changed[place] if place < len(self.changed) else ""


NO_TIERS = TiersView()


@dataclass(frozen=True)
class AnswerTier:
    """The letters or phones that a network says: a tier of points that nobody edits; `key` is the lane of the
    answer, and `aside` names the network.
    """

    key: Hashable
    tier: Tier
    aside: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A tier's position: its zero-based index, upper edge, and height including the lower border."""

    place: int
    top_px: int
    height_px: int


def is_phones(tier: Tier) -> bool:
    """Return whether a tier holds single sounds, whose labels are larger than those of words."""
    return any(word in tier.name.lower() for word in _PHONES)


def tier_height_px(tier: Tier) -> int:
    """Return the height of a tier, including its lower border."""
    return PHONES_PX if is_phones(tier) else WORDS_PX


def rows(tiers: tuple[Tier, ...]) -> Iterator[Row]:
    """Yield the position of every tier."""
    top = 0
    for place, tier in enumerate(tiers):
        yield Row(place, top, tier_height_px(tier))
        top += tier_height_px(tier)
