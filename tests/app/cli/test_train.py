"""`phonoscope train` reads its options into a recipe and a plan, or says what is wrong with them."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pytest
import soundfile

from app.cli.train import add_parser, plan_of, recipe_of, run
from core.faults import Fault
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
