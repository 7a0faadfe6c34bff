"""The session, the only mutable state: what is open, what is shown, and what the user chose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeVar

from psygnal import Signal

from core.analyses.results import Points
from core.annotation.tiers import Annotations, OwnedAnnotation, annotation_at
from core.families.card import Card
from core.faults import Fault
from core.networks.latent import LatentLayout, Point, draw
from core.probing.model_id import ModelId
from core.probing.surgery import NetworkEdit
from core.session import lanes as lane_tools
from core.session.history import History
from core.session.lane_key import FIRST_MODEL, GENERATOR, Key, LaneKey
from core.session.lanes import Lane, Lanes
from core.signals.axis import Range
from core.signals.channel_image import ChannelImage
from core.signals.track import Image, Track

if TYPE_CHECKING:
    from core.answers.prediction import Prediction

SHORTEST_S = 0.0002  # the window never zooms in beyond about three samples at 16 kHz


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ModelPoint:
    """Where one model stands: its latent point, the draw it started from, and the pinned variables.

    `seed` is the seed of `drawn`, or None if there was none; then `name` is the point's name. `edits` are the
    changes of layers during a run.
    """

    point: Point
    drawn: Point
    seed: int | None = 0
    name: str = ""
    pins: frozenset[int] = frozenset()
    edits: tuple[NetworkEdit, ...] = ()

    @property
    def is_changed(self) -> bool:
        """Whether variables were turned since the draw."""
        return self.point != self.drawn


@dataclass(frozen=True, slots=True)
class Snapshot(ModelPoint):
    """What undo brings back: where every open model stands, the lanes' settings, the tiers.

    The point and what belongs to it are those of `model`, the one in focus; `beside` holds the others'.
    """

    lanes: Lanes = ()
    tiers: Annotations = ()
    model: ModelId = FIRST_MODEL
    beside: tuple[tuple[ModelId, ModelPoint], ...] = ()

    @property
    def points(self) -> dict[ModelId, ModelPoint]:
        """Where every open model stands, the one in focus first."""
        own = ModelPoint(self.point, self.drawn, self.seed, self.name, self.pins, self.edits)
        return {self.model: own, **dict(self.beside)}

    def moved_since(self, before: Snapshot) -> tuple[ModelId, ...]:
        """Return the models that stand at another point than in an earlier moment, or have other edits."""
        were, are = before.points, self.points
        return tuple(id for id, at in are.items() if id not in were or _driven(were[id]) != _driven(at))

    def focused(self, model: ModelId) -> Snapshot:
        """Return the same moment with another of its models in focus."""
        return self._with(self.points, model)

    def with_model(self, model: ModelId, start: ModelPoint) -> Snapshot:
        """Return the moment with a model at a point, the focus where it was."""
        return self._with({**self.points, model: start}, self.model)

    def without_model(self, model: ModelId) -> Snapshot:
        """Return the moment without one of several models, its lanes closed."""
        points = {id: at for id, at in self.points.items() if id != model}
        left = self._with(points, self.model if self.model != model else next(iter(points)))
        lanes = lane_tools.without(self.lanes, lambda key: is_of(key, model))
        return replace(left, lanes=lanes)

    def _with(self, points: Mapping[ModelId, ModelPoint], focus: ModelId) -> Snapshot:
        at = points[focus]
        beside = tuple((id, other) for id, other in points.items() if id != focus)
        return Snapshot(
            at.point, at.drawn, at.seed, at.name, at.pins, at.edits, self.lanes, self.tiers, focus, beside
        )  # fmt: skip


def _driven(at: ModelPoint) -> tuple[Point, tuple[NetworkEdit, ...]]:
    """Return what a model's layers depend on."""
    return at.point, at.edits


EMPTY = Snapshot(Point(()), Point(()))

Overlay = tuple[Track, ...] | Points
"""An overlay on a lane's curve: contours, or the times of its pulses."""

Place = tuple[Key, str]
"""The place of an overlay: the lane's key and the name of the measure."""


@dataclass(frozen=True)
class Shown:
    """The numbers on screen: tracks by key, spectrograms by key, overlays by (key, measure).

    `channels` are images of what networks take, in place of a curve, and `predictions` what they say; both
    are in the time of the sound that is heard, wherever its recording was moved.
    """

    tracks: Mapping[Key, Track] = field(default_factory=dict[Key, Track])
    images: Mapping[Key, Image] = field(default_factory=dict[Key, Image])
    overlays: Mapping[Place, Overlay] = field(default_factory=dict[Place, Overlay])
    stale: frozenset[Place] = frozenset()
    ghosts: Mapping[Key, Track] = field(default_factory=dict[Key, Track])
    ghost_overlays: Mapping[Place, Overlay] = field(default_factory=dict[Place, Overlay])
    channels: Mapping[Key, ChannelImage] = field(default_factory=dict[Key, ChannelImage])
    predictions: Mapping[Key, Prediction] = field(default_factory=dict[Key, Any])

    def without_model(self, model: ModelId) -> Shown:
        """Return what is left once a model is closed."""
        return Shown(
            _others(self.tracks, model),
            _others(self.images, model),
            {place: one for place, one in self.overlays.items() if not is_of(place[0], model)},
            frozenset(place for place in self.stale if not is_of(place[0], model)),
            _others(self.ghosts, model),
            {place: one for place, one in self.ghost_overlays.items() if not is_of(place[0], model)},
            _others(self.channels, model),
            _others(self.predictions, model),
        )


def is_of(key: Key, model: ModelId) -> bool:
    """Return whether a lane shows a layer of this model."""
    return isinstance(key, LaneKey) and key.model == model


def _others(shown: Mapping[Key, T], model: ModelId) -> dict[Key, T]:
    return {key: one for key, one in shown.items() if not is_of(key, model)}


class Session:
    """Holds the state and signals its changes; setting what is already set signals nothing.

    Several models can be open, one of them in focus: `card`, `point`, `layout` and `output` are its own.

    Signals: `card_changed` (a model was opened and is in focus), `focus_changed` (another of the open
    models is in focus), `model_closed`, `snapshot_changed` (points, pins or lanes), `shown_changed`
    (numbers), `view_changed` (range, cursor, selection, active lane, chosen tier).
    """

    card_changed = Signal()
    focus_changed = Signal()
    model_closed = Signal(str)
    snapshot_changed = Signal(Snapshot, Snapshot)
    shown_changed = Signal()
    view_changed = Signal()

    def __init__(self) -> None:
        self.models: dict[ModelId, Card] = {}
        self.history: History[Snapshot] = History(EMPTY)
        self.shown = Shown()
        self.whole = Range(0.0, 1.0)
        self.visible = self.whole
        self.cursor_s: float | None = None
        self.cursor_placed = False  # by the user, and not by opening something
        self.selection: Range | None = None
        self.frequency_hz: float | None = None
        self.active: Key | None = None
        self.tier = -1  # the chosen tier, counted from 0; -1 for none
        self._back: list[Range] = []

    # --- the models and their points ---------------------------------------------------------

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
        """The model in focus: the one whose point the latent panel shows."""
        return self.snapshot.model

    @property
    def card(self) -> Card | None:
        """The card of the model in focus; None where no model is open."""
        return self.models.get(self.model)

    def model_of(self, key: Key | None) -> ModelId:
        """Return the model that a lane is of; for a recording, or None, the one in focus."""
        return key.model if isinstance(key, LaneKey) else self.model

    def card_of(self, key: Key | None) -> Card | None:
        """Return the card of the model that a lane is of (see `model_of`)."""
        return self.models.get(self.model_of(key))

    def at(self, model: ModelId) -> ModelPoint:
        """Return where an open model stands."""
        return self.snapshot.points[model]

    @property
    def output(self) -> LaneKey | None:
        """The lane of the generator's output; None without an open model or without a generator."""
        return self.output_of(self.model)

    def output_of(self, model: ModelId) -> LaneKey | None:
        """Return the lane of the output of a model's generator; None where it has none."""
        card = self.models.get(model)
        return LaneKey(model, GENERATOR, card.output) if card and card.generator else None

    @property
    def active_track(self) -> Track | None:
        """The curve of the active lane; None without an active lane or before its curve is computed."""
        return self.shown.tracks.get(self.active) if self.active is not None else None

    def open(
        self,
        card: Card,
        lanes: Lanes,
        seed: int = 0,
        start: ModelPoint | None = None,
        model: ModelId | None = None,
    ) -> None:
        """Open `card` as `model` (the one in focus, when None), at a fresh draw or at the point of `start`.

        It replaces what was open under that name and comes into focus; what else is open stays. `lanes`
        are those of the whole stack.
        """
        drawn, model = draw(card.layout, seed), self.model if model is None else model
        at = ModelPoint(drawn, drawn, seed)
        if start is not None:
            at = ModelPoint(start.point, start.drawn, start.seed, start.name, start.pins, start.edits)
        if self.models.keys() - {model}:
            self._open_beside(card, lanes, at, model)
        else:
            self._open_alone(card, lanes, at, model)
        self.active, self.tier = self.output or next((lane.key for lane in lanes), None), -1
        self.card_changed.emit()
        self.view_changed.emit()

    def _open_alone(self, card: Card, lanes: Lanes, at: ModelPoint, model: ModelId) -> None:
        """Begin anew with one model."""
        self.models = {model: card}
        self.history = History(
            Snapshot(at.point, at.drawn, at.seed, at.name, at.pins, at.edits, lanes, model=model)
        )  # fmt: skip
        self.shown = Shown()
        end_s = card.out_axis.extent.end_s
        if end_s > 0 and card.generator is not None:  # a network that only hears has no time of its own
            self.whole = Range(0.0, end_s)
        self.visible, self._back = self.whole, []
        self.cursor_s, self.selection, self.frequency_hz = 0.0, None, None
        self.cursor_placed = False

    def _open_beside(self, card: Card, lanes: Lanes, at: ModelPoint, model: ModelId) -> None:
        """Add a model to every moment, so that undo goes on for the others."""
        own = tuple(lane for lane in lanes if is_of(lane.key, model))
        self._forget_tiers(model)

        def with_it(moment: Snapshot) -> Snapshot:
            others = moment.without_model(model) if model in moment.points else moment
            return replace(others.with_model(model, at), lanes=(*others.lanes, *own))

        self.history.everywhere(with_it)
        self.history.replace(replace(self.snapshot.focused(model), lanes=lanes))
        self.history.end_step()
        self.models[model] = card
        self.shown = self.shown.without_model(model)
        seen_whole = self.visible == self.whole
        self.whole = Range(self.whole.start_s, max(self.whole.end_s, card.out_axis.extent.end_s))
        self.visible = self.whole if seen_whole else self.visible

    def _forget_tiers(self, model: ModelId) -> None:
        """Take the tiers of a model's points out of every moment, unless a copy of it stays open."""
        digests = {card.digest for id, card in self.models.items() if id != model}
        gone = self.models[model].digest if model in self.models else ""
        if gone and gone not in digests:
            self.history.everywhere(
                lambda moment: replace(
                    moment, tiers=tuple(kept for kept in moment.tiers if kept.checkpoint != gone)
                )
            )

    def close_model(self, model: ModelId) -> None:
        """Close one of several models: its lanes, its point and its numbers go, also from undo."""
        if model not in self.models or len(self.models) < 2:
            return
        before = self.snapshot
        self._forget_tiers(model)
        self.history.everywhere(lambda moment: moment.without_model(model))
        self.history.end_step()
        del self.models[model]
        self.shown = self.shown.without_model(model)
        self.active = self._nearest_active(self.active)
        self.model_closed.emit(model)
        if before.model != self.model:
            self.focus_changed.emit()
        self.shown_changed.emit()
        self.snapshot_changed.emit(before, self.snapshot)
        self.view_changed.emit()

    def _nearest_active(self, active: Key | None) -> Key | None:
        """Return the active lane, or where it went, the output in focus, else the first lane."""
        keys = [lane.key for lane in self.lanes]
        if active is None or lane_tools.has(self.lanes, active) or not keys:
            return active
        return self.output if self.output in keys else keys[0]

    def focus(self, model: ModelId) -> None:
        """Bring another of the open models into focus; this is no step of undo."""
        if model == self.model or model not in self.models:
            return
        self.history.replace(self.snapshot.focused(model))
        self.history.end_step()
        self.focus_changed.emit()

    def change(self, words: str, final: bool = True, **values: Any) -> None:
        """Change fields of the snapshot as one undoable step named `words`."""
        before = self.snapshot
        self.history.put(replace(before, **values), words, final)
        self._tell(before)

    def revert(self, words: str) -> None:
        """Revert the unfinished change named `words`."""
        before = self.snapshot
        self.history.revert(words)
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

    def set_edits(self, edits: tuple[NetworkEdit, ...], words: str, final: bool = True) -> None:
        """Change what is edited in the layers of the model in focus."""
        self.change(words, final, edits=edits)

    def redraw(self, seed: int) -> None:
        """Draw all of z again, keeping the code."""
        kept = self.point.z[: self.layout.code]
        point = draw(self.layout, seed, kept)
        self.change(f"seed {seed}", point=point, drawn=point, seed=seed, name="")

    def go(self, words: str, point: Point, name: str, edits: tuple[NetworkEdit, ...] = ()) -> None:
        """Go to a point called `name` that no seed drew, with its edits; reset returns to it."""
        self.change(words, point=point, drawn=point, seed=None, name=name, edits=edits)

    def rename_point(self, old: str, new: str) -> None:
        """Rename a named point of the model in focus, also in the steps that undo brings back."""
        before, model = self.snapshot, self.model

        def renamed(moment: Snapshot) -> Snapshot:
            at = moment.points.get(model)
            named = at is not None and at.seed is None and at.name == old
            return moment.with_model(model, replace(at, name=new)) if at is not None and named else moment

        self.history.everywhere(renamed)
        self._tell(before)

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
        active = self.active
        if lane_tools.has(before.lanes, active):
            self.active = self._nearest_active(active)
        if before.model != self.model:
            self._activate_focused()
            self.focus_changed.emit()
        self.snapshot_changed.emit(before, self.snapshot)
        if self.active != active:
            self.view_changed.emit()

    def _activate_focused(self) -> None:
        """Make a lane of the model in focus the active one, where another model's is."""
        if isinstance(self.active, LaneKey) and self.active.model != self.model and self.output:
            self.active = self.output if lane_tools.has(self.lanes, self.output) else self.active

    # --- lanes ------------------------------------------------------------------------------

    @property
    def lanes(self) -> Lanes:
        return self.snapshot.lanes

    def lane(self, key: Key | None) -> Lane | None:
        return lane_tools.find(self.lanes, key)

    @property
    def active_lane(self) -> Lane | None:
        """The lane that shows the active track, its own or one that it is laid over."""
        return lane_tools.holder(self.lanes, self.active)

    def set_lane(self, key: Key, words: str, **values: Any) -> None:
        """Change one lane's settings."""
        self.change(words, lanes=lane_tools.changed(self.lanes, key, **values))

    def set_lanes(self, lanes: Lanes, words: str) -> None:
        """Replace the lanes, after reordering, merging, adding or closing some."""
        self.change(words, lanes=lanes)

    # --- tiers ------------------------------------------------------------------------------

    @property
    def owned_annotation(self) -> OwnedAnnotation | None:
        """The tiers that belong to the present point, or None."""
        return self.annotation_of(self.model)

    def annotation_of(self, model: ModelId) -> OwnedAnnotation | None:
        """Return the tiers that belong to the point at which an open model stands, or None."""
        card = self.models.get(model)
        return annotation_at(self.snapshot.tiers, self.at(model).point, card.digest if card else "")

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
        """Set the time range of the stack; the visible range stays, as far as it lies inside.

        Raises ValueError for a range of no length, which no window could show.
        """
        if whole.length_s <= 0:
            raise ValueError(f"{whole} has no length")
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

    def set_cursor(self, time_s: float, placed: bool = True) -> None:
        """Set the cursor and clear the selection, as a click does in Praat; `placed` by the user, or not."""
        time_s = min(max(time_s, self.whole.start_s), self.whole.end_s)
        self.cursor_placed = placed
        self._set_view(cursor_s=time_s, selection=None)

    def set_selection(self, wanted: Range | None) -> None:
        """Select a time range; an empty one becomes the cursor. Raises Fault for times outside the sound."""
        if wanted is None:
            start_s = self.whole.start_s if self.cursor_s is None else self.cursor_s
            self.set_cursor(start_s, self.cursor_placed)
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
            self.cursor_placed = True
            self._set_view(selection=kept, cursor_s=kept.start_s)

    def set_frequency(self, frequency_hz: float | None) -> None:
        """Set the frequency cursor."""
        self._set_view(frequency_hz=frequency_hz)

    def set_active(self, key: Key) -> None:
        """Choose the lane that Tab plays and queries ask; the model that it is of comes into focus."""
        self.focus(self.model_of(key))
        self._set_view(active=key)

    def _set_view(self, **values: Any) -> None:
        if all(getattr(self, name) == value for name, value in values.items()):
            return
        for name, value in values.items():
            setattr(self, name, value)
        self.view_changed.emit()
