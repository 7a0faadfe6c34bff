"""A full training step computes what the plain PyTorch formulation computes, and no slower."""

from __future__ import annotations

from typing import Any

import numpy as np

from app.bench.plain_step import made
from core.train.recipe import Recipe


def test_a_step_is_no_slower_than_plain_pytorch(benchmark: Any) -> None:
    from app.bench.train import RECIPE, figures

    (figure,) = figures(None)  # type: ignore[arg-type]
    benchmark.pedantic(made(RECIPE, plain=False).step, rounds=3)
    benchmark.extra_info["ratio"] = figure.median
    assert figure.kept


def test_a_step_computes_what_plain_pytorch_computes() -> None:
    small = Recipe(categories=4, dim=1, batch=2, critic_updates=2)
    ours, plain = (
        {name: float(value) for name, value in made(small, plain=kind).step().items()}
        for kind in (False, True)
    )
    assert set(ours) == set(plain)
    for name, value in ours.items():
        assert np.isclose(value, plain[name], rtol=1e-4, atol=1e-4), name
