"""Tiers as tests make them, without a window."""

from __future__ import annotations

from app.shell.instrument import Instrument
from core.annotation.editing import add_boundary


def cut(services: Instrument, time_s: float) -> None:
    """Put the cursor at a time, and a boundary on the chosen tier."""
    services.session.set_cursor(time_s)
    services.tier_editor.change("boundary", lambda note, own: add_boundary(note, own, time_s))


def add_tiers(services: Instrument) -> None:
    """Add two interval tiers and a point tier, phones cut at 0.2, 0.4 and 0.6 s."""
    services.tier_editor.new_tiers(("phones", "words"), ("bell",))
    for time_s in (0.2, 0.4, 0.6):
        cut(services, time_s)
