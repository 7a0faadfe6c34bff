"""Recordings moved in time, to align them with a model's layers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeGuard

from psygnal import Signal

from app.base.context import Context
from core.analyses.time_shift import moved_track, own_track, placed_result
from core.session.lane_key import Key, RecordingKey
from core.session.lanes import changed_anywhere, setting_of
from core.session.session import Overlay, Place
from core.signals.axis import Range
from core.signals.track import Image, Track
from widgets.theme.praat_numbers import seconds, signed


class Alignment:
    """Moves recordings as undoable steps; their overlays move along without being computed again.

    `moved` is emitted once everything on screen is in its new place. The stack's time is a recording's own
    time plus `moved_s`. Files always use the recording's own time.
    """

    moved = Signal()

    def __init__(self, context: Context) -> None:
        self._session = context.session
        self._messages = context.messages
        self._attached: dict[Key, RecordingKey] = {}
        self._marked: tuple[RecordingKey, float] | None = None

    # --- what is asked ----------------------------------------------------------------------------

    def can(self, key: Key | None) -> TypeGuard[RecordingKey]:
        """Return whether a lane is a recording's."""
        return isinstance(key, RecordingKey) and key in self._session.shown.tracks

    def of(self, key: Key | None) -> RecordingKey | None:
        """Return the recording that a lane shows or that is merged into it, or None."""
        lane = self._session.lane(key)
        over = tuple(pair[0] for pair in lane.merged) if lane is not None else ()
        return next((one for one in (key, *over) if self.can(one)), None)

    def by_s(self, key: Key | None) -> float:
        """Return the time shift of a lane in seconds: that of its recording, or of the recording that drives
        its network.
        """
        key = self._attached.get(key, key) if key is not None else None
        if not isinstance(key, RecordingKey):
            return 0.0
        lane, track = setting_of(self._session.lanes, key), self._session.shown.tracks.get(key)
        if lane is None:  # closed, and brought back as it was
            return track.origin.moved_s if track is not None else 0.0
        return lane.moved_s

    def words(self, key: Key, digits: int = 6) -> str:
        """Return where a recording starts, "" if at 0."""
        by_s = self.by_s(key) if isinstance(key, RecordingKey) else 0.0
        return f"starts at {signed(f'{by_s:.{digits}f}')} s" if by_s else ""

    @property
    def marked(self) -> RecordingKey | None:
        """The recording with a marked time, or None."""
        key = self._marked[0] if self._marked is not None else None
        return key if self.can(key) and setting_of(self._session.lanes, key) is not None else None

    def attach(self, sources: Mapping[Key, RecordingKey]) -> None:
        """Register lanes that move with the recordings driving their networks, in place of earlier ones."""
        self._attached = dict(sources)

    # --- what is done -----------------------------------------------------------------------------

    def to(self, key: Key | None, start_s: float, final: bool = True) -> None:
        """Move a recording so that it starts at a time on the stack's axis, in seconds."""
        if not self.can(key):
            return
        session = self._session
        name = key.id
        session.change(
            f"move {name} in time", final, lanes=changed_anywhere(session.lanes, key, moved_s=start_s)
        )
        self._messages.noted.emit(f"{name} starts at {seconds(start_s)} s")

    def mark(self, key: Key | None, time_s: float) -> None:
        """Mark a time of a recording, to align it with the cursor later."""
        if self.can(key):
            self._marked = (key, time_s - self.by_s(key))
            name = key.id
            self._messages.noted.emit(
                f"Marked {seconds(time_s)} s of {name}; Ctrl+Shift+J moves it to the cursor"
            )

    def bring(self, time_s: float) -> None:
        """Move the recording with the marked time so that this falls on the given time."""
        if self._marked is not None and self.marked is not None:
            self.to(self._marked[0], time_s - self._marked[1])

    # --- what follows -----------------------------------------------------------------------------

    def placed(self, key: Key, track: Track) -> Track:
        """Return a recording's track, shifted as its lane is."""
        return moved_track(track, self.by_s(key))

    def follow(self) -> None:
        """Show every recording and its overlays with the lane's current shift."""
        session, shown = self._session, self._session.shown
        moves = {
            key: by_s
            for key, track in shown.tracks.items()
            if (by_s := self.by_s(key)) != track.origin.moved_s
        }
        if not moves:
            return
        tracks = {
            key: moved_track(own_track(track), moves[key]) if key in moves else track
            for key, track in shown.tracks.items()
        }
        images: dict[Key, Image] = {
            key: placed_result(image, moves[key]) if key in moves else image
            for key, image in shown.images.items()
        }
        overlays: dict[Place, Overlay] = {
            place: placed_result(made, moves[place[0]]) if place[0] in moves else made
            for place, made in shown.overlays.items()
        }
        session.show(tracks=tracks, images=images, overlays=overlays)
        self.moved.emit()

    def reach(self, tracks: dict[RecordingKey, Track]) -> list[Range]:
        """Return the stretches of the stack's time that the recordings cover."""
        return [self.placed(key, track).axis.extent for key, track in tracks.items()]
