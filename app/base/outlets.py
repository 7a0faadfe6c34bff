"""Protocols by which lower services reach higher ones."""

from __future__ import annotations

from typing import Any, Protocol, runtime_checkable


@runtime_checkable
class SoundOutlet(Protocol):
    """Plays a sound that no lane shows."""

    def play_apart(self, samples: Any, rate_hz: float, words: str) -> None:
        """Play it once and show what it is."""
        ...


@runtime_checkable
class PageSwitch(Protocol):
    """Brings a page to the front."""

    def show_page(self, id: str) -> None:
        """Show the page with this id."""
        ...
