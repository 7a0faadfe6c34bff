"""Running a network and recording its layers as tracks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal, overload

import numpy as np
from numpy.typing import NDArray

from core.families.card import NetworkName
from core.families.registry import Model
from core.faults import Fault
from core.networks.blas_threads import products_on_one_thread
from core.networks.latent import Point
from core.networks.reductions import MEAN, Reduction
from core.provenance import Origin
from core.signals.track import Track

Array = NDArray[np.float32]
Cancel = Callable[[], bool] | None
ITEMS_AT_ONCE = 8  # enough to share each weight matrix, few enough to stay in the cache


def generate(
    model: Model,
    point: Point,
    cancelled: Cancel = None,
    reduction: Reduction = MEAN,
) -> dict[str, Track]:
    """Run the generator at one point and give every layer as a track, in order of computation.

    Raises Cancelled between layers.
    """
    origin = _origin(model, "G").of(point=point.z)
    curves = {
        name: _curve(reduction, maps)[0]
        for name, maps in model.network("G").walk(_vectors(model, [point]), cancelled)
    }
    return _tracks(model, "G", curves, origin, reduction)


@overload
def generate_many(
    model: Model, points: Sequence[Point], layers: Literal[False] = False, cancelled: Cancel = None
) -> Array: ...
@overload
def generate_many(
    model: Model, points: Sequence[Point], layers: Literal[True], cancelled: Cancel = None
) -> dict[str, Array]: ...
def generate_many(
    model: Model, points: Sequence[Point], layers: bool = False, cancelled: Cancel = None
) -> Array | dict[str, Array]:
    """Run the generator at many points: the outputs [items, samples], or every layer's means.

    Raises Cancelled between layers.
    """
    vectors = _vectors(model, points)
    infos = model.card.layers["G"]
    wanted = infos if layers else infos[-1:]
    curves = {info.name: np.empty((len(vectors), info.axis.n), np.float32) for info in wanted}
    for start in range(0, len(vectors), ITEMS_AT_ONCE):
        some = vectors[start : start + ITEMS_AT_ONCE]
        for name, maps in model.network("G").walk(some, cancelled):
            if name in curves:
                curves[name][start : start + len(some)] = _curve(MEAN, maps)
    return curves if layers else curves[infos[-1].name]


def maps(model: Model, point: Point, layer: str) -> Array:
    """Give all feature maps of one generator layer, float32 [channels, samples]."""
    for name, found in model.network("G").walk(_vectors(model, [point])):
        if name == layer:
            return np.ascontiguousarray(found[0].T)
    raise Fault(f"The generator has no layer “{layer}”.")


def listen(
    model: Model,
    network: Literal["D", "Q"],
    samples: Array,
    sound_digest: str,
    cancelled: Cancel = None,
    reduction: Reduction = MEAN,
) -> tuple[dict[str, Track], Array]:
    """Run D or Q on a sound: every layer as a track, and the logits, float32 [classes].

    The sound is cut, or filled up with zeros, to what the network hears (see `heard_samples`).
    """
    running = model.network(network)
    n = heard_samples(model, network)
    heard = np.zeros((1, n, 1), np.float32)
    heard[0, : len(samples), 0] = samples[:n]
    curves: dict[str, Array] = {}
    logits = np.empty(0, np.float32)
    for name, found in running.walk(heard, cancelled):
        if name == "logits":
            logits = found[0, 0]
        else:
            curves[name] = _curve(reduction, found)[0]
    origin = _origin(model, network).of(checkpoint=running.digest, sound=sound_digest)
    return _tracks(model, network, curves, origin, reduction), logits


def heard_samples(model: Model, network: Literal["D", "Q"]) -> int:
    """Give how many samples D or Q hears."""
    return model.description.plans[network].n_in


def heard_rate_hz(model: Model, network: Literal["D", "Q"]) -> float:
    """Give the sampling rate of the sound that D or Q hears, the output's own but in articulationGAN."""
    return model.description.plans[network].rate_hz or model.card.rate_hz


def _curve(reduction: Reduction, found: Array) -> Array:
    with products_on_one_thread():
        return reduction(found)


def _vectors(model: Model, points: Sequence[Point]) -> Array:
    size = model.card.layout.size
    if any(len(point.z) != size for point in points):
        raise Fault(f"This model's latent vector has {size} values.", "Give a point with as many.")
    return np.array([point.z for point in points], np.float32).reshape(len(points), size)


def _origin(model: Model, network: NetworkName) -> Origin:
    card = model.card
    return Origin(
        checkpoint=card.digest,
        family=card.family,
        network=network,
        answers=tuple(sorted(card.answers.items())),
    )


def _tracks(
    model: Model, network: NetworkName, curves: dict[str, Array], origin: Origin, how: Reduction
) -> dict[str, Track]:
    axes = {info.name: info.axis for info in model.card.layers[network]}
    return {
        name: Track(name, curve, axes[name], origin=origin.of(layer=name, reduction=how.name))
        for name, curve in curves.items()
    }
