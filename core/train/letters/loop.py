"""A recogniser's training, from its first step or its last checkpoint until it is done or stopped."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from core.faults import Fault
from core.files.atomic import atomic, folder_for
from core.files.versions import versions
from core.frontends.registry import plain
from core.train.checkpoints import NAME, check_same, read_checkpoint, save_checkpoint
from core.train.letters.evaluation import LetterEvaluation, evaluate
from core.train.letters.recipe import LetterRecipe
from core.train.letters.step import Lessons, LetterTrainer
from core.train.letters.utterances import Utterance, Utterances, load_utterances
from core.train.model_file import FORMAT, save_model
from core.train.monitor import note_source
from core.train.reporting import Tell
from core.train.run_plan import RunPlan, make_fabric
from core.train.saving_loop import SavingLoop

MEASURED = 400
"""The most held-out utterances that are measured at each save; at the end all are."""

TOLD = 50
"""The most skipped recordings that are named on the screen; a file names all."""

SKIPPED = "skipped.txt"


def train_letters(data: Path, recipe: LetterRecipe, plan: RunPlan, tell: Tell, tier: str = "") -> int:
    """Train on the transcribed recordings of a folder or table and return the number of steps reached.

    Raises Fault if data, disk or settings do not allow it, and if the loss stops being finite; the last
    checkpoint stays.
    """
    torch.set_flush_denormal(True)
    _check_plan(plan)
    fabric = make_fabric(plan)
    utterances = load_utterances(data, recipe, tier, tell)
    _tell_utterances(utterances, recipe, plan, tell)
    lessons = Lessons(
        [one.sound for one in utterances.training],
        [recipe.alphabet.encoded(one.text) for one in utterances.training],
        [one.words for one in utterances.training],
    )
    trainer = LetterTrainer(recipe, fabric, lessons)
    if plan.resume:
        saved = read_checkpoint(plan.out)
        check_same(recipe.plain(), saved, utterances.digest)
        trainer.restore(saved)
    note_source(plan.out, data, recipe.plain(), tier)
    LetterRun(trainer, plan, utterances, data, tell).go()
    return trainer.steps


def _check_plan(plan: RunPlan) -> None:
    if plan.devices * plan.nodes > 1:
        raise Fault("A wav2letter trains on one device.", "Leave out --devices and --nodes.")
    if not plan.resume and (folder_for(plan.out) / NAME).exists():
        raise Fault(
            f"“{plan.out}” already holds a run.", "Add --resume to continue it, or use another folder."
        )


def _tell_utterances(found: Utterances, recipe: LetterRecipe, plan: RunPlan, tell: Tell) -> None:
    """Tell what there is to learn from, and name what is not used; the file has all of its names."""
    tell(
        f"{_amount(found.training, recipe.rate_hz)} to train on · {_amount(found.held_out, recipe.rate_hz)}"
        f" held out · {len(found.skipped)} skipped"
    )
    timed = sum(bool(one.words) for one in found.training)
    if timed:
        tell(f"the TextGrids of {timed} of them say when each word is said")
    if found.held_out and not found.by_speaker:
        tell("Some held-out recordings are by speakers of the training: the error rates will be too good.")
    lines = [f"skipped {one.name}: {one.reason}" for one in found.skipped]
    for line in lines[:TOLD]:
        tell(line)
    if len(lines) > TOLD:
        tell(f"and {len(lines) - TOLD} more, see {SKIPPED}")
    with atomic(folder_for(plan.out) / SKIPPED) as draft:
        draft.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def _amount(some: Sequence[Utterance], rate_hz: int) -> str:
    minutes = sum(len(one.sound) for one in some) / rate_hz / 60
    speakers = len({one.speaker for one in some} - {None})
    by = f" by {speakers} speaker{'s' * (speakers > 1)}" if speakers else ""
    return f"{len(some)} utterances{by} ({minutes:.1f} min)"


class LetterRun(SavingLoop):
    """The training of a recogniser, with its saves and measures."""

    def __init__(
        self, trainer: LetterTrainer, plan: RunPlan, utterances: Utterances, data: Path, tell: Tell
    ) -> None:
        super().__init__(plan, trainer.steps, tell)
        self.trainer, self.utterances, self.data = trainer, utterances, data

    def advance(self) -> dict[str, Tensor]:
        """Take one step."""
        return self.trainer.step(self.plan.steps)

    def save(self, last: bool) -> None:
        """Save the checkpoint and the model with its card; measure all held-out utterances if it is the last
        time, else some.
        """
        network = self.trainer.network
        self.check_finite(network.state_dict().values())
        save_checkpoint(self.plan.out, self.trainer.state(), self.utterances.digest)
        found = self._measured(len(self.utterances.held_out) if last else MEASURED)
        save_model(self.plan.out / "model.safetensors", network.arrays(), self._card(found))
        if found is not None:
            self.records.measured(found.steps, found.words(), found.values(), found.examples)
            for said, heard in found.examples:
                self.tell(f"“{said}” was heard as “{heard}”")

    def _measured(self, most: int) -> LetterEvaluation | None:
        held, trainer = self.utterances.held_out, self.trainer
        if not held:
            return None
        places = np.linspace(0, len(held) - 1, min(most, len(held))).round()
        some = [held[int(k)] for k in places]
        return evaluate(trainer.network, trainer.recipe, some, trainer.steps)

    def _card(self, found: LetterEvaluation | None) -> dict[str, Any]:
        """Return the card: what the network hears and writes, and what it was trained on, and how."""
        trainer, utterances = self.trainer, self.utterances
        return {
            "format": FORMAT,
            "family": "wav2letter",
            "model": "wav2letter",
            "rate_hz": trainer.recipe.rate_hz,
            "frontend": plain(trainer.recipe.frontend),
            "labels": list(trainer.recipe.alphabet.labels),
            "slope": 0,
            "padding": "same",
            "steps": trainer.steps,
            "recipe": trainer.recipe.plain(),
            "versions": versions(),
            **dict(self.plan.about),
            "computed_in": self.plan.precision,
            "recordings": {
                "data": self.data.name,
                "utterances": len(utterances.training),
                "held_out": len(utterances.held_out),
                "held_out_by_speaker": utterances.by_speaker,
                "skipped": len(utterances.skipped),
                "sha256": utterances.digest,
            },
            "measured": found.plain() if found else {},
        }
