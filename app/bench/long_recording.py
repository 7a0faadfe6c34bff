"""An hour of speech-like sound in the window: its first paint, and the cost of a frame of scrolling."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from app.bench.figures import Figure, Yardstick, milliseconds
from app.bench.scroll import BLOCK, longest_silence, same_pixels
from app.bench.window import TimedWindow, empty_window, rest, wait
from app.bench.yardsticks import seconds
from core.analyses.overlay_names import OVERLAYS
from core.recordings.long_sound import LongTrack
from core.session.lane_key import Key
from core.signals.axis import Range

RATE_HZ, LENGTH_S, PART_S = 44100, 3600.0, 12.0
FRAMES, STEP = 300, 0.02  # each frame moves by a fiftieth of the window
SEEN_S = {"without": (3000.0, 10.0), "with": (3.0, 10.0, 30.0)}
EDGE_S = 0.1  # an analysis extends slightly beyond the window
FIRST_PAINT, FRAME = 1.0, (3.0, 4.5)
DECODED = "decoding the file"
LANES, ROUNDS, PLAYED_S, SAVE_LIMIT_S = 5, 3, 1.0, 120.0
FORMANTS_HZ = ((700, 1220, 2600, 3500), (300, 2300, 3000, 3700), (320, 800, 2300, 3300))


def figures(path: Path, share: float = 1.0) -> Iterator[Figure]:
    """Open an hour of synthetic sound, then scroll through it with and without overlays."""
    with tempfile.TemporaryDirectory(prefix="phonoscope-") as folder:
        sound = write_sound(Path(folder) / "hour.wav", max(620.0, share * LENGTH_S))
        os.environ["XDG_CACHE_HOME"] = folder  # the cache of this hour is not kept
        with empty_window() as window:
            window.on.pool.warm()
            decoded = Yardstick(DECODED, seconds(lambda: _decode(sound), 2, 1))
            yield Figure("hour_first_paint", (_first_paint(window, sound),), "s", FIRST_PAINT, decoded)
            wait(lambda: _track(window).part_known == 1.0)
            frames, image = max(8, round(share * FRAMES)), same_pixels(window)
            for words, shown in (("without", frozenset[str]()), ("with", frozenset(OVERLAYS))):
                found = [
                    time_s for seen_s in SEEN_S[words] for time_s in _scrolled(window, shown, seen_s, frames)
                ]
                yield Figure(f"hour_scroll_{words}_overlays", milliseconds(found), "ms", FRAME, image)
            rounds = max(2, round(share * ROUNDS))
            saved = [longest_silence(window, lambda: _save(window, sound)) for _ in range(rounds)]
            yield Figure("hour_save_block", milliseconds(saved), "ms", BLOCK, image)
            _open_more(window, sound)
            played = [longest_silence(window, lambda: _play(window)) for _ in range(rounds)]
            yield Figure("hour_play_five_lanes_block", milliseconds(played), "ms", BLOCK, image)


def _decode(sound: Path) -> None:
    """Read the whole file in blocks, and keep nothing."""
    import soundfile

    with soundfile.SoundFile(sound) as file:
        while file.read(1 << 20, dtype="float32").size:
            pass


def _save(window: TimedWindow, sound: Path) -> None:
    """Save the whole recording and wait until it is written."""
    path = sound.with_name("saved.wav")
    window.on.file_export.save_sound(path)
    wait(lambda: not window.on.jobs.waits(("save", path)), SAVE_LIMIT_S)


def _open_more(window: TimedWindow, sound: Path) -> None:
    """Open the recording under more names until there are five lanes, and solo them all.

    Filtered pitch is off, so that no file is searched for its loudest moment during playback.
    """
    settings = window.on.analysis_settings
    settings.set("pitch", replace(settings.of("pitch"), method="raw autocorrelation"))
    for number in range(2, LANES + 1):
        os.link(sound, sound.with_stem(f"hour-{number}"))
        window.on.model_loader.open(sound.with_stem(f"hour-{number}"))

    def known() -> bool:
        shown = window.on.session.shown.tracks.values()
        return len(shown) == LANES and all(getattr(track, "part_known", 1.0) == 1.0 for track in shown)

    wait(known, SAVE_LIMIT_S)
    session = window.on.session
    session.set_lanes(tuple(replace(lane, soloed=True) for lane in session.lanes), "solo")


def _play(window: TimedWindow) -> None:
    """Play all lanes from the beginning, and wait until they have been mixed and play for a while."""
    window.on.playback.play_active(window.on.session.whole)
    wait(lambda: not window.on.jobs.waits("mix"), SAVE_LIMIT_S)
    rest(PLAYED_S)
    window.on.playback.stop()


def write_sound(path: Path, length_s: float) -> Path:
    """Write syllables with moving pitch and the formants of three vowels, with pauses, as 16 bits."""
    import soundfile

    part = (0.8 * 32767 * syllables(PART_S, RATE_HZ)).astype(np.int16)
    with soundfile.SoundFile(path, "w", RATE_HZ, 1, subtype="PCM_16") as file:
        left = round(length_s * RATE_HZ)
        while left > 0:
            file.write(part[:left])
            left -= part.size
    return path


def syllables(length_s: float, rate_hz: float, seed: int = 0) -> NDArray[np.float64]:
    """Return pulses filtered by vowel resonances, four syllables a second, with a peak of 1."""
    from scipy.signal import lfilter

    chance, n = np.random.default_rng(seed), round(length_s * rate_hz)
    time_s = np.arange(n) / rate_hz
    pitch_hz = 140 + 40 * np.sin(2 * np.pi * 0.7 * time_s) + 15 * np.sin(2 * np.pi * 4 * time_s)
    pulses = np.diff(np.floor(np.cumsum(pitch_hz) / rate_hz), prepend=0.0)
    source = pulses * np.clip(2 * np.sin(2 * np.pi * 2 * time_s) ** 2 - 0.3, 0, 1)
    source += 0.002 * chance.standard_normal(n)
    vowel = np.floor(time_s * 2).astype(int) % len(FORMANTS_HZ)
    made = np.zeros(n)
    for number, formants_hz in enumerate(FORMANTS_HZ):
        voiced = source * (vowel == number)
        for f_hz in formants_hz:
            r = np.exp(-np.pi * (60 + 0.03 * f_hz) / rate_hz)
            voiced = lfilter([1.0], [1.0, -2 * r * np.cos(2 * np.pi * f_hz / rate_hz), r * r], voiced)
        made += voiced / np.abs(voiced).max()
    return made / np.abs(made).max()


def _track(window: TimedWindow) -> LongTrack:
    track = next(iter(window.on.session.shown.tracks.values()))
    assert isinstance(track, LongTrack)
    return track


def _first_paint(window: TimedWindow, path: Path) -> float:
    return window.seconds_to(lambda: bool(window.stack.lanes), lambda: window.on.model_loader.open(path))


def _scrolled(window: TimedWindow, shown: frozenset[str], seen_s: float, frames: int) -> list[float]:
    """Return the cost of each frame of a scroll, with the overlays known in advance."""
    session = window.on.session
    key = session.lanes[0].key
    session.set_lane(key, "overlays", shown=shown)
    wishes = wished(session.whole, seen_s, frames)
    for wish in wishes[:: round(0.5 / STEP)] if shown else ():  # this measures painting, not analysis
        window.stack.range_wanted.emit(wish)
        wait(lambda wish=wish: all(_there(window, key, measure, wish) for measure in shown))
    session.set_range(session.whole)
    rest(0.2)
    return [_frame(window, wish) for wish in wishes]


def wished(whole: Range, seen_s: float, frames: int) -> list[Range]:
    """Return windows of one length that move on from the middle and turn back at the end."""
    room_s = whole.length_s - seen_s
    places = [(0.5 * room_s + STEP * seen_s * (k + 1)) % (2 * room_s) for k in range(frames)]
    starts = [whole.start_s + min(place, 2 * room_s - place) for place in places]
    return [Range(start_s, start_s + seen_s) for start_s in starts]


def _there(window: TimedWindow, key: Key, measure: str, wish: Range) -> bool:
    """Return whether a measure is known in all of a time window."""
    inner = Range(wish.start_s + EDGE_S, wish.end_s - EDGE_S)
    return window.on.tiled_overlays.over(_track(window), measure, inner) is not None


def _frame(window: TimedWindow, wish: Range) -> float:
    """Scroll once and return the time until it was painted, including everything it triggered."""
    start_s = perf_counter()

    def painted() -> bool:
        return abs(window.stack.columns.window.start_s - wish.start_s) < 1e-6

    window.seconds_to(painted, lambda: window.stack.range_wanted.emit(wish))
    return perf_counter() - start_s
