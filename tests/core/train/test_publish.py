"""What is given away is what was measured; the measures of sounds made by rule are the rule's."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from core.analyses.acoustic_checks import hear, runs
from core.families.registry import open_model
from core.probing.forward import generate
from core.session.named_points import read_points
from core.train.corpus import Corpus
from core.train.evaluation import generated
from core.train.publish import named_points, publish
from core.train.recipe import Recipe
from core.train.step import Nets

RATE = 16000


def vowel(seconds: float, from_hz: float, to_hz: float) -> np.ndarray:
    """Make a pulse-like tone whose F0 moves evenly, in harmonics up to 2 kHz."""
    count = round(seconds * RATE)
    f0 = np.linspace(from_hz, to_hz, count)
    phase = 2 * np.pi * np.cumsum(f0) / RATE
    return 0.2 * sum(np.cos(k * phase) / k for k in range(1, 6))


def hiss(seconds: float) -> np.ndarray:
    noise = np.random.default_rng(0).standard_normal(round(seconds * RATE))
    return 0.1 * np.diff(noise, prepend=0.0)


def silence(seconds: float) -> np.ndarray:
    return np.zeros(round(seconds * RATE))


def joined(*parts: np.ndarray) -> np.ndarray:
    whole = np.concatenate(parts).astype(np.float32)
    return np.pad(whole, (0, 16384 - len(whole)))


def test_a_fricative_and_a_falling_vowel_are_measured_as_they_were_made() -> None:
    heard = hear(joined(silence(0.1), hiss(0.2), vowel(0.3, 300, 150)), RATE)
    assert heard.fricative_s == pytest.approx(0.2, abs=0.03)
    assert heard.fricative_at_s == pytest.approx(0.1, abs=0.02)
    assert heard.voiced_s == pytest.approx(0.3, abs=0.04)
    assert heard.duration_s == pytest.approx(0.5, abs=0.03)
    assert heard.f0_start_hz == pytest.approx(290, rel=0.05)
    assert heard.f0_end_hz == pytest.approx(160, rel=0.06)
    assert heard.f0_slope == pytest.approx(-12 / 0.3, rel=0.1)


def test_a_closure_between_two_vowels_is_a_pause_and_the_end_is_not() -> None:
    heard = hear(joined(vowel(0.2, 200, 200), silence(0.12), vowel(0.2, 200, 200)), RATE)
    assert heard.pause_s == pytest.approx(0.12, abs=0.02)
    assert heard.silent_s == pytest.approx(16384 / RATE - 0.52, abs=0.03)


def test_intensity_is_praats_over_the_sounding_part() -> None:
    import parselmouth

    tone = vowel(0.5, 200, 200).astype(np.float32)
    praat = parselmouth.Sound(tone.astype(float), RATE).get_intensity()
    assert hear(joined(tone), RATE).intensity_db == pytest.approx(praat, abs=0.3)


def test_a_jump_of_f0_is_no_tone() -> None:
    heard = hear(joined(vowel(0.15, 120, 120), vowel(0.25, 260, 240)), RATE)
    assert heard.voiced_s == pytest.approx(0.4, abs=0.04)
    assert heard.tone_s == pytest.approx(0.25, abs=0.04)
    assert heard.f0_lowest_hz > 220


def test_a_dipping_tone_is_found_at_its_lowest() -> None:
    heard = hear(joined(vowel(0.15, 240, 180), vowel(0.15, 180, 240)), RATE)
    assert heard.f0_lowest_hz == pytest.approx(182, abs=5)
    assert heard.f0_bend > 0


def test_pure_noise_has_no_tone() -> None:
    heard = hear(joined(hiss(0.5)), RATE)
    assert heard.voiced_s < 0.05
    assert np.isnan(heard.f0_hz) or heard.voiced_s > 0


def test_stretches_are_found_at_both_ends() -> None:
    assert runs(np.array([True, False, True, True])) == [(0, 1), (2, 4)]
    assert runs(np.zeros(3, bool)) == []


def test_named_points_are_the_extreme_ones() -> None:
    recipe = Recipe(categories=2, dim=1, latent=4)
    sounds = [vowel(0.3, 200, 200), vowel(0.3, 300, 150), vowel(0.3, 150, 300), hiss(0.3)]
    heard = [hear(joined(one), RATE) for one in sounds]
    z = np.arange(16, dtype=np.float32).reshape(4, 4)
    found = {point["name"]: point for point in named_points(z, heard, recipe.layout)}
    assert found["falling tone"]["z"] == z[1].tolist()
    assert found["rising tone"]["z"] == z[2].tolist()
    assert found["level tone"]["z"] == z[0].tolist()
    assert "long fricative before a vowel" not in found


def test_the_published_model_is_half_precision_and_makes_what_was_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.train.publish.SOUNDS", 12)
    recipe = Recipe(categories=2, dim=1, latent=6)
    nets = Nets.fresh(recipe)
    sounds = np.stack([joined(hiss(0.1), vowel(0.3, 200 + 10 * k, 200)) for k in range(6)])
    corpus = Corpus(sounds[:4], sounds[4:], (), (), "")
    card = publish(tmp_path, nets, recipe, corpus, 3, {"title": "Small"})
    model = open_model(tmp_path / "model.safetensors")
    assert set(model.card.layers) == {"G", "Q"}
    assert (tmp_path / "model.safetensors").stat().st_size < 150_000
    assert json.loads((tmp_path / "model.json").read_text())["measured"] == card["measured"]
    assert card["measured"]["recordings"]["voiced_80_ms_share"] == 1.0
    for one in read_points(tmp_path / "points.json", 6):
        import torch

        full = generated(nets, torch.tensor([one.point.z], dtype=torch.float32))[0]
        np.testing.assert_allclose(generate(model, one.point)["out"].samples, full, atol=2e-3)
