"""What drives the network whose maps are browsed, and where its time begins."""

from __future__ import annotations

from dataclasses import dataclass

from app.base.context import Context
from app.models.sound_driven import SoundDriven, later
from app.recordings.alignment import Alignment
from core.analyses.time_shift import own_track
from core.families.card import Card
from core.faults import Fault
from core.networks.spec import LatentDrive, SoundDrive
from core.probing.drive import Drive, LatentPoints, Sound
from core.probing.model_id import ModelId
from core.processes.engine_tasks import sound_digest
from core.session.lane_key import LOGITS, LaneKey
from core.signals.axis import TimeAxis


@dataclass(frozen=True)
class Source:
    """The drive of a network, and by how many seconds its own time is shifted in the window."""

    model: ModelId
    network: str
    drive: Drive
    by_s: float = 0.0

    def moved(self, axis: TimeAxis) -> TimeAxis:
        """Return one of the network's axes in the window's time."""
        return later(axis, self.by_s) if self.by_s else axis


class Sources:
    """Finds the drives of the networks of the model in focus."""

    def __init__(self, context: Context, sound_driven: SoundDriven, alignment: Alignment) -> None:
        self._session = context.session
        self._sound_driven = sound_driven
        self._alignment = alignment

    def networks(self) -> tuple[str, ...]:
        """Return the networks of the model in focus that have maps now: the generator, and what a sound
        drives.
        """
        card, model = self._session.card, self._session.model
        if card is None:
            return ()
        heard = {one.network for one in self._sound_driven.listeners if one.model == model}
        return tuple(
            role for role, one in card.networks.items() if isinstance(one.drive, LatentDrive) or role in heard
        )

    def why_none(self, card: Card | None) -> str:
        """Return why no network has maps now."""
        if card is None:
            return "No maps: no model is open."
        return "No maps yet: send a recording through this network (Layers menu, or the menu of its lane)."

    def of(self, network: str) -> Source:
        """Return the drive of a network of the model in focus. Raises Fault if nothing drives it now."""
        session, model = self._session, self._session.model
        card = session.card
        drive = card.networks[network].drive if card is not None and network in card.networks else None
        if isinstance(drive, LatentDrive):
            return Source(model, network, LatentPoints((session.at(model).point,)))
        one = next(
            (one for one in self._sound_driven.listeners if (one.model, one.network) == (model, network)),
            None,
        )
        track = session.shown.tracks.get(one.source) if one is not None else None
        if one is None or track is None or not isinstance(drive, SoundDrive):
            raise Fault(self.why_none(card))
        driving = self._sound_driven.driving(one, own_track(track))
        begin_s = one.window.start_s if one.window else 0.0
        by_s = begin_s + self._alignment.by_s(LaneKey(model, network, LOGITS))
        return Source(
            model, network, Sound(driving.samples, sound_digest(driving.samples, drive.rate_hz)), by_s
        )
