"""The names of layers as tables and results have them."""

from __future__ import annotations

from pathlib import PurePath

from app.recordings.open_recordings import PREFIX
from core.families.card import Card


def title_of(card: Card | None, key: str) -> str:
    """Give a layer's name as its lane's header has it, a recording's without what kind of file it is."""
    if key.startswith(PREFIX):
        return PurePath(key.removeprefix(PREFIX)).stem
    network, _, name = key.rpartition(".")
    layers = card.layers.get(network or "G", ()) if card else ()  # type: ignore[call-overload]
    title = next((layer.title for layer in layers if layer.name == name), name)
    return f"{network} {title}" if network else title
