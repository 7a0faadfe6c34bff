"""From a folder of recordings to events in groups: by a tier, letters, words, speakers, names or a table."""

from __future__ import annotations

import csv
import math
import os
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from core.annotation.corpus import plain, sounds_in, textgrid_of
from core.annotation.textgrid import read_textgrid
from core.annotation.tiers import Tier
from core.faults import Fault
from core.phonemes.arpabet import without_stress
from core.profiles.events import Corpus, Event, Recording
from core.train.letters.transcripts import SILENCES, WORD_TIERS

PHONE_TIERS = ("phones", "phone", "phonemes", "phoneme", "segments", "segment", "mau", "ort-mau")
BY_NETWORK = ("letters", "phonemes")
NAMED: dict[str, tuple[str, ...]] = {"phones": PHONE_TIERS, "words": WORD_TIERS}
WAYS = "phones, letters, phonemes, words, speakers, name:PATTERN, a tier's name, or a FILE.csv"
TOLD = 5


def corpus_of(folder: Path, groups: str) -> Corpus:
    """Return the recordings of a folder with their events, grouped as `groups` says (see `WAYS`).

    Raises Fault if there is no sound, no event at all, or a single group.
    """
    folder = folder.absolute()
    if not folder.is_dir():
        raise Fault(f"There is no folder “{folder}”.", "Name a folder of recordings.")
    sounds = sounds_in(folder)
    if not sounds:
        raise Fault(f"“{folder}” holds no sound files.", "Name a folder of recordings.")
    way, value = _way(groups)
    notes: list[str] = []
    names, speakers = _names(sounds, folder), _speakers(sounds, folder)
    made = [Recording(path, names[path], speakers[path]) for path in sounds]
    return _checked(Corpus(folder.name, tuple(way(made, value, folder, notes)), tuple(notes)), groups)


Way = Callable[[list[Recording], str, Path, list[str]], Iterator[Recording]]


def _way(groups: str) -> tuple[Way, str]:
    """Return the function that groups events, and its argument."""
    if groups in BY_NETWORK:
        return _emitted, groups
    if groups == "speakers":
        return _by_speaker, ""
    if groups.startswith("name:"):
        return _by_name, groups.removeprefix("name:")
    if groups.lower().endswith(".csv"):
        return _of_table, groups
    return _of_tier, groups


def _checked(corpus: Corpus, groups: str) -> Corpus:
    """Return a corpus that profiles can be made of, with rare labels named; raises Fault otherwise."""
    if any(recording.emits for recording in corpus.recordings):
        return corpus
    counts = corpus.counts()
    if not counts:
        said = f" {corpus.notes[0]}" if corpus.notes else ""
        raise Fault(f"No recording has an event for the groups “{groups}”.{said}", f"Groups are {WAYS}.")
    if len(counts) == 1:
        raise Fault(
            f"All events are in one group, “{next(iter(counts))}”, so there is nothing to compare.",
            f"Choose other groups: {WAYS}.",
        )
    files: dict[str, set[str]] = {}
    for recording in corpus.recordings:
        for event in recording.events:
            files.setdefault(event.group, set()).add(recording.name)
    single = [group for group, where in files.items() if len(where) == 1]
    if not single or len(files) == len(corpus.recordings) or len(corpus.recordings) == 1:
        return corpus
    note = f"In one recording only, so it may be about that recording: {_some(sorted(single))}."
    return Corpus(corpus.title, corpus.recordings, (*corpus.notes, note))


def _some(names: Sequence[str]) -> str:
    shown = ", ".join(names[: 4 * TOLD])
    return f"{shown} and {len(names) - 4 * TOLD} more" if len(names) > 4 * TOLD else shown


# --- tiers


def tier_named(tiers: Sequence[Tier], wanted: str) -> Tier | None:
    """Return the tier of a name, in any case; for phones and words also under their usual names."""
    for name in dict.fromkeys((wanted.lower(), *NAMED.get(wanted, ()))):
        for tier in tiers:
            own = tier.name.lower()
            if own == name or own.endswith((f" - {name}", f"-{name}")):
                return tier
    return None


def tier_events(tier: Tier, strip: bool) -> tuple[Event, ...]:
    """Return the labelled intervals or points of a tier as events, without silences; with `strip`, phones
    without the digits of their stress.
    """
    found: list[Event] = []
    for k, label in enumerate(tier.labels):
        name = label.strip()
        if name.lower() in SILENCES:
            continue
        span = tier.range_of(k)
        group = without_stress(name) if strip else name
        found.append(Event(group, span.start_s, span.end_s, span.middle_s))
    return tuple(found)


def _of_tier(recordings: list[Recording], wanted: str, folder: Path, notes: list[str]) -> Iterator[Recording]:
    lacking: list[str] = []
    for one in recordings:
        tier = None
        grid = textgrid_of(one.path, one.path.parent)
        if grid is not None:
            try:
                tier = tier_named(read_textgrid(grid).annotation.tiers, wanted)
            except Fault as fault:
                notes.append(str(fault))
        if tier is None:
            lacking.append(one.name)
            continue
        events = tier_events(tier, wanted == "phones")
        yield Recording(one.path, one.name, one.speaker, events)
    if lacking:
        many = "recording has" if len(lacking) == 1 else "recordings have"
        notes.append(f"{len(lacking)} {many} no tier “{wanted}”: {_some(lacking)}.")


# --- without tiers


def _emitted(recordings: list[Recording], wanted: str, folder: Path, notes: list[str]) -> Iterator[Recording]:
    for one in recordings:
        yield Recording(one.path, one.name, one.speaker, (), wanted)


def _by_speaker(
    recordings: list[Recording], wanted: str, folder: Path, notes: list[str]
) -> Iterator[Recording]:
    for one in recordings:
        if one.speaker:
            yield Recording(one.path, one.name, one.speaker, (whole_file(one.speaker),))
    if not any(one.speaker for one in recordings):
        notes.append("Speakers are known by the folders that their recordings lie in; here is one folder.")


def _by_name(
    recordings: list[Recording], pattern: str, folder: Path, notes: list[str]
) -> Iterator[Recording]:
    try:
        wanted = re.compile(pattern)
    except re.error as flaw:
        raise Fault(f"“{pattern}” is not a pattern: {flaw}.", "For instance: name:^(\\d)_") from None
    left: list[str] = []
    for one in recordings:
        found = wanted.search(one.name)
        if found is None:
            left.append(one.name)
            continue
        group = found.group(1) if wanted.groups and found.group(1) is not None else found.group(0)
        yield Recording(one.path, one.name, one.speaker, (whole_file(group),))
    if left:
        notes.append(f"The pattern is in the names of {len(recordings) - len(left)}, not of {_some(left)}.")


def whole_file(group: str) -> Event:
    """Return the event that a whole recording is; it is aligned at its middle."""
    return Event(group, 0.0, math.inf, math.nan)


def _of_table(recordings: list[Recording], table: str, folder: Path, notes: list[str]) -> Iterator[Recording]:
    rows = _rows(Path(table))
    places = {plain(one.name): one for one in recordings}
    for one in recordings:
        for name in (plain(one.path.name), plain(one.path.stem)):
            places.setdefault(name, one)
    found: dict[str, list[Event]] = {}
    for number, row in enumerate(rows, 2):
        one = places.get(plain(row.get("file") or "")) or places.get(plain(Path(row.get("file") or "").stem))
        try:
            if one is None:
                raise ValueError(f"there is no recording “{row.get('file')}”")
            found.setdefault(one.name, []).append(_event(row))
        except ValueError as flaw:
            notes.append(f"“{Path(table).name}”, line {number}, is left out: {flaw}.")
    for one in recordings:
        if one.name in found:
            yield Recording(one.path, one.name, one.speaker, tuple(found[one.name]))


def _rows(path: Path) -> list[dict[str, str]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as problem:
        raise Fault(f"“{path}” cannot be read as a table in UTF-8.", "Save it as CSV.") from problem
    lines = text.splitlines()
    sign = max(",;\t", key=lambda one: lines[0].count(one)) if lines else ","
    rows = list(csv.DictReader(lines, delimiter=sign))
    if not rows or not {"file", "group"} <= set(rows[0]):
        raise Fault(
            f"“{path.name}” has no rows with the columns file and group.",
            "Its first line is: file,start_s,end_s,group",
        )
    return rows


def _event(row: dict[str, str]) -> Event:
    """Return the event of a row; raises ValueError with what is wrong."""
    group = (row.get("group") or "").strip()
    times = [(row.get(name) or "").strip() for name in ("start_s", "end_s")]
    if not group:
        raise ValueError("it has no group")
    if times == ["", ""]:
        return whole_file(group)
    try:
        start_s, end_s = (float(one) for one in times)
    except ValueError:
        raise ValueError(f"“{times[0]}” and “{times[1]}” are not two times in seconds") from None
    if not (math.isfinite(start_s) and math.isfinite(end_s) and 0 <= start_s <= end_s):
        raise ValueError(f"{times[0]} to {times[1]} s is no stretch of time")
    return Event(group, start_s, end_s, (start_s + end_s) / 2)


# --- names


def _names(sounds: Sequence[Path], folder: Path) -> dict[Path, str]:
    return {path: path.relative_to(folder).as_posix() for path in sounds}


def _speakers(sounds: Sequence[Path], folder: Path) -> dict[Path, str]:
    """Return speakers by the first folders in which the recordings differ, "" if all lie in one."""
    paths = {path: Path(os.path.relpath(path.parent, folder)).parts for path in sounds}
    columns = zip(*paths.values(), strict=False)
    level = next((k for k, parts in enumerate(columns) if len(set(parts)) > 1), -1)
    return {path: parts[level] if level >= 0 else "" for path, parts in paths.items()}
