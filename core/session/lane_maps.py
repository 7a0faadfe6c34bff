"""How the channels of each layer are shown in its lane: their average, some of them, or all as a heat map."""

from __future__ import annotations

from collections.abc import Iterator

from core.faults import Fault
from core.networks.reductions import MEAN, Reduction
from core.probing.model_id import ModelId
from core.session.lane_key import LaneKey
from core.session.lanes import Lane, Lanes


def reduction_of(lane: Lane) -> Reduction:
    """Return how a lane's channels become its curve."""
    if not lane.channels:
        return MEAN
    return (
        Reduction("channel", lane.channels[0])
        if len(lane.channels) == 1
        else Reduction("some", channels=lane.channels)
    )


def reductions_of(lanes: Lanes, model: ModelId, network: str) -> tuple[tuple[str, Reduction], ...]:
    """Return the layers of a network whose curve is not the average, each with its reduction."""
    return tuple((key.layer, reduction_of(lane)) for key, lane in _of(lanes, model, network) if lane.channels)


def mapped_layers(lanes: Lanes, model: ModelId, network: str) -> tuple[str, ...]:
    """Return the layers of a network that are shown as heat maps."""
    return tuple(key.layer for key, lane in _of(lanes, model, network) if lane.heat_map)


def similar_layers(lanes: Lanes, model: ModelId, network: str) -> tuple[str, ...]:
    """Return those whose heat maps are sorted by similarity."""
    return tuple(key.layer for key, lane in _of(lanes, model, network) if lane.heat_map == "similarity")


def _of(lanes: Lanes, model: ModelId, network: str) -> Iterator[tuple[LaneKey, Lane]]:
    for lane in (one for host in lanes for one in (host, *host.resting)):
        key = lane.key
        if isinstance(key, LaneKey) and key.model == model and key.network == network:
            yield key, lane


def channels_from(text: str, width: int) -> tuple[int, ...]:
    """Return the channels, from 0, that a text names from 1. Raises Fault for others.

    >>> channels_from("2 5-7, 1", 8)
    (0, 1, 4, 5, 6)
    """
    found: set[int] = set()
    for word in text.replace(",", " ").replace("–", "-").split():
        first, _, last = word.partition("-")
        if not (first.isdigit() and (last or first).isdigit()):
            raise Fault(f"“{word}” is no channel.", f"Write numbers from 1 to {width}, such as 2 5-7.")
        if int(last or first) > width:
            raise Fault(f"This layer has {width} channels; there is no channel {last or first}.")
        found |= set(range(int(first), int(last or first) + 1))
    if 0 in found or not found:
        raise Fault("Channels are counted from 1.", f"Write numbers from 1 to {width}, such as 2 5-7.")
    return tuple(channel - 1 for channel in sorted(found))


def channels_text(channels: tuple[int, ...]) -> str:
    """Return channels, counted from 0, as `channels_from` reads them."""
    return " ".join(str(channel + 1) for channel in channels)
