"""The figures of `phonoscope profiles`, as the page shows them, without a window."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from app.profiling.profiling import ProfileChoice
    from core.profiles.live import LayerFigures
    from core.profiles.profile_set import ProfileSet
    from core.profiles.run import ProfileRun

WIDTH_PX, TREE_PX, HEAT_PX, MAPS_PX, LAYERS_PX = 1120.0, 300.0, 260.0, 220.0, 110.0
HEATS = 6


def write_figures(
    run: ProfileRun, found: ProfileSet, groups: str, plain: bool, weights: Any, out: Path, origin: str
) -> None:
    """Write layers.svg with the silhouettes, and for each layer LAYER.svg with heat maps, curves, tree and
    topographic maps. Raises Fault if the disk does not take them.
    """
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtWidgets import QApplication

    from app.profiling import profile_views as views
    from app.profiling.profiling import ProfileChoice
    from core.files.atomic import folder_for
    from core.profiles.live import Look, figures_of
    from widgets.figures.figure_files import Picture, write_picture
    from widgets.profiles.painting import paint_silhouettes
    from widgets.theme import theme

    app = QApplication.instance() or QApplication(["phonoscope"])
    assert isinstance(app, QApplication)
    theme.apply(app, theme.LIGHT)
    folder = folder_for(out)
    for name in found.layers:
        figures = figures_of(run, found, Look(name, weights, plain))
        choice = _choice(ProfileChoice(groups=groups, settings=found.settings), figures, plain)
        picture = _layer_picture(choice, figures, run.ear.drive.rate_hz)
        write_picture(folder / f"{name}.svg", picture, origin)
        if name == next(iter(found.layers)):
            layers = views.layers_view(choice, figures)

            def paint(painter: Any, colours: Any, layers: Any = layers) -> None:
                paint_silhouettes(painter, _rect(0, 0, WIDTH_PX, LAYERS_PX), colours, layers, 170.0)

            write_picture(folder / "layers.svg", Picture("Silhouettes", WIDTH_PX, LAYERS_PX, paint), origin)


def _choice(choice: ProfileChoice, figures: LayerFigures, plain: bool) -> ProfileChoice:
    """Return the choice of the most frequent groups."""
    often = sorted(figures.groups, key=lambda name: -figures.counts[figures.groups.index(name)])
    look = replace(choice.look, layer=figures.layer, plain=plain)
    return replace(choice, group=often[0], shown=tuple(often[:HEATS]), look=look)


def _rect(left: float, top: float, wide: float, tall: float) -> Any:
    from PySide6.QtCore import QRectF

    return QRectF(left, top, wide, tall)


def _layer_picture(choice: ProfileChoice, figures: LayerFigures, rate_hz: float) -> Any:
    """Return one layer's picture: six groups' heat maps, then curves and tree, then topographic maps."""
    from app.profiling import profile_views as views
    from widgets.figures.figure_files import Picture
    from widgets.profiles.painting import paint_curves, paint_heat, paint_maps, paint_tree

    parts: list[Callable[[Any, Any], None]] = []

    def put(paint: Callable[..., None], rect: Any, view: Any) -> None:
        if view is not None:
            parts.append(lambda painter, colours: paint(painter, rect, colours, view))

    wide = WIDTH_PX / 3
    for k, name in enumerate(choice.shown):
        rect = _rect(k % 3 * wide, k // 3 * (HEAT_PX + 12), wide - 14, HEAT_PX)
        put(paint_heat, rect, views.heat_view(replace(choice, group=name, unit=-1), figures, rate_hz))
    top = 2 * (HEAT_PX + 12)
    put(paint_curves, _rect(0, top, 2 * wide, TREE_PX / 1.6), views.curves_view(choice, figures))
    tall = max(TREE_PX, 11.0 * len(figures.groups))
    put(paint_tree, _rect(2 * wide, top, wide, tall), views.tree_view(choice.groups, choice, figures))
    put(paint_maps, _rect(0, top + tall + 12, WIDTH_PX, MAPS_PX), views.maps_view(choice, figures))

    def paint(painter: Any, colours: Any) -> None:
        for part in parts:
            part(painter, colours)

    return Picture(f"Profiles of {figures.layer}", WIDTH_PX, top + tall + 12 + MAPS_PX, paint)
