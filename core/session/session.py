"""The session, the only mutable state: what is open, what is shown, and what the user chose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from psygnal import Signal

from core.analyses.results import Points
from core.annotation.tiers import Kept, Shelf, kept_at
from core.families.card import Card
from core.faults import Fault
from core.networks.latent import LatentLayout, Point, draw
from core.probing.model_id import ModelId
from core.session import lanes as lane_tools
from core.session.history import History
from core.session.lane_key import FIRST_MODEL, GENERATOR, Key, LaneKey
from core.session.lanes import Lane, Lanes
from core.signals.axis import Range
from core.signals.track import Image, Track

SHORTEST_S = 0.0002  # the window never zooms in beyond about three samples at 16 kHz


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What undo restores: the point, the draw it started from, the lanes' settings, the tiers.

    `seed` is the seed of `drawn`, or None if there was none; then `name` is the point's name.
    """

    point: Point
    drawn: Point
    seed: int | None = 0
    name: str = ""
    pins: frozenset[int] = frozenset()
    lanes: Lanes = ()
    tiers: Shelf = ()


EMPTY = Snapshot(Point(()), Point(()))

Overlay = tuple[Track, ...] | Points
"""An overlay on a lane's curve: contours, or the times of its pulses."""

Place = tuple[Key, str]
"""The place of an overlay: the lane's key and the name of the measure."""


@dataclass(frozen=True)
class Shown:
    """The numbers on screen: tracks by key, spectrograms by key, overlays by (key, measure)."""

    tracks: Mapping[Key, Track] = field(default_factory=dict[Key, Track])
    images: Mapping[Key, Image] = field(default_factory=dict[Key, Image])
    overlays: Mapping[Place, Overlay] = field(default_factory=dict[Place, Overlay])
    stale: frozenset[Place] = frozenset()
    ghosts: Mapping[Key, Track] = field(default_factory=dict[Key, Track])


class Session:
    """Holds the state and signals its changes; setting what is already set signals nothing.

    Signals: `card_changed` (another model), `snapshot_changed` (point, pins or lanes), `shown_changed`
    (numbers), `view_changed` (range, cursor, selection, active lane, chosen tier).
    """

    card_changed = Signal()
    snapshot_changed = Signal(Snapshot, Snapshot)
    shown_changed = Signal()
    view_changed = Signal()

    def __init__(self) -> None:
        self.card: Card | None = None
        self.history: History[Snapshot] = History(EMPTY)
        self.shown = Shown()
        self.whole = Range(0.0, 1.0)
        self.visible = self.whole
        self.cursor_s: float | None = None
        self.selection: Range | None = None
        self.frequency_hz: float | None = None
        self.active: Key | None = None
        self.tier = -1  # the chosen tier, counted from 0; -1 for none
        self._back: list[Range] = []

    # --- the model and the point -------------------------------------------------------------

    @property
    def snapshot(self) -> Snapshot:
        return self.history.present

    @property
    def point(self) -> Point:
        return self.snapshot.point

    @property
    def layout(self) -> LatentLayout:
        return self.card.layout if self.card else LatentLayout(0)

    @property
    def model(self) -> ModelId:
        """The model whose point the latent panel shows."""
        return FIRST_MODEL

    @property
    def models(self) -> Mapping[ModelId, Card]:
        """The cards of the open models."""
        return {FIRST_MODEL: self.card} if self.card else {}

    @property
    def output(self) -> LaneKey | None:
        """The lane of the generator's output; None without an open model or without a generator."""
        card = self.card
        return LaneKey(self.model, GENERATOR, card.output) if card and card.generator else None

    @property
    def active_track(self) -> Track | None:
        """The curve of the active lane; None without an active lane or before its curve is computed."""
        return self.shown.tracks.get(self.active) if self.active is not None else None

    def open(self, card: Card, lanes: Lanes, seed: int = 0, start: Snapshot | None = None) -> None:
        """Make `card` the open model, at a fresh draw or at the point of `start`."""
        drawn = draw(card.layout, seed)
        start = Snapshot(drawn, drawn, seed) if start is None else start
        self.card = card
        self.history = History(replace(start, pins=frozenset(), lanes=lanes, tiers=()))
        self.shown = Shown()
        self.whole = Range(0.0, card.out_axis.extent.end_s)
        self.visible, self._back = self.whole, []
        self.cursor_s, self.selection, self.frequency_hz = 0.0, None, None
        self.active, self.tier = self.output or next((lane.key for lane in lanes), None), -1
        self.card_changed.emit()
        self.view_changed.emit()

    def change(self, words: str, final: bool = True, **values: Any) -> None:
        """Change fields of the snapshot as one undoable step named `words`."""
        before = self.snapshot
        self.history.put(replace(before, **values), words, final)
        self._tell(before)

    def give_up(self, words: str) -> None:
        """Revert the unfinished change named `words`."""
        before = self.snapshot
        self.history.give_up(words)
        self._tell(before)

    def begin(self, lanes: Lanes) -> None:
        """Show the first lanes without an undoable step: there is nothing to go back to."""
        before = self.snapshot
        self.history.replace(replace(before, lanes=lanes))
        self._tell(before)

    def set_value(self, index: int, value: float, final: bool = True) -> None:
        """Set one latent variable; a drag is one undo step."""
        name = self.layout.names()[index]
        self.change(f"turn {name}", final, point=self.point.set(index, value))

    def redraw(self, seed: int) -> None:
        """Draw all of z again, keeping the code."""
        kept = self.point.z[: self.layout.code]
        point = draw(self.layout, seed, kept)
        self.change(f"seed {seed}", point=point, drawn=point, seed=seed, name="")

    def go(self, words: str, point: Point, name: str) -> None:
        """Go to a point called `name` that no seed drew; reset returns to it."""
        self.change(words, point=point, drawn=point, seed=None, name=name)

    def reset(self, index: int = -1) -> None:
        """Reset one latent variable, or with -1 all of z, to the draw."""
        if index >= 0:
            self.change(
                f"reset {self.layout.names()[index]}",
                point=self.point.set(index, self.snapshot.drawn.z[index]),
            )
            return
        code = self.point.z[: self.layout.code]
        self.change("reset all", point=self.snapshot.drawn.with_code(code))

    def undo(self) -> None:
        """Undo the last change."""
        before = self.snapshot
        self.history.undo()
        self._tell(before)

    def redo(self) -> None:
        """Redo the last undone change."""
        before = self.snapshot
        self.history.redo()
        self._tell(before)

    def _tell(self, before: Snapshot) -> None:
        """Signal the new snapshot; if it has no active lane, activate another."""
        if self.snapshot == before:
            return
        went = lane_tools.has(before.lanes, self.active) and not lane_tools.has(self.lanes, self.active)
        keys = [lane.key for lane in self.lanes]
        if went and keys:
            self.active = self.output if self.output in keys else keys[0]
        self.snapshot_changed.emit(before, self.snapshot)
        if went and keys:
            self.view_changed.emit()

    # --- lanes ------------------------------------------------------------------------------

    @property
    def lanes(self) -> Lanes:
        return self.snapshot.lanes

    def lane(self, key: Key | None) -> Lane | None:
        return lane_tools.find(self.lanes, key)

    def set_lane(self, key: Key, words: str, **values: Any) -> None:
        """Change one lane's settings."""
        self.change(words, lanes=lane_tools.changed(self.lanes, key, **values))

    def set_lanes(self, lanes: Lanes, words: str) -> None:
        """Replace the lanes, after reordering, merging, adding or closing some."""
        self.change(words, lanes=lanes)

    # --- tiers ------------------------------------------------------------------------------

    @property
    def kept(self) -> Kept | None:
        """The tiers that belong to the present point, or None."""
        return kept_at(self.snapshot.tiers, self.point)

    def set_tier(self, place: int) -> None:
        """Choose a tier, or with -1 none."""
        self._set_view(tier=place)

    # --- numbers ----------------------------------------------------------------------------

    def show(self, **values: Any) -> None:
        """Replace some of the numbers on screen."""
        self.shown = replace(self.shown, **values)
        self.shown_changed.emit()

    # --- view -------------------------------------------------------------------------------

    def set_range(self, wanted: Range, remember: bool = True) -> None:
        """Show `wanted`, limited to the whole time range and to no fewer than a few samples."""
        if wanted.length_s < SHORTEST_S:
            wanted = Range(wanted.middle_s - SHORTEST_S / 2, wanted.middle_s + SHORTEST_S / 2)
        wanted = wanted.within(self.whole)
        if wanted == self.visible:
            return
        if remember:
            self._back.append(self.visible)
            del self._back[:-100]
        self.visible = wanted
        self.view_changed.emit()

    def set_whole(self, whole: Range) -> None:
        """Set the time range of the stack; the visible range stays, as far as it lies inside."""
        if whole == self.whole:
            return
        self.whole = whole
        self.visible = self.visible.within(whole)
        self._back = [wanted.within(whole) for wanted in self._back]
        if self.cursor_s is not None:
            self.cursor_s = min(max(self.cursor_s, whole.start_s), whole.end_s)
        kept = self.selection.cut(whole) if self.selection is not None else None
        self.selection = kept if kept is not None and kept.length_s > 0 else None
        self.view_changed.emit()

    def zoom_back(self) -> None:
        """Return to the range before the last change of it."""
        if self._back:
            self.visible = self._back.pop()
            self.view_changed.emit()

    def set_cursor(self, time_s: float) -> None:
        """Set the cursor and clear the selection, as a click does in Praat."""
        time_s = min(max(time_s, self.whole.start_s), self.whole.end_s)
        self._set_view(cursor_s=time_s, selection=None)

    def set_selection(self, wanted: Range | None) -> None:
        """Select a time range; an empty one becomes the cursor. Raises Fault for times outside the sound."""
        if wanted is None:
            self.set_cursor(self.whole.start_s if self.cursor_s is None else self.cursor_s)
            return
        if wanted.length_s > 0 and (wanted.start_s > self.whole.end_s or wanted.end_s < self.whole.start_s):
            raise Fault(
                f"{wanted.start_s:g} to {wanted.end_s:g} s is outside the sound "
                f"({self.whole.start_s:g} to {self.whole.end_s:g} s).",
                "Choose times inside it.",
            )
        kept = wanted.cut(self.whole)
        if kept.length_s <= 0:
            self.set_cursor(kept.start_s)
        else:
            self._set_view(selection=kept, cursor_s=kept.start_s)

    def set_frequency(self, frequency_hz: float | None) -> None:
        """Set the frequency cursor."""
        self._set_view(frequency_hz=frequency_hz)

    def set_active(self, key: Key) -> None:
        """Choose the lane that Tab plays and that queries refer to."""
        self._set_view(active=key)

    def _set_view(self, **values: Any) -> None:
        if all(getattr(self, name) == value for name, value in values.items()):
            return
        for name, value in values.items():
            setattr(self, name, value)
        self.view_changed.emit()
