"""Praat's other layouts of TextGrids, as tokens of the usual one: binary, chronological, in a Collection."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from itertools import islice

from core.annotation.textgrid_syntax import Word, words
from core.faults import Fault

BINARY = b"ooBinaryFile"
CHRONOLOGICAL = "Praat chronological TextGrid text file"
_CLASSES = ("IntervalTier", "TextTier")
_COPY = "Open it in Praat and save it as a text file."


class BinaryWords:
    """The tokens of a binary TextGrid: numbers big-endian, texts in Latin-1 or UTF-16 behind their length."""

    def __init__(self, data: bytes, name: str) -> None:
        self._data, self._name = data, name
        self._place = len(BINARY)

    def words(self) -> Iterator[Word]:
        """Yield the tokens in the order of the text format; raises Fault if they end early."""
        kind = self._short_text()
        if kind != "TextGrid":
            raise Fault(f"“{self._name}” holds an object of class {kind[:40]}, not a TextGrid.", _COPY)
        yield from (Word("text", "ooTextFile"), Word("text", "TextGrid"), self._real(), self._real())
        exists = self._take(1) != b"\\0"
        yield Word("flag", "exists" if exists else "absent")
        if exists:
            count = self._integer()
            yield Word("number", str(count))
            for _ in range(count):
                yield from self._tier()

    def _tier(self) -> Iterator[Word]:
        kind = self._short_text()
        yield Word("text", kind)
        yield from (self._text(), self._real(), self._real())
        count = self._integer()
        yield Word("number", str(count))
        for _ in range(count):
            yield self._real()
            if kind == "IntervalTier":
                yield self._real()
            yield self._text()

    def _take(self, count: int) -> bytes:
        found = self._data[self._place : self._place + count]
        if len(found) < count:
            raise Fault(f"“{self._name}” cannot be read: it ends early.", _COPY)
        self._place += count
        return found

    def _real(self) -> Word:
        value: float = struct.unpack(">d", self._take(8))[0]
        return Word("number", repr(value).removesuffix(".0"))

    def _integer(self) -> int:
        return int.from_bytes(self._take(4), "big", signed=True)

    def _short_text(self) -> str:
        return self._take(self._take(1)[0]).decode("latin-1")

    def _text(self) -> Word:
        length = int.from_bytes(self._take(2), "big")
        if length != 0xFFFF:
            return Word("text", self._take(length).decode("latin-1"))
        length = int.from_bytes(self._take(2), "big")
        return Word("text", self._take(2 * length).decode("utf-16-be", "replace"))


def chronological_words(text: str, name: str) -> Iterator[Word]:
    """Yield the tokens of a chronological file tier by tier; raises Fault if they do not fit together."""
    source = iter(list(words(text))[1:])
    head = [*islice(source, 3)]
    count = _whole(head, 2, name)
    tiers = [list(islice(source, 4)) for _ in range(count)]
    rows: list[list[Word]] = [[] for _ in tiers]
    while (place := next(source, None)) is not None:
        number = _whole([place], 0, name)
        if not 1 <= number <= len(tiers) or len(tiers[number - 1]) < 4:
            raise Fault(f"“{name}” cannot be read: there is no tier {number}.", _COPY)
        rows[number - 1] += islice(source, 3 if tiers[number - 1][0].text == _CLASSES[0] else 2)
    yield from (Word("text", "ooTextFile"), Word("text", "TextGrid"), *head[:2])
    yield from (Word("flag", "exists"), Word("number", str(count)))
    for tier, own in zip(tiers, rows, strict=True):
        each = 3 if tier[0].text == _CLASSES[0] else 2
        yield from (*tier, Word("number", str(-(-len(own) // each))), *own)


def _whole(found: Sequence[Word], place: int, name: str) -> int:
    """Return the number of tiers, or of one tier."""
    text = found[place].text if place < len(found) else ""
    if not (text.isascii() and text.isdigit() and len(text) < 6):
        raise Fault(
            f"“{name}” cannot be read: {text[:40] or 'its end'} stands where a tier's number should.", _COPY
        )
    return int(text)


def in_collection(source: Iterator[Word]) -> Iterator[Word]:
    """Yield the first TextGrid of a Collection, from its class on, without its name."""
    for word in source:
        if word.kind == "text" and word.text == "TextGrid":
            next(source, None)
            yield from (Word("text", "ooTextFile"), word)
            yield from source
