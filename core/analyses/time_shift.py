"""Recordings shifted in time: measured as if unshifted, then the times of the results are shifted."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, TypeVar, cast

from core.analyses.results import Points, Report, Result, Spectrum
from core.analyses.spectra import SliceSettings
from core.signals.axis import TimeAxis
from core.signals.track import Image, Track

AnyTrack = TypeVar("AnyTrack", bound=Track)
AnyResult = TypeVar("AnyResult", bound=Result)

_NEAR = 1e-3
"""A shifted sound that is shifted back began at a sample if it is this close to one, in samples."""


def moved_track(track: AnyTrack, by_s: float) -> AnyTrack:
    """Return a track shifted later by `by_s`; its origin records the shift."""
    if by_s == 0:
        return track
    total_s = track.origin.moved_s + by_s
    return replace(track, axis=_later(track.axis, by_s), origin=track.origin.of(moved_s=total_s))


def own_track(track: AnyTrack) -> AnyTrack:
    """Return a track at its original time, exactly as it was before it was shifted."""
    by_s = track.origin.moved_s
    if by_s == 0:
        return track
    axis = _later(track.axis, -by_s)
    place = axis.index(0.5 / axis.rate_hz)
    if abs(place - round(place)) < _NEAR:  # a sound that begins at 0, or part of one: avoid rounding
        axis = TimeAxis(axis.rate_hz, axis.n, 0.5 / axis.rate_hz - round(place) / axis.rate_hz)
    return replace(track, axis=axis, origin=track.origin.of(moved_s=0.0))


def moved_result(result: Result, by_s: float) -> Result:
    """Return a result measured on an unshifted track, shifted by `by_s`."""
    if isinstance(result, tuple):
        return tuple(moved_track(track, by_s) for track in result)
    if by_s == 0:
        return result
    origin = result.origin.of(moved_s=result.origin.moved_s + by_s)
    if isinstance(result, Points):
        return replace(result, times_s=result.times_s + by_s, origin=origin)
    if isinstance(result, Image):
        return replace(result, axis=_later(result.axis, by_s), origin=origin)
    return _at(result, origin)


def placed_result(result: AnyResult, moved_s: float) -> AnyResult:
    """Return a result of a shifted track, for a shift of `moved_s` instead."""
    if isinstance(result, tuple):
        own: Result = tuple(own_track(track) for track in result)
    else:
        own = moved_result(result, -result.origin.moved_s)
    return cast(AnyResult, moved_result(own, moved_s))


def _at(result: Spectrum | Report, origin: Any) -> Result:
    return replace(result, origin=origin)


def own_settings(settings: Any, by_s: float) -> Any:
    """Return settings with their time range, if any, at the track's original time."""
    start_s, end_s = getattr(settings, "start_s", 0.0), getattr(settings, "end_s", 0.0)
    if start_s == end_s == 0 and not isinstance(settings, SliceSettings):
        return settings  # the whole track, or no time range; for a slice, 0 is a cursor position
    return replace(settings, start_s=start_s - by_s, end_s=end_s - by_s)


def _later(axis: TimeAxis, by_s: float) -> TimeAxis:
    return TimeAxis(axis.rate_hz, axis.n, axis.start_s + by_s)
