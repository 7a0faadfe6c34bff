"""Pictures as files: the stack's figure, and every plot."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from app.base.context import Context
from app.base.dialog_host import DialogHost
from core.faults import Fault

if TYPE_CHECKING:
    from widgets.plots.view import PlotView

KINDS = "PDF (*.pdf);;SVG (*.svg);;PNG (*.png)"


class PictureSaver:
    """Asks where to save a picture and writes it as PDF, SVG or PNG."""

    def __init__(self, context: Context, host: DialogHost) -> None:
        self._preferences = context.preferences
        self._messages = context.messages
        self._host = host

    def save_plot(self, plot: PlotView, title: str, name: str, origin: str) -> bool:
        """Ask for a file and write a plot as it is, on white paper; return whether it was written."""
        from widgets.figures.figure_files import Picture, write_picture

        picture = Picture(title, plot.width(), plot.height(), plot.paint)
        dpi = self._preferences.values.figure_dpi
        return self.save(name, lambda path: write_picture(path, picture, origin, dpi))

    def save(self, name: str, write: Callable[[Path], object]) -> bool:
        """Ask for a file called `name` and write it; return whether it was written."""
        path = self._ask_path(name)
        if path is None:
            return False
        try:
            write(path)
        except Fault as fault:
            self._messages.faulted.emit(fault)
            return False
        self._messages.noted.emit(f"Saved {path.name}")
        return True

    def _ask_path(self, name: str) -> Path | None:
        """Ask where to save a picture; a name without a suffix gets that of the chosen kind."""
        chosen, kind = self._host.ask_save("Save picture", name, KINDS)
        if not chosen:
            return None
        return Path(chosen) if Path(chosen).suffix else Path(f"{chosen}.{kind[:3].lower()}")
