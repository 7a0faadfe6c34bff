"""Recognisers of letters with random weights, of the size that ships and of the lecture's."""

from __future__ import annotations

from pathlib import Path


def write_recogniser(folder: Path) -> Path:
    """Write a Wav2Letter of the size that ships, as the trainer does, and return its path."""
    import torch

    from core.frontends.registry import plain
    from core.train.letters.network import LetterNetwork
    from core.train.letters.recipe import LetterRecipe
    from core.train.model_file import FORMAT, save_model

    recipe, path = LetterRecipe(), folder / "recogniser.safetensors"
    torch.manual_seed(0)
    card = {
        "format": FORMAT,
        "family": "wav2letter",
        "model": "wav2letter",
        "title": "Recogniser",
        "rate_hz": recipe.rate_hz,
        "frontend": plain(recipe.frontend),
        "labels": list(recipe.alphabet.labels),
        "slope": 0,
        "padding": "same",
    }
    save_model(path, LetterNetwork.fresh(recipe).eval().arrays(), card)
    return path
