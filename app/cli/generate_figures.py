"""The figures of `phonoscope generate`: settings, trajectories and examples of each direction."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.generating.generation_run import GenerationState
    from core.generation.search import Search
    from core.generation.search_files import ExampleSet
    from core.generation.tasks import Pair

WIDE_PX = 1240
TILES = 6


def draw_figures(
    folder: Path, search: Search, pair: Pair, sets: Sequence[ExampleSet], n: int, rate_hz: int
) -> Mapping[str, str]:
    """Write a PDF for each direction into a folder; return the files and what they show."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtWidgets import QApplication

    from widgets.theme.theme import load_fonts

    app = QApplication.instance() or QApplication(["phonoscope"])
    load_fonts()
    state = _state(search, pair, sets, n, rate_hz)
    files: dict[str, str] = {}
    for sign in search.grid.signs:
        if sign in state.shown:
            name = f"search_{'max' if sign > 0 else 'min'}.pdf"
            _draw(folder / name, state, sign)
            files[name] = "settings, trajectories and examples"
    del app
    return files


def _state(search: Search, pair: Pair, sets: Sequence[ExampleSet], n: int, rate_hz: int) -> GenerationState:
    """Return the search as the window holds it, with the examples of the best settings."""
    from app.generating.generation_run import GenerationAsked, GenerationState
    from core.generation.real_excerpts import RealExcerpts

    pool = search.comparison.pool if search.comparison is not None else RealExcerpts()
    state = GenerationState(GenerationAsked(pair, search.grid, n, rate_hz), search, pool=pool)
    for some in sets:
        if some.mark == "best" and some.setting is not None:
            state.examples[some.sign] = some.examples[:TILES]
            state.shown[some.sign] = some.setting
            state.drawn[some.sign] = (some.setting, some.setting.steps)
        elif some.mark == "real":
            state.real[some.sign] = some.examples[:TILES]
    return state


def _draw(path: Path, state: GenerationState, sign: int) -> None:
    from PySide6.QtCore import QPoint
    from PySide6.QtGui import QPainter

    from app.generating.views import settings_view, tile_rows, trajectory_view
    from widgets.figures.figure_files import Picture, write_picture
    from widgets.generation.generate_page import LEAST_PX, GeneratePage
    from widgets.generation.tile_rows import MARGIN_PX, ROW_GAP_PX, TILE_PX
    from widgets.theme.control_paint import pass_theme
    from widgets.theme.theme import Theme

    page = GeneratePage()
    page.bar.hide()
    page.show_settings(settings_view(state, sign))
    page.plot.show_view(trajectory_view(state, sign))
    page.tiles.show_rows(tile_rows(state), "")
    centre = page.centre
    centre.setParent(None)  # without the panels beside it, which would take their room
    page.plot.show()
    rows = len(page.tiles.rows) * (TILE_PX + ROW_GAP_PX) + 2 * MARGIN_PX
    high_px = max(LEAST_PX, page.table.sizeHint().height()) + rows + 2
    centre.resize(WIDE_PX, high_px)

    def paint(painter: QPainter, theme: Theme) -> None:
        centre.set_theme(theme)
        pass_theme(centre, theme)
        centre.render(painter, QPoint())

    unit = state.asked.pair.unit
    write_picture(path, Picture(f"What drives {unit.words}", WIDE_PX, high_px, paint), repr(unit), 300)
    centre.deleteLater()
    page.deleteLater()
