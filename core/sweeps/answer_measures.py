"""Answers of networks that hear the generator's output, as measures of a sweep: P(s) against z11."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from core.families.card import Card
from core.faults import Fault
from core.networks.spec import ClassesOutput, FramesOutput, Scores, SoundDrive
from core.probing.model_id import ModelId
from core.signals.axis import Range, TimeAxis

if TYPE_CHECKING:
    from core.families.model import Model
    from core.networks.runner import Cancel

MOST_LABELS = 200
Scale = Literal["probability", "logit"]


@dataclass(frozen=True, slots=True)
class AnswerMeasure:
    """One label of a network that is driven by the generator's output; `place` counts labels from 0.

    A network that answers in frames gives the mean over its frames. `scores` says how its logits become
    probabilities.
    """

    model: ModelId
    network: str
    place: int
    label: str
    scale: Scale = "probability"
    scores: Scores = "none"

    @property
    def title(self) -> str:
        """What is measured, in a formula's words: P(s), logit of s."""
        return f"P({self.label})" if self.scale == "probability" else f"logit of {self.label}"


def answer_measures(model: ModelId, card: Card) -> tuple[AnswerMeasure, ...]:
    """Return what the networks of a model that sound drives can say: a probability and a logit per label."""
    found: list[AnswerMeasure] = []
    for role, network in card.networks.items():
        output = network.output
        if not isinstance(network.drive, SoundDrive) or not isinstance(output, ClassesOutput | FramesOutput):
            continue
        if isinstance(output, FramesOutput) and (output.cents is not None or output.hertz):
            continue  # a pitch network's bins are no labels
        labels, scores = output.labels or _code_names(role, card), _scores(role, card, output.scores)
        for place, label in enumerate(labels[:MOST_LABELS]):
            if scores != "none":
                found.append(AnswerMeasure(model, role, place, label, "probability", scores))
            found.append(AnswerMeasure(model, role, place, label, "logit", scores))
    return tuple(found)


def _code_names(role: str, card: Card) -> tuple[str, ...]:
    """Return the names of the code's variables, which a Q network answers with, or of a critic's score."""
    return card.layout.names()[: card.layout.code] if role == "Q" else ("score",)


def _scores(role: str, card: Card, scores: Scores) -> Scores:
    """Return how logits become probabilities: in a Q network as the code of its generator is made."""
    if role != "Q" or scores != "none":
        return scores
    return "sigmoid" if card.layout.kind == "bits" else "softmax"


def answers_to(
    models: Mapping[ModelId, Model],
    asked: AnswerMeasure,
    sounds: Sequence[NDArray[np.float32]],
    rate_hz: float,
    over: Range | None = None,
    cancelled: Cancel = None,
) -> NDArray[np.float64]:
    """Return the measure of each sound, float64 [sounds].

    A sound is resampled to the network's rate. Raises Fault for a sound that the network cannot take.
    """
    from core.answers.hearing import hear
    from core.answers.label_scores import PROBABILITIES
    from core.recordings.sound_file import resampled_to

    model = models[asked.model]
    drive = model.spec(asked.network).drive
    assert isinstance(drive, SoundDrive)
    values: list[float] = []
    for sound in sounds:
        heard = sound if drive.rate_hz == rate_hz else resampled_to(sound, rate_hz, drive.rate_hz)
        answer = hear(model, asked.network, heard, "", cancelled).answer
        rows = answer.logits.astype(np.float64)
        if asked.scale == "probability":
            rows = PROBABILITIES[asked.scores](rows)
        if asked.place >= rows.shape[1]:
            raise Fault(f"{asked.network} has no label {asked.label}.", "Choose another measure.")
        values.append(float(rows[_frames(answer.axis, over), asked.place].mean()))
    return np.array(values)


def _frames(axis: TimeAxis, over: Range | None) -> slice:
    """Return the frames within a stretch, all of them where none has its centre there."""
    first, last = (0, axis.n) if over is None else axis.samples_in(over)
    return slice(first, last) if last > first else slice(0, axis.n)
