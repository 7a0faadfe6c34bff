"""Schlüter & Grill's detector as its authors saved it with Lasagne: param0, param1, .. in an HDF5 file.

Lasagne convolves truly, so its kernels are flipped; time is their first axis and the bands are the second.
The mean and the deviation of the bands lie in a file beside it, `std_mean.h5`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.checkpoint.hdf5_file import Hdf5File
from core.checkpoint.tensors import Tensors, TensorSpec
from core.faults import Fault
from core.files.regular import check_beside

Array = NDArray[np.float32]
LAYERS = ("conv1", "conv2", "conv3", "conv4", "fc1", "fc2", "fc3")
CONVOLUTIONS = 4
STATISTICS, BANDS, BINS = "std_mean.h5", 80, 7  # bins of the last map


@dataclass
class LasagneTensors:
    """The numbered parameters under our names, with our axes."""

    file: Tensors
    statistics: Tensors | None
    specs: Mapping[str, TensorSpec] = field(init=False)

    def __post_init__(self) -> None:
        found: dict[str, TensorSpec] = {}
        for k, layer in enumerate(LAYERS):
            weight, bias = (self.file.specs[f"param{2 * k + part}"].shape for part in (0, 1))
            turned = (weight[0], weight[1], weight[3], weight[2]) if len(weight) == 4 else weight[::-1]
            found[f"{layer}.weight"] = TensorSpec(turned, "float32")
            found[f"{layer}.bias"] = TensorSpec(bias, "float32")
        if self.statistics is not None:
            found |= {name: TensorSpec((BANDS,), "float32") for name in ("mean", "std")}
        self.specs = found

    @property
    def path(self) -> Path:
        return self.file.path

    def read(self, name: str) -> Array:
        """Return one tensor."""
        if name in ("mean", "std"):
            assert self.statistics is not None
            return self.statistics.read(name).reshape(-1)
        layer, _, part = name.partition(".")
        values = self.file.read(f"param{2 * LAYERS.index(layer) + (part == 'bias')}")
        if part == "bias":
            return values
        if values.ndim == 4:
            return np.ascontiguousarray(values[:, :, ::-1, ::-1].swapaxes(2, 3))
        return np.ascontiguousarray(values.T if layer != "fc1" else self._dense(values))

    def _dense(self, values: Array) -> Array:
        """Return the first matrix with the bins of each map before its time, as our layout has them."""
        maps = self.file.specs["param6"].shape[0]
        steps = len(values) // (maps * BINS)
        cut = values.reshape(maps, steps, BINS, -1)
        return cut.transpose(3, 0, 2, 1).reshape(values.shape[1], -1)


def from_lasagne(file: Tensors) -> Tensors:
    """Return the detector in a file of numbered parameters under our names; any other file as it is."""
    names = [f"param{k}" for k in range(2 * len(LAYERS))]
    if set(names) != set(file.specs):
        return file
    shapes = [file.specs[name].shape for name in names]
    kernels, matrices = shapes[: 2 * CONVOLUTIONS : 2], shapes[2 * CONVOLUTIONS :: 2]
    maps = kernels[-1][0] if kernels[-1] else 0
    flat = all(len(one) == 2 for one in matrices) and maps and matrices[0][0] % (maps * BINS) == 0
    if not flat or not all(len(one) == 4 and one[2:] == (3, 3) for one in kernels):
        return file
    return LasagneTensors(file, _statistics(file.path))


def _statistics(path: Path) -> Tensors | None:
    """Return the mean and the deviation of the bands, None if they are not beside the parameters."""
    beside = path.with_name(STATISTICS)
    if not beside.is_file():
        return None
    check_beside(beside)
    found = Hdf5File(beside)
    if not all(name in found.specs and found.specs[name].count == BANDS for name in ("mean", "std")):
        raise Fault(
            f"“{STATISTICS}” beside “{path.name}” holds no mean and deviation of {BANDS} bands.",
            "Copy it from where the network comes from, or remove it.",
        )
    return found
