"""Results of all layers, computed for queries when the knobs rest."""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from psygnal import Signal

from app.analysis.overlays import Overlays
from app.analysis.settings import AnalysisSettings
from app.analysis.tiled_overlays import TiledOverlays
from app.base.context import Context
from app.models.latent_driven import LatentDriven
from app.queries.long_layer_results import LongLayerResults
from app.queries.slices import around, sliceable, why_none
from core.analyses.measure_reading import Place, contour_analyses
from core.analyses.registry import TABLE
from core.analyses.results import Spectrum
from core.analyses.spectra import SliceSettings
from core.faults import Fault
from core.processes.requests import ResultRequest, analysis_of
from core.processes.results import BROKEN, PENDING, Failed, Known, Refused, ResultStore, State, Urgency
from core.provenance import Origin
from core.queries.queries import Layer
from core.recordings.long_sound import LongTrack
from core.session.lane_key import Key, LaneKey
from core.session.lane_names import title
from core.session.lanes import keys_of
from core.session.layer_rates import lower_rates
from core.signals.axis import Range
from core.signals.track import Track
from core.tiles.scatter import SHARED_S

SLICES, SHORT, LONG = "slices", "table", "long table"
"""The clients of the results store: the slices, and the table's short and long layers."""

Awaited = tuple[ResultRequest, Callable[[Any], None], Callable[[], None]]
"""A request that a client waits for, and what to call with its result and after a failure."""


class LayerResults:
    """Returns the known results of the layers and requests the others.

    `changed` is emitted after anything that an answer may depend on, `sliced` for new spectral slices.

    `settle_wanted` asks the window to call `refresh` once things are at rest: True restarts its timer, False
    leaves a running timer alone.
    """

    settle_wanted = Signal(bool)

    changed = Signal()
    sliced = Signal()

    def __init__(
        self,
        context: Context,
        results: ResultStore,
        settings: AnalysisSettings,
        latent_driven: LatentDriven,
        overlays: Overlays,
        tiled_overlays: TiledOverlays,
    ) -> None:
        self._session = session = context.session
        self._messages = context.messages
        self._results = results
        self._settings = settings
        self._latent_driven = latent_driven
        self._overlays = overlays
        self._tiled_overlays = tiled_overlays
        self.wanted = False  # whether a table of all layers is visible
        self.slices: dict[Key, Spectrum] = {}
        self.sliced_at: tuple[float, float] | None = None
        self.no_slice = ""
        self._sliced_as: tuple[SliceSettings, dict[Key, Origin]] | None = None
        self._layers: dict[Key, Layer] = {}
        self._tracks: Mapping[Key, Track] = {}
        self._table: frozenset[Origin] = frozenset()
        self._slice_asked: tuple[SliceSettings, list[Layer], list[ResultRequest]] | None = None
        self._awaited: dict[Hashable, Awaited] = {}
        self._count = 0
        self.at_cursor = False  # show the table at the cursor even if there is a selection
        self._long = LongLayerResults(context, results, tiled_overlays, self.layer)
        session.shown_changed.connect(self._moved)
        results.arrived.connect(self._arrived)
        session.view_changed.connect(lambda: self.settle_wanted.emit(True))
        session.card_changed.connect(self._new_model)
        context.messages.faulted.connect(lambda _: self.settle_wanted.emit(False))

    # --- what is known ---------------------------------------------------------------------------

    def _moved(self) -> None:
        """Wait for rest if curves have changed; arrivals of results do not extend the wait."""
        tracks = self._session.shown.tracks
        if tracks is not self._tracks:
            self._drop_table()
        self.settle_wanted.emit(tracks is not self._tracks)
        self._tracks, self._layers = tracks, {}
        self.changed.emit()

    def _new_model(self) -> None:
        self.slices, self._slice_asked, self.sliced_at, self._sliced_as = {}, None, None, None
        self._layers = {}

    def settings(self, analysis: str) -> Any:
        """Return the settings of an analysis, which are those of the lanes."""
        return self._settings.of(analysis)

    def shown_keys(self) -> tuple[Key, ...]:
        """Return the layers of the table: every lane's, and those merged into it."""
        session = self._session
        return tuple(
            key
            for key in keys_of(session.lanes)
            if key in session.shown.tracks and not (isinstance(key, LaneKey) and not key.is_layer)
        )

    def layer(self, key: Key | None, place: Place | None = None) -> Layer | None:
        """Return a layer with its known results; for a long recording, at a place (the query's by
        default).
        """
        track = self._session.shown.tracks.get(key) if key is not None else None
        if key is None or track is None:
            return None
        if isinstance(track, LongTrack):
            return self._long.at(self._layer(key, track), self.place if place is None else place)
        if key not in self._layers:
            self._layers[key] = self._layer(key, track)
        return self._layers[key]

    def _arrived(self, origins: frozenset[Origin]) -> None:
        """Answer waiting queries, show new values in the table, and request what is still missing."""
        self._layers = {}
        answered = self._answer()
        if answered or origins & self._table:
            self.changed.emit()
        if origins & self._table:
            self.refresh()
        self._take_slices()

    def layers(self) -> tuple[Layer, ...]:
        """Return the layers of the table, in the order of the lanes."""
        place = self.table_place
        return tuple(layer for key in self.shown_keys() if (layer := self.layer(key, place)) is not None)

    def _layer(self, key: Key, track: Track) -> Layer:
        settings = {name: self.settings(name) for name in contour_analyses()}
        results: dict[str, tuple[Track, ...]] = {}
        failures: dict[str, str] = {}
        for name in contour_analyses():
            request = analysis_of(track, name, settings[name])
            shown = self._session.shown.overlays.get((key, name))
            if isinstance(shown, tuple) and shown and shown[0].origin == request.origin:
                results[name] = shown
                continue
            state = self._results.look(request)
            if isinstance(state, Known):
                results[name] = state.value
            elif isinstance(state, Failed):
                failures[name] = state.fault.sentence
        lower = lower_rates(self._session, key, track)
        return Layer(key, title(self._session.models, key), track, settings, results, failures, lower)

    # --- what is computed ------------------------------------------------------------------------

    def refresh(self) -> None:
        """Request what the table and the slices lack, unless a knob is still moving."""
        if self._latent_driven.waiting:
            return
        if not self.wanted:
            self._drop_table()
            return
        layers = sorted(self.layers(), key=lambda layer: layer.key != self._session.active)
        if not self._overlays.busy:
            self._slice()  # it takes no time, but overlays come first
        short = [one for layer in layers if not _is_long(layer) for one in self._requests(layer)]
        long = [one for layer in layers if _is_long(layer) for one in self._requests(layer)]
        self._table = frozenset(one.origin for one in (*short, *long))
        self._results.need(SHORT, short, Urgency.TABLE)
        self._results.need(LONG, long, Urgency.TABLE, patient=True)

    def _drop_table(self) -> None:
        """Cancel the table's requests: its curves are gone, or the table is hidden."""
        self._table = frozenset()
        self._results.drop(SHORT)
        self._results.drop(LONG)

    def _requests(self, layer: Layer) -> list[ResultRequest]:
        """Return the requests for what the table needs of a layer and the lane does not show already."""
        found: list[ResultRequest] = []
        for name in contour_analyses():
            if TABLE[name].refusal(layer.track, layer.settings[name]):
                continue
            if self._long.takes(layer.track, name):
                found += self._long.requests(layer, name, self.table_place)
            elif name not in layer.results or not self._is_on_lane(layer, name):
                found.append(analysis_of(layer.track, name, layer.settings[name]))
        return found

    def _is_on_lane(self, layer: Layer, name: str) -> bool:
        """Return whether a lane shows an analysis; then the session keeps it."""
        return layer.results[name] is self._session.shown.overlays.get((layer.key, name))

    # --- spectral slices -------------------------------------------------------------------------

    def slice_settings(self) -> SliceSettings:
        """Return the settings of the spectral slices: the table's range, or one window around the cursor."""
        where = self.table_place
        ends = (where.start_s, where.end_s) if isinstance(where, Range) else (where, where)
        return SliceSettings(*ends, self._settings.of("spectrogram").window_length_s)

    def _slice(self) -> None:
        """Request the slices, if they differ from those requested last."""
        settings = self.slice_settings()
        layers = sliceable(self._tiled_overlays, self.layers(), settings)
        requests = [analysis_of(around(layer.track, settings), "slice", settings) for layer in layers]
        if self._slice_asked is not None and _same_slices(self._slice_asked, settings, layers):
            return
        self._slice_asked = settings, layers, requests
        self._results.need(SLICES, requests)
        self._take_slices()

    def _take_slices(self) -> None:
        """Show the slices once all of them have arrived."""
        if self._slice_asked is None:
            return
        settings, layers, requests = self._slice_asked
        origins = settings, {layer.key: layer.track.origin for layer in layers}
        if self._sliced_as == origins:
            return
        states = [self._results.look(one) for one in requests]
        if any(state in (None, PENDING) for state in states):
            return
        pairs = zip(layers, states, strict=True)
        self.slices = {layer.key: state.value for layer, state in pairs if isinstance(state, Known)}
        self.sliced_at = (settings.start_s, settings.end_s)
        self._sliced_as = origins
        told = _first_failure(states)
        none = told or why_none(self._tiled_overlays, self.layers(), settings)
        self.no_slice = "" if self.slices else none
        self.sliced.emit()

    def slices_record(self) -> str:
        """Return as JSON which curves the slices are of, and how they were computed."""
        from core.files.versions import versions

        if self._sliced_as is None:
            return json.dumps({})
        settings, origins = self._sliced_as
        layers = {title(self._session.models, key): origins[key].plain() for key in self.slices}
        return json.dumps({"slice": asdict(settings), "layers": layers, "versions": versions()})

    @property
    def slices_stale(self) -> bool:
        """Whether the slices are of another place, other curves or other settings than now."""
        if self._sliced_as is None:
            return False
        settings, origins = self._sliced_as
        tracks = self._session.shown.tracks
        moved = any(key in tracks and tracks[key].origin != origin for key, origin in origins.items())
        return moved or settings != self.slice_settings()

    # --- the place of queries ------------------------------------------------------------------------

    @property
    def place(self) -> Place:
        """The place of a query: the selection, or the cursor."""
        return self._session.selection or self.cursor_s

    @property
    def cursor_s(self) -> float:
        """The cursor's time; the start of the sound if no cursor is set."""
        session = self._session
        return session.whole.start_s if session.cursor_s is None else session.cursor_s

    @property
    def table_place(self) -> Place:
        """The place of the table of all layers and of the slices."""
        return self.cursor_s if self.at_cursor else self.place

    def with_result(
        self,
        layer: Layer,
        name: str,
        then: Callable[[Layer], None],
        place: Place | None = None,
        failed: Callable[[], None] = lambda: None,
    ) -> None:
        """Call `then` with the layer once one of its analyses is known; a failed one is tried again, and
        `failed` is called if it fails again.
        """
        if self._long.takes(layer.track, name):
            self._long.wait(layer, name, self.place if place is None else place, then)
            return
        if not name or name in layer.results or TABLE[name].refusal(layer.track, layer.settings[name]):
            then(layer)
            return

        def arrived(found: tuple[Track, ...]) -> None:
            failures = {other: why for other, why in layer.failures.items() if other != name}
            then(replace(layer, results={**layer.results, name: found}, failures=failures))

        self.compute(name, layer.track, layer.settings[name], arrived, failed)

    def in_tiles(self, layer: Layer, name: str, time_s: float, then: Callable[[Any], None]) -> None:
        """Call `then` with an analysis around a time of a long recording."""
        self._long.wait_for(layer, name, time_s, then)

    def compute(
        self,
        name: str,
        track: Track,
        settings: Any,
        then: Callable[[Any], None],
        failed: Callable[[], None] = lambda: None,
    ) -> None:
        """Compute one analysis and call `then` with it; a failure is reported after `failed` is called, and
        tried again next time.
        """
        request = analysis_of(track, name, settings)
        self._count += 1
        asker = "query", self._count
        self._awaited[asker] = request, then, failed
        self._results.allow_retry([request])
        self._results.need(asker, [request], Urgency.AWAITED)
        self._answer()

    def _answer(self) -> bool:
        """Call back the clients that wait for what is known now; return whether there were any."""
        answered = False
        for asker, (request, then, failed) in list(self._awaited.items()):
            state = self._results.look(request)
            if asker not in self._awaited or state in (None, PENDING):
                continue
            answered = True
            del self._awaited[asker]
            self._results.drop(asker)
            if isinstance(state, Known):
                then(state.value)
                continue
            failed()
            if (fault := _fault_of(state)) is not BROKEN:
                self._messages.faulted.emit(fault)
        return answered


def _fault_of(state: State | None) -> Fault:
    """Return why there is no result."""
    return state.fault if isinstance(state, Failed) else Fault(f"{_refusal(state)}.")


def _refusal(state: State | None) -> str:
    return state.sentence if isinstance(state, Refused) else ""


def _first_failure(states: Sequence[State | None]) -> str:
    """Return why the first missing one of several results is missing, or ""."""
    faults = [_fault_of(state).sentence for state in states if isinstance(state, Failed | Refused)]
    return next(iter(faults), "")


def _same_slices(
    asked: tuple[SliceSettings, list[Layer], list[ResultRequest]],
    settings: SliceSettings,
    layers: Sequence[Layer],
) -> bool:
    """Return whether these slices are the ones requested last."""
    before, others, _ = asked
    pairs = [[(layer.key, layer.track.origin) for layer in some] for some in (others, layers)]
    return before == settings and pairs[0] == pairs[1]


def _is_long(layer: Layer) -> bool:
    """Return whether an analysis of a layer may take longer than a table should wait."""
    return layer.track.axis.duration_s > SHARED_S
