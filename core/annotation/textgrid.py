"""Reading and writing TextGrids without changing anything that was not edited.

praatio strips spaces from labels, drops empty intervals and reformats times. A file that is only
opened and saved must keep every label and every digit.
"""

from __future__ import annotations

import itertools
import math
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from core.annotation.textgrid_syntax import MOST_BYTES, PRAATS, Style, Word, decode, quoted, style_of, words
from core.annotation.tiers import Annotation, Instant, Tier, Unwritten
from core.faults import Fault
from core.files.atomic import atomic

TOLERANCE_S = 1e-6  # smaller gaps and overlaps are rounding errors
_CLASSES = {"IntervalTier": True, "TextTier": False}
_COPY = "Copy it again, or open and save it again in the program that made it."


@dataclass(frozen=True)
class TextGridFile:
    """The content of a file, its layout, and sentences about what was repaired."""

    annotation: Annotation
    style: Style
    notes: tuple[str, ...] = ()


def textgrid_of(sound: Path, folder: Path) -> Path | None:
    """Return the TextGrid in a folder with the name of a sound file, None if there is none."""
    named = (folder / f"{sound.stem}{suffix}" for suffix in (".TextGrid", ".textgrid"))
    return next((path for path in named if path.is_file()), None)


def read_textgrid(path: str | os.PathLike[str]) -> TextGridFile:
    """Read a TextGrid, long or short; raises Fault if it is damaged or not a TextGrid."""
    place = Path(path)
    try:
        if place.stat().st_size > MOST_BYTES:
            raise Fault(f"“{place.name}” is larger than {MOST_BYTES >> 20} MB, too large for a TextGrid.")
        data = place.read_bytes()
    except OSError as problem:
        raise Fault(f"“{place.name}” cannot be read: {problem.strerror}.") from problem
    return parse_textgrid(data, place.name)


def parse_textgrid(data: bytes, name: str = "TextGrid") -> TextGridFile:
    """Read the bytes of a TextGrid file called `name`."""
    _refuse_other_formats(data, name)
    text, encoding, notes = decode(data, name)
    reading = _Parser(words(text), name)
    annotation = reading.grid()
    return TextGridFile(annotation, style_of(text, encoding), (*notes, *reading.notes))


def _refuse_other_formats(data: bytes, name: str) -> None:
    """Raise a Fault that names the format of files that are often mistaken for text TextGrids."""
    head = data[:200].replace(b"\0", b"")
    if not head.strip():
        raise Fault(f"“{name}” is empty.", _COPY)
    if head.startswith(b"ooBinaryFile"):
        raise Fault(f"“{name}” is one of Praat's binary files.", "Save it in Praat as a text file.")
    if b"chronological TextGrid" in head:
        raise Fault(
            f"“{name}” is a chronological TextGrid.", "Open it in Praat and save it as an ordinary text file."
        )


class _Parser:
    """Parser for the tokens of one file, in the order of Praat's format."""

    def __init__(self, source: Iterator[Word], name: str) -> None:
        self._source, self._name = source, name
        self._where = "its header"
        self.notes: list[str] = []

    # --- words

    def _fault(self, why: str, hint: str = _COPY) -> Fault:
        return Fault(f"“{self._name}” cannot be read: {why}.", hint)

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

    def _time(self, wanted: str) -> str:
        """Return a time as written; raises Fault if it is not a number."""
        text = self._next("number", wanted)
        try:
            valid = math.isfinite(float(text))
        except ValueError:
            valid = False
        if not valid or "_" in text:
            raise self._fault(f"in {self._where}, {text} is not a time")
        return text

    def _count(self, wanted: str) -> int:
        text = self._next("number", wanted)
        if not (text.isascii() and text.isdigit() and len(text) < 12):
            raise self._fault(f"in {self._where}, {text} is not {wanted}")
        return int(text)

    # --- parts

    def grid(self) -> Annotation:
        """Read the whole file."""
        heads = list(itertools.islice(self._source, 2))
        kinds = [word.text for word in heads if word.kind == "text"]
        if len(kinds) < 2 or not kinds[0].startswith("ooTextFile") or kinds[1] != "TextGrid":
            raise self._fault("it is not a TextGrid", "Choose a file that Praat saved as a TextGrid.")
        start, end = self._ends("the TextGrid")
        exists = self._next("flag", "<exists>") == "exists"
        count = self._count("the number of tiers") if exists else 0
        tiers = tuple(self._tier(place, count) for place in range(1, count + 1))
        if next(self._source, None) is not None:
            raise self._fault("it continues after its last tier", "One of its counts is too small.")
        return Annotation(tiers, start, end)

    def _ends(self, whose: str) -> tuple[Instant, Instant]:
        start, end = (Instant(self._time(f"the {word} time of {whose}")) for word in ("start", "end"))
        if not end > start:
            raise self._fault(f"{whose} ends at {end.before} s, but starts at {start.before} s")
        return start, end

    def _tier(self, place: int, count: int) -> Tier:
        self._where = f"tier {place} of {count}"
        kind = self._next("text", "the tier's class")
        if kind not in _CLASSES:
            raise self._fault(f"tier {place} is of an unknown class, “{kind}”")
        name = self._next("text", "the tier's name")
        start, end = self._ends(f"tier {place}, “{name}”,")
        size = self._count("the number of its intervals or points")
        read = self._intervals if _CLASSES[kind] else self._points
        return read(f"tier {place}, “{name}”", Tier(name, "point", start, end), size)

    def _points(self, tier_words: str, tier: Tier, count: int) -> Tier:
        times: list[float] = []
        labels: list[str] = []
        last = -math.inf
        for k in range(1, count + 1):
            self._where = f"point {k} of {count} of {tier_words}"
            time = Instant(self._time("a time"))
            self._check_inside(time, tier)
            if time <= last:
                raise self._fault(f"{self._where} at {time.before} s is not later than the previous point")
            last = time
            times.append(time)
            labels.append(self._next("text", "a label"))
        return Tier(tier.name, "point", tier.start_s, tier.end_s, tuple(times), tuple(labels))

    def _intervals(self, tier_words: str, tier: Tier, count: int) -> Tier:
        """Read intervals; gaps between them become unlabelled intervals, which is reported."""
        starts: list[str] = []
        ends: list[str] = [getattr(tier.start_s, "before", "")]
        labels: list[str] = []
        gaps = 0
        for k in range(1, count + 1):
            self._where = f"interval {k} of {count} of {tier_words}"
            start, end = self._time("a start time"), self._time("an end time")
            label = self._next("text", "a label")
            gaps += self._joined(start, starts, ends, labels)
            if float(end) < float(start):
                raise self._fault(f"{self._where} ends at {end} s, but starts at {start} s")
            self._check_inside(float(end), tier)
            starts.append(start)
            ends.append(end)
            labels.append(label)
        gaps += self._joined(getattr(tier.end_s, "after", ""), starts, ends, labels)
        starts.append(getattr(tier.end_s, "after", ""))
        if gaps and count:
            gaps_were = "1 gap was" if gaps == 1 else f"{gaps} gaps were"
            self.notes.append(
                f"“{self._name}”: {gaps_were} filled with intervals without a label in {tier_words}."
            )
        if not count:
            labels = [Unwritten(label) for label in labels]
        times = tuple(Instant(before, after) for before, after in zip(ends, starts, strict=True))
        return Tier(tier.name, "interval", tier.start_s, tier.end_s, times, tuple(labels))

    def _joined(self, start: str, starts: list[str], ends: list[str], labels: list[str]) -> int:
        """Fill a gap before `start` and count it; raises Fault for an overlap."""
        gap_s = float(start) - float(ends[-1])
        if gap_s < -TOLERANCE_S:
            before = "the end of the previous one" if labels else "the start of its tier"
            raise self._fault(f"{self._where} starts at {start} s, earlier than {before} at {ends[-1]} s")
        if gap_s <= TOLERANCE_S:
            return 0
        starts.append(ends[-1])
        ends.append(start)
        labels.append("")
        return 1

    def _check_inside(self, time_s: float, tier: Tier) -> None:
        if not tier.start_s - TOLERANCE_S <= time_s <= tier.end_s + TOLERANCE_S:
            raise self._fault(
                f"{self._where} is at {time_s:g} s, outside its tier ({tier.start_s:g} to {tier.end_s:g} s)"
            )


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
