"""Which variable does this? A measure of many random outputs, regressed on their latent variables.

Beguš (2020) labels outputs and ranks the variables by the size of their coefficients. Here each coefficient
also has a bootstrap interval, and a baseline from shuffled labels: the largest coefficient, of all variables,
that a shuffled measure gives. What stays below its 95th percentile is no effect.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from core.faults import Cancelled, Fault

Doubles = NDArray[np.float64]
Method = Literal["linear", "logistic", "lasso"]
METHODS: tuple[Method, ...] = ("linear", "logistic", "lasso")

LEAST_ITEMS = 20
FOLDS = 10
BOOTSTRAPS, SHUFFLES = 200, 200
LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Effect:
    """One variable's coefficient per unit of the latent value, its bootstrap interval, and whether it counts.

    The unit is that of the measure (linear, Lasso), or log odds (logistic). `beyond_chance` is whether the
    coefficient's size exceeds the baseline of the shuffled labels.
    """

    variable: str
    beta: float
    low: float
    high: float
    beyond_chance: bool


@dataclass(frozen=True)
class Effects:
    """All variables ranked by the size of their coefficients, the baseline, and how much is explained.

    `explained` is R², for a logistic regression the share of labels that are predicted, both by ten-fold
    cross-validation, so it can be below 0. `count` is the number of items with a value.
    """

    ranked: tuple[Effect, ...]
    baseline: float
    explained: float
    count: int
    method: Method
    penalty: float | None = None

    @property
    def before_the_drop(self) -> int:
        """The number of variables before the largest drop between neighbours in the ranking."""
        sizes = np.abs([one.beta for one in self.ranked])
        return int(np.argmax(sizes[:-1] - sizes[1:])) + 1 if len(sizes) > 1 else len(sizes)


def labels(measured: Doubles, threshold: float) -> Doubles:
    """Return 1 where a measure is above a threshold, 0 where it is not, NaN where it is undefined.

    Raises Fault if the label holds for all items or for none.
    """
    found = np.where(np.isfinite(measured), (measured > threshold).astype(np.float64), np.nan)
    known = found[np.isfinite(found)]
    if known.size and known.min() == known.max():
        which = "all" if known[0] else "none"
        low, high = float(np.nanmin(measured)), float(np.nanmax(measured))
        raise Fault(
            f"The label holds for {which} of the {known.size} items.",
            f"Choose a threshold between {low:g} and {high:g}.",
        )
    return found


def effects(
    z: Doubles,
    y: Doubles,
    variables: Sequence[str],
    method: Method = "linear",
    bootstraps: int = BOOTSTRAPS,
    shuffles: int = SHUFFLES,
    seed: int = 0,
    cancelled: Callable[[], bool] = lambda: False,
) -> Effects:
    """Regress y, float64 [items], on z, float64 [items, variables]; items with an undefined y are left out.

    The penalty of the Lasso is chosen once by cross-validation with ten folds, and kept for the bootstrap and
    the shuffles. Raises Fault for too few items, for a y that never varies, and for labels other than 0 and 1
    in a logistic regression; Cancelled between fits.
    """
    known = np.isfinite(y)
    z, y = z[known], y[known]
    _check(z, y, method)
    penalty = _penalty(z, y, seed) if method == "lasso" else None
    model = _model(method, penalty)
    beta, explained = _fit(model, z, y), _explained(model, z, y, seed)
    chance = np.random.default_rng(seed)
    again: list[Doubles] = []
    for _ in range(bootstraps):
        if cancelled():
            raise Cancelled
        chosen = chance.integers(0, len(y), len(y))
        if y[chosen].min() != y[chosen].max():
            again.append(_fit(model, z[chosen], y[chosen]))
    shuffled: list[float] = []
    for _ in range(shuffles):
        if cancelled():
            raise Cancelled
        shuffled.append(float(np.abs(_fit(model, z, chance.permutation(y))).max()))
    baseline = float(np.quantile(shuffled, LEVEL)) if shuffled else 0.0
    tails = ((1 - LEVEL) / 2, (1 + LEVEL) / 2)
    low, high = np.quantile(np.array(again or [beta]), tails, axis=0)
    order: list[int] = np.argsort(-np.abs(beta), kind="stable").tolist()
    ranked = tuple(
        Effect(variables[k], float(beta[k]), float(low[k]), float(high[k]), bool(abs(beta[k]) > baseline))
        for k in order
    )
    return Effects(ranked, baseline, explained, len(y), method, penalty)


def _check(z: Doubles, y: Doubles, method: Method) -> None:
    if len(y) < LEAST_ITEMS:
        raise Fault(
            f"Only {len(y)} items have a value; a regression needs at least {LEAST_ITEMS}.",
            "Generate more items, or choose a measure that is defined more often.",
        )
    if y.min() == y.max():
        raise Fault(f"The measure is {y[0]:g} in all {len(y)} items.", "Choose another measure.")
    if method == "linear" and len(y) <= z.shape[1] + 1:
        raise Fault(
            f"{len(y)} items cannot tell {z.shape[1]} variables apart.",
            f"Generate more than {z.shape[1] + 1}, or use the Lasso.",
        )
    if method == "logistic" and set(np.unique(y)) != {0.0, 1.0}:
        raise Fault("A logistic regression needs labels.", "Add a threshold.")


def _model(method: Method, penalty: float | None) -> Any:
    """Return scikit-learn's model: least squares, logistic with its default L2 (C = 1), or the Lasso."""
    models = _models()
    if method == "lasso":
        return models.Lasso(alpha=penalty, max_iter=10_000)
    if method == "logistic":
        return models.LogisticRegression(max_iter=1000)
    return models.LinearRegression()


def _fit(model: Any, z: Doubles, y: Doubles) -> Doubles:
    """Return the coefficients, float64 [variables]."""
    return np.asarray(model.fit(z, y).coef_, np.float64).reshape(-1)


def _explained(model: Any, z: Doubles, y: Doubles, seed: int) -> float:
    """Return how well each tenth of the items is predicted by the others: R², or the share of labels."""
    predicted = np.asarray(_selection().cross_val_predict(model, z, y, cv=_folds(len(y), seed)), np.float64)
    if _is_label(model):
        return float((predicted == y).mean())
    return float(1 - ((y - predicted) ** 2).sum() / ((y - y.mean()) ** 2).sum())


def _is_label(model: Any) -> bool:
    return isinstance(model, _models().LogisticRegression)


def _penalty(z: Doubles, y: Doubles, seed: int) -> float:
    """Return the penalty of the Lasso with the smallest error in cross-validation."""
    return float(_models().LassoCV(cv=_folds(len(y), seed), max_iter=10_000).fit(z, y).alpha_)


def _folds(n: int, seed: int) -> Any:
    return _selection().KFold(min(FOLDS, n), shuffle=True, random_state=seed)


def _models() -> Any:
    """Return scikit-learn's linear models, which come without types."""
    import sklearn.linear_model  # pyright: ignore[reportMissingTypeStubs]

    return sklearn.linear_model


def _selection() -> Any:
    import sklearn.model_selection  # pyright: ignore[reportMissingTypeStubs]

    return sklearn.model_selection
