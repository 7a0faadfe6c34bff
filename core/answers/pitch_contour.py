"""Pitch from bins, as CREPE decodes it (Kim, Salamon, Li & Bello 2018)."""

from __future__ import annotations

import numpy as np

from core.answers.label_scores import Floats, LabelScores
from core.faults import Fault
from core.provenance import Origin
from core.signals.track import Track

AROUND = 4  # bins on either side of the strongest that share in the average
REFERENCE_HZ = 10.0
LEAST_CONFIDENCE = 0.5


def pitch_contour(
    answer: LabelScores, least_confidence: float = LEAST_CONFIDENCE, origin: Origin | None = None
) -> tuple[Track, Track]:
    """Return F0 in Hz, undefined (NaN) below a confidence, and the confidence from 0 to 1.

    The pitch is the average of the cents of the nine bins around the strongest, weighted by their activation;
    the confidence is the strongest activation. Raises Fault for a network without bins of pitch.
    """
    hz, confidence = _in_hertz(answer) if answer.hertz else _from_bins(answer)
    hz = np.where(confidence >= least_confidence, hz, np.nan)
    whole = origin or Origin()
    return (
        Track("pitch", hz.astype(np.float32), answer.axis, "Hz", whole.of(layer="pitch")),
        Track("confidence", confidence.astype(np.float32), answer.axis, "", whole.of(layer="confidence")),
    )


def _in_hertz(answer: LabelScores) -> tuple[Floats, Floats]:
    """Return pitch and confidence of a network that gives both; without a confidence it is 1."""
    values = answer.logits.astype(np.float64)
    return values[:, 0], values[:, 1] if values.shape[1] > 1 else np.ones(len(values))


def _from_bins(answer: LabelScores) -> tuple[Floats, Floats]:
    if answer.cents is None:
        raise Fault("This network does not say a pitch.", "Choose a pitch network, for instance CREPE.")
    activation = answer.probabilities()
    places = activation.argmax(1)[:, None] + np.arange(-AROUND, AROUND + 1)
    inside = (places >= 0) & (places < activation.shape[1])
    near = np.clip(places, 0, activation.shape[1] - 1)
    weights = np.take_along_axis(activation, near, 1) * inside
    first, step = answer.cents
    cents = (weights * (first + step * near)).sum(1) / np.maximum(weights.sum(1), 1e-300)
    return REFERENCE_HZ * 2 ** (cents / 1200), activation.max(1)
