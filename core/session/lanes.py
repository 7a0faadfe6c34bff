"""How each lane of the stack is set: order, gain, what is shown, what shares its axes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

from core.session.lane_key import Key

Scale = Literal["window", "whole", "fixed", "shared"]
MEASURES = ("pitch", "formants", "intensity", "spectrogram", "pulses")


@dataclass(frozen=True, slots=True)
class Lane:
    """One lane: the key of its track and how the user has set it.

    `moved_s` is by how much a recording is moved in time, `channel` which of its channels is shown, from
    1, or 0 for their average; what shares another lane's axes keeps its
    own in `resting`. `merged` holds the keys and gains of other tracks drawn on the same axes (the
    papers' main figure), `resting` how their lanes were set, for when they come apart; `fixed_low` and
    `fixed_high` count where `scale` is "fixed".
    """

    key: Key
    gain: float = 1.0
    muted: bool = False
    soloed: bool = False
    collapsed: bool = False
    scale: Scale = "window"
    fixed_low: float = -1.0
    fixed_high: float = 1.0
    shown: frozenset[str] = frozenset()
    moved_s: float = 0.0
    channel: int = 0
    merged: tuple[tuple[Key, float], ...] = ()
    resting: tuple[Lane, ...] = ()


Lanes = tuple[Lane, ...]


def find(lanes: Lanes, key: Key | None) -> Lane | None:
    """Return the lane of `key`, or None."""
    return next((lane for lane in lanes if lane.key == key), None)


def has(lanes: Lanes, key: Key | None) -> bool:
    """Return whether a track has a lane or lies over the axes of one."""
    return key in keys_of(lanes)


def keys_of(lanes: Lanes) -> tuple[Key, ...]:
    """Return the keys of all tracks on the screen: each lane's, then those that lie over its axes."""
    return tuple(key for lane in lanes for key in (lane.key, *(pair[0] for pair in lane.merged)))


def changed(lanes: Lanes, key: Key, **values: Any) -> Lanes:
    """Return the lanes with some fields of one lane changed."""
    return tuple(replace(lane, **values) if lane.key == key else lane for lane in lanes)


def setting_of(lanes: Lanes, key: Key) -> Lane | None:
    """Return how a track is set: by its lane, or where it lies over another's axes, by the one that rests."""
    found = find(lanes, key)
    return found or next((one for lane in lanes if (one := find(lane.resting, key))), None)


def changed_anywhere(lanes: Lanes, key: Key, **values: Any) -> Lanes:
    """Return the lanes with how one track is set changed, in its own lane or over another's axes."""
    there = changed(lanes, key, **values)
    return tuple(replace(lane, resting=changed(lane.resting, key, **values)) for lane in there)


def merged(lanes: Lanes, source: Key, target: Key, gain: float = 1.0) -> Lanes:
    """Lay the lane `source`, and all it already carries, over the lane `target`."""
    moving, staying = find(lanes, source), find(lanes, target)
    if moving is None or staying is None or source == target:
        return lanes
    carried = (*staying.merged, (source, gain), *moving.merged)
    resting = (*staying.resting, replace(moving, merged=(), resting=()), *moving.resting)
    rest = tuple(lane for lane in lanes if lane.key != source)
    return changed(rest, target, merged=carried, resting=resting)


def regained(lanes: Lanes, target: Key, source: Key, gain: float) -> Lanes:
    """Return the track `source`, which lies over the lane `target`, another gain."""
    host = find(lanes, target)
    if host is None:
        return lanes
    pairs = tuple((key, gain if key == source else own) for key, own in host.merged)
    return changed(lanes, target, merged=pairs, resting=changed(host.resting, source, gain=gain))


def unmerged(lanes: Lanes, target: Key, source: Key) -> Lanes:
    """Return the track `source` back its lane, set as it was, below the lane it lay over."""
    host = find(lanes, target)
    if host is None or source not in dict(host.merged):
        return lanes
    kept = tuple(pair for pair in host.merged if pair[0] != source)
    resting = tuple(lane for lane in host.resting if lane.key != source)
    out: list[Lane] = []
    for lane in lanes:
        out.append(replace(lane, merged=kept, resting=resting) if lane.key == target else lane)
        if lane.key == target:
            out.append(find(host.resting, source) or Lane(source))
    return tuple(out)


def ordered(lanes: Lanes, keys: tuple[Key, ...]) -> Lanes:
    """Return the lanes in the order of `keys`; lanes not named keep their order at the end."""
    place = {key: k for k, key in enumerate(keys)}
    return tuple(sorted(lanes, key=lambda lane: place.get(lane.key, len(place))))


def sounding(lanes: Lanes, active: Key | None) -> tuple[Lane, ...]:
    """Return the lanes that a bar or Tab plays: the soloed ones, else the active one; never a muted one."""
    soloed = tuple(lane for lane in lanes if lane.soloed)
    chosen = soloed or tuple(lane for lane in lanes if lane.key == active)
    return tuple(lane for lane in chosen if not lane.muted)
