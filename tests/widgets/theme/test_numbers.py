"""Numbers as they are shown and typed."""

from __future__ import annotations

import pytest

from core.faults import Fault
from widgets.theme.number_text import exact_text, number_text, read_number
from widgets.theme.praat_numbers import duration_words


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0.00"),
        (-0.5, "−0.50"),
        (3, "3.00"),
        (-0.0, "0.00"),
        (0.004, "0.004"),
        (1e6, "1e+06"),
        (-37.25, "−37.25"),
    ],
)
def test_the_screen_shows_two_decimals_and_a_true_minus(value, text):
    assert number_text(value) == text


@pytest.mark.parametrize("value", [0.1, -0.123456789012345, 1e-9, 12345.678, 1.0, -3.0, 1e300])
def test_no_digit_is_lost_on_the_way_through_an_edit(value):
    assert read_number(exact_text(value)) == value
    assert read_number(number_text(2.5)) == 2.5


@pytest.mark.parametrize("text", ["", " ", "one", "1.2.3", "1,2,3", "nan", "inf", "0x10", "1_000", "1e999"])
def test_what_is_no_number_is_a_fault(text):
    with pytest.raises(Fault, match="is not a number"):
        read_number(text)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (6.25e-5, "0.0625 ms"),
        (0.01, "0.01 s"),
        (2.4, "2.4 s"),
        (70, "1 min 10 s"),
        (3780, "1 h 3 min"),
        (3600, "1 h"),
    ],
)
def test_durations_are_said_as_one_says_them(seconds, words):
    assert duration_words(seconds) == words
