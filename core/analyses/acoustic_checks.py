"""Acoustic checks of a short sound: voicing, tone, frication, silence, duration, intensity."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import nan
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.analyses import resolution_guard as guard
from core.analyses.measures import read_as
from core.analyses.results import Line, Report, origin_of
from core.signals.axis import Range, TimeAxis
from core.signals.track import Track

Values = NDArray[np.float64]

STEP_S = 0.005
PITCH_FLOOR_HZ, PITCH_CEILING_HZ = 75.0, 450.0
LEAST_S = 3 / PITCH_FLOOR_HZ + 1e-3
"""Praat's autocorrelation needs three periods of the floor."""
SOUNDING_DB = -30.0
VOICED_DB = -20.0
SILENT_DB = -40.0
FRICATION_HZ = 2500.0
LARGEST_JUMP = 1.5
Tone = tuple[float, float, float, float, float, float, float]
NO_TONE: Tone = (0.0, nan, nan, nan, nan, nan, nan)


@dataclass(frozen=True, slots=True)
class AcousticChecks:
    """Measures of one sound. Stretches are the longest of their kind; a slope is in semitones per second.

    The tone is the longest part of the longest voiced stretch in which F0 does not jump, NaN if there is
    none; `pause_s` is the longest silence between two sounding stretches.
    """

    voiced_s: float
    voiced_at_s: float
    tone_s: float
    f0_hz: float
    f0_start_hz: float
    f0_lowest_hz: float
    f0_end_hz: float
    f0_slope: float
    f0_bend: float
    fricative_s: float
    fricative_at_s: float
    silent_s: float
    pause_s: float
    duration_s: float
    intensity_db: float


@dataclass(frozen=True, slots=True)
class CheckSettings:
    """The range that is checked; 0 to 0 is the whole track."""

    start_s: float = field(default=0.0, metadata=guard.NOT_IN_FORM)
    end_s: float = field(default=0.0, metadata=guard.NOT_IN_FORM)


def stretch(axis: TimeAxis, settings: CheckSettings) -> Range:
    """Return the checked range, cut to the track."""
    whole = settings.start_s == settings.end_s == 0
    return axis.extent if whole else Range(settings.start_s, settings.end_s).cut(axis.extent)


def cause(axis: TimeAxis, settings: CheckSettings) -> str | None:
    """Return why a range cannot be checked: no room for frication below Nyquist, or too short for pitch, or
    None.
    """
    senseless = guard.outside(axis, settings.start_s, settings.end_s)
    if senseless:
        return senseless
    if axis.nyquist_hz <= FRICATION_HZ:
        nyquist, bottom = guard.hertz(axis.nyquist_hz), guard.hertz(FRICATION_HZ)
        return f"Nyquist is {nyquist}, and frication lies above {bottom}"
    covered_s = stretch(axis, settings).length_s
    if covered_s < LEAST_S:
        return (
            f"three periods of the pitch floor take {guard.seconds(LEAST_S)}, not {guard.seconds(covered_s)}"
        )
    return None


def acoustic_checks(track: Track, settings: CheckSettings) -> Report:
    """Return all checks of a range, NaN if it is constant, in the registry's rows."""
    samples = track.part(stretch(track.axis, settings))
    found = hear(samples, track.axis.rate_hz) if np.ptp(samples) > 0 else None
    rows = [row for row in read_as("interval") if row.analysis == "acoustic checks"]
    lines = (Line(row.result, nan if found is None else getattr(found, row.result), row.unit) for row in rows)
    return Report("acoustic checks", tuple(lines), origin_of(track, "acoustic checks", settings))


def hear(sound: NDArray[np.float32], rate_hz: float) -> AcousticChecks:
    """Check one sound (pitch by Praat's autocorrelation, 75-450 Hz, every 5 ms).

    Sounding frames lie within 30 dB of the loudest one, silent frames 40 dB or more below it. Voiced
    frames lie within 20 dB of it, and their spectrum's centre of gravity lies below 2.5 kHz, so that
    neither hum nor buzz counts. Frication is sounding and unvoiced, with its centre of gravity above.
    """
    frames = _frames(sound, rate_hz)
    level = 10 * np.log10(np.square(frames).mean(1) + 1e-12)
    relative = level - level.max()
    f0 = _pitch(sound, rate_hz, len(frames))
    sounding = relative > SOUNDING_DB
    high = _centre_hz(frames, rate_hz) > FRICATION_HZ
    voiced = runs(np.isfinite(f0) & ~high & (relative > VOICED_DB))
    rough = runs(sounding & ~np.isfinite(f0) & high)
    start, end = longest(voiced)
    tone = _tone(f0[start:end])
    rough_start, rough_end = longest(rough)
    inside = np.flatnonzero(sounding)
    silent = runs(relative < SILENT_DB)
    pauses = [run for run in silent if inside[0] < run[0] and run[1] <= inside[-1]]
    return AcousticChecks(
        (end - start) * STEP_S, start * STEP_S, *tone,
        (rough_end - rough_start) * STEP_S, rough_start * STEP_S,
        _length(longest(silent)), _length(longest(pauses)),
        (inside[-1] - inside[0] + 1) * STEP_S,
        float(10 * np.log10((10 ** (level[sounding] / 10)).mean() / 4e-10)),
    )  # fmt: skip


def _frames(sound: NDArray[np.float32], rate_hz: float) -> Values:
    """Return windows of 15 ms every 5 ms, centred on the pitch frames."""
    size, hop = round(3 * STEP_S * rate_hz), round(STEP_S * rate_hz)
    padded = np.pad(sound.astype(np.float64), hop)
    return np.lib.stride_tricks.sliding_window_view(padded, size)[::hop]


def _pitch(sound: NDArray[np.float32], rate_hz: float, count: int) -> Values:
    """Return F0 in Hz at every frame's centre, NaN where unvoiced."""
    import parselmouth

    praat: Any = parselmouth
    pitch = praat.Sound(sound.astype(np.float64), rate_hz).to_pitch_ac(
        STEP_S, PITCH_FLOOR_HZ, pitch_ceiling=PITCH_CEILING_HZ
    )
    times = (np.arange(count) + 0.5) * STEP_S
    return np.array([pitch.get_value_at_time(time_s) for time_s in times], np.float64)


def _centre_hz(frames: Values, rate_hz: float) -> Values:
    power = np.square(np.abs(np.fft.rfft(frames * np.hanning(frames.shape[1]), axis=1)))
    hz = np.fft.rfftfreq(frames.shape[1], 1 / rate_hz)
    return power @ hz / (power.sum(1) + 1e-12)


def runs(marked: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Return (first, one past the last) of every stretch that is marked throughout.

    >>> runs(np.array([False, True, True, False, True]))
    [(1, 3), (4, 5)]
    """
    edges = np.flatnonzero(np.diff(np.concatenate([[0], marked.astype(np.int8), [0]])))
    return [(int(a), int(b)) for a, b in edges.reshape(-1, 2)]


def longest(stretches: list[tuple[int, int]]) -> tuple[int, int]:
    """Return the longest stretch, the first of equal ones, or (0, 0) if there is none."""
    return max(stretches, key=lambda run: run[1] - run[0], default=(0, 0))


def _length(run: tuple[int, int]) -> float:
    return (run[1] - run[0]) * STEP_S


def _tone(voiced: Values) -> Tone:
    """Return length, median, first, lowest and last F0, slope in semitones/s and bend in semitones/s²."""
    smooth = np.abs(np.diff(12 * np.log2(voiced))) <= LARGEST_JUMP
    start, end = longest(runs(smooth))
    f0 = voiced[start : end + 1]
    if len(f0) < 6:
        return NO_TONE
    edge = max(2, len(f0) // 8)
    semitones = np.asarray(12 * np.log2(f0 / 100), np.float64)
    times = (np.arange(len(f0), dtype=np.float64) - (len(f0) - 1) / 2) * STEP_S
    bend, slope, _ = _parabola(times, semitones)
    middle, first, last = (float(np.median(part)) for part in (f0, f0[:edge], f0[-edge:]))
    return len(f0) * STEP_S, middle, first, float(np.percentile(f0, 5)), last, slope, bend


def _parabola(x: Values, y: Values) -> list[float]:
    """Return the least-squares coefficients of x², x and 1."""
    powers = np.stack([x * x, x, np.ones_like(x)], axis=1)
    return [float(one) for one in np.linalg.lstsq(powers, y)[0]]
