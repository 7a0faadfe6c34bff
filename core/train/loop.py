"""A training run, from its first step or its last checkpoint until it is done or stopped."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any, cast

import torch
from torch import Tensor

from core.faults import Fault
from core.files.atomic import folder_for
from core.train.checkpoints import NAME, check_same, read_checkpoint, restore, save_checkpoint, state_of
from core.train.corpus import Corpus, load_corpus
from core.train.evaluation import Evaluation, Reference, fixed_latent, generated, measure
from core.train.exports import write_port, write_tensorflow
from core.train.model_file import make_card, save_model, tensorflow_arrays
from core.train.monitor import note_source
from core.train.publish import publish
from core.train.random_draws import Draws
from core.train.recipe import Recipe
from core.train.reporting import Tell
from core.train.run_plan import RunPlan, make_fabric
from core.train.saving_loop import SavingLoop
from core.train.step import Nets, Trainer
from core.train.stopping import stopping

PREVIEWS = 8


def train(folder: Path, recipe: Recipe, plan: RunPlan, tell: Tell) -> int:
    """Train on the recordings in `folder` and return the number of generator steps reached.

    Raises Fault if the folder, the disk or the settings do not allow it, and if the losses stop being finite;
    the last checkpoint stays.
    """
    torch.set_flush_denormal(True)
    _check_shares(recipe, plan.devices * plan.nodes)  # before there are several processes to report it
    fabric = make_fabric(plan)
    corpus = load_corpus(folder, recipe.slice_len, recipe.rate_hz, recipe.trim, recipe.held_out, recipe.seed)
    saved = _saved(plan, recipe, corpus)
    draws = Draws(recipe.seed + 1, len(corpus.training), recipe.batch, fabric.global_rank, fabric.world_size)
    trainer = Trainer(recipe, fabric, Nets.fresh(recipe), torch.from_numpy(corpus.training), draws)  # pyright: ignore
    if saved:
        restore(trainer, saved)
    if fabric.is_global_zero:
        note_source(plan.out, folder, recipe.plain())
        _tell_corpus(corpus, recipe, tell)
        TrainingRun(trainer, plan, corpus, folder, tell).go()
    else:
        _follow(trainer, plan)
    return trainer.steps


def _check_shares(recipe: Recipe, world: int) -> None:
    if recipe.batch % world:
        raise Fault(
            f"A batch of {recipe.batch} cannot be divided evenly between {world} processes.",
            f"Set --batch to a multiple of {world}.",
        )


def _saved(plan: RunPlan, recipe: Recipe, corpus: Corpus) -> dict[str, Any]:
    """Return the state to resume, or None for a new run. Raises Fault if it does not fit."""
    if not plan.resume:
        if (folder_for(plan.out) / NAME).exists():
            raise Fault(
                f"“{plan.out}” already holds a run.", "Add --resume to continue it, or use another folder."
            )
        return {}
    saved = read_checkpoint(plan.out)
    check_same(recipe.plain(), saved, corpus.digest)
    return saved


def _tell_corpus(corpus: Corpus, recipe: Recipe, tell: Tell) -> None:
    seconds = len(corpus.training) * recipe.slice_len / recipe.rate_hz
    tell(
        f"{len(corpus.used)} recordings · {len(corpus.training)} slices to train on ({seconds:.0f} s)"
        f" · {len(corpus.held_out)} held out · {len(corpus.skipped)} files skipped"
    )
    for one in corpus.skipped:
        tell(f"skipped {one.name}: {one.reason}")


class TrainingRun(SavingLoop):
    """The training of the process that saves, evaluates and reports."""

    def __init__(self, trainer: Trainer, plan: RunPlan, corpus: Corpus, folder: Path, tell: Tell) -> None:
        super().__init__(plan, trainer.steps, tell)
        self.trainer, self.corpus, self.folder = trainer, corpus, folder
        self.reference = Reference.of(corpus.training, corpus.held_out, trainer.recipe.rate_hz)

    def advance(self) -> dict[str, Tensor]:
        """Take one step."""
        return self.trainer.step(self.plan.pace(self.trainer.steps))

    def agreed(self, stop: bool) -> bool:
        """Return whether any process wants to stop."""
        return agreed(self.trainer, stop)

    def save(self, last: bool) -> None:
        """Evaluate, and save the checkpoint, the model with its card, and previews; publish the last one."""
        self.check_finite(p for net in self.trainer.nets.named().values() for p in net.parameters())
        save_checkpoint(self.plan.out, state_of(self.trainer), self.corpus.digest)
        found = self._measured()
        self._save_model(found)
        self.records.measured(found.steps, found.words(), asdict(found))
        if last:
            self._publish()

    def _measured(self) -> Evaluation:
        trainer = self.trainer
        layout, rate_hz = trainer.layout, trainer.recipe.rate_hz
        sounds = generated(trainer.nets, fixed_latent(layout, max(PREVIEWS, layout.code)))
        self.records.preview(sounds, rate_hz, trainer.steps)
        return measure(trainer.nets, layout, self.reference, rate_hz, trainer.steps)

    def _save_model(self, found: Evaluation) -> None:
        nets, recipe = self.trainer.nets, self.trainer.recipe
        arrays = tensorflow_arrays(nets.average) | tensorflow_arrays(nets.D)
        arrays |= tensorflow_arrays(nets.Q) if nets.Q else {}
        measured = {name: value for name, value in asdict(found).items() if name != "steps"}
        card = make_card(recipe, self.trainer.steps, self._about() | {"measured": measured})
        save_model(self.plan.out / "model.safetensors", arrays, card)
        if "tensorflow" in self.plan.also:
            prefix = folder_for(self.plan.out / "tensorflow") / f"model.ckpt-{self.trainer.steps}"
            write_tensorflow(prefix, arrays, recipe)
        if "pytorch" in self.plan.also:
            write_port(folder_for(self.plan.out / "pytorch"), arrays, recipe, self.trainer.steps)

    def _publish(self) -> None:
        """Write the small model with its figures and points, if the plan asks for one."""
        if self.plan.publish is None:
            return
        trainer = self.trainer
        publish(self.plan.publish, trainer.nets, trainer.recipe, self.corpus, trainer.steps, self._about())
        self.tell(f"published step {trainer.steps} in {self.plan.publish}")

    def _about(self) -> dict[str, Any]:
        corpus = self.corpus
        return {
            **dict(self.plan.about),
            "computed_in": self.plan.precision,
            "recordings": {
                "folder": self.folder.name,
                "files": len(corpus.used),
                "skipped": len(corpus.skipped),
                "slices": len(corpus.training),
                "held_out": len(corpus.held_out),
                "sha256": corpus.digest,
            },
        }


def agreed(trainer: Trainer, stop: bool) -> bool:
    """Return whether any process wants to stop, so that all stop at the same step."""
    if trainer.fabric.world_size == 1:
        return stop
    wish = torch.tensor(float(stop), device=trainer.fabric.device)
    wishes = cast(Tensor, trainer.fabric.all_reduce(wish, reduce_op="sum"))  # pyright: ignore
    return bool(wishes > 0)


def _follow(trainer: Trainer, plan: RunPlan) -> None:
    """Train alongside the process that saves, until all stop."""
    with stopping() as stop:
        done = trainer.steps >= plan.steps
        while not done:
            trainer.step(plan.pace(trainer.steps))
            done = agreed(trainer, bool(stop) or trainer.steps >= plan.steps)
