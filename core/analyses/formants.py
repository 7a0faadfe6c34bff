"""Formants by Burg's method: frequencies f1 to f5 and bandwidths b1 to b5."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from core.analyses import resolution_guard as guard
from core.analyses.praat import or_automatic, sound_of
from core.analyses.results import Contour, Doubles, frame_axis, origin_of
from core.analyses.speakers import CEILINGS, speaker_named
from core.provenance import Origin
from core.signals.axis import TimeAxis
from core.signals.track import Track


@dataclass(frozen=True, slots=True)
class FormantSettings:
    """Praat's formant settings, with the defaults of its editor.

    The ceiling depends on the speaker: 5000 Hz for a man, 5500 Hz for a woman, 8000 Hz for a child.
    Choosing a speaker changes nothing else and survives a change of preset. A time step of 0 is Praat's
    "automatic", a quarter of the window length.
    """

    ceiling_hz: float = field(default=5500.0, metadata={"label": "Formant ceiling", "named": CEILINGS})
    max_formants: float = 5.0
    window_length_s: float = 0.025
    pre_emphasis_from_hz: float = 50.0
    time_step_s: float = 0.0


def carried(axis: TimeAxis, settings: FormantSettings) -> FormantSettings:
    """Return the settings adapted to the layer.

    A ceiling above Nyquist is lowered to it, and the number of formants in proportion, rounded to the
    nearest half as Praat counts.
    """
    if settings.ceiling_hz <= axis.nyquist_hz:
        return settings
    part = axis.nyquist_hz / settings.ceiling_hz
    return replace(
        settings, ceiling_hz=axis.nyquist_hz, max_formants=round(settings.max_formants * part * 2) / 2
    )


def for_speaker(settings: FormantSettings, name: str) -> FormantSettings:
    """Return the settings with the ceiling for a speaker (man, woman, child); unchanged for ""."""
    return replace(settings, ceiling_hz=speaker_named(name).ceiling_hz) if name else settings


def notice(axis: TimeAxis, settings: FormantSettings) -> str | None:
    """Return the note that the ceiling and the number of formants were lowered, or None."""
    used = carried(axis, settings)
    if used == settings:
        return None
    was, now = guard.hertz(settings.ceiling_hz), guard.hertz(used.ceiling_hz)
    counts = f", formants from {settings.max_formants:g} to {used.max_formants:g}"
    fewer = counts if used.max_formants != settings.max_formants else ""
    return f"Formant ceiling lowered from {was} to Nyquist, {now}{fewer}"


def cause(axis: TimeAxis, settings: FormantSettings) -> str | None:
    """Return why this layer has no formants with these settings, or None."""
    invalid = guard.not_positive(
        ceiling=settings.ceiling_hz,
        number_of_formants=settings.max_formants,
        window_length=settings.window_length_s,
        frequency_of_pre_emphasis=settings.pre_emphasis_from_hz,
    ) or guard.negative(time_step=settings.time_step_s)
    if invalid:
        return invalid
    if carried(axis, settings).max_formants < 1:
        return f"Nyquist is {guard.hertz(axis.nyquist_hz)}"
    return _unfit_window(axis, settings)


def _unfit_window(axis: TimeAxis, settings: FormantSettings) -> str | None:
    used = carried(axis, settings)
    # Praat's Gaussian window is physically twice its effective length
    window_s = 2 * used.window_length_s
    poles = round(2 * used.max_formants)
    if window_s * 2 * used.ceiling_hz < poles + 1:
        return f"a window of {guard.seconds(used.window_length_s)} holds too few samples for {poles} poles"
    whole = f"a window of {guard.seconds(used.window_length_s)}, physically twice as long,"
    return guard.too_short(axis, window_s, whole) or guard.too_many_frames(axis, used.time_step_s)


def formants(track: Track, settings: FormantSettings) -> tuple[Track, ...]:
    """Return the tracks f1..f5 and b1..b5 in Hz; NaN where Praat finds none or at or above Nyquist."""
    used = carried(track.axis, settings)
    found = praat_formants(track, used)
    values = _table(found, formant_count(used))
    axis = frame_axis(found.x1, found.dx, values.shape[2])
    return named(values, axis, track.axis.nyquist_hz, origin_of(track, "formants", used))


def no_room(axis: TimeAxis, settings: FormantSettings, name: str) -> str:
    """Report that a formant or bandwidth such as F4 does not fit below the ceiling; "" if it does."""
    used = carried(axis, settings)
    room = math.ceil(used.max_formants)
    if int(name[1:]) <= room:
        return ""
    count = "1 formant" if room == 1 else f"{room} formants"
    return f"No {name}: there is room for {count} below {guard.hertz(used.ceiling_hz)}"


def formant_count(settings: FormantSettings) -> int:
    """Return the number of formants that are listed, found or not."""
    return max(5, math.ceil(settings.max_formants))


def named(values: Doubles, axis: TimeAxis, nyquist_hz: float, origin: Origin) -> tuple[Track, ...]:
    """Return frequencies and bandwidths [2, count, frames] as tracks; NaN at or above Nyquist."""
    values[:, values[0] >= nyquist_hz] = np.nan
    return tuple(
        Contour(f"{kind}{k + 1}", row, axis, "Hz", origin)
        for kind, rows in zip("fb", values, strict=True)
        for k, row in enumerate(rows)
    )


def praat_formants(track: Track, settings: FormantSettings) -> Any:
    """Return Praat's Formant object for `track`; the settings are used unchanged."""
    return sound_of(track).to_formant_burg(
        time_step=or_automatic(settings.time_step_s),
        max_number_of_formants=settings.max_formants,
        maximum_formant=settings.ceiling_hz,
        window_length=settings.window_length_s,
        pre_emphasis_from=settings.pre_emphasis_from_hz,
    )


def _table(found: Any, count: int) -> Doubles:
    """Return all frequencies and bandwidths at the frame times, float64 [2, count, frames]."""
    times = found.xs()
    ask = (found.get_value_at_time, found.get_bandwidth_at_time)
    return np.array([[[one(k + 1, t) for t in times] for k in range(count)] for one in ask], dtype=np.float64)
