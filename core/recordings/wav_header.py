"""The header of a WAV file by libsndfile's own log: why it is refused, and where it contradicts the file."""

from __future__ import annotations

import os
import re
import struct
import sys
from pathlib import Path
from typing import Any

from core.faults import Fault
from core.recordings.terminal import quiet

MOST_CHANNELS, MOST_RATE_HZ = 1024, 655_350  # what libsndfile opens
_UNKNOWN = 0xFFFFFFFF  # from writers that cannot seek back to fill in the length
_PLAIN = (1, 3, 0xFFFE)  # integers, floats, and either with an extended header
_STRAY_BYTES = 1000  # fewer after the last chunk are a tag or padding, not sound
_LOG_COMMAND, _LOG_BYTES = 0x1001, 1 << 14  # SFC_GET_LOG_INFO of sndfile.h
EXPORT_AGAIN = "Export it again from its source."


def log_of(path: Path) -> str:
    """Return libsndfile's log of opening a file, even if that fails; "" if there is none.

    For a WAV file it lists the length, the size of each chunk, and the fields of `fmt `.
    """
    import soundfile  # pyright: ignore[reportMissingTypeStubs]

    library: Any = soundfile
    try:
        with quiet(), library.SoundFile(name_of(path)) as file:
            return str(file.extra_info)
    except (library.LibsndfileError, OSError, ValueError, TypeError):
        pass
    # soundfile has no public way to the log of a file that did not open: libsndfile keeps the last one
    log = library._ffi.new("char[]", _LOG_BYTES)
    library._snd.sf_command(library._ffi.NULL, _LOG_COMMAND, log, _LOG_BYTES)
    text = bytes(library._ffi.string(log))
    is_mine = text.startswith(b"File : " + os.fsencode(path) + b"\n")
    return text.decode("utf-8", "replace") if is_mine else ""


def name_of(path: Path) -> str | bytes:
    """Return the name of a file as soundfile takes it, also if it holds bytes that are not UTF-8."""
    return str(path) if sys.platform == "win32" else os.fsencode(path)


def first_data_end(path: Path) -> int:
    """Return where the first data chunk of a WAV file ends if it has several, else -1."""
    ends: list[int] = []
    with path.open("rb") as file:
        place, size = 12, path.stat().st_size
        while place + 8 <= size and len(ends) < 2:
            file.seek(place)
            name, length = struct.unpack("<4sI", file.read(8))
            place += 8 + length + length % 2
            ends += [place] if name == b"data" else []
    return ends[0] if len(ends) > 1 else -1


def _number(log: str, name: str, otherwise: int = -1) -> int:
    """Return the number in a line of the log, for example `Channels      : 2`."""
    found = re.search(rf"^ *{name} *: (0x[0-9A-Fa-f]+|-?\d+)", log, re.MULTILINE)
    return int(found[1], 0) % (1 << 32) if found else otherwise  # printed with a sign


def unreadable(path: Path) -> Fault:
    """Explain why an existing file cannot be read as a sound."""
    if path.is_file() and path.stat().st_size == 0:
        return Fault(f"“{path.name}” is empty: it has 0 bytes.", EXPORT_AGAIN)
    log = log_of(path) if path.is_file() and _is_wav(path) else ""
    if not log:
        return Fault(
            f"“{path.name}” cannot be read as a sound.",
            "Use WAV, FLAC, AIFF, Ogg, MP3 or a Sound of Praat's.",
        )
    coding, channels = _number(log, "Format"), _number(log, "Channels")
    rate_hz, bits = _number(log, "Sample Rate"), _number(log, "Bit Width")
    has_data = re.search(r"^data : ", log, re.MULTILINE) is not None
    if coding < 0 or (not has_data and "short count" in log):
        return Fault(f"“{path.name}” ends within its header.", EXPORT_AGAIN)
    wrong = {
        "has no channels": channels == 0,
        f"has {channels} channels, more than {MOST_CHANNELS}": channels > MOST_CHANNELS,
        f"has a sampling frequency of {rate_hz} Hz": not 0 < rate_hz <= MOST_RATE_HZ,
        f"has {bits} bits per sample": coding in _PLAIN and bits not in range(1, 65),
        "has no samples": coding in _PLAIN and not has_data,
    }
    reason = next((words for words, is_wrong in wrong.items() if is_wrong), "")
    if reason:
        return Fault(f"“{path.name}” {reason} according to its header.", EXPORT_AGAIN)
    return Fault(f"“{path.name}” has an audio encoding that cannot be read ({coding}).", EXPORT_AGAIN)


def _is_wav(path: Path) -> bool:
    with path.open("rb") as file:
        first = file.read(12)
    return first[:4] == b"RIFF" and b"WAVE".startswith(first[8:])


def empty(path: Path) -> Fault:
    """Return the fault for a file without samples, or with samples that its header denies."""
    left = _left_out(path, log_of(path))
    if left:
        sentence = f"“{path.name}” has no samples according to its header, but {left:,} bytes follow it."
        return Fault(sentence, f"Repair it first: sox --ignore-length {path.name} repaired.wav")
    return Fault(f"“{path.name}” holds no samples.", EXPORT_AGAIN)


def notes_on(path: Path, log: str, n: int, rate_hz: float) -> tuple[str, ...]:
    """Describe where the header of a readable WAV file of `n` samples contradicts the file."""
    notes: tuple[str, ...] = ()
    if _is_cut(log):
        notes += (f"it ends at {n / rate_hz:.3f} s, earlier than its header says",)
    left = _left_out(path, log)
    if left:
        notes += (f"its header says {n / rate_hz:.6g} s; {left:,} bytes after that are ignored",)
    channels, bits, block = (_number(log, name) for name in ("Channels", "Bit Width", "Block Align"))
    frame = channels * ((bits + 7) // 8)
    padded = bits == 24 and block == 4 * channels  # 24 bits may stand in 4 bytes
    if _number(log, "Format") in _PLAIN and block != frame and not padded:
        layout = f"{channels} channel{'s' * (channels > 1)} of {bits} bits in blocks of {block} bytes"
        notes += (f"its header contradicts itself ({layout}) and is read in blocks of {frame} bytes",)
    return notes


def _is_cut(log: str) -> bool:
    """Return whether the file, or its data chunk, is shorter than the header says."""
    found = re.findall(r"^(?:RIFF|data) : (\d+) \(should be (\d+)\)", log, re.MULTILINE)
    return any(int(held) + 1 < int(said) < _UNKNOWN for said, held in found)


def _left_out(path: Path, log: str) -> int:
    """Return how many bytes follow the data that belong to no chunk and are no padding."""
    found = re.search(r"^(?:\*\*\* Unknown chunk|Have 0) marker .*at position (\d+)", log, re.MULTILINE)
    if found is None:
        return 0
    with path.open("rb") as file:
        file.seek(int(found[1]))
        is_sound = any(file.read(_STRAY_BYTES))
    left = path.stat().st_size - int(found[1])
    return left if left >= _STRAY_BYTES and is_sound else 0
