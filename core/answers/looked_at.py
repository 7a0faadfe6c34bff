"""The part of a long recording that is looked at, heard as if the network had heard all of it."""

from __future__ import annotations

import math
from fractions import Fraction

from core.families.card import NetworkCard
from core.networks.spec import SoundDrive
from core.signals.axis import Range

MOST_STEPS = 1_000_000  # samples: beyond that no common grid of two rates is sought
RESAMPLER_S = 0.05  # what the resampler's filter hears on either side, with some to spare


def read_range(network: NetworkCard, window: Range, from_hz: float, end_s: float) -> Range | None:
    """Return what has to be read of a recording at `from_hz`, from 0 to `end_s`, so that what a network gives
    inside `window` is what it would give for the whole recording.

    It begins at a step of every layer, and reaches as far beyond the window as any layer hears. None if every
    answer depends on the whole recording, or if the steps of the layers have no common grid.
    """
    drive = network.drive
    if not isinstance(drive, SoundDrive) or drive.n is not None or drive.frontend.hears_all:
        return None
    reach_s = max(network.hears_s.values(), default=math.inf)
    grid_s = _grid_s(network, drive.rate_hz, from_hz)
    if grid_s is None or math.isinf(reach_s):
        return None
    margin_s = reach_s + abs(drive.frontend.centre) / drive.rate_hz + RESAMPLER_S
    start_s = max(0.0, math.floor((window.start_s - margin_s) / grid_s) * grid_s)
    return Range(start_s, min(end_s, window.end_s + margin_s))


def _grid_s(network: NetworkCard, rate_hz: float, from_hz: float) -> float | None:
    """Return the shortest time that is whole steps of every layer and whole samples at both rates."""
    layers = [*network.layers, *([network.answer] if network.answer is not None else [])]
    steps = [rate_hz / layer.axis.rate_hz for layer in layers]
    if not steps or any(abs(step - round(step)) > 1e-6 or step < 1 for step in steps):
        return None
    step = math.lcm(*(round(step) for step in steps))
    step *= (Fraction(from_hz) * step / Fraction(rate_hz)).denominator
    return step / rate_hz if step <= MOST_STEPS else None
