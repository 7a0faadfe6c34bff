"""From a layer's curve to the sound that is heard: the papers' conversion and three named others."""

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
# Loudness is matched to the output's, but at most to this: a layer's peaks stand up to 33 dB above
# its K-weighted loudness, and a louder match would hold most layers back at their peaks.
LOUDEST_LUFS = -33.0
# A hair under -1 dBFS, so that rounding to float32 never passes it.
PLAYED_PEAK = 0.891
FADE_S = 0.010
# Infinite values become this large, so that sums and squares stay finite.
LARGEST = 1e30


@dataclass(frozen=True, eq=False)
class Sonification:
    """What is heard of a track: samples on the output's axis, and the words that name it.

    `gain_db` is the gain that was found; a live loop hands it back, so that turning a knob
    does not turn the volume.
    """

    samples: Samples
    rate_hz: float
    words: str
    gain_db: float = 0.0


@dataclass(frozen=True, eq=False)
class _Raw:
    """A track on the output's axis, without NaN; what its loudness follows, the gain to keep."""

    samples: NDArray[np.float64]
    rate_hz: float
    reference: Track | None
    gain_db: float | None


# The samples, what is added to the words, and the gain.
_Made = tuple[NDArray[np.float64], str, float]


@dataclass(frozen=True, slots=True)
class Sound:
    """One way to hear a track: its key, its words on screen, how, and the layers it is meant for."""

    key: str
    words: str
    make: Callable[[_Raw], _Made]
    fits: Callable[[TimeAxis], bool]


def published(track: Track, out_axis: TimeAxis) -> Track:
    """Give the track as the papers write it: linear, half-pixel, clipped to [-1, 1], unscaled.

    The whole track is stretched over the whole of `out_axis`, which is up to a few
    milliseconds off the true positions; no DC is removed and undefined samples stay undefined.
    """
    samples = np.clip(_stretched(track, out_axis), -1.0, 1.0).astype(np.float32)
    return Track(
        track.name, frozen(samples), out_axis, track.unit, track.origin.of(resampling="as published")
    )


def heard(
    track: Track,
    out_axis: TimeAxis,
    sound_key: str = "published",
    reference: Track | None = None,
    gain_db: float | None = None,
) -> Sonification:
    """Give what is heard of a track in one of the `SOUNDS`, and the words that name it.

    `reference` is the output that loudness is matched to; `gain_db` keeps the gain of an
    earlier sound. A sound that does not fit the layer's rate gives way to "published", and
    the words say so.
    """
    sound = _BY_KEY[sound_key] if _BY_KEY[sound_key].fits(track.axis) else SOUNDS[0]
    stretched = np.clip(np.nan_to_num(_stretched(track, out_axis)), -LARGEST, LARGEST)
    samples, note, gain = sound.make(_Raw(stretched, out_axis.rate_hz, reference, gain_db))
    words = f"{sound.words}, {note}" if note else sound.words
    return Sonification(frozen(samples.astype(np.float32)), out_axis.rate_hz, words, gain)


def audible(axis: TimeAxis) -> bool:
    """Say whether a layer of this rate can be heard at all without a carrier."""
    return axis.rate_hz >= AUDIBLE_RATE_HZ


def part(samples: Samples, axis: TimeAxis, window: Range) -> tuple[Samples, float]:
    """Give the samples in `window`, and the time at which the first of them begins, in seconds."""
    first, last = axis.samples_in(window)
    begin_s = axis.seconds(first) - axis.step_s / 2
    if isinstance(samples, FileSamples):
        return cast(Samples, samples.stretch(first, last)), begin_s  # read by the player's desk
    return samples[first:last], begin_s


def bounded(samples: Samples) -> Samples:
    """Give finite samples between -1 and 1: undefined ones silent, infinite ones at the edge."""
    return np.clip(np.nan_to_num(samples, nan=0.0, posinf=1.0, neginf=-1.0), -1.0, 1.0, dtype=np.float32)


def safe(samples: Samples, rate_hz: float) -> Samples:
    """Give what may be played, whatever the layer holds: at most -1 dBFS, faded at both ends.

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
    """Give a raised-cosine rise of `count` samples that starts at 0."""
    return (0.5 - 0.5 * np.cos(np.pi * np.arange(count) / count)).astype(np.float32)


def _stretched(track: Track, out_axis: TimeAxis) -> NDArray[np.float64]:
    """Interpolate linearly with the half-pixel convention, the outer samples held at the ends."""
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
    """Bring the K-weighted loudness to the reference's, within the peaks and the cap."""
    moving = _centred(raw.samples)
    if raw.gain_db is not None:
        return _raised(moving, raw.gain_db, "")
    target_lufs = _target_lufs(raw.reference)
    return _raised(moving, *_capped(target_lufs - loudness_lufs(moving, raw.rate_hz), moving))


def _on_carrier(raw: _Raw) -> _Made:
    """Let the curve be the amplitude of a tone, raised until its largest value is full scale."""
    tone = np.sin(2 * np.pi * CARRIER_HZ * np.arange(raw.samples.size) / raw.rate_hz)
    gain = _capped(_room_db(raw.samples), raw.samples) if raw.gain_db is None else (raw.gain_db, "")
    envelope, note, gain_db = _raised(raw.samples, *gain)
    return envelope * tone, note, gain_db


def _centred(samples: NDArray[np.float64]) -> NDArray[np.float64]:
    return samples - samples.mean() if samples.size else samples


def _target_lufs(reference: Track | None) -> float:
    if reference is None:
        return LOUDEST_LUFS
    samples = np.nan_to_num(reference.samples.astype(np.float64), posinf=LARGEST, neginf=-LARGEST)
    lufs = loudness_lufs(_centred(samples), reference.axis.rate_hz)
    return min(lufs, LOUDEST_LUFS) if np.isfinite(lufs) else LOUDEST_LUFS


def _room_db(samples: NDArray[np.float64]) -> float:
    """Give the gain that would bring the largest sample to full scale."""
    peak = float(np.abs(samples).max(initial=0.0))
    return -20 * float(np.log10(peak)) if peak > 0 else float("inf")


def _capped(wanted_db: float, samples: NDArray[np.float64]) -> tuple[float, str]:
    """Give the gain within the peaks and the cap, and which of the two held it back."""
    most_db, why = min(
        (_room_db(samples), " (held by its peaks)"), (GAIN_CAP_DB, f" (capped at {GAIN_CAP_DB:.0f})")
    )
    return (most_db, why) if wanted_db > most_db else (wanted_db, "")


def _raised(samples: NDArray[np.float64], gain_db: float, why: str) -> _Made:
    figure = f"{round(gain_db, 1) + 0.0:+.1f} dB".replace("-", "−")
    return np.clip(samples * 10 ** (gain_db / 20), -1, 1), figure + why, gain_db


def _any_rate(axis: TimeAxis) -> bool:
    return True


SOUNDS = (
    Sound("published", "as published, clipped", _as_published, _any_rate),
    Sound("dc", "DC removed", _without_dc, _any_rate),
    Sound("loudness", "loudness matched", _matched, _any_rate),
    Sound(
        "carrier", f"envelope on a {CARRIER_HZ:.0f} Hz carrier", _on_carrier, lambda axis: not audible(axis)
    ),
)
_BY_KEY = {sound.key: sound for sound in SOUNDS}
