"""What has a time stands in the same column of pixels, in every lane, ruler, bar and figure."""

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPixmap

from core.signals.axis import Range
from tests.support.made_up import WHOLE, bump, full_out, greys, lane, view
from widgets.drawing.curves import paint_curve
from widgets.theme.theme import LIGHT
from widgets.timeline.columns import Columns, PixelRows, round_step, time_ticks

LAYERS = ("out", "conv4", "conv3", "conv2", "conv1")
PLOT_LEFT, PLOT_RIGHT = 196, 916


def peak_column(picture: np.ndarray, top: int, bottom: int) -> float:
    """The column in which a curve comes highest: the middle of the darkest run in its uppermost row."""
    plot = picture[top:bottom, PLOT_LEFT + 1 : PLOT_RIGHT - 1].sum(axis=2)
    dark = plot < 350
    first = int(np.argmax(dark.any(axis=1)))
    return PLOT_LEFT + 1 + float(np.nonzero(dark[first])[0].mean())


@pytest.mark.parametrize("window", [WHOLE, Range(0.4, 0.65)], ids=["whole", "zoomed"])
def test_the_same_event_peaks_in_the_same_column_at_every_rate(stack, pixels, window):
    at_s = 0.5 + 0.5 / 62.5  # between two samples of the coarsest layer shown
    stack.show_view(view(*(lane(key, bump(key, at_s)) for key in LAYERS), visible=window))
    picture = pixels(stack)
    expected = stack.columns.x(at_s)
    for key, shown in zip(LAYERS, stack.lanes, strict=True):
        top = shown.mapTo(stack, shown.plot.pos()).y() + 2
        step_px = shown.lane.curves[0].track.axis.step_s * stack.columns.px_per_s
        found = peak_column(picture, top, top + shown.plot.height() - 2)
        assert abs(found - expected) <= 1.5 + step_px / 2, key


def test_a_spectrogram_frame_stands_under_its_time(stack, pixels):
    image = greys(at_frame=500)
    stack.show_view(
        view(lane("out", shown=frozenset({"spectrogram"}), spectrogram=image), visible=Range(0.5, 0.53))
    )
    plot = stack.lanes[0].plot
    row = pixels(plot)[plot.height() - 40, :, 0]
    darkest = np.nonzero(row[61:779] < 100)[0]
    found = 61 + darkest.mean() + 136 + 0.5
    assert found == pytest.approx(stack.columns.x(image.axis.seconds(500)), abs=1.0)


def test_cursor_lines_of_ruler_lanes_and_bars_share_one_column(stack, pixels):
    stack.show_view(view(lane("out"), lane("conv3"), lane("fc", collapsed=True), cursor_s=0.4))
    picture = pixels(stack)
    column = int(stack.columns.line_x(0.4))
    red = (picture[:, :, 0] > 150) & (picture[:, :, 1] < 80) & (picture[:, :, 2] < 90)
    for part in (stack.ruler, *stack.lanes):
        top = part.mapTo(stack, part.rect().topLeft()).y()
        rows = red[top + 29 if part is stack.ruler else top : top + part.height() - 2]
        marked = np.nonzero(rows[:, PLOT_LEFT:PLOT_RIGHT].any(axis=0))[0] + PLOT_LEFT
        assert marked.tolist() == [column]
    bar = picture[stack.bars.mapTo(stack, stack.bars.rect().topLeft()).y() + 15]
    assert bar[column].sum() < bar[column - 4].sum()


def test_columns_and_rows_are_inverted_exactly():
    columns = Columns(Range(0.032, 0.482), 196, 720)
    for x in (196.0, 333.3, 916.0):
        assert columns.x(columns.time_s(x)) == pytest.approx(x)
    rows = PixelRows(-0.5, 2.0, 10, 92)
    assert rows.value(rows.y(1.25)) == pytest.approx(1.25)
    assert (rows.y(2.0), rows.y(-0.5)) == (10, 102)


def test_the_whole_stack_is_header_axis_plot_axis(stack):
    stack.show_view(view(full_out(), visible=Range(0.032, 0.482)))
    assert (stack.columns.left_px, stack.columns.width_px) == (196, 720)


def test_ticks_are_round_and_never_crowd():
    for length in (0.0011, 0.03, 0.45, 1.024, 7.3, 600.0):
        columns = Columns(Range(0.1, 0.1 + length), 0, 720)
        ticks, decimals = time_ticks(columns)
        steps = np.diff(ticks)
        assert 60 - 1e-6 <= steps.min() * columns.px_per_s <= 150 + 1e-6
        assert all(round(tick, decimals) == pytest.approx(tick, abs=1e-12) for tick in ticks)
    assert round_step(5000, 172 / 30) == 1000


def test_a_curve_is_drawn_where_its_values_say(qtbot):
    track = bump("conv2", 0.5, width_s=0.2)
    columns, rows = Columns(Range(0.45, 0.55), 0, 400), PixelRows(0.0, 1.0, 0, 100)
    picture = QPixmap(400, 100)
    picture.fill(LIGHT.plot)
    painter = QPainter(picture)
    paint_curve(painter, track, columns, rows, LIGHT.curve)
    painter.end()
    image = picture.toImage()
    for index in range(round(track.axis.index(0.46)), round(track.axis.index(0.54))):
        x, y = columns.x(track.axis.seconds(index)), rows.y(float(track.samples[index]))
        assert image.pixelColor(int(x), min(99, int(y))).lightness() < 160


def test_a_lane_with_too_much_below_it_scrolls_and_keeps_its_columns(stack):
    lanes = [lane(f"conv{k}", bump("conv3", 0.5)) for k in range(14)]
    stack.show_view(view(*lanes, cursor_s=0.3))
    area = stack.lanes[0].parentWidget()
    assert area.height() > 904 - 150
    assert stack.columns.right_px + 60 == area.width() < 976
    assert QRectF(stack.ruler.rect()).width() == 976
