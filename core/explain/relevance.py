"""A relevance map: its values in time and frequency, what it explains, and how."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from core.explain.segment_scores import SegmentScore
from core.explain.steps import IMAGE
from core.explain.subject import WAVEFORM, Floats, Found, LayerShare, Subject
from core.explain.targets import Target, axis_of
from core.frontends.band_axis import band_centres_hz
from core.frontends.chunks import Chunks
from core.frontends.tensors import tensor
from core.frontends.waveform import WaveformChannels, WaveformFrames
from core.networks.spec import SoundDrive, input_axis
from core.provenance import Origin
from core.signals.axis import TimeAxis


@dataclass(frozen=True, eq=False)
class Relevance:
    """Relevance float32: [bins, frames] of an input image, [samples] of a sound, [frames] of a curve.

    Of a layer it is [channels, frames]. `frequencies_hz` has one value per bin, none where bins are no
    frequencies. `shares` follow the relevance from the answer down to where the map lies.
    """

    values: Floats
    axis: TimeAxis
    frequencies_hz: NDArray[np.float64]
    method: str
    target: Target
    place: str
    score: float
    shares: tuple[LayerShare, ...] = ()
    spread: Floats | None = None
    notes: tuple[str, ...] = ()
    facts: tuple[tuple[str, float], ...] = ()
    segments: tuple[SegmentScore, ...] = ()
    origin: Origin = field(default_factory=Origin)

    @property
    def sum(self) -> float:
        """The sum of the map, in float64."""
        return float(self.values.sum(dtype=np.float64))

    @property
    def is_curve(self) -> bool:
        """Whether there is one value per time."""
        return self.values.ndim == 1


SCALE_AT = 99.8  # per cent of the values that are not zero: a few extreme ones shall not hide the others


def scale_of(values: Floats) -> float:
    """Return the |relevance| at the ends of the colours, 1 for a map of zeros."""
    sizes = np.abs(values[np.isfinite(values) & (values != 0)])
    return float(np.percentile(sizes, SCALE_AT)) if len(sizes) else 1.0


def relevance_of(
    subject: Subject, target: Target, found: Found, method: str, origin: Origin | None = None
) -> Relevance:
    """Return what a method found as a map on its axis."""
    values, axis, hz = _placed(subject, found)
    spread = None
    if found.spread is not None:
        spread = _placed(subject, Found(found.spread, found.place, found.curve))[0]
    return Relevance(
        values, axis, hz, method, target, found.place, subject.score(target), found.shares, spread,
        found.notes, tuple(found.facts.items()), found.segments, origin or Origin(),
    )  # fmt: skip


def _placed(subject: Subject, found: Found) -> tuple[Floats, TimeAxis, NDArray[np.float64]]:
    """Return values as they are shown, their axis and their frequencies."""
    nothing: NDArray[np.float64] = np.empty(0)
    drive, n = subject.spec.drive, int(subject.samples.shape[1])
    assert isinstance(drive, SoundDrive)
    sound = TimeAxis.of_sound(drive.rate_hz, n)
    if found.place == WAVEFORM:
        return found.values.sum(1), sound, nothing
    if found.place != IMAGE:
        axis = axis_of(subject.spec, found.place)
        return (found.values[:, 0] if found.curve else np.ascontiguousarray(found.values.T)), axis, nothing
    frontend = drive.frontend
    if frontend.channels == 1 or isinstance(frontend, WaveformChannels):
        return found.values.sum(1), sound, nothing
    if isinstance(frontend, WaveformFrames | Chunks):
        return folded_back(frontend, found.values, n), sound, nothing
    hz = np.array(band_centres_hz(frontend, drive.rate_hz))
    return np.ascontiguousarray(found.values.T), input_axis(drive, n), hz


def folded_back(frontend: WaveformFrames | Chunks, values: Floats, n: int) -> Floats:
    """Return relevance of frames of samples [frames, size] as that of the `n` samples they were cut from.

    A sample in several frames gets the sum; what lies outside the sound is dropped.
    """
    from dataclasses import replace

    from core.explain.backward import pulled_back

    plain = replace(frontend, normalised=False) if isinstance(frontend, WaveformFrames) else frontend
    samples = tensor(np.zeros((1, n), np.float32))
    found = pulled_back(plain.features, samples, tensor(values[None]))
    return np.ascontiguousarray(found[0].numpy(), np.float32)
