"""What is recorded, kept on disk from the first block on, so that no crash loses it."""

from __future__ import annotations

import os
import struct
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
from filelock import FileLock, Timeout
from numpy.typing import NDArray

from core.faults import Fault
from core.files.atomic import folder_for, unwritable
from core.files.locks import lock_beside, unlock
from core.files.wav import write_wav
from core.provenance import Origin
from core.recordings.streamed_sound import at_rate
from core.signals.axis import TimeAxis
from core.signals.track import Track

Samples = NDArray[np.float32]
SUFFIX, MAGIC = ".take", b"PHONTAKE"
HEAD = struct.Struct("<8sd")  # the magic word and the rate; float32 samples follow
SYNC_S = 5.0  # how much of a recording a power cut may lose
BLOCK = 1 << 18


def default_folder() -> Path:
    """Return the folder of recordings that are not saved yet."""
    from platformdirs import user_data_path

    return user_data_path("phonoscope") / "recordings-not-saved"


@dataclass(frozen=True, eq=False)
class Take:
    """A finished recording that is not saved yet; its lock keeps other windows away from it."""

    path: Path
    rate_hz: float
    n: int
    lock: FileLock

    @property
    def seconds(self) -> float:
        return self.n / self.rate_hz

    @property
    def made_at(self) -> datetime:
        """When its last sample was recorded, in local time."""
        return datetime.fromtimestamp(self.path.stat().st_mtime)

    def samples(self) -> Samples:
        """Return the samples, which stay on disk until they are used."""
        return np.memmap(self.path, "<f4", "r", HEAD.size, (self.n,))

    def save(self, path: Path, rate_hz: float | None = None) -> None:
        """Write a WAV file at a rate, by default that of the microphone.

        Raises Fault if that fails; the take stays.
        """
        rate_hz = rate_hz or self.rate_hz
        samples = self.samples()
        if rate_hz != self.rate_hz:
            blocks = (samples[first : first + BLOCK] for first in range(0, self.n, BLOCK))
            samples = np.concatenate([*at_rate(blocks, self.rate_hz, rate_hz)])
        write_wav(path, Track(path.stem, samples, TimeAxis.of_sound(rate_hz, len(samples)), origin=Origin()))

    def remove(self) -> None:
        """Delete it, once it is saved or unwanted."""
        with suppress(OSError):
            self.path.unlink()
        unlock(self.lock)

    def leave(self) -> None:
        """Keep it for the next start."""
        unlock(self.lock)


class Draft:
    """A recording in progress. Raises Fault if the disk takes no more."""

    def __init__(self, folder: Path, rate_hz: float) -> None:
        self.rate_hz, self.n = rate_hz, 0
        stamp = datetime.now().strftime("%Y-%m-%d %H.%M.%S.%f")
        self._path = folder_for(folder) / f"{stamp} {os.getpid()}{SUFFIX}"
        self._lock = lock_beside(self._path)
        self._synced_s = time.monotonic()
        try:
            self._file = self._path.open("wb", buffering=0)
            self._file.write(HEAD.pack(MAGIC, rate_hz))
        except OSError as problem:
            unlock(self._lock)
            raise unwritable(self._path, problem) from problem

    def write(self, block: Samples) -> None:
        """Add samples."""
        try:
            self._file.write(block.astype("<f4").tobytes())
            self.n += len(block)
            if time.monotonic() > self._synced_s + SYNC_S:
                os.fsync(self._file.fileno())
                self._synced_s = time.monotonic()
        except OSError as problem:
            raise unwritable(self._path, problem) from problem

    def finish(self) -> Take | None:
        """Close the file and return what was recorded, None if nothing was."""
        self._file.close()
        take = Take(self._path, self.rate_hz, self.n, self._lock)
        if self.n:
            return take
        take.remove()
        return None


def left_behind(folder: Path) -> tuple[Take, ...]:
    """Return the recordings that earlier starts did not save, oldest first; those of other windows stay."""
    found = [_reopened(path) for path in sorted(folder.glob(f"*{SUFFIX}"))] if folder.is_dir() else []
    return tuple(take for take in found if take is not None)


def _reopened(path: Path) -> Take | None:
    try:
        lock = lock_beside(path)
    except Timeout:
        return None
    with suppress(OSError, struct.error), path.open("rb") as file:
        magic, rate_hz = HEAD.unpack(file.read(HEAD.size))
        n = (path.stat().st_size - HEAD.size) // 4
        if magic == MAGIC and rate_hz > 0 and n > 0:
            return Take(path, rate_hz, n, lock)
    unlock(lock)
    return None


def free_path(folder: Path, name: str) -> Path:
    """Return the path of a WAV file with this name, numbered if there is one already.

    Raises Fault for a name that no file can have.
    """
    clean = name.strip().removesuffix(".wav")
    if not clean or clean.startswith(".") or any(sign in clean for sign in '/\\:*?"<>|\0'):
        raise Fault(f"“{name}” cannot be the name of a file.", "Use letters, digits, spaces and hyphens.")
    number, path = 1, folder / f"{clean}.wav"
    while path.exists():
        number += 1
        path = folder / f"{clean} ({number}).wav"
    return path
