"""The cost of Praat's measures: all of them at rest, and a minute of speech shared by two workers."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, wait
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from app.bench.figures import Figure, Yardstick, milliseconds
from app.bench.yardsticks import PRAAT, praat_calls
from core.analyses.overlay_names import OVERLAYS
from core.analyses.praat import sound_of
from core.analyses.registry import TABLE
from core.processes.praat_pool import PraatPool
from core.signals.axis import TimeAxis
from core.signals.track import Track

RATE_HZ, SLICE, STRIDE, LAYERS = 16000.0, 16384, 4, 5
LONG_S, RATIO = 60.0, 0.59
SHOWN, ALL = 2.0, 1.2
RESTS, ROUNDS = 20, 5
ONE_PROCESS = "the same, one after the other"


def figures(path: Path, share: float = 1.0) -> Iterator[Figure]:
    """Measure from the request to the last answer; `path` is not used."""
    del path
    pool = PraatPool()
    try:
        tracks = [voice(RATE_HZ / STRIDE**k, SLICE // STRIDE**k) for k in range(LAYERS + 1)]
        for _ in range(3):
            everything(pool, tracks)
        rests = range(max(2, round(share * RESTS)))
        bare = Yardstick(PRAAT, milliseconds(praat_calls(lambda: overlays_by_praat(tracks[0]), len(rests))))
        yield Figure(
            "shown_of_output", milliseconds(shown(pool, tracks[0]) for _ in rests), "ms", SHOWN, bare
        )
        whole = milliseconds(everything(pool, tracks) for _ in rests)
        alone = Yardstick(
            ONE_PROCESS, milliseconds(praat_calls(lambda: everything_alone(tracks), len(rests), 1))
        )
        yield Figure("everything_of_all_layers", whole, "ms", ALL, alone)
        long = voice(RATE_HZ, round(share * LONG_S * RATE_HZ))
        ratios = tuple(shared(pool, long) for _ in range(max(2, round(share * ROUNDS))))
        yield Figure("pitch_and_formants_of_60_s", ratios, "x", RATIO)
    finally:
        pool.close()


def voice(rate_hz: float, n: int) -> Track:
    """Return a synthetic voice: breathy syllables with gliding pitch and formants at 500 and 1500 Hz."""
    axis = TimeAxis.of_sound(rate_hz, n)
    times_s = axis.times()
    turns = 120 * times_s + 10 * np.sin(2 * np.pi * 0.5 * times_s)
    since_s = (turns % 1.0) / 120
    ring = sum(np.sin(2 * np.pi * hz * since_s) * np.exp(-250 * since_s) for hz in (500.0, 1500.0))
    breath = np.random.default_rng(0).standard_normal(n) * 0.02
    syllables = np.clip(np.sin(2 * np.pi * 3 * times_s) + 0.5, 0, 1)
    return Track("out", (0.3 * syllables * ring + 0.1 * breath).astype(np.float32), axis)


def shown(pool: PraatPool, track: Track) -> float:
    """Return the time for the spectrogram and overlays of the output's lane."""
    names = [name for name in OVERLAYS if name != "pulses"]  # drawn over the curve, and rarely shown
    return _seconds(lambda: [pool.submit(name, track) for name in names])


def overlays_by_praat(track: Track) -> Iterator[object]:
    """Call Praat for the overlays that `shown` times."""
    sound = sound_of(track)
    yield sound.to_pitch_ac(pitch_ceiling=500.0)
    yield sound.to_formant_burg()
    yield sound.to_intensity()
    yield sound.to_spectrogram()


def everything_alone(tracks: list[Track]) -> Iterator[object]:
    """Compute what `everything` times in this process, one analysis after the other."""
    for track in tracks:
        for name in _carried(track):
            yield TABLE[name].run(track)


def everything(pool: PraatPool, tracks: list[Track]) -> float:
    """Return the time for every analysis of every layer that can carry it, the output's first."""
    output, *layers = tracks

    def ask() -> list[Future[Any]]:
        each: list[Future[Any]] = [pool.submit(name, output) for name in _carried(output)]
        many = [pool.submit_many([(name, one, None) for name in _carried(one)]) for one in layers]
        return each + many

    return _seconds(ask)


def shared(pool: PraatPool, track: Track) -> float:
    """Return the time of two workers relative to two Praat calls in a row, measured alternately."""
    sound = sound_of(track)
    start_s = perf_counter()
    sound.to_pitch_ac(pitch_ceiling=500.0)
    sound.to_formant_burg()
    calls_s = perf_counter() - start_s
    return _seconds(lambda: [pool.submit(name, track) for name in ("formants", "pitch")]) / calls_s


def _carried(track: Track) -> list[str]:
    return [name for name in TABLE if TABLE[name].refusal(track) is None]


def _seconds(ask: Any) -> float:
    start_s = perf_counter()
    futures = ask()
    wait(futures)
    for each in futures:
        each.result()
    return perf_counter() - start_s
