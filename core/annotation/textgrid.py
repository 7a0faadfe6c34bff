"""Reading and writing TextGrids without changing anything that was not edited.

praatio strips spaces from labels, drops empty intervals and reformats times. A file that is only
opened and saved must keep every label and every digit.
"""

from __future__ import annotations

import itertools
import math
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from core.annotation.irregular_tiers import Row, interval_tier, point_tier, row_of
from core.annotation.textgrid_layouts import (
    BINARY,
    CHRONOLOGICAL,
    BinaryWords,
    chronological_words,
    in_collection,
)
from core.annotation.textgrid_syntax import (
    MOST_BYTES,
    PRAATS,
    Style,
    Word,
    decode,
    is_plain,
    number,
    quoted,
    style_of,
    words,
)
from core.annotation.tiers import Annotation, Instant, Tier, Unwritten
from core.faults import Fault
from core.files.atomic import atomic
from core.files.regular import check_file

_COPY = "Copy it again, or open and save it again in the program that made it."


@dataclass(frozen=True)
class TextGridFile:
    """The content of a file, its layout, and sentences about what was repaired."""

    annotation: Annotation
    style: Style
    notes: tuple[str, ...] = ()


def read_textgrid(path: str | os.PathLike[str]) -> TextGridFile:
    """Read a TextGrid, long or short; raises Fault if it is damaged or not a TextGrid."""
    place = Path(path)
    check_file(place)
    try:
        if place.stat().st_size > MOST_BYTES:
            raise Fault(f"“{place.name}” is larger than {MOST_BYTES >> 20} MB, too large for a TextGrid.")
        data = place.read_bytes()
    except OSError as problem:
        raise Fault(f"“{place.name}” cannot be read: {problem.strerror}.") from problem
    return parse_textgrid(data, place.name)


def parse_textgrid(data: bytes, name: str = "TextGrid") -> TextGridFile:
    """Read the bytes of a TextGrid file called `name` wherever Praat reads them.

    What is irregular is read as Praat reads it, and told in the notes. Raises Fault if Praat refuses it, too.
    """
    if not data[:200].replace(b"\0", b"").strip():
        raise Fault(f"“{name}” is empty.", _COPY)
    if data.startswith(BINARY):
        reading = _Parser(BinaryWords(data, name).words(), name)
        note = f"“{name}” is one of Praat's binary files; it is saved as a text file."
        return TextGridFile(reading.grid(), PRAATS, (note, *reading.notes))
    text, encoding, notes = decode(data, name)
    if CHRONOLOGICAL in text[:100]:
        reading = _Parser(chronological_words(text, name), name)
        note = f"“{name}” is a chronological TextGrid; it is saved in the usual order."
        return TextGridFile(reading.grid(), Style(encoding=encoding), (note, *notes, *reading.notes))
    reading = _Parser(words(_with_quoted_mark(text)), name)
    annotation = reading.grid()
    style = Style(encoding=encoding) if reading.in_collection else style_of(text, encoding)
    return TextGridFile(annotation, style, (*notes, *reading.notes))


def _with_quoted_mark(text: str) -> str:
    """Return a text whose mark is quoted; Praat finds it in the first line with quotes or without."""
    first, end, rest = text.partition("\n")
    marked = "ooTextFile" in first and '"' not in first
    return f'"ooTextFile"{end}{rest}' if marked else text


class _Parser:
    """Parser for the tokens of one file, in the order of Praat's format."""

    def __init__(self, source: Iterator[Word], name: str) -> None:
        self._source, self._name = source, name
        self._where = "its header"
        self._inexact: dict[str, None] = {}
        self.in_collection = False
        self.notes: list[str] = []

    # --- words

    def _fault(self, why: str, hint: str = _COPY) -> Fault:
        return Fault(f"“{self._name}” cannot be read: {why}.", hint)

    def _tell(self, words: str) -> None:
        self.notes.append(f"“{self._name}”: {words}.")

    def _next(self, kind: str, wanted: str) -> str:
        found = next(self._source, None)
        if found is None:
            raise self._fault(f"it ends early, in {self._where}")
        if found.kind == "broken":
            raise self._fault(
                f"a quoted text in {self._where} does not end",
                'Look for a single " there; inside a label it must be doubled.',
            )
        if found.kind != kind:
            raise self._fault(f"in {self._where}, “{found.text[:40]}” was found instead of {wanted}")
        return found.text

    def _number(self, wanted: str) -> str:
        """Return a number as written; what Praat ignores behind a number is noted."""
        text = self._next("number", wanted)
        if not is_plain(text) and math.isfinite(number(text)):
            self._inexact[f"{text} was read as {number(text):g}"] = None
        return text

    def _time(self, wanted: str) -> str:
        """Return a time as written; raises Fault if it is undefined."""
        text = self._number(wanted)
        if not math.isfinite(number(text)):
            raise self._fault(f"in {self._where}, {text} is not a time")
        return text

    def _count(self, wanted: str) -> int:
        value = number(self._number(wanted))
        if not abs(value) < _MOST:
            raise self._fault(f"in {self._where}, there is no {wanted}")
        return max(0, int(value))

    # --- parts

    def grid(self) -> Annotation:
        """Read the whole file."""
        self._head()
        start, end = self._ends("the TextGrid")
        exists = self._next("flag", "<exists>").lower()
        if exists not in ("exists", "absent"):
            raise self._fault(f"in its header, <{exists}> stands where <exists> should")
        count = self._count("number of tiers") if exists == "exists" else 0
        tiers = tuple(self._tier(place, count) for place in range(1, count + 1))
        if not self.in_collection and next(self._source, None) is not None:
            self._tell("what follows its last tier is ignored, as in Praat")
        if self._inexact:
            several = f" and {len(self._inexact) - 3} more" if len(self._inexact) > 3 else ""
            self._tell(f"{', '.join([*self._inexact][:3])}{several}, as in Praat")
        if end == start and tiers:
            start, end = min(tier.start_s for tier in tiers), max(tier.end_s for tier in tiers)
        return Annotation(tiers, start, end)

    def _head(self) -> None:
        """Read the file's type and the class of its object; raises Fault if that is not a TextGrid."""
        heads = list(itertools.islice(self._source, 2))
        kinds = [word.text for word in heads if word.kind == "text"]
        if kinds[1:] == ["Collection"]:
            self.in_collection = True
            self._source = in_collection(self._source)
            self._tell("of a collection of objects, the first TextGrid is read")
            kinds = [word.text for word in itertools.islice(self._source, 2)]
        if len(kinds) < 2 or "ooTextFile" not in kinds[0] or kinds[1].rstrip() != "TextGrid":
            raise self._fault("it is not a TextGrid", "Choose a file that Praat saved as a TextGrid.")

    def _ends(self, whose: str) -> tuple[Instant, Instant]:
        start, end = (Instant(self._time(f"the {word} time of {whose}")) for word in ("start", "end"))
        if end < start:
            raise self._fault(f"{whose} ends at {end.before} s, but starts at {start.before} s")
        return start, end

    def _tier(self, place: int, count: int) -> Tier:
        self._where = f"tier {place} of {count}"
        kind = self._next("text", "the tier's class")
        if kind not in _TIERS:
            raise self._fault(f"tier {place} is of an unknown class, “{kind}”")
        name = self._next("text", "the tier's name")
        start, end = self._ends(f"tier {place}, “{name}”,")
        size = self._count("number of its intervals or points")
        what, made = _TIERS[kind]
        words = f"tier {place}, “{name}”"
        rows = [self._row(f"{what} {k} of {size} of {words}", what) for k in range(1, size + 1)]
        return made(Tier(name, "point", start, end), rows, partial(self._tell_of, words))

    def _tell_of(self, tier_words: str, words: str) -> None:
        self._tell(f"{words} in {tier_words}")

    def _row(self, where: str, what: str) -> Row:
        self._where = where
        start = self._number("a start time" if what == "interval" else "a time")
        end = self._number("an end time") if what == "interval" else start
        row = row_of(start, end, self._next("text", "a label"))
        if row.end_s < row.start_s:
            raise self._fault(f"{where} ends at {end} s, but starts at {start} s")
        return row


_MOST = 1e11
_TIERS: dict[str, tuple[str, Callable[[Tier, Sequence[Row], Callable[[str], None]], Tier]]] = {
    "IntervalTier": ("interval", interval_tier),
    "TextTier": ("point", point_tier),
}


# --- writing


def write_textgrid(path: str | os.PathLike[str], annotation: Annotation, style: Style = PRAATS) -> None:
    """Write a TextGrid in a style; unedited parts of an imported file are written unchanged."""
    with atomic(path) as draft:
        draft.write_bytes(textgrid_bytes(annotation, style))


def textgrid_bytes(annotation: Annotation, style: Style = PRAATS) -> bytes:
    """Return the bytes of a TextGrid file."""
    lines = _long(annotation, style.space) if style.long else _short(annotation)
    head = style.head or PRAATS.head
    return style.encode(style.newline.join((head, 'Object class = "TextGrid"', "", *lines, "")))


def _short(annotation: Annotation) -> Iterator[str]:
    yield from (_real(annotation.start_s), _real(annotation.end_s), "<exists>", str(len(annotation.tiers)))
    for tier in annotation.tiers:
        yield from (f'"{_class(tier)}"', quoted(tier.name), _real(tier.start_s), _real(tier.end_s))
        rows = _rows(tier)
        yield str(len(rows))
        yield from itertools.chain.from_iterable(rows)


def _long(annotation: Annotation, end: str) -> Iterator[str]:
    yield from (f"xmin = {_real(annotation.start_s)}{end}", f"xmax = {_real(annotation.end_s)}{end}")
    yield from (f"tiers? <exists>{end}", f"size = {len(annotation.tiers)}{end}", f"item []:{end}")
    for place, tier in enumerate(annotation.tiers, 1):
        yield f"    item [{place}]:"
        values = (f'"{_class(tier)}"', quoted(tier.name), _real(tier.start_s), _real(tier.end_s))
        for field, value in zip(("class", "name", "xmin", "xmax"), values, strict=True):
            yield f"        {field} = {value}{end}"
        what, fields = ("intervals", ("xmin", "xmax", "text")) if tier.is_interval else _POINT_FIELDS
        rows = _rows(tier)
        yield f"        {what}: size = {len(rows)}{end}"
        for k, row in enumerate(rows, 1):
            yield f"        {what} [{k}]:"
            yield from (f"            {f} = {value}{end}" for f, value in zip(fields, row, strict=True))


_POINT_FIELDS = ("points", ("number", "mark"))


def _class(tier: Tier) -> str:
    return "IntervalTier" if tier.is_interval else "TextTier"


def _rows(tier: Tier) -> list[tuple[str, ...]]:
    """Return the fields to write for each interval or point."""
    if not tier.is_interval:
        return [(_real(time), quoted(label)) for time, label in zip(tier.times, tier.labels, strict=True)]
    if len(tier.labels) == 1 and isinstance(tier.labels[0], Unwritten):
        return []
    parts = zip(itertools.pairwise(tier.times), tier.labels, strict=True)
    return [(_real(start, after=True), _real(end), quoted(label)) for (start, end), label in parts]


def _real(value: float, after: bool = False) -> str:
    """Return a time as it was read, or with the shortest digits that preserve it, as Praat does."""
    if isinstance(value, Instant):
        return value.after if after else value.before
    return repr(float(value)).removesuffix(".0")
