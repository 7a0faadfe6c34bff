"""The spectral slices as the dock shows them: whose lines, whose formants, and which layers have none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from app.queries.layer_results import LayerResults
from app.queries.slices import sliceable
from app.stack.lane_names import title_of
from core.analyses.measures import MEASURES
from core.queries.queries import ask
from widgets.results.slice_plot import Slice, SliceView

if TYPE_CHECKING:
    from app.shell.instrument import Instrument

LEAST_HZ = 50.0  # the mean of a layer stands at 0 Hz and would push all else down


def slice_view(on: Instrument, asking: LayerResults, high_hz: float) -> SliceView:
    """Give the slices that have come, up to a frequency."""
    top = on.session.card.output if on.session.card else on.session.active
    keys = _drawn(on, asking)
    slices = tuple(_slice(on, asking, key, key == top) for key in keys if key in asking.slices)
    heard = asking.layer(heard_key(on, top))
    place, whose = asking.table_place, heard.title if heard and heard.key != top else ""
    formants = tuple(ask(heard, MEASURES[f"f{k}"], place).value for k in (1, 2, 3, 4)) if heard else ()
    stale = asking.slices_stale
    reason = "" if slices or asking.sliced_at is None else "…" if stale else asking.no_slice
    return SliceView(slices, formants, high_hz, reason, stale, whose, _without(on, asking, keys))


def heard_key(on: Instrument, top: str) -> str:
    """Give the sound of the active lane, whose formants are marked: a recording, or the output."""
    key = on.alignment.of(on.session.active) or on.sound_driven.source_of(on.session.active)
    return key if key in on.session.shown.tracks else top


def _drawn(on: Instrument, asking: LayerResults) -> list[str]:
    """Give the layers whose slices are drawn: the generator's, and the active lane."""
    active = on.session.active
    return [key for key in asking.shown_keys() if key == active or ("." not in key and ":" not in key)]


def _without(on: Instrument, asking: LayerResults, keys: list[str]) -> tuple[str, ...]:
    """Name the layers that have too few samples here for a slice."""
    if asking.sliced_at is None or not asking.slices:
        return ()
    layers = [layer for key in keys if (layer := asking.layer(key)) is not None]
    able = {layer.key for layer in sliceable(on.tiled_overlays, layers, asking.slice_settings())}
    return tuple(layer.title for layer in layers if layer.key not in able)


def _slice(on: Instrument, asking: LayerResults, key: str, main: bool) -> Slice:
    found = asking.slices[key]
    hertz = found.frequencies()
    nyquist_hz = on.session.shown.tracks[key].axis.nyquist_hz
    kept, heard = hertz <= nyquist_hz, (hertz >= LEAST_HZ) & (hertz <= nyquist_hz)
    top = np.max(found.levels[heard if heard.any() else kept])
    return Slice(
        title_of(on.session.card, key),
        hertz[kept],
        found.levels[kept] - top,
        nyquist_hz,
        main,
        key == on.session.active,
    )
