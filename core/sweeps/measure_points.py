"""A task of the background engine: generate some latent points and measure their layers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.measures.plan import MeasurementPlan
from core.networks.latent import Point
from core.probing.drive import LatentPoints
from core.probing.model_id import ModelId
from core.probing.request import ProbeRequest
from core.probing.surgery import LayerEdit
from core.processes.engine_tasks import ModelTask
from core.session.lane_key import GENERATOR
from core.signals.axis import Range
from core.sweeps.answer_measures import AnswerMeasure, answers_to
from core.sweeps.scalar import scalars

if TYPE_CHECKING:
    from core.families.model import Model


@dataclass(frozen=True, eq=False)
class MeasuredPoints:
    """A measure of layers at some points: float64 [points, layers], NaN where undefined.

    `refusals` has the reason for each layer that cannot have the measure.
    """

    values: NDArray[np.float64]
    layers: tuple[str, ...]
    refusals: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True)
class MeasurePoints(ModelTask):
    """Measure the generator's layers at some points: the one measure of a plan, or a network's answer.

    `over` is the stretch of time that is measured, None for the whole sound. An answer is about the output.
    `edits` change layers in every run.
    """

    model: ModelId
    points: tuple[Point, ...]
    plan: MeasurementPlan
    layers: tuple[str, ...]
    over: Range | None = None
    answer: AnswerMeasure | None = None
    edits: tuple[LayerEdit, ...] = ()

    @property
    def models(self) -> tuple[ModelId, ...]:
        """The generator, and the network that answers."""
        others = () if self.answer is None else (self.answer.model,)
        return tuple(dict.fromkeys((self.model, *others)))

    def run(self, models: Mapping[ModelId, Model], stop: Callable[[], bool]) -> MeasuredPoints:
        """Generate and measure; raises Fault, or Cancelled between points."""
        from core.probing.forward import probe

        model = models[self.model]
        output = model.card.output
        record = () if self.answer is None else (output,)
        asked = ProbeRequest(self.model, GENERATOR, LatentPoints(self.points), record, edits=self.edits)
        items = probe(model, asked, stop).items
        if self.answer is not None:
            sounds = [item[output].samples for item in items]
            found = answers_to(models, self.answer, sounds, model.card.rate_hz, self.over, stop)
            return MeasuredPoints(found[:, None], (output,))
        values = np.full((len(self.points), len(self.layers)), np.nan)
        refusals: dict[str, str] = {}
        for k, tracks in enumerate(items):
            _check(stop)
            for one in scalars(tracks, self.plan, self.layers, output, self.over):
                if one.refusal:
                    refusals.setdefault(one.layer, one.refusal)
                else:
                    values[k, self.layers.index(one.layer)] = one.value
        return MeasuredPoints(values, self.layers, refusals)


def _check(stop: Callable[[], bool]) -> None:
    from core.faults import Cancelled

    if stop():
        raise Cancelled
