"""A tiny recogniser of letters, and a tiny corpus that it can hear."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import soundfile

from core.annotation.textgrid import write_textgrid
from core.annotation.tiers import Annotation, Tier
from core.files.versions import versions
from core.frontends.registry import plain
from core.train.letters.network import LetterNetwork
from core.train.letters.recipe import LetterRecipe
from core.train.model_file import FORMAT, save_model

RATE_HZ = 8000
RECIPE = LetterRecipe(letters="abc", rate_hz=RATE_HZ, bands=12, dim=6, head=8, kernels=(8, 3, 8))


def letter_network(folder: Path, seed: int = 0) -> Path:
    """Write a recogniser with drawn weights, and return its file."""
    recipe = LetterRecipe(**{**RECIPE.plain(), "kernels": RECIPE.kernels, "seed": seed})
    card = {
        "format": FORMAT, "family": "wav2letter", "model": "wav2letter", "rate_hz": RATE_HZ,
        "frontend": plain(recipe.frontend), "labels": list(recipe.alphabet.labels), "slope": 0,
        "padding": "same", "steps": 0, "recipe": recipe.plain(), "versions": versions(), "title": "tiny",
    }  # fmt: skip
    arrays = LetterNetwork.fresh(recipe).arrays()
    arrays["conv11.bias"] = (
        arrays["conv11.bias"] - 0.2 * np.eye(len(recipe.alphabet.labels), dtype=np.float32)[-1]
    )
    save_model(folder / "letters.safetensors", arrays, card)
    return folder / "letters.safetensors"


def recording(path: Path, pitches_hz: Sequence[float], labels: Sequence[str], seed: int = 0) -> None:
    """Write a recording of one tone of 0.2 s after another, and a TextGrid with tier phones."""
    chance = np.random.default_rng(seed)
    times = np.arange(round(0.2 * RATE_HZ)) / RATE_HZ
    parts = [np.sin(2 * np.pi * hz * times) * chance.uniform(0.2, 0.4) for hz in pitches_hz]
    sound = np.concatenate(parts) + 0.01 * chance.standard_normal(len(times) * len(parts))
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, np.float32(sound), RATE_HZ)
    ends = tuple(0.2 * k for k in range(len(labels) + 1))
    tier = Tier("phones", "interval", 0.0, ends[-1], ends, tuple(labels))
    write_textgrid(path.with_suffix(".TextGrid"), Annotation((tier,), 0.0, ends[-1]))


TONES: Mapping[str, float] = {"AA1": 300.0, "S": 3000.0, "M": 150.0, "IY0": 900.0}


def corpus(folder: Path, speakers: int = 2, each: int = 2) -> Path:
    """Write recordings of speakers s1, s2, .. with all phones in another order each; return the folder."""
    chance = np.random.default_rng(3)
    for speaker in range(speakers):
        for take in range(each):
            order = [str(one) for one in chance.permutation(sorted(TONES))]
            path = folder / f"s{speaker + 1}" / f"{take}_take.wav"
            recording(path, [TONES[one] for one in order], order, 10 * speaker + take)
    return folder
