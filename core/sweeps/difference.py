"""A sweep less one of its steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from core.signals.track import Track

Steps = Sequence[Mapping[str, Track] | None]


def less_step(steps: Steps, baseline: int) -> tuple[Mapping[str, Track] | None, ...]:
    """Return each step's layers less those of the baseline, None where either is not computed.

    The difference of the baseline from itself is exactly 0.
    """
    base = steps[baseline]
    if base is None:
        return (None,) * len(steps)
    return tuple(None if step is None else _less(step, base) for step in steps)


def _less(step: Mapping[str, Track], base: Mapping[str, Track]) -> dict[str, Track]:
    return {
        name: Track(name, track.samples - base[name].samples, track.axis, track.unit)
        for name, track in step.items()
    }
