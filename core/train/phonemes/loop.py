"""The training of letters to phonemes, from its first step or its last checkpoint until done or stopped."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from torch.optim import Optimizer

from core.faults import Fault
from core.files.atomic import folder_for
from core.files.versions import versions
from core.phonemes.dictionary import cmudict, read_dictionary
from core.phonemes.network import END, PhonemeNetwork
from core.train.checkpoints import NAME, check_same, read_checkpoint, save_checkpoint
from core.train.letters.step import LARGEST_GRADIENT, pace
from core.train.model_file import FORMAT, save_model
from core.train.phonemes.evaluation import PhonemeEvaluation, evaluate
from core.train.phonemes.recipe import PhonemeRecipe
from core.train.phonemes.words import WordBatches, WordList, word_list
from core.train.reporting import Tell
from core.train.run_plan import RunPlan, make_fabric
from core.train.saving_loop import SavingLoop

if TYPE_CHECKING:
    from lightning_fabric import Fabric

MEASURED = 1000
"""The most held-out words that are measured at each save; at the end all are."""

IGNORED = -1


class PhonemeTrainer:
    """The network with its optimiser on Fabric's device; takes one step at a time."""

    def __init__(self, recipe: PhonemeRecipe, fabric: Fabric, words: WordList) -> None:
        self.recipe, self.fabric, self.words = recipe, fabric, words
        self.batches = WordBatches(recipe.seed + 1, [word for word, _ in words.training], recipe.batch)
        with torch.random.fork_rng(devices=[]):  # pyright: ignore[reportUnknownMemberType]
            torch.manual_seed(recipe.seed)  # pyright: ignore[reportUnknownMemberType]
            self.network = PhonemeNetwork(words.letters, words.phones, recipe.width, recipe.embedding)
        self.steps = 0
        adam = torch.optim.AdamW(self.network.parameters(), recipe.learning_rate, weight_decay=1e-3)
        self._wrapped = cast(nn.Module, fabric.setup_module(self.network))
        self.optimiser = cast(Optimizer, fabric.setup_optimizers(adam))

    def step(self, steps: int) -> dict[str, Tensor]:
        """Do one step of `steps` in all and return its loss."""
        for group in self.optimiser.param_groups:
            group["lr"] = self.recipe.learning_rate * pace(self.steps, self.recipe.warm_up, steps)
        letters, phones = self._batch(self.batches.rows())
        before = phones.clamp(min=END)[:, :-1]
        self._wrapped.train()
        logits = self._wrapped(letters, before)
        loss = cross_entropy(logits.flatten(0, 1), phones[:, 1:].flatten(), ignore_index=IGNORED)
        self.optimiser.zero_grad()
        self.fabric.backward(loss)
        self.fabric.clip_gradients(  # pyright: ignore[reportUnknownMemberType]
            self._wrapped, self.optimiser, max_norm=LARGEST_GRADIENT, error_if_nonfinite=False
        )
        self.optimiser.step()
        self.steps += 1
        return {"cross_entropy": loss.detach()}

    def _batch(self, rows: list[int]) -> tuple[Tensor, Tensor]:
        """Return letters [items, letters] and outputs with an `END` on both sides [items, phones + 2]."""
        network, device = self.network, self.fabric.device
        place = {phone: k for k, phone in enumerate(network.phones, 1)}
        words = [self.words.training[row] for row in rows]
        letters = [[network.letters.index(sign) for sign in word] for word, _ in words]
        said = [said[self.batches.choice(len(said))] for _, said in words]
        phones = torch.full((len(rows), max(map(len, said)) + 2), IGNORED)
        for k, one in enumerate(said):
            phones[k, : len(one) + 2] = torch.tensor([END, *(place[phone] for phone in one), END])
        return torch.tensor(letters, device=device), phones.to(device)

    def state(self) -> dict[str, Any]:
        """Return everything the next step depends on, as tensors and plain values."""
        return {
            "recipe": self.recipe.plain(),
            "steps": self.steps,
            "draws": self.batches.state(),
            "networks": {"g2p": self.network.state_dict()},
            "optimisers": {"g2p": self.optimiser.state_dict()},
        }

    def restore(self, saved: dict[str, Any]) -> None:
        """Continue from a saved state."""
        self.network.load_state_dict(saved["networks"]["g2p"])
        self.optimiser.load_state_dict(saved["optimisers"]["g2p"])
        self.batches.restore(saved["draws"])
        self.steps = saved["steps"]


def train_phonemes(data: Path | None, recipe: PhonemeRecipe, plan: RunPlan, tell: Tell) -> int:
    """Train on CMUdict, or on the dictionary in a file, and return the number of steps reached.

    Raises Fault if data, disk or settings do not allow it, and if the loss stops being finite; the last
    checkpoint stays.
    """
    torch.set_flush_denormal(True)
    if plan.devices * plan.nodes > 1:
        raise Fault("A g2p trains on one device.", "Leave out --devices and --nodes.")
    if not plan.resume and (folder_for(plan.out) / NAME).exists():
        raise Fault(
            f"“{plan.out}” already holds a run.", "Add --resume to continue it, or use another folder."
        )
    words = word_list(cmudict() if data is None else read_dictionary(data), recipe.held_out)
    tell(f"{len(words.training)} words to learn from · {len(words.held_out)} held out")
    trainer = PhonemeTrainer(recipe, make_fabric(plan), words)
    if plan.resume:
        saved = read_checkpoint(plan.out)
        check_same(recipe.plain(), saved, words.digest)
        trainer.restore(saved)
    PhonemeRun(trainer, plan, "CMUdict" if data is None else data.name, tell).go()
    return trainer.steps


class PhonemeRun(SavingLoop):
    """The training with its saves and measures."""

    def __init__(self, trainer: PhonemeTrainer, plan: RunPlan, source: str, tell: Tell) -> None:
        super().__init__(plan, trainer.steps, tell)
        self.trainer, self.source = trainer, source

    def advance(self) -> dict[str, Tensor]:
        """Take one step."""
        return self.trainer.step(self.plan.steps)

    def save(self, last: bool) -> None:
        """Save the checkpoint and the model with its card; measure all held-out words if it is the last time,
        else some.
        """
        network = self.trainer.network
        self.check_finite(network.state_dict().values())
        save_checkpoint(self.plan.out, self.trainer.state(), self.trainer.words.digest)
        found = self._measured(last)
        save_model(self.plan.out / "model.safetensors", network.arrays(), self._card(found))
        if found is not None:
            self.records.measured(found.steps, found.told(), found.values())
            for word, right, said in found.examples:
                self.tell(f"{word}: {' '.join(said)} (in the dictionary: {' '.join(right)})")

    def _measured(self, last: bool) -> PhonemeEvaluation | None:
        held = self.trainer.words.held_out
        if not held:
            return None
        some = held if last else held[:: max(1, len(held) // MEASURED)]
        network = self.trainer.network.eval()
        return evaluate(network, some, self.trainer.steps)

    def _card(self, found: PhonemeEvaluation | None) -> dict[str, Any]:
        trainer = self.trainer
        return {
            "format": FORMAT,
            "family": "g2p",
            "letters": trainer.words.letters,
            "phones": list(trainer.words.phones),
            "steps": trainer.steps,
            "recipe": trainer.recipe.plain(),
            "versions": versions(),
            **dict(self.plan.about),
            "computed_in": self.plan.precision,
            "words": {
                "data": self.source,
                "training": len(trainer.words.training),
                "held_out": len(trainer.words.held_out),
                "sha256": trainer.words.digest,
            },
            "measured": found.plain() if found else {},
        }
