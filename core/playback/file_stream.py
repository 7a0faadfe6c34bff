"""A long recording for the mixer: read from its file and resampled a few seconds ahead."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.playback.sonification import PLAYED_PEAK, bounded, fade_in
from core.recordings.file_samples import FileSamples
from core.recordings.sound_file import resampled_to

Samples = NDArray[np.float32]

FROM_S = 60.0
"""Longer sounds are streamed."""

CHUNK_S, MARGIN_S, AHEAD = 4, 1, 3
FADE_S = 0.010


class FileStream:
    """Behaves like the samples of a voice, but holds only those that are about to be played.

    The device thread calls `top_up`. The sound card's thread reads slices, with silence where the file was
    read too late. Chunks are resampled with a margin of a second on both sides, so that the joins are
    inaudible.
    """

    def __init__(self, samples: FileSamples, from_hz: float, to_hz: float) -> None:
        self._samples, self._from_hz, self._to_hz = samples, round(from_hz), round(to_hz)
        self.size = samples.size * self._to_hz // self._from_hz
        self._chunk = CHUNK_S * self._to_hz
        self._chunks: dict[int, Samples] = {}
        self._at = 0
        self.top_up(1)

    @classmethod
    def suits(cls, samples: object, from_hz: float, to_hz: float) -> bool:
        """Return whether a sound should be streamed."""
        long = isinstance(samples, FileSamples) and samples.size > FROM_S * from_hz
        return long and float(from_hz).is_integer() and float(to_hz).is_integer()

    @property
    def count(self) -> int:
        """The number of chunks."""
        return -(-self.size // self._chunk)

    @property
    def held(self) -> int:
        """The number of samples in memory."""
        return sum(chunk.size for chunk in list(self._chunks.values()))

    def __getitem__(self, place: slice) -> Samples:
        first, last, _ = place.indices(self.size)
        self._at = first
        found = np.zeros(max(0, last - first), np.float32)
        for number in range(first // self._chunk, -(-last // self._chunk)):
            chunk, begin = self._chunks.get(number), number * self._chunk
            if chunk is None:
                continue  # too late: silence
            low, high = max(first, begin), min(last, begin + chunk.size)
            found[low - first : high - first] = chunk[low - begin : high - begin]
        return found

    def top_up(self, ahead: int = AHEAD) -> None:
        """Load the chunks that follow the current one, and the first one for a loop; drop all others."""
        here = self._at // self._chunk
        wanted = [0, *range(here, min(here + ahead, self.count))]
        for number in wanted:
            if number not in self._chunks:
                self._chunks[number] = self._render_chunk(number)
        for number in [number for number in self._chunks if number not in wanted]:
            self._chunks.pop(number)

    def _render_chunk(self, number: int) -> Samples:
        begin = number * CHUNK_S * self._from_hz
        margin = MARGIN_S * self._from_hz if number else 0
        last = min(self._samples.size, begin + (CHUNK_S + MARGIN_S) * self._from_hz)
        part = bounded(self._samples.read(begin - margin, last))
        made = resampled_to(part, self._from_hz, self._to_hz)
        skipped = MARGIN_S * self._to_hz if number else 0
        length = min(self._chunk, self.size - number * self._chunk)
        made = bounded(made[skipped : skipped + length]) * np.float32(PLAYED_PEAK)
        return self._faded(number, np.pad(made, (0, length - made.size)))

    def _faded(self, number: int, made: Samples) -> Samples:
        rise = fade_in(min(round(FADE_S * self._to_hz), made.size))
        if number == 0:
            made[: rise.size] *= rise
        if number == self.count - 1:
            made[made.size - rise.size :] *= rise[::-1]
        return made
