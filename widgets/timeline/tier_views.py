"""What the tiers are told to show, and where each stands below the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from core.annotation.tiers import Tier

PHONES_PX, WORDS_PX = 32, 28
MOST_PX = 204  # more tiers than these scroll
_PHONES = ("phon", "segment", "ipa")


@dataclass(frozen=True)
class TiersView:
    """Tiers from top to bottom, which one is chosen, and why some cannot be changed here.

    `elsewhere` is not empty where the first `away` tiers, with -1 all, belong to another latent
    point; it says so. `owners` names, tier by tier, the recording that it belongs to, "" for none;
    `changed` says at the first of those that belong together that their file holds other ones.
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
        """Say whose a tier is, and that its file holds other ones."""
        return ": ".join(words for words in (self.owner(place), self.change(place)) if words)

    def change(self, place: int) -> str:
        """Report that the file of a tier and those below it holds other ones, "" where it does not."""
        return self.changed[place] if place < len(self.changed) else ""


NO_TIERS = TiersView()


@dataclass(frozen=True, slots=True)
class Row:
    """One tier's place: counted from 0, its upper edge, its height with the lower border."""

    place: int
    top_px: int
    height_px: int


def is_phones(tier: Tier) -> bool:
    """Return whether a tier holds single sounds, which are written larger than words."""
    return any(word in tier.name.lower() for word in _PHONES)


def tier_height_px(tier: Tier) -> int:
    """Return the height of a tier, its lower border included."""
    return PHONES_PX if is_phones(tier) else WORDS_PX


def rows(tiers: tuple[Tier, ...]) -> Iterator[Row]:
    """Return the place of every tier."""
    top = 0
    for place, tier in enumerate(tiers):
        yield Row(place, top, tier_height_px(tier))
        top += tier_height_px(tier)
