"""Latent: seeds, resets, undo, and points kept under a name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from app.base.command_table import command, has_model
from core.networks.latent import Point

if TYPE_CHECKING:
    from app.shell.window import Window


@command("edit.undo", "Undo", "Edit", "Ctrl+Z", lambda on: bool(on.session.history.undo_words))
def undo(window: Window) -> None:
    """Take the last turn, draw, reset or change of a lane back."""
    window.on.session.undo()


@command("edit.redo", "Redo", "Edit", "Ctrl+Y", lambda on: bool(on.session.history.redo_words))
def redo(window: Window) -> None:
    """Bring back what undo took."""
    window.on.session.redo()


@command("latent.randomise", "Randomise", "Latent", "R", has_model)
def randomise(window: Window) -> None:
    """Draw all of z from a new seed; the code stays."""
    window.on.session.redraw(int(np.random.default_rng().integers(0, 100_000)))


@command("latent.next_seed", "Next seed", "Latent", "Ctrl+R", has_model)
def next_seed(window: Window) -> None:
    """Draw all of z from the following seed."""
    seed = window.on.session.snapshot.seed
    window.on.session.redraw(0 if seed is None else seed + 1)


@command("latent.reset", "Reset all", "Latent", "Ctrl+Shift+R", has_model)
def reset(window: Window) -> None:
    """Put every z back to the draw; the code stays."""
    window.on.session.reset()


@command("latent.zero", "Set all z to 0", "Latent", "", has_model)
def zero(window: Window) -> None:
    """Set every z to 0; the code stays."""
    session = window.on.session
    kept = session.point.z[: session.layout.code]
    session.change("set all z to 0", point=Point((*kept, *[0.0] * (session.layout.size - len(kept)))))


@command("latent.find", "Find a variable", "Latent", "Ctrl+F", has_model, separator=True)
def find(window: Window) -> None:
    """Go to the search field above the knobs."""
    window.knobs.focus_search()


@command("latent.save_point", "Save this point…", "Latent", "Ctrl+D", has_model, separator=True)
def save_point(window: Window) -> None:
    """Keep this point under a name; it comes back in the list of points."""
    window.asks.point_name()


@command("latent.export_point", "Write the point to a file…", "Latent", "", has_model)
def export_point(window: Window) -> None:
    """Write the full latent vector as a JSON file that `phonoscope layers --point` reads."""
    window.asks.point_file(write=True)


@command("latent.import_point", "Read a point from a file…", "Latent", "", has_model)
def import_point(window: Window) -> None:
    """Go to the latent vector in a JSON file."""
    window.asks.point_file(write=False)
