"""The loop that all trainings share: steps until done or stopped, with reports and saves at intervals."""

from __future__ import annotations

import math
import time
from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import TYPE_CHECKING

from core.faults import Fault
from core.files.atomic import unwritable
from core.train.checkpoints import NAME
from core.train.reporting import Pace, Records, Tell
from core.train.run_plan import RunPlan
from core.train.stopping import stopping

if TYPE_CHECKING:
    from torch import Tensor

CHECK_EVERY = 10
TELL_EVERY_S = 10.0


class SavingLoop(ABC):
    """A training that says how to take a step and how to save; `steps` are done so far."""

    def __init__(self, plan: RunPlan, steps: int, tell: Tell) -> None:
        self.plan, self.steps, self.tell = plan, steps, tell
        self.records = Records(plan.out, steps, tell)
        self._pace = Pace(steps)
        self._saved_at = time.monotonic()

    @abstractmethod
    def advance(self) -> dict[str, Tensor]:
        """Take one step and return its losses."""

    @abstractmethod
    def save(self, last: bool) -> None:
        """Save the checkpoint and the model, and record how good it is; `last` says that the run ends."""

    def agreed(self, stop: bool) -> bool:
        """Return whether to stop; several processes must stop at the same step."""
        return stop

    def go(self) -> None:
        """Train until the plan's steps are done or a stop is requested; save at every interval.

        Raises Fault if the losses stop being finite or the disk is full; the last checkpoint stays.
        """
        with stopping() as stop:
            try:
                self._loop(stop)
            except OSError as problem:
                raise unwritable(self.plan.out, problem) from problem
            finally:
                self.records.close()

    def _loop(self, stop: list[int]) -> None:
        done = self.steps >= self.plan.steps
        while not done:
            losses = self.advance()
            self.steps += 1
            done = self.agreed(bool(stop) or self.steps >= self.plan.steps)
            if self.steps % CHECK_EVERY == 0 or done or self._pace.seconds_since() > TELL_EVERY_S:
                self._check(losses)
            if not done and time.monotonic() - self._saved_at > self.plan.every_s:
                self.save(last=False)
                self._saved_at = time.monotonic()
        self.save(last=True)
        self.tell(self._goodbye())

    def _goodbye(self) -> str:
        if self.steps < self.plan.steps:
            return f"stopped at step {self.steps}; continue with --resume"
        return f"done at step {self.steps}; to train longer, use --resume and more --steps"

    def _check(self, losses: dict[str, Tensor]) -> None:
        values = {name: float(loss) for name, loss in losses.items()}
        if not all(map(math.isfinite, values.values())):
            raise self._diverged()
        if self._pace.seconds_since() > TELL_EVERY_S:
            self.records.losses(self.steps, self.plan.steps, self._pace.per_s(self.steps), values)

    def check_finite(self, values: Iterable[Tensor]) -> None:
        """Raise Fault if a network has values that are not finite, before they replace the last good ones."""
        if not all(bool(value.isfinite().all()) for value in values):
            raise self._diverged()

    def _diverged(self) -> Fault:
        kept = f"The last good checkpoint is still in “{self.plan.out}”."
        none = "Nothing was saved before that."
        return Fault(
            f"The losses are no longer finite at step {self.steps}; training has stopped.",
            f"{kept if (self.plan.out / NAME).exists() else none} Try a lower learning rate.",
        )
