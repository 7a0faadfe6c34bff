"""Where a training run writes, how long it goes on, on which devices, and what its card says."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.faults import Fault

if TYPE_CHECKING:
    from lightning_fabric import Fabric


@dataclass(frozen=True, slots=True)
class RunPlan:
    """Everything about a run that may differ when it goes on, unlike its recipe.

    `also` names further layouts to save the model in ("tensorflow", "pytorch"); `about` is what the
    card says besides the figures (title, data, licence, command); into `publish` goes, at the end,
    what is given away of the model. Over the last `cool_down` steps the learning rates fall to 0.
    """

    out: Path
    steps: int = 200_000
    cool_down: int = 0
    every_s: float = 600.0
    resume: bool = False
    also: tuple[str, ...] = ()
    publish: Path | None = None
    about: tuple[tuple[str, str], ...] = ()
    accelerator: str = "auto"
    devices: int = 1
    nodes: int = 1
    precision: str = "32-true"

    def pace(self, done: int) -> float:
        """Give the part of the learning rates that the step after `done` steps uses, 0 to 1."""
        return min(1.0, max(0.0, (self.steps - done) / self.cool_down)) if self.cool_down else 1.0


def make_fabric(plan: RunPlan) -> Fabric:
    """Give Fabric for the plan's devices, its processes started by its launcher or torchrun.

    Raises Fault where the machine does not have them.
    """
    from lightning_fabric import Fabric

    wanted: Any = plan.precision
    logging.getLogger("lightning_fabric").setLevel(logging.WARNING)  # its report of ranks is not ours
    try:
        fabric = Fabric(
            accelerator=plan.accelerator, devices=plan.devices, num_nodes=plan.nodes, precision=wanted
        )
    except (RuntimeError, ValueError) as problem:
        raise Fault(
            f"Training cannot use {plan.devices} × {plan.accelerator} with {plan.precision} here.",
            "See --accelerator, --devices and --precision.",
        ) from problem
    if fabric.device.type == "cpu" and plan.precision == "16-mixed":
        raise Fault("A processor cannot train with 16-mixed.", "Give --precision bf16-mixed, or a GPU.")
    fabric.launch()
    return fabric
