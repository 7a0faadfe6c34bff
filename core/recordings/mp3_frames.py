"""An MP3 file with Praat's clock: every frame counted, none trimmed.

Decoders differ in where an MP3 starts. libsndfile trusts the headers: it removes the delay that LAME's tag
states, and without a tag it estimates the length from the first frames. Praat decodes every frame, the one
with the tag too, and always removes the first 625 samples. TextGrids come from Praat, so its clock counts.

The frames are found as libmad finds them, which Praat decodes with.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from pathlib import Path

PRAATS_DELAY = 625
"""Praat's estimate of the delay of encoder and decoder, in samples: 96 + 529 (external/mp3/mp3.c)."""

_GUARD_BYTES = 8  # libmad decodes a frame only if so many bytes follow it
_KBPS_1 = {
    1: (0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448),
    2: (0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    3: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
}
_KBPS_2 = {
    1: (0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
    2: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    3: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_RATES_HZ = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}
_MOST_BYTES = 1 << 30
MOST_FAILURES = 1_000_000  # places that look like a frame and are none, as in a picture behind the sound


@dataclass(frozen=True, slots=True)
class FrameHeader:
    """The four bytes before every frame: `version` 3 is MPEG 1, 2 is MPEG 2, and 0 is MPEG 2.5."""

    version: int
    layer: int
    rate_hz: int
    channels: int
    samples: int
    size: int

    @property
    def kind(self) -> tuple[int, int, int, int]:
        """What is the same in all frames of a file."""
        return self.version, self.layer, self.rate_hz, self.channels


def header_of(four: bytes) -> FrameHeader | None:
    """Read a frame's header, None if these bytes are none. Free bit rates are not supported."""
    if len(four) < 4 or four[0] != 0xFF or four[1] & 0xE0 != 0xE0:
        return None
    version, layer = four[1] >> 3 & 3, 4 - (four[1] >> 1 & 3)
    place, rate = four[2] >> 4, four[2] >> 2 & 3
    if version == 1 or layer == 4 or place in (0, 15) or rate == 3:
        return None
    kbps = (_KBPS_1 if version == 3 else _KBPS_2)[layer][place]
    rate_hz, padding = _RATES_HZ[version][rate], four[2] >> 1 & 1
    samples = 384 if layer == 1 else 576 if layer == 3 and version != 3 else 1152
    slot = 4 if layer == 1 else 1
    size = (samples // 8 // slot * kbps * 1000 // rate_hz + padding) * slot
    return FrameHeader(version, layer, rate_hz, 1 if four[3] >> 6 == 3 else 2, samples, size)


def may_be_mp3(head: bytes) -> bool:
    """Return whether a file that begins like this may hold MPEG frames."""
    return head[:3] == b"ID3" or header_of(head[:4]) is not None


@dataclass(frozen=True, slots=True)
class Run:
    """Samples `begin:end` of Praat's, which libmpg123 gives `shift` samples later."""

    begin: int
    end: int
    shift: int


@dataclass(frozen=True, slots=True)
class Frames:
    """The frames of a file: where they begin, how many there are, and the header of the first, also as bytes.

    `runs` are the frames that can be decoded. Praat leaves out the others, such as those after a cut, which
    need bits of frames that are no longer there.
    """

    start: int
    count: int
    first: FrameHeader
    four: bytes
    runs: tuple[Run, ...]

    @property
    def n(self) -> int:
        """The number of samples that Praat reads."""
        return max(0, self.count * self.first.samples - PRAATS_DELAY)


def notes_on(frames: Frames) -> tuple[str, ...]:
    """Say whose clock counts, and how much of the file cannot be decoded."""
    known = sum(run.end - run.begin for run in frames.runs)
    lost = (frames.n - known) // frames.first.samples
    notes = ("its times are Praat's, which keeps the delay of an MP3's encoder",)
    if lost > 0:
        frames_are = (
            "1 frame cannot be decoded and is" if lost == 1 else f"{lost} frames cannot be decoded and are"
        )
        notes += (f"{frames_are} left out, as in Praat",)
    return notes


def frames_of(path: Path) -> Frames | None:
    """Count the frames of an MP3 file; None if it holds none that can be counted, or is larger than 1 GB."""
    state = path.stat()
    return _frames_of(str(path), state.st_size, state.st_mtime_ns) if state.st_size <= _MOST_BYTES else None


@lru_cache(maxsize=64)
def _frames_of(path: str, size: int, changed_ns: int) -> Frames | None:
    """Count once per state of a file: every thread and every block of a long one asks again."""
    data = Path(path).read_bytes()
    start, four, first = -1, b"", None
    good: list[bool] = []
    reservoir = 0
    for place, header, in_step in frames_in(data):
        if first is None:
            start, four, first = place, data[place : place + 4], header
        needed, own = _main_data(data, place, header)
        reservoir = reservoir if in_step else 0
        good.append(needed <= reservoir)
        reservoir = min(reservoir, needed) + own if good[-1] else reservoir + own
    if first is None:
        return None
    return Frames(start, len(good), first, four, _runs(good, first.samples, start))


def frames_in(data: bytes) -> Iterator[tuple[int, FrameHeader, bool]]:
    """Yield the place and header of each frame that libmad would find, and whether it follows another.

    All are of the first one's kind: a file has one rate and number of channels.
    """
    place, in_step, kind = _tag_bytes(data), False, None
    if data[place : place + 4] == b"fLaC":
        return
    failures = 0
    while 0 <= place < len(data) and failures < MOST_FAILURES:
        header = header_of(data[place : place + 4])
        after = place + header.size if header else 0
        if (
            header is None
            or kind not in (None, header.kind)
            or not (in_step or data[after : after + 1] == b"\xff")
        ):
            place, in_step = data.find(b"\xff", place + 1), False
            failures += 1
            continue
        if after + _GUARD_BYTES > len(data):
            return
        kind = header.kind
        yield place, header, in_step
        place, in_step = after, True


def _tag_bytes(data: bytes) -> int:
    """Return the size of an ID3 tag at the beginning, 0 if there is none."""
    if len(data) < 10 or data[:3] != b"ID3" or any(byte > 0x7F for byte in data[6:10]):
        return 0
    a, b, c, d = data[6:10]
    return (a << 21 | b << 14 | c << 7 | d) + 10


def _main_data(data: bytes, place: int, header: FrameHeader) -> tuple[int, int]:
    """Return how many bytes of earlier frames a frame needs, and how many it may leave to later ones."""
    if header.layer != 3:
        return 0, 0
    side = place + 4 + (0 if data[place + 1] & 1 else 2)
    needed = data[side] << 1 | data[side + 1] >> 7 if header.version == 3 else data[side]
    return needed, header.size - (side - place) - _SIDE_BYTES[header.version == 3, header.channels == 1]


def _runs(good: list[bool], samples: int, start: int) -> tuple[Run, ...]:
    """Return the runs of decodable frames, one behind the other as Praat has them."""
    # Praat's seek takes one lost first frame into account, but only if a tag precedes it
    forgiven = samples if start > 0 and not good[0] and samples <= PRAATS_DELAY else 0
    begin, end, lost = forgiven - PRAATS_DELAY, len(good) * samples - PRAATS_DELAY, -forgiven
    runs: list[Run] = []
    for is_good, group in groupby(good):
        length = len(list(group)) * samples
        if not is_good:
            lost += length
            continue
        run = Run(max(0, begin), min(end, begin + length), PRAATS_DELAY - _MPG123S_DELAY + lost)
        begin += length
        if run.begin < run.end:
            runs.append(run)
    return tuple(runs)


_MPG123S_DELAY = 529
"""What libmpg123 removes from the start of a file with Xing's mark."""

WARM_UP_FRAMES = 24
"""How many frames before a place are decoded in vain: at the lowest rates so many hold the 511 bytes that a
frame may need of earlier ones."""


def head_with(frames: Frames) -> bytes:
    """Return a frame of zeros with Xing's mark and the number of frames, to stand before the first.

    With the count, libsndfile knows the length and reaches every sample. Without a tag of LAME's in it,
    libmpg123 trims nothing.
    """
    four = bytearray(frames.four)
    four[1] |= 1  # without a checksum
    for place in range(1, 15):  # the lowest bit rate with room for the mark
        four[2] = place << 4 | (four[2] & 0x0C)
        header = header_of(bytes(four))
        if header is not None and header.size >= _MARK_BYTES:
            zeros = _SIDE_BYTES[header.version == 3, header.channels == 1]
            mark = b"Xing" + struct.pack(">II", 1, frames.count)
            return (bytes(four) + bytes(zeros) + mark).ljust(header.size, b"\0")
    return b""


_MARK_BYTES = 200
_SIDE_BYTES = {(True, False): 32, (True, True): 17, (False, False): 17, (False, True): 9}
"""The bytes of side information by (MPEG 1, mono)."""
