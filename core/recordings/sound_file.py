"""Reading a recording: any format, any rate, any number of channels, as one curve."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.faults import Fault
from core.recordings.wav_header import empty, notes_on, quiet, unreadable
from core.signals.axis import TimeAxis

Samples = NDArray[np.float32]

SUFFIXES = (
    ".wav", ".wave", ".w64", ".rf64", ".aif", ".aiff", ".aifc", ".flac", ".ogg", ".oga", ".opus", ".mp3",
    ".au", ".snd", ".caf", ".nist", ".sph",
)  # fmt: skip
MOST_SAMPLES = 1 << 32
"""The longest sound that is opened: 27 hours at 44.1 kHz."""

LONG_FROM = 3_000_000
"""Sounds of more samples than this (a minute at 48 kHz) stay in their files and are read by blocks."""

# The densest format is FLAC's silence: 65536 samples in a few bytes. What promises more is lying.
_MOST_PER_BYTE = 8192
_AT_ONCE = 1 << 18
_FULL_SCALE, _CLIPPED_FROM = 0.9999, 10


@dataclass(frozen=True)
class SoundFile:
    """What a sound file holds: `n` samples that can really be read, at `rate_hz`, in `channels`.

    `channel` is the one that is heard, counted from 1; 0 is the average of all, as Praat's "Convert to
    mono" makes it. `notes` are sentences on what was done or found, such as a header that promises too much.
    """

    path: str
    rate_hz: float
    n: int
    channels: int
    notes: tuple[str, ...] = ()
    channel: int = 0

    @property
    def reduction(self) -> str:
        """Say how the channels became one curve, "" where there is only one."""
        return channel_words(self.channels, self.channel)

    @property
    def name(self) -> str:
        return Path(self.path).name

    @property
    def axis(self) -> TimeAxis:
        return TimeAxis.of_sound(self.rate_hz, self.n)

    @property
    def long(self) -> bool:
        """Whether it stays in its file."""
        return self.n > LONG_FROM


def is_sound_file(path: Path) -> bool:
    """Tell by its name whether a file is meant as a sound."""
    return path.suffix.lower() in SUFFIXES and not path.is_dir()


def channel_words(channels: int, channel: int) -> str:
    """Say how channels become one curve: `2 channels averaged`, `channel 1 of 2`, "" of a single one."""
    if channels < 2:
        return ""
    return f"channel {channel} of {channels}" if channel else f"{channels} channels averaged"


def look_at(path: Path, channel: int = 0) -> SoundFile:
    """Read the head of a sound file and see how far its samples really go.

    Raises Fault for no sound, and where there is no such channel.
    """
    with opened(path) as file:
        rate_hz, claimed, channels = float(file.samplerate), int(file.frames), int(file.channels)
    size = path.stat().st_size
    if claimed > MOST_SAMPLES and claimed <= size * _MOST_PER_BYTE:
        raise Fault(
            f"“{path.name}” lasts {claimed / rate_hz / 3600:.0f} hours, more than can be shown.",
            "Cut it into parts of at most a day.",
        )
    n = _readable(path, min(claimed, size * _MOST_PER_BYTE))
    if n == 0 or channels == 0:
        raise empty(path)
    if channel > channels:
        held = "only one channel" if channels == 1 else f"{channels} channels"
        raise Fault(f"“{path.name}” has {held}, so no channel {channel}.", "Choose another channel.")
    words = channel_words(channels, channel)
    notes = (words,) if words else ()
    if n < claimed:
        notes += (f"it ends at {n / rate_hz:.3f} s, where its header promises {claimed / rate_hz:.6g} s",)
    else:
        notes += notes_on(path, n, rate_hz)
    return SoundFile(str(path), rate_hz, n, channels, notes, channel if channels > 1 else 0)


def opened(path: Path | str) -> Any:
    """Open a sound file for reading; raises Fault where that cannot be done."""
    import soundfile  # pyright: ignore[reportMissingTypeStubs]

    name = Path(path).name
    try:
        with quiet(path):
            return soundfile.SoundFile(str(path))
    except (soundfile.LibsndfileError, OSError, ValueError, TypeError) as error:
        if not Path(path).exists():
            raise Fault(f"There is no file “{name}” any more.", "Choose it again.") from error
        raise unreadable(Path(path)) from error


def blocks_of(file: Any, first: int, last: int, channel: int = 0) -> Iterator[Samples]:
    """Give the samples `first:last` of an open file in blocks: one channel, or the average of all.

    They are fewer where the file ends. A damaged stretch ends the reading: what was read before it is kept.
    """
    import soundfile  # pyright: ignore[reportMissingTypeStubs]

    at_once = max(1, _AT_ONCE // file.channels)
    try:
        file.seek(first)
        while first < last:
            found: Samples = file.read(min(at_once, last - first), dtype="float32", always_2d=True)
            if found.shape[0] == 0:
                return
            first += found.shape[0]
            yield found[:, max(0, channel - 1)] if channel or found.shape[1] == 1 else _averaged(found)
    except (soundfile.LibsndfileError, OSError, ValueError):
        return


def _averaged(found: Samples) -> Samples:
    """Average channels; an infinity beside its opposite is no number, without a warning."""
    with np.errstate(invalid="ignore", over="ignore"):
        return found.mean(axis=1, dtype=np.float32)


def all_samples(file: SoundFile) -> Samples:
    """Read all samples that a file holds, as they stand there."""
    with opened(file.path) as reader:
        return np.concatenate([np.zeros(0, np.float32), *blocks_of(reader, 0, file.n, file.channel)])


def read_sound(
    path: Path, rate_hz: float = 0.0, channel: int = 0
) -> tuple[Samples, TimeAxis, tuple[str, ...]]:
    """Give samples float32 [n], their axis, and sentences on what was changed on the way.

    Channels are averaged, or one is taken. With `rate_hz` the sound is resampled to it (soxr, very
    high quality). Raises Fault where the file is no sound that can be read.
    """
    facts = look_at(path, channel)
    mono = all_samples(facts)
    if not np.isfinite(mono).all():
        bad = int(mono.size - np.count_nonzero(np.isfinite(mono)))
        values = "1 value that is not a number" if bad == 1 else f"{bad} values that are not numbers"
        raise Fault(f"“{path.name}” holds {values}.", "Export it again from its source.")
    done = (*facts.notes, *clipped(mono))
    if rate_hz and facts.rate_hz != rate_hz:
        mono = resampled_to(mono, facts.rate_hz, rate_hz)
        done += (f"resampled from {facts.rate_hz:g} to {rate_hz:g} Hz",)
    return mono, TimeAxis.of_sound(rate_hz or facts.rate_hz, len(mono)), done


def clipped(samples: Samples) -> tuple[str, ...]:
    """Say that samples stand at full scale, three or more of them in a row, as a clipped wave's do."""
    at_top = sum(_flat(side) for side in (samples, -samples))
    return (f"{at_top:,} samples at full scale: clipped?",) if at_top >= _CLIPPED_FROM else ()


def _flat(side: Samples) -> int:
    """Count the samples that stay at the top of the format, three or more in a row."""
    top = float(side.max(initial=0.0))
    if not _FULL_SCALE <= top <= 1.0:
        return 0
    edges = np.flatnonzero(np.diff(np.concatenate(([0], (side == top).astype(np.int8), [0]))))
    runs = edges[1::2] - edges[::2]
    return int(runs[runs >= 3].sum())


def resampled_to(samples: Samples, from_hz: float, to_hz: float) -> Samples:
    """Give the same sound at another rate (soxr, very high quality)."""
    if from_hz == to_hz:
        return samples
    import soxr  # pyright: ignore[reportMissingTypeStubs]

    made: Any = soxr.resample(samples, from_hz, to_hz, quality="VHQ")  # pyright: ignore[reportUnknownMemberType]
    return np.asarray(made, dtype=np.float32)


def _readable(path: Path, claimed: int) -> int:
    """Give how many of the claimed samples can really be read, by halving where the last cannot."""
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
    """Tell whether one sample can be read; a file of its own, since a failed search spoils a reader."""
    with opened(path) as file:
        return any(block.size for block in blocks_of(file, place, place + 1))
