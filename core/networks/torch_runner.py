"""The torch engine: networks with a front end and networks with modules of their own, run layer by layer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from core.faults import Cancelled
from core.frontends.tensors import tensor
from core.networks.layer_info import LayerInfo
from core.networks.numpy_layers import Array
from core.networks.receptive_fields import heard
from core.networks.runner import INPUT, Cancel, Edit, Record, check_layers, recorded
from core.networks.spec import NetworkSpec, SoundDrive
from core.networks.weights import Weights

if TYPE_CHECKING:
    from torch import Tensor

    from core.networks.torch_module import NetworkModule

Build = Callable[[NetworkSpec, Weights], "NetworkModule"]
"""Makes a network's module from its spec and its tensors, when it is first run."""

FRAMES_AT_ONCE = 128  # of a network that hears each frame by itself; CREPE's first layer has 33 MB of them


@dataclass
class TorchRunner:
    """A network ready to run (a `Runner`). Its tensors are read at once, torch by the first run.

    Without `build`, the module is made from the operations of the spec.
    """

    spec: NetworkSpec
    weights: Weights
    digest: str
    warnings: tuple[str, ...] = ()
    build: Build | None = None
    _module: list[NetworkModule] = field(default_factory=list[Any])

    def layers(self) -> tuple[LayerInfo, ...]:
        """Return the layers with a time axis, in the order of computation."""
        return self.spec.infos()

    def run(
        self, x: Array, record: Sequence[Record], edits: Sequence[Edit] = (), cancelled: Cancel = None
    ) -> Mapping[Record, Array]:
        """Run up to the last recorded layer: see `Runner.run`."""
        check_layers(self.spec, record, edits)
        parts = [dict(self._run_part(part, record, edits, cancelled)) for part in self._parts(x, edits)]
        if len(parts) == 1:
            return parts[0]
        return {wanted: np.concatenate([part[wanted] for part in parts], 1) for wanted in parts[0]}

    def module(self) -> NetworkModule:
        """Return the network as a torch module in evaluation mode."""
        from core.networks.torch_module import module

        if not self._module:
            made = (self.build or module)(self.spec, self.weights)
            self._module.append(made.eval())
        return self._module[0]

    def _parts(self, x: Array, edits: Sequence[Edit]) -> Iterator[Tensor]:
        """Yield what the first layer takes; in parts, if frames do not hear each other."""
        import torch

        with torch.no_grad():
            features = self.module().features(tensor(np.asarray(x, np.float32)))
        whole = edits or not hears_single_frames(self.spec)
        size = features.shape[1] if whole else FRAMES_AT_ONCE
        yield from torch.split(features, max(1, size), 1)

    def _run_part(
        self, features: Tensor, record: Sequence[Record], edits: Sequence[Edit], cancelled: Cancel
    ) -> Iterator[tuple[Record, Array]]:
        import torch

        left = {wanted.layer for wanted in record}
        with torch.no_grad():
            for name, maps in self._walk(features, edits):
                if cancelled is not None and cancelled():
                    raise Cancelled
                for wanted in record:
                    if wanted.layer == name:
                        yield wanted, recorded(wanted, maps.numpy())
                left.discard(name)
                if not left:
                    return

    def _walk(self, features: Tensor, edits: Sequence[Edit]) -> Iterator[tuple[str, Tensor]]:
        yield INPUT, features
        yield from self.module().walk_features(features, _after(edits))


def _after(edits: Sequence[Edit]) -> dict[str, Callable[[Tensor], Tensor]]:
    """Return the edits of each layer as one function of its maps."""

    def change(maps: Tensor, name: str) -> Tensor:
        found: Array = maps.numpy()
        for edit in edits:
            found = edit(found) if edit.layer == name else found
        return tensor(found)

    names = {edit.layer for edit in edits}
    return {name: lambda maps, name=name: change(maps, name) for name in names}


def hears_single_frames(spec: NetworkSpec) -> bool:
    """Return whether every frame of the input is computed by itself, so that a sound can be run in parts."""
    drive = spec.drive
    if not isinstance(drive, SoundDrive) or drive.frontend.channels == 1:
        return False
    return all(heard(layer.op, drive.n) == (1, 1) for layer in spec.layers)


def torch_runner(spec: NetworkSpec, weights: Weights, build: Build | None = None) -> TorchRunner:
    """Read the tensors that the spec names and return the network ready to run."""
    for name in sorted(weights.used):
        weights.read(name)
    return TorchRunner(spec, weights, weights.digest.text(), tuple(weights.flawed), build)
