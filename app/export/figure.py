"""The annotated figure: the stack, with a caption from which it can be reproduced."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from app.analysis.settings import AnalysisSettings
from app.base.context import Context
from app.base.dialog_host import DialogHost
from app.base.picture_saver import PictureSaver
from app.export.figure_notes import FigureNotes
from app.export.save import FileExport
from app.stack.stack_view import StackViews
from core.families.card import Card
from core.session.lane_key import RecordingKey
from core.session.lane_names import model_names
from core.session.point_names import changed
from core.session.session import ModelPoint, Session
from core.signals.axis import Range
from widgets.figures.figure_files import Paper, write_figure
from widgets.figures.figure_layout import FigureView
from widgets.timeline.lane_views import StackView


def figure_of(session: Session, settings: AnalysisSettings, views: StackViews, paper: Paper) -> FigureView:
    """Return the figure of the stack as it is now."""
    title = " and ".join(model_names(session.models).values())
    said = caption(session, settings.words)
    stack = _on_paper(views.view(), session.cursor_placed)
    return FigureView(stack, title, said, (), paper.width_px, paper.height_px)


class Figures:
    """Asks for the size, the notes and the file of a figure, and writes it."""

    def __init__(
        self,
        context: Context,
        host: DialogHost,
        settings: AnalysisSettings,
        stack_views: StackViews,
        file_export: FileExport,
        saver: PictureSaver,
    ) -> None:
        self._session = context.session
        self._preferences = context.preferences
        self._host = host
        self._settings = settings
        self._stack_views = stack_views
        self._file_export = file_export
        self._saver = saver
        self._notes = FigureNotes(context)
        self._kept = FigureView(StackView((), Range(0.0, 0.0), Range(0.0, 0.0)))

    def ask(self) -> None:
        """Ask for size, notes and arrows on a preview, then for the file."""
        from widgets.figures.figure_dialog import FigureDialog

        for open_one in self._host.parent.findChildren(FigureDialog):
            if open_one.isVisible():
                open_one.raise_()
                open_one.activateWindow()
                return
        values = self._preferences.values
        paper = Paper(values.figure_width_mm, values.figure_dpi, values.figure_height_mm)
        dialog = FigureDialog(self.current(paper), paper, self._host.parent)
        dialog.changed.connect(self._keep)
        dialog.save_wanted.connect(
            lambda wanted, chosen: dialog.accept() if self._save(wanted, chosen) else None
        )
        self._host.show(dialog)

    def current(self, paper: Paper) -> FigureView:
        """Return the figure of the stack as it is now, with the notes that nobody removed and without the
        lanes that were left out last.
        """
        made, kept = figure_of(self._session, self._settings, self._stack_views, paper), self._kept
        return replace(made, notes=self._notes.known, hidden=kept.hidden, marks=kept.marks)

    def _keep(self, figure: FigureView) -> None:
        """Keep notes, arrows and the choice of lanes for the next picture."""
        self._kept = figure
        self._notes.keep(figure.notes)

    def _save(self, figure: FigureView, paper: Paper) -> bool:
        """Ask for the file and write the figure; return whether it was written."""
        sized = replace(figure, width_px=paper.width_px, height_px=paper.height_px)
        origin = self._file_export.origin_text()

        def write(path: Path) -> None:
            self._preferences.change(
                figure_width_mm=paper.width_mm, figure_dpi=paper.dpi, figure_height_mm=paper.height_mm
            )
            write_figure(path, sized, origin, paper.dpi)

        return self._saver.save("stack.pdf", write)


def _on_paper(stack: StackView, placed: bool) -> StackView:
    """Return the view without the notes on measures that a layer cannot carry, which would hide the curve on
    paper, and without a cursor that nobody placed.
    """
    lanes = tuple(replace(lane, reason="", computing=False) for lane in stack.lanes)
    return replace(stack, lanes=lanes, cursor_s=stack.cursor_s if placed else None)


def caption(session: Session, analyses: str) -> tuple[str, ...]:
    """Return the caption of a picture: where its numbers come from, one model after another."""
    names = model_names(session.models)
    sounds = ", ".join(lane.key.id for lane in session.lanes if isinstance(lane.key, RecordingKey))
    if len(names) < 2:
        return tuple(
            line
            for card in session.models.values()
            for line in _said(card, session.snapshot, analyses, sounds)
        )
    return tuple(
        f"{name}. {' '.join(_said(session.models[id], session.at(id), analyses, sounds))}"
        for id, name in names.items()
    )


def _said(card: Card, moment: ModelPoint, analyses: str, sounds: str) -> tuple[str, str]:
    """Return where the curves of a model come from (its point, or the sounds it hears), and how."""
    where = f"Recording {sounds}" if card.generator is None else _point_words(card, moment)
    assumed = ", ".join(card.unanswered)
    return (
        f"{where}. Layers: mean over channels after the activation, native rates.",
        f"Analyses: {analyses.replace('-', '–')}. Checkpoint {card.digest[:12]}"
        + (f"; assumed: {assumed}." if assumed else "."),
    )


def _point_words(card: Card, moment: ModelPoint) -> str:
    layout = card.layout
    code = ", ".join(_signed(value) for value in moment.point.z[: layout.code])
    turned = [f"{name} = {_signed(value)}" for name, value in changed(layout, moment).items()]
    changes = f"; {', '.join(turned)}" if turned else ""
    unseeded = f"Point “{moment.name}”" if moment.name else "Unnamed point"
    began = unseeded if moment.seed is None else f"Seed {moment.seed}"
    return began + (f", code {code}" if code else "") + changes


def _signed(value: float) -> str:
    return f"{value:g}".replace("-", "−")
