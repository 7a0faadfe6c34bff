"""The settings of the lanes of the stack: order, gain, overlays and shared axes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from core.session.lane_key import Key

HeatMap = Literal["", "number", "similarity"]
AmplitudeScale = Literal["window", "whole", "fixed", "shared"]


@dataclass(frozen=True, slots=True)
class Lane:
    """One lane: the key of its track and the user's settings.

    `moved_s` shifts a recording in time. `channel` is the channel shown, from 1, or 0 for the average.
    `merged` holds the keys and gains of other tracks drawn on the same axes (as in the papers' main figure),
    and `resting` the settings of their lanes for when they are separated. `fixed_low` and `fixed_high` apply
    if `scale` is "fixed". A layer's lane shows the average of all channels, of those in `channels` (from 0),
    or all of them as a `heat_map`, sorted by number or by similarity.
    """

    key: Key
    gain: float = 1.0
    muted: bool = False
    soloed: bool = False
    collapsed: bool = False
    scale: AmplitudeScale = "window"
    fixed_low: float = -1.0
    fixed_high: float = 1.0
    shown: frozenset[str] = frozenset()
    moved_s: float = 0.0
    channel: int = 0
    channels: tuple[int, ...] = ()
    heat_map: HeatMap = ""
    merged: tuple[tuple[Key, float], ...] = ()
    resting: tuple[Lane, ...] = ()


Lanes = tuple[Lane, ...]


def find(lanes: Lanes, key: Key | None) -> Lane | None:
    """Return the lane of `key`, or None."""
    return next((lane for lane in lanes if lane.key == key), None)


def has(lanes: Lanes, key: Key | None) -> bool:
    """Return whether a track has a lane or is merged into one."""
    return key in keys_of(lanes)


def keys_of(lanes: Lanes) -> tuple[Key, ...]:
    """Return the keys of all tracks on screen: each lane's own, then those merged into it."""
    return tuple(key for lane in lanes for key in (lane.key, *(pair[0] for pair in lane.merged)))


def changed(lanes: Lanes, key: Key, **values: Any) -> Lanes:
    """Return the lanes with some fields of one lane changed."""
    return tuple(replace(lane, **values) if lane.key == key else lane for lane in lanes)


def setting_of(lanes: Lanes, key: Key) -> Lane | None:
    """Return a track's settings: its lane or, if it is merged into another, its resting lane."""
    found = find(lanes, key)
    return found or next((one for lane in lanes if (one := find(lane.resting, key))), None)


def changed_anywhere(lanes: Lanes, key: Key, **values: Any) -> Lanes:
    """Return the lanes with one track's settings changed, in its own lane or in its resting one."""
    there = changed(lanes, key, **values)
    return tuple(replace(lane, resting=changed(lane.resting, key, **values)) for lane in there)


def holder(lanes: Lanes, key: Key | None) -> Lane | None:
    """Return the lane that shows a track: its own, or the one it is merged into; None if there is none."""
    return next((lane for lane in lanes if key in keys_of((lane,))), None)


def merged(lanes: Lanes, source: Key, target: Key, gain: float = 1.0, order: Sequence[Key] = ()) -> Lanes:
    """Return the lanes with `source`, and everything merged into it, merged into the lane `target`.

    Tracks in `order` come first among the merged ones, in that order; others follow as they were added.
    """
    moving, staying = find(lanes, source), find(lanes, target)
    if moving is None or staying is None or source == target:
        return lanes
    place = {key: k for k, key in enumerate(order)}
    carried = (*staying.merged, (source, gain), *moving.merged)
    carried = tuple(sorted(carried, key=lambda pair: place.get(pair[0], len(place))))
    resting = (*staying.resting, replace(moving, merged=(), resting=()), *moving.resting)
    rest = tuple(lane for lane in lanes if lane.key != source)
    return changed(rest, target, merged=carried, resting=resting)


def with_gain(lanes: Lanes, target: Key, source: Key, gain: float) -> Lanes:
    """Return the lanes with another gain for the track `source` merged into the lane `target`."""
    host = find(lanes, target)
    if host is None:
        return lanes
    pairs = tuple((key, gain if key == source else own) for key, own in host.merged)
    return changed(lanes, target, merged=pairs, resting=changed(host.resting, source, gain=gain))


def unmerged(lanes: Lanes, target: Key, source: Key, order: Sequence[Key] = ()) -> Lanes:
    """Return the lanes with the track `source` in its own lane again, with its settings.

    The lane stands below its former host, and below the lanes there that come before it in `order`.
    """
    host = find(lanes, target)
    if host is None or source not in dict(host.merged):
        return lanes
    kept = tuple(pair for pair in host.merged if pair[0] != source)
    resting = tuple(lane for lane in host.resting if lane.key != source)
    own = find(host.resting, source) or Lane(source)
    rest = changed(lanes, target, merged=kept, resting=resting)
    place = 1 + next(k for k, lane in enumerate(rest) if lane.key == target)
    above = set(order[: order.index(source)]) if source in order else set[Key]()
    while place < len(rest) and rest[place].key in above:
        place += 1
    return (*rest[:place], own, *rest[place:])


def without(lanes: Lanes, gone: Callable[[Key], bool]) -> Lanes:
    """Take tracks off the screen; others that lay over the axes of one that goes get their lanes back."""
    out: list[Lane] = []
    for lane in lanes:
        resting = tuple(one for one in lane.resting if not gone(one.key))
        if gone(lane.key):
            out += [find(resting, key) or Lane(key) for key, _ in lane.merged if not gone(key)]
        else:
            kept = tuple(pair for pair in lane.merged if not gone(pair[0]))
            out.append(lane if kept == lane.merged else replace(lane, merged=kept, resting=resting))
    return tuple(out)


def ordered(lanes: Lanes, keys: tuple[Key, ...]) -> Lanes:
    """Return the lanes in the order of `keys`; lanes not named follow in their own order."""
    place = {key: k for k, key in enumerate(keys)}
    return tuple(sorted(lanes, key=lambda lane: place.get(lane.key, len(place))))


def sounding(lanes: Lanes, active: Key | None) -> tuple[Lane, ...]:
    """Return the lanes to play: the soloed ones, or the active one, which may be merged into another; never
    a muted one.
    """
    soloed = tuple(lane for lane in lanes if lane.soloed)
    own = setting_of(lanes, active) if active is not None else None
    chosen = soloed or ((own,) if own is not None else ())
    return tuple(lane for lane in chosen if not lane.muted)
