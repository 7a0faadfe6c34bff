"""The parts of a sound that perturbation takes away: intervals of time by bands of frequency."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from core.explain.segment_scores import Interval, Segment
from core.explain.short_time import HOP, WINDOW
from core.explain.subject import Subject
from core.faults import Fault
from core.frontends.band_axis import band_centres_hz
from core.frontends.waveform import WaveformChannels
from core.networks.spec import SoundDrive, input_axis
from core.signals.axis import TimeAxis

Mask = NDArray[np.bool_]
FORMANT_EDGES_HZ = (1000.0, 2000.0, 3000.0, 4000.0)
"""Between the usual places of F1, F2, F3, F4 and what lies above: frication."""
STEP_S = 0.05


@dataclass(frozen=True, slots=True)
class SegmentSettings:
    """The intervals (none: steps of `step_s`) and the edges between bands (none: all frequencies)."""

    intervals: tuple[Interval, ...] = ()
    edges_hz: tuple[float, ...] = FORMANT_EDGES_HZ
    step_s: float = STEP_S


@dataclass(frozen=True, eq=False)
class Grid:
    """The plane that is perturbed, [frames, bins]: the input image, or the spectrum of a network's samples.

    `number` is the segment of each place, -1 where there is none.
    """

    axis: TimeAxis
    frequencies_hz: NDArray[np.float64]
    segments: tuple[Segment, ...]
    number: NDArray[np.intp]

    def mask(self, chosen: NDArray[np.bool_]) -> Mask:
        """Return the places of the chosen segments [frames, bins]."""
        return np.append(chosen, False)[self.number]

    def sizes(self) -> NDArray[np.intp]:
        """Return how many places each segment has."""
        return np.bincount(self.number[self.number >= 0], minlength=len(self.segments))


def hears_samples(subject: Subject) -> bool:
    """Return whether the network takes the samples themselves, so that their spectrum is perturbed."""
    drive = subject.spec.drive
    if not isinstance(drive, SoundDrive):
        return False
    return not band_centres_hz(drive.frontend, drive.rate_hz) and not _is_cepstral(drive)


def _is_cepstral(drive: SoundDrive) -> bool:
    from core.frontends.mfcc import Mfcc

    return isinstance(drive.frontend, Mfcc)


def grid_of(subject: Subject, settings: SegmentSettings) -> Grid:
    """Return the plane with its segments. Raises Fault if an interval holds no frame, or none is inside."""
    drive = subject.spec.drive
    assert isinstance(drive, SoundDrive)
    if isinstance(drive.frontend, WaveformChannels):
        raise Fault("A sound of several channels cannot be perturbed yet.", "Use a gradient method.")
    n = int(subject.samples.shape[1])
    if hears_samples(subject):
        frames = 1 + n // HOP
        axis = TimeAxis(drive.rate_hz / HOP, frames, 0.5 / drive.rate_hz)
        hz: NDArray[np.float64] = np.arange(WINDOW // 2 + 1) * drive.rate_hz / WINDOW
    else:
        axis = input_axis(drive, n)
        hz = np.array(band_centres_hz(drive.frontend, drive.rate_hz))
    bins = len(hz) or subject.image.shape[2]
    edges = (
        (0.0, *settings.edges_hz, max(drive.rate_hz / 2, settings.edges_hz[-1] + 1))
        if settings.edges_hz
        else ()
    )
    if not len(hz) or not edges:
        edges = (0.0, drive.rate_hz / 2 + 1)
    intervals = settings.intervals or _steps(n / drive.rate_hz, settings.step_s)
    return _numbered(axis, hz, bins, intervals, edges)


def _steps(duration_s: float, step_s: float) -> tuple[Interval, ...]:
    edges = np.linspace(0, duration_s, max(1, round(duration_s / step_s)) + 1).tolist()
    return tuple(Interval(start, end) for start, end in pairwise(edges))


def _numbered(
    axis: TimeAxis,
    hz: NDArray[np.float64],
    bins: int,
    intervals: tuple[Interval, ...],
    edges: tuple[float, ...],
) -> Grid:
    times, number = axis.times(), np.full((axis.n, bins), -1, np.intp)
    segments: list[Segment] = []
    for interval in intervals:
        inside = (times >= interval.start_s) & (times < interval.end_s)
        for low, high in pairwise(edges):
            band = (hz >= low) & (hz < high) if len(hz) else np.ones(bins, bool)
            if len(hz) and high == edges[-1]:
                band |= hz >= high
            if inside.any() and band.any():
                number[np.ix_(inside, band)] = len(segments)
                segments.append(Segment(interval, low, high))
    if not segments:
        raise Fault("None of the intervals holds a frame of the network.", "Choose longer intervals.")
    return Grid(axis, hz, tuple(segments), number)
