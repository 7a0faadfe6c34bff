"""A sweep as the values that its page shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.sweeping.sweep_run import SweepState
from core.playback.sonification import audible
from core.session.lane_key import GENERATOR
from core.signals.axis import Range
from core.signals.track import Track
from core.sweeps.difference import less_step
from core.sweeps.positions import shares
from widgets.sweep.sweep_views import SweepView, SweptLayer
from widgets.theme.praat_numbers import short

DRAWN = "drawn"
Steps = Sequence[Mapping[str, Track] | None]


def swept(state: SweepState, selection: Range | None, baseline: str | None = None) -> SweepView:
    """Return the page's values; with `baseline`, a step's number or `DRAWN`, all curves are less that."""
    steps: Steps = state.steps
    if baseline is not None:
        whole = (*steps, state.drawn)
        steps = less_step(whole, len(steps) if baseline == DRAWN else int(baseline))[:-1]
    places = state.positions
    return SweepView(
        places.name,
        places.words,
        places.places,
        shares(places.places),
        _layers(state, steps),
        state.current,
        drawn_value(state),
        state.card.out_axis.extent.end_s,
        selection,
    )


def _layers(state: SweepState, steps: Steps) -> tuple[SweptLayer, ...]:
    """Return the layers, the output first, as in the stack."""
    card = state.card
    return tuple(
        SweptLayer(
            one.name,
            one.title,
            f"{one.channels} × {one.axis.n} · {short(one.axis.rate_hz)} Hz",
            f"≤ {short(one.axis.nyquist_hz)} Hz",
            card.sounds and audible(one.axis),
            tuple(None if step is None else step[one.name] for step in steps),
        )
        for one in reversed(card.layers[GENERATOR])
    )


def drawn_value(state: SweepState) -> float | None:
    """Return the value of the moving variable in the frozen draw, where one value moves."""
    if not state.positions.is_value:
        return None
    axis = state.grid.axes[0]
    name = state.positions.name.split(", ")[0]
    return state.base.point.z[axis.indices[axis.names.index(name)]]
