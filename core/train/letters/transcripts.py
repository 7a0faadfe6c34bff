"""What is said in recordings: transcripts beside them, in a table, or in a tier of their TextGrids."""

from __future__ import annotations

import codecs
import os
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

from core.annotation.corpus import files_in, plain, sounds_in, textgrid_of
from core.annotation.textgrid import read_textgrid
from core.annotation.tiers import Tier
from core.faults import Fault
from core.signals.axis import Range
from core.train.corpus import Skipped
from core.train.letters.transcript_tables import Row, Rows, is_table, read_table

WORD_TIERS = (
    "words", "word", "orthography", "ort", "text", "transcript", "transcription", "utterance", "utterances",
    "sentence", "sentences",
)  # fmt: skip
SILENCES = frozenset(("", "sil", "sp", "spn", "sil.", "<eps>", "<sil>", "<p:>", "#", "_", "pau", "h#"))
PIECE_S = 10.0
LONG_S = 20.0
"""A recording that is longer is cut into pieces of up to `PIECE_S` at the boundaries of its tier."""

LARGEST_TEXT_BYTES = 1_000_000
NO_TRANSCRIPT = (
    "It has no transcript: there is no .txt or .lab file, no TextGrid and no row of a table for it."
)
MISSING = "There is no such recording."
UNCLEAR = "No recording or more than one has that name."


@dataclass(frozen=True, slots=True)
class Transcribed:
    """A recording, or the part `within` of it, and what is said there.

    `speaker` is None if nobody says who it is, `held_out` if nobody says what it is for. `corpus` is the part
    of the data whose error rates are told apart.
    """

    name: str
    sound: Path
    text: str
    speaker: str | None = None
    held_out: bool | None = None
    corpus: str = ""
    within: Range | None = None


def find_transcribed(data: Path, tier: str = "") -> tuple[list[Transcribed], list[Skipped]]:
    """Return the transcribed recordings of a folder or of a table, and those that have no transcript.

    In a folder, a recording's `.lab` or `.txt` file counts first, then a table's row, then its TextGrid; with
    `tier`, only that tier of its TextGrid. Raises Fault if there is no such folder or file, or if a table has
    no column of transcripts.
    """
    if data.is_file():
        if tier:
            raise Fault("The transcripts of a table are in a column of it.", "Leave out --tier.")
        return _of_rows(data, read_table(data))
    if not data.is_dir():
        raise Fault(f"“{data}” does not exist.", "Choose the folder with the recordings, or a table of them.")
    rows, skipped = _rows_in(data)
    found: list[Transcribed] = []
    sounds = sounds_in(data)
    stems = Counter(plain(path.stem) for path in sounds)
    for sound in sounds:
        name = sound.relative_to(data).as_posix()
        try:
            found += _said_in(name, sound, rows.take(sound, stems[plain(sound.stem)] == 1), tier)
        except Fault as fault:
            skipped.append(Skipped(name, str(fault)))
    skipped += [Skipped(row.file, f"{row.where}: {UNCLEAR}") for row in rows.left()]
    return _with_speakers(data, found), skipped


def _rows_in(folder: Path) -> tuple[Rows, list[Skipped]]:
    """Return the rows of all tables under a folder, and the tables that hold no transcripts."""
    rows = Rows()
    skipped: list[Skipped] = []
    for path in (path for path in files_in(folder) if is_table(path)):
        try:
            rows.add(path.parent, read_table(path))
        except Fault as fault:
            skipped.append(Skipped(path.relative_to(folder).as_posix(), fault.sentence))
    return rows, skipped


def _said_in(name: str, sound: Path, row: Row | None, tier: str) -> list[Transcribed]:
    """Return what is said in a recording; raises Fault if there is no transcript or an empty one."""
    bare = Transcribed(name, sound, "")
    if row is not None:
        bare = replace(bare, speaker=row.speaker, held_out=row.held_out, corpus=row.corpus)
    beside = None if tier else text_beside(sound)
    if beside is not None:
        return [replace(bare, text=_filled(read_text(beside), f"“{beside.name}”"))]
    if row is not None and not tier:
        return [replace(bare, text=_filled(row.text, row.where))]
    grid = textgrid_of(sound, sound.parent)
    if grid is None:
        raise Fault(f"It has no TextGrid with a tier “{tier}”." if tier else NO_TRANSCRIPT)
    return [
        replace(bare, name=f"{name} {_span(within)}" if within else name, text=text, within=within)
        for text, within in pieces(word_tier(grid, tier), grid.name)
    ]


def text_beside(sound: Path) -> Path | None:
    """Return the `.lab` or `.txt` file beside a recording, None if there is none."""
    for suffix in (".lab", ".txt"):
        for beside in (sound.with_suffix(suffix), sound.with_suffix(suffix.upper())):
            if beside.is_file():
                return beside
    return None


def _span(within: Range) -> str:
    return f"({within.start_s:.2f} to {within.end_s:.2f} s)"


def _filled(text: str, name: str) -> str:
    if not text.strip():
        raise Fault(f"Its transcript, {name}, is empty.")
    return text


def read_text(path: Path) -> str:
    """Return the text of a transcript in one line, in UTF-8 or UTF-16, else in Windows' Western letters.

    A `.lab` file with times (start, end, label in each line, as HTK writes) gives its labels.
    """
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_TEXT_BYTES + 1)
    except OSError as problem:
        raise Fault(f"Its transcript “{path.name}” cannot be read: {problem.strerror}.") from problem
    if len(data) > LARGEST_TEXT_BYTES:
        raise Fault(f"Its transcript “{path.name}” is larger than 1 MB.")
    lines = _decoded(data).splitlines()
    rows = [line.split() for line in lines if line.strip()]
    if path.suffix.lower() == ".lab" and rows and all(_is_timed(row) for row in rows):
        return " ".join(row[2] for row in rows if row[2].lower() not in SILENCES)
    return " ".join(" ".join(row) for row in rows)


def _is_timed(row: list[str]) -> bool:
    return len(row) >= 3 and all(part.replace(".", "", 1).isdigit() for part in row[:2])


def _decoded(data: bytes) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def word_tier(grid: Path, name: str = "") -> Tier:
    """Return a TextGrid's tier of this name, else the one whose name says that it holds words, else the only
    interval tier.

    Raises Fault if there is none.
    """
    tiers = [tier for tier in read_textgrid(grid).annotation.tiers if tier.is_interval]
    if name:
        wanted = [tier for tier in tiers if tier.name.lower() == name.lower()]
        if not wanted:
            raise Fault(f"“{grid.name}” has no interval tier “{name}”.")
        return wanted[0]
    for words in WORD_TIERS:
        for tier in tiers:
            if tier.name.lower() == words or tier.name.lower().endswith((f" - {words}", f"-{words}")):
                return tier
    if len(tiers) == 1:
        return tiers[0]
    told = ", ".join(f"“{tier.name}”" for tier in tiers) or "no interval tier"
    raise Fault(f"“{grid.name}” has {told}; none is called words.", "Choose one with --tier.")


def pieces(tier: Tier, name: str) -> list[tuple[str, Range | None]]:
    """Return the text of a tier; of a long one, the texts of pieces cut at its boundaries, with their times.

    Raises Fault if no interval has a label.
    """
    if not any(is_said(label) for label in tier.labels):
        raise Fault(f"Its tier “{tier.name}” in “{name}” is empty.")
    if tier.end_s - tier.start_s <= LONG_S:
        return [(" ".join(label for label in tier.labels if is_said(label)), None)]
    cuts = _cuts(tier)
    texts = [
        " ".join(label for label in tier.labels[first:last] if is_said(label))
        for first, last in pairwise(cuts)
    ]
    return [
        (text, Range(float(tier.times[first]), float(tier.times[last])))
        for text, (first, last) in zip(texts, pairwise(cuts), strict=True)
        if text
    ]


def _cuts(tier: Tier) -> list[int]:
    """Return where pieces begin and end: before the interval that would make one too long, if possible at a
    pause in its second half.
    """
    cuts = [0]
    for index in range(len(tier.labels)):
        start_s, end_s = tier.times[cuts[-1]], tier.times[index + 1]
        if end_s - start_s > PIECE_S and index > cuts[-1]:
            half_s = start_s + PIECE_S / 2
            pauses = [k for k in range(cuts[-1] + 1, index) if not is_said(tier.labels[k])]
            late = [k for k in pauses if tier.times[k] >= half_s]
            cuts.append(late[-1] if late else index)
    return [*cuts, len(tier.labels)]


def is_said(label: str) -> bool:
    """Return whether a label stands for speech, and not for a pause."""
    return label.strip().lower() not in SILENCES


def _of_rows(table: Path, rows: list[Row]) -> tuple[list[Transcribed], list[Skipped]]:
    """Return the recordings that a table names: at that place, or of that name in a folder beside it."""
    places: dict[str, list[Path]] = {}
    if not all((table.parent / row.file).is_file() for row in rows):
        for path in sounds_in(table.parent):
            places.setdefault(plain(path.name), []).append(path)
            places.setdefault(plain(path.stem), []).append(path)
    found: list[Transcribed] = []
    skipped: list[Skipped] = []
    for row in rows:
        try:
            sound = _place(table.parent / row.file, places)
        except Fault as fault:
            skipped.append(Skipped(row.file, f"{row.where}: {fault.sentence}"))
            continue
        try:
            text = _filled(row.text, row.where)
        except Fault as fault:
            skipped.append(Skipped(row.file, fault.sentence))
        else:
            found.append(Transcribed(row.file, sound, text, row.speaker, row.held_out, row.corpus))
    return _with_speakers(table.parent, found), skipped


def _place(wanted: Path, places: Mapping[str, list[Path]]) -> Path:
    """Return the recording at a place or of its name; raises Fault if there is none, or more than one."""
    if wanted.is_file():
        return wanted
    named = places.get(plain(wanted.name), [])
    if len(named) > 1:
        raise Fault(f"{len(named)} recordings have that name; give their folders.")
    if not named:
        raise Fault(MISSING)
    return named[0]


def _with_speakers(folder: Path, found: list[Transcribed]) -> list[Transcribed]:
    """Name the speakers that nobody named by folders: the first ones in which the recordings differ.

    In SPEAKER/CHAPTER/FILE that is the speaker, in audio/SPEAKER/FILE too.
    """
    paths = {
        one.sound: Path(os.path.relpath(one.sound.parent, folder)).parts for one in found if not one.speaker
    }
    level = next((k for k, parts in enumerate(zip(*paths.values(), strict=False)) if len(set(parts)) > 1), -1)
    if level < 0:
        return found  # all lie in one folder, or some beside the folders of others
    return [one if one.speaker else replace(one, speaker=paths[one.sound][level]) for one in found]
