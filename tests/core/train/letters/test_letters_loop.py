"""A recogniser learns to spell tones, goes on exactly where it was stopped, and writes what it was."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
import torch
from safetensors.numpy import load_file
from torch.nn.functional import conv1d, pad

from core.checkpoint.safetensors import SafeFile
from core.families.registry import open_model
from core.faults import Fault
from core.networks.runner import Record
from core.networks.spec import FramesOutput, SoundDrive
from core.train.checkpoints import NAME, read_checkpoint
from core.train.letters.evaluation import read_aloud
from core.train.letters.loop import train_letters
from core.train.letters.network import LetterNetwork
from core.train.letters.recipe import LetterRecipe
from core.train.letters.step import LetterTrainer
from core.train.letters.utterances import load_utterances
from core.train.loop import train
from core.train.recipe import Recipe
from core.train.run_plan import RunPlan

RATE = 8000
TONES = {"a": 400.0, "b": 1000.0, "c": 2200.0}
SMALL: dict[str, Any] = {
    "letters": "abc", "rate_hz": RATE, "bands": 12, "dim": 8, "head": 8, "kernels": (8, 3, 8), "batch": 4,
    "warm_up": 5, "held_out": 0.25, "seed": 3,
}  # fmt: skip
RECIPE = LetterRecipe(**SMALL)


def spelled(text: str, chance: np.random.Generator) -> np.ndarray:
    """Give a tone of 120 ms for each letter and 60 ms of near silence between them."""
    parts = [np.zeros(480)]
    for letter in text:
        times = np.arange(960) / RATE
        tone = 0.3 * np.sin(2 * np.pi * TONES.get(letter, 0.0) * times) * np.hanning(960)
        parts += [tone, np.zeros(480)]
    whole = np.concatenate(parts)
    return whole + 0.002 * chance.standard_normal(len(whole))


def recorded(folder: Path, texts: list[str], speakers: int) -> Path:
    chance = np.random.default_rng(1)
    for k, text in enumerate(texts):
        path = folder / f"s{k % speakers}" / f"{k}.wav"
        path.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(path, spelled(text, chance), RATE)
        path.with_suffix(".txt").write_text(text)
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    chance = np.random.default_rng(0)
    texts = ["".join(chance.choice(list("abc"), chance.integers(2, 7))) for _ in range(16)]
    return recorded(tmp_path_factory.mktemp("spelled"), texts, 4)


def trained(
    folder: Path, out: Path, steps: int, recipe: LetterRecipe = RECIPE, tier: str = "", **more: Any
) -> list[str]:
    told: list[str] = []
    train_letters(folder, recipe, RunPlan(out, steps=steps, accelerator="cpu", **more), told.append, tier)
    return told


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
    """Give a run of twelve steps that nothing interrupted."""
    out = tmp_path_factory.mktemp("straight") / "run"
    trained(folder, out, 12)
    return out


def test_it_learns_to_spell_eight_utterances(tmp_path: Path) -> None:
    texts = ["abc", "cab", "b", "ac a", "bb", "acca", "ba cb", "cc ab"]
    data = recorded(tmp_path / "data", texts, 8)
    plain = {"batch": 8, "dim": 24, "head": 24, "warm_up": 10, "dropout": 0.0, "speed": 0.0, "gain_db": 0.0}
    recipe = LetterRecipe(**SMALL | plain | {"masks": False, "held_out": 0.0, "learning_rate": 5e-3})
    out = tmp_path / "run"
    losses: list[float] = []
    step = LetterTrainer.step

    def noted(trainer: LetterTrainer, steps: int) -> dict[str, torch.Tensor]:
        found = step(trainer, steps)
        losses.append(float(found["ctc"]))
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(LetterTrainer, "step", noted)
        trained(data, out, 150, recipe)
    assert np.mean(losses[-5:]) < 0.05 * np.mean(losses[:5])
    network = LetterNetwork(recipe)
    network.load_state_dict(read_checkpoint(out)["networks"]["recogniser"])
    taught = load_utterances(data, recipe).training
    assert read_aloud(network, recipe, taught) == [one.text for one in taught]


def test_a_resumed_run_is_the_same_to_the_bit(
    folder: Path, straight: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    step = LetterTrainer.step

    def stopped(trainer: LetterTrainer, steps: int) -> dict[str, torch.Tensor]:
        if trainer.steps in (4, 8):
            os.kill(os.getpid(), signal.SIGINT)
        return step(trainer, steps)

    monkeypatch.setattr(LetterTrainer, "step", stopped)
    assert trained(folder, tmp_path, 12)[-1] == "stopped at step 5; continue with --resume"
    assert trained(folder, tmp_path, 12, resume=True)[-1].startswith("stopped at step 9")
    assert trained(folder, tmp_path, 12, resume=True)[-1].startswith("done at step 12")
    assert_equal(read_checkpoint(tmp_path), read_checkpoint(straight))
    ours, theirs = (load_file(out / "model.safetensors") for out in (tmp_path, straight))
    assert all(np.array_equal(ours[name], theirs[name]) for name in theirs)


def test_measuring_and_saving_change_nothing(folder: Path, straight: Path, tmp_path: Path) -> None:
    trained(folder, tmp_path, 12, every_s=0.0)
    assert_equal(read_checkpoint(tmp_path), read_checkpoint(straight))


def test_a_run_leaves_a_model_that_says_everything(straight: Path, folder: Path) -> None:
    card = json.loads(SafeFile(straight / "model.safetensors").metadata["card"])
    assert (card["family"], card["rate_hz"], card["steps"], card["slope"]) == ("wav2letter", RATE, 12, 0)
    assert card["labels"] == ["a", "b", "c", "space", "blank"]
    frontend = card["frontend"]
    assert (frontend["kind"], frontend["bands"]) == ("log-mel", 12)
    assert frontend["spectrum"] | {"fft": 256, "hop": 80, "width": 200} == frontend["spectrum"]
    assert card["recordings"]["utterances"] == 12
    assert card["recordings"]["held_out_by_speaker"] is True
    assert card["measured"]["all"]["letter_error_rate"] > 0
    assert card["measured"]["all"]["utterances"] == 4
    rows = [json.loads(line) for line in (straight / "progress.jsonl").read_text().splitlines()]
    assert rows[-1]["steps"] == 12
    assert rows[-1]["letter_error"] == card["measured"]["all"]["letter_error_rate"]


def test_the_saved_network_without_normalisation_does_what_the_trained_one_does(straight: Path) -> None:
    network = LetterNetwork(RECIPE)
    network.load_state_dict(read_checkpoint(straight)["networks"]["recogniser"])
    saved = load_file(straight / "model.safetensors")
    arrays = {name: torch.from_numpy(array) for name, array in saved.items()}
    features = torch.rand(1, 61, 12, generator=torch.Generator().manual_seed(0))
    maps = features.transpose(1, 2)
    for number in range(1, 12):
        kernel = arrays[f"conv{number}.weight"]
        stride, taps = 2 if number == 1 else 1, kernel.shape[2]
        total = max(0, (-(-maps.shape[2] // stride) - 1) * stride + taps - maps.shape[2])  # TensorFlow's SAME
        left = (taps - stride) // 2
        maps = conv1d(pad(maps, (left, taps - 1 - left)), kernel, arrays[f"conv{number}.bias"], stride)
        assert left == total // 2
        maps = torch.relu(maps) if number < 11 else maps
    logits, lengths = network.eval()(features, torch.tensor([61]))
    assert lengths.tolist() == [31]
    torch.testing.assert_close(logits[0], maps[0].T, atol=1e-5, rtol=1e-4)


def test_the_model_opens_and_gives_what_the_trained_network_gives(straight: Path) -> None:
    model = open_model(straight / "model.safetensors")
    spec = model.spec("recogniser")
    assert (model.card.family, model.card.unanswered) == ("wav2letter", ())
    facts = {fact.name: (str(fact.value), fact.source) for fact in model.card.facts}
    assert facts["Padding"] == ("same", "read")
    assert facts["Training steps"] == ("12", "read")
    assert facts["Letters wrong"][0].endswith("% in 4 held-out utterances")
    assert spec.drive == SoundDrive(RATE, None, RECIPE.frontend)
    assert spec.output == FramesOutput(("a", "b", "c", "space", "blank"), "softmax", 4)
    sound = spelled("cab", np.random.default_rng(2)).astype(np.float32)
    opened = model.network("recogniser").run(sound[None], [Record("logits")])[Record("logits")]
    network = LetterNetwork(RECIPE)
    network.load_state_dict(read_checkpoint(straight)["networks"]["recogniser"])
    features = RECIPE.frontend.features(torch.from_numpy(sound)[None])
    logits, _ = network.eval()(features, torch.tensor([features.shape[1]]))
    np.testing.assert_allclose(opened[0], logits[0].numpy(force=True), atol=1e-4)


def test_an_utterance_gives_in_a_batch_what_it_gives_alone() -> None:
    network = LetterNetwork.fresh(RECIPE).eval()
    chance = torch.Generator().manual_seed(0)
    long, short = torch.rand(40, 12, generator=chance), torch.rand(21, 12, generator=chance)
    both = torch.zeros(2, 40, 12)
    both[0], both[1, :21] = long, short
    logits, lengths = network(both, torch.tensor([40, 21]))
    alone, _ = network(short[None], torch.tensor([21]))
    assert lengths.tolist() == [20, 11]
    torch.testing.assert_close(logits[1, :11], alone[0], atol=1e-5, rtol=1e-4)


def test_what_is_skipped_is_told_and_listed(folder: Path, tmp_path: Path) -> None:
    data = recorded(tmp_path / "data", ["abc", "cab", "bca"], 1)
    (data / "s0" / "1.txt").unlink()
    told = trained(data, tmp_path / "run", 1, LetterRecipe(**SMALL | {"held_out": 0.0}))
    assert told[0] == "2 utterances (0.0 min) to train on · 0 utterances (0.0 min) held out · 1 skipped"
    assert told[1].startswith("skipped s0/1.wav: It has no transcript")
    assert (tmp_path / "run" / "skipped.txt").read_text() == told[1] + "\n"


def test_speakers_in_both_parts_are_told(tmp_path: Path) -> None:
    data = recorded(tmp_path / "data", ["abc", "cab", "bca", "bac"], 1)
    told = trained(data, tmp_path / "run", 1)
    assert any("the error rates will be too good" in line for line in told)


def test_tensorboard_reads_what_a_run_logs(straight: Path) -> None:
    pytest.importorskip("tensorboard")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    logs = EventAccumulator(str(straight / "logs"))
    logs.Reload()
    assert {"measure/letter_error", "measure/word_error"} <= set(logs.Tags()["scalars"])
    assert [event.step for event in logs.Scalars("measure/letter_error")] == [12]


def test_other_settings_recordings_and_models_are_refused(
    folder: Path, straight: Path, tmp_path: Path
) -> None:
    with pytest.raises(Fault, match="dim is 9 but was 8"):
        trained(folder, straight, 13, LetterRecipe(**SMALL | {"dim": 9}), resume=True)
    with pytest.raises(Fault, match="already holds a run"):
        trained(folder, straight, 13)
    with pytest.raises(Fault, match="no run to resume"):
        trained(folder, tmp_path / "none", 13, resume=True)
    other = recorded(tmp_path / "other", ["abc", "cab", "bca", "bac"], 4)
    with pytest.raises(Fault, match="other recordings"):
        trained(other, straight, 13, resume=True)
    with pytest.raises(Fault, match="one device"):
        trained(folder, tmp_path / "two", 13, devices=2)
    gan = Recipe(model="wavegan", dim=1, batch=1, rate_hz=RATE)
    with pytest.raises(Fault, match="model is wavegan but was wav2letter"):
        train(folder, gan, RunPlan(straight, accelerator="cpu", resume=True), print)


def test_a_loss_that_is_no_number_stops_the_run_and_keeps_the_last_checkpoint(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    step = LetterTrainer.step

    def poisoned(trainer: LetterTrainer, steps: int) -> dict[str, torch.Tensor]:
        if trainer.steps == 2:
            with torch.no_grad():
                next(trainer.network.parameters()).fill_(float("nan"))
        return step(trainer, steps)

    monkeypatch.setattr(LetterTrainer, "step", poisoned)
    with pytest.raises(Fault, match="no longer finite at step"):
        trained(folder, tmp_path, 20, every_s=0.0)
    saved = read_checkpoint(tmp_path)
    assert saved["steps"] == 2
    assert all(v.isfinite().all() for v in saved["networks"]["recogniser"].values())
    with pytest.raises(Fault, match="Nothing was saved"):
        trained(folder, tmp_path / "never", 20, LetterRecipe(**SMALL | {"learning_rate": 1e5, "warm_up": 0}))


def moved(out: Path, start: Mapping[str, torch.Tensor]) -> torch.Tensor:
    state = read_checkpoint(out)["networks"]["recogniser"]
    return torch.cat([(state[name] - start[name]).flatten() for name in start])


def test_mixed_precision_trains_nearly_as_full_precision_does(
    folder: Path, straight: Path, tmp_path: Path
) -> None:
    trained(folder, tmp_path, 12, precision="bf16-mixed")
    start = LetterNetwork.fresh(RECIPE).state_dict()
    mixed, full = (moved(out, start) for out in (tmp_path, straight))
    assert not torch.equal(mixed, full)
    assert float(torch.cosine_similarity(mixed, full, dim=0)) > 0.8


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"letters": "aab"}, "letters"),
        ({"letters": "ABC"}, "letters"),
        ({"letters": ""}, "letters"),
        ({"kernels": (11, 6, 16)}, "11, 6 and 16 taps"),
        ({"kernels": (3, 7, 16)}, "3, 7 and 16 taps"),
        ({"dim": 0}, "at least 1"),
        ({"rate_hz": 100}, "2000 Hz"),
        ({"learning_rate": float("nan")}, "learning rate"),
        ({"warm_up": -1}, "warm-up"),
        ({"speed": 0.5}, "speed"),
        ({"held_out": 1.0}, "held-out"),
        ({"dropout": 1.0}, "Dropout"),
        ({"seed": -1}, "seed"),
    ],
)
def test_impossible_settings_are_refused(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(Fault, match=said):
        LetterRecipe(**changes)


def test_a_killed_run_is_complete_at_its_last_save(folder: Path, tmp_path: Path) -> None:
    trained(folder, tmp_path, 2)
    assert {NAME, "model.safetensors", "model.json", "skipped.txt", "progress.jsonl"} <= {
        path.name for path in tmp_path.iterdir()
    }
    assert not list(tmp_path.glob(".*"))
