"""The generator beside PyTorch's, and beside a bare matrix product with as many multiply-adds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from time import perf_counter, sleep

import numpy as np

from app.bench.figures import Figure
from app.bench.model import DIM, multiply_adds

WIDTH = 1024  # of the matrix product
CALM_S = 0.1  # numpy's threads keep spinning this long after a product, which slows the next one
SIZES = {1: (2.0, 0.8, 30), 32: (1.8, 0.8, 5)}  # items at once: the limits, and how often they are measured


def figures(path: Path, share: float = 1.0, dim: int = DIM) -> Iterator[Figure]:
    """Measure one item and many, averaged over layers; the unit is the time of the yardstick."""
    import torch

    from app.bench.yardsticks import plain_forward
    from core.families.registry import open_model
    from core.networks.latent import draw
    from core.probing.forward import generate, generate_many

    model = open_model(path, {})
    points = [draw(model.card.layout, seed) for seed in range(max(SIZES))]
    runs: dict[int, Callable[[], object]] = {
        1: lambda: generate(model, points[0]),
        32: lambda: generate_many(model, points, layers=True),
    }
    plain = plain_forward(path)
    for items, (of_product, of_torch, rounds) in SIZES.items():
        z = torch.tensor([point.z for point in points[:items]])
        product, times = product_of(items * multiply_adds(dim)), max(2, round(share * rounds))
        yield Figure(f"generate_{items}", ratios(runs[items], product, times), "x", of_product)
        with torch.inference_mode():
            found = ratios(runs[items], lambda z=z: plain(z), times)
        yield Figure(f"generate_{items}_beside_pytorch", found, "x", of_torch)


def product_of(count: int) -> Callable[[], object]:
    """Return a float32 matrix product of `count` multiply-adds."""
    rows = max(1, round(count / WIDTH**2))
    left, right = np.ones((rows, WIDTH), np.float32), np.ones((WIDTH, WIDTH), np.float32)
    out = np.empty((rows, WIDTH), np.float32)
    return lambda: np.matmul(left, right, out=out)


def ratios(run: Callable[[], object], product: Callable[[], object], rounds: int) -> tuple[float, ...]:
    """Measure both alternately, each run between two products, so that other load affects both alike."""
    for warm in (run, product, run, product):
        warm()
    found: list[float] = []
    before_s = _seconds(product)
    for _ in range(rounds):
        run_s, after_s = _seconds(run), _seconds(product)
        found.append(2 * run_s / (before_s + after_s))
        before_s = after_s
    return tuple(found)


def _seconds(call: Callable[[], object]) -> float:
    sleep(CALM_S)
    start_s = perf_counter()
    call()
    return perf_counter() - start_s
