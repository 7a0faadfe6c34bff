"""Weight norm and spectral norm: a kernel that PyTorch stores in parts, given as the one tensor that runs.

Both forms of PyTorch are known: the hooks (`weight_g`, `weight_v`; `weight_orig`, `weight_u`, `weight_v`) and
the parametrisations (`parametrizations.weight.original0`, ..). The formulas are those of
`torch.nn.utils.weight_norm` and of `torch.nn.utils.spectral_norm` in evaluation.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.checkpoint.tensors import Tensors, TensorSpec
from core.faults import Fault

Array = NDArray[np.float32]

# Each form by the names of its parts: the direction or kernel first. {0} stands for the tensor's own name.
WEIGHT_NORM = (
    ("{0}_v", "{0}_g"),
    ("{1}parametrizations.{2}.original1", "{1}parametrizations.{2}.original0"),
)
SPECTRAL_NORM = (
    ("{0}_orig", "{0}_u", "{0}_v"),
    (
        "{1}parametrizations.{2}.original",
        "{1}parametrizations.{2}.0._u",
        "{1}parametrizations.{2}.0._v",
    ),
)
KERNEL = re.compile(r"(.*?)(?:parametrizations\.(\w+)\.original1?|(\w+)_(?:orig|v))")


@dataclass(frozen=True, slots=True)
class Fold:
    """One tensor from its stored parts; `kind` is "weight norm" or "spectral norm"."""

    kind: str
    parts: tuple[str, ...]
    compute: Callable[..., Array]


@dataclass
class FoldedTensors:
    """An open file whose normalised kernels look like any other tensor."""

    file: Tensors
    folds: Mapping[str, Fold]
    specs: Mapping[str, TensorSpec] = field(init=False)

    def __post_init__(self) -> None:
        gone = {part for fold in self.folds.values() for part in fold.parts}
        kept = {name: spec for name, spec in self.file.specs.items() if name not in gone}
        shapes = {
            name: TensorSpec(self.file.specs[fold.parts[0]].shape, "float32")
            for name, fold in self.folds.items()
        }
        self.specs = kept | shapes

    @property
    def path(self) -> Path:
        return self.file.path

    def read(self, name: str) -> Array:
        """Return one tensor, computed from its parts if it is stored in parts."""
        fold = self.folds.get(name)
        if fold is None:
            return self.file.read(name)
        with np.errstate(all="ignore"):
            return fold.compute(*(self.file.read(part) for part in fold.parts))


def folded(file: Tensors) -> Tensors:
    """Return the file, with every kernel in parts as one tensor; the file itself if there is none."""
    folds = {name: fold for full in file.specs for name, fold in _folds(file, full)}
    return FoldedTensors(file, folds) if folds else file


def folds_of(file: Tensors) -> Mapping[str, Fold]:
    """Return the tensors of a file that were computed from parts, by name."""
    return file.folds if isinstance(file, FoldedTensors) else {}


def _folds(file: Tensors, full: str) -> list[tuple[str, Fold]]:
    """Return the tensor that a stored kernel or direction belongs to, with its parts; empty if none does."""
    match = KERNEL.fullmatch(full)
    if match is None:
        return []
    scope, last = match[1], match[2] or match[3]
    name = f"{scope}{last}"
    for kind, forms, compute in (
        ("spectral norm", SPECTRAL_NORM, spectral_normed),
        ("weight norm", WEIGHT_NORM, weight_normed),
    ):
        for form in forms:
            parts = tuple(part.format(name, scope, last) for part in form)
            if full == parts[0] and all(part in file.specs for part in parts) and _fits(kind, file, parts):
                return [(name, Fold(kind, parts, compute))]
    return []


def _fits(kind: str, file: Tensors, parts: tuple[str, ...]) -> bool:
    """Return whether the parts have the shapes of this normalisation."""
    shape, *others = (file.specs[part].shape for part in parts)
    if kind == "weight norm":
        gain = others[0]
        return not gain or (
            len(gain) == len(shape) and all(g in (1, s) for g, s in zip(gain, shape, strict=True))
        )
    return bool(_axes(shape, others[0], others[1]))


def weight_normed(direction: Array, gain: Array) -> Array:
    """Return direction / |direction| * gain; the norm runs over the axes along which the gain has size 1.

    See Salimans and Kingma (2016), equation 2, and `torch.nn.utils.weight_norm`.
    """
    axes = tuple(axis for axis, size in enumerate(gain.shape) if size == 1) if gain.ndim else None
    norm = np.sqrt(np.sum(np.square(direction), axis=axes, keepdims=gain.ndim > 0))
    return np.asarray(direction * (gain / norm), np.float32)


def spectral_normed(kernel: Array, u: Array, v: Array) -> Array:
    """Return kernel / sigma with sigma = u' W v, where W is the kernel as a matrix with one axis as its rows.

    That axis is the output's: the first, or the second of a transposed convolution. If the lengths of `u` and
    `v` allow both, the one for which `u` is the singular vector counts. See Miyato et al. (2018), equation 8,
    and `torch.nn.utils.spectral_norm`.
    """
    matrices = [_matrix(kernel, axis) for axis in _axes(kernel.shape, u.shape, v.shape)]
    if not matrices:
        raise Fault("A spectral norm does not fit its kernel.", "Copy the file again from its source.")
    matrix = max(matrices, key=lambda one: abs(float(u @ _unit(one @ v))))
    return np.asarray(kernel / np.dot(u, matrix @ v), np.float32)


def _axes(shape: tuple[int, ...], u: tuple[int, ...], v: tuple[int, ...]) -> list[int]:
    """Return the axes of a kernel that can be the rows of its matrix."""
    if len(u) != 1 or len(v) != 1 or not shape or 0 in shape:
        return []
    count = int(np.prod(shape))
    return [axis for axis in range(min(2, len(shape))) if shape[axis] == u[0] and count == u[0] * v[0]]


def _matrix(kernel: Array, axis: int) -> Array:
    return np.moveaxis(kernel, axis, 0).reshape(kernel.shape[axis], -1)


def _unit(values: Array) -> Array:
    return values / (np.sqrt(np.sum(np.square(values))) + np.float32(1e-12))
