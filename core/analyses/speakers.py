"""Formant ceilings by speaker, as Praat's manual recommends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from core.faults import Fault


@dataclass(frozen=True, slots=True)
class Speaker:
    """A kind of speaker, and the ceiling below which five formants of such a voice lie."""

    name: str
    ceiling_hz: float

    @property
    def title(self) -> str:
        """The text of the menu item: Man 5000 Hz."""
        return f"{self.name.capitalize()} {self.ceiling_hz:g} Hz"


SPEAKERS: Mapping[str, Speaker] = {
    one.name: one for one in (Speaker("man", 5000.0), Speaker("woman", 5500.0), Speaker("child", 8000.0))
}
"""All speakers by name (Praat's manual, Sound: To Formant (burg)...)."""

CEILINGS: Mapping[str, float] = {one.title: one.ceiling_hz for one in SPEAKERS.values()}
"""The named ceilings, for the settings form."""


def speaker_named(name: str) -> Speaker:
    """Return a speaker by name, in any case; raises Fault if there is none."""
    known = SPEAKERS.get(name.strip().lower())
    if known is None:
        raise Fault(f"No ceiling is known for “{name}”.", f"Choose among {', '.join(SPEAKERS)}.")
    return known


def ceiling_words(ceiling_hz: float) -> str:
    """Return a ceiling with the speaker it belongs to, if any.

    >>> ceiling_words(5000.0), ceiling_words(5300.0)
    ('5000 Hz (man)', '5300 Hz')
    """
    names = [one.name for one in SPEAKERS.values() if one.ceiling_hz == ceiling_hz]
    return f"{ceiling_hz:g} Hz ({names[0]})" if names else f"{ceiling_hz:g} Hz"
