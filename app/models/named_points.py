"""The list of named points: the demo's own, and those that the user kept for this model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.models.built_in import built_in_model, built_in_points
from core.faults import Fault
from core.session.named_points import NamedPoint, default_path, read_points, write_points
from core.session.session import Snapshot

if TYPE_CHECKING:
    from app.shell.window import Window


class NamedPoints:
    """Keeps the knob panel's list of points, and the two points A and B to compare."""

    def __init__(self, window: Window) -> None:
        self._window = window
        self._slots: dict[str, Snapshot] = {}
        self._slot = "A"
        self.named: tuple[NamedPoint, ...] = ()
        window.knobs.point_wanted.connect(self.go)
        window.knobs.ab_wanted.connect(self.switch)
        window.knobs.save_point_wanted.connect(lambda: window.menus.run("latent.save_point"))

    def refresh(self) -> None:
        """Read the points of the model now open, and begin a comparison anew."""
        self._slots, self._slot = {}, "A"
        self._window.knobs.show_slot("A")
        self._read()

    def _read(self) -> None:
        session = self._window.on.session
        assert session.card is not None
        size = session.layout.size
        kept = read_points(default_path(session.card.digest), size)
        demo = built_in_model()
        own = built_in_points() if demo is not None and str(demo) == session.card.path else ()
        self.named = (*own, *kept)
        self._window.knobs.show_points(tuple(one.name for one in self.named))
        here = next((one.name for one in self.named if one.point == session.point), "")
        self._window.knobs.show_point_name(here)

    def go(self, name: str) -> None:
        """Go to a named point; the draw that reset returns to is that point."""
        session = self._window.on.session
        point = next((one.point for one in self.named if one.name == name), None)
        if point is not None:
            session.go(f"go to {name}", point, name)

    def keep(self, name: str) -> None:
        """Keep the present point under a name, replacing one of the same name."""
        session = self._window.on.session
        assert session.card is not None
        place = default_path(session.card.digest)
        others = tuple(one for one in read_points(place, session.layout.size) if one.name != name)
        try:
            write_points((*others, NamedPoint(name, session.point)), place)
        except Fault as fault:
            self._window.on.messages.faulted.emit(fault)
        if session.snapshot.name == name:  # it is another point from now on
            session.go(f"keep {name}", session.point, name)
        self._read()
        self._window.knobs.show_point_name(name)

    def switch(self, slot: str) -> None:
        """Leave the present point in its slot and go to the other; a slot never used starts as a copy."""
        session = self._window.on.session
        if slot == self._slot:
            return
        now = session.snapshot
        self._slots[self._slot] = now
        self._slot = slot
        wanted = self._slots.get(slot, now)
        whence = {"drawn": wanted.drawn, "seed": wanted.seed, "name": wanted.name}
        session.change(f"go to {slot}", point=wanted.point, **whence)
        self._window.knobs.show_slot(slot)
