"""A relevance map as files: arrays, tables, sounds through the map, and the record."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.explain.masking import Masked
from core.explain.occlusion import segment_rows
from core.explain.phonetic_terms import GroupRow
from core.explain.relevance import Relevance
from core.explain.sanity import Sanity
from core.export.record import write_json
from core.files.atomic import atomic
from core.files.npz import write_arrays
from core.files.table import digits
from core.files.wav import write_wav
from core.signals.axis import TimeAxis
from core.signals.track import Track

ARRAYS, TABLE, SEGMENTS, SANITY, RECORD = (
    "relevance.npz", "relevance.csv", "segments.csv", "sanity.csv", "relevance.json",
)  # fmt: skip
HEAD = ("file", "target", "method", "time_s", "frequency_hz", "relevance")
SEGMENT_HEAD = (
    "file",
    "target",
    "method",
    "label",
    "start_s",
    "end_s",
    "low_hz",
    "high_hz",
    "relevance",
    "spread",
)
SANITY_HEAD = ("file", "target", "method", "shuffled", "layers", "rho", "rho_signed")
GROUP_HEAD = ("group", "where", "share", "low", "high", "speaks_for", "chance", "beyond_chance", "events")
WAVES = ("through.wav", "complement.wav", "original.wav")


def write_map(folder: Path, found: Relevance, file: str, sanity: Sanity | None = None) -> list[str]:
    """Write a map's arrays and tables, and return the names of the files."""
    write_arrays(folder / ARRAYS, arrays_of(found, sanity))
    head = (file, found.target.words, found.method)
    _write_rows(folder / TABLE, HEAD, ((*head, *row) for row in _rows(found)))
    names = [ARRAYS, TABLE]
    if found.segments:
        rows = ((*head, *map(_cell, row)) for row in segment_rows(found.segments))
        _write_rows(folder / SEGMENTS, SEGMENT_HEAD, rows)
        names.append(SEGMENTS)
    if sanity is not None:
        _write_rows(folder / SANITY, SANITY_HEAD, ((*head, *row) for row in _sanity_rows(sanity)))
        names.append(SANITY)
    return names


def arrays_of(found: Relevance, sanity: Sanity | None = None) -> dict[str, NDArray[Any]]:
    """Return the arrays of `relevance.npz`.

    `relevance` has the shape of what it is of; `rho` and `rho_signed` are those of the cascade, in the order
    of `rho_layers`, the last layer that was shuffled in each step.
    """
    arrays: dict[str, NDArray[Any]] = {
        "relevance": found.values,
        "time_s": found.axis.times(),
        "frequency_hz": found.frequencies_hz,
        "target": np.array(found.target.words),
        "method": np.array(found.method),
        "score": np.array(found.score),
        "sum": np.array(found.sum),
    }
    if found.spread is not None:
        arrays["spread"] = found.spread
    if found.shares:
        arrays["layers"] = np.array([share.layer for share in found.shares])
        arrays["layer_sum"] = np.array([share.total for share in found.shares])
        arrays["layer_biases"] = np.array([share.biases for share in found.shares])
    if sanity is not None:
        for way, steps in (("rho", sanity.cascading), ("rho_independent", sanity.independent)):
            arrays[way] = np.array([step.rho for step in steps])
            arrays[f"{way}_signed"] = np.array([step.rho_signed for step in steps])
        arrays["rho_layers"] = np.array([step.layers[-1] for step in sanity.cascading])
        arrays["rho_random"] = np.array([sanity.floor, sanity.floor_signed])
    return arrays


def write_masked(folder: Path, made: Masked, found: Relevance) -> list[str]:
    """Write the three sounds, and return the names of the files."""
    axis = TimeAxis.of_sound(made.rate_hz, len(made.original))
    for name, samples in zip(WAVES, (made.through, made.complement, made.original), strict=True):
        origin = found.origin.of(reduction=name.removesuffix(".wav"))
        write_wav(folder / name, Track(name, samples, axis, origin=origin))
    return list(WAVES)


def record_of(found: Relevance, about: Mapping[str, Any], sanity: Sanity | None = None) -> dict[str, Any]:
    """Return everything that is needed to understand the map, JSON-ready."""
    record: dict[str, Any] = {
        **about,
        "target": asdict(found.target) | {"frames": list(found.target.frames)},
        "method": found.method,
        "with_respect_to": found.place,
        "score": found.score,
        "sum": found.sum,
        "shares": [asdict(share) for share in found.shares],
        "facts": dict(found.facts),
        "notes": list(found.notes),
        "origin": found.origin.plain(),
    }
    if sanity is not None:
        record["verdict"] = sanity.verdict
    return record


def write_record(folder: Path, record: Mapping[str, Any]) -> str:
    """Write the record, which comes last."""
    write_json(folder / RECORD, record)
    return RECORD


def write_groups(path: Path, rows: Sequence[GroupRow]) -> None:
    """Write the phonetic table."""
    _write_rows(path, GROUP_HEAD, (tuple(_cell(value) for value in asdict(row).values()) for row in rows))


def _rows(found: Relevance) -> Iterator[tuple[str, str, str]]:
    """Yield time, frequency (empty where there is none) and relevance of every place, time by time."""
    values = found.values[None] if found.is_curve else found.values
    bins = [digits(hz) for hz in found.frequencies_hz.tolist()] or [""] * len(values)
    if not len(found.frequencies_hz) and not found.is_curve:
        bins = [str(k + 1) for k in range(len(values))]
    for time_s, column in zip(found.axis.times().tolist(), values.T.tolist(), strict=True):
        for place, value in zip(bins, column, strict=True):
            yield f"{time_s:.9f}", place, digits(value)


def _sanity_rows(sanity: Sanity) -> Iterator[tuple[str, ...]]:
    for way, steps in (("cascading", sanity.cascading), ("independent", sanity.independent)):
        for step in steps:
            yield way, " ".join(step.layers), digits(step.rho), digits(step.rho_signed)
    yield "two shuffled networks", "", digits(sanity.floor), digits(sanity.floor_signed)


def _cell(value: object) -> str:
    return digits(value) if isinstance(value, float) else str(value)


def _write_rows(path: Path, head: Sequence[str], rows: Iterator[tuple[str, ...]]) -> None:
    with atomic(path) as draft, draft.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(head)
        writer.writerows(rows)
