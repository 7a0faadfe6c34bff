"""Reading a recording of any format, rate and number of channels as one curve."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.faults import Fault
from core.recordings import foreign_sounds
from core.recordings.readers import MOST_SAMPLES, Reader, opened
from core.recordings.wav_header import empty, notes_on
from core.signals.axis import TimeAxis

Samples = NDArray[np.float32]

SUFFIXES = (
    ".wav", ".wave", ".w64", ".rf64", ".aif", ".aiff", ".aifc", ".flac", ".ogg", ".oga", ".opus", ".mp3",
    ".mp2", ".mpga", ".au", ".snd", ".caf", ".nist", ".sph", ".sound",
)  # fmt: skip
_ANY_SUFFIX = frozenset((*SUFFIXES, *foreign_sounds.SUFFIXES))
LONG_FROM = 3_000_000
"""A sound with more samples than this (a minute at 48 kHz) stays on disk and is read in blocks."""

_BLOCK = 1 << 18
_FULL_SCALE, _CLIPPED_FROM = 0.9999, 10


@dataclass(frozen=True)
class SoundFile:
    """What a sound file holds: `n` readable samples at `rate_hz` in `channels` channels.

    `channel` is the selected one, counted from 1; 0 is the average of all, as in Praat's "Convert to mono".
    `notes` are sentences about what was found or done, such as a header that claims too many samples.
    `start_s` is the centre of the first sample, None in files that state no time.
    """

    path: str
    rate_hz: float
    n: int
    channels: int
    notes: tuple[str, ...] = ()
    channel: int = 0
    start_s: float | None = None

    @property
    def reduction(self) -> str:
        """How the channels became one curve, "" for a mono file."""
        return channel_words(self.channels, self.channel)

    @property
    def name(self) -> str:
        return Path(self.path).name

    @property
    def axis(self) -> TimeAxis:
        usual = TimeAxis.of_sound(self.rate_hz, self.n)
        return usual if self.start_s is None else replace(usual, start_s=self.start_s)

    @property
    def long(self) -> bool:
        """Whether the samples stay on disk."""
        return self.n > LONG_FROM


def is_sound_file(path: Path) -> bool:
    """Return whether the file name has the suffix of a sound file, also of one that cannot be read."""
    return path.suffix.lower() in _ANY_SUFFIX and not path.is_dir()


def channel_words(channels: int, channel: int) -> str:
    """Describe how channels become one curve: `2 channels averaged`, `channel 1 of 2`, "" for mono."""
    if channels < 2:
        return ""
    return f"channel {channel} of {channels}" if channel else f"{channels} channels averaged"


def look_at(path: Path, channel: int = 0) -> SoundFile:
    """Find what a sound file holds and how many of its samples can be read.

    Raises Fault if it is not a sound, or has no such channel.
    """
    with opened(path) as reader:
        n, claimed, channels, rate_hz = reader.n, reader.claimed, reader.channels, reader.rate_hz
        start_s, log, notes = reader.start_s, reader.log, reader.notes
    if n > MOST_SAMPLES:
        raise Fault(
            f"“{path.name}” lasts {n / rate_hz / 3600:.0f} hours, which is too long.",
            "Cut it into parts of at most a day.",
        )
    n = _readable(path, n)
    if n == 0 or channels == 0:
        raise empty(path)
    if channel > channels:
        held = "only one channel" if channels == 1 else f"{channels} channels"
        raise Fault(f"“{path.name}” has {held}, not channel {channel}.", "Choose another channel.")
    words = channel_words(channels, channel)
    notes = (*((words,) if words else ()), *notes)
    if claimed and n != claimed:
        says = f"but its header says {claimed / rate_hz:.6g} s"
        notes += (f"it {'ends at' if n < claimed else 'lasts'} {n / rate_hz:.3f} s, {says}",)
    else:
        notes += notes_on(path, log, n, rate_hz)
    return SoundFile(str(path), rate_hz, n, channels, notes, channel if channels > 1 else 0, start_s)


def blocks_of(reader: Reader, first: int, last: int, channel: int = 0) -> Iterator[Samples]:
    """Yield the samples `first:last` of an open file in blocks: one channel, or the average of all.

    There are fewer samples if the file ends early. Reading stops at damaged data; earlier blocks are kept.
    """
    import soundfile  # pyright: ignore[reportMissingTypeStubs]

    at_once = max(1, _BLOCK // reader.channels)
    try:
        while first < last:
            found = reader.read(first, min(last, first + at_once))
            if found.shape[0] == 0:
                return
            first += found.shape[0]
            yield found[:, max(0, channel - 1)] if channel or found.shape[1] == 1 else _averaged(found)
    except (soundfile.LibsndfileError, OSError, ValueError):
        return


def _averaged(found: Samples) -> Samples:
    """Average the channels without a warning; inf and -inf average to NaN."""
    with np.errstate(invalid="ignore", over="ignore"):
        return found.mean(axis=1, dtype=np.float32)


def all_samples(file: SoundFile) -> Samples:
    """Read all samples of a file, unchanged."""
    with opened(file.path) as reader:
        return np.concatenate([np.zeros(0, np.float32), *blocks_of(reader, 0, file.n, file.channel)])


def read_sound(
    path: Path, rate_hz: float = 0.0, channel: int = 0
) -> tuple[Samples, TimeAxis, tuple[str, ...]]:
    """Return samples float32 [n], their axis, and sentences about what was changed.

    Channels are averaged, or one is selected. If `rate_hz` is given, the sound is resampled to it (soxr,
    very high quality). Raises Fault if the file is not a readable sound.
    """
    facts = look_at(path, channel)
    mono = all_samples(facts)
    if not np.isfinite(mono).all():
        bad = int(mono.size - np.count_nonzero(np.isfinite(mono)))
        values = "1 value that is not a number" if bad == 1 else f"{bad} values that are not numbers"
        raise Fault(f"“{path.name}” holds {values}.", "Export it again from its source.")
    notes = (*facts.notes, *clipped(mono))
    if rate_hz and facts.rate_hz != rate_hz:
        mono = resampled_to(mono, facts.rate_hz, rate_hz)
        notes += (f"resampled from {facts.rate_hz:g} to {rate_hz:g} Hz",)
        return mono, TimeAxis.of_sound(rate_hz, len(mono)), notes
    return mono, facts.axis, notes


def clipped(samples: Samples) -> tuple[str, ...]:
    """Report samples at full scale in runs of three or more, as in a clipped wave."""
    clipped_samples = sum(_flat(samples, sign) for sign in (1, -1))
    return (
        (f"{clipped_samples:,} samples at full scale: clipped?",) if clipped_samples >= _CLIPPED_FROM else ()
    )


def _flat(samples: Samples, sign: int) -> int:
    """Count the samples at full scale, positive or negative, that occur in runs of three or more.

    They are looked at in blocks, because a long recording is not in memory.
    """
    n = samples.size
    tops = ((sign * samples[first : first + _BLOCK]).max(initial=0.0) for first in range(0, n, _BLOCK))
    top = float(max(tops, default=0.0))
    if not _FULL_SCALE <= top <= 1.0:
        return 0
    found = first = 0
    while first < n:
        last = min(n, first + _BLOCK)
        while last < n and sign * samples[last] == top:  # a run is not cut
            last += 1
        at_top = (sign * samples[first:last] == top).astype(np.int8)
        edges = np.flatnonzero(np.diff(np.concatenate(([0], at_top, [0]))))
        runs = edges[1::2] - edges[::2]
        found += int(runs[runs >= 3].sum())
        first = last
    return found


def resampled_to(samples: Samples, from_hz: float, to_hz: float) -> Samples:
    """Resample a sound (soxr, very high quality)."""
    if from_hz == to_hz:
        return samples
    import soxr  # pyright: ignore[reportMissingTypeStubs]

    made: Any = soxr.resample(samples, from_hz, to_hz, quality="VHQ")  # pyright: ignore[reportUnknownMemberType]
    return np.asarray(made, dtype=np.float32)


def _readable(path: Path, claimed: int) -> int:
    """Return how many of the claimed samples can be read, by bisection if the last one cannot."""
    if claimed <= 0 or _reads(path, claimed - 1):
        return max(0, claimed)
    low, high = 0, claimed - 1  # the first `low` samples can be read, sample `high` cannot
    while low < high:
        middle = (low + high) // 2
        if _reads(path, middle):
            low = middle + 1
        else:
            high = middle
    return low


def _reads(path: Path, place: int) -> bool:
    """Return whether one sample can be read; opens the file anew, since a failed seek spoils a reader."""
    with opened(path) as file:
        return any(block.size for block in blocks_of(file, place, place + 1))
