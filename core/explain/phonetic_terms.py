"""A map in phonetic terms: what share of the relevance lies in which interval, formant, band or part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from core.explain.relevance import Relevance
from core.explain.segment_scores import Interval
from core.signals.track import Track

Mask = NDArray[np.bool_]
BANDS_HZ = ((0.0, 1000.0), (1000.0, 2000.0), (2000.0, 4000.0), (4000.0, 7000.0), (7000.0, np.inf))
HARMONIC_SHARE = 0.25  # of F0, on either side of a harmonic
LEAST_HALF_WIDTH_HZ = 50.0
SILENCE_DB = 25.0  # below the loudest frame, as Praat's annotation of silences


@dataclass(frozen=True)
class Acoustics:
    """What Praat measured in a sound: formants f1.. and their bandwidths b1.., pitch and intensity."""

    formants: Mapping[str, Track] = field(default_factory=dict[str, Track])
    pitch: Track | None = None
    intensity: Track | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """The share of the map's |relevance| in one place, what speaks for the target there, and chance.

    `chance` is the share that the same values have there after they were shuffled inside the field.
    """

    where: str
    share: float
    speaks_for: float
    chance: float


def shares(
    found: Relevance,
    inside: Mask,
    event: Interval | None = None,
    intervals: Sequence[Interval] = (),
    acoustics: Acoustics | None = None,
    seed: int = 0,
) -> tuple[Share, ...]:
    """Return the shares of one map, whose field is `inside` (both in the map's shape).

    `event` is the interval that is explained: its halves, and what lies before and after it, are places too;
    `intervals` are all labelled ones, by whose labels relevance is added up.
    """
    size = np.abs(found.values.astype(np.float64)) * inside
    total = size.sum()
    if not total:
        return ()
    shuffled = size.copy()
    shuffled[inside] = np.random.default_rng(seed).permutation(size[inside])
    positive = np.maximum(found.values, 0) * inside
    return tuple(
        Share(name, *(float(one[mask].sum() / total) for one in (size, positive, shuffled)))
        for name, mask in places(found, event, intervals, acoustics).items()
    )


def places(
    found: Relevance, event: Interval | None, intervals: Sequence[Interval], acoustics: Acoustics | None
) -> dict[str, Mask]:
    """Return where each place lies in the map, by its name."""
    times = found.axis.times()
    rows: dict[str, Mask] = {}
    if event is not None:
        middle = (event.start_s + event.end_s) / 2
        rows["first half"] = (times >= event.start_s) & (times < middle)
        rows["second half"] = (times >= middle) & (times < event.end_s)
        rows["before it"], rows["after it"] = times < event.start_s, times >= event.end_s
    for label in sorted({one.label for one in intervals if one.label}):
        rows[f"in {label}"] = _any(times, [one for one in intervals if one.label == label])
    if acoustics is not None and acoustics.intensity is not None:
        levels = _at(acoustics.intensity, times)
        rows["silence"] = ~(levels > np.nanmax(acoustics.intensity.samples) - SILENCE_DB)
    masks = {name: np.broadcast_to(row, found.values.shape) for name, row in rows.items()}
    if found.values.ndim == 2 and len(found.frequencies_hz):
        masks |= _in_frequency(found, times, acoustics)
    return masks


def _any(times: NDArray[np.float64], intervals: Sequence[Interval]) -> Mask:
    found = np.zeros(len(times), bool)
    for one in intervals:
        found |= (times >= one.start_s) & (times < one.end_s)
    return found


def _in_frequency(
    found: Relevance, times: NDArray[np.float64], acoustics: Acoustics | None
) -> dict[str, Mask]:
    hz, shape = found.frequencies_hz[:, None], found.values.shape
    masks = {
        _band_words(low, high): np.broadcast_to((hz >= low) & (hz < high), shape) for low, high in BANDS_HZ
    }
    masks = {name: mask for name, mask in masks.items() if mask.any()}
    if acoustics is None:
        return masks
    half_bins = np.gradient(found.frequencies_hz)[:, None] / 2  # a bin hears half way to its neighbours
    for k in range(1, 5):
        if f"f{k}" in acoustics.formants:
            centre = _at(acoustics.formants[f"f{k}"], times)
            width = _at(acoustics.formants[f"b{k}"], times) / 2
            width = np.maximum(width, LEAST_HALF_WIDTH_HZ)
            masks[f"F{k}"] = np.abs(hz - centre) <= np.maximum(width, half_bins)
    if acoustics.pitch is not None:
        f0 = _at(acoustics.pitch, times)
        off = np.abs(hz / f0 - np.maximum(1, np.round(hz / f0)))
        masks["harmonics"] = off <= HARMONIC_SHARE
    return masks


def _band_words(low: float, high: float) -> str:
    """Name a band.

    >>> _band_words(1000, 2000), _band_words(7000, np.inf)
    ('1 to 2 kHz', 'above 7 kHz')
    """
    return f"above {low / 1000:g} kHz" if np.isinf(high) else f"{low / 1000:g} to {high / 1000:g} kHz"


def _at(track: Track, times: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return a contour's nearest values; NaN where it has none."""
    place = np.round((times - track.axis.start_s) * track.axis.rate_hz).astype(int)
    values = np.asarray(track.samples, np.float64)[np.clip(place, 0, track.axis.n - 1)]
    return np.where((place >= 0) & (place < track.axis.n), values, np.nan)


@dataclass(frozen=True, slots=True)
class GroupRow:
    """One row of the phonetic table: the mean share of a group's events, its 95 % interval, and chance.

    `beyond_chance` says whether the interval of share minus chance lies above 0.
    """

    group: str
    where: str
    share: float
    low: float
    high: float
    speaks_for: float
    chance: float
    beyond_chance: bool
    events: int


LEAST_EVENTS = 5
DRAWS = 1000


def phonetic_table(events: Sequence[tuple[str, Sequence[Share]]], seed: int = 0) -> tuple[GroupRow, ...]:
    """Return the table of (group, shares of one event); groups with fewer than 5 events are left out.

    Intervals are bootstrapped over events. A place that an event has not counts for those that have it.
    """
    rows: list[GroupRow] = []
    groups: dict[str, list[Sequence[Share]]] = {}
    for group, found in events:
        groups.setdefault(group, []).append(found)
    for group, members in sorted(groups.items()):
        if len(members) < LEAST_EVENTS:
            continue
        names = dict.fromkeys(share.where for found in members for share in found)
        for where in names:
            given = [share for found in members for share in found if share.where == where]
            rows.append(_row(group, where, given, seed))
    return tuple(rows)


def left_out(events: Sequence[tuple[str, Sequence[Share]]]) -> tuple[tuple[str, int], ...]:
    """Return the groups with too few events for the table, and how many they have."""
    counts: dict[str, int] = {}
    for group, _ in events:
        counts[group] = counts.get(group, 0) + 1
    return tuple((group, count) for group, count in sorted(counts.items()) if count < LEAST_EVENTS)


def _row(group: str, where: str, given: Sequence[Share], seed: int) -> GroupRow:
    values = np.array([(one.share, one.speaks_for, one.chance) for one in given])
    chance = np.random.default_rng(seed)
    drawn = values[chance.integers(0, len(values), (DRAWS, len(values)))].mean(1)
    low, high = np.percentile(drawn[:, 0], (2.5, 97.5)).tolist()
    least = float(np.percentile(drawn[:, 0] - drawn[:, 2], 2.5))
    mean = values.mean(0).tolist()
    return GroupRow(group, where, mean[0], low, high, mean[1], mean[2], least > 0, len(values))
