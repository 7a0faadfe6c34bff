"""An open checkpoint: its card, and its networks, each loaded on first use."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from core.families.card import Card
from core.families.family import Description, Parts
from core.faults import Fault
from core.networks.numpy_runner import NumpyRunner, numpy_runner, runs_in_numpy
from core.networks.runner import Runner
from core.networks.spec import NetworkSpec
from core.networks.torch_runner import Build, TorchRunner, torch_runner
from core.networks.weights import Weights

Made = TypeVar("Made")
MOST_MADE = 4

NAMES = {"G": "generator", "D": "discriminator", "Q": "Q network"}


@dataclass
class Model:
    """An open checkpoint: its card, and its networks, each loaded on first use."""

    card: Card
    description: Description
    parts: Parts
    _runners: dict[str, Runner] = field(default_factory=dict[str, Runner])
    _made: dict[Hashable, Any] = field(default_factory=dict[Hashable, Any])

    def spec(self, role: str) -> NetworkSpec:
        """Return a network's spec. Raises Fault if the checkpoint has no network of this role."""
        spec = self.description.network(role)
        if spec is None:
            what = NAMES.get(role, f"network {role}")
            have = ", ".join(self.card.networks)
            raise Fault(f"This checkpoint has no {what}.", f"It has {have}. Open a run that includes it.")
        return spec

    def network(self, role: str) -> Runner:
        """Return a network ready to run. Raises Fault if the checkpoint has no network of this role."""
        if role not in self._runners:
            self._runners[role] = runner_of(
                self.spec(role), self.parts[role], self.description.builds.get(role)
            )
        return self._runners[role]

    def made(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """Return what was made of this model under a key, made by the first call; the last few are kept."""
        if key not in self._made:
            while len(self._made) >= MOST_MADE:
                self._made.pop(next(iter(self._made)))
            self._made[key] = make()
        return self._made[key]


def runner_of(spec: NetworkSpec, weights: Weights, build: Build | None = None) -> NumpyRunner | TorchRunner:
    """Return a network ready to run: in numpy if its engine can, else in torch, with `build` if given."""
    return numpy_runner(spec, weights) if runs_in_numpy(spec) else torch_runner(spec, weights, build)
