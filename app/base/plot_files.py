"""Pictures that are asked for by name and written: as PDF, SVG or PNG, whichever the name says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from app.base.file_locations import ask_file
from core.faults import Fault

if TYPE_CHECKING:
    from app.shell.window import Window
    from widgets.plots.view import PlotView

KINDS = "PDF (*.pdf);;SVG (*.svg);;PNG (*.png)"


def save_plot(window: Window, plot: PlotView, title: str, name: str, origin: str) -> bool:
    """Ask for a file and write a plot as it is shown, on white paper; tell whether it was written.

    `origin` is JSON, which the file carries inside.
    """
    from widgets.figures.figure_files import Picture, write_picture

    path = ask_picture_path(window, name)
    if path is None:
        return False
    picture = Picture(title, plot.width(), plot.height(), plot.paint)
    dpi = window.on.preferences.values.figure_dpi
    return written(window, path, lambda: write_picture(path, picture, origin, dpi))


def ask_picture_path(window: Window, name: str) -> Path | None:
    """Ask where a picture goes; the kind chosen is the suffix of a name that has none."""
    chosen, kind = ask_file(window, "Save picture", name, KINDS)
    if not chosen:
        return None
    return Path(chosen) if Path(chosen).suffix else Path(f"{chosen}.{kind[:3].lower()}")


def written(window: Window, path: Path, write: Callable[[], None]) -> bool:
    """Write a picture and say so, or why not; tell whether it was written."""
    try:
        write()
    except Fault as fault:
        window.on.messages.faulted.emit(fault)
        return False
    window.status.show_help(f"Saved {path.name}")
    return True
