"""The notes and arrows of figures, which stay, also between starts, until the user removes them."""

from __future__ import annotations

from collections.abc import Sequence

from app.base.context import Context
from core.probing.model_id import ModelId
from core.session.lane_key import Key, LaneKey, RecordingKey
from core.session.preferences import KeptNote, KeptSpot
from widgets.figures.figure_layout import Note, Spot

MOST_NOTES = 500


class FigureNotes:
    """Keeps notes in the preferences. A note belongs to a checkpoint by its digest, or to a recording by its
    name, so it is there again whenever that is open.
    """

    def __init__(self, context: Context) -> None:
        self._session = context.session
        self._preferences = context.preferences

    @property
    def known(self) -> tuple[Note, ...]:
        """The notes on lanes of what is open."""
        pairs = ((kept, self._note(kept)) for kept in self._preferences.values.figure_notes)
        return tuple(note for _, note in pairs if note is not None)

    def keep(self, notes: Sequence[Note]) -> None:
        """Keep these notes in place of the known ones; those on what is not open stay as they are."""
        others = [kept for kept in self._preferences.values.figure_notes if self._note(kept) is None]
        own = [kept for note in notes if (kept := self._kept(note)) is not None]
        self._preferences.change(figure_notes=tuple((*others, *own)[-MOST_NOTES:]))

    # --- from keys to what is kept, and back --------------------------------------------------------

    def _kept(self, note: Note) -> KeptNote | None:
        at = self._kept_spot(note.at)
        to = self._kept_spot(note.to) if note.to is not None else None
        return KeptNote(note.text, at, to) if at is not None else None

    def _kept_spot(self, spot: Spot) -> KeptSpot | None:
        match spot.lane:
            case LaneKey(model, network, layer) if model in self._session.models:
                digest = self._session.models[model].digest
                copy = self._copies(digest).index(model)
                return KeptSpot(spot.time_s, spot.part, layer, network, digest, copy)
            case RecordingKey(name):
                return KeptSpot(spot.time_s, spot.part, name)
            case _:
                return None

    def _note(self, kept: KeptNote) -> Note | None:
        """Return a note on lanes that are open, or None."""
        at = self._spot(kept.at)
        to = self._spot(kept.to) if kept.to is not None else None
        return Note(kept.text, at, to) if at is not None else None

    def _spot(self, kept: KeptSpot) -> Spot | None:
        lane = self._key(kept)
        return Spot(kept.time_s, lane, kept.part) if lane is not None else None

    def _key(self, kept: KeptSpot) -> Key | None:
        if not kept.network:
            key = RecordingKey(kept.layer)
            return key if self._session.shown.tracks.get(key) is not None else None
        copies = self._copies(kept.digest)
        return LaneKey(copies[kept.copy], kept.network, kept.layer) if kept.copy < len(copies) else None

    def _copies(self, digest: str) -> list[ModelId]:
        """Return the open models of one checkpoint."""
        return [model for model, card in self._session.models.items() if card.digest == digest]
