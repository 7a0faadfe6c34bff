"""Layers as one long table, one row per sample, ready for R or a spreadsheet."""

from __future__ import annotations

import csv
import math
import os
from collections.abc import Iterator, Mapping

import numpy as np

from core.files.atomic import atomic
from core.signals.track import Track

COLUMNS: dict[str, str] = {
    "file": "name of the export folder, or of the sound that drove the network",
    "model": "the model's title, with the first digits of the SHA-256 of its weights",
    "layer": "fc, conv1, ..., out (pp after a post-processing filter)",
    "sample": "number of the sample in its layer, counted from 1",
    "time_s": "true time of the sample's centre in seconds, rounded to a nanosecond",
    "value": "mean over the layer's channels after the activation, at the layer's native rate",
}
"""The columns of `layers.csv` and what each one holds."""

Row = tuple[str, str, str, int, str, str]


def rows(file: str, model: str, tracks: Mapping[str, Track]) -> Iterator[Row]:
    """Yield the rows of all layers in the order of computation."""
    for layer, track in tracks.items():
        times = track.axis.times().tolist()
        for number, (time_s, value) in enumerate(zip(times, track.samples, strict=True), 1):
            yield file, model, layer, number, f"{time_s:.9f}", _number(value)


def digits(value: float) -> str:
    """Return a measured value for other programs: nine significant digits, "" if undefined.

    >>> digits(-0.02489999), digits(124.978331234), digits(float("nan"))
    ('-0.02489999', '124.978331', '')
    """
    return f"{value:.9g}" if math.isfinite(value) else ""


def _number(value: np.float32) -> str:
    """Return the shortest digits that read back as the same float32; NaN, Inf and -Inf as R writes them."""
    if math.isfinite(value):
        return str(value)
    return "NaN" if math.isnan(value) else "Inf" if value > 0 else "-Inf"


def write_table(path: str | os.PathLike[str], file: str, model: str, tracks: Mapping[str, Track]) -> None:
    """Write the long table of all layers as comma-separated UTF-8 with a header line."""
    with atomic(path) as draft, draft.open("w", encoding="utf-8", errors="replace", newline="") as out:
        table = csv.writer(out, lineterminator="\n")
        table.writerow(COLUMNS)
        table.writerows(rows(file, model, tracks))
