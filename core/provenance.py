"""The origin of a track: cache key, session record and export header at once."""

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

    `checkpoint` is the hash of the network's own tensors and `network` its role ("G", "D" or "Q"). `drive` is
    the network's input: the full latent vector, or the hash of the samples, which also identifies an analysed
    recording. `edits` are the changes made to layers during the run. `layer` is the layer's name; `reduction`
    says how channels became one curve ("mean", for a recording "2 channels averaged" or "channel 1 of 2", ""
    for a mono one); `resampling` is "" at the native rate or "as published"; `analysis` and `settings` say
    what was computed from the curve. `moved_s` is the time shift of a recording, in seconds: the times of its
    curves are that much later than its own.
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
        """The full latent vector, or () if no latent point drove the network."""
        return self.drive if isinstance(self.drive, tuple) else ()

    @property
    def sound(self) -> str:
        """The hash of the sound that drove the network or was analysed, or ""."""
        return self.drive if isinstance(self.drive, str) else ""

    def of(self, **changes: Any) -> Origin:
        """Return this origin with some fields changed."""
        return replace(self, **changes)

    def plain(self) -> dict[str, Any]:
        """Return this origin as JSON-ready values, without empty fields.

        The drive is stored under "point" or "sound".
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
        """Return the origin that `plain` wrote. Raises `msgspec.ValidationError` for a value of another
        type.
        """
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
