"""A run goes on exactly where it was saved, whatever ended it, and refuses what it cannot do."""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
import torch

from core.faults import Fault
from core.train.checkpoints import NAME, read_checkpoint
from core.train.loop import train
from core.train.recipe import Recipe
from core.train.run_plan import RunPlan
from core.train.step import Nets, Trainer

ROOT = Path(__file__).parents[3]
RECIPE = Recipe(model="ciwgan", categories=3, dim=1, batch=4, latent=8, seed=4, critic_updates=2)
SCRIPT = """
import sys; sys.path.insert(0, {root!r})
from pathlib import Path
from core.train.run_plan import RunPlan
from core.train.loop import train
from core.train.recipe import Recipe
recipe = Recipe(**{recipe!r})
if __name__ == "__main__":
    plan = RunPlan(Path({out!r}), steps={steps}, every_s={every_s}, accelerator="cpu", devices={devices})
    train(Path({folder!r}), recipe, plan, lambda line: print(line, flush=True))
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("recordings")
    chance = np.random.default_rng(0)
    for k in range(8):
        times = np.arange(9000) / 16000
        sound = 0.5 * np.sin(2 * np.pi * (150 + 20 * k) * times) + 0.05 * chance.standard_normal(9000)
        soundfile.write(made / f"{k}.wav", sound, 16000)
    return made


def trained(folder: Path, out: Path, steps: int, **more: Any) -> list[str]:
    told: list[str] = []
    recipe = more.pop("recipe", RECIPE)
    train(folder, recipe, RunPlan(out, steps=steps, accelerator="cpu", **more), told.append)
    return told


def script(
    tmp_path: Path, folder: Path, out: Path, steps: int, every_s: float = 0.0, devices: int = 1
) -> Path:
    path = tmp_path / f"{out.name}_script.py"
    values = {"root": str(ROOT), "recipe": RECIPE.plain(), "out": str(out), "folder": str(folder)}
    path.write_text(SCRIPT.format(**values, steps=steps, every_s=every_s, devices=devices))
    return path


def begun(path: Path, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(path)], stdout=subprocess.PIPE, text=True, env=os.environ | environment
    )


def assert_equal(one: Any, other: Any) -> None:
    """Compare two saved states to the bit."""
    if isinstance(one, Mapping):
        assert one.keys() == other.keys()
        for name in one:
            assert_equal(one[name], other[name])
    elif isinstance(one, list):
        for mine, theirs in zip(one, other, strict=True):
            assert_equal(mine, theirs)
    elif isinstance(one, torch.Tensor):
        assert torch.equal(one, other)
    else:
        assert one == other


@pytest.fixture(scope="module")
def straight(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a run of eight steps that nothing interrupted."""
    out = tmp_path_factory.mktemp("straight") / "run"
    trained(folder, out, 8)
    return out


def test_a_resumed_run_is_the_same_to_the_bit(folder: Path, straight: Path, tmp_path: Path) -> None:
    trained(folder, tmp_path, 3)
    trained(folder, tmp_path, 8, resume=True)
    assert_equal(read_checkpoint(tmp_path), read_checkpoint(straight))


def test_a_killed_run_loses_at_most_one_interval(folder: Path, straight: Path, tmp_path: Path) -> None:
    out = tmp_path / "killed"
    with begun(script(tmp_path, folder, out, steps=1_000_000)) as process:
        assert process.stdout is not None
        last = next(line for line in process.stdout if line.startswith("step 3 "))
        process.kill()
    saved = read_checkpoint(out)["steps"]
    assert saved >= int(last.split()[1])
    if saved <= 8:
        trained(folder, out, 8, resume=True)
        assert_equal(read_checkpoint(out), read_checkpoint(straight))


def test_ctrl_c_saves_and_stops(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "stopped"
    with begun(script(tmp_path, folder, out, steps=1_000_000, every_s=0.0)) as process:
        assert process.stdout is not None
        next(line for line in process.stdout if line.startswith("step 1 "))
        process.send_signal(signal.SIGINT)
        last = process.stdout.read().splitlines()[-1]
    assert process.returncode == 0
    assert last == f"stopped at step {read_checkpoint(out)['steps']}; continue with --resume"


def weights(out: Path) -> torch.Tensor:
    networks = read_checkpoint(out)["networks"]
    return torch.cat([value.flatten() for name in ("G", "D", "Q") for value in networks[name].values()])


def test_two_processes_do_what_one_does_with_the_same_global_batch(folder: Path, tmp_path: Path) -> None:
    two, one, other = tmp_path / "two", tmp_path / "one", tmp_path / "other"
    with begun(
        script(tmp_path, folder, two, steps=2, every_s=1e9, devices=2), OMP_NUM_THREADS="1"
    ) as process:
        assert process.wait() == 0
    trained(folder, one, 2)
    trained(folder, other, 2, recipe=Recipe(**RECIPE.plain() | {"batch": 2}))
    apart = (weights(two) - weights(one)).abs()
    control = (weights(other) - weights(one)).abs()
    assert float((apart > 2e-6).float().mean()) < 0.02
    assert float((control > 2e-6).float().mean()) > 0.5


def test_a_run_leaves_a_model_previews_and_a_record(straight: Path) -> None:
    card = json.loads((straight / "model.json").read_text())
    assert (card["model"], card["steps"], card["latent"]["kind"]) == ("ciwgan", 8, "one-hot")
    assert card["recordings"]["files"] == 8
    previews = list((straight / "previews").glob("*.wav"))
    assert len(previews) == 1
    lines = [json.loads(line) for line in (straight / "progress.jsonl").read_text().splitlines()]
    assert lines[-1]["steps"] == 8
    assert 0 <= lines[-1]["q_accuracy"] <= 1
    assert list((straight / "logs").iterdir())


def test_other_settings_are_refused_by_name(folder: Path, straight: Path) -> None:
    with pytest.raises(Fault, match="dim is 2 but was 1"):
        trained(folder, straight, 9, resume=True, recipe=Recipe(**RECIPE.plain() | {"dim": 2}))


def test_other_recordings_are_refused(folder: Path, straight: Path, tmp_path: Path) -> None:
    for path in sorted(folder.iterdir())[1:]:
        (tmp_path / path.name).write_bytes(path.read_bytes())
    with pytest.raises(Fault, match="other recordings"):
        trained(tmp_path, straight, 9, resume=True)


def test_a_folder_with_a_run_is_not_written_over(folder: Path, straight: Path) -> None:
    with pytest.raises(Fault, match="already holds a run"):
        trained(folder, straight, 9)


def test_the_learning_rates_fall_in_a_straight_line_over_the_last_steps() -> None:
    plan = RunPlan(Path("out"), steps=10, cool_down=4)
    assert [plan.pace(done) for done in range(5, 12)] == [1, 1, 0.75, 0.5, 0.25, 0, 0]
    assert RunPlan(Path("out"), steps=10).pace(10) == 1


def test_a_cooled_down_run_ends_at_rest(folder: Path, tmp_path: Path) -> None:
    def moved(name: str, **more: Any) -> float:
        before, after = tmp_path / name / "2", tmp_path / name / "3"
        for out, steps in ((before, 2), (after, 3)):
            trained(folder, out, steps, **more)
        nets = [read_checkpoint(out)["networks"]["G"] for out in (before, after)]
        return sum(float((nets[1][key] - nets[0][key]).abs().sum()) for key in nets[0])

    assert moved("cooled", cool_down=1_000_000) < 1e-4 * moved("constant")


def test_there_is_nothing_to_resume_in_an_empty_folder(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(Fault, match="no run"):
        trained(folder, tmp_path, 9, resume=True)


def test_a_damaged_checkpoint_is_named(folder: Path, tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(b"no checkpoint")
    with pytest.raises(Fault, match="damaged"):
        trained(folder, tmp_path, 9, resume=True)


def test_losses_that_are_no_numbers_stop_the_run_and_keep_the_last_checkpoint(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    step = Trainer.step

    def poisoned(trainer: Trainer, *pace: float) -> dict[str, torch.Tensor]:
        if trainer.steps == 2:
            with torch.no_grad():
                next(trainer.nets.D.parameters()).fill_(float("nan"))
        return step(trainer, *pace)

    monkeypatch.setattr(Trainer, "step", poisoned)
    with pytest.raises(Fault, match="no longer finite"):
        trained(folder, tmp_path, 20, every_s=0.0)
    saved = read_checkpoint(tmp_path)
    assert saved["steps"] == 2
    assert all(v.isfinite().all() for net in saved["networks"].values() for v in net.values())


def test_a_full_disk_keeps_the_last_checkpoint(folder: Path, tmp_path: Path) -> None:
    trained(folder, tmp_path, 2)
    before = {name: (tmp_path / name).read_bytes() for name in (NAME, "model.safetensors", "model.json")}
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, hard))
    try:
        with pytest.raises(Fault, match="was not written"):
            trained(folder, tmp_path, 4, resume=True)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert {name: (tmp_path / name).read_bytes() for name in before} == before
    assert not list(tmp_path.glob(".*"))


def test_a_batch_that_processes_cannot_share_is_refused(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(Fault, match="cannot be divided evenly"):
        train(folder, RECIPE, RunPlan(tmp_path, devices=3), print)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"model": "ciwgan", "categories": 0}, "needs a number of categories"),
        ({"model": "fiwgan", "categories": 0}, "needs a number of categories"),
        ({"model": "wavegan", "categories": 2}, "no categories"),
        ({"categories": 100}, "do not fit"),
        ({"slice_len": 1000, "categories": 2}, "slice of 1000"),
        ({"dim": 0, "categories": 2}, "at least 1"),
        ({"learning_rate": -1.0, "categories": 2}, "learning rate"),
        ({"learning_rate": float("nan"), "categories": 2}, "learning rate"),
        ({"seed": -1, "categories": 2}, "seed"),
    ],
)
def test_impossible_settings_are_refused(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(Fault, match=said):
        Recipe(**changes)


@pytest.mark.parametrize(("model", "categories"), [("wavegan", 0), ("fiwgan", 2)])
def test_the_other_models_train_too(folder: Path, tmp_path: Path, model: Any, categories: int) -> None:
    recipe = Recipe(model=model, categories=categories, dim=1, batch=2, latent=8, critic_updates=1)
    told = trained(folder, tmp_path, 1, recipe=recipe, also=("tensorflow", "pytorch"))
    assert any("Q finds" in line for line in told) == (model == "fiwgan")
    assert (tmp_path / "tensorflow" / "model.ckpt-1.index").exists()
    assert (tmp_path / "pytorch" / "epoch0_step1_G.pt").exists()


def test_mixed_precision_trains_nearly_as_full_precision_does(folder: Path, tmp_path: Path) -> None:
    trained(folder, tmp_path / "mixed", 2, precision="bf16-mixed")
    trained(folder, tmp_path / "full", 2)
    nets = Nets.fresh(RECIPE).named()
    start = torch.cat(
        [value.flatten() for name in ("G", "D", "Q") for value in nets[name].state_dict().values()]
    )
    mixed, full = weights(tmp_path / "mixed") - start, weights(tmp_path / "full") - start
    assert not torch.equal(mixed, full)
    assert float(torch.cosine_similarity(mixed, full, dim=0)) > 0.9


def test_no_recording_is_opened_after_the_first_step(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sounds = tmp_path / "sounds"
    shutil.copytree(folder, sounds)
    step = Trainer.step

    def without_the_folder(trainer: Trainer, *pace: float) -> dict[str, torch.Tensor]:
        if trainer.steps == 0:
            shutil.rmtree(sounds)  # whatever is read from here on fails
        return step(trainer, *pace)

    monkeypatch.setattr(Trainer, "step", without_the_folder)
    told = trained(sounds, tmp_path / "run", 6, every_s=0.0)
    assert told[-1].startswith("done at step 6")


def test_recordings_kept_in_16_bits_train_alike(
    folder: Path, straight: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.train.slice_memory.EXACT_BYTES", 1)
    monkeypatch.setattr("core.train.slice_memory.SliceMemory.__init__.__defaults__", (1,))
    trained(folder, tmp_path, 2)
    trained(folder, tmp_path, 8, resume=True)
    nets = Nets.fresh(RECIPE).named()
    start = torch.cat(
        [value.flatten() for name in ("G", "D", "Q") for value in nets[name].state_dict().values()]
    )
    packed, exact = weights(tmp_path) - start, weights(straight) - start
    assert not torch.equal(packed, exact)
    assert float(torch.cosine_similarity(packed, exact, dim=0)) > 0.9


def test_tensorboard_reads_what_a_run_logs(straight: Path) -> None:
    pytest.importorskip("tensorboard")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    logs = EventAccumulator(str(straight / "logs"))
    logs.Reload()
    tags = logs.Tags()
    assert {"measure/distance_db2", "measure/floor_db2", "measure/q_accuracy"} <= set(tags["scalars"])
    assert tags["audio"] == ["preview"]
    assert [event.step for event in logs.Scalars("measure/q_accuracy")] == [8]


def test_losses_that_are_no_numbers_before_any_save_say_so(folder: Path, tmp_path: Path) -> None:
    wild = Recipe(**RECIPE.plain() | {"learning_rate": 1e30})
    with pytest.raises(Fault, match="Nothing was saved"):
        trained(folder, tmp_path, 40, recipe=wild)
