"""Everything that a corpus has given so far, added up recording by recording, on disk between runs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from core.faults import Fault
from core.files.npz import write_arrays
from core.profiles.group_sums import GroupSums

if TYPE_CHECKING:
    from core.profiles.collect import RecordingPart

VECTORS = 40
"""The events of each group whose vectors are kept, for silhouettes and probes; drawn evenly from all."""

EXCERPTS = 12
"""The recordings that are remembered for each unit, those with its largest activations."""

Strings = NDArray[np.str_]


@dataclass(eq=False)
class Excerpts:
    """The largest activations of each unit [units, excerpts], best first: value, time, recording, group."""

    value: NDArray[np.float32]
    time_s: NDArray[np.float64]
    recording: NDArray[np.int64]
    group: Strings

    @classmethod
    def none(cls, units: int) -> Excerpts:
        """Return no excerpts."""
        shape = (units, 0)
        return cls(
            np.zeros(shape, np.float32), np.zeros(shape), np.zeros(shape, np.int64), np.zeros(shape, "U1")
        )

    def with_more(self, other: Excerpts) -> Excerpts:
        """Return the best of both."""
        value = np.concatenate([self.value, other.value], 1)
        order = np.argsort(-value, 1, kind="stable")[:, :EXCERPTS]
        joined = (
            np.take_along_axis(np.concatenate([getattr(self, name), getattr(other, name)], 1), order, 1)
            for name in ("value", "time_s", "recording", "group")
        )
        return Excerpts(*joined)


@dataclass(eq=False)
class CorpusSums:
    """Sums by layer and group, an even sample of events with a vector per layer, and each unit's excerpts.

    Of event k of the sample, `order[k]` decides whether it stays, `sampled[k]` is its group and `spoken[k]`
    the number of its recording.
    """

    sums: dict[str, dict[str, GroupSums]] = field(default_factory=dict[str, dict[str, GroupSums]])
    rates_hz: dict[str, float] = field(default_factory=dict[str, float])
    excerpts: dict[str, Excerpts] = field(default_factory=dict[str, Excerpts])
    vectors: dict[str, NDArray[np.float32]] = field(default_factory=dict[str, NDArray[np.float32]])
    order: list[int] = field(default_factory=list[int])
    sampled: list[str] = field(default_factory=list[str])
    spoken: list[int] = field(default_factory=list[int])
    done: int = 0
    notes: list[str] = field(default_factory=list[str])

    def add(self, part: RecordingPart, number: int) -> None:
        """Add a recording, the one with this place in the corpus."""
        for name, groups in part.sums.items():
            mine = self.sums.setdefault(name, {})
            for group, sums in groups.items():
                if group in mine:
                    mine[group].add(sums)
                else:
                    mine[group] = sums
        self.rates_hz |= part.rates_hz
        for name, peaks in part.peaks.items():
            shape = peaks.value.shape
            found = Excerpts(
                peaks.value[:, None], peaks.time_s[:, None], np.full((*shape, 1), number),
                np.array(peaks.group, dtype=np.str_)[:, None],
            )  # fmt: skip
            self.excerpts[name] = self.excerpts.get(name, Excerpts.none(shape[0])).with_more(found)
        self._sample(part, number)

    def _sample(self, part: RecordingPart, number: int) -> None:
        """Keep `VECTORS` events of each group, those with the smallest hash of their place in the corpus."""
        if not part.groups:
            return
        more = [_hash(number, place) for place in range(len(part.groups))]
        order, sampled = self.order + more, self.sampled + part.groups
        spoken = self.spoken + [number] * len(more)
        places: dict[str, list[int]] = {}
        for k in sorted(range(len(order)), key=lambda k: order[k]):
            some = places.setdefault(sampled[k], [])
            if len(some) < VECTORS:
                some.append(k)
        kept = sorted(k for some in places.values() for k in some)
        for name, rows in part.vectors.items():
            new = np.stack(rows)
            both = np.concatenate([self.vectors[name], new]) if name in self.vectors else new
            self.vectors[name] = both[kept]
        self.order = [order[k] for k in kept]
        self.sampled = [sampled[k] for k in kept]
        self.spoken = [spoken[k] for k in kept]

    def save(self, path: Path, request: str) -> None:
        """Write everything to one file; the old content stays until the new is complete."""
        told: dict[str, Any] = {
            "request": request, "done": self.done, "rates_hz": self.rates_hz, "notes": self.notes,
            "order": self.order, "sampled": self.sampled, "spoken": self.spoken,
            "layers": list(self.sums), "vectors": list(self.vectors),
            "groups": {name: list(groups) for name, groups in self.sums.items()},
        }  # fmt: skip
        arrays: dict[str, NDArray[Any]] = {"told": np.frombuffer(json.dumps(told).encode(), np.uint8)}
        for name, groups in self.sums.items():
            for k, sums in enumerate(groups.values()):
                arrays |= {f"{name}|{k}|{one.name}": np.asarray(getattr(sums, one.name)) for one in _PARTS}
        for name, found in self.excerpts.items():
            arrays |= {f"{name}|{one}": getattr(found, one) for one in _EXCERPTS}
        arrays |= {f"{name}|vectors": rows for name, rows in self.vectors.items()}
        write_arrays(path, arrays)

    @classmethod
    def read(cls, path: Path, request: str) -> CorpusSums:
        """Return what an earlier run saved, or nothing if there is none or it is damaged.

        Raises Fault if the file is of another request.
        """
        try:
            with np.load(path, allow_pickle=False) as file:
                arrays: dict[str, NDArray[Any]] = dict(file)
            told: dict[str, Any] = json.loads(arrays["told"].tobytes())
            if told["request"] != request:
                raise Fault(
                    f"“{path.parent}” holds the beginning of other profiles.",
                    "Choose another folder, or delete it.",
                )
            return cls._of(told, arrays)
        except (OSError, ValueError, KeyError, TypeError, EOFError):
            return cls()

    @classmethod
    def _of(cls, told: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> CorpusSums:
        made = cls(
            rates_hz=told["rates_hz"], order=told["order"], sampled=told["sampled"],
            spoken=told["spoken"], done=told["done"], notes=told["notes"],
        )  # fmt: skip
        for name in told["layers"]:
            made.sums[name] = {
                group: GroupSums(**{one.name: _value(arrays[f"{name}|{k}|{one.name}"]) for one in _PARTS})
                for k, group in enumerate(told["groups"][name])
            }
            made.excerpts[name] = Excerpts(*(arrays[f"{name}|{one}"] for one in _EXCERPTS))
        made.vectors = {name: arrays[f"{name}|vectors"] for name in told["vectors"]}
        return made


_PARTS = fields(GroupSums)
_EXCERPTS = tuple(one.name for one in fields(Excerpts))


def _value(array: NDArray[Any]) -> Any:
    return array if array.ndim else array.item()


def _hash(number: int, place: int) -> int:
    text = f"{number} {place}".encode()
    return int.from_bytes(hashlib.blake2b(text, digest_size=6).digest(), "big")
