"""One training step of a recogniser: CTC (Graves et al. 2006) on a batch of utterances of similar length."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, ctc_loss
from torch.optim import Optimizer

from core.train.letters.augmentation import MASKS, Pcm, played_speed, varied_batch
from core.train.letters.batches import Batches, Variations
from core.train.letters.network import LetterNetwork
from core.train.letters.recipe import FRAME_S, LetterRecipe
from core.train.letters.word_times import UNKNOWN, TimedWord, frame_targets

if TYPE_CHECKING:
    from lightning_fabric import Fabric

LARGEST_GRADIENT = 5.0
SETTLED_FROM = 0.6
"""The part of all steps after which batch normalisation keeps its statistics.

Batches of similar length hold similar speech, such as single words; the statistics of one batch are not those
that the saved network has.
"""


@dataclass(frozen=True, eq=False)
class Lessons:
    """The utterances to learn from: their sounds, the outputs that their transcripts stand for, and their
    words with times (empty where those are not known).
    """

    sounds: Sequence[Pcm]
    labels: Sequence[Sequence[int]]
    words: Sequence[Sequence[TimedWord]]


def pace(step: int, warm_up: int, steps: int) -> float:
    """Return the factor of the learning rate: it rises in a straight line, then falls as a cosine to 0."""
    if step < warm_up:
        return (step + 1) / warm_up
    done = min(1.0, (step - warm_up) / max(1, steps - warm_up))
    return (1 + math.cos(math.pi * done)) / 2


class LetterTrainer:
    """The network with its optimiser on Fabric's device; takes one step at a time."""

    def __init__(self, recipe: LetterRecipe, fabric: Fabric, lessons: Lessons) -> None:
        self.recipe, self.fabric, self.lessons = recipe, fabric, lessons
        self.batches = Batches(recipe.seed + 1, [len(one) for one in lessons.sounds], recipe.batch)
        self.network = LetterNetwork.fresh(recipe)
        self.steps = 0
        adam = torch.optim.AdamW(
            self.network.parameters(), recipe.learning_rate, weight_decay=recipe.weight_decay, fused=True
        )
        self._wrapped = cast(nn.Module, fabric.setup_module(self.network))
        self.optimiser = cast(Optimizer, fabric.setup_optimizers(adam))

    def step(self, steps: int) -> dict[str, Tensor]:
        """Do one step of `steps` in all; return its loss as a tensor, so that the device need not be waited
        for.
        """
        for group in self.optimiser.param_groups:
            group["lr"] = self.recipe.learning_rate * pace(self.steps, self.recipe.warm_up, steps)
        self.network.settle(self.steps >= SETTLED_FROM * steps)
        timed = self._timed_share(steps)
        losses = self._losses(self.batches.rows())
        loss = (1 - timed) * losses["ctc"] + timed * losses.get("frames", 0.0)
        self.optimiser.zero_grad()
        self.fabric.backward(loss)
        self.fabric.clip_gradients(  # pyright: ignore[reportUnknownMemberType]
            self._wrapped, self.optimiser, max_norm=LARGEST_GRADIENT, error_if_nonfinite=False
        )
        self.optimiser.step()
        self.steps += 1
        return {name: one.detach() for name, one in losses.items()}

    def _timed_share(self, steps: int) -> float:
        """Return how much the times of words count against CTC, from 1 at the first step down to 0."""
        timed = self.recipe.timed * steps if any(self.lessons.words) else 0.0
        return 1 - self.steps / timed if self.steps < timed else 0.0

    def _losses(self, rows: list[int]) -> dict[str, Tensor]:
        """Return the loss of CTC, and the cross entropy of the frames if times of words are known."""
        device, recipe = self.fabric.device, self.recipe
        drawn = self.batches.variations(len(rows), MASKS)
        kept = self._kept(len(rows))
        features, frames = varied_batch([self.lessons.sounds[row] for row in rows], recipe, drawn)
        self._wrapped.train()
        logits, lengths = self._wrapped(features.to(device), frames.to(device), kept)
        losses = {
            "ctc": ctc(logits, lengths, [self.lessons.labels[row] for row in rows], recipe.alphabet.blank)
        }
        if any(self.lessons.words[row] for row in rows):
            targets = self._targets(rows, drawn, lengths.tolist(), logits.shape[1]).to(device)
            losses["frames"] = cross_entropy(logits.float().flatten(0, 1), targets.flatten())
        return losses

    def _targets(self, rows: list[int], drawn: Variations, lengths: list[int], longest: int) -> Tensor:
        """Return what each frame should be, int64 [items, frames], at the speed at which it is played."""
        found = torch.full((len(rows), longest), UNKNOWN)
        for place, (row, change, length) in enumerate(zip(rows, drawn.changes, lengths, strict=True)):
            frame_s = FRAME_S * played_speed(self.recipe, float(change[0]))
            words = self.lessons.words[row]
            targets = frame_targets(words, self.recipe.alphabet, length, frame_s)
            found[place, :length] = torch.tensor(targets.tolist())
        return found

    def _kept(self, count: int) -> list[Tensor]:
        """Draw the channels that are kept, in all layers but the last."""
        if not self.recipe.dropout:
            return []
        widths = self.recipe.widths[1:-1]
        drawn = [self.batches.kept(count, width, self.recipe.dropout) for width in widths]
        return [one.to(self.fabric.device) for one in drawn]

    def state(self) -> dict[str, Any]:
        """Return everything the next step depends on, as tensors and plain values."""
        return {
            "recipe": self.recipe.plain(),
            "steps": self.steps,
            "draws": self.batches.state(),
            "networks": {"recogniser": self.network.state_dict()},
            "optimisers": {"recogniser": self.optimiser.state_dict()},
        }

    def restore(self, saved: dict[str, Any]) -> None:
        """Continue from a saved state."""
        self.network.load_state_dict(saved["networks"]["recogniser"])
        self.optimiser.load_state_dict(saved["optimisers"]["recogniser"])
        self.batches.restore(saved["draws"])
        self.steps = saved["steps"]


def ctc(logits: Tensor, lengths: Tensor, labels: Sequence[Sequence[int]], blank: int) -> Tensor:
    """Return the mean loss per letter; an utterance with too few frames for its text does not count."""
    log_p = logits.float().log_softmax(2).transpose(0, 1)
    said = torch.tensor([label for row in labels for label in row], device=logits.device)
    counts = torch.tensor([len(row) for row in labels], device=logits.device)
    return ctc_loss(log_p, said, lengths, counts, blank, "mean", zero_infinity=True)
