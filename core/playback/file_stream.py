"""A long recording as the mixer hears it: read from its file and resampled a few seconds ahead."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.playback.sonification import PLAYED_PEAK, bounded, fade_in
from core.recordings.file_samples import FileSamples
from core.recordings.sound_file import resampled_to

Samples = NDArray[np.float32]

FROM_S = 60.0
"""Longer sounds are read as they are played."""

CHUNK_S, MARGIN_S, AHEAD = 4, 1, 3
FADE_S = 0.010


class FileStream:
    """Looks like the samples of a voice, and holds only those that are about to be heard.

    The desk's thread calls `top_up`; the sound card's thread reads slices, and silence where the
    file came too late. Pieces are resampled with a second more on either side, so that where they
    meet nothing is heard.
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
        """Tell whether a sound is to be read as it is played."""
        long = isinstance(samples, FileSamples) and samples.size > FROM_S * from_hz
        return long and float(from_hz).is_integer() and float(to_hz).is_integer()

    @property
    def count(self) -> int:
        """How many pieces there are in all."""
        return -(-self.size // self._chunk)

    @property
    def held(self) -> int:
        """How many samples are in memory."""
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
        """Have the pieces that follow the one now heard, and the first for a loop; forget the others."""
        here = self._at // self._chunk
        wanted = [0, *range(here, min(here + ahead, self.count))]
        for number in wanted:
            if number not in self._chunks:
                self._chunks[number] = self._made(number)
        for number in [number for number in self._chunks if number not in wanted]:
            self._chunks.pop(number)

    def _made(self, number: int) -> Samples:
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
