"""The list of named points: the built-in model's own, and those that the user kept for this model."""

from __future__ import annotations

from pathlib import Path

from app.base.context import Context
from app.models.built_in import built_in_model, built_in_points
from core.faults import Fault
from core.probing.model_id import ModelId
from core.session.named_points import NamedPoint, default_path, read_points, write_points
from core.session.session import Snapshot
from widgets.latent.panel import LatentPanel


class NamedPoints:
    """Keeps the latent panel's list of points, and the points A and B of a comparison."""

    def __init__(self, context: Context, panel: LatentPanel) -> None:
        self._session = context.session
        self._messages = context.messages
        self._panel = panel
        self._kept: dict[ModelId, dict[str, Snapshot]] = {}
        self._current: dict[ModelId, str] = {}
        self.named: tuple[NamedPoint, ...] = ()
        panel.point_wanted.connect(self.go)
        panel.ab_wanted.connect(self.switch)

    def refresh(self) -> None:
        """Read the points of the model that was opened, and begin a comparison anew."""
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

    def _read(self) -> None:
        session = self._session
        assert session.card is not None
        size = session.layout.size
        kept = self._points_in(default_path(session.card.digest), size)
        demo = built_in_model()
        own = built_in_points() if demo is not None and str(demo) == session.card.path else ()
        self.named = (*own, *kept)
        self._panel.show_points(tuple(one.name for one in self.named))
        here = next((one.name for one in self.named if one.point == session.point), "")
        self._panel.show_point_name(here)

    def _points_in(self, place: Path, size: int) -> tuple[NamedPoint, ...]:
        """Return the points of a file; what is damaged in it is told and goes no further."""
        try:
            return read_points(place, size, lambda words: self._messages.faulted.emit(Fault(words)))
        except Fault as fault:
            self._messages.faulted.emit(fault)
            return ()

    def go(self, name: str) -> None:
        """Go to a named point; reset then returns to it."""
        session = self._session
        point = next((one.point for one in self.named if one.name == name), None)
        if point is not None:
            session.go(f"go to {name}", point, name)

    def keep(self, name: str) -> None:
        """Keep the present point under a name, replacing one with the same name."""
        session = self._session
        assert session.card is not None
        place = default_path(session.card.digest)
        others = tuple(one for one in self._points_in(place, session.layout.size) if one.name != name)
        try:
            write_points((*others, NamedPoint(name, session.point)), place)
        except Fault as fault:
            self._messages.faulted.emit(fault)
        if session.snapshot.name == name:  # from now on it is another point
            session.go(f"keep {name}", session.point, name)
        self._read()
        self._panel.show_point_name(name)

    def switch(self, slot: str) -> None:
        """Store the present point in its slot and go to the other; an unused slot starts as a copy."""
        session = self._session
        if slot == self._slot:
            return
        now, kept = session.snapshot, self._kept.setdefault(session.model, {})
        kept[self._slot] = now
        self._current[session.model] = slot
        wanted = kept.get(slot, now)
        whence = {"drawn": wanted.drawn, "seed": wanted.seed, "name": wanted.name}
        session.change(f"go to {slot}", point=wanted.point, **whence)
        self._panel.show_slot(slot)
