"""Letter and word error rates against cases that were worked out by hand."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.train.letters.error_rates import edit_distance, error_rates


@pytest.mark.parametrize(
    ("said", "heard", "distance"),
    [
        ("", "", 0),
        ("", "abc", 3),
        ("abc", "", 3),
        ("abc", "abc", 0),
        ("kitten", "sitting", 3),  # k to s, e to i, g added
        ("saturday", "sunday", 3),  # a and t left out, r to n
        ("abcdef", "azced", 3),  # Wagner & Fischer's: b to z, e added, e and f against d
        ("flaw", "lawn", 2),  # f left out, n added
    ],
)
def test_the_distance_is_the_least_number_of_edits(said: str, heard: str, distance: int) -> None:
    assert edit_distance(said, heard) == distance
    assert edit_distance(heard, said) == distance


def test_words_are_compared_as_wholes() -> None:
    assert edit_distance(["we", "call", "it", "bear"], ["we", "called", "it", "a", "bear"]) == 2


TEXTS = st.text("ab ", max_size=6)


@given(TEXTS, TEXTS, TEXTS)
def test_the_distance_is_a_metric(one: str, other: str, third: str) -> None:
    assert (edit_distance(one, other) == 0) == (one == other)
    assert edit_distance(one, third) <= edit_distance(one, other) + edit_distance(other, third)
    assert abs(len(one) - len(other)) <= edit_distance(one, other) <= max(len(one), len(other))


def test_rates_are_errors_of_all_utterances_over_all_that_was_said() -> None:
    rates = error_rates([("bear", "ber"), ("we call it", "we cold it now")])
    # letters: 1 of 4; "all" to "old" is 2, " now" 4 more, of 10
    assert rates.letters == pytest.approx(7 / 14)
    # words: 1 of 1; call to cold, now added, of 3
    assert rates.words == pytest.approx(3 / 4)
    assert rates.utterances == 2


def test_a_rate_can_exceed_one_and_nothing_has_none() -> None:
    assert error_rates([("a", "bcd")]).letters == 3
    assert math.isnan(error_rates([]).letters)
    assert math.isnan(error_rates([("", "")]).words)
