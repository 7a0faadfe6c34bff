"""Checkpoints of a training run: written whole or not at all, read without running code of theirs."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from core.faults import Fault
from core.files.atomic import atomic
from core.train.recipe import Recipe
from core.train.step import Trainer

NAME = "training.state"


def state_of(trainer: Trainer) -> dict[str, Any]:
    """Give everything that the next step depends on, as tensors and plain values."""
    nets = {name: net.state_dict() for name, net in trainer.nets.named().items()}
    optimisers = {name: opt.state_dict() for name, opt in trainer.optimisers.items()}
    return {
        "recipe": trainer.recipe.plain(),
        "steps": trainer.steps,
        "draws": trainer.draws.state(),
        "networks": nets,
        "optimisers": optimisers,
    }


def save_checkpoint(folder: Path, trainer: Trainer, extra: dict[str, Any]) -> None:
    """Save the run's state and `extra` into its folder."""
    import torch

    whole = state_of(trainer) | {"extra": extra}
    with atomic(folder / NAME) as draft:
        _as_full_disk(lambda: torch.save(whole, draft))


def _as_full_disk(write: Callable[[], None]) -> None:
    """Let a failed write of PyTorch, which hides the system's error, be the full disk it is."""
    try:
        write()
    except RuntimeError as problem:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)) from problem


def read_checkpoint(folder: Path) -> dict[str, Any]:
    """Read a run's state; raises Fault where there is none or it is damaged."""
    import torch

    path = folder / NAME
    if not path.exists():
        raise Fault(f"“{folder}” holds no run to go on with.", "Leave --resume out to start one there.")
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except Exception as problem:
        raise Fault(f"“{path}” is damaged and cannot be read.", "Start the run anew.") from problem


def check_same(recipe: Recipe, saved: dict[str, Any]) -> None:
    """Refuse to go on with other settings than the run began with, naming each difference."""
    differences = recipe.differences(Recipe(**saved["recipe"]))
    if differences:
        told = ", ".join(f"{name} is {mine} but was {was}" for name, (mine, was) in differences.items())
        raise Fault(
            f"This run began with other settings: {told}.", "Use the same settings or another folder."
        )


def restore(trainer: Trainer, saved: dict[str, Any]) -> None:
    """Put the trainer where the saved run was."""
    for name, net in trainer.nets.named().items():
        net.load_state_dict(saved["networks"][name])
    for name, optimiser in trainer.optimisers.items():
        optimiser.load_state_dict(saved["optimisers"][name])
    trainer.draws.restore(saved["draws"])
    trainer.steps = saved["steps"]
