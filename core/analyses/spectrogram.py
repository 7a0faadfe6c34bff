"""Praat's spectrogram, and the greys that its painter derives from it."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from core.analyses import resolution_guard as guard
from core.analyses.results import Doubles, frame_axis, origin_of
from core.signals.axis import TimeAxis
from core.signals.track import Image, Track

REFERENCE_PA2 = 4e-10
"""The square of 2e-5 Pa, the reference of levels in dB."""

LEAST_BANDS = 4
"""With fewer resolvable bands than this below Nyquist, there is no spectrogram."""

_MOST_OVERSAMPLING = 8.0
_FRAMES_AT_ONCE = 4096


@dataclass(frozen=True, slots=True)
class SpectrogramSettings:
    """Settings with the defaults of Praat's To Spectrogram; the window is Gaussian."""

    window_length_s: float = 0.005
    ceiling_hz: float = 5000.0
    time_step_s: float = 0.002
    frequency_step_hz: float = 20.0

    @property
    def bandwidth_hz(self) -> float:
        """The −3 dB bandwidth of the Gaussian window, from Praat's manual."""
        return 1.2982804 / self.window_length_s


@dataclass(frozen=True, slots=True)
class GreySettings:
    """How an image becomes greys. The defaults are those of Praat's editor."""

    dynamic_range_db: float = 70.0
    pre_emphasis_db_per_octave: float = 6.0


@dataclass(frozen=True, slots=True)
class SpectrogramGrid:
    """Praat's frames and bins for an axis and settings (fon/Sound_and_Spectrogram.cpp)."""

    first_s: float
    step_s: float
    frames: int
    window: int
    fft: int
    bins: int
    per_bin: int
    bin_hz: float

    @property
    def step_hz(self) -> float:
        return self.per_bin * self.bin_hz


def cause(axis: TimeAxis, settings: SpectrogramSettings) -> str | None:
    """Return why this layer has no spectrogram with these settings, or None."""
    invalid = guard.not_positive(
        window_length=settings.window_length_s,
        ceiling=settings.ceiling_hz,
        time_step=settings.time_step_s,
        frequency_step=settings.frequency_step_hz,
    )
    if invalid:
        return invalid
    if axis.nyquist_hz < LEAST_BANDS * settings.bandwidth_hz:
        band = guard.hertz(round(settings.bandwidth_hz))
        return f"Nyquist is {guard.hertz(axis.nyquist_hz)}, below {LEAST_BANDS} bandwidths of {band}"
    window = f"a window of {guard.seconds(settings.window_length_s)}, physically twice as long,"
    return (
        guard.too_short(axis, 2 * settings.window_length_s, window)
        or guard.too_many_frames(axis, settings.time_step_s)
        or _no_bins(axis, carried(axis, settings))
    )


def _no_bins(axis: TimeAxis, used: SpectrogramSettings) -> str | None:
    """Report that not even one frequency bin fits below the ceiling, or None."""
    grid = grid_of(axis, used)
    if grid.bins >= 1:
        return None
    return f"a bin of {guard.hertz(grid.step_hz)} reaches above the ceiling of {guard.hertz(used.ceiling_hz)}"


def carried(axis: TimeAxis, settings: SpectrogramSettings) -> SpectrogramSettings:
    """Return the settings adapted to the layer: the ceiling is at most Nyquist."""
    return replace(settings, ceiling_hz=min(settings.ceiling_hz, axis.nyquist_hz))


def grid_of(axis: TimeAxis, settings: SpectrogramSettings) -> SpectrogramGrid:
    """Return Praat's grid for an axis: steps no finer than an eighth of the window's resolution."""
    physical_s = 2 * settings.window_length_s
    resolved_s = settings.window_length_s / math.sqrt(math.pi)
    step_s = max(settings.time_step_s, resolved_s / _MOST_OVERSAMPLING)
    wanted_hz = max(settings.frequency_step_hz, 1 / resolved_s / _MOST_OVERSAMPLING)
    nyquist_hz = axis.nyquist_hz
    ceiling_hz = settings.ceiling_hz
    window = 2 * (math.floor(physical_s * axis.rate_hz) // 2 - 1)
    frames = 1 + max(0, math.floor((axis.duration_s - physical_s) / step_s))
    first_s = axis.start_s + 0.5 * ((axis.n - 1) / axis.rate_hz - (frames - 1) * step_s)
    least = max(window, 2 * math.floor(ceiling_hz / wanted_hz) * (nyquist_hz / ceiling_hz))
    fft = 1 << max(0, math.ceil(math.log2(least)))
    bin_hz = axis.rate_hz / fft
    per_bin = max(1, math.floor(wanted_hz / bin_hz))
    bins = math.floor(ceiling_hz / (per_bin * bin_hz))
    return SpectrogramGrid(first_s, step_s, frames, window, fft, bins, per_bin, bin_hz)


def spectrogram(track: Track, settings: SpectrogramSettings) -> Image:
    """Return the power density in dB re 4e-10 Pa²/Hz, on Praat's frames and bins.

    Equal to Praat's To Spectrogram. It is computed here because it is recomputed while a knob moves, and
    this avoids a call to a Praat process.
    """
    used = carried(track.axis, settings)
    grid = grid_of(track.axis, used)
    power = _powers(track.samples.astype(np.float64), _starts(track.axis, grid), grid, used)
    levels = 10 * np.log10((power + 1e-30) / REFERENCE_PA2)
    axis = frame_axis(grid.first_s, grid.step_s, grid.frames)
    low_hz = 0.5 * (grid.step_hz - grid.bin_hz)
    origin = origin_of(track, "spectrogram", used)
    return Image("spectrogram", levels.astype(np.float32), axis, low_hz, grid.step_hz, "dB/Hz", origin)


def frames(
    piece: Track, settings: SpectrogramSettings, whole: TimeAxis, wanted: slice, begin: int
) -> NDArray[np.float32]:
    """Return the levels of some frames of a whole track from a piece that begins at sample `begin`.

    Float32 [frames, bins], in dB re 4e-10 Pa²/Hz.
    """
    grid = grid_of(whole, settings)
    starts = _starts(whole, grid)[wanted] - begin
    power = _powers(piece.samples.astype(np.float64), starts, replace(grid, frames=starts.size), settings)
    return (10 * np.log10((power + 1e-30) / REFERENCE_PA2)).astype(np.float32)


def _starts(axis: TimeAxis, grid: SpectrogramGrid) -> NDArray[np.intp]:
    """Return the first sample of every frame."""
    times_s = grid.first_s + np.arange(grid.frames) * grid.step_s
    left = np.floor((times_s - axis.start_s) * axis.rate_hz).astype(np.intp)
    return np.clip(left + 1 - grid.window // 2, 0, axis.n - grid.window)


def _powers(
    samples: Doubles, starts: NDArray[np.intp], grid: SpectrogramGrid, settings: SpectrogramSettings
) -> Doubles:
    """Return the power density of every frame and bin, float64 [frames, bins], in Pa²/Hz."""
    window = _window(grid.window, 2 * settings.window_length_s * grid.bin_hz * grid.fft)
    slices: Doubles = np.lib.stride_tricks.sliding_window_view(samples, grid.window)
    power = np.empty((grid.frames, grid.bins))
    edges = [*range(0, grid.frames, _FRAMES_AT_ONCE), grid.frames]
    for begin, end in pairwise(edges):
        spectra = np.fft.rfft(slices[starts[begin:end]] * window, grid.fft)[:, : grid.bins * grid.per_bin]
        density = spectra.real**2 + spectra.imag**2
        power[begin:end] = density.reshape(end - begin, grid.bins, grid.per_bin).sum(axis=2)
    power /= float(window @ window) * grid.per_bin
    return power


@lru_cache(maxsize=16)
def _window(samples: int, physical_samples: float) -> Doubles:
    """Return Praat's Gaussian window, float64 [samples], zero at its physical edges."""
    phase = (np.arange(1, samples + 1) - 0.5 * (samples + 1)) / physical_samples
    edge = math.exp(-12.0)
    return (np.exp(-48.0 * phase * phase) - edge) / (1.0 - edge)


def greys(
    image: Image, settings: GreySettings | None = None, top_db: float | None = None
) -> NDArray[np.float32]:
    """Return 0 (white) to 1 (black) per frame and bin, float32 [frames, bins], as Praat paints.

    Black is the loudest point of the whole image (`top_db` for part of a long recording), so that the
    picture does not change with the view. Unlike Praat, the loudest point may be below 0 dB, because a
    layer may be very quiet.
    """
    used = settings or GreySettings()
    levels = _emphasized(image, used)
    if levels.size == 0:
        return levels
    top = float(levels.max()) if top_db is None else top_db
    levels -= np.float32(top - used.dynamic_range_db)
    levels *= np.float32(1 / used.dynamic_range_db)
    return np.clip(levels, 0.0, 1.0, out=levels)


@lru_cache(maxsize=8)
def loudest(image: Image, settings: GreySettings) -> float:
    """Return the level of the loudest point of an image, in dB after pre-emphasis; −∞ if it is empty."""
    return float(_emphasized(image, settings).max(initial=-np.inf))


def _emphasized(image: Image, used: GreySettings) -> NDArray[np.float32]:
    """Return the levels with pre-emphasis, in octaves relative to 1000 Hz."""
    # Praat's painter places bin k, counted from 1, at k times the step
    bands: Doubles = np.arange(1.0, image.values.shape[1] + 1)
    octaves = np.log2(bands * (image.step_hz / 1000.0))
    return image.values + (used.pre_emphasis_db_per_octave * octaves).astype(np.float32)
