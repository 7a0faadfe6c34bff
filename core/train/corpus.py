"""A folder of recordings as training slices in memory."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.faults import Fault
from core.recordings.sound_file import read_sound
from core.train.slice_memory import SliceMemory, StoredSlices

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
    """A file that is not used for training, and why."""

    name: str
    reason: str


@dataclass(frozen=True, eq=False)
class Corpus:
    """Training slices and held-out slices, [n, slice], and the files that were left out.

    They are float32, or 16-bit integers if there are many; `slice_memory.as_samples` converts them.
    """

    training: StoredSlices
    held_out: StoredSlices
    used: tuple[str, ...]
    skipped: tuple[Skipped, ...]
    digest: str


def load_corpus(folder: Path, slice_len: int, rate_hz: int, trim: bool, held_out: float, seed: int) -> Corpus:
    """Read every recording under `folder`, cut it into slices, and hold out some of the recordings.

    Everything stays in memory, so training never waits for the disk. Raises Fault if there are fewer than
    two slices, or too little memory.
    """
    skipped: list[Skipped] = []
    annotations, places = SliceMemory(slice_len), dict[str, range]()
    for name, pieces in _read_all(folder, slice_len, rate_hz, trim, skipped):
        places[name] = range(annotations.count, annotations.count + len(pieces))
        for piece in pieces:
            annotations.add(piece)
    if annotations.count < 2:
        raise _too_few_slices(folder, annotations.count, skipped)
    apart = _held_out_names(list(places), held_out, seed)
    training, held = annotations.divided([k for name in places if name in apart for k in places[name]])
    digest = hashlib.sha256(training.data.cast("B")).hexdigest()
    return Corpus(training, held, tuple(places), tuple(skipped), digest)


def _read_all(
    folder: Path, slice_len: int, rate_hz: int, trim: bool, skipped: list[Skipped]
) -> Iterator[tuple[str, list[Samples]]]:
    if not folder.is_dir():
        raise Fault(f"The folder “{folder}” does not exist.", "Choose the folder with the recordings.")
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        name = str(path.relative_to(folder))
        try:
            pieces = slices_of(prepared(path, rate_hz, trim), slice_len, rate_hz)
        except Fault as fault:
            skipped.append(Skipped(name, fault.sentence))
        else:
            yield name, pieces


def prepared(path: Path, rate_hz: int, trim: bool) -> Samples:
    """Read a recording as mono samples at `rate_hz`, optionally trimmed, with its peak at 0.95.

    Raises Fault, with the reason for skipping it, if it cannot be used for training.
    """
    sound, _, _ = read_sound(path, rate_hz)
    if np.ptp(sound) < SILENT_PEAK:
        raise Fault("It is silent.")
    sound = _trimmed(sound, rate_hz) if trim else sound
    if len(sound) < max(KERNEL_LEN, SHORTEST_S * rate_hz):
        raise Fault(f"It is shorter than {SHORTEST_S * 1000:.0f} ms.")
    return sound * np.float32(PEAK / np.abs(sound).max())


def _trimmed(sound: Samples, rate_hz: int) -> Samples:
    """Trim the silence at both ends, frames 40 dB below the loudest one, but keep one frame each."""
    frame = max(1, round(TRIM_FRAME_S * rate_hz))
    whole = -(-len(sound) // frame) * frame
    rows = np.pad(sound, (0, whole - len(sound))).reshape(-1, frame)
    power = np.square(rows, dtype=np.float64).mean(1)
    loud = np.flatnonzero(power > power.max() * 10 ** (TRIM_BELOW_DB / 10))
    return sound[max(0, loud[0] - 1) * frame : (loud[-1] + 2) * frame]


def slices_of(sound: Samples, slice_len: int, rate_hz: int) -> list[Samples]:
    """Cut a recording into slices: pad short ones, fade cut ends, and drop tails under half a slice."""
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
    """Choose the recordings to hold out, none if there are fewer than four."""
    count = round(part * len(names)) if len(names) >= 4 else 0
    order = np.random.default_rng(seed).permutation(len(names))
    return {names[int(k)] for k in order[: max(count, 2) if count else 0]}


def _too_few_slices(folder: Path, count: int, skipped: Sequence[Skipped]) -> Fault:
    reasons = " ".join(f"{one.name}: {one.reason}" for one in skipped[:3])
    more = f" And {len(skipped) - 3} more." if len(skipped) > 3 else ""
    told = f"Skipped: {reasons}{more}" if skipped else ""
    if count:
        return Fault(
            f"“{folder.name}” has only one slice of sound; a model needs at least two.",
            f"Add recordings. {told}".strip(),
        )
    return Fault(
        f"“{folder.name}” contains no recording to train on.", told or "The folder contains no files."
    )
