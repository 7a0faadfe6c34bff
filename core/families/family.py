"""What one family file gives: how it is recognised and what it makes of the weights."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from core.families.card import NetworkName
from core.families.questions import Inquiry
from core.networks.latent import LatentLayout
from core.networks.spec import NetworkPlan
from core.networks.weights import Weights

Parts = Mapping[NetworkName, Weights]


@dataclass(frozen=True)
class Description:
    """One checkpoint as its family understands it, before any weight is read."""

    plans: Mapping[NetworkName, NetworkPlan]
    layout: LatentLayout
    rate_hz: float
    slice_len: int
    sounds: bool = True
    title: str = ""


@dataclass(frozen=True)
class Family:
    """A row of the table of families.

    `sort` finds G, D and Q among the groups of tensors in a run's files, or gives None where the
    run is not of this family; `describe` may raise Fault for weights that do not fit.
    """

    name: str
    title: str
    sort: Callable[[Sequence[Weights]], Parts | None]
    describe: Callable[[Parts, Inquiry], Description]
