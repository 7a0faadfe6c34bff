"""Does a map agree with other methods, and with itself when the sound changes a little?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.explain.field import inside
from core.explain.ranks import spearman
from core.explain.registry import explain
from core.explain.relevance import Relevance
from core.explain.steps import IMAGE
from core.explain.subject import Floats, Subject

NOISE_DB = -40.0


@dataclass(frozen=True, slots=True)
class Agreement:
    """Spearman's rho of two maps inside the field: of their size, and with their sign."""

    rho: float
    rho_signed: float


def agreement(subject: Subject, one: Relevance, other: Relevance) -> Agreement:
    """Return how much two maps of one target agree. Both have the same shape."""
    where = inside(one, subject)
    first, second = one.values[where], other.values[where]
    return Agreement(spearman(np.abs(first), np.abs(second)), spearman(first, second))


def _louder(samples: Floats, chance: np.random.Generator) -> Floats:
    return samples * np.float32(10 ** (3 / 20))


def _softer(samples: Floats, chance: np.random.Generator) -> Floats:
    return samples * np.float32(10 ** (-3 / 20))


def _noisy(samples: Floats, chance: np.random.Generator) -> Floats:
    size = float(np.sqrt(np.mean(samples.astype(np.float64) ** 2))) * 10 ** (NOISE_DB / 20)
    return (samples + size * chance.standard_normal(samples.shape)).astype(np.float32)


def _shifted(samples: Floats, chance: np.random.Generator) -> Floats:
    """Return the samples one later: a tenth of a millisecond at 10 kHz, far below one frame."""
    return np.concatenate((samples[:1], samples[:-1]))


JITTERS: Mapping[str, Callable[[Floats, np.random.Generator], Floats]] = {
    "3 dB louder": _louder,
    "3 dB softer": _softer,
    "noise 40 dB below": _noisy,
    "1 sample later": _shifted,
}


def with_itself(
    subject: Subject, found: Relevance, settings: Any = None, place: str = IMAGE
) -> dict[str, Agreement]:
    """Return how much a map agrees with that of the same sound, changed a little."""
    samples: Floats = np.asarray(subject.samples[0].numpy(), np.float32)
    results: dict[str, Agreement] = {}
    for name, change in JITTERS.items():
        other = Subject.of(subject.module, change(samples, np.random.default_rng(0)))
        again = explain(other, found.target, found.method, settings, place)
        results[name] = agreement(subject, found, again)
    return results
