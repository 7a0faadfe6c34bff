"""The results table: each query adds a row, nothing is overwritten, and changes can be undone."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from psygnal import Signal

from core.export.record import write_json
from core.files.atomic import atomic
from core.files.table import digits
from core.files.versions import versions
from core.queries.queries import Answer
from core.session.history import History

COLUMNS = (
    "number", "file", "model", "point", "layer", "measure", "start_s", "end_s", "value", "unit", "settings",
    "note",
)  # fmt: skip
"""The columns of an exported results table."""

Separator = Literal[",", "\t"]


@dataclass(frozen=True, slots=True)
class Result:
    """One row: the query, its point, file, model and settings, and the user's note."""

    number: int
    answer: Answer
    file: str = ""
    point: str = ""
    settings: str = ""
    note: str = ""
    model: str = ""

    def cells(self) -> tuple[str, ...]:
        """Return the exported cells of the row: times with six decimals, undefined values empty."""
        answer = self.answer
        return (
            str(self.number), self.file, self.model, self.point, answer.layer, answer.measure,
            f"{answer.start_s:.6f}", f"{answer.end_s:.6f}", digits(answer.value), answer.unit, self.settings,
            self.note,
        )  # fmt: skip


Rows = tuple[Result, ...]


class Results:
    """The rows; `changed` is emitted after every change."""

    changed = Signal()

    def __init__(self, rows: Rows = ()) -> None:
        self.restore(rows)

    def restore(self, rows: Rows) -> None:
        """Start with the rows of the last session; this cannot be undone."""
        self._history: History[Rows] = History(rows)
        self._count = max((row.number for row in rows), default=0)
        if rows:
            self.changed.emit()

    @property
    def rows(self) -> Rows:
        return self._history.present

    @property
    def undo_words(self) -> str:
        """What undo would take back, or ""."""
        return self._history.undo_words

    def reserve(self) -> int:
        """Reserve and return a row number for a query whose answer may arrive after later ones."""
        self._count += 1
        return self._count

    def release(self, number: int) -> None:
        """Give up a reserved number that will have no answer, unless a later one has been given out."""
        if number and number == self._count:
            self._count -= 1

    def add(
        self,
        *answers: Answer,
        file: str = "",
        point: str = "",
        settings: str = "",
        model: str = "",
        number: int = 0,
    ) -> None:
        """Add answers as one undoable step: at the end, or at the place of their reserved number."""
        first = number or self._count + 1
        new = tuple(
            Result(first + k, answer, file, point, settings, model=model) for k, answer in enumerate(answers)
        )
        self._count = max(self._count, new[-1].number)
        rows = tuple(sorted((*self.rows, *new), key=lambda row: row.number))
        self._put(rows, answers[0].measure.lower() if len(new) == 1 else f"{len(new)} rows")

    def annotate(self, number: int, note: str) -> None:
        """Write a note beside a row."""
        self._put(
            tuple(replace(row, note=note) if row.number == number else row for row in self.rows), "note"
        )

    def remove(self, numbers: Sequence[int]) -> None:
        """Remove rows."""
        self._put(tuple(row for row in self.rows if row.number not in numbers), "removal")

    def clear(self) -> None:
        """Remove all rows; undo brings them back."""
        self._put((), "clearing")

    def undo(self) -> None:
        """Undo the last change."""
        before = self.rows
        if self._history.undo() != before:
            self.changed.emit()

    def redo(self) -> None:
        """Redo what undo took back."""
        before = self.rows
        if self._history.redo() != before:
            self.changed.emit()

    @property
    def redo_words(self) -> str:
        """What redo would bring back, or ""."""
        return self._history.redo_words

    def _put(self, rows: Rows, words: str) -> None:
        if rows != self.rows:
            self._history.put(rows, words)
            self.changed.emit()


def as_text(rows: Sequence[Result], separator: Separator = "\t") -> str:
    """Return rows with their header as separated text, for the clipboard or a file."""
    out = io.StringIO()
    table = csv.writer(out, delimiter=separator, lineterminator="\n")
    table.writerow(COLUMNS)
    table.writerows(row.cells() for row in rows)
    return out.getvalue()


def write_results(path: str | os.PathLike[str], rows: Sequence[Result]) -> None:
    """Write rows as CSV, or as TSV if the file extension says so, with their origins as JSON beside them."""
    separator: Separator = "\t" if Path(path).suffix.lower() in (".tsv", ".txt") else ","
    with atomic(path) as draft:
        draft.write_text(as_text(rows, separator), encoding="utf-8", errors="replace")
    origins = {str(row.number): row.answer.origin.plain() for row in rows}
    write_json(Path(path).with_suffix(".origins.json"), {"versions": versions(), "origins": origins})
