"""All layers of one run of a network as sounds, arrays, a table and a record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.export.record import record, write_json
from core.families.card import Card
from core.files.npz import write_npz
from core.files.praat_sound import write_praat_sound
from core.files.table import write_table
from core.files.wav import write_wav
from core.signals.axis import Range
from core.signals.track import Track


@dataclass(frozen=True)
class LayerExport:
    """One run of a network: its drive, its layers, notes for the user, and the time that the sound covers
    (that of the model's output or input, if None).
    """

    network: str
    item: str
    drive: Mapping[str, Any]
    tracks: Mapping[str, Track]
    logits: NDArray[np.float32] | None = None
    notes: tuple[str, ...] = field(default=())
    extent: Range | None = None


def write_layers(done: LayerExport, card: Card, folder: Path) -> tuple[str, ...]:
    """Write every file, the record last; return their names."""
    files = _write_sounds(done, card, folder)
    write_npz(folder / "layers.npz", done.tracks, done.logits)
    write_table(folder / "layers.csv", done.item, card.label, done.tracks)
    files |= {"layers.npz": "native rates, float32", "layers.csv": "native rates, one row per sample"}
    about = record(card, done.network, done.drive, files)
    for layer in about["layers"]:  # of a network that takes any length, the card has no number of samples
        layer["samples"] = done.tracks[layer["name"]].axis.n
    write_json(folder / "origin.json", about)
    return (*files, "origin.json")


def _write_sounds(done: LayerExport, card: Card, folder: Path) -> dict[str, str]:
    """Write each layer as published and as a Praat Sound; return the file names with their descriptions."""
    from core.playback.sonification import published

    files: dict[str, str] = {}
    out_axis = card.out_axis
    for name, track in done.tracks.items():
        if card.sounds:
            write_wav(folder / f"{name}.wav", published(track, out_axis))
            files[f"{name}.wav"] = f"as published: linear, half-pixel, {card.rate_hz:g} Hz, clipped to -1..1"
        write_praat_sound(folder / f"{name}.Sound", track, done.extent or out_axis.extent)
        files[f"{name}.Sound"] = f"native rate, {track.axis.rate_hz:g} Hz, true start"
    return files
