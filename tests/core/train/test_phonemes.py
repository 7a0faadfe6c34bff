"""Training letters to phonemes: it learns, resumes to the same numbers, and refuses what it cannot use."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from safetensors.numpy import load_file

from app.cli.main import main
from core.faults import Fault
from core.phonemes.dictionary import read_dictionary
from core.phonemes.network import network_of
from core.train.phonemes.evaluation import evaluate, pronounced
from core.train.phonemes.loop import train_phonemes
from core.train.phonemes.recipe import PhonemeRecipe
from core.train.phonemes.words import WordBatches, word_list
from core.train.run_plan import RunPlan

RECIPE = PhonemeRecipe(width=16, embedding=8, batch=16, learning_rate=1e-2, warm_up=5, held_out=0.2)


@pytest.fixture
def dictionary(tmp_path: Path) -> Path:
    """Write words of three letters that are read letter by letter."""
    letters = {"a": "AA1", "s": "S", "m": "M", "t": "T"}
    rows = [
        f"{one}{two}{three}  {letters[one]} {letters[two]} {letters[three]}"
        for one in letters for two in letters for three in letters
    ]  # fmt: skip
    path = tmp_path / "words.dict"
    path.write_text("\n".join([";;; a comment", *rows, "sam(2)  S AE1 M # another"]))
    return path


def plan(out: Path, steps: int, resume: bool = False) -> RunPlan:
    return RunPlan(out, steps=steps, every_s=1e9, resume=resume, accelerator="cpu")


def test_words_that_were_not_learnt_from_are_pronounced(dictionary: Path, tmp_path: Path):
    told: list[str] = []
    train_phonemes(dictionary, RECIPE, plan(tmp_path / "run", 90), told.append)
    card = json.loads((tmp_path / "run" / "model.json").read_text())
    network = network_of(card, load_file(tmp_path / "run" / "model.safetensors"))
    words = word_list(read_dictionary(dictionary), RECIPE.held_out)
    assert len(words.held_out) > 5
    found = evaluate(network, words.held_out, 90)
    assert found.words < 0.3
    assert found.phones <= found.words
    assert card["measured"]["words"] == len(words.held_out)
    assert pronounced(network, ["tam"])["tam"] == ("T", "AA1", "M")
    assert any("held out" in line for line in told)


def test_a_resumed_run_equals_one_in_one_go(dictionary: Path, tmp_path: Path):
    for out, stops in (("once", (12,)), ("twice", (5, 12))):
        for k, steps in enumerate(stops):
            torch.manual_seed(k)  # nothing may depend on it
            train_phonemes(dictionary, RECIPE, plan(tmp_path / out, steps, k > 0), lambda _: None)
    one, other = (torch.load(tmp_path / out / "training.state")["draws"] for out in ("once", "twice"))
    assert torch.equal(one["chance"], other["chance"])
    once, twice = (load_file(tmp_path / out / "model.safetensors") for out in ("once", "twice"))
    assert set(once) == set(twice)
    with pytest.raises(Fault, match="already holds a run"):
        train_phonemes(dictionary, RECIPE, plan(tmp_path / "once", 12), lambda _: None)


def test_batches_hold_words_of_one_length_and_every_word_once_in_a_round():
    words = [letter * length for length in (2, 3, 5) for letter in "abcdefg"]
    batches = WordBatches(0, words, 4)
    found = [batches.rows() for _ in range(6)]
    assert all(len({len(words[k]) for k in rows}) == 1 for rows in found)
    assert sorted(k for rows in found for k in rows) == list(range(len(words)))


def test_the_command_line_names_what_a_g2p_does_not_have(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["train", "--model", "g2p", "--out", str(tmp_path / "o"), "--bands", "3"]) == 2
    assert "A g2p has no --bands" in capsys.readouterr().err
    assert main(["train", "--model", "ciwgan", "--categories", "2", "--out", str(tmp_path / "o")]) == 2
    assert "is trained on recordings" in capsys.readouterr().err
    empty = tmp_path / "empty.dict"
    empty.write_text("# nothing\n")
    assert main(["train", str(empty), "--model", "g2p", "--out", str(tmp_path / "o")]) == 2
    assert "holds no pronunciations" in capsys.readouterr().err
