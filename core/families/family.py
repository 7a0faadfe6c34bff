"""The interface of a family file: how it recognises a checkpoint, and what it makes of the weights."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from core.families.questions import Inquiry
from core.networks.latent import LatentLayout
from core.networks.spec import (
    ClassesOutput,
    LatentDrive,
    LayerSpec,
    NetworkSpec,
    SoundDrive,
    SoundOutput,
)
from core.networks.weights import Weights

Parts = Mapping[str, Weights]
Layers = tuple[LayerSpec, ...]


@dataclass(frozen=True)
class Description:
    """A checkpoint as its family describes it, before any weight is read: its networks in order."""

    networks: tuple[NetworkSpec, ...]
    title: str = ""

    def network(self, role: str) -> NetworkSpec | None:
        """Return the network with this role, or None."""
        return next((network for network in self.networks if network.role == role), None)


@dataclass(frozen=True)
class Family:
    """A row of the table of families.

    `sort` finds the networks among the groups of tensors in a run's files, or returns None if the run is not
    of this family; a run without a generator may hold D or Q alone. `describe` may raise Fault for weights
    that do not fit.
    """

    name: str
    title: str
    sort: Callable[[Sequence[Weights]], Parts | None]
    describe: Callable[[Parts, Inquiry], Description]


def generator_spec(
    layers: Layers, layout: LatentLayout, rate_hz: float, slice_len: int, audible: bool = True
) -> NetworkSpec:
    """Return the spec of a generator, driven by a latent vector."""
    return NetworkSpec("G", LatentDrive(layout), layers, SoundOutput(rate_hz, slice_len, audible))


def listener_spec(role: str, layers: Layers, rate_hz: float, n: int) -> NetworkSpec:
    """Return the spec of D or Q, driven by `n` samples of sound; Q's classes are the entries of the code."""
    classes = layers[-1].channels
    labels = ("score",) if classes == 1 else tuple(f"c{k}" for k in range(1, classes + 1))
    return NetworkSpec(role, SoundDrive(rate_hz, n), layers, ClassesOutput(labels))


def note_input(inquiry: Inquiry, n: int) -> None:
    """Note what the networks take if there is no generator."""
    inquiry.fact(
        "Input", f"{n} samples of sound", "inferred", "There is no generator; a sound drives the network."
    )
    inquiry.settle("slice", n)
