"""A folder of recordings as the slices that training hears, held in memory."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.faults import Fault
from core.recordings.sound_file import read_sound
from core.train.slice_memory import Kept, SliceMemory

Samples = NDArray[np.float32]

PEAK = 0.95
SILENT_PEAK = 1e-4
TRIM_BELOW_DB = -40.0
TRIM_FRAME_S = 0.01
FADE_S = 0.02
SHORTEST_S = 0.025
KERNEL_LEN = 25


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that training does not hear, and why."""

    name: str
    reason: str


@dataclass(frozen=True, eq=False)
class Corpus:
    """Slices to train on and slices held out, [n, slice], with what was left out.

    They are float32, or 16 bits of full scale where there are many: `shelf.as_heard` gives samples.
    """

    training: Kept
    held_out: Kept
    used: tuple[str, ...]
    skipped: tuple[Skipped, ...]
    digest: str


def load_corpus(folder: Path, slice_len: int, rate_hz: int, trim: bool, held_out: float, seed: int) -> Corpus:
    """Read every recording under `folder`, cut it to slices and hold out a part of the recordings.

    All of it stays in memory, so that training never waits for the disk. Raises Fault where fewer
    than two slices are left, or the memory is not there.
    """
    skipped: list[Skipped] = []
    shelf, places = SliceMemory(slice_len), dict[str, range]()
    for name, pieces in _read_all(folder, slice_len, rate_hz, trim, skipped):
        places[name] = range(shelf.count, shelf.count + len(pieces))
        for piece in pieces:
            shelf.add(piece)
    if shelf.count < 2:
        raise _too_little(folder, shelf.count, skipped)
    apart = _held_out_names(list(places), held_out, seed)
    training, held = shelf.divided([k for name in places if name in apart for k in places[name]])
    digest = hashlib.sha256(training.data.cast("B")).hexdigest()
    return Corpus(training, held, tuple(places), tuple(skipped), digest)


def _read_all(
    folder: Path, slice_len: int, rate_hz: int, trim: bool, skipped: list[Skipped]
) -> Iterator[tuple[str, list[Samples]]]:
    if not folder.is_dir():
        raise Fault(f"There is no folder “{folder}”.", "Give the folder that holds the recordings.")
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        name = str(path.relative_to(folder))
        try:
            pieces = slices_of(prepared(path, rate_hz, trim), slice_len, rate_hz)
        except Fault as fault:
            skipped.append(Skipped(name, fault.sentence))
        else:
            yield name, pieces


def prepared(path: Path, rate_hz: int, trim: bool) -> Samples:
    """Read one recording as mono samples at `rate_hz`, trimmed on request, its peak at 0.95.

    Raises Fault, with the reason for skipping it, where it holds no sound to train on.
    """
    sound, _, _ = read_sound(path, rate_hz)
    if np.ptp(sound) < SILENT_PEAK:
        raise Fault("It is silent.")
    sound = _trimmed(sound, rate_hz) if trim else sound
    if len(sound) < max(KERNEL_LEN, SHORTEST_S * rate_hz):
        raise Fault(f"It is shorter than {SHORTEST_S * 1000:.0f} ms.")
    return sound * np.float32(PEAK / np.abs(sound).max())


def _trimmed(sound: Samples, rate_hz: int) -> Samples:
    """Cut the silence before and after: frames 40 dB below the loudest one, but for one frame each."""
    frame = max(1, round(TRIM_FRAME_S * rate_hz))
    whole = -(-len(sound) // frame) * frame
    rows = np.pad(sound, (0, whole - len(sound))).reshape(-1, frame)
    power = np.square(rows, dtype=np.float64).mean(1)
    loud = np.flatnonzero(power > power.max() * 10 ** (TRIM_BELOW_DB / 10))
    return sound[max(0, loud[0] - 1) * frame : (loud[-1] + 2) * frame]


def slices_of(sound: Samples, slice_len: int, rate_hz: int) -> list[Samples]:
    """Cut a recording into slices: short ones padded, cut ends faded, tails under half a slice dropped."""
    parts = [sound[start : start + slice_len] for start in range(0, len(sound), slice_len)]
    kept = [part for k, part in enumerate(parts) if k == 0 or len(part) >= slice_len / 2]
    loud = [k for k, part in enumerate(kept) if np.ptp(part) >= SILENT_PEAK]
    return [_fitted(kept[k], slice_len, rate_hz, goes_on=k + 1 < len(parts)) for k in loud]


def _fitted(part: Samples, slice_len: int, rate_hz: int, goes_on: bool) -> Samples:
    padded = np.zeros(slice_len, np.float32)
    padded[: len(part)] = part
    if goes_on:
        fade = min(len(part), max(1, round(FADE_S * rate_hz)))
        padded[len(part) - fade : len(part)] *= np.linspace(1, 0, fade, dtype=np.float32)
    return padded


def _held_out_names(names: Sequence[str], part: float, seed: int) -> set[str]:
    """Choose the recordings to hold out, none where there are fewer than four."""
    count = round(part * len(names)) if len(names) >= 4 else 0
    order = np.random.default_rng(seed).permutation(len(names))
    return {names[int(k)] for k in order[: max(count, 2) if count else 0]}


def _too_little(folder: Path, count: int, skipped: Sequence[Skipped]) -> Fault:
    reasons = " ".join(f"{one.name}: {one.reason}" for one in skipped[:3])
    more = f" And {len(skipped) - 3} more." if len(skipped) > 3 else ""
    told = f"Skipped: {reasons}{more}" if skipped else ""
    if count:
        return Fault(
            f"“{folder.name}” gives one slice of sound, and a model needs at least two.",
            f"Add recordings. {told}".strip(),
        )
    return Fault(f"“{folder.name}” holds no recording to train on.", told or "The folder holds no files.")
