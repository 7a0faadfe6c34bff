"""Lanes of what a network takes and says: rows, frequencies and times stand where the numbers are."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt

from core.annotation.tiers import Tier
from core.signals.axis import Range, TimeAxis
from core.signals.channel_image import ChannelImage, shade_range
from core.signals.track import Track
from widgets.drawing.channel_image import channel_labels, channel_words, shaded
from widgets.drawing.lane import lane_height_px
from widgets.drawing.scores import score_rows, score_words
from widgets.theme.theme import DARK, LIGHT
from widgets.tiers.painting import letter_places
from widgets.timeline.lane_views import LaneView, ScoresView, StackView
from widgets.timeline.tier_views import AnswerTier

AXIS = TimeAxis(50.0, 100, 0.01)
CENTRES_HZ = (100.0, 300.0, 700.0, 1500.0)


def image(low: float = 0.0) -> ChannelImage:
    values = np.zeros((100, 4), np.float32)
    values[50, 1] = 1.0
    return ChannelImage("input", values, AXIS, low, 1.0, CENTRES_HZ)


def curve(name: str, values: np.ndarray) -> Track:
    return Track(name, values.astype(np.float32), AXIS, "%")


def scores() -> ScoresView:
    ramp = np.linspace(0, 100, 100)
    return ScoresView((curve("speech", ramp), curve("music", 100 - ramp)), named=(0, 1))


def view(*lanes: LaneView, answers: tuple[AnswerTier, ...] = ()) -> StackView:
    return StackView(lanes, Range(0, 2), Range(0, 2), answers=answers)


def test_frequencies_and_rows_are_each_others_inverse():
    picture = image()
    for hz in (60.0, 100.0, 420.0, 1500.0, 1800.0):
        assert picture.hz_of_row(picture.row_of_hz(hz)) == pytest.approx(hz)
    assert [picture.row_of_hz(hz) for hz in CENTRES_HZ] == [0, 1, 2, 3]


def test_the_darkest_pixel_is_the_largest_value_in_its_row_and_frame():
    for theme, most in ((LIGHT, np.argmin), (DARK, np.argmax)):
        picture = shaded(image(), theme, True)
        greys = np.array([[picture.pixelColor(x, y).red() for x in range(100)] for y in range(4)])
        assert np.unravel_index(most(greys), greys.shape) == (2, 50)  # the first channel is lowest


def test_round_frequencies_stand_at_their_bands():
    rect = QRectF(0, 0, 60, 400)
    labels = {label.text: label.y_px for label in channel_labels(image(), rect, LIGHT)}
    assert list(labels) == ["0", "250", "500", "1000"]
    assert labels["250"] == pytest.approx(400 - (image().row_of_hz(250) + 0.5) * 100)
    assert channel_words(image(), AXIS.seconds(50), 1.2) == "380 Hz  1.000"


def test_silence_at_the_floor_does_not_decide_the_shades():
    values = np.full((100, 10), -150.0, np.float32)
    values[:20] = np.linspace(-60, 0, 200).reshape(20, 10)
    low, high = shade_range(values)
    assert (low, high) == (pytest.approx(-57, abs=0.5), 0.0)


def test_a_score_is_drawn_at_its_share_and_named_at_the_pointer():
    rect = QRectF(0, 0, 700, 76)
    rows = score_rows(scores(), rect)
    assert rows.y(100) >= rect.top()
    assert rows.y(0) <= rect.bottom()
    assert score_words(scores(), 0.2).startswith("music 90.")
    assert score_words(scores(), 1.8).startswith("speech 90.")


def test_their_lanes_have_no_buttons_for_measures(stack, pixels):
    lanes = (LaneView("in", "Input", channel_image=image()), LaneView("out", "Answer", scores=scores()))
    stack.show_view(view(*lanes))
    for lane, made in zip(lanes, stack.lanes, strict=True):
        assert all(button.isHidden() for button in (made.header.gain, *made.header.measures.values()))
        assert made.height() >= lane_height_px(lane)
        assert np.unique(pixels(made.plot).reshape(-1, pixels(made.plot).shape[-1]), axis=0).shape[0] > 4


def letters() -> AnswerTier:
    return AnswerTier("key", Tier("letters", "point", 0, 2, (0.5, 1.0, 1.5), ("a", "b", "c")), "by it")


def test_a_click_on_a_letter_puts_the_cursor_on_its_frame(stack, qtbot):
    stack.show_view(view(LaneView("in", "Input", channel_image=image()), answers=(letters(),)))
    cursors, chosen = [], []
    stack.cursor_wanted.connect(cursors.append)
    stack.answers.letter_wanted.connect(lambda key, index: chosen.append((key, index)))
    x = stack.columns.x(1.0)
    qtbot.mouseClick(stack.answers, Qt.MouseButton.LeftButton, pos=QPoint(round(x) + 3, 15))
    assert cursors[-1] == 1.0
    assert chosen == [("key", 1)]
    assert stack.answers.letter_at(QPointF(stack.columns.x(0.75), 15)) is None
    qtbot.mouseClick(stack.answers, Qt.MouseButton.LeftButton, pos=QPoint(round(stack.columns.x(0.75)), 15))
    assert cursors[-1] == pytest.approx(0.75, abs=0.01)
    assert len(chosen) == 1


def test_the_tier_is_there_only_while_something_says_letters(stack):
    stack.show_view(view(LaneView("in", "Input", channel_image=image()), answers=(letters(),)))
    assert stack.answers.isVisible()
    stack.answers.grab()
    stack.show_view(view(LaneView("in", "Input", channel_image=image())))
    assert not stack.answers.isVisible()


def test_letters_that_stand_close_together_are_all_written():
    size_px, lefts = letter_places(("k", "y", "o"), (100.0, 104.0, 160.0))
    assert None not in lefts
    assert lefts[1] > lefts[0]
    crowded_px, crowded = letter_places(tuple("abcdefgh"), tuple(100.0 + k for k in range(8)))
    assert crowded_px < size_px
    assert crowded[0] is not None
    assert None in crowded
