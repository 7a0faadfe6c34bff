"""From a turned knob to new curves: each change of a model's point asks the engine for its layers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any, TypeGuard

from psygnal import Signal

from app.base.context import Context
from core.probing.drive import LatentPoints
from core.probing.model_id import ModelId
from core.probing.request import Probed, ProbeRequest
from core.probing.surgery import edits_of
from core.processes.engine import Engine
from core.session.lane_key import GENERATOR, Key, LaneKey
from core.session.lane_maps import mapped_layers, reductions_of, similar_layers
from core.session.lanes import Lanes
from core.session.session import Snapshot
from core.signals.track import Track

Images = Callable[[], tuple[tuple[Key, Any], ...]]
"""Returns the lanes whose spectrograms to compute with the curves, each with its settings."""


class LatentDriven:
    """Keeps the shown curves in step with each open model's point.

    `arrived` follows new curves and carries their model.
    `images_wanted` may be set to have spectrograms computed in the same request.
    """

    arrived = Signal(str)

    def __init__(self, context: Context, engine: Engine) -> None:
        self._session = session = context.session
        self._jobs = context.jobs
        self._messages = context.messages
        self._engine = engine
        self.images_wanted: Images = tuple
        self._steps = 0
        session.card_changed.connect(self._new_model)
        session.model_closed.connect(self._closed)
        session.snapshot_changed.connect(self._changed)

    @property
    def waiting(self) -> bool:
        """Whether the newest curves of a model are still under way."""
        return any(self._jobs.waits(_asker(model)) for model in self._session.models)

    @property
    def layers(self) -> dict[LaneKey, Track]:
        """The generator's curves at the session's point; empty while those of another are on screen."""
        return self.layers_of(self._session.model)

    def layers_of(self, model: ModelId) -> dict[LaneKey, Track]:
        """Return a generator's curves at the point where its model stands (see `layers`)."""
        at = self._session.at(model)
        here = at.point.z, tuple(edit.plain() for edit in edits_of(GENERATOR, at.edits))
        tracks = self._session.shown.tracks.items()
        return {
            key: track
            for key, track in tracks
            if _is_driven(key, model) and (track.origin.point, track.origin.edits) == here
        }

    def ask(self, model: ModelId | None = None) -> None:
        """Ask for a model's layers at its point, and for the spectrograms now shown; None: in focus."""
        session = self._session
        model = session.model if model is None else model
        card = session.models.get(model)
        if card is None or card.generator is None:
            return
        wanted = self.images_wanted()
        images = tuple((key.layer, settings) for key, settings in wanted if _is_driven(key, model))
        at = session.at(model)
        points, edits = LatentPoints((at.point,)), edits_of(GENERATOR, at.edits)
        asked = ProbeRequest(
            model, GENERATOR, points, edits=edits, **channels_asked(session.lanes, model, GENERATOR)
        )
        future = self._engine.probe(asked, images, key=_asker(model), urgent=True)
        self._messages.busy_changed.emit(True)
        self._jobs.follow(_asker(model), future, partial(self._arrived, model), stream=True)

    def ask_again(self) -> None:
        """Ask once more for every model after the engine was started anew."""
        for model in self._session.models:
            self.ask(model)

    def _new_model(self) -> None:
        self._jobs.drop(_asker(self._session.model))
        self._steps = self._session.history.steps
        self.ask()

    def _closed(self, model: ModelId) -> None:
        self._jobs.drop(_asker(model))
        self._engine.stop(_asker(model))

    def _changed(self, before: Snapshot, after: Snapshot) -> None:
        moved = after.moved_since(before)
        if moved:
            self._keep_ghosts(moved)
        for model in self._session.models:
            if model in moved or shows_others(before.lanes, after.lanes, model, GENERATOR):
                self.ask(model)

    def _keep_ghosts(self, moved: tuple[ModelId, ...]) -> None:
        """At the first move of a turn, keep the curves it started from."""
        session = self._session
        if session.history.steps == self._steps:
            return
        self._steps = session.history.steps
        own: dict[Key, Track] = {
            key: track
            for key, track in session.shown.tracks.items()
            if any(_is_driven(key, model) for model in moved)
        }
        contours = {place: one for place, one in session.shown.overlays.items() if place[0] in own}
        session.shown = replace(session.shown, ghosts=own, ghost_overlays=contours)

    def _arrived(self, model: ModelId, probed: Probed) -> None:
        """Show the curves in the lanes of the model that they are of."""
        session, shown = self._session, self._session.shown
        others = {key: track for key, track in shown.tracks.items() if not _is_driven(key, model)}
        tracks = {LaneKey(model, GENERATOR, name): track for name, track in probed.tracks.items()}
        images = {LaneKey(model, GENERATOR, name): image for name, image in probed.images.items()}
        old = frozenset(place for place in shown.stale if _is_other(place[0], model))
        stale = old | {place for place in shown.overlays if place[0] in tracks}
        kept = {key: image for key, image in shown.channels.items() if not _is_driven(key, model)}
        heat = {LaneKey(model, GENERATOR, name): maps.image() for name, maps in probed.maps.items()}
        every, channels = {**tracks, **others}, {**kept, **heat}
        session.show(tracks=every, images={**shown.images, **images}, stale=stale, channels=channels)
        self.arrived.emit(model)


def channels_asked(lanes: Lanes, model: ModelId, network: str) -> dict[str, Any]:
    """Return, for a request, how the channels of a network's layers are shown in their lanes."""
    return {
        "reductions": reductions_of(lanes, model, network),
        "maps": mapped_layers(lanes, model, network),
        "similar": similar_layers(lanes, model, network),
    }


def shows_others(before: Lanes, after: Lanes, model: ModelId, network: str) -> bool:
    """Return whether a network's lanes show other channels than before."""
    return channels_asked(before, model, network) != channels_asked(after, model, network)


def _asker(model: ModelId) -> tuple[str, ModelId]:
    """Return the key of the requests for a model's curves; a new request supersedes older ones."""
    return "probe", model


def _is_driven(key: Key, model: ModelId) -> TypeGuard[LaneKey]:
    """Return whether a lane shows a layer that this model's point drives."""
    return isinstance(key, LaneKey) and key.is_generated and key.model == model


def _is_other(key: Key, model: ModelId) -> bool:
    """Return whether a lane shows a layer that another model's point drives."""
    return isinstance(key, LaneKey) and key.is_generated and key.model != model
