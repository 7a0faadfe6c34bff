"""Tasks of the background engine for many items: their sounds, and the regression on their variables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.networks.latent import Point
from core.probing.model_id import ModelId
from core.processes.engine_tasks import ModelTask
from core.sweeps.effects import Effects, Method, effects

if TYPE_CHECKING:
    from core.families.model import Model

Doubles = NDArray[np.float64]


@dataclass(frozen=True)
class OutputsOf(ModelTask):
    """Generate the outputs of some points, float32 [points, samples]."""

    model: ModelId
    points: tuple[Point, ...]

    @property
    def models(self) -> tuple[ModelId, ...]:
        """The generator."""
        return (self.model,)

    def run(self, models: Mapping[ModelId, Model], stop: Callable[[], bool]) -> NDArray[np.float32]:
        """Return the outputs; raises Cancelled."""
        from core.probing.forward import generate_many

        return generate_many(models[self.model], self.points, cancelled=stop)


@dataclass(frozen=True, eq=False)
class Regress(ModelTask):
    """Regress y, float64 [items], on z, float64 [items, variables] (see `core.sweeps.effects.effects`)."""

    z: Doubles
    y: Doubles
    variables: tuple[str, ...]
    method: Method

    @property
    def models(self) -> tuple[ModelId, ...]:
        """None: all numbers are here."""
        return ()

    def run(self, models: Mapping[ModelId, Model], stop: Callable[[], bool]) -> Effects:
        """Return the ranked effects; raises Fault for labels or a measure that cannot be explained."""
        return effects(self.z, self.y, self.variables, self.method, cancelled=stop)
