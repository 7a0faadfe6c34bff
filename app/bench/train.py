"""A full training step compared with the same step in plain PyTorch."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from time import perf_counter

from app.bench.figures import Figure
from core.train.recipe import Recipe

RECIPE = Recipe(categories=4, dim=16, batch=16)
ROUNDS = 4


def figures(path: Path, share: float = 1.0, recipe: Recipe = RECIPE) -> Iterator[Figure]:
    """Measure both kinds of step alternately: five critic updates, one of G and one of Q in each."""
    import torch

    from app.bench.plain_step import made

    torch.set_flush_denormal(True)
    ours, plain = made(recipe, plain=False).step, made(recipe, plain=True).step
    for warm in (ours, plain):
        warm()
    ratios: list[float] = []
    before_s = _seconds(plain)
    for _ in range(max(2, round(share * ROUNDS))):
        ours_s, after_s = _seconds(ours), _seconds(plain)
        ratios.append(2 * ours_s / (before_s + after_s))
        before_s = after_s
    yield Figure("training_step", tuple(ratios), "x", 1.0)


def _seconds(step: Callable[[], object]) -> float:
    start_s = perf_counter()
    step()
    return perf_counter() - start_s
