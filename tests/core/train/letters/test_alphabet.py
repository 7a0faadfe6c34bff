"""Transcripts as outputs of the network, and outputs as text."""

from __future__ import annotations

import pytest

from core.faults import Fault
from core.train.letters.alphabet import Alphabet, frames_needed

ENGLISH = Alphabet()


def test_the_outputs_are_those_of_the_published_recognisers() -> None:
    labels = ENGLISH.labels
    assert len(labels) == 29
    assert labels[:3] == ("a", "b", "c")
    assert labels[25:] == ("z", "space", "'", "blank")
    assert labels[ENGLISH.blank] == "blank"


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("WE CALL IT BEAR", "we call it bear"),
        ("  two\tlines\nhere ", "two lines here"),
        ("Well-known, isn’t it?", "well known isn't it"),
        ("“Zoë’s café”", "zoe's cafe"),
        ("Zoe\u0308", "zoe"),
        ("Straße und Œuvre", "strasse und oeuvre"),
        ("?!", ""),
    ],
)
def test_transcripts_are_written_in_the_letters_of_the_alphabet(said: str, written: str) -> None:
    assert ENGLISH.written(said) == written


@pytest.mark.parametrize(
    ("said", "sentence"), [("room 3", "contains “3”"), ("мир", "“м”, which is not among"), ("½ cup", "“½”")]
)
def test_what_cannot_be_written_is_named(said: str, sentence: str) -> None:
    with pytest.raises(Fault, match=sentence):
        ENGLISH.written(said)


def test_letters_of_another_language_keep_their_marks() -> None:
    german = Alphabet("abcdefghijklmnopqrstuvwxyzäöüß")
    assert german.written("Süße Äpfel, Café") == "süße äpfel cafe"
    assert german.labels[-3:] == ("ß", "space", "blank")
    assert Alphabet("абвгдеёжзийклмнопрстуфхцчшщъыьэюя").written("Ёлка, мой!") == "ёлка мой"


def test_an_alphabet_without_an_apostrophe_joins_what_it_divides() -> None:
    assert Alphabet("abcdefghijklmnopqrstuvwxyz").written("don't") == "dont"


def test_repeats_are_folded_and_blanks_part_equal_letters() -> None:
    small = Alphabet("elho")  # then the space, 4, and the blank, 5
    best = [5, 2, 2, 5, 0, 1, 1, 5, 1, 3, 3, 4, 4, 5, 5]
    assert small.decoded(best) == "hello"
    assert small.decoded([5, 5]) == ""
    assert small.decoded([1, 1, 1]) == "l"


def test_what_is_written_is_decoded_again() -> None:
    text = "isn't it well known"
    labels = ENGLISH.encoded(text)
    spread = [frame for label in labels for frame in (label, label, ENGLISH.blank)]
    assert ENGLISH.decoded(spread) == text


def test_equal_neighbours_need_a_frame_between_them() -> None:
    assert frames_needed(ENGLISH.encoded("hello")) == 6
    assert frames_needed([]) == 0
