"""Which recording the networks hear that make no sound themselves."""

from __future__ import annotations

from app.base.context import Context
from app.models.sound_driven import SoundDriven
from app.recordings.open_recordings import OpenRecordings
from core.probing.model_id import ModelId
from core.session.lane_key import LOGITS, Key, LaneKey, RecordingKey
from core.session.lanes import keys_of


class InputChoice:
    """Lets every network without a generator hear the recording in use, as soon as both are open.

    A recording that is opened is heard by the model in focus, and by models that hear nothing yet.
    """

    def __init__(self, context: Context, recordings: OpenRecordings, sound_driven: SoundDriven) -> None:
        self._session = context.session
        self._sound_driven = sound_driven
        self._session.card_changed.connect(lambda: self.take_up(self._session.model))
        recordings.opened.connect(self._opened)

    @property
    def open_recordings(self) -> tuple[RecordingKey, ...]:
        """The recordings on screen, from top to bottom."""
        tracks = self._session.shown.tracks
        found = (key for key in keys_of(self._session.lanes) if isinstance(key, RecordingKey))
        return tuple(key for key in found if key in tracks)

    def is_hearing(self, model: ModelId) -> bool:
        """Return whether a model can only hear, because it has no generator."""
        card = self._session.models.get(model)
        return card is not None and card.generator is None and bool(card.input_rates_hz)

    def heard_by(self, model: ModelId) -> Key | None:
        """Return what drives the first network of a model, None while nothing does."""
        card = self._session.models.get(model)
        networks = card.input_rates_hz if card is not None else ()
        sources = (self._sound_driven.source_of(LaneKey(model, name, LOGITS)) for name in networks)
        return next((source for source in sources if source is not None), None)

    def take_up(self, model: ModelId, source: RecordingKey | None = None, ask: bool = True) -> None:
        """Let the networks of a model hear a recording; of several, the active one or the first."""
        session = self._session
        card, there = session.models.get(model), self.open_recordings
        if card is None or not self.is_hearing(model):
            return
        active = session.active if session.active in there else None
        source = source or (active if isinstance(active, RecordingKey) else next(iter(there), None))
        if source is not None:
            for network in card.input_rates_hz:
                self._sound_driven.take_up(network, source, model, ask)

    def _opened(self, key: RecordingKey) -> None:
        for model in tuple(self._session.models):
            if model == self._session.model or self.heard_by(model) is None:
                self.take_up(model, key, ask=False)  # its samples are announced next
