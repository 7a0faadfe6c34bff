"""What is open, remembered for the next start."""

from __future__ import annotations

from app.base.context import Context
from app.models.built_in import built_in_model
from app.recordings.open_recordings import OpenRecordings
from core.session.lane_key import RecordingKey
from core.session.session import Snapshot


class LastOpen:
    """Keeps the paths of the open checkpoints and recordings in the preferences."""

    def __init__(self, context: Context, recordings: OpenRecordings) -> None:
        self._session = context.session
        self._preferences = context.preferences
        self._recordings = recordings
        self._session.card_changed.connect(self._remember)
        self._session.model_closed.connect(lambda model: self._remember())
        self._session.snapshot_changed.connect(self._changed)
        recordings.opened.connect(lambda key: self._remember())

    @property
    def paths(self) -> tuple[str, ...]:
        """What to open at a start without files: what was open last, if that is wanted."""
        kept = self._preferences.values
        return kept.last_open if kept.reopen else ()

    def _changed(self, before: Snapshot, after: Snapshot) -> None:
        if before.lanes != after.lanes:
            self._remember()

    def _remember(self) -> None:
        session = self._session
        models = [card.path for card in session.models.values()]
        keys = (lane.key for lane in session.lanes)
        sounds = [str(self._recordings.path_of(key)) for key in keys if isinstance(key, RecordingKey)]
        paths = (*models, *sounds)
        # the built-in model opens by itself, wherever the next version is installed
        self._preferences.change(last_open=() if paths == (str(built_in_model()),) else paths)
