"""The tables of comparison hold what they claim."""

from __future__ import annotations

import numpy as np

from tests.support import comparison, praat_oracle
from tests.support.praat_oracle import needs_praat, recording


def test_every_row_beside_praat_is_equal_to_the_ninth_digit(tmp_path):
    for file, command, n, alone, most in comparison.with_praat(tmp_path):
        assert n > 0, (file, command)
        assert alone == 0, (file, command)
        assert most <= 2e-9, (file, command)


@needs_praat
def test_the_answers_that_are_kept_are_those_of_the_praat_that_is_here(tmp_path, monkeypatch):
    digit = recording("digit")
    kept = [comparison.praats(digit, *asked, tmp_path) for _, _, *asked in comparison.COMMANDS]
    monkeypatch.setattr(praat_oracle, "kept", lambda question: None)
    now = [comparison.praats(digit, *asked, tmp_path) for _, _, *asked in comparison.COMMANDS]
    for one, other in zip(kept, now, strict=True):
        np.testing.assert_allclose(one, other, atol=2e-9, rtol=0)


def test_every_refusal_gives_its_reason():
    rows = comparison.refused()
    assert {layer for layer, _, _ in rows} >= {"conv3", "conv2", "conv1", "fc"}
    assert all(sentence.startswith("No ") and ": " in sentence for _, _, sentence in rows)
