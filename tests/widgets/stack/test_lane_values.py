"""A lane's values at its margins, and the scales they stand on."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QRectF

from core.signals.axis import Range
from tests.support.made_up import bump, frames, full_out, lane, tone, view
from widgets.drawing.axes import curve_labels, overlay_labels, settled
from widgets.drawing.curves import shared_limits, value_limits
from widgets.theme.theme import LIGHT
from widgets.timeline.columns import HEADER_PX, PixelRows
from widgets.timeline.lane_views import Curve

WINDOW = Range(0.2, 0.8)


@pytest.fixture(autouse=True)
def _pixmaps(qapp):
    """Pictures may only be made while there is an application."""


def test_the_value_at_the_cursor_is_the_tracks_own():
    track = tone()
    for cursor_s in (0.2343, 0.5129, 0.9001):
        (value,) = [
            label
            for label in curve_labels(lane("out", track), PixelRows(-1, 1, 0, 92), cursor_s, LIGHT)
            if label.colour == LIGHT.cursor
        ]
        assert float(value.text.replace("−", "-")) == pytest.approx(track.at(cursor_s), abs=5e-5)
        assert value.y_px == pytest.approx(46 * (1 - track.at(cursor_s)))


def test_pitch_is_printed_at_its_height_on_a_logarithmic_scale():
    pitch = frames("pitch", [150.0] * 98)
    shown = lane(
        "out", overlays={"pitch": (pitch,)}, shown=frozenset({"pitch"}), pitch_floor_hz=75.0,
        pitch_ceiling_hz=300.0, pitch_log=True,
    )  # fmt: skip
    labels = overlay_labels(shown, QRectF(0, 0, 60, 172), 0.5, LIGHT)
    value = next(label for label in labels if label.weight == 600)
    assert (value.text, value.y_px) == ("150.0", pytest.approx(86))
    assert {label.text for label in labels} == {"300", "75", "150.0"}


def test_a_reading_that_is_handed_over_beats_the_one_at_the_cursor():
    pitch = frames("pitch", [150.0] * 98)
    shown = lane("out", overlays={"pitch": (pitch,)}, shown=frozenset({"pitch"}), readings={"pitch": 125.04})
    labels = overlay_labels(shown, QRectF(0, 0, 60, 172), 0.5, LIGHT)
    assert [label.text for label in labels if label.weight == 600] == ["125.0"]


def test_an_unvoiced_cursor_prints_no_pitch():
    pitch = frames("pitch", [np.nan] * 98)
    shown = lane("out", overlays={"pitch": (pitch,)}, shown=frozenset({"pitch"}))
    assert not [x for x in overlay_labels(shown, QRectF(0, 0, 60, 172), 0.5, LIGHT) if x.weight == 600]


@pytest.mark.parametrize("cursor_s", np.linspace(0.01, 1.0, 12))
def test_labels_stand_14_px_apart_and_the_cursors_is_always_there(cursor_s):
    shown = full_out()
    rect = QRectF(0, 0, 60, 172)
    for labels in (
        settled(overlay_labels(shown, rect, cursor_s, LIGHT), rect),
        settled(curve_labels(shown, PixelRows(-0.6, 0.6, 6, 80), cursor_s, LIGHT), QRectF(0, 0, 60, 92)),
    ):
        places = sorted(label.y_px for label in labels)
        assert all(b - a >= 13.5 for a, b in itertools.pairwise(places))
    assert any(label.colour == LIGHT.cursor for label in labels)


@pytest.mark.parametrize(("cursor_s", "beyond"), [(0.5, 1), (0.05, 0)])
def test_a_value_beyond_the_scale_leaves_the_scales_ends_where_they_are(cursor_s, beyond):
    track = bump("conv3", 0.5)
    shown = lane("conv3", curves=(Curve(track, 4.0),))
    rows, rect = PixelRows(0.0, 0.25, 6, 80), QRectF(0, 0, 60, 92)
    labels = settled(curve_labels(shown, rows, cursor_s, LIGHT), rect)
    value = next(one for one in labels if one.colour == LIGHT.cursor)
    assert value.beyond == beyond
    assert "0.2500" in {one.text for one in labels}
    ys = sorted(one.y_px for one in labels)
    assert all(below - above >= 13.5 for above, below in itertools.pairwise(ys))


def test_a_long_name_is_shortened_inside_its_header(stack):
    stack.show_view(view(lane("sound:a", closable=True, badge="≤ 8000 Hz")))
    header = stack.lanes[0].header
    header.show_lane(replace(header.lane, title="a very long name of a recording.wav", meta="1 s · 16000 Hz"))
    assert header.name_width() <= HEADER_PX - 22
    assert "a very long name of a recording.wav" in header.toolTip()
    folded = replace(header.lane, collapsed=True)
    header.show_lane(folded)
    assert header.play.geometry().right() <= HEADER_PX
    header.show_lane(replace(header.lane, title="Conv4"))
    assert "Nyquist frequency 8000 Hz" in header.toolTip(), "the badge does not fit, so the tooltip has it"
    header.show_lane(replace(header.lane, title="FC", badge="≤ 500 Hz"))
    assert header.toolTip() == ""


@pytest.mark.parametrize("closable", [False, True])
def test_a_long_name_leaves_room_for_the_rate(stack, pixels, closable: bool):
    badge = {"badge": "≤ 8000 Hz", "short_badge": "≤ 8k"}
    stack.show_view(
        view(lane("sound:a", title="a_very_long_name_of_a_recording.wav", closable=closable, **badge))
    )
    header = stack.lanes[0].header
    right = slice(22 + header.name_width(), int(HEADER_PX))
    with_badge = pixels(header)[5:25, right]
    header.show_lane(replace(header.lane, badge="", short_badge=""))
    assert (pixels(header)[5:25, right] != with_badge).any()


def test_a_hovered_header_keeps_its_name_and_gives_the_badges_place_to_the_cross(stack, pixels, monkeypatch):
    stack.show_view(view(lane("sound:a", title="a.ogg", closable=True, badge="≤ 8000 Hz")))
    header, seen = stack.lanes[0].header, {}
    for under in (False, True):
        monkeypatch.setattr(type(header), "underMouse", lambda self, under=under: under)
        seen[under] = pixels(header)[5:25, 22:]
    changed = np.flatnonzero((seen[False] != seen[True]).any(axis=(0, 2))) + 22
    assert changed.size
    assert changed.min() > 22 + header.name_width(), "the name stays as it is"
    monkeypatch.setattr(type(header), "underMouse", lambda self: False)
    header.show_lane(replace(header.lane, title="a much longer name.ogg"))
    assert 22 + header.name_width() <= header.close_button.x()
    assert "Nyquist frequency 8000 Hz" in header.toolTip()


def test_what_is_below_a_fixed_scale_stands_above_its_lower_end():
    shown = lane("conv3", curves=(Curve(bump("conv3", 0.5)),), scale="fixed")
    labels = settled(curve_labels(shown, PixelRows(2.0, 3.0, 6, 80), 0.5, LIGHT), QRectF(0, 0, 60, 92))
    value = next(one for one in labels if one.colour == LIGHT.cursor)
    low = next(one for one in labels if one.text == "2.000")
    assert value.beyond == -1
    assert value.y_px < low.y_px


def test_scales_span_the_window_the_whole_a_fixed_or_a_shared_range():
    track = bump("conv3", 0.1)
    inside = float(track.part(WINDOW).max())
    for scale, top in (
        ("window", inside),
        ("whole", float(track.samples.max())),
        ("fixed", 3.0),
        ("shared", 7.0),
    ):
        shown = lane("conv3", track, scale=scale, fixed_low=-1.0, fixed_high=3.0)
        assert value_limits(shown, WINDOW, (0.0, 7.0))[1] == pytest.approx(top)


def test_gain_magnifies_a_single_curve_and_multiplies_merged_ones():
    low, strong = bump("conv3", 0.5), bump("conv2", 0.5)
    alone = lane("conv3", curves=(Curve(low, 4.0),))
    assert value_limits(alone, WINDOW)[1] == pytest.approx(0.25, abs=0.01)
    merged = lane("conv3", curves=(Curve(low), Curve(strong, 10.0)))
    assert value_limits(merged, WINDOW)[1] == pytest.approx(10, abs=0.5)


def test_nothing_finite_and_nothing_but_zero_still_have_a_scale():
    for values in (np.zeros(1024), np.full(1024, np.nan), np.full(1024, np.inf)):
        track = type(tone())("conv3", values.astype(np.float32), bump("conv3", 0.5).axis)
        assert value_limits(lane("conv3", track), WINDOW) == (-1.0, 1.0)


def test_the_shared_range_holds_every_lane_that_shares_it():
    lanes = [
        lane("a", bump("conv3", 0.5), scale="shared"),
        lane("b", tone(), scale="shared"),
        lane("c", tone()),
    ]
    low, high = shared_limits(lanes)
    assert (low, high) == (pytest.approx(float(tone().samples.min())), pytest.approx(1.0, abs=0.01))
