"""Pitch, formants, intensity and pulses over a lane, with halos; gaps stay gaps."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QLineF, QRectF
from PySide6.QtGui import QPainter, QPen

from core.signals.axis import Range
from core.signals.track import Track
from widgets.drawing.curves import curve_colour
from widgets.drawing.dots import draw_dots
from widgets.drawing.lines import Values, draw_line
from widgets.theme.theme import Theme
from widgets.timeline.columns import Columns, PixelRows
from widgets.timeline.lane_views import LaneView

PITCH_DOTS_BELOW = 101  # Praat's "automatic" drawing: dots if fewer points than this are visible
STALE_OPACITY = 0.4
CROWDED_PX = 1.5


def pitch_rows(lane: LaneView, rect: QRectF) -> PixelRows:
    """Return the rows of pitch, in Hz or, on a logarithmic scale, in log Hz."""
    low, high = lane.pitch_floor_hz, lane.pitch_ceiling_hz
    ends = (math.log(low), math.log(high)) if lane.pitch_log else (low, high)
    return PixelRows(*ends, rect.top(), rect.height())


def pitch_y(lane: LaneView, rect: QRectF, pitch_hz: float) -> float:
    """Return the y position of a pitch."""
    return pitch_rows(lane, rect).y(math.log(pitch_hz) if lane.pitch_log else pitch_hz)


def intensity_rows(lane: LaneView, rect: QRectF) -> PixelRows:
    """Return the rows of intensity in dB."""
    return PixelRows(lane.intensity_low_db, lane.intensity_high_db, rect.top(), rect.height())


def frequency_rows(lane: LaneView, rect: QRectF) -> PixelRows:
    """Return the rows of the spectrogram and the formants in Hz."""
    return PixelRows(lane.view_low_hz, lane.view_high_hz, rect.top(), rect.height())


def reading(lane: LaneView, measure: str, cursor_s: float | None) -> float:
    """Return the value to print for a measure: the given reading, or the track's value at the cursor."""
    if measure in lane.readings:
        return lane.readings[measure]
    tracks = lane.overlays.get(measure, ())
    return tracks[0].at(cursor_s) if tracks and cursor_s is not None else math.nan


def paint_overlays(
    painter: QPainter,
    rect: QRectF,
    lane: LaneView,
    columns: Columns,
    theme: Theme,
    seen: Range | None = None,
) -> None:
    """Paint the visible overlays in the order intensity, formants, pitch.

    `seen` is the whole window if only a strip of it is painted; it decides whether pitch is drawn as dots.
    """
    seen = seen or columns.window
    painter.save()
    painter.setClipRect(rect.adjusted(-4, 0, 4, 0))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    _paint_ghosts(painter, rect, lane, columns, theme)
    painter.setOpacity(STALE_OPACITY if lane.stale else 1.0)
    for measure, paint in _PAINTERS.items():
        if measure in lane.shown and lane.overlays.get(measure):
            paint(painter, rect, lane, columns, theme, seen)
    painter.restore()


def _paint_ghosts(painter: QPainter, rect: QRectF, lane: LaneView, columns: Columns, theme: Theme) -> None:
    """Paint the contours from before the last turn as thin lines, below those of now."""
    for measure, tracks in lane.ghost_overlays.items():
        for track in tracks if measure in lane.shown else ():
            if measure == "pitch":
                xs, ys = _pitch_places(track, rect, lane, columns)
            else:
                xs, values = _visible(track, columns)
                ys = intensity_rows(lane, rect).ys(values)
            draw_line(painter, xs, ys, theme.ghost, 1.0)


def paint_pulses(painter: QPainter, rect: QRectF, lane: LaneView, columns: Columns, theme: Theme) -> None:
    """Paint the glottal pulses as thin vertical lines behind the waveform."""
    if lane.pulses is None or "pulses" not in lane.shown:
        return
    times = lane.pulses.times_s
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setOpacity(STALE_OPACITY if lane.stale else 1.0)
    painter.setPen(QPen(theme.line2, 1))
    first, last = np.searchsorted(times, (columns.window.start_s, columns.window.end_s))
    # one line per pixel, however many pulses it holds
    xs = np.unique(np.floor(np.minimum(columns.xs(times[first:last]) + 1e-6, columns.right_px - 1))) + 0.5
    painter.drawLines([QLineF(x, rect.top() + 2, x, rect.bottom() - 2) for x in xs.tolist()])
    painter.restore()


def _visible(track: Track, columns: Columns, every: int = 1) -> tuple[Values, Values]:
    """Return the positions and values of the frames in the window, plus one beyond each edge.

    `every` keeps each k-th frame of the track, so that scrolling shows the same ones.
    """
    step = track.axis.step_s
    window = Range(columns.window.start_s - step, columns.window.end_s + step)
    first, last = track.axis.samples_in(window)
    if every > 1:
        first += -(first + round(track.axis.start_s / step)) % every
    times = track.axis.start_s + np.arange(first, last, every, dtype=np.float64) * step
    return columns.xs(times), track.samples[first:last:every].astype(np.float64)


def _paint_intensity(
    painter: QPainter, rect: QRectF, lane: LaneView, columns: Columns, theme: Theme, seen: Range
) -> None:
    xs, values = _visible(lane.overlays["intensity"][0], columns)
    ys = intensity_rows(lane, rect).ys(values)
    draw_line(painter, xs, ys, theme.halo, 4.5)
    draw_line(painter, xs, ys, theme.intensity, 2.0)


def _paint_formants(
    painter: QPainter, rect: QRectF, lane: LaneView, columns: Columns, theme: Theme, seen: Range
) -> None:
    """Draw odd formants as filled dots and even ones as rings, so that shape separates neighbours."""
    rows = frequency_rows(lane, rect)
    places: list[tuple[Values, Values]] = []
    apart_px = lane.overlays["formants"][0].axis.step_s * columns.px_per_s
    dot_px = min(5.5, max(3.0, 0.8 * apart_px))  # crowded frames get smaller dots, not a solid band
    every = max(1, math.ceil(CROWDED_PX / apart_px))  # and fewer dots where they would overlap
    for track in lane.overlays["formants"]:
        xs, values = _visible(track, columns, every)
        values[(values < rows.low) | (values > rows.high)] = np.nan
        places.append((xs, rows.ys(values)))
    for xs, ys in places:
        draw_dots(painter, xs, ys, theme.halo, dot_px + 2.5)
    for number, (xs, ys) in enumerate(places, start=1):
        draw_dots(painter, xs, ys, theme.formant, dot_px)
        if number % 2 == 0:
            draw_dots(painter, xs, ys, theme.halo, dot_px - 2.8 if dot_px > 4 else dot_px / 2)


def _pitch_places(track: Track, rect: QRectF, lane: LaneView, columns: Columns) -> tuple[Values, Values]:
    xs, values = _visible(track, columns)
    with np.errstate(invalid="ignore", divide="ignore"):
        heights = np.log(values) if lane.pitch_log else values
    return xs, pitch_rows(lane, rect).ys(heights)


def _paint_pitch(
    painter: QPainter, rect: QRectF, lane: LaneView, columns: Columns, theme: Theme, seen: Range
) -> None:
    for other in lane.merged_pitch:  # below, in the colour of its curve
        xs, ys = _pitch_places(other.track, rect, lane, columns)
        draw_line(painter, xs, ys, theme.halo, 4.5)
        draw_line(painter, xs, ys, curve_colour(other, theme), 2.5)
    track = lane.overlays["pitch"][0]
    xs, ys = _pitch_places(track, rect, lane, columns)
    dots = track.part(seen).shape[0] < PITCH_DOTS_BELOW
    for colour, line_px, dot_px in ((theme.halo, 5.0, 8.5), (theme.pitch, 2.0, 6.0)):
        draw_line(painter, xs, ys, colour, line_px)
        draw_dots(painter, xs, ys, colour, dot_px if dots else line_px)


_PAINTERS = {"intensity": _paint_intensity, "formants": _paint_formants, "pitch": _paint_pitch}
