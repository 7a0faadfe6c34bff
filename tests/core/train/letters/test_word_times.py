"""Frames are told the letters of the words that TextGrids put in time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from core.annotation.textgrid import write_textgrid
from core.annotation.tiers import Annotation, Tier
from core.signals.axis import Range
from core.train.letters.alphabet import Alphabet
from core.train.letters.augmentation import Pcm, played_speed
from core.train.letters.recipe import FRAME_S, LetterRecipe
from core.train.letters.step import Lessons, LetterTrainer
from core.train.letters.transcripts import Transcribed
from core.train.letters.word_times import UNKNOWN, TimedWord, frame_targets, timed_words

ABC = Alphabet("abc'")
A, B, C, SPACE, BLANK = (ABC.labels.index(label) for label in ("a", "b", "c", "space", "blank"))


def test_letters_share_their_words_time() -> None:
    words = [TimedWord(0.04, 0.16, "ab"), TimedWord(0.20, 0.28, "c")]
    found = frame_targets(words, ABC, 16, 0.02)
    assert found.tolist() == [BLANK, BLANK, A, A, A, B, B, B, BLANK, SPACE, C, C, C, C, BLANK, BLANK]
    assert ABC.decoded(found.tolist()) == "ab c"


@pytest.mark.parametrize("words", [("ab", "ba"), ("cc",), ("aab", "bb", "c")])
def test_the_targets_of_slow_words_read_as_the_words(words: tuple[str, ...]) -> None:
    timed = [TimedWord(0.4 * k + 0.05, 0.4 * k + 0.38, word) for k, word in enumerate(words)]
    assert ABC.decoded(frame_targets(timed, ABC, 70, 0.02).tolist()) == " ".join(words)


def test_nothing_is_told_where_nothing_is_known() -> None:
    assert set(frame_targets((), ABC, 5, 0.02)) == {UNKNOWN}


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    words = Tier("words", "interval", 0.0, 1.0, (0.0, 0.2, 0.5, 0.6, 1.0), ("", "AB", "", "c"))
    write_textgrid(tmp_path / "one.TextGrid", Annotation((words,), 0.0, 1.0))
    return tmp_path / "one.wav"


def test_the_words_of_a_textgrid_have_times(recording: Path) -> None:
    found = timed_words(Transcribed("one", recording, "ab c"), "ab c", ABC)
    assert found == (TimedWord(0.2, 0.5, "ab"), TimedWord(0.6, 1.0, "c"))
    part = Transcribed("one", recording, "c", within=Range(0.6, 1.0))
    assert timed_words(part, "c", ABC) == (TimedWord(0.0, 0.4, "c"),)


@pytest.mark.parametrize(("text", "name"), [("ab b", "one.wav"), ("ab c", "two.wav")])
def test_a_textgrid_of_other_words_or_none_tells_nothing(recording: Path, text: str, name: str) -> None:
    assert timed_words(Transcribed("x", recording.with_name(name), text), text, ABC) == ()


def test_frames_follow_the_speed_at_which_an_utterance_is_played() -> None:
    recipe = LetterRecipe(speed=0.25)
    assert [played_speed(recipe, drawn) for drawn in (0.0, 0.5, 1.0)] == [0.75, 1.0, 1.25]
    word = [TimedWord(0.3, 0.6, "a")]
    fast = frame_targets(word, ABC, 60, FRAME_S * 1.25)
    slow = frame_targets(word, ABC, 60, FRAME_S * 0.75)
    assert (np.flatnonzero(fast == A)[0], np.flatnonzero(slow == A)[0]) == (12, 20)


def test_known_words_are_taught_at_first_and_no_longer_later() -> None:
    from lightning_fabric import Fabric

    recipe = LetterRecipe(
        letters="abc", rate_hz=8000, bands=8, dim=4, head=4, kernels=(8, 3, 8), batch=2, timed=0.5, warm_up=0
    )
    sound: Pcm = (1000 * np.random.default_rng(0).standard_normal(4000)).astype(np.int16)
    words = (TimedWord(0.1, 0.3, "ab"),)

    def trained(words: tuple[TimedWord, ...], steps: int) -> tuple[dict[str, torch.Tensor], torch.Tensor]:
        lessons = Lessons([sound, sound], [recipe.alphabet.encoded("ab")] * 2, [words] * 2)
        trainer = LetterTrainer(recipe, Fabric(accelerator="cpu"), lessons)
        for _ in range(steps):
            losses = trainer.step(8)
        return losses, trainer.network.ordered()[-1].weight.detach().clone()

    told, plain = trained(words, 1), trained((), 1)
    assert (set(told[0]), set(plain[0])) == ({"ctc", "frames"}, {"ctc"})
    assert not torch.equal(told[1], plain[1])
    assert torch.equal(told[0]["ctc"], plain[0]["ctc"])
