"""Is a map faithful? What the answer becomes when only what the map shows is left of a sound, or the rest.

Figures as in L-MAC (Paissan, Ravanelli & Subakan, ICML 2024), deletion and insertion as in Petsiuk et al.
2018.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.answers.label_scores import PROBABILITIES
from core.explain.relevance import Relevance
from core.explain.steps import IMAGE, run
from core.explain.subject import Subject
from core.faults import Fault
from core.frontends.tensors import tensor
from core.networks.spec import ClassesOutput, FramesOutput

if TYPE_CHECKING:
    from torch import Tensor

Floats = NDArray[np.float64]
STEPS = 11
FULL_AT = 99.0


@dataclass(frozen=True, eq=False)
class Faithfulness:
    """Figures of one map of the input image; probabilities are of the explained class, mean over its frames.

    `drop` is max(0, f(X) - f(XM)) / f(X), `gain` max(0, f(XM) - f(X)) / (1 - f(X)), `faithful`
    f(X) - f(X(1-M)); `increase` and `keeps` say whether f(XM) > f(X) and whether the class stays. `deletion`
    and `insertion` are the scores when 0 to 100 % of the places are removed, the most relevant first, or put
    back.
    """

    probability: float
    faithful: float
    drop: float
    gain: float
    increase: bool
    keeps: bool
    sparseness: float
    complexity: float
    deletion: tuple[float, ...]
    insertion: tuple[float, ...]


def cause(subject: Subject, found: Relevance) -> str | None:
    """Return why there are no figures: they need a map of the input image, and a class."""
    if found.values.ndim != 2 or found.place != IMAGE:
        return "they need a map of the input image"
    if found.target.layer != subject.spec.layers[-1].name:
        return "they need a class of the answer as target"
    return None


def faithfulness(subject: Subject, found: Relevance) -> Faithfulness:
    """Return the figures of a map; what is removed becomes the quietest value of its bin."""
    refused = cause(subject, found)
    if refused:
        raise Fault(f"No figures of faithfulness: {refused}.")
    image = subject.image[0].double().numpy()
    floor = np.broadcast_to(image.min(0), image.shape)
    weight = np.maximum(found.values.T.astype(np.float64), 0)
    present = weight[weight > 0]
    mask = np.clip(weight / (np.percentile(present, FULL_AT) if len(present) else 1.0), 0, 1)
    whole, through, rest = (
        _said(subject, floor + m * (image - floor)) for m in (np.ones_like(mask), mask, 1 - mask)
    )
    f, f_in, f_out = (_probability(subject, said, found) for said in (whole, through, rest))
    return Faithfulness(
        f, f - f_out, max(0.0, f - f_in) / max(f, 1e-12), max(0.0, f_in - f) / max(1 - f, 1e-12), f_in > f,
        _class(whole, found) == _class(through, found), gini(np.abs(found.values)),
        entropy(np.abs(found.values)),
        *_curves(subject, found, image, floor),
    )  # fmt: skip


def _said(subject: Subject, image: Floats) -> Floats:
    """Return the answer [frames, labels] to an image [frames, bins]."""
    import torch

    with torch.no_grad():
        return run(subject.steps, _given(subject, [image]))[-1][0].double().numpy()


def _given(subject: Subject, images: Sequence[Floats]) -> Tensor:
    return tensor(np.stack(images)).to(subject.image.dtype)


def _probability(subject: Subject, said: Floats, found: Relevance) -> float:
    output = subject.spec.output
    scores = output.scores if isinstance(output, ClassesOutput | FramesOutput) else "none"
    probabilities = PROBABILITIES["softmax" if scores == "none" and said.shape[1] > 1 else scores](said)
    return float(probabilities[list(found.target.frames), found.target.unit].mean())


def _class(said: Floats, found: Relevance) -> int:
    return int(said[list(found.target.frames)].mean(0).argmax())


def _curves(
    subject: Subject, found: Relevance, image: Floats, floor: Floats
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return the scores of deletion and of insertion, in steps of an equal number of places."""
    import torch

    ranks = np.empty(found.values.size, np.int64)
    ranks[np.argsort(-found.values.T.ravel(), kind="stable")] = np.arange(found.values.size)
    ranks = ranks.reshape(image.shape)
    counts = [round(share * found.values.size) for share in np.linspace(0, 1, STEPS).tolist()]
    deleted = [np.where(ranks < count, floor, image) for count in counts]
    inserted = [np.where(ranks < count, image, floor) for count in counts]
    found_scores: list[Floats] = []
    for images in (deleted, inserted):
        with torch.no_grad():
            scores = subject.scores(IMAGE, _given(subject, images), found.target)
        found_scores.append(scores.double().numpy())
    return tuple(found_scores[0].tolist()), tuple(found_scores[1].tolist())


def gini(sizes: NDArray[np.float32]) -> float:
    """Return the Gini index of sizes: 0 if all are equal, near 1 if one has everything.

    >>> gini(np.ones(4)), round(gini(np.array([0, 0, 0, 1.0])), 2)
    (0.0, 0.75)
    """
    ordered = np.sort(sizes.ravel().astype(np.float64))
    total, n = ordered.sum(), len(ordered)
    if total == 0:
        return float("nan")
    return float((2 * np.arange(1, n + 1) - n - 1) @ ordered / (n * total))


def entropy(sizes: NDArray[np.float32]) -> float:
    """Return the entropy of sizes as shares of their sum, in bits; low if few places have everything.

    >>> entropy(np.ones(8))
    3.0
    """
    shares = sizes.ravel().astype(np.float64)
    total = shares.sum()
    if total == 0:
        return float("nan")
    shares = shares[shares > 0] / total
    return float(-(shares * np.log2(shares)).sum())
