"""Recordings heard as tasks: whole ones, and the parts of long ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.answers.windows import Window
from core.probing.model_id import ModelId
from core.processes.engine_tasks import ModelTask, Stop, sound_digest
from core.processes.workers import Workers, results

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from core.answers.long_hearing import LongPlan, PartStore
    from core.families.model import Model


@dataclass(frozen=True, eq=False)
class HearWhole(ModelTask):
    """Hear a sound at the network's own rate at once, and through the lens if that is asked."""

    model: ModelId
    network: str
    samples: NDArray[np.float32]
    with_lens: bool = False

    @property
    def models(self) -> tuple[ModelId, ...]:
        return (self.model,)

    def run(self, models: Mapping[ModelId, Model], stop: Stop) -> tuple[Any, Any]:
        """Return the `HeardSound`, and what the head says of each layer."""
        from core.answers.hearing import hear
        from core.answers.lens import lens
        from core.probing.forward import input_rate_hz

        model = models[self.model]
        digest = sound_digest(self.samples, input_rate_hz(model, self.network))
        heard = hear(model, self.network, self.samples, digest, stop)
        return heard, lens(model, self.network, self.samples, stop) if self.with_lens else {}


@dataclass(frozen=True, eq=False)
class HearPart(ModelTask):
    """Hear one part of a long sound: see `core.answers.long_hearing`."""

    model: ModelId
    network: str
    samples: NDArray[np.float32]
    part: Window
    last: bool

    @property
    def models(self) -> tuple[ModelId, ...]:
        return (self.model,)

    def run(self, models: Mapping[ModelId, Model], stop: Stop) -> dict[str, Any]:
        """Return the rows that count, by layer."""
        from core.answers.long_hearing import hear_part

        return hear_part(models[self.model], self.network, self.samples, self.part, self.last, stop)


def hear_parts(
    workers: Workers, model: ModelId, network: str, samples: Any, plan: LongPlan, store: PartStore
) -> Iterator[int]:
    """Hear the parts of a long sound that are not in the store yet, and store them; yield how many there are.

    `samples` may lie on the disk: only the parts under way are in memory.
    """
    import numpy as np

    tasks = (
        HearPart(model, network, np.array(samples[part.first : part.last]), part, part.keep_to == plan.n)
        for part in plan.parts[store.done :]
    )
    for rows in results(workers, tasks):
        store.put(rows)
        yield store.done
