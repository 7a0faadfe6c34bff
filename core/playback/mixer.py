"""Fills the sound card's blocks from one sound, with cross-fades to the next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.playback.file_stream import FileStream
from core.playback.sonification import FADE_S, fade_in

Samples = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Voice:
    """A sound at the mixer's rate, ready to play.

    `number` increases with every request; `play` is the number of the request that started the current
    playback, so that a swap (`keeps_phase`) does not restart a sound that has ended meanwhile.
    """

    samples: Samples | FileStream
    number: int
    play: int
    start_s: float = 0.0
    loop: bool = False
    keeps_phase: bool = False


@dataclass(frozen=True, slots=True)
class PlaybackPosition:
    """Sample `place` of a voice is heard at `at_s`; its playback began at `since_s` (clock of `fill`)."""

    voice: Voice
    place: int
    at_s: float
    since_s: float

    def position_s(self, now_s: float, rate_hz: float) -> float:
        """Return the time in the track that is heard at `now_s`."""
        length = self.voice.samples.size
        place = self.place + (now_s - self.at_s) * rate_hz
        if now_s < self.since_s:
            place = 0.0
        elif self.voice.loop:
            place %= length
        return self.voice.start_s + min(max(place, 0.0), length) / rate_hz

    def end_s(self, rate_hz: float) -> float:
        """Return the time at which the last sample has been heard."""
        return self.at_s + (self.voice.samples.size - self.place) / rate_hz


class Mixer:
    """Plays one sound at a time; changes are 10 ms cross-fades whose weights add up to 1.

    The thread that prepares sounds sets `next_voice`. The user's thread sets `silenced`, the number of
    the newest request that must not be heard. The sound card's thread only reads both, so no thread waits.
    `on_over` receives the number of a sound that has ended.
    """

    def __init__(self, rate_hz: float, on_over: Callable[[int], None] = lambda number: None) -> None:
        self.silenced = 0
        self.gain = 1.0
        self._on_over = on_over
        self.tune(rate_hz)

    def tune(self, rate_hz: float) -> None:
        """Set the rate of a newly opened device; only while none is open."""
        self.rate_hz = rate_hz
        self.next_voice: Voice | None = None
        self.position: PlaybackPosition | None = None
        self._voice: Voice | None = None
        self._place, self._since_s = 0, 0.0
        self._number = self._play = 0
        count = max(1, round(FADE_S * rate_hz))
        self._rise = fade_in(count)
        self._fall = 1 - self._rise
        self._tail = np.zeros(count, np.float32)
        self._spare = np.zeros(count, np.float32)
        self._faded = count
        self._gain = self.gain

    def fill(self, block: Samples, at_s: float = 0.0) -> None:
        """Write the next samples, float32 [n]; the first one is heard at `at_s`."""
        self._follow_request(at_s)
        before = self._voice
        if before is not None:
            self.position = PlaybackPosition(before, self._place, at_s, self._since_s)
        self._mix(block)
        if self.gain != self._gain:
            block *= np.linspace(self._gain, self.gain, block.size, dtype=np.float32)
            self._gain = self.gain
        elif self._gain != 1.0:
            block *= np.float32(self._gain)
        if before is not None and self._voice is None:
            self._on_over(before.number)

    def _follow_request(self, at_s: float) -> None:
        voice = self.next_voice
        if voice is not None and voice.number > self._number and voice.number > self.silenced:
            self._number = voice.number
            if voice.keeps_phase and voice.play == self._play and self._voice is None:
                self._on_over(voice.number)
            else:
                self._since_s = self._since_s if voice.play == self._play else at_s
                self._fade_to(voice)
        elif self.silenced >= self._number and self._voice is not None:
            self._fade_to(None)

    def _fade_to(self, voice: Voice | None) -> None:
        """Cross-fade from the current voice to `voice`."""
        place = self._place if voice is not None and voice.keeps_phase and self._voice is not None else 0
        self._mix(self._spare)
        self._spare *= self._fall
        self._tail, self._spare = self._spare, self._tail
        self._faded = 0
        self._voice = voice
        if voice is not None:
            self._play = voice.play
            length = voice.samples.size
            self._place = place % length if voice.loop else min(place, length)

    def _mix(self, block: Samples) -> None:
        self._read(block)
        count = min(block.size, self._rise.size - self._faded)
        if count > 0:
            part = slice(self._faded, self._faded + count)
            block[:count] *= self._rise[part]
            block[:count] += self._tail[part]
            self._faded += count

    def _read(self, block: Samples) -> None:
        """Copy the voice into the block, looping or up to its end."""
        voice, done = self._voice, 0
        while voice is not None and done < block.size:
            count = min(block.size - done, voice.samples.size - self._place)
            block[done : done + count] = voice.samples[self._place : self._place + count]
            done += count
            self._place += count
            if self._place >= voice.samples.size:
                self._place = 0
                self._voice = voice = voice if voice.loop else None
        block[done:] = 0
