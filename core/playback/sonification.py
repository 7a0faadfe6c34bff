"""From a layer's curve to an audible sound: the papers' conversion and three others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray

from core.recordings.file_samples import FileSamples
from core.signals.axis import Range, TimeAxis
from core.signals.loudness import loudness_lufs
from core.signals.track import Track, frozen

Samples = NDArray[np.float32]

AUDIBLE_RATE_HZ = 100.0
CARRIER_HZ = 440.0
GAIN_CAP_DB = 30.0
# Loudness is matched to the output's, but at most to this: the peaks of a layer are up to 33 dB above its
# K-weighted loudness, so a higher target would limit most layers by their peaks.
LOUDEST_LUFS = -33.0
# slightly under -1 dBFS, so that rounding to float32 never exceeds it
PLAYED_PEAK = 0.891
FADE_S = 0.010
# infinite values are clipped to this, so that sums and squares stay finite
LARGEST = 1e30


@dataclass(frozen=True, eq=False)
class Sonification:
    """A track as sound: samples on the output's axis, and a description of the conversion.

    `gain_db` is the gain that was used; a live loop passes it back, so that the volume does not change
    with the knobs.
    """

    samples: Samples
    rate_hz: float
    words: str
    gain_db: float = 0.0


@dataclass(frozen=True, eq=False)
class _Raw:
    """A track on the output's axis, without NaN; the reference of its loudness, and a gain to keep."""

    samples: NDArray[np.float64]
    rate_hz: float
    reference: Track | None
    gain_db: float | None


# the samples, a note for the description, and the gain
_Made = tuple[NDArray[np.float64], str, float]


@dataclass(frozen=True, slots=True)
class Conversion:
    """A way to make a track audible: its key, its description, the conversion, and the layers it fits."""

    key: str
    words: str
    make: Callable[[_Raw], _Made]
    fits: Callable[[TimeAxis], bool]


def published(track: Track, out_axis: TimeAxis) -> Track:
    """Return the track as in the papers: linear interpolation, half-pixel, clipped to [-1, 1], unscaled.

    The whole track is stretched over the whole of `out_axis`, which is up to a few milliseconds off the
    true positions. DC is not removed, and undefined samples stay undefined.
    """
    samples = np.clip(_stretched(track, out_axis), -1.0, 1.0).astype(np.float32)
    return Track(
        track.name, frozen(samples), out_axis, track.unit, track.origin.of(resampling="as published")
    )


def sonified(
    track: Track,
    out_axis: TimeAxis,
    sound_key: str = "published",
    reference: Track | None = None,
    gain_db: float | None = None,
) -> Sonification:
    """Convert a track to sound by one of the `SOUNDS`.

    `reference` is the output whose loudness is matched; `gain_db` keeps the gain of an earlier sound. A
    conversion that does not fit the layer's rate is replaced by "published", and the description says so.
    """
    sound = _BY_KEY[sound_key] if _BY_KEY[sound_key].fits(track.axis) else SOUNDS[0]
    stretched = np.clip(np.nan_to_num(_stretched(track, out_axis)), -LARGEST, LARGEST)
    samples, note, gain = sound.make(_Raw(stretched, out_axis.rate_hz, reference, gain_db))
    words = f"{sound.words}, {note}" if note else sound.words
    return Sonification(frozen(samples.astype(np.float32)), out_axis.rate_hz, words, gain)


def audible(axis: TimeAxis) -> bool:
    """Return whether a layer of this rate is audible without a carrier."""
    return axis.rate_hz >= AUDIBLE_RATE_HZ


def part(samples: Samples, axis: TimeAxis, window: Range) -> tuple[Samples, float]:
    """Return the samples in `window`, and the time at which the first of them begins, in seconds."""
    first, last = axis.samples_in(window)
    begin_s = axis.seconds(first) - axis.step_s / 2
    if isinstance(samples, FileSamples):
        return cast(Samples, samples.stretch(first, last)), begin_s  # read later, on the device thread
    return samples[first:last], begin_s


def bounded(samples: Samples) -> Samples:
    """Return finite samples between -1 and 1: NaN becomes 0, infinities become ±1."""
    return np.clip(np.nan_to_num(samples, nan=0.0, posinf=1.0, neginf=-1.0), -1.0, 1.0, dtype=np.float32)


def safe(samples: Samples, rate_hz: float) -> Samples:
    """Return a version that is safe to play, whatever the layer holds: at most -1 dBFS, faded at both ends.

    The gain is the same for every sound (1 dB down), so that a live swap never changes it.
    """
    played = bounded(samples) * np.float32(PLAYED_PEAK)
    count = min(round(FADE_S * rate_hz), played.size // 2)
    if count:
        rise = fade_in(count)
        played[:count] *= rise
        played[-count:] *= rise[::-1]
    return played


def fade_in(count: int) -> Samples:
    """Return a raised-cosine rise of `count` samples that starts at 0."""
    return (0.5 - 0.5 * np.cos(np.pi * np.arange(count) / count)).astype(np.float32)


def _stretched(track: Track, out_axis: TimeAxis) -> NDArray[np.float64]:
    """Interpolate linearly with the half-pixel convention; the outer samples extend to the ends."""
    count = track.axis.n
    if count == 0 or count == out_axis.n:
        return np.resize(track.samples.astype(np.float64), out_axis.n)
    places = (np.arange(out_axis.n) + 0.5) * (count / out_axis.n) - 0.5
    return np.interp(places, np.arange(count), track.samples.astype(np.float64))


def _as_published(raw: _Raw) -> _Made:
    return np.clip(raw.samples, -1, 1), "", 0.0


def _without_dc(raw: _Raw) -> _Made:
    return np.clip(_centred(raw.samples), -1, 1), "", 0.0


def _matched(raw: _Raw) -> _Made:
    """Match the K-weighted loudness of the reference, limited by full scale and the gain cap."""
    moving = _centred(raw.samples)
    if raw.gain_db is not None:
        return _amplified(moving, raw.gain_db, "")
    target_lufs = _target_lufs(raw.reference)
    return _amplified(moving, *_capped(target_lufs - loudness_lufs(moving, raw.rate_hz), moving))


def _modulated(raw: _Raw) -> _Made:
    """Use the curve as the amplitude of a tone, amplified until its maximum is at full scale."""
    tone = np.sin(2 * np.pi * CARRIER_HZ * np.arange(raw.samples.size) / raw.rate_hz)
    gain = _capped(_headroom_db(raw.samples), raw.samples) if raw.gain_db is None else (raw.gain_db, "")
    envelope, note, gain_db = _amplified(raw.samples, *gain)
    return envelope * tone, note, gain_db


def _centred(samples: NDArray[np.float64]) -> NDArray[np.float64]:
    return samples - samples.mean() if samples.size else samples


def _target_lufs(reference: Track | None) -> float:
    if reference is None:
        return LOUDEST_LUFS
    samples = np.nan_to_num(reference.samples.astype(np.float64), posinf=LARGEST, neginf=-LARGEST)
    lufs = loudness_lufs(_centred(samples), reference.axis.rate_hz)
    return min(lufs, LOUDEST_LUFS) if np.isfinite(lufs) else LOUDEST_LUFS


def _headroom_db(samples: NDArray[np.float64]) -> float:
    """Return the gain that brings the largest sample to full scale."""
    peak = float(np.abs(samples).max(initial=0.0))
    return -20 * float(np.log10(peak)) if peak > 0 else float("inf")


def _capped(wanted_db: float, samples: NDArray[np.float64]) -> tuple[float, str]:
    """Return the gain limited by the peaks and the cap, and a note about which of them limited it."""
    most_db, why = min(
        (_headroom_db(samples), " (limited by its peaks)"), (GAIN_CAP_DB, f" (capped at {GAIN_CAP_DB:.0f})")
    )
    return (most_db, why) if wanted_db > most_db else (wanted_db, "")


def _amplified(samples: NDArray[np.float64], gain_db: float, why: str) -> _Made:
    figure = f"{round(gain_db, 1) + 0.0:+.1f} dB".replace("-", "−")
    return np.clip(samples * 10 ** (gain_db / 20), -1, 1), figure + why, gain_db


def _any_rate(axis: TimeAxis) -> bool:
    return True


SOUNDS = (
    Conversion("published", "as published, clipped", _as_published, _any_rate),
    Conversion("dc", "DC removed", _without_dc, _any_rate),
    Conversion("loudness", "loudness matched", _matched, _any_rate),
    Conversion(
        "carrier", f"envelope on a {CARRIER_HZ:.0f} Hz carrier", _modulated, lambda axis: not audible(axis)
    ),
)
_BY_KEY = {sound.key: sound for sound in SOUNDS}
