"""What a network that hears a sound gives at its end: a probability per class, or one score."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from core.networks.latent import CodeKind

Rule = Literal["softmax", "sigmoid", "score"]


@dataclass(frozen=True, slots=True)
class ClassProbability:
    """One class: its label, its logit, and its probability from 0 to 1 (NaN for a score)."""

    label: str
    logit: float
    probability: float


@dataclass(frozen=True, slots=True)
class ClassifierOutput:
    """The classes in the network's order, and the rule that made the probabilities from the logits.

    A "score" is one number without bounds, as a Wasserstein critic gives it; it has no probability.
    """

    rule: Rule
    classes: tuple[ClassProbability, ...]

    @property
    def ranked(self) -> tuple[ClassProbability, ...]:
        """The classes, the most probable first."""
        return tuple(sorted(self.classes, key=lambda one: -one.logit))


def classifier_output(
    logits: NDArray[np.float32], kind: CodeKind = "one-hot", labels: Sequence[str] = (), score: bool = False
) -> ClassifierOutput:
    """Return logits, float32 [classes], as probabilities: softmax over the categories of a one-hot code,
    a sigmoid for each bit of a bit code.

    >>> two = classifier_output(np.array([0.0, 0.0], np.float32))
    >>> [one.probability for one in two.classes]
    [0.5, 0.5]
    >>> classifier_output(np.array([0.0], np.float32), "bits", ["c1"]).classes[0].probability
    0.5
    """
    values = np.asarray(logits, np.float64).ravel()
    names = [*labels, *(f"c{k + 1}" for k in range(len(labels), values.size))]
    rule: Rule = "score" if score else "sigmoid" if kind == "bits" else "softmax"
    shares = {"score": _none, "sigmoid": sigmoid, "softmax": softmax}[rule](values)
    told = zip(names, values.tolist(), shares.tolist(), strict=False)
    return ClassifierOutput(rule, tuple(ClassProbability(*one) for one in told))


def softmax(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return exp(x) / sum exp(x), computed without overflow."""
    powers = np.exp(values - values.max())
    return powers / powers.sum()


def sigmoid(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return 1 / (1 + exp(-x)), computed without overflow."""
    small = np.exp(-np.abs(values))
    return np.where(values >= 0, 1.0, small) / (1.0 + small)


def _none(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.full_like(values, np.nan)
