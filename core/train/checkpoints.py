"""Checkpoints of a training run: written atomically, read without running their code."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from core.faults import Fault
from core.files.atomic import atomic
from core.networks.torch_module import NetworkModule
from core.train.recipe import Recipe
from core.train.step import Trainer

NAME = "training.state"


def state_of(trainer: Trainer) -> dict[str, Any]:
    """Return everything the next step depends on, as tensors and plain values."""
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
    """Save the run's state and `extra` to its folder."""
    import torch

    whole = state_of(trainer) | {"extra": extra}
    with atomic(folder / NAME) as draft:
        _report_full_disk(lambda: torch.save(whole, draft))


def _report_full_disk(write: Callable[[], None]) -> None:
    """Report a failed write as a full disk, because PyTorch hides the system's error."""
    try:
        write()
    except RuntimeError as problem:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)) from problem


def read_checkpoint(folder: Path) -> dict[str, Any]:
    """Read a run's state; raises Fault if there is none or it is damaged."""
    import torch

    path = folder / NAME
    if not path.exists():
        raise Fault(f"“{folder}” contains no run to resume.", "Omit --resume to start one there.")
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except Exception as problem:
        raise Fault(f"“{path}” is damaged and cannot be read.", "Start the run again.") from problem


def check_same(recipe: Recipe, saved: dict[str, Any]) -> None:
    """Raise a Fault that names each difference if a run is resumed with other settings."""
    differences = recipe.differences(Recipe(**saved["recipe"]))
    if differences:
        changes = ", ".join(f"{name} is {mine} but was {was}" for name, (mine, was) in differences.items())
        raise Fault(
            f"This run was started with other settings: {changes}.",
            "Use the same settings or another folder.",
        )


def restore(trainer: Trainer, saved: dict[str, Any]) -> None:
    """Restore the trainer to the state of the saved run."""
    for name, net in trainer.nets.named().items():
        _load(net, saved["networks"][name])
    for name, optimiser in trainer.optimisers.items():
        optimiser.load_state_dict(saved["optimisers"][name])
    trainer.draws.restore(saved["draws"])
    trainer.steps = saved["steps"]


def _load(net: NetworkModule, state: dict[str, Any]) -> None:
    """Load parameters. Raises Fault if they have other names, as in files of earlier versions."""
    if set(state) != set(net.state_dict()):
        raise Fault(
            "This run comes from an earlier version of Phonoscope, which stored networks differently.",
            "Start a new run; the model saved by the old one can still be opened.",
        )
    net.load_state_dict(state)
