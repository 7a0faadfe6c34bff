"""Checkpoints of a training run: written whole or not at all, read without running anything in them."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from core.faults import Fault
from core.train.settings import Recipe
from core.train.step import Trainer

NAME = "checkpoint.pt"


def write_whole(path: Path, write: Callable[[Path], None]) -> None:
    """Write a file beside its place, then rename it there, so that the old one survives a failure.

    Raises Fault where the disk is full or closed to writing.
    """
    part = path.with_name(path.name + ".part")
    try:
        write(part)
        with part.open("rb") as written:
            os.fsync(written.fileno())
        part.replace(path)
    except (OSError, RuntimeError) as problem:
        part.unlink(missing_ok=True)
        raise Fault(
            f"“{path.name}” could not be saved: {_cause(problem)}.",
            "What was saved before is still there; free some space, then go on with --resume.",
        ) from problem


def _cause(problem: Exception) -> str:
    return (problem.strerror or str(problem)) if isinstance(problem, OSError) else "the disk refused it"


def state_of(trainer: Trainer) -> dict[str, Any]:
    """Give everything that the next step depends on, as tensors and plain values."""
    nets = {name: net.state_dict() for name, net in _networks(trainer).items()}
    optimisers = {name: opt.state_dict() for name, opt in _optimisers(trainer).items()}
    return {
        "recipe": trainer.recipe.plain(),
        "steps": trainer.steps,
        "draws": trainer.draws.state(),
        "networks": nets,
        "optimisers": optimisers,
    }


def _networks(trainer: Trainer) -> dict[str, Any]:
    nets = trainer.nets
    named = {"G": nets.G, "D": nets.D, "Q": nets.Q, "average": nets.average}
    return {name: net for name, net in named.items() if net is not None}


def _optimisers(trainer: Trainer) -> dict[str, Any]:
    named = {"G": trainer.g_adam, "D": trainer.d_adam, "Q": trainer.q_rms}
    return {name: one for name, one in named.items() if one is not None}


def save_checkpoint(folder: Path, trainer: Trainer, extra: dict[str, Any]) -> None:
    """Save the run's state and `extra` into its folder."""
    import torch

    whole = state_of(trainer) | {"extra": extra}
    write_whole(folder / NAME, lambda part: torch.save(whole, part))


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
    for name, net in _networks(trainer).items():
        net.load_state_dict(saved["networks"][name])
    for name, optimiser in _optimisers(trainer).items():
        optimiser.load_state_dict(saved["optimisers"][name])
    trainer.draws.restore(saved["draws"])
    trainer.steps = saved["steps"]
