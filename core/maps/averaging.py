"""Feature maps averaged over many random outputs, as the published clusters are made from."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from core.families.registry import Model
from core.faults import Cancelled, Fault
from core.networks.latent import draw
from core.networks.runner import Cancel, Record
from core.probing.drive import LatentPoints

MOST_DRAWS = 5000
KEPT = 8  # averages, so that another knob or another number of clusters does not draw them again


@dataclass(frozen=True)
class _Asked:
    """What an average depends on; the model is the one with this digest."""

    digest: str
    network: str
    layer: str
    code: tuple[float, ...]
    draws: int
    model: Model = field(compare=False)
    stop: Cancel = field(compare=False, default=None)


def averaged_maps(
    model: Model, network: str, layer: str, code: tuple[float, ...], draws: int, stop: Cancel = None
) -> NDArray[np.float32]:
    """Return each map of a generator's layer averaged over random outputs, float32 [samples, channels].

    The draws are those of the seeds from 0 on, all with one code. Raises Cancelled between draws, and Fault
    for a number of draws that cannot be.
    """
    if not 1 <= draws <= MOST_DRAWS:
        raise Fault(
            f"Maps cannot be averaged over {draws} draws.", f"Choose a number from 1 to {MOST_DRAWS}."
        )
    digest = model.network(network).digest
    return _averaged(_Asked(digest, network, layer, code, draws, model, stop))


@lru_cache(maxsize=KEPT)
def _averaged(asked: _Asked) -> NDArray[np.float32]:
    layout, runner = asked.model.card.layout, asked.model.network(asked.network)
    spec, wanted = asked.model.spec(asked.network), Record(asked.layer)
    total: NDArray[np.float64] | None = None
    for seed in range(asked.draws):
        if asked.stop is not None and asked.stop():
            raise Cancelled
        point = draw(layout, seed, asked.code if layout.code else None)
        maps = runner.run(LatentPoints((point,)).array(spec), [wanted])[wanted][0]
        total = maps.astype(np.float64) if total is None else total + maps
    assert total is not None
    return (total / asked.draws).astype(np.float32)
