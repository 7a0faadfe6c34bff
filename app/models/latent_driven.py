"""From a turned knob to new curves: each change of the point asks the engine for every layer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.processes.engine_tasks import Probed
from core.session.session import Shown, Snapshot
from core.signals.track import Track

if TYPE_CHECKING:
    from app.shell.instrument import Instrument


class LatentDriven:
    """Keeps the shown curves in step with the session's point."""

    def __init__(self, instrument: Instrument) -> None:
        self._on = instrument
        self._steps = 0
        session = instrument.session
        session.card_changed.connect(self._new_model)
        session.snapshot_changed.connect(self._changed)

    @property
    def waiting(self) -> bool:
        """Whether the newest point's curves are still under way."""
        return self._on.jobs.waits("probe")

    @property
    def layers(self) -> dict[str, Track]:
        """The generator's curves at the session's point; none while those of another are on the screen."""
        session = self._on.session
        shown = {key: track for key, track in session.shown.tracks.items() if track.origin.network == "G"}
        return {key: track for key, track in shown.items() if track.origin.point == session.point.z}

    def ask(self) -> None:
        """Ask for the layers at the session's point, and for the spectrograms now shown."""
        session = self._on.session
        images = self._on.overlays.images_wanted()
        future = self._on.engine.ask("probe", session.point, images, key="probe", urgent=True)
        self._on.busy_changed.emit(True)
        self._on.jobs.follow("probe", future, self._arrived, stream=True)

    def ask_again(self) -> None:
        """Ask once more after the engine was started anew."""
        if self._on.session.card is not None:
            self.ask()

    def _new_model(self) -> None:
        self._on.jobs.drop("probe")
        self._steps = 0
        self.ask()

    def _changed(self, before: Snapshot, after: Snapshot) -> None:
        if after.point != before.point:
            self._keep_ghosts()
            self.ask()
        elif after.lanes != before.lanes:
            self._on.overlays.lanes_changed()

    def _keep_ghosts(self) -> None:
        """At the first move of a turn, keep the curves it started from."""
        session = self._on.session
        if session.history.steps == self._steps:
            return
        self._steps = session.history.steps
        own = {key: track for key, track in session.shown.tracks.items() if track.origin.network == "G"}
        session.shown = Shown(
            session.shown.tracks, session.shown.images, session.shown.overlays, session.shown.stale, own
        )

    def _arrived(self, probed: Probed) -> None:
        session = self._on.session
        others = {key: track for key, track in session.shown.tracks.items() if track.origin.network != "G"}
        overlays = session.shown.overlays
        stale = frozenset(place for place in overlays if place[0] in probed.tracks)
        images = {**session.shown.images, **probed.images}
        session.show(tracks={**probed.tracks, **others}, images=images, stale=stale)
        self._on.sound_driven.output_changed()
        self._on.playback.sound_changed()
        self._on.clock.rest(self._on.overlays.refresh)
