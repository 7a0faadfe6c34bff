"""Tables of transcripts: one row per recording, in the columns that corpora use."""

from __future__ import annotations

import csv
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.annotation.corpus import plain
from core.faults import Fault

DELIMITERS = {".tsv": "\t", ".csv": ","}
LISTED = ".trans.txt"
"""How the lists of LibriSpeech end: a recording's name and its transcript in each line, without a header."""

FILES = (
    "file", "filename", "file_name", "path", "audio", "wav", "recording", "sound", "utterance", "utt", "id",
)  # fmt: skip
TEXTS = ("text", "transcript", "transcription", "sentence", "orthography", "words")
SPEAKERS = ("speaker", "speaker_id", "speakerid", "spk", "spk_id", "client_id", "reader")
SPLITS = ("split", "set", "subset", "part")
CORPORA = ("corpus", "dataset")
MOST_BYTES = 200_000_000


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the recording's path or bare name, its transcript, and what else the table knows.

    `where` says in which row of which table it stands.
    """

    file: str
    text: str
    where: str
    speaker: str | None = None
    held_out: bool | None = None
    corpus: str = ""


class Rows:
    """The rows of several tables, to be found by the recording."""

    def __init__(self) -> None:
        self._at: dict[str, Row] = {}
        self._named: dict[str, list[Row]] = {}
        self._rows: list[Row] = []
        self._taken: set[int] = set()

    def add(self, folder: Path, rows: Sequence[Row]) -> None:
        """Add the rows of a table in a folder."""
        for row in rows:
            self._rows.append(row)
            self._at[plain(os.path.normpath(folder / row.file))] = row
            self._named.setdefault(plain(Path(row.file).name), []).append(row)

    def take(self, sound: Path, alone: bool) -> Row | None:
        """Return the row of a recording: the one of its place, else the only one of its name or stem.

        `alone` says that no other recording has its stem.
        """
        row = self._at.get(plain(os.path.normpath(sound)))
        if row is None and alone:
            named = [row for name in (sound.name, sound.stem) for row in self._named.get(plain(name), [])]
            row = named[0] if len(named) == 1 else None
        if row is not None:
            self._taken.add(id(row))
        return row

    def left(self) -> list[Row]:
        """Return the rows that no recording has taken."""
        return [row for row in self._rows if id(row) not in self._taken]


def is_table(path: Path) -> bool:
    """Return whether a file may be a table of transcripts, by its name."""
    return path.suffix.lower() in DELIMITERS or path.name.lower().endswith(LISTED)


def read_table(path: Path) -> list[Row]:
    """Return the rows of a table; raises Fault if it cannot be read or lacks a column."""
    if not is_table(path):
        raise Fault(f"“{path.name}” is not a table.", "Give a .tsv or .csv file, or a folder of recordings.")
    try:
        if path.stat().st_size > MOST_BYTES:
            raise Fault(f"“{path.name}” is larger than {MOST_BYTES // 1_000_000} MB.")
        text = path.read_text(encoding="utf-8-sig")
    except OSError as problem:
        raise Fault(f"“{path.name}” cannot be read: {problem.strerror}.") from problem
    except UnicodeDecodeError as problem:
        raise Fault(f"“{path.name}” is not in UTF-8.", "Save it as UTF-8.") from problem
    lines = text.splitlines()
    return _listed(lines, path) if path.name.lower().endswith(LISTED) else _rows(lines, path)


def _listed(lines: Sequence[str], path: Path) -> list[Row]:
    parts = [(number, *line.partition(" ")) for number, line in enumerate(lines, 1) if line.strip()]
    return [Row(name, text, f"line {number} of “{path.name}”") for number, name, _, text in parts]


def _rows(lines: Sequence[str], path: Path) -> list[Row]:
    delimiter = DELIMITERS[path.suffix.lower()]
    quoting = csv.QUOTE_MINIMAL if delimiter == "," else csv.QUOTE_NONE
    table = csv.DictReader(lines, delimiter=delimiter, quoting=quoting, restval="")
    columns = {(name or "").strip().lower(): name for name in table.fieldnames or ()}
    names = {
        "file": _column(columns, FILES, path, "recordings"),
        "text": _column(columns, TEXTS, path, "transcripts"),
    }
    names |= {
        key: found
        for key, known in (("speaker", SPEAKERS), ("split", SPLITS), ("corpus", CORPORA))
        if (found := next((columns[name] for name in known if name in columns), None)) is not None
    }
    try:
        return [
            _row({key: (row[name] or "").strip() for key, name in names.items()}, number, path)
            for number, row in enumerate(table, 2)
        ]
    except csv.Error as flaw:
        raise Fault(f"“{path.name}” cannot be read as a table: {flaw}.") from flaw


def _column(columns: Mapping[str, str], known: Sequence[str], path: Path, of: str) -> str:
    for name in known:
        if name in columns:
            return columns[name]
    told = ", ".join(columns.values()) or "none"
    raise Fault(
        f"“{path.name}” has no column of {of}; its columns are: {told}.", f"Call that column “{known[0]}”."
    )


def _row(cells: Mapping[str, str], number: int, path: Path) -> Row:
    split = cells.get("split") or None
    return Row(
        cells["file"],
        cells["text"],
        f"row {number} of “{path.name}”",
        cells.get("speaker") or None,
        None if split is None else not split.lower().startswith("train"),
        cells.get("corpus", ""),
    )
