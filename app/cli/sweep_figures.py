"""The figures of `phonoscope sweep`: the papers' waterfall, a heat map, and each measure over the steps."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

from core.analyses.measures import MEASURES

if TYPE_CHECKING:
    from core.sweeps.sweep_files import Drawable
    from widgets.plots.view import PlotView

WIDE_PX, HIGH_PX = 960, 640
DOSE_PX = (420, 330)


def draw_figures(shown: Drawable, folder: Path) -> dict[str, str]:
    """Write PDF figures into a folder; return the files and what they show."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtWidgets import QApplication

    from widgets.theme.theme import load_fonts

    app = QApplication.instance() or QApplication(["phonoscope"])
    load_fonts()
    files = {**_layers(shown, folder), **_measures(shown, folder)}
    del app
    return files


def _layers(shown: Drawable, folder: Path) -> dict[str, str]:
    """Draw all layers of the first draw, as a waterfall and as a heat map."""
    from app.sweeping.sweep_run import SweepState
    from app.sweeping.sweep_views import swept
    from core.probing.model_id import ModelId
    from core.session.session import ModelPoint
    from core.sweeps.positions import positions
    from widgets.sweep.layer_area import HEAT, WATERFALL
    from widgets.sweep.sweep_plot import SweepPlot

    draw, grid = shown.sweep.draws[0], shown.sweep.grid
    base = ModelPoint(draw.point, draw.point, draw.seed)
    points = grid.points(draw.point)
    state = SweepState(
        ModelId(""), shown.card, grid, base, points, positions(grid), -1, shown.steps
    )  # fmt: skip
    view, plot = swept(state, None), SweepPlot()
    plot.resize(WIDE_PX, HIGH_PX)
    files: dict[str, str] = {}
    for mode, words in ((WATERFALL, "a waterfall"), (HEAT, "a heat map")):
        plot.show_sweep(view, mode, shown.card.output)
        _write(shown, folder / f"{mode}.pdf", plot, f"{shown.card.title}: {view.name}")
        files[f"{mode}.pdf"] = f"every layer of the first draw as {words}"
    plot.deleteLater()
    return files


def _measures(shown: Drawable, folder: Path) -> dict[str, str]:
    """Draw each measure of all layers over the steps, with bands of one standard deviation of the draws."""
    import numpy as np

    from core.sweeps.positions import positions
    from widgets.sweep.dose_plot import DosePlot
    from widgets.sweep.dose_views import DoseLine, DoseView

    card, where = shown.card, positions(shown.sweep.grid)
    titles = {one.name: one.title for one in card.layers["G"]}
    plot = DosePlot()
    plot.resize(*DOSE_PX)
    files: dict[str, str] = {}
    for measure in shown.courses.measures():
        lines = tuple(
            DoseLine(
                titles[layer],
                np.array(where.places),
                *shown.courses.course(measure, layer),
                is_output=layer == card.output,
            )
            for layer in reversed(shown.courses.layers(measure))
        )
        row = MEASURES[measure]
        plot.show_dose(DoseView(f"{row.title}{f', {row.unit}' if row.unit else ''}", where.name, lines))
        name = f"dose_response_{measure}.pdf"
        _write(shown, folder / name, plot, f"{card.title}: {row.title}")
        files[name] = (
            f"{row.title.lower() if not row.title.isupper() else row.title} over the steps, all draws"
        )
    plot.deleteLater()
    return files


def _write(shown: Drawable, path: Path, plot: PlotView, title: str) -> None:
    """Write a plot with what it was made from."""
    from core.files.versions import versions
    from core.sweeps.sweep_files import sweep_facts
    from widgets.figures.figure_files import Picture, write_picture

    origin = json.dumps({**sweep_facts(shown.card, shown.sweep), "versions": versions()})
    write_picture(path, Picture(title, plot.width(), plot.height(), plot.paint), origin)
