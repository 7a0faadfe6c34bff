"""What a network says about a sound, as one frozen value: a score per frame and label."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from core.faults import Fault
from core.networks.spec import ClassesOutput, FeaturesOutput, FramesOutput, Output, Scores
from core.probing.classifier_output import sigmoid
from core.signals.axis import TimeAxis

Floats = NDArray[np.float64]
Kind = Literal["letters", "classes", "pitch", "nothing"]


@dataclass(frozen=True, eq=False)
class LabelScores:
    """Logits float32 [frames, labels] on their axis, and what they stand for.

    A network that takes a fixed stretch of sound answers once per stretch: its frames are stretches.
    """

    logits: NDArray[np.float32]
    axis: TimeAxis
    labels: tuple[str, ...]
    scores: Scores = "none"
    blank: int | None = None
    cents: tuple[float, float] | None = None
    hertz: bool = False

    def __post_init__(self) -> None:
        if self.logits.shape != (self.axis.n, len(self.labels)):
            raise ValueError(
                f"{self.logits.shape} logits for {self.axis.n} frames, {len(self.labels)} labels"
            )

    @property
    def kind(self) -> Kind:
        """What is said: letters or phones by CTC, pitch, classes, or nothing by an encoder without a head."""
        if not self.labels:
            return "nothing"
        if self.cents is not None or self.hertz:
            return "pitch"
        return "classes" if self.blank is None else "letters"

    def probabilities(self) -> Floats:
        """Return a probability per frame and label, float64; the logits themselves if nothing is known."""
        return PROBABILITIES[self.scores](self.logits.astype(np.float64))


def label_scores(output: Output, logits: NDArray[np.float32], axis: TimeAxis) -> LabelScores:
    """Return logits [frames, labels] with what they stand for. Raises Fault if the network makes sound."""
    count = logits.shape[-1]
    if isinstance(output, FramesOutput):
        labels = _named(output.labels, count)
        return LabelScores(logits, axis, labels, output.scores, output.blank, output.cents, output.hertz)
    if isinstance(output, ClassesOutput):
        return LabelScores(logits, axis, _named(output.labels, count), output.scores)
    if isinstance(output, FeaturesOutput):
        return LabelScores(np.empty((axis.n, 0), np.float32), axis, ())
    raise Fault("A generator answers with a sound, not with classes.", "Choose another network.")


def _named(labels: tuple[str, ...], count: int) -> tuple[str, ...]:
    return labels if len(labels) == count else tuple(str(k + 1) for k in range(count))


def softmax_rows(values: Floats) -> Floats:
    """Return exp(x) / sum exp(x) of each row, computed without overflow."""
    powers = np.exp(values - values.max(-1, keepdims=True))
    return powers / powers.sum(-1, keepdims=True)


def _as_they_are(values: Floats) -> Floats:
    return values


PROBABILITIES: dict[Scores, Callable[[Floats], Floats]] = {
    "softmax": softmax_rows,
    "sigmoid": sigmoid,
    "none": _as_they_are,
}
