"""The annotated picture: what the stack shows, with a caption that makes it repeatable."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from app.base.plot_files import ask_picture_path, written
from core.session.point_names import changed
from widgets.figures.figure import FigureView
from widgets.figures.figure_files import Paper, write_figure
from widgets.timeline.lane_views import StackView

if TYPE_CHECKING:
    from app.shell.instrument import Instrument
    from app.shell.window import Window

MOST_CHANGES = 6


def figure_of(on: Instrument, paper: Paper) -> FigureView:
    """Give the picture of the stack as it is shown now."""
    card = on.session.card
    title = card.title if card else ""
    return FigureView(_on_paper(on.stack_views.view()), title, caption(on), (), paper.width_px)


def _on_paper(stack: StackView) -> StackView:
    """Leave out what the screen says of measures that a layer cannot carry: on paper it hides the curve."""
    lanes = tuple(replace(lane, reason="", computing=False) for lane in stack.lanes)
    return replace(stack, lanes=lanes)


def caption(on: Instrument) -> tuple[str, ...]:
    """Say under a picture where its numbers come from."""
    session, card = on.session, on.session.card
    if card is None:
        return ()
    moment, layout = session.snapshot, session.layout
    code = ", ".join(_signed(value) for value in moment.point.z[: layout.code])
    turned = [f"{name} = {_signed(value)}" for name, value in changed(layout, moment).items()]
    more = f" and {len(turned) - MOST_CHANGES} more" if len(turned) > MOST_CHANGES else ""
    changes = f"; {', '.join(turned[:MOST_CHANGES])}{more}" if turned else ""
    unseeded = f"Point “{moment.name}”" if moment.name else "Unnamed point"
    began = unseeded if moment.seed is None else f"Seed {moment.seed}"
    where = began + (f", code {code}" if code else "") + changes
    assumed = ", ".join(card.unanswered)
    analyses = on.analysis_settings.words.replace("-", "–")
    return (
        f"{where}. Layers: mean over channels after the activation, native rates.",
        f"Analyses: {analyses}. Checkpoint {card.digest[:12]}"
        + (f"; assumed: {assumed}." if assumed else "."),
    )


def _signed(value: float) -> str:
    return f"{value:g}".replace("-", "−")


def ask_picture(window: Window) -> None:
    """Ask for size, notes and arrows on a preview, then for the file."""
    from widgets.figures.figure_dialog import FigureDialog

    on = window.on
    for open_one in window.findChildren(FigureDialog):
        if open_one.isVisible():
            open_one.raise_()
            open_one.activateWindow()
            return
    paper = Paper(on.preferences.values.figure_width_mm, on.preferences.values.figure_dpi)
    dialog = FigureDialog(figure_of(on, paper), paper, window)
    dialog.set_look(window.look)
    dialog.save_wanted.connect(
        lambda figure, chosen: dialog.accept() if _save(window, figure, chosen) else None
    )
    window.asks.keep(dialog)


def _save(window: Window, figure: FigureView, paper: Paper) -> bool:
    """Ask for the file and write it; tell whether it was written."""
    path = ask_picture_path(window, "stack.pdf")
    if path is None:
        return False
    window.on.preferences.change(figure_width_mm=paper.width_mm, figure_dpi=paper.dpi)
    sized, origin = replace(figure, width_px=paper.width_px), window.on.file_export.origin_text()
    return written(window, path, lambda: write_figure(path, sized, origin, paper.dpi))
