"""How well a layer tells groups apart: a logistic regression on events of speakers that it has not seen."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

FOLDS = 4
COMPONENTS = 64
"""The vectors are reduced to this many principal components first, so that wide layers have no advantage."""


@dataclass(frozen=True, slots=True)
class Probe:
    """The share of events whose group was found (each group counts the same), and with shuffled labels.

    `by_speaker` says whether speakers were kept apart; if there are too few, recordings were.
    """

    score: float
    shuffled: float
    by_speaker: bool


def probe(
    vectors: NDArray[Any],
    groups: Sequence[str],
    speakers: Sequence[str],
    recordings: Sequence[int],
    seed: int = 0,
) -> Probe:
    """Return how well groups are found in vectors [events, units]; NaN where there is too little to learn."""
    by_speaker = len(set(speakers)) > 1 and "" not in speakers
    apart = np.unique(np.asarray(speakers if by_speaker else recordings), return_inverse=True)[1]
    labels = np.unique(np.asarray(groups), return_inverse=True)[1]
    if len(set(apart.tolist())) < 2 or len(set(labels.tolist())) < 2:
        return Probe(float("nan"), float("nan"), by_speaker)
    mixed = np.random.default_rng(seed).permutation(labels)
    return Probe(_score(vectors, labels, apart), _score(vectors, mixed, apart), by_speaker)


def _score(vectors: NDArray[Any], labels: NDArray[np.intp], apart: NDArray[np.intp]) -> float:
    """Return the mean over groups of the share that was found, in folds that share no speaker."""
    import importlib

    model: Any = importlib.import_module("sklearn.linear_model").LogisticRegression
    count = int(apart.max()) + 1
    folds = apart % min(FOLDS, count)
    found = np.full(len(labels), -1)
    for fold in np.unique(folds):
        train, test = folds != fold, folds == fold
        if len(set(labels[train].tolist())) < 2:
            continue
        x, y = _reduced(np.asarray(vectors, np.float64), train)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that it has not converged in time
            fitted = model(C=0.5, max_iter=100).fit(x, labels[train])
        found[test] = fitted.predict(y)
    right = [float((found[labels == one] == one).mean()) for one in np.unique(labels)]
    return float(np.mean(right))


def _reduced(vectors: NDArray[Any], train: NDArray[np.bool_]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return training and test rows as standardised principal components of the training rows."""
    mean, spread = vectors[train].mean(0), vectors[train].std(0)
    rows = (vectors - mean) / np.where(spread > 0, spread, 1)
    _, _, axes = np.linalg.svd(rows[train], full_matrices=False)
    made = rows @ axes[: min(COMPONENTS, len(axes))].T
    size = made[train].std(0)
    made = made / np.where(size > 1e-9, size, 1)
    return made[train], made[~train]
