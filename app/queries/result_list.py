"""The results in the dock: notes, copying, saving, clearing, and keeping them between starts."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication

from app.base.context import Context
from app.base.dialog_host import DialogHost
from app.queries.queries import value_text, where_text
from app.queries.results_autosave import ResultsAutosave
from core.faults import Fault
from core.queries.results_table import Result, Results, as_text, write_results
from core.session.lane_key import RecordingKey
from core.session.point_names import point_name
from core.session.session import Session
from widgets.results.dock import Dock
from widgets.results.results_table import ResultRow

REST_MS = 45  # a moving knob comes first


class ResultList:
    """Connects the results with their table in the dock."""

    def __init__(self, context: Context, host: DialogHost, dock: Dock, results: Results) -> None:
        self._context, self._host, self._dock, self._results = context, host, dock, results
        self._messages = context.messages
        self.kept: ResultsAutosave | None = None
        self._rest = QTimer(dock, singleShot=True, interval=REST_MS)
        self._rest.timeout.connect(self.show)
        for changed in (context.session.card_changed, context.session.model_closed):
            changed.connect(lambda: self._rest.start())
        context.session.snapshot_changed.connect(lambda before, after: self._rest.start())
        results.changed.connect(self.show)
        dock.undo_wanted.connect(results.undo)
        dock.export_wanted.connect(self.export)
        dock.results.note_wanted.connect(results.annotate)
        dock.results.remove_wanted.connect(results.remove)
        dock.results.copy_wanted.connect(self.copy)
        self.show()

    def keep(self, path: Path) -> None:
        """Restore the results of the last session, and store every change of them."""
        self.kept = ResultsAutosave(self._context, self._results, path)

    def unwritten(self) -> Fault | None:
        """Return why the results cannot be kept between starts, or None."""
        return self.kept.unwritten() if self.kept is not None else None

    def close(self) -> None:
        """Wait until the results are on disk; from then on another window may use their file."""
        if self.kept is not None:
            self.kept.close()

    def show(self) -> None:
        """Show the current results."""
        here = _Here(self._context.session)
        rows = [_row(one, here.has(one)) for one in self._results.rows]
        self._dock.show_results(rows, self._results.undo_words)

    def copy(self, numbers: list[int]) -> None:
        """Copy the chosen results, or all, to the clipboard."""
        rows = [one for one in self._results.rows if not numbers or one.number in numbers]
        QGuiApplication.clipboard().setText(as_text(rows))
        self._messages.noted.emit(f"Copied {len(rows)} results as tab-separated text")

    def export(self, kind: str) -> None:
        """Copy the results, clear them, or ask for a file and write them."""
        if kind == "copy":
            self.copy([])
        elif kind == "clear":
            self._results.clear()
            self._messages.noted.emit("The results were cleared; Undo the last result brings them back")
        else:
            self._ask(kind)

    def _ask(self, kind: str) -> None:
        name, _ = self._host.ask_save("Save the results", f"results.{kind}", f"{kind.upper()} (*.{kind})")
        if name:
            self.write(Path(name) if Path(name).suffix else Path(f"{name}.{kind}"))

    def write(self, path: Path) -> None:
        """Write the results as CSV or TSV, with their origins beside them."""
        try:
            write_results(path, self._results.rows)
        except Fault as fault:
            self._messages.faulted.emit(fault)
        else:
            self._messages.noted.emit(f"Saved {path.name}")


class _Here:
    """What is open now, to tell which results belong to it."""

    def __init__(self, session: Session) -> None:
        self._points = {
            (card.label, session.at(id).point.z, point_name(card.layout, session.at(id)))
            for id, card in session.models.items()
        }
        self._recordings = {lane.key.id for lane in session.lanes if isinstance(lane.key, RecordingKey)}

    def has(self, one: Result) -> bool:
        """Return whether a result belongs to a model's present point or to an open recording."""
        asked = one.answer.origin.point
        return one.file in self._recordings or any(
            one.model == model and (asked == point if asked else one.point == words)
            for model, point, words in self._points
        )


def _row(one: Result, here: bool) -> ResultRow:
    answer = one.answer
    recorded = answer.origin.sound and not answer.origin.network
    of = one.point[:1].upper() + one.point[1:] if recorded else f"Point: {one.point}"
    facts = (f"File: {one.file}", f"Model: {one.model}", of, f"Settings: {one.settings}")
    about = "\n".join(fact for fact in facts if fact and not fact.endswith(": "))
    return ResultRow(
        one.number, answer.layer, answer.measure, where_text(answer), value_text(answer), one.note, about,
        not here,
    )  # fmt: skip
