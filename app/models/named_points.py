"""The list of named points: the built-in model's own, and those that the user kept for this model."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from psygnal import Signal

from app.base.context import Context
from app.models.built_in import built_in_model, built_in_points
from core.faults import Fault
from core.networks.latent import Point
from core.probing.model_id import ModelId
from core.session.named_points import (
    NamedPoint,
    default_path,
    points_elsewhere,
    read_points,
    write_points,
)
from core.session.point_names import unused_name
from core.session.session import Snapshot
from widgets.latent.panel import LatentPanel


def other_checkpoint(name: str, checkpoint: str, title: str = "") -> Fault:
    """Return the warning about a point that was kept with another checkpoint."""
    of = f"of “{title}” " if title else ""
    return Fault(
        f"“{name}” was kept with another checkpoint, {of}({checkpoint[:8]}): here the same values may make "
        "another sound.",
        "Listen before you compare, or open the checkpoint that it was kept with.",
    )


class NamedPoints:
    """Keeps the latent panel's list of points, and the points A and B of a comparison.

    `changed` is emitted when the list is another one.
    """

    changed = Signal()

    def __init__(self, context: Context, panel: LatentPanel) -> None:
        self._session = context.session
        self._messages = context.messages
        self._panel = panel
        self._kept: dict[ModelId, dict[str, Snapshot]] = {}
        self._current: dict[ModelId, str] = {}
        self.named: tuple[NamedPoint, ...] = ()
        self._deleted: dict[ModelId, tuple[int, NamedPoint]] = {}
        panel.point_wanted.connect(self.go)
        panel.ab_wanted.connect(self.switch)

    def refresh(self) -> None:
        """Read the points of the model that was opened, and begin a comparison anew."""
        self._deleted.pop(self._session.model, None)
        self._kept.pop(self._session.model, None)
        self._current.pop(self._session.model, None)
        self.follow()

    def follow(self) -> None:
        """Show the points and the comparison of the model in focus."""
        self._panel.show_slot(self._slot)
        self._read()

    @property
    def _slot(self) -> str:
        return self._current.get(self._session.model, "A")

    @property
    def both(self) -> tuple[Point, Point]:
        """The points A and B; an unused one is a copy of the other."""
        here, kept = self._session.point, self._kept.get(self._session.model, {})
        other = kept.get("B" if self._slot == "A" else "A")
        there = here if other is None else other.point
        return (here, there) if self._slot == "A" else (there, here)

    def _read(self) -> None:
        session = self._session
        assert session.card is not None
        demo = built_in_model()
        own = built_in_points() if demo is not None and str(demo) == session.card.path else ()
        self.named = (*own, *self._own())
        self._panel.show_points(tuple(one.name for one in self.named))
        at = session.point, session.snapshot.edits
        here = next((one.name for one in self.named if (one.point, one.edits) == at), "")
        self._panel.show_point_name(here)
        self.changed.emit()

    @property
    def _path(self) -> Path:
        """The file of the points that the user kept for the model in focus."""
        card = self._session.card
        assert card is not None
        return default_path(card.digest)

    def _own(self) -> tuple[NamedPoint, ...]:
        """Return the user's points; what is damaged in their file is told and goes no further."""
        size = self._session.layout.size
        try:
            return read_points(self._path, size, lambda words: self._messages.faulted.emit(Fault(words)))
        except Fault as fault:
            self._messages.faulted.emit(fault)
            return ()

    @property
    def own_names(self) -> tuple[str, ...]:
        """The names of the points that the user kept for the model in focus."""
        return tuple(one.name for one in self._own()) if self._session.card is not None else ()

    @property
    def deleted(self) -> str:
        """The name of the point that was deleted last and can be brought back, or ""."""
        found = self._deleted.get(self._session.model)
        return found[1].name if found is not None else ""

    def go(self, name: str) -> None:
        """Go to a named point; reset then returns to it."""
        session = self._session
        found = next((one for one in self.named if one.name == name), None)
        if found is not None:
            session.go(f"go to {name}", found.point, name, found.edits)

    def keep(self, name: str) -> None:
        """Keep the present point under a name, replacing one with the same name."""
        session = self._session
        own, edits, card = self._own(), session.snapshot.edits, session.card
        assert card is not None
        note = next((one.note for one in own if one.name == name), "")
        others = tuple(one for one in own if one.name != name)
        kept = NamedPoint(name, session.point, note, edits, card.digest, card.title)
        self._write((*others, kept))
        if session.snapshot.name == name:  # from now on it is another point
            session.go(f"keep {name}", session.point, name, edits)
        self._read()
        self._panel.show_point_name(name)

    def set_note(self, name: str, note: str) -> None:
        """Change the note of a kept point."""
        points = tuple(replace(one, note=note) if one.name == name else one for one in self._own())
        self._write(points)
        self._read()

    @property
    def elsewhere(self) -> tuple[NamedPoint, ...]:
        """The points that fit this model, but were kept with others."""
        card = self._session.card
        return () if card is None else points_elsewhere(self._path, self._session.layout.size)

    def go_elsewhere(self, place: int) -> None:
        """Go to one of the points that were kept with another model, with a warning."""
        points = self.elsewhere
        if 0 <= place < len(points):
            one = points[place]
            self._session.go(f"go to {one.name}", one.point, one.name, one.edits)
            self._messages.warned.emit(other_checkpoint(one.name, one.checkpoint, one.title))

    def add(self, points: tuple[NamedPoint, ...]) -> None:
        """Keep more points, each under a name that no other has."""
        self._write((*self._own(), *points))
        self._read()

    def _write(self, points: tuple[NamedPoint, ...]) -> bool:
        """Write the user's points; return whether they could be written."""
        try:
            write_points(points, self._path)
        except Fault as fault:
            self._messages.faulted.emit(fault)
            return False
        return True

    def rename(self, old: str, new: str) -> None:
        """Rename a kept point. Raises Fault if another point has that name."""
        if new in (one.name for one in self.named):
            self._read()
            raise Fault(f"There is a point “{new}” already.", "Choose another name, or delete it first.")
        points = tuple(replace(one, name=new) if one.name == old else one for one in self._own())
        if self._write(points):
            self._session.rename_point(old, new)
        self._read()

    def delete(self, name: str) -> None:
        """Delete a kept point; `restore` brings the last one back. The point on screen stays as it is."""
        points = self._own()
        place = next((k for k, one in enumerate(points) if one.name == name), None)
        if place is not None and self._write((*points[:place], *points[place + 1 :])):
            self._deleted[self._session.model] = (place, points[place])
            self._messages.noted.emit(f"Deleted the point {name}; Undo delete brings it back")
        self._read()

    def restore(self) -> None:
        """Bring back the point that was deleted last, under a free name."""
        found = self._deleted.pop(self._session.model, None)
        if found is not None:
            place, one = found
            points = self._own()
            name = unused_name(one.name, [other.name for other in self.named])
            self._write((*points[:place], replace(one, name=name), *points[place:]))
        self._read()

    def switch(self, slot: str = "") -> None:
        """Store the present point in its slot and go to slot A or B, the other one when it is "".

        An unused slot starts as a copy.
        """
        session, slot = self._session, slot or ("B" if self._slot == "A" else "A")
        if slot == self._slot:
            return
        now, kept = session.snapshot, self._kept.setdefault(session.model, {})
        kept[self._slot] = now
        self._current[session.model] = slot
        wanted = kept.get(slot, now)
        whence = {"drawn": wanted.drawn, "seed": wanted.seed, "name": wanted.name, "edits": wanted.edits}
        session.change(f"go to {slot}", point=wanted.point, **whence)
        self._panel.show_slot(slot)
