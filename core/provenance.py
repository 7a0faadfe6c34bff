"""Where a track comes from: cache key, session record and export header at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import msgspec

Settings = tuple[tuple[str, str | float | int | bool | None], ...]
Drive = tuple[float, ...] | str
PAIRED = ("answers", "settings")


@dataclass(frozen=True, slots=True)
class Origin:
    """Everything a track depends on; equal origins mean equal numbers.

    `checkpoint` is the hash of the network's own tensors, `network` its role ("G", "D" or "Q").
    `drive` is what drove it, the full latent vector or the hash of the samples; that hash also
    stands for a recording that was analysed. `edits` are the changes made to layers on the way.
    `layer` is the layer's name, `reduction` how channels became one curve ("mean", of a recording
    "2 channels averaged" or "channel 1 of 2", "" of one that has only one), `resampling` is "" at
    native rate or "as published", `analysis` and `settings` name what was computed from the curve.
    `moved_s` is by how much a recording was moved in time: the times of its curves are that much
    later than its own.
    """

    checkpoint: str = ""
    family: str = ""
    network: str = ""
    drive: Drive = ()
    edits: tuple[Settings, ...] = ()
    layer: str = ""
    reduction: str = ""
    resampling: str = ""
    answers: Settings = ()
    analysis: str = ""
    settings: Settings = ()
    moved_s: float = 0.0

    @property
    def point(self) -> tuple[float, ...]:
        """The full latent vector, () where no latent point drove the network."""
        return self.drive if isinstance(self.drive, tuple) else ()

    @property
    def sound(self) -> str:
        """The hash of the sound that drove the network or was analysed, "" where there was none."""
        return self.drive if isinstance(self.drive, str) else ""

    def of(self, **changes: Any) -> Origin:
        """Return this origin with some fields changed."""
        return replace(self, **changes)

    def plain(self) -> dict[str, Any]:
        """Return this origin as JSON-ready values, empty fields left out.

        The drive goes under "point" or "sound", whichever it is.
        """
        drive = "point" if self.point else "sound"
        built = msgspec.to_builtins(self)
        whole = {drive if name == "drive" else name: value for name, value in built.items()}
        kept = {name: value for name, value in whole.items() if value not in ("", [], (), 0.0)}
        for name in PAIRED:
            if name in kept:
                kept[name] = dict(kept[name])
        if self.edits:
            kept["edits"] = [dict(edit) for edit in self.edits]
        return kept

    @classmethod
    def from_plain(cls, values: Mapping[str, Any]) -> Origin:
        """Read what `plain` gave; raises `msgspec.ValidationError` for a value of another type."""
        known = {"drive" if name in ("point", "sound") else name: value for name, value in values.items()}
        for name in PAIRED:
            if name in known:
                known[name] = _pairs(known[name])
        if "edits" in known:
            known["edits"] = [_pairs(edit) for edit in known["edits"]]
        return msgspec.convert(known, cls)


def _pairs(values: Any) -> list[list[Any]]:
    return [list(pair) for pair in dict(values).items()]


def settings_of(values: Any) -> Settings:
    """Return a settings dataclass as the sorted pairs that an Origin keeps."""
    return tuple(sorted(msgspec.to_builtins(values).items()))
