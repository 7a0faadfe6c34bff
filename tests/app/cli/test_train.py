"""`phonoscope train` reads its options into a recipe and a plan, or says what is wrong with them."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pytest
import soundfile

from app.cli.train import add_parser, plan_of, recipe_of, run
from core.faults import Fault
from core.train.letters.recipe import LetterRecipe
from core.train.recipe import Recipe


def parsed(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_parser(parser.add_subparsers())
    return parser.parse_args(["train", *words])


def test_the_defaults_are_the_published_recipe() -> None:
    args = parsed("folder", "--model", "wavegan", "--out", "run")
    assert recipe_of(args) == Recipe(model="wavegan")
    recipe = recipe_of(args)
    assert (recipe.batch, recipe.dim, recipe.critic_updates, recipe.penalty) == (64, 64, 5, 10.0)
    assert (recipe.learning_rate, recipe.q_learning_rate, recipe.phase_shuffle) == (1e-4, 1e-4, 2)


def test_every_option_reaches_the_recipe_or_the_plan() -> None:
    words = "folder --model fiwgan --categories 3 --slice 32768 --dim 32 --rate 22050 --batch 16 --trim"
    more = "--out run --resume --steps 9 --every 0.5 --devices 2 --also tensorflow --publish small"
    args = parsed(*words.split(), *more.split())
    assert recipe_of(args) == Recipe("fiwgan", 3, slice_len=32768, rate_hz=22050, dim=32, batch=16, trim=True)
    plan = plan_of(args)
    assert (plan.out, plan.resume, plan.steps, plan.every_s) == (Path("run"), True, 9, 30.0)
    assert (plan.devices, plan.also, plan.publish) == (2, ("tensorflow",), Path("small"))


def test_a_recogniser_has_its_own_defaults_and_options() -> None:
    args = parsed("folder", "--model", "wav2letter", "--out", "run")
    assert recipe_of(args) == LetterRecipe()
    assert plan_of(args).steps == 20_000
    words = "folder --model wav2letter --out run --letters abc --kernels 48 7 32 --dim 250 --head 2000"
    more = "--bands 128 --rate 8000 --batch 4 --learning-rate 1e-3 --warm-up 9 --seed 2"
    how = "--steps 7 --precision bf16-mixed"
    args = parsed(*words.split(), *more.split(), *how.split())
    assert recipe_of(args) == LetterRecipe(
        letters="abc", kernels=(48, 7, 32), dim=250, head=2000, bands=128, rate_hz=8000, batch=4,
        learning_rate=1e-3, warm_up=9, seed=2,
    )  # fmt: skip
    assert (plan_of(args).steps, plan_of(args).precision) == (7, "bf16-mixed")


@pytest.mark.parametrize(
    ("words", "option"),
    [
        ("--model wav2letter --categories 2", "categories"),
        ("--model wav2letter --slice 16384", "slice"),
        ("--model wav2letter --also pytorch", "also"),
        ("--model wavegan --tier words", "tier"),
        ("--model wavegan --letters abc", "letters"),
        ("--model wavegan --warm-up 5", "warm-up"),
    ],
)
def test_an_option_of_another_model_is_refused(words: str, option: str) -> None:
    with pytest.raises(Fault, match=f"has no --{option}"):
        recipe_of(parsed("folder", "--out", "run", *words.split()))


def test_a_small_recogniser_is_trained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("app.cli.train.give_way", lambda: None)
    folder = tmp_path / "recordings"
    folder.mkdir()
    for k in range(4):
        tone = 0.5 * np.sin(2 * np.pi * (150 + 30 * k) * np.arange(8000) / 16000)
        soundfile.write(folder / f"{k}.wav", tone, 16000)
        (folder / f"{k}.txt").write_text("ab")
    words = "--model wav2letter --letters ab --dim 4 --head 4 --bands 8 --batch 2 --steps 1 --accelerator cpu"
    assert run(parsed(str(folder), "--out", str(tmp_path / "run"), *words.split())) == 0
    assert (tmp_path / "run" / "model.safetensors").exists()
    told = capsys.readouterr().out
    assert "3 utterances" in told
    assert "of the letters wrong" in told


@pytest.mark.parametrize(
    "words", ["--model ciwgan", "--model wavegan --categories 4", "--model wavegan --steps 0"]
)
def test_contradictions_are_refused(words: str) -> None:
    args = parsed("folder", "--out", "run", *words.split())
    with pytest.raises(Fault):
        run(args)


def test_a_folder_of_text_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.cli.train.give_way", lambda: None)
    (tmp_path / "words.txt").write_text("ma")
    out = str(tmp_path / "run")
    args = parsed(str(tmp_path), "--model", "wavegan", "--out", out, "--dim", "1", "--accelerator", "cpu")
    with pytest.raises(Fault, match="no recording to train on"):
        run(args)


def test_a_small_run_ends_with_a_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("app.cli.train.give_way", lambda: None)
    folder = tmp_path / "recordings"
    folder.mkdir()
    for k in range(4):
        tone = 0.5 * np.sin(2 * np.pi * (150 + 30 * k) * np.arange(8000) / 16000)
        soundfile.write(folder / f"{k}.wav", tone, 16000)
    words = "--model ciwgan --categories 2 --dim 1 --batch 2 --steps 1 --accelerator cpu --title Tones"
    assert run(parsed(str(folder), "--out", str(tmp_path / "run"), *words.split())) == 0
    assert (tmp_path / "run" / "model.safetensors").exists()
    assert "4 recordings" in capsys.readouterr().out
