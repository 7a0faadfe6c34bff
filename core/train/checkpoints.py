"""Checkpoints of a training run: written atomically, read without running their code."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from core.faults import Fault
from core.files.atomic import atomic
from core.networks.torch_module import NetworkModule
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


def save_checkpoint(folder: Path, state: Mapping[str, Any], recordings: str) -> None:
    """Save a trainer's state and the digest of its recordings to the run's folder."""
    import torch

    whole = {**state, "extra": {"recordings": recordings}}
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


def check_same(recipe: Mapping[str, Any], saved: Mapping[str, Any], recordings: str) -> None:
    """Raise a Fault if a run is resumed with other settings, each difference named, or other recordings."""
    was = saved["recipe"]
    changed = [name for name in recipe if name in was and recipe[name] != was[name]]
    if changed:
        changes = ", ".join(f"{name} is {recipe[name]} but was {was[name]}" for name in changed)
        raise Fault(
            f"This run was started with other settings: {changes}.",
            "Use the same settings or another folder.",
        )
    if set(recipe) != set(was):
        raise earlier_version()
    if saved["extra"]["recordings"] != recordings:
        raise Fault(
            "This run was started with other recordings: the contents of the folder have changed.",
            "Restore the folder, or start a new run in another folder.",
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
        raise earlier_version()
    net.load_state_dict(state)


def earlier_version() -> Fault:
    """Return the fault for a run whose networks or settings have other names."""
    return Fault(
        "This run comes from an earlier version of Phonoscope, which stored networks differently.",
        "Start a new run; the model saved by the old one can still be opened.",
    )
