"""The results as the dock lists them: noted, copied, saved, cleared, and kept between starts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog

from app.queries import value_text, where_text
from app.results_kept import ResultsKept
from core.faults import Fault
from core.results import Result, Results, as_text, write_results
from widgets.results_table import ResultRow

if TYPE_CHECKING:
    from app.window import Window


class ResultList:
    """Between the results and their table in the dock."""

    def __init__(self, window: Window, results: Results) -> None:
        self._window, self._results = window, results
        self.kept: ResultsKept | None = None
        dock = window.dock
        results.changed.connect(self.show)
        dock.undo_wanted.connect(results.undo)
        dock.export_wanted.connect(self.export)
        dock.results.note_wanted.connect(results.annotate)
        dock.results.remove_wanted.connect(results.remove)
        dock.results.copy_wanted.connect(self.copy)
        self.show()

    def keep(self, path: Path) -> None:
        """Bring back the results of the last time, and write every change of them down."""
        self.kept = ResultsKept(self._window.on, self._results, path)

    def close(self) -> None:
        """Wait until the results are on the disk; another window may have their file from then on."""
        if self.kept is not None:
            self.kept.close()

    def show(self) -> None:
        """Show the results as they are now."""
        self._window.dock.show_results([_row(one) for one in self._results.rows], self._results.undo_words)

    def copy(self, numbers: list[int]) -> None:
        """Put the chosen results, or all, on the clipboard."""
        rows = [one for one in self._results.rows if not numbers or one.number in numbers]
        QGuiApplication.clipboard().setText(as_text(rows))
        self._window.status.show_help(f"Copied {len(rows)} results as tab-separated text")

    def export(self, kind: str) -> None:
        """Copy the results, clear them, or ask for a file and write them."""
        if kind == "copy":
            self.copy([])
        elif kind == "clear":
            self._results.clear()
            self._window.on.noted.emit("The results were cleared; Undo the last result brings them back")
        else:
            self._ask(kind)

    def _ask(self, kind: str) -> None:
        name, _ = QFileDialog.getSaveFileName(
            self._window, "Save the results", f"results.{kind}", f"{kind.upper()} (*.{kind})"
        )
        if name:
            self.write(Path(name) if Path(name).suffix else Path(f"{name}.{kind}"))

    def write(self, path: Path) -> None:
        """Write the results as CSV or TSV, their origins beside them."""
        try:
            write_results(path, self._results.rows)
        except Fault as fault:
            self._window.on.faulted.emit(fault)
        else:
            self._window.on.noted.emit(f"Saved {path.name}")


def _row(one: Result) -> ResultRow:
    answer = one.answer
    return ResultRow(
        one.number, answer.layer, answer.measure, where_text(answer), value_text(answer), one.note
    )
