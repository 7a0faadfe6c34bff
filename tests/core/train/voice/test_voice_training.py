"""A voice detector is trained on excerpts with and without a voice, goes on where it stopped, and opens."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np
import parselmouth
import pytest
import soundfile
import torch

from core.families.registry import open_model
from core.faults import Fault
from core.frontends.frontend import frames_of
from core.networks.runner import Record
from core.train.checkpoints import read_checkpoint
from core.train.run_plan import RunPlan
from core.train.voice.evaluation import LENGTH, Scores, logits_of
from core.train.voice.excerpts import (
    BINS,
    Changes,
    Choice,
    Draw,
    changed_bands,
    frames_for,
    laid_over,
    samples_for,
)
from core.train.voice.loop import train_voice
from core.train.voice.made_voices import line, made_voice
from core.train.voice.network import VoiceNetwork
from core.train.voice.pieces import HOP, Piece, load_pieces, marked, sounding
from core.train.voice.recipe import VoiceRecipe

RATE = 22050
SMALL: dict[str, Any] = {"batch": 4, "made_voices": 2, "held_out": 0.4}


def tone(hz: float, seconds: float) -> np.ndarray:
    return (0.3 * np.sin(2 * np.pi * hz * np.arange(round(seconds * RATE)) / RATE)).astype(np.float32)


@pytest.fixture(scope="module")
def music(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give three pieces without a voice and two songs whose labels say where somebody sings."""
    folder = tmp_path_factory.mktemp("music")
    chance = np.random.default_rng(0)
    for name in ("a", "b", "c"):
        soundfile.write(folder / f"{name}.wav", tone(float(chance.uniform(200, 800)), 3.0), RATE)
    (folder / "labels").mkdir()
    for name in ("song1", "song2"):
        sung, _ = made_voice(chance, 2.0, RATE)
        soundfile.write(folder / f"{name}.wav", np.concatenate([tone(300, 2.0), sung]), RATE)
        with (folder / "labels" / f"{name}.csv").open("w", newline="") as file:
            csv.writer(file).writerows([("start", "end", "label"), (2.0, 4.0, "voice")])
    return folder


def trained(music: Path, out: Path, steps: int, **more: Any) -> list[str]:
    told: list[str] = []
    plan = RunPlan(out, steps=steps, accelerator="cpu", **more)
    train_voice(music, None, VoiceRecipe(**SMALL), plan, told.append)
    return told


def test_a_run_goes_on_and_its_model_gives_what_the_trained_network_gave(
    music: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.train.voice.loop.MEASURED_AT_LAST", 4)
    monkeypatch.setattr("core.train.voice.step.NORMALISED_OVER", 2)
    told = trained(music, tmp_path / "run", 1)
    assert any("held out, correct" in line and "wiggly" in line for line in told)
    trained(music, tmp_path / "run", 2, resume=True)
    with pytest.raises(Fault, match="already holds a run"):
        trained(music, tmp_path / "run", 2)
    model = open_model(tmp_path / "run" / "model.safetensors")
    assert model.card.family == "schlueter-grill"
    facts = {fact.name: fact.value for fact in model.card.facts}
    assert facts["Training steps"] == 2
    network = VoiceNetwork()
    network.load_state_dict(read_checkpoint(tmp_path / "run")["networks"]["detector"])
    sound = made_voice(np.random.default_rng(1), LENGTH / RATE, RATE)[0]
    runner = model.network("detector")
    found = runner.run(sound[None], [Record("logits")])[Record("logits")][0, :, 0]
    middle = len(found) // 2
    assert found[middle] == pytest.approx(logits_of(network, [sound])[0], abs=1e-3)


def test_a_stopped_run_goes_on_as_if_it_had_not_been_stopped(music: Path, tmp_path: Path) -> None:
    from core.train.run_plan import make_fabric
    from core.train.voice.step import VoiceTrainer

    recipe = VoiceRecipe(**SMALL)
    pieces = load_pieces(music, None, recipe, lambda _: None)
    fabric = make_fabric(RunPlan(tmp_path, accelerator="cpu"))
    straight, first, second = (VoiceTrainer(recipe, fabric, pieces.training) for _ in range(3))
    for _ in range(3):
        straight.step(10)
    first.step(10)
    second.restore(first.state())
    for _ in range(2):
        second.step(10)
    for name, value in straight.network.state_dict().items():
        assert torch.equal(value, second.network.state_dict()[name]), name


def test_no_song_is_both_learned_from_and_measured(music: Path) -> None:
    pieces = load_pieces(music, None, VoiceRecipe(**SMALL), lambda _: None)
    for kind, count in (("music", 3), ("song", 2), ("made", 2)):
        here, there = (
            {piece.who for piece in some if piece.kind == kind} for some in (pieces.training, pieces.held_out)
        )
        assert here
        assert there
        assert not here & there
        assert len(here | there) == count


def test_excerpts_hold_a_voice_in_their_middle_or_none(music: Path) -> None:
    pieces = load_pieces(music, None, VoiceRecipe(**SMALL), lambda _: None).training
    chance = np.random.default_rng(0)
    for kind, voiced in (("song", True), ("song", False), ("music", False)):
        choice = Choice(pieces, kind, voiced)  # type: ignore[arg-type]
        for _ in range(50):
            piece, hop = choice.draw(chance)
            assert piece.kind == kind
            assert bool(piece.voiced[hop]) == voiced
            assert (hop * HOP / RATE >= 2.0) == voiced or kind == "music"
    draw = Draw(pieces, (0.0, 0.0), LENGTH)
    assert draw.excerpt(chance, True).shape == (LENGTH,)


def test_the_network_has_the_published_size() -> None:
    network = VoiceNetwork.fresh(0)
    assert sum(part.numel() for part in network.parameters()) == 1_408_225
    assert network(torch.zeros(2, 115, 80)).shape == (2,)
    assert LENGTH == 36_934
    assert BINS == 372


def still(count: int = 1, **more: float) -> Changes:
    """Give changes that change nothing, but for those named."""
    values = {"time": 1.0, "pitch": 1.0, "gain_db": 0.0, "centre_hz": 1000.0, "semitones": 6.0} | more
    return Changes(**{name: np.full(count, value) for name, value in values.items()})


def bands(change: Changes, hz: float = 1000.0) -> np.ndarray:
    n = samples_for(frames_for(0.3))
    sound = torch.from_numpy(tone(hz, n / RATE)[:n])[None]
    return changed_bands(sound, change)[0].numpy()


def test_an_unchanged_excerpt_is_what_the_front_end_gives() -> None:
    frontend = VoiceRecipe().frontend
    n = samples_for(frames_for(0.3))
    sound = torch.from_numpy(np.random.default_rng(0).standard_normal(n).astype(np.float32) * 0.1)[None]
    whole = frames_of(frontend, sound)[0].numpy()
    spare = (whole.shape[0] - 115) / 2
    assert spare == int(spare)
    np.testing.assert_allclose(
        changed_bands(sound, still())[0].numpy(), whole[int(spare) : int(spare) + 115], atol=2e-3
    )


def test_a_shift_moves_a_tone_and_a_filter_raises_it() -> None:
    plain, higher, louder = bands(still()), bands(still(pitch=1.3)), bands(still(gain_db=10.0))
    assert plain.shape == (115, 80)
    place = plain[57].argmax()
    assert higher[57].argmax() == bands(still(), 1300.0)[57].argmax() > place
    assert louder[57, place] - plain[57, place] == pytest.approx(10 / 20 * np.log(10), abs=0.05)


def test_a_stretch_makes_time_pass_faster() -> None:
    n = samples_for(frames_for(0.3))
    sound = np.zeros(n, np.float32)
    sound[n // 2 + 40 * HOP] = 1.0
    plain, fast = (
        changed_bands(torch.from_numpy(sound)[None], still(time=time))[0].numpy().max(1)
        for time in (1.0, 1.3)
    )
    assert plain.argmax() - 57 == pytest.approx(40, abs=1.5)
    assert fast.argmax() - 57 == pytest.approx(40 / 1.3, abs=1.5)


def test_a_voice_lies_over_music_at_the_level_that_was_asked_for() -> None:
    music, voice = tone(300, 1.0) * 0.3, tone(700, 1.0)
    both = laid_over(music, voice, 6.0)
    left = both - music
    ratio = np.sqrt(np.square(left).mean() / np.square(music).mean())
    assert 20 * np.log10(ratio) == pytest.approx(6.0, abs=0.01)
    assert np.abs(laid_over(tone(300, 1.0) * 3, voice, 12.0)).max() <= 1.0


def test_a_made_voice_has_pitch_formants_and_rests_and_a_line_only_pitch() -> None:
    sound, on = made_voice(np.random.default_rng(3), 6.0, RATE)
    pitch = parselmouth.Sound(sound.astype(float), RATE).to_pitch(0.01, 60, 1200)
    voiced = pitch.selected_array["frequency"] > 0
    told = on[(pitch.xs() * RATE).astype(int)]
    assert (voiced == told).mean() > 0.9
    assert 60 < np.median(pitch.selected_array["frequency"][voiced]) < 1100
    wiggly = line(np.random.default_rng(3), "wiggly", 1.5, RATE)
    f0 = parselmouth.Sound(wiggly.astype(float), RATE).to_pitch(0.01, 60, 1200).selected_array["frequency"]
    semitones = 12 * np.log2(f0[f0 > 0])
    assert np.ptp(semitones) == pytest.approx(1.4, abs=0.2)


def test_labels_mark_hops_and_a_voice_sounds_where_it_is_loud() -> None:
    assert np.flatnonzero(marked([(0.5, 1.0)], RATE * 2, RATE)).tolist() == list(
        range(int(np.ceil(0.5 * RATE / HOP)), int(np.ceil(RATE / HOP)))
    )
    pcm = (np.concatenate([tone(200, 0.5), np.zeros(RATE // 2), tone(200, 0.5)]) * 32767).astype(np.int16)
    found = sounding(pcm)
    assert found[:30].all()
    assert not found[45:60].any()


def test_scores_are_those_of_counting() -> None:
    scores = Scores.of(np.array([1.0, 2.0, -1.0, 3.0]), np.array([-2.0, -1.0, 0.5, -3.0]))
    assert (scores.correct, scores.recall, scores.false_alarms) == (0.75, 0.75, 0.25)
    assert scores.auc == pytest.approx((4 + 4 + 2.5 + 4) / 16)


def test_what_cannot_be_learned_from_is_refused(music: Path, tmp_path: Path) -> None:
    with pytest.raises(Fault, match="does not exist"):
        load_pieces(tmp_path / "none", None, VoiceRecipe(), lambda _: None)
    with pytest.raises(Fault, match="no music without a voice"):
        load_pieces(tmp_path, None, VoiceRecipe(**SMALL), lambda _: None)
    with pytest.raises(Fault, match="at least 1"):
        VoiceRecipe(batch=0)


def test_pieces_may_be_labelled_in_a_textgrid(tmp_path: Path) -> None:
    from core.annotation.textgrid import write_textgrid
    from core.annotation.tiers import Annotation, Tier

    soundfile.write(tmp_path / "x.wav", tone(300, 2.0), RATE)
    tier = Tier("singing", "interval", 0.0, 2.0, (0.0, 1.0, 2.0), ("", "voice"))
    write_textgrid(tmp_path / "x.TextGrid", Annotation((tier,), 0.0, 2.0))
    soundfile.write(tmp_path / "y.wav", tone(300, 1.0), RATE)
    recipe = VoiceRecipe(**{**SMALL, "held_out": 0.0})
    found: dict[str, Piece] = {
        p.name: p for p in load_pieces(tmp_path, None, recipe, lambda _: None).training
    }
    assert found["x.wav"].kind == "song"
    assert found["x.wav"].voiced.mean() == pytest.approx(0.5, abs=0.02)
    assert found["y.wav"].kind == "music"
