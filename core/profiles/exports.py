"""Profiles as files: arrays, tables for R, the Embedding Projector's tables, and iNNtrospect's folders."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.faults import Fault
from core.files.atomic import atomic, folder_for
from core.files.npz import write_arrays
from core.files.table import digits
from core.phonemes.arpabet import manner_of, place_of
from core.profiles.profile_set import LayerProfiles, ProfileSet, Weights


def write_profiles(found: ProfileSet, path: Path, plain: bool, weights: Weights = "uniform") -> None:
    """Write every profile under LAYER/GROUP, float32 [units, time]."""
    arrays: dict[str, NDArray[Any]] = {}
    for layer in found.layers.values():
        if not layer.groups:
            continue
        rows = layer.means() if plain else layer.contrasts(weights)
        for group, row in zip(layer.names, rows, strict=True):
            arrays[f"{layer.name}/{_safe(group)}"] = row.astype(np.float32)
    write_arrays(path, arrays)


def _safe(group: str) -> str:
    """Return a group's name for a key: an archive's member cannot hold a slash of its own.

    >>> _safe("i/y")
    'i∕y'
    """
    return group.replace("/", "∕")


def write_rows(path: Path, head: Sequence[str], rows: Iterator[Sequence[Any]]) -> None:
    """Write a table as comma-separated UTF-8."""
    with atomic(path) as draft, draft.open("w", encoding="utf-8", errors="replace", newline="") as out:
        table = csv.writer(out, lineterminator="\n")
        table.writerow(head)
        table.writerows(rows)


def write_counts(found: ProfileSet, path: Path) -> None:
    """Write the number of events of every group, also of those left out."""
    rows = ((group, count, int(group not in found.left_out)) for group, count in found.counts.items())
    write_rows(path, ("group", "events", "used"), rows)


def write_curves(found: ProfileSet, path: Path) -> None:
    """Write the event-related averages, one row per layer, group and step."""
    write_rows(path, ("layer", "group", "time_s", "mean", "low", "high", "events"), _curves(found))


def _curves(found: ProfileSet) -> Iterator[Sequence[Any]]:
    for layer in found.layers.values():
        for group, one in layer.groups.items():
            for k, (mean, low, high) in enumerate(zip(one.curve, one.low, one.high, strict=True)):
                time_s = (k - layer.centre) * layer.step_s
                yield layer.name, group, digits(time_s), digits(mean), digits(low), digits(high), one.count


def write_units(found: ProfileSet, path: Path, plain: bool, weights: Weights = "uniform") -> None:
    """Write every unit's profile value at the aligned step, one row per layer, unit and group."""

    def rows() -> Iterator[Sequence[Any]]:
        for layer in found.layers.values():
            if not layer.groups:
                continue
            values = (layer.means() if plain else layer.contrasts(weights))[:, :, layer.centre]
            for unit in range(values.shape[1]):
                for group, value in zip(layer.names, values[:, unit].tolist(), strict=True):
                    yield layer.name, unit + 1, group, digits(value)

    write_rows(path, ("layer", "unit", "group", "value"), rows())


def write_excerpts(found: ProfileSet, names: Sequence[str], path: Path) -> None:
    """Write what drives each unit most; `names` are the corpus's recordings."""

    def rows() -> Iterator[Sequence[Any]]:
        for layer in found.layers.values():
            some = layer.excerpts
            for unit, rank in np.ndindex(*some.value.shape):
                place = int(some.recording[unit, rank])
                yield (
                    layer.name, unit + 1, rank + 1, names[place], digits(float(some.time_s[unit, rank])),
                    str(some.group[unit, rank]), digits(float(some.value[unit, rank])),
                )  # fmt: skip

    write_rows(path, ("layer", "unit", "rank", "file", "time_s", "group", "activation"), rows())


def write_projector(found: ProfileSet, names: Sequence[str], folder: Path) -> None:
    """Write each layer's sampled events: LAYER.tsv with vectors, metadata.tsv with what they are."""
    folder_for(folder)
    with atomic(folder / "metadata.tsv") as draft:
        rows = ["group\tmanner\tplace\tfile"]
        for group, place in zip(found.sampled, found.spoken, strict=True):
            told = (group, manner_of(group) or "", place_of(group) or "", names[place])
            rows.append("\t".join(one.replace("\t", " ") for one in told))
        draft.write_text("\n".join(rows) + "\n", encoding="utf-8")
    for layer in found.layers.values():
        with atomic(folder / f"{layer.name}.tsv") as draft:
            lines = ("\t".join(digits(value) for value in row) for row in layer.vectors.tolist())
            draft.write_text("\n".join(lines) + "\n", encoding="utf-8")


# --- iNNtrospect


class ExampleFolder:
    """iNNtrospect's folders: acts/layerNNN/batchNNNN.npy, grads/ likewise, naps/layerNNN.npy, groups.json.

    A batch is a recording; its arrays are float32 [examples, time, units], unaligned. Examples are numbered
    through all batches. Written again, a batch replaces itself, so a resumed run leaves the same files.
    """

    def __init__(self, folder: Path, layers: Sequence[str]) -> None:
        self._folder, self._layers = folder_for(folder), tuple(layers)
        with atomic(self._folder / "layers.json") as draft:
            draft.write_text(json.dumps(list(layers), ensure_ascii=False) + "\n", encoding="utf-8")

    def put(
        self,
        batch: int,
        groups: Sequence[str],
        examples: dict[str, list[tuple[NDArray[np.float32], NDArray[np.float32]]]],
    ) -> None:
        """Write the activations and gradients of a recording's examples, and the group of each."""
        place = folder_for(self._folder / "parts")
        with atomic(place / f"batch{batch:04}.json") as draft:
            draft.write_text(json.dumps(list(groups), ensure_ascii=False), encoding="utf-8")
        for number, name in enumerate(self._layers):
            if name not in examples:
                continue
            for kind, rows in zip(("acts", "grads"), zip(*examples[name], strict=True), strict=True):
                place = folder_for(self._folder / kind / f"layer{number:03}")
                with atomic(place / f"batch{batch:04}.npy") as draft:
                    np.save(draft, np.stack(rows))

    def finish(self, found: ProfileSet) -> None:
        """Write the profiles, float32 [groups, time, units], and the examples of each group."""
        place = folder_for(self._folder / "naps")
        for number, name in enumerate(self._layers):
            layer = found.layers.get(name)
            if layer is not None and layer.groups:
                with atomic(place / f"layer{number:03}.npy") as draft:
                    np.save(draft, layer.contrasts().transpose(0, 2, 1).astype(np.float32))
        parts = sorted((self._folder / "parts").glob("batch*.json"))
        names = [name for path in parts for name in json.loads(path.read_text(encoding="utf-8"))]
        groups = {name: [k for k, one in enumerate(names) if one == name] for name in sorted(set(names))}
        with atomic(self._folder / "groups.json") as draft:
            draft.write_text(json.dumps(groups, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        shutil.rmtree(self._folder / "parts", ignore_errors=True)


@dataclass(frozen=True, eq=False)
class ReadExamples:
    """What iNNtrospect's folders hold: by layer, activations and gradients [examples, time, units]; the
    profiles [groups, time, units]; the examples of each group.
    """

    layers: tuple[str, ...]
    acts: dict[str, NDArray[np.float32]]
    grads: dict[str, NDArray[np.float32]]
    naps: dict[str, NDArray[np.float32]]
    groups: dict[str, list[int]]


def read_examples(folder: Path) -> ReadExamples:
    """Read iNNtrospect's folders, ours or others'; raises Fault if they are incomplete or damaged."""
    try:
        groups: dict[str, list[int]] = {}
        for path in sorted(folder.glob("*.json")):
            told: Any = json.loads(path.read_text(encoding="utf-8"))
            if isinstance(told, dict):
                groups |= told
        places = sorted({path.name for path in (folder / "acts").iterdir() if path.is_dir()})
        told = _names(folder, places)
        acts = {name: _batches(folder / "acts" / place) for name, place in told.items()}
        grads = {
            name: _batches(folder / "grads" / place)
            for name, place in told.items()
            if (folder / "grads" / place).is_dir()
        }
        naps = {
            name: np.load(folder / "naps" / f"{place}.npy", allow_pickle=False)
            for name, place in told.items()
            if (folder / "naps" / f"{place}.npy").is_file()
        }
    except (OSError, ValueError) as problem:
        raise Fault(f"“{folder}” does not hold iNNtrospect's arrays: {problem}.") from problem
    return ReadExamples(tuple(told), acts, grads, naps, groups)


def _names(folder: Path, places: Sequence[str]) -> dict[str, str]:
    """Return the folder of each layer by its name, by its number if no list of names lies there."""
    try:
        names: Any = json.loads((folder / "layers.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        names = []
    return {
        names[int(place[5:])] if int(place[5:]) < len(names) else place: place
        for place in places
        if place[5:].isdecimal()
    }


def _batches(folder: Path) -> NDArray[np.float32]:
    parts = [np.load(path, allow_pickle=False) for path in sorted(folder.glob("batch*.npy"))]
    if not parts:
        raise ValueError(f"{folder.name} is empty")
    return np.concatenate(parts)


def mean_agreement(layer: LayerProfiles) -> tuple[float, float]:
    """Return the mean agreement of examples before and after their alignment, over groups."""
    rows = [(one.agreement_before, one.agreement_after) for one in layer.groups.values()]
    if not rows:
        return float("nan"), float("nan")
    before, after = np.nanmean(np.array(rows), 0)
    return float(before), float(after)
