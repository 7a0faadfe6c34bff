"""Long sounds in windows that overlap by what a network's layers hear, joined as if it had run at once."""

from __future__ import annotations

import math
from dataclasses import dataclass

from core.networks.receptive_fields import receptive_fields
from core.networks.spec import NetworkSpec, SoundDrive


@dataclass(frozen=True, slots=True)
class Window:
    """The samples `first` to `last` are run; of the results those from `keep` to `keep_to` count.

    `first` and `keep` are whole numbers of steps of every layer, so that no layer's samples shift.
    """

    first: int
    last: int
    keep: int
    keep_to: int


def can_be_cut(spec: NetworkSpec) -> bool:
    """Return whether each answer depends on a limited stretch of sound: no recurrent layer, and no
    normalisation over the recording.
    """
    drive = spec.drive
    if not isinstance(drive, SoundDrive) or drive.n is not None or drive.frontend.hears_all:
        return False
    fields = receptive_fields(spec).values()
    steps_are_whole = all(float(one.step).is_integer() for one in fields)
    return steps_are_whole and all(math.isfinite(one.samples) for one in fields)


def windows(spec: NetworkSpec, n: int, most: int) -> tuple[Window, ...]:
    """Return windows over `n` samples, each keeping about `most` of them: see `can_be_cut`.

    A result that is kept lies further from its window's edges than any layer hears, so it is what one run
    over the whole sound gives.
    """
    assert isinstance(spec.drive, SoundDrive)
    fields = receptive_fields(spec)
    step = math.lcm(*(int(one.step) for one in fields.values()))
    places = (spec.drive.frontend.centre, *(offset for _, offset in spec.places()))
    reach = max(one.samples for one in fields.values()) + max(abs(place) for place in places)
    margin = math.ceil(reach / step) * step
    core = max(1, most // step) * step
    starts = range(0, max(1, n), core)
    return tuple(
        Window(max(0, start - margin), min(n, start + core + margin), start, min(n, start + core))
        for start in starts
    )
