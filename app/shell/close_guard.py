"""Questions before the window closes, about whatever would be lost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from app.annotation.dialogs import KINDS
from app.annotation.tier_editor import TierEditor
from app.base.context import Context
from app.base.dialog_host import DialogHost
from app.measuring.measurement import Measurement
from app.queries.result_list import ResultList
from core.annotation.tiers import OwnedAnnotation
from widgets.controls.dialog import SmallDialog
from widgets.theme.control_paint import Words

Ways = tuple[tuple[str, Callable[[], object]], ...]


class CloseGuard:
    """Asks one question at a time; the window closes once none is left."""

    def __init__(
        self,
        context: Context,
        host: DialogHost,
        tier_editor: TierEditor,
        measurement: Measurement,
        results: ResultList,
        finish_label: Callable[[], object],
    ) -> None:
        self._jobs = context.jobs
        self._host = host
        self._tier_editor = tier_editor
        self._measurement = measurement
        self._results = results
        self._finish_label = finish_label
        self._given_up = False
        self.dialog: SmallDialog | None = None
        measurement.ended.connect(self._measured)

    def may_close(self) -> bool:
        """Return whether nothing would be lost; otherwise ask, and close after the answer."""
        self._finish_label()  # a label that is being typed is a change, too
        if self._measures():
            self._ask(
                "A measurement is running",
                "If it is stopped, nothing is written.",
                (("Stop it", self._stop), ("Continue", self._stay)),
            )
            return False
        for kept in self._tier_editor.files.edited:
            self._ask_to_save(kept)
            return False
        return self._given_up or not (self._loses_tiers() or self._loses_results())

    def _ask(self, title: str, words: str, ways: Ways) -> None:
        self._stay()
        self.dialog = SmallDialog(title, self._host.parent)
        self.dialog.body.addWidget(Words(words, 12, 400))
        self.dialog.add_buttons((), ways)
        self.dialog.finished.connect(self._closed)
        self._host.show(self.dialog)

    def _stay(self) -> None:
        dialog, self.dialog = self.dialog, None
        if dialog is not None:
            dialog.close()

    def _closed(self) -> None:
        self.dialog = None

    # --- TextGrids ----------------------------------------------------------------------------

    def _ask_to_save(self, kept: OwnedAnnotation) -> None:
        name = Path(kept.file).name
        ways = (("Cancel", self._stay), ("Keep here only", lambda: self._keep(kept)))
        words = "They come back at the next start in any case; other programs see them once they are saved."
        self._ask(f"Save the changes to {name}?", words, (*ways, ("Save", lambda: self._save(kept))))

    def _keep(self, kept: OwnedAnnotation) -> None:
        self._tier_editor.files.keep_here(kept)
        self._stay()
        self._host.parent.close()

    def _save(self, kept: OwnedAnnotation) -> None:
        self._stay()
        self._tier_editor.files.write(kept, kept.file, self._host.parent.close)

    # --- what the disk did not take -------------------------------------------------------------

    def _loses_tiers(self) -> bool:
        """Ask if tiers could not be written between starts."""
        unwritten, fault = self._tier_editor.autosave.unwritten()
        if not unwritten or fault is None:
            return False
        first = unwritten[0]
        save = ("Save as TextGrid…", lambda: self._save_elsewhere(first))
        words = f"{fault.sentence} {_named(first)} will be lost if the window closes now."
        self._ask("Tiers could not be written", words, (*self._ways(), save, ("Try again", self._close)))
        return True

    def _loses_results(self) -> bool:
        """Ask if results could not be written between starts."""
        fault = self._results.unwritten()
        if fault is None:
            return False
        words = f"{fault.sentence} The results since then will be lost if the window closes now."
        save = ("Save as CSV…", lambda: self._save_results())
        self._ask("Results could not be written", words, (*self._ways(), save, ("Try again", self._close)))
        return True

    def _ways(self) -> Ways:
        return ("Cancel", self._stay), ("Close anyway", self._give_up)

    def _save_elsewhere(self, kept: OwnedAnnotation) -> None:
        self._stay()
        name, _ = self._host.ask_save("Save the TextGrid", kept.file or "tiers.TextGrid", KINDS)
        if name:
            path = name if Path(name).suffix else f"{name}.TextGrid"
            self._tier_editor.files.write(kept, path, self._host.parent.close)

    def _save_results(self) -> None:
        self._stay()
        self._results.export("csv")

    def _give_up(self) -> None:
        self._given_up = True
        self._close()

    def _close(self) -> None:
        self._stay()
        self._host.parent.close()

    # --- measuring ----------------------------------------------------------------------------

    def _measures(self) -> bool:
        return self._jobs.waits("measure") or self._jobs.waits("measure points")

    def _stop(self) -> None:
        self._measurement.cancel()
        self._stay()
        self._host.parent.close()

    def _measured(self) -> None:
        """Withdraw a question that no longer applies."""
        if self.dialog is not None and not self._measures():
            self._stay()


def _named(kept: OwnedAnnotation) -> str:
    """Return which tiers are meant, at the start of a sentence."""
    if kept.file:
        return f"The tiers of {Path(kept.file).name}"
    return "The tiers of a recording" if kept.sound else "The tiers of a point"
