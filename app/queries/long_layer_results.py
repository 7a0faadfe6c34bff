"""What is known of recordings that stay in their files: measured in tiles wherever something is asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app.analysis.tiled_overlays import TiledOverlays
from app.base.context import Context
from core.analyses.measure_reading import Place, contour_analyses
from core.analyses.registry import TABLE
from core.queries.queries import Layer
from core.recordings.long_sound import LongTrack
from core.signals.axis import Range
from core.signals.track import Track

Wait = tuple[str, str, Place, Callable[[Layer], None]]


class LongLayerResults:
    """Gives layers of long recordings at a place; calls back those that wait for a measure there."""

    def __init__(
        self,
        context: Context,
        tiled_overlays: TiledOverlays,
        layer_at: Callable[[str, Place], Layer | None],
    ) -> None:
        self._jobs = context.jobs
        self._messages = context.messages
        self._tiled_overlays = tiled_overlays
        self._layer_at = layer_at
        self._waits: list[Wait] = []
        self._count = 0
        tiled_overlays.arrived.connect(self._arrived)

    def takes(self, track: Track, name: str) -> bool:
        """Tell whether an analysis of a track is measured in tiles."""
        return bool(name) and self._tiled_overlays.takes(track, name)

    def at(self, layer: Layer, place: Place) -> Layer:
        """Give a layer with what its tiles hold at a place, or why they hold nothing."""
        track, results, failures = layer.track, dict(layer.results), dict(layer.failures)
        tiling, window = self._tiled_overlays, as_range(place)
        for name in contour_analyses():
            if not isinstance(track, LongTrack) or not tiling.takes(track, name):
                continue
            results.pop(name, None)  # what the lane shows is known around the window only
            failures.pop(name, None)  # as is what failed
            if TABLE[name].refusal(track.axis, layer.settings[name]):
                continue
            found = tiling.over(layer.key, track, name, window)
            if found is not None:
                results[name] = found
            elif why := tiling.too_long(window):
                failures[name] = f"No {TABLE[name].noun}: {why}"
            elif tiling.failed(track, name, window):
                failures[name] = f"No {TABLE[name].noun}: it cannot be measured here"
        return Layer(layer.key, layer.title, track, layer.settings, results, failures)

    def measure(self, layer: Layer, name: str, place: Place) -> bool:
        """Have an analysis measured at a place; tell whether it is under way."""
        assert isinstance(layer.track, LongTrack)
        if self._jobs.waits(f"{layer.key} {name} tiles"):
            return True  # the lane's own tiles may be those that are asked for
        self._tiled_overlays.measure(layer.key, layer.track, name, as_range(place), patient=True)
        return self._jobs.waits(f"{layer.key} {name} asked tiles")

    def wait(self, layer: Layer, name: str, place: Place, then: Callable[[Layer], None]) -> None:
        """Call `then` with the layer once an analysis is known at a place, or cannot be.

        What has failed there is tried once more.
        """
        assert isinstance(layer.track, LongTrack)
        known = self.at(layer, place)
        if name in known.failures:
            self._tiled_overlays.forgive(layer.track, name, as_range(place))
            known = self.at(layer, place)
        if settled(known, name):
            then(known)
            return
        self._waits.append((layer.key, name, place, then))
        self._messages.noted.emit(f"Measuring {TABLE[name].noun} of {layer.title}…")
        self._tiled_overlays.measure(layer.key, layer.track, name, as_range(place), self._question())

    def wait_for(self, layer: Layer, name: str, time_s: float, then: Callable[[Any], None]) -> None:
        """Call `then` with what an analysis without a contour gives around a time."""
        track, window = layer.track, Range(time_s, time_s)
        assert isinstance(track, LongTrack)

        def look(_: Layer) -> None:
            found = self._tiled_overlays.over(layer.key, track, name, window)
            if found is not None:
                then(found)

        self._tiled_overlays.forgive(track, name, window)
        if self._there(layer, name, time_s):
            look(layer)
        else:
            self._waits.append((layer.key, name, time_s, look))
            self._tiled_overlays.measure(layer.key, track, name, window, self._question())

    def _question(self) -> str:
        """Give the next question a name of its own: the cursor moving on must not take its answer away."""
        self._count += 1
        return f"question {self._count}"

    def _there(self, layer: Layer, name: str, place: Place) -> bool:
        track, window = layer.track, as_range(place)
        assert isinstance(track, LongTrack)
        tiling = self._tiled_overlays
        return tiling.over(layer.key, track, name, window) is not None or tiling.failed(track, name, window)

    def _arrived(self) -> None:
        waits, self._waits = self._waits, []
        for wait in waits:
            key, name, place, then = wait
            layer = self._layer_at(key, place)
            if layer is None:
                continue
            done = settled(layer, name) if name in contour_analyses() else self._there(layer, name, place)
            if done:
                then(layer)
            else:
                self._waits.append(wait)


def settled(layer: Layer, name: str) -> bool:
    """Tell whether an analysis is there, or is refused."""
    return name in layer.results or bool(layer.refusals[name])


def as_range(place: Place) -> Range:
    """Give a place as a stretch of time."""
    return place if isinstance(place, Range) else Range(place, place)
