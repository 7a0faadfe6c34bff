"""A lane shows what it was told, says what it cannot show, and wishes for the rest."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
from made_up import bump, frames, full_out, lane, tone, view
from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPixmap

from core.axis import Range
from widgets import look as looks
from widgets.columns import AXIS_PX, HEADER_PX, Columns, Rows
from widgets.dots import draw_dots
from widgets.lane_menu import lane_menu
from widgets.look import DARK, LIGHT, PRINT, font
from widgets.paint_axis import GAP_PX, curve_labels, level, overlay_labels, settled
from widgets.paint_curve import shared_limits, value_limits
from widgets.paint_lane import Marks, lane_height_px, lane_parts, paint_marks, paint_plot
from widgets.views import MEASURES, Curve, LegendLine

REFUSED = {measure: f"No {measure}: Nyquist is 31.25 Hz" for measure in MEASURES}
WINDOW = Range(0.2, 0.8)


@pytest.fixture(autouse=True)
def _pixmaps(qapp):
    """Pictures may only be made while there is an application."""


@pytest.fixture
def wishes(stack) -> list[tuple]:
    found: list[tuple] = []
    stack.lane_wanted.connect(lambda *wish: found.append(wish))
    return found


# --- values ------------------------------------------------------------------------------------


def test_the_value_at_the_cursor_is_the_tracks_own():
    track = tone()
    for cursor_s in (0.2343, 0.5129, 0.9001):
        (value,) = [
            label
            for label in curve_labels(lane("out", track), Rows(-1, 1, 0, 92), cursor_s, LIGHT)
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
        settled(curve_labels(shown, Rows(-0.6, 0.6, 6, 80), cursor_s, LIGHT), QRectF(0, 0, 60, 92)),
    ):
        places = sorted(label.y_px for label in labels)
        assert all(b - a >= 13.5 for a, b in itertools.pairwise(places))
    assert any(label.colour == LIGHT.cursor for label in labels)


# --- scales --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("cursor_s", "beyond"), [(0.5, 1), (0.05, 0)])
def test_a_value_beyond_the_scale_leaves_the_scales_ends_where_they_are(cursor_s, beyond):
    track = bump("conv3", 0.5)
    shown = lane("conv3", curves=(Curve(track, 4.0),))
    rows, rect = Rows(0.0, 0.25, 6, 80), QRectF(0, 0, 60, 92)
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
    assert header._name_width() <= HEADER_PX - 22
    assert "a very long name of a recording.wav" in header.toolTip()
    folded = replace(header.lane, collapsed=True)
    header.show_lane(folded)
    assert header.play.geometry().right() <= HEADER_PX
    header.show_lane(replace(header.lane, title="Conv4"))
    assert header.toolTip() == ""


def test_what_is_below_a_fixed_scale_stands_above_its_lower_end():
    shown = lane("conv3", curves=(Curve(bump("conv3", 0.5)),), scale="fixed")
    labels = settled(curve_labels(shown, Rows(2.0, 3.0, 6, 80), 0.5, LIGHT), QRectF(0, 0, 60, 92))
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


# --- pictures ----------------------------------------------------------------------------------


def painted(shown, window=WINDOW, look=LIGHT, marks: Marks | None = None, size=(600, 264)) -> np.ndarray:
    picture = QPixmap(*size)
    painter = QPainter(picture)
    rect, columns = QRectF(0, 0, *size), Columns(window, 0, size[0])
    paint_plot(painter, rect, shown, columns, look)
    if marks is not None:
        paint_marks(painter, rect, shown, columns, look, marks)
    painter.end()
    image = picture.toImage()
    return np.array([[image.pixelColor(x, y).getRgb()[:3] for x in range(size[0])] for y in range(size[1])])


def close_to(picture: np.ndarray, colour: QColor, within: int = 12) -> np.ndarray:
    return (np.abs(picture - np.array(colour.getRgb()[:3])) <= within).all(axis=2)


def test_gaps_in_pitch_stay_gaps():
    values = [120.0] * 30 + [np.nan] * 20 + [120.0] * 48
    shown = lane(
        "conv3",
        bump("conv3", 5.0),
        overlays={"pitch": (frames("pitch", values),)},
        shown=frozenset({"pitch"}),
    )
    blue = close_to(painted(shown, size=(600, 92)), LIGHT.pitch).any(axis=0)
    columns = Columns(WINDOW, 0, 600)
    gap = slice(int(columns.x(0.02 + 0.29)) + 6, int(columns.x(0.02 + 0.50)) - 6)
    assert not blue[gap].any()
    assert blue[: gap.start - 12].mean() > 0.9
    assert blue[gap.stop + 12 :].mean() > 0.9


def test_a_formant_above_the_view_is_not_drawn():
    high = (frames("f1", [6000.0] * 98),)
    shown = lane("out", bump("out", 5.0), overlays={"formants": high}, shown=frozenset({"formants"}))
    assert not close_to(painted(shown), LIGHT.formant).any()


def test_even_formants_are_rings_and_odd_ones_filled():
    tracks = (frames("f1", [1000.0] * 98), frames("f2", [3000.0] * 98))
    shown = lane("out", bump("out", 5.0), overlays={"formants": tracks}, shown=frozenset({"formants"}))
    picture = painted(shown)
    _, analysis = lane_parts(shown, QRectF(0, 0, 600, 264))
    assert analysis is not None
    rows, x = Rows(0, 5000, analysis.top(), analysis.height()), int(Columns(WINDOW, 0, 600).x(0.5))
    assert close_to(picture, LIGHT.formant, 60)[int(rows.y(1000)), x]
    assert not close_to(picture, LIGHT.formant, 60)[int(rows.y(3000)), x]
    assert close_to(picture, LIGHT.formant, 60)[int(rows.y(3000)) - 3 : int(rows.y(3000)) + 4, x].any()


def test_the_selection_tints_the_ground_and_not_the_curve():
    shown = lane("conv3", bump("conv3", 0.5, width_s=0.2))
    plain = painted(shown, size=(300, 92))
    marked = painted(shown, size=(300, 92), marks=Marks(selection=Range(0.4, 0.6)))
    inside = slice(105, 195)
    white = (plain[:, inside] == 255).all(axis=2)
    assert (marked[:, inside][white] == [250, 228, 231]).all(axis=1).mean() > 0.99
    dark = plain[:, inside].sum(axis=2) < 200
    assert dark.sum() > 20
    assert np.abs(marked[:, inside][dark] - plain[:, inside][dark]).max() < 25


def test_paper_shows_a_selection_as_two_dotted_lines():
    shown = lane("conv3", bump("conv3", 5.0))
    marked = painted(shown, look=PRINT, size=(300, 92), marks=Marks(selection=Range(0.4, 0.6)))
    columns = np.nonzero(close_to(marked, PRINT.cursor).any(axis=0))[0].tolist()
    assert columns == [100, 200]


def test_stamped_dots_look_like_circles(qtbot):
    xs, ys = np.array([10.0, 20.25, 30.4, 41.9]), np.array([10.0, 12.7, 9.3, 10.55])
    stamps, circles = QPixmap(56, 24), QPixmap(56, 24)
    for picture, scaled in ((stamps, False), (circles, True)):
        picture.fill(QColor("white"))
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if scaled:  # a scaled painter draws true circles
            painter.scale(2, 2)
            draw_dots(painter, xs / 2, ys / 2, LIGHT.formant, 5.5 / 2)
        else:
            draw_dots(painter, xs, ys, LIGHT.formant, 5.5)
        painter.end()
    one, other = stamps.toImage(), circles.toImage()
    difference = [
        abs(one.pixelColor(x, y).green() - other.pixelColor(x, y).green())
        for x in range(56)
        for y in range(24)
    ]
    assert max(difference) < 60
    assert np.mean(difference) < 1.5


def test_a_layer_that_carries_nothing_stands_on_a_grey_ground():
    shown = lane("conv1", bump("conv1", 5.0), refusals=REFUSED, reason="Curve only: Nyquist is 31.25 Hz")
    assert close_to(painted(shown, size=(300, 92)), LIGHT.plot_off, 1).mean() > 0.6
    carries = painted(lane("conv1", bump("conv1", 5.0)), size=(300, 92))
    assert close_to(carries, LIGHT.plot, 1).mean() > 0.6


def test_the_ghost_is_drawn_below_the_curve():
    shown = lane("conv3", bump("conv3", 0.5, width_s=0.1), ghost=bump("conv3", 0.3, width_s=0.1))
    picture = painted(shown, size=(300, 92))
    plain = painted(lane("conv3", bump("conv3", 0.5, width_s=0.1)), size=(300, 92))
    before = slice(0, 80)  # the time of the ghost's peak, where the curve lies low
    grey, none = (close_to(one[:60, before], LIGHT.ghost).sum() for one in (picture, plain))
    assert grey > 20 > none


def test_lanes_have_the_designs_heights():
    assert lane_height_px(full_out()) == 264
    assert lane_height_px(lane("conv4", shown=frozenset({"spectrogram"}))) == 124
    assert lane_height_px(lane("conv3", shown=frozenset({"pitch"}))) == 92
    assert lane_height_px(lane("fc", collapsed=True)) == 32


# --- header --------------------------------------------------------------------------------------


def test_a_refused_measure_says_why_and_cannot_be_pressed(stack, wishes, qtbot):
    stack.show_view(view(lane("conv1", refusals=REFUSED)))
    button = stack.lanes[0].header.measures["pitch"]
    assert button.toolTip() == button.accessibleDescription() == REFUSED["pitch"]
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert [wish for wish in wishes if wish[1] == "shown"] == []


def test_a_measure_is_switched_on_and_off(stack, wishes, qtbot):
    stack.show_view(view(lane("conv4", shown=frozenset({"pitch"}), active=True)))
    header = stack.lanes[0].header
    header.measures["intensity"].click()
    header.measures["pitch"].click()
    assert wishes == [
        ("conv4", "shown", frozenset({"pitch", "intensity"})),
        ("conv4", "shown", frozenset()),
    ]


def test_mute_solo_fold_and_close_wish_for_the_opposite(stack, wishes):
    stack.show_view(view(lane("conv4", muted=True, active=True, closable=True)))
    header = stack.lanes[0].header
    for button in (header.mute, header.solo, header.fold, header.close_button):
        button.click()
    assert wishes == [
        ("conv4", "muted", False), ("conv4", "solo", True),
        ("conv4", "collapsed", True), ("conv4", "closed", True),
    ]  # fmt: skip


def test_play_plays_the_selection_or_the_window_and_stops_what_plays(stack):
    played: list[object] = []
    stack.play_wanted.connect(lambda key, stretch: played.append((key, stretch)))
    stack.stop_wanted.connect(lambda: played.append("stop"))
    stack.show_view(view(lane("conv4"), visible=WINDOW))
    stack.lanes[0].header.play.click()
    stack.show_view(view(lane("conv4"), visible=WINDOW, selection=Range(0.3, 0.4)))
    stack.lanes[0].header.play.click()
    stack.show_view(view(lane("conv4", playing=True), visible=WINDOW))
    stack.lanes[0].header.play.click()
    assert played == [("conv4", WINDOW), ("conv4", Range(0.3, 0.4)), "stop"]


@pytest.mark.parametrize(
    ("typed", "wished"), [("10", [10.0]), ("×2,5", [2.5]), ("0", []), ("loud", []), ("1", [])]
)
def test_a_double_click_on_the_gain_edits_it(stack, wishes, qtbot, typed, wished):
    stack.show_view(view(lane("conv4", active=True)))
    header = stack.lanes[0].header
    qtbot.mouseDClick(header.gain, Qt.MouseButton.LeftButton)
    field = header._editor
    assert field is not None
    field.setText(typed)
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert [wish[2] for wish in wishes if wish[1] == "gain"] == wished


def test_escape_leaves_the_gain_as_it_was(stack, wishes, qtbot):
    stack.show_view(view(lane("conv4", active=True)))
    header = stack.lanes[0].header
    header.edit_gain()
    header._editor.setText("7")
    qtbot.keyClick(header._editor, Qt.Key.Key_Escape)
    assert header._editor is None
    assert wishes == []


def test_the_legend_opens_the_settings_of_its_line(stack):
    stack.show_view(view(full_out()))
    asked: list[str] = []
    stack.legend_clicked.connect(asked.append)
    rows = stack.lanes[0].header._legend
    rows[0].click()
    assert asked == ["pitch"]
    assert rows[1].line == LegendLine("pulses", "hidden")


def test_a_value_off_its_scale_is_told_without_a_tick():
    low = frames("intensity", [45.6] * 98, unit="dB")
    shown = lane("out", overlays={"intensity": (low,)}, shown=frozenset({"intensity"}))
    rect = QRectF(0, 0, 60, 172)
    (value,) = [x for x in settled(overlay_labels(shown, rect, 0.5, LIGHT), rect) if x.weight == 600]
    assert (value.text, value.tick, value.y_px) == ("45.60", False, 164)


@pytest.mark.parametrize(
    ("value_db", "text"), [(77.634, "77.63"), (-9.87, "−9.9"), (-29.864, "−29.9"), (-335.41, "−335")]
)
def test_a_level_leaves_room_for_its_unit_beside_the_lane(value_db, text):
    assert level(value_db) == text
    wide_px = QFontMetrics(font(11, 600, numbers=True)).horizontalAdvance(f"{text} dB")
    assert GAP_PX + wide_px + 2 <= AXIS_PX


def test_numbers_of_an_earlier_state_are_grey():
    low = frames("intensity", [70.0] * 98, unit="dB")
    shown = lane("out", overlays={"intensity": (low,)}, shown=frozenset({"intensity"}), stale=True)
    labels = overlay_labels(shown, QRectF(0, 0, 60, 172), 0.5, LIGHT)
    assert {label.colour.name() for label in labels} == {LIGHT.ink3.name()}


def test_pulses_are_drawn_where_they_are():
    from core.analyses.results import Points

    times_s = np.array([0.3, 0.5, 0.7])
    shown = lane("out", bump("out", 5.0), pulses=Points("pulses", times_s), shown=frozenset({"pulses"}))
    picture = painted(shown, size=(600, 92))
    marked = np.nonzero(close_to(picture[10:40], LIGHT.line2, 2).all(axis=0))[0].tolist()
    assert marked == [100, 300, 500]


def test_every_button_has_a_name(stack):
    stack.show_view(view(full_out(), lane("conv4", closable=True)))
    buttons = [b for shown in stack.lanes for b in shown.header.children() if hasattr(b, "accessibleName")]
    assert len(buttons) >= 20
    assert all(button.accessibleName() for button in buttons)


def test_the_menu_offers_scale_gain_and_taking_curves_off(stack):
    curves = (Curve(bump("conv3", 0.5), label="conv3", key="conv3"), Curve(tone(), 10, "out ×10", key="out"))
    found: list[tuple] = []
    menu = lane_menu(
        lane("conv3", curves=curves, scale="whole"), (0.0, 2.0), lambda *wish: found.append(wish),
        lambda key: found.append(("off", key)), stack,
    )  # fmt: skip
    words = {action.text(): action for action in menu.actions()}
    words["Take out ×10 off these axes"].trigger()
    scale = menu.actions()[0].menu().actions()
    assert [action.text() for action in scale if action.isChecked()] == ["By whole sound"]
    scale[0].trigger()
    menu.actions()[1].menu().actions()[3].trigger()
    of_out = words["Gain of out ×10"].menu().actions()
    assert [action.text() for action in of_out if action.isChecked()] == ["×10"]
    of_out[1].trigger()
    assert found == [("off", "out"), ("scale", "window"), ("gain", 10.0), ("merged_gain", ("out", 2.0))]


# --- painting only what changed ------------------------------------------------------------------


def pictures(stack) -> list[object]:
    stack.grab()
    return [shown.plot._picture for shown in stack.lanes]


def test_only_the_lane_that_changed_is_painted_anew(stack):
    lanes = [lane("out", tone()), lane("conv3", bump("conv3", 0.5)), lane("conv2", bump("conv2", 0.5))]
    stack.show_view(view(*lanes, visible=WINDOW))
    before = pictures(stack)
    stack.show_view(view(lanes[0], lane("conv3", bump("conv3", 0.4)), lanes[2], visible=WINDOW, cursor_s=0.4))
    after = pictures(stack)
    assert [a is b for a, b in zip(before, after, strict=True)] == [True, False, True]


def test_the_play_head_moves_without_painting_a_lane(stack, pixels):
    stack.show_view(view(full_out(), lane("conv3"), visible=WINDOW))
    before = pictures(stack)
    for time_s in (0.3, 0.5, 0.5001, None):
        stack.set_playhead(time_s)
        assert [shown.plot._picture for shown in stack.lanes] == before
    stack.set_playhead(0.6)
    column = int(stack.columns.x(0.6))
    shown = pixels(stack)[:, column]
    ink = np.array(LIGHT.ink.getRgb()[:3])
    assert (np.abs(shown - ink) < 40).all(axis=1).sum() > 300


def test_a_removed_lane_goes_and_the_order_is_kept(stack):
    stack.show_view(view(lane("out"), lane("conv4"), lane("conv3")))
    stack.show_view(view(lane("conv3"), lane("out")))
    assert [shown.lane.key for shown in stack.lanes] == ["conv3", "out"]
    assert stack.lanes[0].y() == 0
    assert stack.lanes[1].y() == stack.lanes[0].height()


@pytest.mark.parametrize("look", [LIGHT, DARK], ids=lambda look: look.name)
def test_a_look_reaches_every_surface(stack, pixels, look):
    stack.show_view(view(full_out(), lane("conv3"), visible=WINDOW))
    stack.set_look(look)
    picture = pixels(stack)
    other = DARK if look is LIGHT else LIGHT
    assert close_to(picture, look.chrome, 0).mean() > 0.2
    assert close_to(picture, look.plot, 0).mean() > 0.05
    assert close_to(picture, other.chrome, 0).mean() < 0.01


def test_the_same_view_gives_the_same_pixels(stack, pixels):
    shown = view(full_out(), lane("conv3"), visible=WINDOW, cursor_s=0.4)
    stack.show_view(shown)
    first = pixels(stack)
    stack.set_look(DARK)
    stack.set_look(looks.LIGHT)
    assert (pixels(stack) == first).all()


def test_late_computing_shows_a_line_and_keeps_the_curve(stack, pixels):
    stack.show_view(view(lane("conv3", bump("conv3", 0.5), computing=True), visible=WINDOW))
    plot = stack.lanes[0].plot
    before = pixels(plot)
    assert not close_to(before[:2], LIGHT.accent, 2).any()
    plot._lateness.timeout.emit()
    after = pixels(plot)
    assert close_to(after[:2, 60:780], LIGHT.accent, 2).all()
    assert (after[3:] == before[3:]).all()
    stack.show_view(view(lane("conv3", bump("conv3", 0.5)), visible=WINDOW))
    assert not close_to(pixels(plot)[:2], LIGHT.accent, 2).any()


def test_a_stack_without_lanes_is_quiet(stack, qtbot):
    stack.set_playhead(0.3)
    qtbot.mouseClick(stack.bars, Qt.MouseButton.LeftButton, pos=QPoint(400, 20))
    stack.show_view(view())
    assert stack.lanes == []
    stack.grab()
