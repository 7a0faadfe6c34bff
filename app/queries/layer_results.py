"""What is known of every layer, and what is computed for the queries once things are at rest."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import asdict, replace
from typing import Any

from psygnal import Signal

from app.analysis.overlays import Overlays
from app.analysis.settings import AnalysisSettings
from app.analysis.tile_store import MOST_FAILED, keep
from app.analysis.tiled_overlays import TiledOverlays
from app.base.context import Context
from app.models.latent_driven import LatentDriven
from app.queries.long_layer_results import LongLayerResults
from app.queries.slices import around, sliceable, why_none
from app.stack.lane_names import title_of
from core.analyses.measure_reading import Place, contour_analyses
from core.analyses.registry import TABLE
from core.analyses.results import Spectrum
from core.analyses.spectra import SliceSettings
from core.faults import Fault
from core.processes.praat_pool import Pool
from core.provenance import Origin
from core.queries.queries import Layer
from core.recordings.long_sound import LongTrack
from core.signals.axis import Range
from core.signals.track import Track
from core.tiles.scatter import SHARED_S

MOST_KEPT = 160  # analyses kept for points that one returns to


class LayerResults:
    """Holds what was computed; `changed` follows whatever an answer may depend on.

    `settle_wanted` asks the window for a call of `refresh` once things are at rest: with True its timer
    starts anew, with False one that already runs goes on.
    """

    settle_wanted = Signal(bool)

    changed = Signal()
    sliced = Signal()

    def __init__(
        self,
        context: Context,
        pool: Pool,
        settings: AnalysisSettings,
        latent_driven: LatentDriven,
        overlays: Overlays,
        tiled_overlays: TiledOverlays,
    ) -> None:
        self._session = session = context.session
        self._jobs = context.jobs
        self._pool = pool
        self._settings = settings
        self._latent_driven = latent_driven
        self._overlays = overlays
        self._tiled_overlays = tiled_overlays
        self.wanted = False  # whether a table of all layers is on show
        self.slices: dict[str, Spectrum] = {}
        self.sliced_at: tuple[float, float] | None = None
        self.no_slice = ""
        self._sliced_as: tuple[SliceSettings, dict[str, Origin]] | None = None
        self._kept: OrderedDict[Origin, tuple[Track, ...]] = OrderedDict()
        self._failed: dict[Origin, str] = {}
        self._layers: dict[str, Layer] = {}
        self._tracks: Mapping[str, Track] = {}
        self._asked: dict[str, tuple[Origin, ...]] = {}
        self._slice_asked: object = None
        self._count = 0
        self._under_way: Future[Any] | None = None
        self.at_cursor = False  # ask the table at the cursor although a selection is held
        self._long = LongLayerResults(context, tiled_overlays, self.layer)
        session.shown_changed.connect(self._moved)
        tiled_overlays.arrived.connect(self._tiled)
        session.view_changed.connect(lambda: self.settle_wanted.emit(True))
        session.card_changed.connect(self._new_model)
        context.messages.faulted.connect(lambda _: self.settle_wanted.emit(False))

    # --- what is known ---------------------------------------------------------------------------

    def _moved(self) -> None:
        """Wait for rest when curves have changed; what only arrived makes nobody wait longer."""
        tracks = self._session.shown.tracks
        if tracks is not self._tracks:
            self._drop_waiting()
        self.settle_wanted.emit(tracks is not self._tracks)
        self._tracks, self._layers = tracks, {}
        self.changed.emit()

    def _new_model(self) -> None:
        self.slices, self._slice_asked, self.sliced_at, self._sliced_as = {}, None, None, None
        self._layers = {}

    def settings(self, analysis: str) -> Any:
        """Give the settings with which an analysis is asked: those of the lanes."""
        return self._settings.of(analysis)

    def shown_keys(self) -> tuple[str, ...]:
        """Give the layers that are asked: every lane's, and those that lie over another's axes."""
        session = self._session
        found = (key for lane in session.lanes for key in (lane.key, *(pair[0] for pair in lane.merged)))
        return tuple(key for key in found if key in session.shown.tracks and not key.endswith(".logits"))

    def layer(self, key: str, place: Place | None = None) -> Layer | None:
        """Give a layer with what is known of it now, of a long recording at a place (the query's)."""
        track = self._session.shown.tracks.get(key)
        if track is None:
            return None
        if isinstance(track, LongTrack):
            return self._long.at(self._layer(key, track), self.place if place is None else place)
        if key not in self._layers:
            self._layers[key] = self._layer(key, track)
        return self._layers[key]

    def _tiled(self) -> None:
        """Show what was measured of a long recording, and go on to what is still missing."""
        self.changed.emit()
        self.refresh()

    def layers(self) -> tuple[Layer, ...]:
        """Give every layer that is asked, in the order of the lanes."""
        place = self.table_place
        return tuple(layer for key in self.shown_keys() if (layer := self.layer(key, place)) is not None)

    def _layer(self, key: str, track: Track) -> Layer:
        settings = {name: self.settings(name) for name in contour_analyses()}
        results: dict[str, tuple[Track, ...]] = {}
        failures: dict[str, str] = {}
        for name in contour_analyses():
            origin = TABLE[name].origin(track, settings[name])
            shown = self._session.shown.overlays.get((key, name))
            if isinstance(shown, tuple) and shown and shown[0].origin == origin:
                results[name] = shown
            elif origin in self._kept:
                self._kept.move_to_end(origin)
                results[name] = self._kept[origin]
            elif origin in self._failed:
                failures[name] = self._failed[origin]
        return Layer(key, title_of(self._session.card, key), track, settings, results, failures)

    # --- what is computed ------------------------------------------------------------------------

    def refresh(self) -> None:
        """Ask for what the table and the slices lack, unless a knob still moves."""
        if self._latent_driven.waiting or not self.wanted:
            return
        wanted = sorted(self.layers(), key=lambda layer: layer.key != self._session.active)
        if not self._overlays.busy:
            self._slice()  # it takes no time, but overlays go before it
        # one layer at a time: a knob that moves again finds a processor free
        any(self._compute(layer) for layer in sorted(wanted, key=_is_long))

    def _drop_waiting(self) -> None:
        """Have nothing computed of curves that are gone."""
        if self._under_way is not None:
            self._under_way.cancel()
            self._under_way = None

    def missing(self, layer: Layer) -> tuple[str, ...]:
        """Give the analyses that this layer can carry and that nobody has asked for yet."""
        lane = self._session.lane(layer.key)
        overlays = lane.shown if lane else frozenset()
        return tuple(
            name
            for name in contour_analyses()
            if name not in layer.results
            and name not in layer.failures
            and not (name in overlays and self._jobs.waits(f"{layer.key} overlays"))
            and layer.refusals[name] is None
        )

    def _compute(self, layer: Layer) -> bool:
        """Ask for what is missing of a layer; tell whether something is under way for it."""
        missing = self.missing(layer)
        tiled = [name for name in missing if self._long.takes(layer.track, name)]
        if tiled:  # filtered pitch may wait for the loudest of the file, and the others need not
            under_way = [self._long.measure(layer, name, self.table_place) for name in tiled]
            return any(under_way)
        names = missing[:1]  # one at a time: overlays never wait long behind it
        if not names:
            return False
        origins = tuple(TABLE[name].origin(layer.track, layer.settings[name]) for name in names)
        if self._asked.get(layer.key) == origins and self._jobs.waits(f"{layer.key} asked"):
            return True
        self._asked[layer.key] = origins
        asks = [(name, layer.track, layer.settings[name]) for name in names]
        future: Future[Any] = self._pool.submit_many(asks, f"{layer.key} asked", _is_long(layer))
        self._under_way = future
        self._jobs.follow(
            f"{layer.key} asked", future, lambda found: self._arrived(layer, names, found), stream=True
        )
        return True

    def _arrived(self, layer: Layer, names: tuple[str, ...], found: tuple[Any, ...]) -> None:
        """Keep the answers by their origins, whatever the knobs did meanwhile."""
        for name, result in zip(names, found, strict=True):
            self._keep(TABLE[name].origin(layer.track, layer.settings[name]), result)
        self._layers.pop(layer.key, None)
        self.changed.emit()
        self.refresh()

    def _keep(self, origin: Origin, result: tuple[Track, ...] | Fault) -> None:
        """Keep one analysis, or why it failed."""
        if isinstance(result, Fault):
            keep(self._failed, origin, result.sentence, MOST_FAILED)
            return
        self._failed.pop(origin, None)
        self._kept[origin] = result
        while len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)

    # --- spectral slices -------------------------------------------------------------------------

    def slice_settings(self) -> SliceSettings:
        """Give the stretch of the spectral slices: that of the table, or one window around the cursor."""
        where = self.table_place
        ends = (where.start_s, where.end_s) if isinstance(where, Range) else (where, where)
        return SliceSettings(*ends, self._settings.of("spectrogram").window_length_s)

    def _slice(self) -> None:
        settings = self.slice_settings()
        layers = sliceable(self._tiled_overlays, self.layers(), settings)
        asked = (settings, tuple(layer.track.origin for layer in layers), tuple(one.key for one in layers))
        if asked == self._slice_asked:
            return
        self._slice_asked = asked
        asks = [("slice", around(layer.track, settings), settings) for layer in layers]
        future = self._pool.submit_many(asks, key="slices")
        self._jobs.follow("slices", future, lambda found: self._sliced(layers, settings, found))

    def _sliced(self, layers: list[Layer], settings: SliceSettings, found: tuple[Any, ...]) -> None:
        pairs = zip(layers, found, strict=True)
        self.slices = {layer.key: one for layer, one in pairs if isinstance(one, Spectrum)}
        self.sliced_at = (settings.start_s, settings.end_s)
        self._sliced_as = settings, {layer.key: layer.track.origin for layer in layers}
        self.no_slice = "" if self.slices else why_none(self._tiled_overlays, self.layers(), settings, found)
        self.sliced.emit()

    def slices_record(self) -> str:
        """Say as JSON which curves the slices are of, and how they were computed."""
        from core.files.versions import versions

        if self._sliced_as is None:
            return json.dumps({})
        settings, origins = self._sliced_as
        layers = {title_of(self._session.card, key): origins[key].plain() for key in self.slices}
        return json.dumps({"slice": asdict(settings), "layers": layers, "versions": versions()})

    @property
    def slices_stale(self) -> bool:
        """Whether the slices are of another place, of other curves or settings than would be asked now."""
        if self._sliced_as is None:
            return False
        settings, origins = self._sliced_as
        tracks = self._session.shown.tracks
        moved = any(key in tracks and tracks[key].origin != origin for key, origin in origins.items())
        return moved or settings != self.slice_settings()

    # --- where it is asked ------------------------------------------------------------------------

    @property
    def place(self) -> Place:
        """Where a query asks: the selection, else the cursor."""
        return self._session.selection or self.cursor_s

    @property
    def cursor_s(self) -> float:
        """The cursor's time; the beginning of the sound where none was put."""
        session = self._session
        return session.whole.start_s if session.cursor_s is None else session.cursor_s

    @property
    def table_place(self) -> Place:
        """Where the table of all layers and the slices are asked."""
        return self.cursor_s if self.at_cursor else self.place

    def with_result(
        self, layer: Layer, name: str, then: Callable[[Layer], None], place: Place | None = None
    ) -> None:
        """Call `then` with the layer once an analysis of it is there; one that has failed is tried anew."""
        if self._long.takes(layer.track, name):
            self._long.wait(layer, name, self.place if place is None else place, then)
            return
        if not name or name in layer.results or TABLE[name].refusal(layer.track, layer.settings[name]):
            then(layer)
            return

        def arrived(found: tuple[Track, ...]) -> None:
            self._keep(TABLE[name].origin(layer.track, layer.settings[name]), found)
            self._layers.pop(layer.key, None)
            self.changed.emit()
            failures = {other: why for other, why in layer.failures.items() if other != name}
            then(replace(layer, results={**layer.results, name: found}, failures=failures))

        self.compute(name, layer.track, layer.settings[name], arrived)

    def in_tiles(self, layer: Layer, name: str, time_s: float, then: Callable[[Any], None]) -> None:
        """Call `then` with what an analysis gives around a time of a long recording."""
        self._long.wait_for(layer, name, time_s, then)

    def compute(self, name: str, track: Track, settings: Any, then: Callable[[Any], None]) -> None:
        """Have one analysis computed and call `then` with it; a refusal becomes a notice."""
        self._count += 1
        key = f"query {self._count}"
        self._jobs.follow(key, self._pool.submit(name, track, settings, key=key), then)


def _is_long(layer: Layer) -> bool:
    """Tell whether an analysis of a layer may take longer than one waits for a table."""
    return layer.track.axis.duration_s > SHARED_S
