"""Formants of a long sound in parts for several workers; the numbers equal those of one Praat call.

Resampling and pre-emphasis concern the whole sound and are done once; after that each frame depends
only on its own window. A part concatenates the windows of its frames and lets Praat analyse them with
a time step of one window, so that every frame has the same position relative to the samples as in the
whole sound. The results are bit-identical.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.analyses.formants import FormantSettings, carried, formant_count, named
from core.analyses.praat import call_praat, or_automatic, sound_of
from core.analyses.results import Contour, Doubles, frame_axis, origin_of
from core.signals.axis import TimeAxis
from core.signals.track import Track
from core.tiles.praat_resampling import resampled

_NO_PRE_EMPHASIS_HZ = 1e12
"""So high that exp(−2π f dx) is 0 and Praat's pre-emphasis changes nothing."""

_AT_ONCE = 1024
"""Frames in one call: enough to make the overhead of Praat's objects small."""

_SPARE = 2
"""Extra samples beside each window, so that rounding never makes Praat drop a frame."""


@dataclass(frozen=True, slots=True)
class Frames:
    """Praat's frames of a sound: how many, and the size of their windows in samples."""

    first_s: float
    step_s: float
    n: int
    half: int
    window: int


@dataclass(frozen=True, slots=True)
class Part:
    """The work of one worker: frames given by the starts of their windows, counted from its first sample."""

    settings: FormantSettings
    starts: NDArray[np.intp]


def emphasized(track: Track, settings: FormantSettings) -> Contour:
    """Return the input of Praat's formant analysis: resampled to twice the ceiling and pre-emphasized."""
    used = carried(track.axis, settings)
    sound: Any = sound_of(track)
    rate_hz: float = track.axis.rate_hz
    values: Any = np.array(sound.values[0])
    start_s: float = sound.x1
    if not math.isclose(used.ceiling_hz / (0.5 / sound.dx), 1.0, rel_tol=0, abs_tol=1e-12):
        rate_hz = 2 * used.ceiling_hz
        values, start_s = resampled(sound, rate_hz)
    # not Praat's command "Pre-emphasize (in-place)", which also rescales the sound
    values[1:] -= math.exp(-2.0 * math.pi * used.pre_emphasis_from_hz * (1.0 / rate_hz)) * values[:-1]
    return Contour("emphasized", values, TimeAxis(rate_hz, values.size, start_s))


def frames_of(axis: TimeAxis, settings: FormantSettings) -> Frames:
    """Return Praat's frames (fon/Sound_to_Formant.cpp), with the order of its arithmetic."""
    dx, half_s = 1.0 / axis.rate_hz, settings.window_length_s
    step_s = or_automatic(settings.time_step_s) or half_s / 4.0
    duration_s, window_s = axis.n * dx, 2.0 * half_s
    n = 1 + math.floor((duration_s - window_s) / step_s)
    window = math.floor(window_s / dx)
    first_s = axis.start_s + 0.5 * (duration_s - dx - (n - 1) * step_s)
    return Frames(first_s, step_s, n, window // 2, window)


def starts_of(axis: TimeAxis, frames: Frames) -> NDArray[np.intp]:
    """Return the zero-based sample at which each frame's window begins, integers [frames]."""
    times_s = frames.first_s + np.arange(frames.n) * frames.step_s
    left = np.floor((times_s - axis.start_s) / (1.0 / axis.rate_hz) + 1.0).astype(np.intp)
    return left - frames.half


def cut(sound: Contour, settings: FormantSettings, parts: int) -> list[tuple[Contour, Part]]:
    """Cut a sound into parts with equally many frames; empty if Praat would truncate a window."""
    used = carried(sound.axis, settings)
    frames = frames_of(sound.axis, used)
    starts = starts_of(sound.axis, frames)
    if frames.n < parts or starts[0] < 0 or starts[-1] + 2 * frames.half > sound.axis.n:
        return []
    edges = np.linspace(0, frames.n, parts + 1).astype(int)
    return [_stretch(sound, used, frames, starts[begin:end]) for begin, end in pairwise(edges)]


def _stretch(
    sound: Contour, settings: FormantSettings, frames: Frames, starts: NDArray[np.intp]
) -> tuple[Contour, Part]:
    first = int(starts[0])
    values: Any = sound.samples[first : int(starts[-1]) + frames.window]
    axis = TimeAxis(sound.axis.rate_hz, values.size, sound.axis.seconds(first))
    return Contour("emphasized", values, axis), Part(settings, starts - first)


def formant_part(sound: Track, part: Part) -> Doubles:
    """Return frequencies and bandwidths of the frames of one part, float64 [2, count, frames]."""
    frames = frames_of(sound.axis, part.settings)
    row = frames.window + frames.window % 2 + _SPARE
    lead = row // 2 - frames.half
    padded = np.pad(np.asarray(sound.samples, dtype=np.float64), (lead, row))
    windows = np.lib.stride_tricks.sliding_window_view(padded, row)
    edges = [*range(0, part.starts.size, _AT_ONCE), part.starts.size]
    rows = [_row(windows[part.starts[a:b]], sound.axis, part.settings) for a, b in pairwise(edges)]
    return np.concatenate(rows, axis=2)


def _row(windows: Doubles, axis: TimeAxis, settings: FormantSettings) -> Doubles:
    dx, samples = 1.0 / axis.rate_hz, windows.size
    step_s = _short(windows.shape[1] * dx)
    # with the first frame at 0, Praat's arithmetic finds the frame numbers exactly
    middle_s = 0.5 * (samples * dx - dx - (windows.shape[0] - 1) * step_s)
    laid = Track("windows", np.zeros(0, np.float32), TimeAxis(axis.rate_hz, 0, -middle_s))
    found = sound_of(laid, windows.reshape(-1)).to_formant_burg(
        time_step=step_s,
        max_number_of_formants=settings.max_formants,
        maximum_formant=0.5 * axis.rate_hz,
        window_length=settings.window_length_s,
        pre_emphasis_from=_NO_PRE_EMPHASIS_HZ,
    )
    return _rows(found, windows.shape[0], formant_count(settings))


def _rows(found: Any, frames: int, count: int) -> Doubles:
    """Return frequencies and bandwidths of every frame, float64 [2, count, frames], NaN if undefined."""
    values = np.full((2, count, frames), np.nan)
    for k in range(count):  # 0 where a frame has no such formant
        values[0, k] = _matrix(found, "To Matrix", k + 1)[0]
    if np.all(values[0, 0]):
        tier: Any = call_praat(found, "Down to FormantTier")
        # one row per frame: time, then frequencies and bandwidths in turn, then the rest
        table = _matrix(call_praat(tier, "Down to TableOfReal", True, True), "To Matrix")
        bandwidths = table[:, 2::2].T[:count]
        values[1, : len(bandwidths)] = bandwidths
    else:  # that command reads invalid memory, and may crash, if a frame has no formant
        times = found.xs()
        values[1] = [[found.get_bandwidth_at_time(k + 1, t) for t in times] for k in range(count)]
    values[:, values[0] == 0.0] = np.nan
    return values


def _matrix(thing: Any, command: str, *arguments: float) -> Doubles:
    matrix: Any = call_praat(thing, command, *arguments)
    return np.array(matrix.values, dtype=np.float64)


def _short(step_s: float) -> float:
    """Round to 40 bits, so that small multiples of a step are exact."""
    mantissa, exponent = math.frexp(step_s)
    return math.ldexp(round(mantissa * 2**40), exponent - 40)


def joined(
    track: Track, sound: Contour, settings: FormantSettings, parts: list[Doubles]
) -> tuple[Track, ...]:
    """Return the tracks of the formant analysis of the whole sound."""
    used = carried(track.axis, settings)
    frames = frames_of(sound.axis, used)
    values = _at_frame_times(np.concatenate(parts, axis=2), frames)
    axis = frame_axis(frames.first_s, frames.step_s, frames.n)
    return named(values, axis, track.axis.nyquist_hz, origin_of(track, "formants", used))


def _at_frame_times(values: Doubles, frames: Frames) -> Doubles:
    """Return what Praat returns at the frame times, which its rounding moves slightly off the frames."""
    times = frames.first_s + np.arange(frames.n) * frames.step_s
    place = (times - frames.first_s) / frames.step_s + 1.0
    left = np.floor(place)
    part = place - left
    later = part >= 0.5
    near = (left + later).astype(np.intp) - 1
    far = np.where(later, near - 1, near + 1)
    part = np.where(later, 1.0 - part, part)
    known = (far >= 0) & (far < frames.n)
    neighbour = values[:, :, np.clip(far, 0, frames.n - 1)]
    at = values[:, :, near]
    return np.where(known & ~np.isnan(neighbour), at + part * (neighbour - at), at)
