"""Backslash trigraphs are read and written as Praat does."""

from __future__ import annotations

import itertools
import string
import subprocess

import numpy as np
import pytest

from core.annotation.textgrid import read_textgrid, write_textgrid
from core.annotation.tiers import Annotation, Tier
from core.annotation.trigraphs import all_labels, with_letters, with_trigraphs
from tests.support.praat_oracle import needs_praat


def converted_by_praat(labels: list[str], command: str, folder) -> tuple[str, ...]:
    """Let Praat convert labels, one point each."""
    times = tuple(float(k) for k in range(1, len(labels) + 1))
    end_s = len(labels) + 1.0
    note = Annotation((Tier("t", "point", 0.0, end_s, times, tuple(labels)),), 0.0, end_s)
    write_textgrid(folder / "in.TextGrid", note)
    script = folder / "convert.praat"
    script.write_text(
        f'Read from file: "{folder}/in.TextGrid"\n{command}\n'
        f'Save as short text file: "{folder}/out.TextGrid"\n'
    )
    subprocess.run(["praat", "--run", str(script)], check=True, timeout=60)
    return read_textgrid(folder / "out.TextGrid").annotation.tiers[0].labels


@needs_praat
def test_every_pair_after_a_backslash_is_praats_letter(tmp_path):
    signs = [chr(k) for k in range(33, 127)]
    pairs = ["\\" + a + b for a, b in itertools.product(signs, signs)]
    said = converted_by_praat(pairs, "Convert to Unicode", tmp_path)
    assert [with_letters(pair) for pair in pairs] == list(said)


@needs_praat
def test_words_in_trigraphs_are_read_and_written_as_praat_does(tmp_path):
    chance = np.random.default_rng(3)
    parts = [r"\sw", r"\:f", r"\ae", r"\~^", r"\t.", r"\tS", "a", "ʃ", "é", " ", '"', "n", r"\bs"]
    words = ["".join(chance.choice(parts, 6)) for _ in range(200)]
    read = converted_by_praat(words, "Convert to Unicode", tmp_path)
    assert [with_letters(word) for word in words] == list(read)
    written = converted_by_praat(list(read), "Convert to backslash trigraphs", tmp_path)
    assert [with_trigraphs(word) for word in read] == list(written)


@pytest.mark.parametrize("text", ["", "\\", "\\s", "a\\", "\\\\", "\\ sw", string.printable])
def test_a_loose_backslash_stays(text: str):
    assert with_letters(text).endswith(text[-1:])
    assert with_trigraphs(with_letters(text)).isascii()


def test_a_whole_annotation_is_written_one_way_or_the_other():
    note = Annotation((Tier("t", "interval", 0.0, 1.0, (0.0, 0.5, 1.0), (r"\ef", "ə")),), 0.0, 1.0)
    letters = all_labels(note, "letters")
    assert letters.tiers[0].labels == ("ɛ", "ə")
    assert all_labels(letters, "trigraphs").tiers[0].labels == (r"\ef", r"\sw")
    assert letters.tiers[0].times is note.tiers[0].times
