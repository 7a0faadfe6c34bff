"""The names of layers as tables and results have them."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from app.recordings.open_recordings import PREFIX

if TYPE_CHECKING:
    from app.shell.instrument import Instrument


def title_of(on: Instrument, key: str) -> str:
    """Give a layer's name as its lane's header has it, a recording's without what kind of file it is."""
    if key.startswith(PREFIX):
        return PurePath(key.removeprefix(PREFIX)).stem
    network, _, name = key.rpartition(".")
    card = on.session.card
    layers = card.layers.get(network or "G", ()) if card else ()  # type: ignore[call-overload]
    title = next((layer.title for layer in layers if layer.name == name), name)
    return f"{network} {title}" if network else title
