"""One search: all restarts of one rate and penalty, a step after the other, as values that can be kept.

Adam (Kingma & Ba 2015) moves every restart by itself. A step computes the unit at the current vectors, keeps
the best so far, and moves them. With a constant rate the state after 100 steps is the beginning of the run of
1,000, so one trajectory gives all numbers of steps (snapshots), to the bit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.faults import Cancelled, Fault
from core.frontends.tensors import tensor
from core.generation.latent_prior import LatentPrior

if TYPE_CHECKING:
    from torch import Tensor

Array = NDArray[np.float32]
Respond = Callable[["Tensor"], "Tensor"]
Stop = Callable[[], bool]
BETAS, EPSILON = (0.9, 0.999), 1e-8


@dataclass(frozen=True, slots=True)
class Course:
    """What a trajectory follows: its direction (1 maximises, -1 minimises), rate of Adam, penalty lambda."""

    sign: int
    rate: float
    penalty: float

    @property
    def words(self) -> str:
        """Say what is followed."""
        way = "maximise" if self.sign > 0 else "minimise"
        return f"{way}, rate {self.rate:g}, λ {self.penalty:g}"


@dataclass(frozen=True, eq=False, slots=True)
class Best:
    """The best value of each restart so far [restarts], and its vectors [restarts, size]."""

    values: Array
    z: Array


@dataclass(frozen=True, eq=False)
class Trajectory:
    """The state of a search after `step` steps: everything the next step depends on.

    `curve` holds the unit's value at every step [step, restarts]; `snapshots` the best at the steps of
    `marks`; `still` counts restarts whose gradient was 0 in the first step.
    """

    course: Course
    seed: int
    z: Array
    first: Array
    second: Array
    best: Best
    step: int = 0
    curve: Array = field(default_factory=lambda: np.empty((0, 0), np.float32))
    marks: tuple[int, ...] = ()
    snapshots: Mapping[int, Best] = field(default_factory=dict[int, Best])
    still: int = 0

    @property
    def restarts(self) -> int:
        return len(self.z)


def begun(
    prior: LatentPrior, course: Course, restarts: int, seed: int, marks: tuple[int, ...] = ()
) -> Trajectory:
    """Return a search before its first step."""
    z = prior.draws(restarts, seed)
    nothing = np.full(restarts, -np.inf * course.sign, np.float32)
    zeros = np.zeros_like(z)
    empty = np.empty((0, restarts), np.float32)
    return Trajectory(course, seed, z, zeros, zeros, Best(nothing, z), curve=empty, marks=marks)


def advanced(
    start: Trajectory, respond: Respond, prior: LatentPrior, to_step: int, stop: Stop = lambda: False
) -> Trajectory:
    """Return the search at `to_step`. Raises Cancelled, and Fault for values that are not numbers.

    `respond` gives the unit's value [items] of vectors [items, size], so that gradients pass.
    """
    import torch

    course = start.course
    z, first, second = (tensor(part.copy()) for part in (start.z, start.first, start.second))
    best, best_z = tensor(start.best.values.copy()), tensor(start.best.z.copy())
    curve: list[Array] = []
    snapshots = dict(start.snapshots)
    still = start.still
    for step in range(start.step + 1, to_step + 1):
        if stop():
            raise Cancelled
        values, gradient = _slope(z, respond, prior, course)
        if step == 1:
            still = int((gradient.values_alone == 0).sum())
        _check(values, step)
        better = course.sign * (values - best) > 0
        best, best_z = torch.where(better, values, best), torch.where(better[:, None], z, best_z)
        slope = prior.along(gradient.whole, z)
        first = BETAS[0] * first + (1 - BETAS[0]) * slope
        second = BETAS[1] * second + (1 - BETAS[1]) * slope.square()
        size = (second / (1 - BETAS[1] ** step)).sqrt() + EPSILON
        z = prior.kept(z - course.rate * (first / (1 - BETAS[0] ** step)) / size)
        curve.append(values.numpy())
        if step in start.marks:
            snapshots[step] = Best(best.numpy(), best_z.numpy())
    return replace(
        start,
        z=z.numpy(),
        first=first.numpy(),
        second=second.numpy(),
        best=Best(best.numpy(), best_z.numpy()),
        step=to_step,
        curve=np.concatenate([start.curve, np.stack(curve)]) if curve else start.curve,
        snapshots=snapshots,
        still=still,
    )


@dataclass(frozen=True, eq=False, slots=True)
class _Gradient:
    whole: Tensor
    values_alone: Tensor


def _slope(z: Tensor, respond: Respond, prior: LatentPrior, course: Course) -> tuple[Tensor, _Gradient]:
    """Return the unit's values, and the gradient of what is made small: -sign a + lambda |z|².

    The direction turns the unit's sign only; the penalty always asks for a smaller |z|.
    """
    import torch

    moved = z.clone().requires_grad_(True)
    values = respond(moved)
    (alone,) = torch.autograd.grad(values.sum(), moved)
    alone = torch.nan_to_num(alone, nan=0.0, posinf=0.0, neginf=0.0)
    held = z.clone().requires_grad_(True)
    penalised = prior.hold == "penalty" or prior.layout.prior == "uniform"
    whole = -course.sign * alone
    if penalised and course.penalty:
        (pull,) = torch.autograd.grad(prior.penalty(held).sum(), held)
        whole = whole + course.penalty * pull
    return values.detach(), _Gradient(whole, alone.abs().sum(1))


def _check(values: Tensor, step: int) -> None:
    if not bool(values.isfinite().all()):
        raise Fault(
            f"The unit's value is no longer a number at step {step}.",
            "Use a smaller rate, or see whether the network's weights are damaged.",
        )
