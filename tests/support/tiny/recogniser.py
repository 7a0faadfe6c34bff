"""A tiny recogniser of letters with random weights, saved as the trainer saves one."""

from __future__ import annotations

from pathlib import Path

import torch

from core.frontends.registry import plain
from core.train.letters.network import LetterNetwork
from core.train.letters.recipe import LetterRecipe
from core.train.model_file import FORMAT, save_model

TINY = LetterRecipe(letters="abc", dim=6, head=8, bands=16, kernels=(9, 5, 8))


def save_recogniser(path: Path, recipe: LetterRecipe = TINY) -> Path:
    """Write a network of these sizes."""
    torch.manual_seed(5)
    card = {
        "format": FORMAT, "family": "wav2letter", "model": "wav2letter", "title": "Tiny recogniser",
        "rate_hz": recipe.rate_hz, "frontend": plain(recipe.frontend), "slope": 0, "padding": "same",
        "labels": list(recipe.alphabet.labels),
    }  # fmt: skip
    save_model(path, LetterNetwork.fresh(recipe).eval().arrays(), card)
    return path
