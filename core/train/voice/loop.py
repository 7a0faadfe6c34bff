"""A voice detector's training, from its first step or its last checkpoint until it is done or stopped."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from core.faults import Fault
from core.files.atomic import folder_for
from core.files.versions import versions
from core.frontends.registry import plain
from core.train.checkpoints import NAME, check_same, read_checkpoint, save_checkpoint
from core.train.model_file import FORMAT, save_model
from core.train.monitor import note_source
from core.train.reporting import Tell
from core.train.run_plan import RunPlan, make_fabric
from core.train.saving_loop import SavingLoop
from core.train.voice.evaluation import VoiceEvaluation, evaluate
from core.train.voice.pieces import Kind, Pieces, load_pieces, seconds
from core.train.voice.recipe import VoiceRecipe
from core.train.voice.step import VoiceTrainer

MEASURED, MEASURED_AT_LAST = 64, 200
"""The excerpts of each kind that are measured at each save, and at the end."""


def train_voice(data: Path, voices: Path | None, recipe: VoiceRecipe, plan: RunPlan, tell: Tell) -> int:
    """Train on the music of a folder, and the voices of another; return the number of steps reached.

    Raises Fault if data, disk or settings do not allow it, and if the loss stops being finite; the last
    checkpoint stays.
    """
    torch.set_flush_denormal(True)
    _check_plan(plan)
    fabric = make_fabric(plan)
    pieces = load_pieces(data, voices, recipe, tell)
    _tell_pieces(pieces, recipe, tell)
    trainer = VoiceTrainer(recipe, fabric, pieces.training)
    if plan.resume:
        saved = read_checkpoint(plan.out)
        check_same(recipe.plain(), saved, pieces.digest)
        trainer.restore(saved)
    else:
        trainer.normalise()
    note_source(folder_for(plan.out), data, recipe.plain())
    VoiceRun(trainer, plan, pieces, data, tell).go()
    return trainer.steps


def _check_plan(plan: RunPlan) -> None:
    if plan.devices * plan.nodes > 1:
        raise Fault("A voice detector trains on one device.", "Leave out --devices and --nodes.")
    if not plan.resume and (folder_for(plan.out) / NAME).exists():
        raise Fault(
            f"“{plan.out}” already holds a run.", "Add --resume to continue it, or use another folder."
        )


def _tell_pieces(pieces: Pieces, recipe: VoiceRecipe, tell: Tell) -> None:
    for name, some in (("to learn from", pieces.training), ("held out", pieces.held_out)):
        music, songs, voices = (seconds(some, recipe.rate_hz, kinds) / 60 for kinds in TOLD)
        tell(f"{name}: {music:.1f} min of music, {songs:.1f} min of songs, {voices:.1f} min of voices")
    held = ", ".join(piece.name for piece in pieces.held_out if piece.kind in ("music", "song"))
    tell(f"only measured: {held}")
    for one in pieces.skipped:
        tell(f"skipped {one.name}: {one.reason}")


TOLD: tuple[tuple[Kind, ...], ...] = (("music",), ("song",), ("voice", "made"))


class VoiceRun(SavingLoop):
    """The training of a detector, with its saves and measures."""

    def __init__(self, trainer: VoiceTrainer, plan: RunPlan, pieces: Pieces, data: Path, tell: Tell) -> None:
        super().__init__(plan, trainer.steps, tell)
        self.trainer, self.pieces, self.data = trainer, pieces, data

    def advance(self) -> dict[str, Tensor]:
        """Take one step."""
        return self.trainer.step(self.plan.steps)

    def save(self, last: bool) -> None:
        """Save the checkpoint and the model with its card; measure more excerpts if it is the last time."""
        network = self.trainer.network
        self.check_finite(network.state_dict().values())
        save_checkpoint(self.plan.out, self.trainer.state(), self.pieces.digest)
        found = evaluate(
            network, self.pieces.held_out, self.trainer.steps, MEASURED_AT_LAST if last else MEASURED
        )
        save_model(self.plan.out / "model.safetensors", network.arrays(), self._card(found))
        self.records.measured(found.steps, found.words(), found.values())

    def _card(self, found: VoiceEvaluation) -> dict[str, Any]:
        """Return the card: what the network hears, what it was trained on, and how."""
        trainer, pieces = self.trainer, self.pieces
        return {
            "format": FORMAT,
            "family": "schlueter-grill",
            "model": "voice-detector",
            "rate_hz": trainer.recipe.rate_hz,
            "frontend": plain(trainer.recipe.frontend),
            "labels": ["singing"],
            "steps": trainer.steps,
            "recipe": trainer.recipe.plain(),
            "versions": versions(),
            **dict(self.plan.about),
            "computed_in": self.plan.precision,
            "recordings": {
                "data": self.data.name,
                "learned_from": len(pieces.training),
                "held_out": [piece.name for piece in pieces.held_out if piece.kind in ("music", "song")],
                "held_out_speakers": len({p.who for p in pieces.held_out if p.kind == "voice"}),
                "skipped": len(pieces.skipped),
                "sha256": pieces.digest,
            },
            "measured": found.plain(),
        }
