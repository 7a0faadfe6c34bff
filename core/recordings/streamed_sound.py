"""A sound file at another rate, in memory if it is short and on the disk if it is long."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.faults import Fault
from core.files.atomic import folder_for, unwritable
from core.recordings.readers import opened
from core.recordings.sound_file import SoundFile, blocks_of, clipped, look_at, read_sound
from core.signals.axis import TimeAxis

Samples = NDArray[np.float32]
LONG_S = 600.0
BLOCK = 1 << 20
NAME = "sound.f32"


@dataclass(frozen=True, eq=False)
class StreamedSound:
    """Samples float32 [n] on their axis, and sentences about what was changed."""

    samples: Samples
    axis: TimeAxis
    notes: tuple[str, ...]


def streamed_sound(path: Path, rate_hz: float, folder: Path) -> StreamedSound:
    """Read a sound file at a rate; one of more than ten minutes is converted block by block into a file in
    `folder`, and its samples stay there. Raises Fault if the file is not a readable sound.
    """
    facts = look_at(path)
    if facts.n <= LONG_S * facts.rate_hz:
        return StreamedSound(*read_sound(path, rate_hz))
    place = folder_for(folder) / NAME
    try:
        with place.open("wb") as file:
            for block in at_rate(_blocks(facts, path), facts.rate_hz, rate_hz):
                file.write(block.astype("<f4").tobytes())
    except OSError as problem:
        raise unwritable(place, problem) from problem
    samples: Any = np.memmap(place, "<f4", "r")
    notes = (*facts.notes, *clipped(samples))
    if facts.rate_hz != rate_hz:
        notes = (*facts.notes, f"resampled from {facts.rate_hz:g} to {rate_hz:g} Hz")
    return StreamedSound(samples, TimeAxis.of_sound(rate_hz, len(samples)), notes)


def _blocks(facts: SoundFile, path: Path) -> Iterator[Samples]:
    with opened(facts.path) as reader:
        for block in blocks_of(reader, 0, facts.n, facts.channel):
            if not np.isfinite(block).all():
                raise Fault(f"“{path.name}” holds values that are not numbers.", "Export it again.")
            yield np.ascontiguousarray(block)


def at_rate(blocks: Iterator[Samples], from_hz: float, to_hz: float) -> Iterator[Samples]:
    """Yield blocks at another rate (soxr, very high quality)."""
    if from_hz == to_hz:
        yield from blocks
        return
    import soxr  # pyright: ignore[reportMissingTypeStubs]

    stream = soxr.ResampleStream(from_hz, to_hz, 1, "float32", "VHQ")
    for block in blocks:
        yield np.asarray(stream.resample_chunk(np.ascontiguousarray(block)), np.float32)  # pyright: ignore
    yield np.asarray(stream.resample_chunk(np.empty(0, np.float32), last=True), np.float32)  # pyright: ignore
