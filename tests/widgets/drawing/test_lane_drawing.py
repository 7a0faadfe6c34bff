"""A lane's picture is what it was told, and only what changed is painted anew."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRectF, Qt, QTimer
from PySide6.QtGui import QColor, QPainter, QPixmap

from core.analyses.overlay_names import OVERLAYS
from core.signals.axis import Range
from tests.support.made_up import bump, frames, full_out, lane, tone, view
from widgets.drawing.dots import draw_dots
from widgets.drawing.lane import Marks, lane_height_px, lane_parts, paint_marks, paint_plot
from widgets.theme import theme as themes
from widgets.theme.theme import DARK, LIGHT, PRINT
from widgets.timeline.columns import Columns, PixelRows

REFUSED = {measure: f"No {measure}: Nyquist is 31.25 Hz" for measure in OVERLAYS}
WINDOW = Range(0.2, 0.8)


@pytest.fixture(autouse=True)
def _pixmaps(qapp):
    """Pictures may only be made while there is an application."""


def painted(shown, window=WINDOW, theme=LIGHT, marks: Marks | None = None, size=(600, 264)) -> np.ndarray:
    picture = QPixmap(*size)
    painter = QPainter(picture)
    rect, columns = QRectF(0, 0, *size), Columns(window, 0, size[0])
    paint_plot(painter, rect, shown, columns, theme)
    if marks is not None:
        paint_marks(painter, rect, shown, columns, theme, marks)
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
    rows, x = PixelRows(0, 5000, analysis.top(), analysis.height()), int(Columns(WINDOW, 0, 600).x(0.5))
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
    marked = painted(shown, theme=PRINT, size=(300, 92), marks=Marks(selection=Range(0.4, 0.6)))
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


def test_pulses_are_drawn_where_they_are():
    from core.analyses.results import Points

    times_s = np.array([0.3, 0.5, 0.7])
    shown = lane("out", bump("out", 5.0), pulses=Points("pulses", times_s), shown=frozenset({"pulses"}))
    picture = painted(shown, size=(600, 92))
    marked = np.nonzero(close_to(picture[10:40], LIGHT.line2, 2).all(axis=0))[0].tolist()
    assert marked == [100, 300, 500]


def pictures(stack) -> list[object]:
    stack.grab()
    return [shown.plot.picture for shown in stack.lanes]


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
        assert [shown.plot.picture for shown in stack.lanes] == before
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


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_a_theme_reaches_every_surface(stack, pixels, theme):
    stack.show_view(view(full_out(), lane("conv3"), visible=WINDOW))
    stack.set_theme(theme)
    picture = pixels(stack)
    other = DARK if theme is LIGHT else LIGHT
    assert close_to(picture, theme.chrome, 0).mean() > 0.2
    assert close_to(picture, theme.plot, 0).mean() > 0.05
    assert close_to(picture, other.chrome, 0).mean() < 0.01


def test_the_same_view_gives_the_same_pixels(stack, pixels):
    shown = view(full_out(), lane("conv3"), visible=WINDOW, cursor_s=0.4)
    stack.show_view(shown)
    first = pixels(stack)
    stack.set_theme(DARK)
    stack.set_theme(themes.LIGHT)
    assert (pixels(stack) == first).all()


def test_late_computing_shows_a_line_and_keeps_the_curve(stack, pixels):
    stack.show_view(view(lane("conv3", bump("conv3", 0.5), computing=True), visible=WINDOW))
    plot = stack.lanes[0].plot
    before = pixels(plot)
    assert not close_to(before[:2], LIGHT.accent, 2).any()
    plot.findChild(QTimer).timeout.emit()
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
