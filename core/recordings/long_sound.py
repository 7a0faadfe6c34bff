"""A recording too long for memory, as a track: drawn from its pyramid, read in blocks."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from core.faults import Fault
from core.provenance import Origin
from core.recordings import cache
from core.recordings.file_samples import FileSamples
from core.recordings.identity import content_of, digest_of
from core.recordings.pyramid import PyramidEnds, build, glance
from core.recordings.sound_file import SoundFile
from core.signals.axis import Range, TimeAxis
from core.signals.envelope import Pyramid, extremes
from core.signals.track import Track

EMPTY = Pyramid(np.zeros(0, np.float32), np.zeros(0, np.float32))


@dataclass(frozen=True, eq=False)
class LongTrack(Track):
    """A track whose samples stay on disk and are read in blocks.

    `pyramid` holds the extremes known so far, `part_known` the fraction of the file that was scanned
    (1: all of it), `mean` the mean, valid once all is known. Pickling stores only the file name.
    """

    pyramid: Pyramid = field(default=EMPTY)
    part_known: float = 0.0
    mean: float = 0.0

    def __post_init__(self) -> None:
        if self.samples.shape != (self.axis.n,):
            raise ValueError(f"{self.name}: {self.samples.shape} samples on an axis of {self.axis.n}")

    def __reduce__(self) -> tuple[Any, ...]:
        return (LongTrack, (self.name, self.samples, self.axis, self.unit, self.origin))

    @property
    def in_file(self) -> FileSamples:
        """The samples with their real type."""
        return cast(FileSamples, self.samples)

    def stretch(self, window: Range) -> LongTrack:
        """Return the samples with centres in `window`, at their true time, not read yet."""
        return self.between(*self.axis.samples_in(window))

    def between(self, first: int, last: int) -> LongTrack:
        """Return the samples `first:last`, at their true time, not read yet."""
        axis = TimeAxis(self.axis.rate_hz, last - first, self.axis.seconds(first))
        samples = cast("NDArray[np.float32]", self.in_file.stretch(first, last))
        return LongTrack(self.name, samples, axis, self.unit, self.origin)

    @property
    def peak(self) -> float:
        """The largest known distance from the mean, 0 if nothing is known."""
        low, high = extremes(self, self.axis.extent, self.pyramid)
        return max(self.mean - low, high - self.mean, 0.0) if math.isfinite(low) else 0.0

    def loaded(self) -> Track:
        """Read everything into memory; raises Fault if it is too long."""
        return Track(self.name, self.in_file.astype(np.float32), self.axis, self.unit, self.origin)


class LongSound:
    """Scans one long recording; `track` returns what is known so far."""

    def __init__(self, file: SoundFile, folder: Path | None = None) -> None:
        """Load the cached pyramid, or take a coarse first look at the file."""
        self.file = file
        self._folder = folder or cache.default_folder()
        self._key = cache.key_of(file)
        self._digest = digest_of(content_of(file), self._key)
        self._samples = FileSamples(file)
        self._state = _state(file)
        self._place = cache.place_of(self._key, file.channel)
        found = cache.kept(self._folder, self._place, file.n)
        self.whole = found is not None
        self.ends = found or PyramidEnds.unknown(file.n)
        self._pyramid = self.ends.pyramid(self.whole)
        self._part = 1.0 if self.whole else 0.0
        if not self.whole:
            glance(file, self.ends)

    @property
    def bad(self) -> int:
        """Number of values that are not finite; valid once `whole` is true."""
        return self.ends.bad

    def lost(self) -> Fault | None:
        """Return the Fault if the file changed or vanished since it was opened, else None."""
        now = _state(self.file)
        if now == self._state:
            return None
        if now is None:
            sentence = f"“{self.file.name}” was moved or deleted: parts that were not read yet are missing."
            return Fault(sentence, "Put it back and open it again.")
        sentence = f"“{self.file.name}” was changed by another program: the display is out of date."
        return Fault(sentence, "Open it again.")

    def track(self, name: str) -> LongTrack:
        """Return what is known now, as a new value."""
        samples = cast("NDArray[np.float32]", self._samples)
        origin = Origin(drive=self._digest, reduction=self.file.reduction)
        mean = self.ends.total / max(1, self.file.n - self.ends.bad)
        return LongTrack(name, samples, self.file.axis, "", origin, self._pyramid, self._part, mean)

    def look_through(
        self, tell: Callable[[float], None] = lambda part: None, stopped: Callable[[], bool] = lambda: False
    ) -> None:
        """Read every sample and cache the result; does nothing if everything is known."""
        if self.whole:
            return

        def progress(part: float) -> None:
            self._part = part
            tell(part)

        found = build(self.file, self.ends, progress, stopped)
        if found is None:
            return
        self.ends, self.whole, self._part = found, True, 1.0
        self._pyramid = found.pyramid(whole=True)
        cache.keep(self._folder, self._place, found)
        tell(1.0)


def _state(file: SoundFile) -> tuple[int, int] | None:
    """Return size and modification time of a file, None if it does not exist."""
    try:
        found = Path(file.path).stat()
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns


def in_memory(track: Track, window: Range | None = None) -> Track:
    """Return a track in memory: the track itself, or the part of a long track in `window` (default: all)."""
    if not isinstance(track, LongTrack):
        return track
    return (track if window is None else track.stretch(window)).loaded()
