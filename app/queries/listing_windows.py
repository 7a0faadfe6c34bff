"""Listings and reports of the active lane, each in a window to read and copy."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.base.context import Context
from app.base.dialog_host import DialogHost
from app.models.sound_driven import SoundDriven
from app.queries.question_windows import QuestionWindows
from core.analyses.registry import TABLE
from core.analyses.results import Points
from core.faults import Fault
from core.queries.listing_files import SEPARATORS, file_name, write_listing
from core.queries.listing_text import Listing
from core.queries.listings import listing, over, result_listing
from core.queries.queries import Layer
from core.session.lane_key import LaneKey, RecordingKey
from core.session.lane_names import model_label
from core.signals.axis import Range

if TYPE_CHECKING:
    from PySide6.QtWidgets import QDialog

    from app.queries.layer_results import LayerResults

KINDS = ("CSV (*.csv)", "TSV (*.tsv)")


class ListingWindows:
    """Computes listings and opens them, one window per question."""

    def __init__(
        self, context: Context, host: DialogHost, sound_driven: SoundDriven, layer_results: LayerResults
    ) -> None:
        self._session = context.session
        self._messages = context.messages
        self._host = host
        self._sound_driven = sound_driven
        self._layer_results = layer_results
        self._windows = QuestionWindows(host)

    def show(self, analysis: str) -> None:
        """List the frames of the selection, or the value at the cursor."""
        layer, place = self._layer(), self._layer_results.place
        if layer is None:
            return
        question = analysis, layer.key, place, layer.track.origin, layer.settings[analysis]
        if not self._windows.ask(question, f"{TABLE[analysis].title} listing", f"Measuring {layer.title}…"):
            return

        def open_it(known: Layer) -> None:
            said = TABLE[analysis].refusal(known.track, known.settings[analysis]) or known.failures.get(
                analysis
            )
            if said:
                self._refuse(question, said)
            else:
                made = listing(replace(known, title=_titled(known)), analysis, place)
                origin = known.results[analysis][0].origin
                model = model_label(self._session.models, known.key)
                whole = replace(made, notice=known.notices[analysis], origin=origin, model=model)
                self._answer(question, whole)

        self._layer_results.with_result(layer, analysis, open_it, failed=lambda: self._windows.drop(question))

    def _answer(self, question: Hashable, made: Listing) -> None:
        """Open the answer to a question that was not cancelled."""
        if self._windows.waits(question):
            self._windows.answer(question, self.open(made))

    def list_of(self, analysis: str) -> None:
        """List the results of any analysis in the selection, or in the whole sound."""
        layer, window = self._layer(), self._stretch()
        if layer is None:
            return
        question = analysis, layer.key, window, layer.track.origin, self._layer_results.settings(analysis)
        title = TABLE[analysis].title
        if not self._windows.ask(question, title, f"{title} of {layer.title} is being measured…"):
            return
        reference = self._reference(layer, analysis)
        if reference is None:
            self._list(question, layer, analysis, window, None)
        else:
            self._compute(
                question, reference, analysis, window,
                lambda found: self._list(question, layer, analysis, window, (reference.title, found)),
            )  # fmt: skip

    def _reference(self, layer: Layer, analysis: str) -> Layer | None:
        """Return the layer that latencies of envelope peaks refer to: the output, or the sound that drives D
        or Q.
        """
        heard = self._sound_driven.source_of(layer.key)
        key = layer.key
        generated = isinstance(key, LaneKey) and key.is_generated
        output = self._session.output_of(self._session.model_of(key)) if generated else None
        return self._layer_results.layer(heard or output) if analysis == "envelope peaks" else None

    def _list(
        self,
        question: Hashable,
        layer: Layer,
        analysis: str,
        window: Range,
        reference: tuple[str, Points] | None,
    ) -> None:
        self._compute(
            question, layer, analysis, window,
            lambda found: self._answer(question, replace(
                result_listing(_titled(layer), found, window, reference),
                notice=TABLE[analysis].lowered(layer.track.axis, self._layer_results.settings(analysis)),
                origin=(found[0] if isinstance(found, tuple) else found).origin,
                model=model_label(self._session.models, layer.key),
            )),
        )  # fmt: skip

    def _layer(self) -> Layer | None:
        return self._layer_results.layer(self._session.active)

    def _stretch(self) -> Range:
        session = self._session
        return session.selection or session.whole

    def _compute(
        self, question: Hashable, layer: Layer, name: str, window: Range, use: Callable[[Any], None]
    ) -> None:
        """Compute an analysis over a stretch, or report why it is refused."""
        try:
            track, settings = over(name, layer.track, self._layer_results.settings(name), window)
        except Fault as fault:
            self._refuse(question, str(fault))
            return
        refusal = TABLE[name].refusal(track, settings)
        if refusal:
            self._refuse(question, refusal)
        else:
            self._layer_results.compute(
                name, track, settings, use, failed=lambda: self._windows.drop(question)
            )

    def _refuse(self, question: Hashable, words: str) -> None:
        """Report why a question has no answer."""
        self._windows.drop(question)
        self._messages.noted.emit(words)

    def open(self, made: Listing) -> QDialog:
        """Open a listing in its own window, and return it."""
        from widgets.results.listing import ListingDialog, ReportDialog

        if made.words:
            dialog = ReportDialog(made.title, made.words, self._host.parent)
        else:
            dialog = ListingDialog(made.title, made.head, made.rows, self._host.parent, made.notice)
        dialog.save_wanted.connect(lambda: self.save(made))
        self._host.show(dialog)
        return dialog

    def save(self, made: Listing) -> None:
        """Ask for a file and write a listing with its record beside it."""
        kinds = ("Text as Praat prints it (*.txt)", *KINDS) if made.words else KINDS
        usual = kinds[0].rpartition("*")[2].rstrip(")")
        name, kind = self._host.ask_save("Save the listing", f"{file_name(made)}{usual}", ";;".join(kinds))
        if not name:
            return
        ending = kind.rpartition("*")[2].rstrip(")") or usual
        path = Path(name) if Path(name).suffix.lower() in SEPARATORS else Path(f"{name}{ending}")
        try:
            write_listing(path, made)
        except Fault as fault:
            self._messages.faulted.emit(fault)
        else:
            self._messages.noted.emit(f"Saved {path.name}")


def _titled(layer: Layer) -> str:
    """Return a layer's title; for a recording with several channels, with the channel that was listed."""
    how = layer.track.origin.reduction if isinstance(layer.key, RecordingKey) else ""
    return f"{layer.title}, {how}" if how else layer.title
