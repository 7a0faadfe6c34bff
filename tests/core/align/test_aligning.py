"""Transcripts in time: the best path of CTC, words, pauses and phones, and their distances."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from core.align.aligning import align, boundary_distances, tier_of
from core.align.ctc_path import best_path
from core.annotation.tiers import Tier
from core.answers.label_scores import LabelScores
from core.faults import Fault
from core.phonemes.pronunciation import Pronouncer
from core.signals.axis import TimeAxis
from core.train.letters.alphabet import Alphabet

ALPHABET = Alphabet("acet'")
WORDS = Pronouncer(None, {"cat": (("K", "AE1", "T"),), "ate": (("EY1", "T"),)})


def said(text: str, peaks: list[int], frames: int) -> LabelScores:
    """Give an answer that emits letters at frames of 20 ms, and blanks elsewhere."""
    logits = np.zeros((frames, len(ALPHABET.labels)), np.float32)
    logits[:, ALPHABET.blank] = 6
    for label, frame in zip(ALPHABET.encoded(text), peaks, strict=True):
        logits[frame, label] = 12
    return LabelScores(logits, TimeAxis(50.0, frames, 0.01), ALPHABET.labels, "softmax", ALPHABET.blank)


def test_the_path_is_the_best_of_all_paths():
    chance = np.random.default_rng(1)
    log_p = np.log(chance.dirichlet(np.ones(3), 6))
    labels = [0, 0, 1]

    def folded(path):
        return [label for label, _ in itertools.groupby(path) if label != 2]

    paths = [path for path in itertools.product(range(3), repeat=6) if folded(path) == labels]
    best = max(paths, key=lambda path: sum(log_p[k, label] for k, label in enumerate(path)))
    runs, k = [], 0
    for label, run in itertools.groupby(best):
        count = len(list(run))
        if label != 2:
            runs.append((k, k + count - 1))
        k += count
    assert [one[:2] for one in best_path(log_p, labels, 2)] == runs


def test_words_meet_between_their_letters_and_part_over_a_pause():
    answer = said("cat ate cat", [5, 8, 11, 13, 15, 18, 21, 40, 60, 63, 66], 80)
    found = align(answer, "Cat ate, cat!", WORDS, 1.6)
    assert [one.label for one in found.words] == ["cat", "ate", "cat"]
    assert found.words[0].end_s == pytest.approx(found.words[1].start_s)
    assert found.words[0].end_s == pytest.approx(0.02 * 13 + 0.01)
    assert found.words[1].end_s == pytest.approx(0.02 * 21 + 0.01 + 0.06)
    assert found.words[2].start_s == pytest.approx(0.02 * 60 + 0.01 - 0.06)
    assert [one.label for one in found.phones] == ["K", "AE1", "T", "EY1", "T", "K", "AE1", "T"]
    assert found.phones[0].end_s == pytest.approx(0.02 * 6.5 + 0.01)
    tier = tier_of(found.words, "words", 1.6)
    assert tier.labels == ("", "cat", "ate", "", "cat", "")
    assert tier.times[-1] == 1.6


def test_what_cannot_be_aligned_is_a_sentence():
    answer = said("cat", [1, 2, 3], 4)
    with pytest.raises(Fault, match="transcript is empty"):
        align(answer, " ... ", WORDS, 0.08)
    with pytest.raises(Fault, match="too few for its"):
        align(answer, "cat cat", WORDS, 0.08)
    with pytest.raises(Fault, match="not in the dictionary"):
        align(answer, "tac", WORDS, 0.08)
    phones = LabelScores(np.zeros((4, 3), np.float32), TimeAxis(50.0, 4), ("aa", "k", "pad"), "softmax", 2)
    with pytest.raises(Fault, match="writes none"):
        align(phones, "cat", WORDS, 0.08)


def test_boundaries_are_compared_between_equal_labels():
    ours = Tier("phones", "interval", 0, 1, (0, 0.2, 0.5, 1), ("K", "AE1", "T"))
    theirs = Tier("phones", "interval", 0, 1, (0, 0.1, 0.25, 0.45, 1), ("sil", "K", "AE", "T"))
    found = boundary_distances(ours, theirs)
    np.testing.assert_allclose(found, [0.1, 0.05, 0.05, 0.05, 0.05, 0.0], atol=1e-9)
