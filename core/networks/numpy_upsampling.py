"""Upsampling convolutions as one matrix product per output phase, written in place.

A transposed convolution of stride s computes every s-th output sample from its own few taps. So does a
convolution after nearest-neighbour upsampling, once kernel entries that meet the same input sample are added
up. No product involves an inserted zero, and nothing is added up afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial

import numpy as np

from core.networks.blas_threads import share
from core.networks.numpy_layers import Array, InPlace, Step
from core.networks.operations import Rise

ROWS_AT_ONCE = 1024  # rows of one product: enough for the processor, few enough for its cache
NARROW = 4  # with at most this many output channels, NumpyNarrowUpsample is faster


@dataclass
class NumpyUpsample:
    """An upsampling layer ready to run."""

    rise: Rise
    phases: tuple[tuple[int, int, Array], ...]  # a phase, its first tap, and its kernel [taps * in, out]
    first: int  # the earliest input sample that any phase needs, relative to its block
    taps: int
    bias: Array
    activation: InPlace
    _room: dict[tuple[int, int], tuple[Array, Array]] = field(
        default_factory=dict[tuple[int, int], tuple[Array, Array]]
    )

    def __call__(self, x: Array) -> Array:
        items, n, _ = x.shape
        y = np.empty((items, self.rise.length(n), len(self.bias)), np.float32)
        group = max(1, ROWS_AT_ONCE // n)
        for start in range(0, items, group):
            part = self._products(x[start : start + group])[:, : y.shape[1]]
            np.add(part, self.bias, out=y[start : start + group])
        return self.activation(y)

    def _products(self, x: Array) -> Array:
        items, n, width = x.shape
        blocks = -(-self.rise.length(n) // self.rise.ratio)
        columns, y = self._space(items, n, blocks, width)
        for tap in range(self.taps):
            shift = self.first + tap
            low, high = max(0, -shift), min(blocks, n - shift)
            columns[:, low:high, tap] = x[:, low + shift : high + shift]
        rows = columns.reshape(items * blocks, self.taps * width)
        share(
            [
                partial(np.matmul, rows[:, tap * width : tap * width + len(matrix)], matrix, out=y[:, phase])
                for phase, tap, matrix in self.phases
            ]
        )
        return y.reshape(items, blocks * self.rise.ratio, len(self.bias))

    def _space(self, items: int, n: int, blocks: int, width: int) -> tuple[Array, Array]:
        """Return the columns, zero outside the input, and the work space for the products.

        Where the kernel is shorter than the stride, nothing reaches some phases; they stay zero.
        """
        if (items, n) not in self._room:
            columns = np.zeros((items, blocks, self.taps, width), np.float32)
            y = np.zeros((items * blocks, self.rise.ratio, len(self.bias)), np.float32)
            self._room = {(items, n): (columns, y)}
        return self._room[(items, n)]


@dataclass
class NumpyNarrowUpsample:
    """An upsampling layer to few channels: the products first, then their sums in place.

    With one output channel the columns of `NumpyUpsample` would cost more than the products.
    """

    rise: Rise
    matrix: Array  # [meets * out, in]
    meets: tuple[tuple[int, int], ...]  # phase, and input sample relative to the block
    bias: Array
    activation: InPlace

    def __call__(self, x: Array) -> Array:
        items, n, _ = x.shape
        length, ratio = self.rise.length(n), self.rise.ratio
        blocks = -(-length // ratio)
        y = np.empty((items, blocks, ratio, len(self.bias)), np.float32)
        y[:] = self.bias
        for item in range(items):
            products = (self.matrix @ x[item].T).reshape(len(self.meets), len(self.bias), n)
            for product, (phase, place) in zip(products, self.meets, strict=True):
                low, high = max(0, -place), min(blocks, n - place)
                y[item, low:high, phase] += product[:, low + place : high + place].T
        return self.activation(y.reshape(items, blocks * ratio, len(self.bias))[:, :length])


def numpy_upsample(kernel: Array, bias: Array, rise: Rise, activation: InPlace) -> Step:
    """Make an upsampling layer from its kernel [taps, in, out]."""
    matrices = _matrices(kernel, rise)
    first = min(place for _, place in matrices)
    taps = max(place for _, place in matrices) - first + 1
    if kernel.shape[2] <= NARROW:
        matrix = np.concatenate([m.T for m in matrices.values()])
        return NumpyNarrowUpsample(rise, matrix, tuple(matrices), bias, activation)
    reached = sorted({phase for phase, _ in matrices})
    phases = tuple((phase, *_phase(matrices, phase, first)) for phase in reached)
    return NumpyUpsample(rise, phases, first, taps, bias, activation)


def _matrices(kernel: Array, rise: Rise) -> dict[tuple[int, int], Array]:
    """Return the matrix [in, out] for each pair of an input offset and a phase that it reaches."""
    matrices: dict[tuple[int, int], Array] = {}
    for phase, place, k in rise.meets():
        known = matrices.get((phase, place))
        matrices[phase, place] = kernel[k] if known is None else known + kernel[k]
    return matrices


def _phase(matrices: dict[tuple[int, int], Array], phase: int, first: int) -> tuple[int, Array]:
    places = sorted(place for which, place in matrices if which == phase)
    return places[0] - first, np.concatenate([matrices[phase, place] for place in places])
