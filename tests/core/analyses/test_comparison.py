"""The tables of comparison hold what they claim."""

from __future__ import annotations

from tests.support import comparison
from tests.support.praat_oracle import needs_praat, needs_recordings


@needs_praat
@needs_recordings
def test_every_row_beside_praat_is_equal_to_the_ninth_digit(tmp_path):
    for file, command, n, alone, most in comparison.with_praat(tmp_path):
        assert n > 0 or "whisper" in file, (file, command)
        assert alone == 0, (file, command)
        assert most <= 2e-9, (file, command)


def test_every_refusal_gives_its_reason():
    rows = comparison.refused()
    assert {layer for layer, _, _ in rows} >= {"conv3", "conv2", "conv1", "fc"}
    assert all(sentence.startswith("No ") and ": " in sentence for _, _, sentence in rows)
