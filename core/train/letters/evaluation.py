"""How well a recogniser reads utterances that it did not learn from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from core.train.letters.augmentation import plain_batch
from core.train.letters.error_rates import ErrorRates, error_rates
from core.train.letters.network import LetterNetwork
from core.train.letters.recipe import LetterRecipe
from core.train.letters.utterances import Utterance

AT_ONCE = 16
EXAMPLES = 3


@dataclass(frozen=True)
class LetterEvaluation:
    """The error rates of all utterances and of each corpus, and a few examples (said, heard)."""

    steps: int
    rates: ErrorRates
    corpora: Mapping[str, ErrorRates]
    examples: tuple[tuple[str, str], ...]

    def plain(self) -> dict[str, Any]:
        """Return the figures as plain values, for the card."""
        return {"all": _plain(self.rates)} | {name: _plain(rates) for name, rates in self.corpora.items()}

    def values(self) -> dict[str, float]:
        """Return the figures by name, for the records."""
        found = {"letter_error": self.rates.letters, "word_error": self.rates.words}
        for name, rates in self.corpora.items():
            found |= {f"letter_error_{name}": rates.letters, f"word_error_{name}": rates.words}
        return found

    def words(self) -> str:
        """Tell the figures in a sentence."""
        told = _words(self.rates)
        apart = [f"{name}: {_words(rates)}" for name, rates in self.corpora.items()]
        return f"held out: {' · '.join([told, *apart])}"


def _words(rates: ErrorRates) -> str:
    return f"{rates.letters:.1%} of the letters wrong, {rates.words:.1%} of the words"


def _plain(rates: ErrorRates) -> dict[str, float | int]:
    return {
        "letter_error_rate": rates.letters,
        "word_error_rate": rates.words,
        "utterances": rates.utterances,
    }


def read_aloud(network: LetterNetwork, recipe: LetterRecipe, utterances: Sequence[Utterance]) -> list[str]:
    """Return what the network hears in utterances, by the most likely label of every frame."""
    was_training = network.training
    network.eval()
    order = np.argsort([len(one.sound) for one in utterances], kind="stable")
    texts = [""] * len(utterances)
    device = next(network.parameters()).device
    for first in range(0, len(order), AT_ONCE):
        some = [int(k) for k in order[first : first + AT_ONCE]]
        features, frames = plain_batch([utterances[k].sound for k in some], recipe.frontend)
        with torch.no_grad():
            logits, lengths = network(features.to(device), frames.to(device))
        best = logits.argmax(2).cpu()
        for k, row, length in zip(some, best, lengths.tolist(), strict=True):
            texts[k] = recipe.alphabet.decoded(row[:length].tolist())
    network.train(was_training)
    return texts


def evaluate(
    network: LetterNetwork,
    recipe: LetterRecipe,
    utterances: Sequence[Utterance],
    steps: int,
) -> LetterEvaluation:
    """Measure error rates of utterances, at least one."""
    heard = read_aloud(network, recipe, utterances)
    pairs = [(one.text, text) for one, text in zip(utterances, heard, strict=True)]
    names = sorted({one.corpus for one in utterances})
    corpora = {
        name: error_rates(pair for one, pair in zip(utterances, pairs, strict=True) if one.corpus == name)
        for name in names
        if len(names) > 1
    }
    few = [pairs[int(k)] for k in np.linspace(0, len(pairs) - 1, min(EXAMPLES, len(pairs))).round()]
    return LetterEvaluation(steps, error_rates(pairs), corpora, tuple(few))
