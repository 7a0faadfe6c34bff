"""The record beside an export: everything needed to compute its numbers again.

It contains `z`, so it also serves as a point file: `--point origin.json`.
"""

from __future__ import annotations

import math
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from core.families.card import Answer, Card
from core.faults import Fault
from core.files.atomic import atomic
from core.files.json_text import json_bytes
from core.files.own_files import DAMAGE
from core.files.regular import check_beside, check_file
from core.files.table import COLUMNS
from core.files.versions import versions
from core.networks.latent import LARGEST, LatentLayout, Point
from core.networks.layer_info import LayerInfo
from core.networks.spec import SoundOutput

LARGEST_POINT_FILE = 16_000_000


def record(
    card: Card,
    network: str,
    drive: Mapping[str, Any],
    files: Mapping[str, str],
) -> dict[str, Any]:
    """Return the record of an export as JSON-ready values.

    `drive` comes from `point_drive`, or describes the sound; `files` maps each written file to its
    description.
    """
    return {
        "title": card.title,
        "family": card.family,
        "checkpoint": card.digest,
        "network": network,
        **drive,
        "answers": dict(card.answers),
        "assumed": assumed(card),
        "rate_hz": card.rate_hz,
        "slice_len": card.slice_len,
        "reduction": _reduction(card, network),
        "layers": [layer_facts(layer) for layer in card.layers[network]],
        "files": dict(files),
        "columns": COLUMNS,
        "versions": versions(),
    }


def _reduction(card: Card, network: str) -> str:
    """Return how layers become curves; of a sound of several channels, one may be chosen."""
    words, output = "mean over the channels after the activation", card.networks[network].output
    if isinstance(output, SoundOutput) and output.channel:
        words += f"; channel {output.channel} of the output"
    return words


def point_drive(
    layout: LatentLayout,
    point: Point,
    seed: int | None,
    code: Sequence[float] | None,
    changes: Mapping[str, float],
) -> dict[str, Any]:
    """Return the description of a latent point in a record: the whole vector, and how it was made."""
    said: dict[str, Any] = {"z": list(point.z), "names": list(layout.names())}
    if seed is not None:
        said["seed"] = seed
    return said | {"code": list(point.z[: layout.code] if code is None else code), "changes": dict(changes)}


def assumed(card: Card) -> dict[str, Answer]:
    """Return the answers that were assumed because neither the files nor the user gave them."""
    return {name: card.answers[name] for name in card.unanswered}


def layer_facts(layer: LayerInfo) -> dict[str, Any]:
    """Return a layer's name, channels, samples, rate, Nyquist frequency and true start."""
    return {
        "name": layer.name,
        "channels": layer.channels,
        "samples": layer.axis.n,
        "rate_hz": layer.axis.rate_hz,
        "nyquist_hz": layer.axis.nyquist_hz,
        "start_s": layer.axis.start_s,
    }


def write_json(path: str | os.PathLike[str], values: Mapping[str, Any]) -> None:
    """Write JSON-ready values, indented; never through a link that leads out of the folder."""
    check_beside(Path(path))
    with atomic(path) as draft:
        draft.write_bytes(msgspec.json.format(json_bytes(values), indent=2) + b"\n")


class _PointFile(msgspec.Struct):
    z: list[float]
    checkpoint: str = ""


def read_point(path: str | os.PathLike[str], layout: LatentLayout) -> Point:
    """Read the full latent vector `z` of a point file. Raises Fault if it does not fit `layout`."""
    z = _point_file(Path(path)).z
    if len(z) != layout.size:
        raise Fault(f"The point file's z has {len(z)} values; this model takes {layout.size}.")
    if not all(map(math.isfinite, z)):
        raise Fault("The point file's z contains a value that is not a finite number.")
    if max(map(abs, z), default=0.0) > LARGEST:
        raise Fault("The point file's z contains a value that is too large for a latent variable.")
    return Point(tuple(map(float, z)))


def point_checkpoint(path: str | os.PathLike[str]) -> str:
    """Return the digest of the checkpoint that a point file was written with, "" if it does not say."""
    return _point_file(Path(path)).checkpoint


def _point_file(path: Path) -> _PointFile:
    check_file(path)
    try:
        with path.open("rb") as file:
            text = file.read(LARGEST_POINT_FILE)
    except OSError as problem:
        raise Fault(f"The point file “{path}” could not be read: {problem.strerror}.") from None
    try:
        return msgspec.json.decode(text, type=_PointFile)
    except DAMAGE:
        raise Fault(
            f"“{path}” is not a point file.",
            'A point file is JSON with the full latent vector: {"z": [0.1, ...]}.',
        ) from None
