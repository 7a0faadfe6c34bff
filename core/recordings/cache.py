"""A disk cache for pyramids and filter peaks, so that a long recording is scanned only once."""

from __future__ import annotations

import contextlib
import hashlib
import json
from pathlib import Path

import numpy as np

from core.faults import Fault
from core.files.atomic import atomic, folder_for
from core.recordings.pyramid import BASE, PyramidEnds
from core.recordings.sound_file import SoundFile

VERSION = 2
HEAD_VALUES = 5  # VERSION, then two halves each of the count of bad values and of the sum
MOST_BYTES = 256 << 20
PEAKS = ".peaks"
_HEAD = 64 << 10


def default_folder() -> Path:
    """Return the system's cache folder for pyramids."""
    from platformdirs import user_cache_path

    return user_cache_path("phonoscope") / "pyramids"


def place_of(key: str, channel: int) -> str:
    """Return the cache key of one channel; the average of all channels has the key of the recording."""
    return f"{key}-{channel}" if channel else key


def key_of(file: SoundFile) -> str:
    """Return the cache key of a file in its present state: path, size, time and first 64 KiB."""
    path = Path(file.path).resolve()
    state = path.stat()
    with path.open("rb") as stream:
        head = stream.read(_HEAD)
    facts = (VERSION, BASE, str(path), state.st_size, state.st_mtime_ns, file.n, file.channels)
    return hashlib.sha256(json.dumps(facts).encode() + head).hexdigest()[:40]


def kept(folder: Path, key: str, n: int) -> PyramidEnds | None:
    """Return the cached pyramid for a key, or None if there is none or it is invalid."""
    path = folder / f"{key}.pyramid"
    blocks = -(-n // BASE)
    try:
        values = np.fromfile(path, np.float32)
        path.touch()
    except OSError:
        return None
    if values.size != 2 * blocks + HEAD_VALUES or values[0] != VERSION:
        return None
    bad, total = int(values[1:3].view(np.int64)[0]), float(values[3:5].view(np.float64)[0])
    values = values[HEAD_VALUES:]
    return PyramidEnds(values[:blocks], values[blocks:], bad, total)


def keep(folder: Path, key: str, ends: PyramidEnds, most_bytes: int = MOST_BYTES) -> None:
    """Write a complete pyramid to the cache. Errors are ignored: they only cost time."""
    facts = (np.array([ends.bad], np.int64), np.array([ends.total], np.float64))
    head = np.concatenate([np.array([VERSION], np.float32), *(fact.view(np.float32) for fact in facts)])
    with contextlib.suppress(Fault, OSError), atomic(folder_for(folder) / f"{key}.pyramid") as draft:
        np.concatenate([head, ends.low, ends.high]).tofile(draft)
    trim(folder, most_bytes)


def kept_peaks(folder: Path, key: str) -> dict[str, float]:
    """Return the cached peaks for a key, by filter name; empty if there are none."""
    try:
        found = json.loads((folder / f"{key}{PEAKS}").read_text("utf-8"))
        return {str(name): float(peak) for name, peak in found.items() if float(peak) >= 0}
    except (OSError, ValueError, TypeError, AttributeError, RecursionError):
        return {}


def keep_peak(folder: Path, key: str, name: str, peak: float) -> None:
    """Add the peak of a file after one filter to the cache."""
    peaks = {**kept_peaks(folder, key), name: peak}
    with contextlib.suppress(Fault, OSError), atomic(folder_for(folder) / f"{key}{PEAKS}") as draft:
        draft.write_text(json.dumps(peaks), "utf-8")


def trim(folder: Path, most_bytes: int = MOST_BYTES) -> None:
    """Delete the least recently used pyramids until the cache is small enough."""
    with contextlib.suppress(OSError):
        files = [(path.stat().st_mtime_ns, path.stat().st_size, path) for path in folder.glob("*.pyramid")]
        total = sum(size for _, size, _ in files)
        for _, size, path in sorted(files)[:-1]:
            if total <= most_bytes:
                return
            path.unlink(missing_ok=True)
            path.with_suffix(PEAKS).unlink(missing_ok=True)
            total -= size
