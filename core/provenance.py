"""Where a track comes from: cache key, session record and export header at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import msgspec

Settings = tuple[tuple[str, str | float | int | bool | None], ...]


@dataclass(frozen=True, slots=True)
class Origin:
    """Everything a track depends on; equal origins mean equal numbers.

    `checkpoint` is the hash of the network's own tensors, `network` is "G", "D" or "Q", `point` the
    full latent vector (for G), `sound` the hash of the samples that drove the network or were
    analysed, `layer` the layer's name, `reduction` how channels became one curve ("mean",
    of a recording "2 channels averaged" or "channel 1 of 2", "" of one that has only one),
    `resampling` is "" at native rate or "as published", `analysis` and `settings` name what was
    computed from the curve. `moved_s` is by how much a recording was moved in time: the times of
    its curves are that much later than its own.
    """

    checkpoint: str = ""
    family: str = ""
    network: str = ""
    point: tuple[float, ...] = ()
    sound: str = ""
    layer: str = ""
    reduction: str = ""
    resampling: str = ""
    answers: Settings = ()
    analysis: str = ""
    settings: Settings = ()
    moved_s: float = 0.0

    def of(self, **changes: Any) -> Origin:
        """Give this origin with some fields changed."""
        return replace(self, **changes)

    def plain(self) -> dict[str, Any]:
        """Give this origin as JSON-ready values, empty fields left out."""
        whole = msgspec.to_builtins(self)
        kept = {name: value for name, value in whole.items() if value not in ("", [], (), 0.0)}
        for name in ("answers", "settings"):
            if name in kept:
                kept[name] = dict(kept[name])
        return kept

    @classmethod
    def from_plain(cls, values: Mapping[str, Any]) -> Origin:
        """Read what `plain` gave; unknown names are an error (`msgspec.ValidationError`)."""
        known = dict(values)
        for name in ("answers", "settings"):
            if name in known:
                known[name] = [list(pair) for pair in dict(known[name]).items()]
        return msgspec.convert(known, cls)


def settings_of(values: Any) -> Settings:
    """Give a settings dataclass as the sorted pairs that an Origin keeps."""
    return tuple(sorted(msgspec.to_builtins(values).items()))
