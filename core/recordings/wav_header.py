"""The header of a WAV file, and where it contradicts the file; libsndfile reports neither."""

from __future__ import annotations

import os
import struct
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from core.faults import Fault

MOST_CHANNELS, MOST_RATE_HZ = 1024, 655_350  # what libsndfile opens
_UNKNOWN = 0xFFFFFFFF  # from writers that cannot seek back to fill in the length
_PLAIN = (1, 3, 0xFFFE)  # integers, floats, and either with an extended header
_MOST_CHUNKS = 1000  # limit, since gigabytes of zeros would be read as empty chunks
_STRAY_BYTES = 1000  # fewer bytes after the last chunk are a tag or padding, not sound
_SILENCE = (
    threading.Lock()
)  # stderr belongs to the process: silencing two files at once would leave it silent
EXPORT_AGAIN = "Export it again from its source."


@dataclass(frozen=True, slots=True)
class WavHeader:
    """The fields of a WAV header; `data_at` is -1 if there is no data chunk."""

    coding: int
    channels: int
    rate_hz: int
    block_bytes: int
    bits: int
    file_bytes: int
    whole_bytes: int  # as the header says; 0xFFFFFFFF if unknown
    data_at: int = -1
    data_bytes: int = 0

    @property
    def frame_bytes(self) -> int:
        """Number of bytes for one sample of every channel."""
        return self.channels * ((self.bits + 7) // 8)


def head_of(path: Path) -> WavHeader | None:
    """Read the header of a WAV file; None if it is another format or ends before its format chunk."""
    size = path.stat().st_size
    with path.open("rb") as file:
        name, whole = _chunk(file)
        if name != b"RIFF" or file.read(4) != b"WAVE":
            return None
        found: tuple[int, ...] = ()
        for _ in range(_MOST_CHUNKS):
            if file.tell() >= size:
                break
            name, size_bytes = _chunk(file)
            if name == b"fmt ":
                content = file.read(16)
                found = struct.unpack("<HHIIHH", content) if len(content) == 16 else ()
                file.seek(size_bytes + size_bytes % 2 - len(content), 1)
            elif name == b"data" and found:
                return _head(found, size, whole, file.tell(), size_bytes)
            else:
                file.seek(size_bytes + size_bytes % 2, 1)
    return _head(found, size, whole) if found else None


def _head(found: tuple[int, ...], size: int, whole: int, at: int = -1, data_bytes: int = 0) -> WavHeader:
    coding, channels, rate_hz, _, block_bytes, bits = found
    return WavHeader(coding, channels, rate_hz, block_bytes, bits, size, whole, at, data_bytes)


def _chunk(file: BinaryIO) -> tuple[bytes, int]:
    """Read a chunk's name and size."""
    return file.read(4), int.from_bytes(file.read(4), "little")


def unreadable(path: Path) -> Fault:
    """Explain why an existing file cannot be read as a sound."""
    if path.is_file() and path.stat().st_size == 0:
        return Fault(f"“{path.name}” is empty: it has 0 bytes.", EXPORT_AGAIN)
    head = head_of(path) if path.is_file() else None
    if head is None:
        if path.is_file() and _is_wav(path):
            return Fault(f"“{path.name}” ends within its header.", EXPORT_AGAIN)
        return Fault(f"“{path.name}” cannot be read as a sound.", "Use WAV, FLAC, AIFF, Ogg or MP3.")
    wrong = {
        "has no channels": head.channels == 0,
        f"has {head.channels} channels, more than {MOST_CHANNELS}": head.channels > MOST_CHANNELS,
        f"has a sampling frequency of {head.rate_hz} Hz": not 0 < head.rate_hz <= MOST_RATE_HZ,
        f"has {head.bits} bits per sample": head.coding in _PLAIN and head.bits not in range(1, 65),
        "has no samples": head.data_at < 0,
    }
    reason = next((words for words, is_wrong in wrong.items() if is_wrong), "")
    if reason:
        return Fault(f"“{path.name}” {reason} according to its header.", EXPORT_AGAIN)
    return Fault(f"“{path.name}” has an audio encoding that cannot be read ({head.coding}).", EXPORT_AGAIN)


def _is_wav(path: Path) -> bool:
    with path.open("rb") as file:
        first = file.read(12)
    return first[:4] == b"RIFF" and first[8:] in (b"WAVE", b"")


def empty(path: Path) -> Fault:
    """Return the fault for a file without samples, or with samples that its header denies."""
    head = head_of(path)
    left = 0 if head is None else _left_out(path, head)
    if head is not None and head.data_at >= 0 and left:
        sentence = f"“{path.name}” has no samples according to its header, but {left:,} bytes follow it."
        return Fault(sentence, f"Repair it first: sox --ignore-length {path.name} repaired.wav")
    return Fault(f"“{path.name}” holds no samples.", EXPORT_AGAIN)


def notes_on(path: Path, n: int, rate_hz: float) -> tuple[str, ...]:
    """Describe where the header of a readable WAV file of `n` samples contradicts the file."""
    head = head_of(path)
    if head is None:
        return ()
    notes: tuple[str, ...] = ()
    if is_cut(head):
        notes += (f"it ends at {n / rate_hz:.3f} s, earlier than its header says",)
    left = _left_out(path, head)
    if left:
        notes += (f"its header says {n / rate_hz:.6g} s; {left:,} bytes after that are ignored",)
    if contradicts_itself(head):
        channels = "1 channel" if head.channels == 1 else f"{head.channels} channels"
        layout = f"{channels} of {head.bits} bits in blocks of {head.block_bytes} bytes"
        notes += (
            f"its header contradicts itself ({layout}) and is read in blocks of {head.frame_bytes} bytes",
        )
    return notes


def is_cut(head: WavHeader) -> bool:
    """Return whether the file, or its data chunk, is shorter than the header says."""
    if head.whole_bytes == _UNKNOWN:
        return False
    short = head.data_at >= 0 and head.data_bytes != _UNKNOWN
    return head.file_bytes + 1 < head.whole_bytes + 8 or (
        short and head.data_at + head.data_bytes > head.file_bytes + 1
    )


def contradicts_itself(head: WavHeader) -> bool:
    """Return whether the block size does not fit the channels; 24 bits may be padded to 4 bytes."""
    padded = head.bits == 24 and head.block_bytes == 4 * head.channels
    return head.coding in _PLAIN and head.block_bytes != head.frame_bytes and not padded


def _left_out(path: Path, head: WavHeader) -> int:
    """Return how many bytes follow the data that do not belong to any chunk."""
    at = head.data_at + head.data_bytes + head.data_bytes % 2
    if head.data_at < 0 or head.data_bytes == _UNKNOWN:
        return 0
    with path.open("rb") as file:
        for _ in range(_MOST_CHUNKS):
            file.seek(at)
            name, size_bytes = _chunk(file)
            is_chunk = name.isascii() and name.decode("ascii", "replace").isprintable()
            beyond = at + 8 + size_bytes > head.file_bytes + 1
            if name[:3] in (b"TAG", b"ID3") or not name or not is_chunk or beyond:
                break
            at += 8 + size_bytes + size_bytes % 2
        file.seek(at)
        rest = file.read(_STRAY_BYTES)
    left = max(0, head.file_bytes - at)
    return left if left >= _STRAY_BYTES and any(rest) and rest[:3] not in (b"TAG", b"ID3") else 0


@contextmanager
def quiet(path: Path | str) -> Generator[None]:
    """Keep libmpg123 (MP3) from writing to the terminal; a Fault reports its errors instead."""
    if Path(path).suffix.lower() != ".mp3" or not _has_stderr():
        yield
        return
    with _SILENCE:
        kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
        try:
            os.dup2(nowhere, 2)
            yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)
            os.close(nowhere)


def _has_stderr() -> bool:
    """Return whether stderr is open; a program without a terminal may have none."""
    try:
        os.fstat(2)
    except OSError:
        return False
    return True
