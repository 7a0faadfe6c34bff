"""The spectral slices in the dock: their lines, their formants, and layers without a slice."""

from __future__ import annotations

import numpy as np

from app.analysis.tiled_overlays import TiledOverlays
from app.base.context import Context
from app.models.sound_driven import SoundDriven
from app.queries.layer_results import LayerResults
from app.queries.slices import sliceable
from app.recordings.alignment import Alignment
from core.analyses.measures import MEASURES
from core.queries.queries import ask
from core.session.lane_key import Key, LaneKey
from core.session.lane_names import title
from widgets.results.slice_views import Slice, SliceView

LEAST_HZ = 50.0  # the mean of a layer is at 0 Hz and would push everything else down


class SliceSource:
    """Makes the spectral slices for the dock and the large window."""

    def __init__(
        self,
        context: Context,
        alignment: Alignment,
        sound_driven: SoundDriven,
        tiled_overlays: TiledOverlays,
        layer_results: LayerResults,
    ) -> None:
        self._session = context.session
        self._alignment = alignment
        self._sound_driven = sound_driven
        self._tiled_overlays = tiled_overlays
        self._layer_results = layer_results

    def view(self, high_hz: float) -> SliceView:
        """Return the slices that have arrived, up to a frequency."""
        top = self._session.output or self._session.active
        keys = self._drawn()
        found = self._layer_results.slices
        slices = tuple(self._slice(key, key == top) for key in keys if key in found)
        heard = self._layer_results.layer(self._input_key(top))
        place, whose = self._layer_results.table_place, heard.title if heard and heard.key != top else ""
        formants = tuple(ask(heard, MEASURES[f"f{k}"], place).value for k in (1, 2, 3, 4)) if heard else ()
        stale = self._layer_results.slices_stale
        reason = (
            ""
            if slices or self._layer_results.sliced_at is None
            else "…"
            if stale
            else self._layer_results.no_slice
        )
        return SliceView(slices, formants, high_hz, reason, stale, whose, self._without(keys))

    def _input_key(self, top: Key | None) -> Key | None:
        """Return the sound whose formants are marked for the active lane: a recording, or the output."""
        key = self._alignment.of(self._session.active) or self._sound_driven.source_of(self._session.active)
        return key if key in self._session.shown.tracks else top

    def _drawn(self) -> list[Key]:
        """Return the layers whose slices are drawn: the generator's, and the active lane."""
        active = self._session.active
        return [
            key
            for key in self._layer_results.shown_keys()
            if key == active or (isinstance(key, LaneKey) and key.is_generated)
        ]

    def _without(self, keys: list[Key]) -> tuple[str, ...]:
        """Return the layers that have too few samples here for a slice."""
        if self._layer_results.sliced_at is None or not self._layer_results.slices:
            return ()
        layers = [layer for key in keys if (layer := self._layer_results.layer(key)) is not None]
        able = {
            layer.key
            for layer in sliceable(self._tiled_overlays, layers, self._layer_results.slice_settings())
        }
        return tuple(layer.title for layer in layers if layer.key not in able)

    def _slice(self, key: Key, main: bool) -> Slice:
        found = self._layer_results.slices[key]
        hertz = found.frequencies()
        nyquist_hz = self._session.shown.tracks[key].axis.nyquist_hz
        kept, heard = hertz <= nyquist_hz, (hertz >= LEAST_HZ) & (hertz <= nyquist_hz)
        top = np.max(found.levels[heard if heard.any() else kept])
        return Slice(
            title(self._session.models, key),
            hertz[kept],
            found.levels[kept] - top,
            nyquist_hz,
            main,
            key == self._session.active,
        )
