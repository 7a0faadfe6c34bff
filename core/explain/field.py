"""Which frames of a map a target can hear at all."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from core.explain.relevance import Relevance
from core.explain.subject import Subject
from core.explain.targets import Target, axis_of
from core.networks.receptive_fields import receptive_fields
from core.networks.spec import SoundDrive
from core.signals.axis import Range


def field_s(subject: Subject, target: Target) -> Range:
    """Return the stretch of the sound that the target's frames hear, cut to the sound."""
    drive = subject.spec.drive
    assert isinstance(drive, SoundDrive)
    whole = Range(0.0, subject.samples.shape[1] / drive.rate_hz)
    heard = receptive_fields(subject.spec)[target.layer].seconds
    if not math.isfinite(heard):
        return whole
    axis = axis_of(subject.spec, target.layer)
    first, last = axis.seconds(min(target.frames)), axis.seconds(max(target.frames))
    return Range(first - heard / 2, last + heard / 2).cut(whole)


def inside(found: Relevance, subject: Subject) -> NDArray[np.bool_]:
    """Return which values of a map lie in the target's receptive field, in the map's own shape."""
    times = found.axis.times()
    heard = field_s(subject, found.target)
    step = found.axis.step_s / 2
    within = (times >= heard.start_s - step) & (times <= heard.end_s + step)
    if not within.any():
        within[:] = True
    return within if found.is_curve else np.broadcast_to(within, found.values.shape)
