"""Latent-driven layers: each change of the point requests new curves of every layer from the engine."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeGuard

from psygnal import Signal

from app.base.context import Context
from core.probing.drive import LatentPoints
from core.probing.request import Probed, ProbeRequest
from core.processes.engine import Engine
from core.session.lane_key import GENERATOR, Key, LaneKey
from core.session.session import Shown, Snapshot
from core.signals.track import Track

Images = Callable[[], tuple[tuple[Key, Any], ...]]
"""Returns the lanes whose spectrograms to compute with the curves, each with its settings."""


class LatentDriven:
    """Keeps the curves up to date with the session's point; `arrived` is emitted for new curves.

    `images_wanted` may be set to compute spectrograms in the same request.
    """

    arrived = Signal()

    def __init__(self, context: Context, engine: Engine) -> None:
        self._session = session = context.session
        self._jobs = context.jobs
        self._messages = context.messages
        self._engine = engine
        self.images_wanted: Images = tuple
        self._steps = 0
        session.card_changed.connect(self._new_model)
        session.snapshot_changed.connect(self._changed)

    @property
    def waiting(self) -> bool:
        """Whether the latest point's curves are still being computed."""
        return self._jobs.waits("probe")

    @property
    def layers(self) -> dict[LaneKey, Track]:
        """The generator's curves at the session's point; empty while those of another are on screen."""
        session = self._session
        return {
            key: track
            for key, track in session.shown.tracks.items()
            if self._drives(key) and track.origin.point == session.point.z
        }

    def _drives(self, key: Key) -> TypeGuard[LaneKey]:
        """Return whether a lane shows a layer that the session's point drives."""
        return isinstance(key, LaneKey) and key.is_generated and key.model == self._session.model

    def ask(self) -> None:
        """Request the layers at the session's point, and the visible spectrograms."""
        session = self._session
        if session.card is None or session.card.generator is None:
            return
        images = tuple((key.layer, settings) for key, settings in self.images_wanted() if self._drives(key))
        asked = ProbeRequest(session.model, GENERATOR, LatentPoints((session.point,)))
        future = self._engine.probe(asked, images, key="probe", urgent=True)
        self._messages.busy_changed.emit(True)
        self._jobs.follow("probe", future, self._arrived, stream=True)

    def ask_again(self) -> None:
        """Repeat the request after a restart of the engine."""
        if self._session.card is not None:
            self.ask()

    def _new_model(self) -> None:
        self._jobs.drop("probe")
        self._steps = 0
        self.ask()

    def _changed(self, before: Snapshot, after: Snapshot) -> None:
        if after.point != before.point:
            self._keep_ghosts()
            self.ask()

    def _keep_ghosts(self) -> None:
        """At the first move of a turn, keep the curves it started from."""
        session = self._session
        if session.history.steps == self._steps:
            return
        self._steps = session.history.steps
        own: dict[Key, Track] = {
            key: track for key, track in session.shown.tracks.items() if self._drives(key)
        }
        session.shown = Shown(
            session.shown.tracks, session.shown.images, session.shown.overlays, session.shown.stale, own
        )

    def _arrived(self, probed: Probed) -> None:
        session = self._session
        others = {key: track for key, track in session.shown.tracks.items() if not self._drives(key)}
        tracks = {LaneKey(session.model, GENERATOR, name): track for name, track in probed.tracks.items()}
        images = {LaneKey(session.model, GENERATOR, name): image for name, image in probed.images.items()}
        stale = frozenset(place for place in session.shown.overlays if place[0] in tracks)
        session.show(tracks={**tracks, **others}, images={**session.shown.images, **images}, stale=stale)
        self.arrived.emit()
