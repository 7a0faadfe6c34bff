"""Praat's own Sound files, text and binary: any rate, any start time, and samples of 64 bits."""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TextIO

import numpy as np
from numpy.typing import NDArray

from core.faults import Fault

Samples = NDArray[np.float32]

SUFFIX = ".sound"
_BINARY = b"ooBinaryFile"
_CLASS = re.compile(r'"([^"]*)"')
_MOST_CHANNELS, _MOST_VALUES, _CHUNK = 1024, 1 << 28, 1 << 22
_AGAIN = "Open it in Praat and save it as WAV."


@dataclass(frozen=True, slots=True)
class _Header:
    """The numbers before the samples; `first` is the time of the first sample's centre."""

    n: int
    channels: int
    step_s: float
    first_s: float

    @property
    def rate_hz(self) -> float:
        """The sampling frequency; a step is rounded, so a rate that is whole but for that is whole."""
        rate_hz = 1 / self.step_s
        return float(round(rate_hz)) if abs(rate_hz - round(rate_hz)) <= 1e-9 * rate_hz else rate_hz


def is_praat_file(head: bytes) -> bool:
    """Return whether a file that begins like this is one of Praat's, of whatever class."""
    return head.startswith(_BINARY) or b"ooTextFile" in head.replace(b"\0", b"").split(b"\n")[0]


def open_praat_sound(path: Path, head: bytes) -> PraatBinary | PraatText:
    """Open a Sound; raises Fault if the file holds another class of object, or is damaged."""
    return PraatBinary(path) if head.startswith(_BINARY) else PraatText(path)


class PraatBinary:
    """A binary Sound: big-endian float64, channel after channel, left on the disk."""

    notes: tuple[str, ...] = ()
    log = ""

    def __init__(self, path: Path) -> None:
        self._path = path
        with path.open("rb") as file:
            file.seek(len(_BINARY))
            _check_class(path, file.read((file.read(1) or b"\0")[0]).decode("latin-1"))
            numbers = file.read(_NUMBERS.size)
            self._samples_at = file.tell()
        if len(numbers) < _NUMBERS.size:
            raise Fault(f"“{path.name}” ends within its header.", _AGAIN)
        _, _, n, step_s, first_s, _, _, channels, _, _ = _NUMBERS.unpack(numbers)
        header = _checked(path, _Header(n, channels, step_s, first_s))
        self.claimed, self.channels, self.rate_hz = header.n, header.channels, header.rate_hz
        held = (path.stat().st_size - self._samples_at) // 8 - (header.channels - 1) * header.n
        self.n = max(0, min(header.n, held))
        self.start_s: float | None = header.first_s

    def read(self, first: int, last: int) -> Samples:
        count = max(0, min(last, self.n) - first)
        found = np.empty((count, self.channels), np.float32)
        with self._path.open("rb") as file:
            for channel in range(self.channels):
                file.seek(self._samples_at + 8 * (channel * self.claimed + first))
                values = np.frombuffer(file.read(8 * count), ">f8")
                if values.size < count:
                    raise ValueError("the file is shorter than it was")
                found[:, channel] = values
        return found

    def close(self) -> None:
        """Nothing is open."""


_NUMBERS = struct.Struct(">ddiddddidd")


class PraatText:
    """A text Sound, long or short, read whole: text cannot be sought."""

    notes: tuple[str, ...] = ()
    log = ""

    def __init__(self, path: Path) -> None:
        state = path.stat()
        header, self._samples = _text_sound(str(path), state.st_size, state.st_mtime_ns)
        self.n = self.claimed = header.n
        self.channels, self.rate_hz = header.channels, header.rate_hz
        self.start_s: float | None = header.first_s

    def read(self, first: int, last: int) -> Samples:
        return self._samples[first:last]

    def close(self) -> None:
        """Nothing is open."""


@lru_cache(maxsize=2)
def _text_sound(path: str, size: int, changed_ns: int) -> tuple[_Header, Samples]:
    """Read a text Sound once per state of its file: float32 [samples, channels]."""
    place = Path(path)
    with place.open("rb") as file:
        start = file.read(2)
    encoding = "utf-16" if start in (b"\xff\xfe", b"\xfe\xff") else "latin-1"
    with place.open(encoding=encoding, errors="replace") as text:
        text.readline()
        name = _CLASS.search(text.readline())
        _check_class(place, name[1] if name else "")
        blocks = _numbers(text)
        values = next(blocks, np.zeros(0))
        while values.size < 10 and (more := next(blocks, None)) is not None:
            values = np.concatenate([values, more])
        if values.size < 10:
            raise Fault(f"“{place.name}” ends within its header.", _AGAIN)
        header = _checked(
            place, _Header(_whole(values[2]), _whole(values[7]), float(values[3]), float(values[4]))
        )
        if 2 * header.n * header.channels > size:  # each sample takes a digit and a space
            raise Fault(f"“{place.name}” is shorter than its header says.", _AGAIN)
        found = np.empty(header.n * header.channels, np.float32)
        done, part = 0, values[10:]
        while True:
            part = part[: found.size - done]
            found[done : done + part.size] = part
            done += part.size
            if done == found.size:
                break
            if (more := next(blocks, None)) is None:
                raise Fault(f"“{place.name}” ends after {done:,} of {found.size:,} samples.", _AGAIN)
            part = more
    return header, np.ascontiguousarray(found.reshape(header.channels, header.n).T)


def _numbers(text: TextIO) -> Iterator[NDArray[np.float64]]:
    """Yield the free-standing numbers of a text in blocks; all other words are names, as for Praat."""
    rest = ""
    while chunk := text.read(_CHUNK):
        chunk = rest + chunk
        end = len(chunk.rstrip()) if chunk[-1].isspace() else max(chunk.rfind(" "), chunk.rfind("\n")) + 1
        chunk, rest = chunk[:end], chunk[end:]
        yield _values(chunk)
    if rest.strip():
        yield _values(rest)


def _values(chunk: str) -> NDArray[np.float64]:
    words = [word for word in chunk.split() if word[0] in _NUMERIC]
    try:
        return np.array(["nan" if word == UNDEFINED else word for word in words], dtype=np.float64)
    except ValueError:
        return np.array([_value(word) for word in words], dtype=np.float64)


_NUMERIC = frozenset("+-0123456789")
UNDEFINED = "--undefined--"


def _value(word: str) -> float:
    try:
        return float(word)
    except ValueError:
        return math.nan


def _check_class(path: Path, name: str) -> None:
    """Raise Fault unless the object is a Sound."""
    if name in ("Sound", "Sound 2"):
        return
    kind = name.split(" ")[0] or "unknown object"
    article = "an" if kind[0] in "AEIOUaeiou" else "a"
    raise Fault(f"“{path.name}” holds {article} {kind}, not a Sound.", "Open it in Praat.")


def _whole(value: float) -> int:
    return int(value) if math.isfinite(value) else -1


def _checked(path: Path, header: _Header) -> _Header:
    """Raise Fault if the numbers of a header make no sense."""
    size = header.n * header.channels
    possible = 1 <= header.channels <= _MOST_CHANNELS and header.n >= 1 and size <= _MOST_VALUES
    if not (possible and math.isfinite(header.first_s) and 0 < header.step_s < math.inf):
        raise Fault(f"“{path.name}” contradicts itself in its header.", _AGAIN)
    return header
