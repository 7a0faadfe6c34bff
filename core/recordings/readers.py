"""Open sound files, whatever their format: samples by their place, counted and not as a header claims."""

from __future__ import annotations

import contextlib
from collections.abc import Generator, Iterator
from contextlib import nullcontext
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from core.faults import Fault
from core.files.regular import check_file
from core.recordings import mp3_frames, praat_sounds
from core.recordings.foreign_sounds import unreadable_format
from core.recordings.patched_file import PatchedFile
from core.recordings.sample_rates import frames_in_aiff, true_rate
from core.recordings.terminal import quiet
from core.recordings.wav_header import first_data_end, name_of, unreadable

Samples = NDArray[np.float32]

MOST_SAMPLES = 1 << 32
"""The longest sound that is opened: 27 hours at 44.1 kHz."""

_BLOCK = 1 << 18
COUNTED_UP_TO = 3_000_000
"""A compressed sound up to this long (a minute at 48 kHz) is decoded once to count its samples."""

_TAIL = 1 << 16
_MOST_IN_MEMORY = 1 << 28

_EXACT = ("PCM_", "FLOAT", "DOUBLE", "ULAW", "ALAW")
_OVERLAPPED = ("VORBIS", "MPEG_LAYER_I", "MPEG_LAYER_II", "MPEG_LAYER_III")
_WARM_UP = 1 << 14
"""Overlapped codings are exact only some samples after where they start: two of Vorbis's longest blocks."""

_SOUGHT = (*_OVERLAPPED, "OPUS", "IMA_ADPCM", "MS_ADPCM", "ALAC_16", "ALAC_20", "ALAC_24", "ALAC_32")
"""Compressed codings in which libsndfile reaches every sample; others are decoded from the beginning."""


class Reader(Protocol):
    """An open sound file of `n` samples in `channels` channels.

    `start_s` is the centre of the first sample, None in files that state no time. `claimed` is the number of
    samples by the header, 0 where it states none. `log` is libsndfile's own.
    """

    rate_hz: float
    channels: int
    n: int
    claimed: int
    start_s: float | None
    log: str
    notes: tuple[str, ...]

    def read(self, first: int, last: int) -> Samples:
        """Return the samples `first:last`, float32 [samples, channels]; fewer where the file ends.

        Raises OSError, ValueError or LibsndfileError for damaged data.
        """
        ...

    def close(self) -> None: ...


@contextlib.contextmanager
def opened(path: Path | str) -> Generator[Reader]:
    """Open a sound file for reading; raises Fault if that fails."""
    reader = open_reader(path)
    try:
        yield reader
    finally:
        reader.close()


def open_reader(path: Path | str) -> Reader:
    """Open a sound file that the caller closes; raises Fault if it cannot be read as a sound."""
    place = Path(path)
    check_file(place)
    try:
        with place.open("rb") as file:
            head = file.read(64)
        if praat_sounds.is_praat_file(head):
            return praat_sounds.open_praat_sound(place, head)
        frames = mp3_frames.frames_of(place) if mp3_frames.may_be_mp3(head) else None
        return _Mp3(place, frames) if frames is not None and frames.n > 0 else _by_libsndfile(place, head)
    except OSError as error:
        if not place.exists():
            raise Fault(f"The file “{place.name}” no longer exists.", "Choose it again.") from error
        sentence = f"“{place.name}” cannot be read: {error.strerror or error}."
        raise Fault(sentence, "Choose another file.") from error


def _by_libsndfile(path: Path, head: bytes) -> Reader:
    """Open a file with libsndfile; raises Fault with the reason if it cannot."""
    reader = _opened_at_all(path, head)
    if reader.exact:
        return reader
    frames = mp3_frames.frames_of(path) if reader.format == "MP3" else None
    if frames is not None and frames.n > 0:
        reader.close()
        return _Mp3(path, frames)
    if not reader.seeks:
        reader.close()
        return _Decoded(path)
    reader.n = _counted(str(path), *_state(path))
    if is_flac(head) and 0 < reader.n != (claimed := _claimed_by_flac(path)):
        reader.close()
        reader = _flac(path, reader.n)
        reader.claimed = claimed
    return reader


def _opened_at_all(path: Path, head: bytes) -> _Sndfile:
    import soundfile  # pyright: ignore[reportMissingTypeStubs]

    damaged = (soundfile.LibsndfileError, ValueError, TypeError)
    try:
        return _Sndfile(path, is_mpeg=_may_hold_mpeg(path, head))
    except damaged as error:
        if head[:4] == b"RIFF" and (end := first_data_end(path)) > 0:
            with contextlib.suppress(*damaged):
                return _first_data(path, end)
        raise unreadable_format(path, head) or unreadable(path) from error


def _may_hold_mpeg(path: Path, head: bytes) -> bool:
    """Return whether libmpg123 may have to do with a file: an MP3, or a WAV file with MP3 inside."""
    in_wav = head[:4] == b"RIFF" and head[20:22] == b"\x55\0"
    return in_wav or mp3_frames.may_be_mp3(head) or path.suffix.lower() in (".mp3", ".mp2", ".mpga")


def _state(path: Path) -> tuple[int, int]:
    state = path.stat()
    return state.st_size, state.st_mtime_ns


class _Sndfile:
    """A file that libsndfile seeks in, or `virtual` in its place; `is_mpeg` if libmpg123 may open it."""

    start_s: float | None = None
    notes: tuple[str, ...] = ()

    def __init__(self, path: Path, virtual: PatchedFile | None = None, is_mpeg: bool = False) -> None:
        import soundfile  # pyright: ignore[reportMissingTypeStubs]

        library: Any = soundfile
        self._virtual = virtual
        try:
            with quiet() if is_mpeg else nullcontext():
                self._file: Any = library.SoundFile(virtual or name_of(path))
        except BaseException:
            if virtual is not None:
                virtual.close()
            raise
        self._describe(path)

    def _describe(self, path: Path) -> None:
        file = self._file
        self.format, self.subtype = str(file.format), str(file.subtype)
        self.channels, self.log = int(file.channels), str(file.extra_info)
        self.rate_hz = true_rate(path, float(file.samplerate))
        seekable = bool(file.seekable())
        self.exact = self.subtype.startswith(_EXACT) and self.format != "FLAC" and seekable
        self.seeks = seekable and (self.format == "FLAC" or self.subtype in _SOUGHT)
        self.n = int(file.frames)
        if self.format == "AIFF" and self.exact and frames_in_aiff(path) == self.n - 1:
            self.n -= 1  # libsndfile takes the byte that pads an odd chunk for a sample
        is_mpeg = self.subtype.startswith("MPEG")
        self.claimed = 0 if is_mpeg else self.n  # libsndfile's guess; no header states it
        self._place, self._warm_up = 0, _WARM_UP if self.subtype in _OVERLAPPED else 0
        self._silenced = quiet if is_mpeg else nullcontext[None]

    def read(self, first: int, last: int) -> Samples:
        if first != self._place:
            start = max(0, first - self._warm_up)
            with self._silenced():
                self._file.seek(start)
            self._take(first - start)
        found = self._take(max(0, last - first))
        self._place = first + found.shape[0]
        return found

    def _take(self, count: int) -> Samples:
        """Read on from the present place; raises LibsndfileError for damaged data."""
        import soundfile  # pyright: ignore[reportMissingTypeStubs]

        # soundfile's own read seeks after every block, which fails at the end of a FLAC of unknown length
        library: Any = soundfile
        found = np.empty((count, self.channels), np.float32)
        target = library._ffi.cast("float *", library._ffi.from_buffer(found)) if count else library._ffi.NULL
        with self._silenced():
            got = library._snd.sf_readf_float(self._file._file, target, count)
        code = library._snd.sf_error(self._file._file)
        if code and got == 0:
            raise library.LibsndfileError(code)
        return found[:got]

    def close(self) -> None:
        self._file.close()
        if self._virtual is not None:
            self._virtual.close()


class _Mp3(_Sndfile):
    """An MP3 with Praat's clock: each run of decodable frames at the place where Praat puts it."""

    def __init__(self, path: Path, frames: mp3_frames.Frames) -> None:
        super().__init__(path, PatchedFile(path, mp3_frames.head_with(frames), frames.start), is_mpeg=True)
        self._frames, self.rate_hz = frames, float(frames.first.rate_hz)
        self._warm_up = mp3_frames.WARM_UP_FRAMES * frames.first.samples
        self.n = frames.n
        self.log, self.notes = "", mp3_frames.notes_on(frames)

    def read(self, first: int, last: int) -> Samples:
        last = min(last, self.n)
        found = np.zeros((max(0, last - first), self.channels), np.float32)
        for run in self._frames.runs:
            begin, end = max(first, run.begin), min(last, run.end)
            if begin < end:
                made = super().read(begin + run.shift, end + run.shift)
                found[begin - first : begin - first + len(made)] = made
        return found


def _first_data(path: Path, end: int) -> _Sndfile:
    """Open the first data chunk of a WAV file with several, which libsndfile refuses, as Praat does."""
    reader = _Sndfile(path, PatchedFile(path, b"RIFF" + (end - 8).to_bytes(4, "little"), 8, end))
    reader.notes = ("it has several data chunks; only the first is read, as in Praat",)
    return reader


class _Decoded:
    """A sound in a coding that cannot be sought, such as GSM: decoded whole, and kept in memory."""

    start_s: float | None = None
    notes: tuple[str, ...] = ()

    def __init__(self, path: Path) -> None:
        self.rate_hz, self.log, self._samples = _decoded(str(path), *_state(path))
        self.claimed, self.channels = 0, self._samples.shape[1]
        self.n = len(self._samples)

    def read(self, first: int, last: int) -> Samples:
        return self._samples[first:last]

    def close(self) -> None:
        """Nothing is open."""


@lru_cache(maxsize=2)
def _decoded(path: str, size: int, changed_ns: int) -> tuple[float, str, Samples]:
    """Decode a file from its beginning, once per state of the file."""
    reader = _Sndfile(Path(path))
    try:
        if reader.n * reader.channels > _MOST_IN_MEMORY:
            raise Fault(
                f"“{Path(path).name}” is too long for its coding, {reader.subtype}, which cannot be sought.",
                "Convert it to WAV, for example: sox in.wav -e signed out.wav",
            )
        parts = [np.zeros((0, reader.channels), np.float32), *forward(reader)]
        return reader.rate_hz, reader.log, np.concatenate(parts)
    finally:
        reader.close()


def forward(reader: Reader, first: int = 0) -> Iterator[Samples]:
    """Yield blocks from a place to where the data end or are damaged."""
    import soundfile  # pyright: ignore[reportMissingTypeStubs]

    at_once = max(1, _BLOCK // max(1, reader.channels))
    with contextlib.suppress(soundfile.LibsndfileError, OSError, ValueError):
        while (found := reader.read(first, first + at_once)).size:
            first += len(found)
            yield found


# --- counting


@lru_cache(maxsize=256)
def _counted(path: str, size: int, changed_ns: int) -> int:
    """Return how many samples a compressed file really holds, whatever its header says.

    A long one whose last second decodes as the header says is not decoded whole.
    """
    place = Path(path)
    with place.open("rb") as file:
        anew = _length_ignored if is_flac(file.read(4)) else _Sndfile
    reader = anew(place)
    claimed = _claimed_by_flac(place) if anew is _length_ignored else reader.claimed
    try:
        if claimed > COUNTED_UP_TO and _ends_at(reader, claimed):
            return claimed
    finally:
        reader.close()
    reader, count = anew(place), 0  # a failed seek may leave one unusable
    try:
        for block in forward(reader):
            count += len(block)
            if count > MOST_SAMPLES:  # silence can be packed without end
                break
    finally:
        reader.close()
    return count


def _ends_at(reader: Reader, n: int) -> bool:
    """Return whether the data end after exactly `n` samples."""
    return sum(len(block) for block in forward(reader, n - _TAIL)) == _TAIL


def is_flac(head: bytes) -> bool:
    """Return whether a file that begins like this is FLAC without a tag before it."""
    return head[:4] == b"fLaC"


def _flac(path: Path, n: int) -> _Sndfile:
    """Open a FLAC file as if its header stated `n` samples, or with 0 no number."""
    return _Sndfile(path, PatchedFile(path, _flac_head(path, n), _FLAC_HEAD))


def _length_ignored(path: Path) -> _Sndfile:
    return _flac(path, 0)


def _flac_head(path: Path, n: int) -> bytes:
    """Return the beginning of a FLAC file with `n` as its number of samples; 0 means unknown.

    The number is 36 bits of STREAMINFO (RFC 9639, section 8.2).
    """
    with path.open("rb") as file:
        head = bytearray(file.read(_FLAC_HEAD).ljust(_FLAC_HEAD, b"\0"))
    head[21] = head[21] & 0xF0 | n >> 32
    head[22:26] = (n & 0xFFFFFFFF).to_bytes(4, "big")
    return bytes(head)


_FLAC_HEAD = 26


def _claimed_by_flac(path: Path) -> int:
    """Return the number of samples by STREAMINFO, 0 if it is unknown."""
    with path.open("rb") as file:
        head = file.read(_FLAC_HEAD).ljust(_FLAC_HEAD, b"\0")
    return (head[21] & 0x0F) << 32 | int.from_bytes(head[22:26], "big")
