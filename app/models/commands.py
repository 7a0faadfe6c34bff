"""Latent commands: seeds, resets, undo, and named points."""

from __future__ import annotations

import numpy as np

from app.base.command_table import command, has_model
from app.base.context import Context
from app.base.dialog_host import DialogHost
from app.models.dialogs import ask_point_name, ask_point_to_read, ask_point_to_write, show_points
from app.models.named_points import NamedPoints
from core.networks.latent import Point
from core.session.session import Session
from widgets.latent.panel import LatentPanel


def can_undo(session: Session) -> bool:
    """There is a change to undo."""
    return bool(session.history.undo_words)


def can_redo(session: Session) -> bool:
    """There is a change to redo."""
    return bool(session.history.redo_words)


@command("edit.undo", "Undo", "Edit", can_undo)
def undo(session: Session) -> None:
    """Undo the last turn, draw, reset or change of a lane."""
    session.undo()


@command("edit.redo", "Redo", "Edit", can_redo)
def redo(session: Session) -> None:
    """Redo what was undone last."""
    session.redo()


@command("latent.randomise", "Randomise", "Latent", has_model)
def randomise(session: Session) -> None:
    """Draw all of z from a new seed; the code stays."""
    session.redraw(int(np.random.default_rng().integers(0, 100_000)))


@command("latent.next_seed", "Next seed", "Latent", has_model)
def next_seed(session: Session) -> None:
    """Draw all of z from the next seed."""
    seed = session.snapshot.seed
    session.redraw(0 if seed is None else seed + 1)


@command("latent.reset", "Reset all", "Latent", has_model)
def reset(session: Session) -> None:
    """Reset all of z to the draw; the code stays."""
    session.reset()


@command("latent.zero", "Set all z to 0", "Latent", has_model)
def zero(session: Session) -> None:
    """Set every z to 0; the code stays."""
    kept = session.point.z[: session.layout.code]
    session.change("set all z to 0", point=Point((*kept, *[0.0] * (session.layout.size - len(kept)))))


@command("latent.find", "Find a variable", "Latent", has_model, separator=True)
def find(latent_panel: LatentPanel) -> None:
    """Go to the search field above the knobs."""
    latent_panel.focus_search()


@command("latent.save_point", "Save this point…", "Latent", has_model, separator=True)
def save_point(host: DialogHost, named_points: NamedPoints) -> None:
    """Keep this point under a name, in the list of points."""
    ask_point_name(host, named_points)


@command("latent.points", "Kept points…", "Latent", has_model)
def points(host: DialogHost, named_points: NamedPoints) -> None:
    """List the kept points of this model, to go to one, rename it or delete it."""
    show_points(host, named_points)


@command("latent.ab", "Switch between A and B", "Latent", has_model)
def switch(named_points: NamedPoints) -> None:
    """Go to the other of two points, A and B; at first, B is a copy of A."""
    named_points.switch()


@command("latent.export_point", "Write the point to a file…", "Latent", has_model)
def export_point(session: Session, host: DialogHost) -> None:
    """Write the full latent vector to a JSON file for `phonoscope layers --point`."""
    ask_point_to_write(session, host)


@command("latent.import_point", "Read a point from a file…", "Latent", has_model)
def import_point(context: Context, host: DialogHost) -> None:
    """Go to the latent vector in a JSON file."""
    ask_point_to_read(context, host)
