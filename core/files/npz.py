"""Layers as numpy arrays at their native rates; equal layers give equal files, byte for byte."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.files.atomic import atomic
from core.signals.track import Track


def write_npz(
    path: str | os.PathLike[str],
    tracks: Mapping[str, Track],
    logits: NDArray[np.float32] | None = None,
) -> None:
    """Write the samples of each track under its key, float32 [samples], plus `logits` if given."""
    arrays: dict[str, Any] = {key: track.samples for key, track in tracks.items()}
    if logits is not None:
        arrays["logits"] = np.asarray(logits, dtype=np.float32)
    write_arrays(path, arrays)


def write_arrays(path: str | os.PathLike[str], arrays: Mapping[str, NDArray[Any]]) -> None:
    """Write arrays of any shape under their names."""
    kept: dict[str, Any] = dict(arrays)
    with atomic(path) as draft, draft.open("wb") as file:
        # numpy dates every member 1 January 1980, so equal arrays give equal files
        np.savez(file, **kept)
