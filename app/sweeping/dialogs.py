"""The dialogs of sweeps: paths and several variables."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from app.base.dialog_host import DialogHost
from core.networks.latent import LatentLayout, Point
from core.sweeps.grid import grid_of


def ask_path(
    host: DialogHost, known: Mapping[str, Point], use: Callable[[tuple[Point, ...], int], object]
) -> None:
    """Ask for a path through points with names, and how many steps lead to the next."""
    from widgets.sweep.grid_dialogs import PathDialog

    dialog = PathDialog(tuple(known), host.parent)
    dialog.chosen.connect(lambda names, steps: use(tuple(known[name] for name in names), steps))
    host.show(dialog)


def ask_axes(
    host: DialogHost,
    texts: tuple[str, ...],
    layout: LatentLayout,
    use: Callable[[tuple[str, ...]], object],
) -> None:
    """Ask for axes of several variables."""
    from widgets.sweep.grid_dialogs import AxesDialog

    dialog = AxesDialog(texts, lambda typed: grid_of(typed, layout), host.parent)
    dialog.chosen.connect(use)
    host.show(dialog)
