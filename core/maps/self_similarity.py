"""How alike a layer, or the output, is to itself at two times: repetition is a line beside the diagonal."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.analyses.spectrogram import SpectrogramSettings, cause, spectrogram
from core.faults import Fault
from core.probing.feature_maps import FeatureMaps
from core.signals.axis import Range, TimeAxis
from core.signals.track import Track

MOST_FRAMES = 400
SOUND_FRAMES = SpectrogramSettings(window_length_s=0.01, ceiling_hz=8000.0, time_step_s=0.005)


@dataclass(frozen=True, eq=False)
class SelfSimilarity:
    """Cosine similarities of frames, float32 [frames, frames] on `axis` in both directions, from −1 to 1.

    Frames without any activity have a similarity of NaN. `of` says what was compared.
    """

    values: NDArray[np.float32]
    axis: TimeAxis
    of: str


def similarity_of_maps(maps: FeatureMaps, most: int = MOST_FRAMES) -> SelfSimilarity:
    """Compare the channels of a layer at all pairs of times; blocks of samples are averaged first."""
    values, axis = blocks_of(maps.values.astype(np.float64), maps.axis, most)
    return SelfSimilarity(cosines(values), axis, f"{maps.channels} maps")


def similarity_of_sound(sound: Track, most: int = MOST_FRAMES) -> SelfSimilarity:
    """Compare the spectra of a sound at all pairs of times, each less the mean level (Foote, 1999).

    Raises Fault for a sound whose rate or length carries no spectrogram.
    """
    why = cause(sound.axis, SOUND_FRAMES)
    if why:
        raise Fault(f"No self-similarity: {why}.", "Choose a layer.")
    image = spectrogram(sound, SOUND_FRAMES)
    levels = image.values.astype(np.float64)
    floor = levels.max() - 70
    values, axis = blocks_of(np.maximum(levels, floor) - floor, image.axis, most)
    return SelfSimilarity(cosines(values), axis, "spectra")


def blocks_of(values: NDArray[np.float64], axis: TimeAxis, most: int) -> tuple[NDArray[np.float64], TimeAxis]:
    """Return means of blocks of frames, at most `most` of them, and their axis; the last part is left out."""
    each = max(1, -(-len(values) // most))
    count = len(values) // each
    means = values[: count * each].reshape(count, each, -1).mean(1)
    return means, TimeAxis(axis.rate_hz / each, count, axis.seconds((each - 1) / 2))


def cosines(values: NDArray[np.float64]) -> NDArray[np.float32]:
    """Return the cosine of the angle between all pairs of rows, float32 [rows, rows]; NaN for rows of zeros.

    >>> cosines(np.array([[1.0, 0.0], [2.0, 0.0], [0.0, 1.0]])).tolist()
    [[1.0, 1.0, 0.0], [1.0, 1.0, 0.0], [0.0, 0.0, 1.0]]
    """
    sizes = np.sqrt((values**2).sum(1))
    with np.errstate(invalid="ignore", divide="ignore"):
        unit = values / sizes[:, None]
        found = np.clip(unit @ unit.T, -1.0, 1.0)
    found[sizes == 0] = found[:, sizes == 0] = np.nan
    return found.astype(np.float32)


def interval_similarity(found: SelfSimilarity, intervals: tuple[Range, ...]) -> NDArray[np.float64]:
    """Return how alike pairs of intervals are, float64 [intervals, intervals].

    Each interval is read at the same number of points in normalised time, and the similarity of two is the
    mean along those points; NaN where an interval holds no frame.
    """
    points = [_places(found.axis, one) for one in intervals]
    rows = [[_mean(found.values, mine, theirs) for theirs in points] for mine in points]
    return np.array(rows, np.float64).reshape(len(points), len(points))


_POINTS = 20


def _places(axis: TimeAxis, window: Range) -> NDArray[np.intp]:
    times = window.start_s + (np.arange(_POINTS) + 0.5) / _POINTS * window.length_s
    places = np.rint((times - axis.start_s) * axis.rate_hz).astype(np.intp)
    return places if places[0] >= 0 and places[-1] < axis.n else np.zeros(0, np.intp)


def _mean(values: NDArray[np.float32], mine: NDArray[np.intp], theirs: NDArray[np.intp]) -> float:
    if not (mine.size and theirs.size):
        return float("nan")
    found = values[mine, theirs]
    known = found[np.isfinite(found)]
    return float(known.mean(dtype=np.float64)) if known.size else float("nan")
