"""Occlusion: how much of the score goes with each interval in each band."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from core.explain.fills import FILLS, Fill, Perturbed
from core.explain.gradients import no_cause
from core.explain.ranks import spearman
from core.explain.segment_scores import SegmentScore
from core.explain.segments import Grid, SegmentSettings, grid_of, hears_samples
from core.explain.steps import IMAGE
from core.explain.subject import Found, Subject
from core.explain.targets import Target
from core.faults import Fault
from core.networks.spec import SoundDrive
from core.signals.axis import TimeAxis

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class OcclusionSettings:
    """The segments, what fills them, and how often noise is drawn anew; "all" takes every fill."""

    segments: SegmentSettings = field(default_factory=SegmentSettings)
    fill: Fill = "all"
    runs: int = 3
    seed: int = 0


def cause(subject: Subject, target: Target, place: str) -> str | None:
    """Return why a layer is refused: it has no intervals and bands to take away."""
    if place in ("image", "waveform"):
        return no_cause(subject, target, place)
    return f"it takes parts of the sound away, so it cannot be with respect to {place}. Use the image."


def occlusion(subject: Subject, target: Target, settings: OcclusionSettings, place: str) -> Found:
    """Return what the score loses without each segment, spread evenly over its places.

    Zeiler & Fergus 2014 with units of speech as patches. The sum is that of all segments' losses.
    """
    grid = grid_of(subject, settings.segments)
    perturbed = Perturbed(subject, target, grid)
    masks = [grid.number == k for k in range(len(grid.segments))]
    full = subject.score(target)
    rows: list[Floats] = []
    for fill in FILLS if settings.fill == "all" else (settings.fill,):
        for run in range(settings.runs if fill == "noise" else 1):
            rows.append(full - perturbed.scores(masks, fill, settings.seed + run))
    return found_of(subject, grid, np.array(rows), {})


def found_of(subject: Subject, grid: Grid, rows: Floats, facts: dict[str, float]) -> Found:
    """Return runs [runs, segments] as a map, with their spread and how well they agree."""
    value, spread = rows.mean(0), rows.std(0)
    if not np.any(np.abs(value) > 1e-9):
        raise Fault(
            "Nothing that was taken away changes this target.", "Explain another unit, or use other segments."
        )
    if len(rows) > 1 and rows.shape[1] > 2:
        agreed = [spearman(one, other) for one, other in combinations(rows, 2)]
        facts = {**facts, "agreement of runs": float(np.mean(agreed))}
    segments = tuple(
        SegmentScore(segment, float(value[k]), float(spread[k])) for k, segment in enumerate(grid.segments)
    )
    return Found(
        _map(subject, grid, value), IMAGE, spread=_map(subject, grid, spread), facts=facts, segments=segments
    )


def _map(subject: Subject, grid: Grid, values: Floats) -> NDArray[np.float32]:
    """Spread segments' values evenly over their places; over the samples, for a network that takes them."""
    each = np.append(values / np.maximum(1, grid.sizes()), 0.0)[grid.number]
    if not hears_samples(subject):
        return each.astype(np.float32)
    n, drive = int(subject.samples.shape[1]), subject.spec.drive
    assert isinstance(drive, SoundDrive)
    times = TimeAxis.of_sound(drive.rate_hz, n).times()
    nearest = np.clip(
        np.round((times - grid.axis.start_s) * grid.axis.rate_hz).astype(int), 0, grid.axis.n - 1
    )
    counts = np.bincount(nearest, minlength=grid.axis.n)
    return (each.sum(1) / np.maximum(1, counts))[nearest].astype(np.float32)[:, None]


def segment_rows(found: Sequence[SegmentScore]) -> list[tuple[str, float, float, float, float, float, float]]:
    """Return segments as rows: label, start and end in seconds, band in Hz, value, spread."""
    return [
        (one.segment.interval.label, one.segment.interval.start_s, one.segment.interval.end_s,
         one.segment.low_hz, one.segment.high_hz, one.value, one.spread)
        for one in found
    ]  # fmt: skip
