"""Results of long recordings, measured in tiles wherever a query needs them."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

from app.analysis.tiled_overlays import TiledOverlays
from app.base.context import Context
from core.analyses.measure_reading import Place, contour_analyses
from core.analyses.registry import TABLE
from core.processes.requests import ResultRequest
from core.processes.results import BROKEN, ResultStore
from core.queries.queries import Layer
from core.recordings.long_sound import LongTrack
from core.session.lane_key import Key
from core.signals.axis import Range
from core.signals.track import Track

Wait = tuple[Key, str, Place, Callable[[Layer], None]]


class LongLayerResults:
    """Returns the layers of long recordings at a place; calls back those that wait for a measure there."""

    def __init__(
        self,
        context: Context,
        results: ResultStore,
        tiled_overlays: TiledOverlays,
        layer_at: Callable[[Key, Place], Layer | None],
    ) -> None:
        self._results = results
        self._messages = context.messages
        self._tiled_overlays = tiled_overlays
        self._layer_at = layer_at
        self._waits: dict[Hashable, Wait] = {}
        self._count = 0
        results.arrived.connect(self._arrived)

    def takes(self, track: Track, name: str) -> bool:
        """Return whether an analysis of a track is measured in tiles."""
        return bool(name) and self._tiled_overlays.takes(track, name)

    def at(self, layer: Layer, place: Place) -> Layer:
        """Return a layer with the results of its tiles at a place, or with the reasons why there are none."""
        track, results, failures = layer.track, dict(layer.results), dict(layer.failures)
        tiling, window = self._tiled_overlays, as_range(place)
        for name in contour_analyses():
            if not isinstance(track, LongTrack) or not tiling.takes(track, name):
                continue
            results.pop(name, None)  # the lane's overlays are only known around the window
            failures.pop(name, None)  # and so are failures
            if TABLE[name].refusal(track.axis, layer.settings[name]):
                continue
            found = tiling.over(track, name, window)
            if found is not None:
                results[name] = found
            elif why := tiling.too_long(window):
                failures[name] = f"No {TABLE[name].noun}: {why}"
            elif tiling.failure(track, name, window):
                failures[name] = f"No {TABLE[name].noun}: it cannot be measured here"
        return Layer(layer.key, layer.title, track, layer.settings, results, failures, layer.lower)

    def requests(self, layer: Layer, name: str, place: Place) -> list[ResultRequest]:
        """Return the requests for an analysis at a place."""
        assert isinstance(layer.track, LongTrack)
        return self._tiled_overlays.requests(layer.track, name, as_range(place))

    def wait(self, layer: Layer, name: str, place: Place, then: Callable[[Layer], None]) -> None:
        """Call `then` with the layer once an analysis is known at a place, or cannot be.

        A failed analysis is tried once more.
        """
        assert isinstance(layer.track, LongTrack)
        known = self.at(layer, place)
        if name in known.failures:
            self._tiled_overlays.allow_retry(layer.track, name, as_range(place))
            known = self.at(layer, place)
        if settled(known, name):
            then(known)
            return
        self._messages.noted.emit(f"Measuring {TABLE[name].noun} of {layer.title}…")
        self._ask((layer.key, name, place, then))

    def wait_for(self, layer: Layer, name: str, time_s: float, then: Callable[[Any], None]) -> None:
        """Call `then` with an analysis that has no contour, around a time."""
        track, window = layer.track, Range(time_s, time_s)
        assert isinstance(track, LongTrack)

        def look(_: Layer) -> None:
            found = self._tiled_overlays.over(track, name, window)
            if found is not None:
                then(found)

        self._tiled_overlays.allow_retry(track, name, window)
        if self._there(layer, name, time_s):
            look(layer)
        else:
            self._ask((layer.key, name, time_s, look))

    def _ask(self, wait: Wait) -> None:
        """Request under a name of its own, so that a moving cursor does not cancel it."""
        self._count += 1
        asker = "long query", self._count
        self._waits[asker] = wait
        self._go_on(asker)

    def _there(self, layer: Layer, name: str, place: Place) -> bool:
        track, window = layer.track, as_range(place)
        assert isinstance(track, LongTrack)
        tiling = self._tiled_overlays
        return bool(tiling.over(track, name, window) or tiling.failure(track, name, window))

    def _arrived(self) -> None:
        for asker in list(self._waits):
            if asker in self._waits:
                self._go_on(asker)

    def _go_on(self, asker: Hashable) -> None:
        """Request what is missing now, or call back the waiting clients."""
        key, name, place, then = self._waits[asker]
        layer = self._layer_at(key, place)
        if layer is None or not isinstance(layer.track, LongTrack):
            self._end(asker)
            return
        done = settled(layer, name) if name in contour_analyses() else self._there(layer, name, place)
        if not done:
            self._tiled_overlays.measure(asker, layer.track, name, as_range(place))
            return
        failure = self._tiled_overlays.failure(layer.track, name, as_range(place))
        self._end(asker)
        if failure is not None and failure is not BROKEN:
            self._messages.faulted.emit(failure)
        then(layer)

    def _end(self, asker: Hashable) -> None:
        self._waits.pop(asker, None)
        self._results.drop(asker)


def settled(layer: Layer, name: str) -> bool:
    """Return whether an analysis is known or refused."""
    return name in layer.results or bool(layer.refusals[name])


def as_range(place: Place) -> Range:
    """Return a place as a range of time."""
    return place if isinstance(place, Range) else Range(place, place)
