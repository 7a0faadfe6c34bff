"""The formant ceiling by speaker, as Praat's manual advises."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from core.faults import Fault


@dataclass(frozen=True, slots=True)
class Speaker:
    """A kind of speaker and the ceiling below which five formants of such a voice lie."""

    name: str
    ceiling_hz: float

    @property
    def title(self) -> str:
        """The choice as the screen shows it: Man 5000 Hz."""
        return f"{self.name.capitalize()} {self.ceiling_hz:g} Hz"


SPEAKERS: Mapping[str, Speaker] = {
    one.name: one for one in (Speaker("man", 5000.0), Speaker("woman", 5500.0), Speaker("child", 8000.0))
}
"""All speakers by name (Praat's manual, Sound: To Formant (burg)...)."""

CEILINGS: Mapping[str, float] = {one.title: one.ceiling_hz for one in SPEAKERS.values()}
"""The named ceilings, for the settings form."""


def speaker_named(name: str) -> Speaker:
    """Give a speaker by name, whatever its case. Raises Fault for another word."""
    known = SPEAKERS.get(name.strip().lower())
    if known is None:
        raise Fault(f"There is no ceiling for “{name}”.", f"Choose among {', '.join(SPEAKERS)}.")
    return known


def ceiling_words(ceiling_hz: float) -> str:
    """Give a ceiling with the speaker that it is for, where it has one.

    >>> ceiling_words(5000.0), ceiling_words(5300.0)
    ('5000 Hz (man)', '5300 Hz')
    """
    names = [one.name for one in SPEAKERS.values() if one.ceiling_hz == ceiling_hz]
    return f"{ceiling_hz:g} Hz ({names[0]})" if names else f"{ceiling_hz:g} Hz"
