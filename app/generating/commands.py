"""Commands of searches: what drives a unit."""

from __future__ import annotations

from dataclasses import replace

from app.base.command_table import command
from app.base.outlets import PageSwitch
from app.generating.choice import GenerationChoice, labels_of, usual
from app.generating.generation_run import GenerationRun
from core.networks.spec import SoundDrive
from core.session.lane_key import LOGITS, LaneKey
from core.session.session import Session


def driven_lane(session: Session) -> LaneKey | None:
    """Return the active lane if it shows a layer of a network that sound drives."""
    key = session.active
    if not isinstance(key, LaneKey):
        return None
    card = session.card_of(key)
    network = card.networks.get(key.network) if card is not None else None
    return key if network is not None and isinstance(network.drive, SoundDrive) else None


def is_driven(session: Session) -> bool:
    """The active lane shows a network that hears sound."""
    return driven_lane(session) is not None


@command("layers.what_drives", "What drives this?", "Layers", is_driven, separator=True)
def what_drives(session: Session, generation_run: GenerationRun, pages: PageSwitch) -> None:
    """Search a generator for sounds that make this layer or label of the network fire most, and least."""
    key = driven_lane(session)
    if key is not None:
        generation_run.choice = choice_for(generation_run.choice, session, key)
        generation_run.changed.emit()
        pages.show_page("generate")


def choice_for(choice: GenerationChoice, session: Session, key: LaneKey) -> GenerationChoice:
    """Return the choice of what a lane shows: its layer or, of the answer, its first label."""
    card = session.models[key.model].networks[key.network]
    found = replace(choice, target=key.model, network=key.network, over=usual(card), unit=0, channel=1)
    names = [layer.name for layer in card.layers]
    if key.layer in names:
        found = replace(found, kind="layer", layer=key.layer, over="mean")
    elif key.layer == LOGITS or labels_of(card):
        found = replace(found, kind="unit")
    return found.fitted(session.models)
