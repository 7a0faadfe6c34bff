"""A surrogate: a linear model of what random combinations of segments do to the score."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import cast

import numpy as np
from numpy.typing import NDArray

from core.explain import occlusion
from core.explain.fills import Fill, Perturbed
from core.explain.segments import SegmentSettings, grid_of
from core.explain.subject import Found, Subject
from core.explain.targets import Target

Floats = NDArray[np.float64]
cause = occlusion.cause


@dataclass(frozen=True, slots=True)
class SurrogateSettings:
    """The segments and their fill; `draws` combinations per run; `runs` with other draws give the spread.

    A combination counts exp(-(share removed / width)^2); `ridge` keeps the weights small.
    """

    segments: SegmentSettings = field(default_factory=SegmentSettings)
    fill: Fill = "mean"
    draws: int = 200
    runs: int = 3
    width: float = 0.5
    ridge: float = 1e-3
    seed: int = 0


def surrogate(subject: Subject, target: Target, settings: SurrogateSettings, place: str) -> Found:
    """Return the weight of each segment in the linear model (SLIME: Mishra, Sturm & Dixon 2017).

    `facts` has the share of the score's variance that the model explains; weights are in the score's unit.
    """
    grid = grid_of(subject, settings.segments)
    perturbed, count = Perturbed(subject, target, grid), len(grid.segments)
    fills = ("silence", "mean", "noise", "neighbours") if settings.fill == "all" else (settings.fill,)
    rows: list[Floats] = []
    explained: list[float] = []
    for run in range(settings.runs):
        chance = np.random.default_rng(settings.seed + run)
        kept = chance.random((settings.draws, count)) < chance.uniform(0.3, 0.95, (settings.draws, 1))
        kept[0] = True
        scores = perturbed.scores(
            [grid.mask(~row) for row in kept], fills[run % len(fills)], settings.seed + run
        )
        weights, share = fitted(kept, scores, settings.width, settings.ridge)
        rows.append(weights)
        explained.append(share)
    return occlusion.found_of(
        subject, grid, np.array(rows), {"variance explained": float(np.mean(explained))}
    )


def fitted(kept: NDArray[np.bool_], scores: Floats, width: float, ridge: float) -> tuple[Floats, float]:
    """Return the weights of a weighted ridge regression on which segments are kept, and R squared."""
    counts = np.exp(-(((~kept).mean(1) / width) ** 2))
    design = np.column_stack((kept.astype(np.float64), np.ones(len(kept))))
    damped = ridge * counts.sum() * np.diag([*np.ones(kept.shape[1]), 0.0])
    left, right = design.T @ (counts[:, None] * design) + damped, design.T @ (counts * scores)
    solved = cast(Floats, np.linalg.solve(left, right))
    rest = scores - design @ solved
    mean = (counts * scores).sum() / counts.sum()
    total = (counts * (scores - mean) ** 2).sum()
    return solved[:-1], float(1 - (counts * rest**2).sum() / total) if total > 0 else float("nan")
