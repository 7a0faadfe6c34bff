"""Where a training run writes, how long it runs, on which devices, and what its card says."""

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
    """Everything about a run that may change when it is resumed, unlike its recipe.

    `also` names further formats to save the model in ("tensorflow", "pytorch"); `about` is the text of the
    card (title, data, licence, command); `publish` is the folder for the published model. The learning
    rates fall to 0 over the last `cool_down` steps.
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
        """Return the factor of the learning rates after `done` steps, 0 to 1."""
        return min(1.0, max(0.0, (self.steps - done) / self.cool_down)) if self.cool_down else 1.0


def make_fabric(plan: RunPlan) -> Fabric:
    """Return Fabric for the plan's devices; its launcher or torchrun starts its processes.

    Raises Fault if the machine does not have these devices.
    """
    from lightning_fabric import Fabric

    wanted: Any = plan.precision
    logging.getLogger("lightning_fabric").setLevel(
        logging.WARNING
    )  # its report about ranks is of no interest here
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
        raise Fault("A CPU cannot train with 16-mixed.", "Use --precision bf16-mixed, or a GPU.")
    fabric.launch()
    return fabric
