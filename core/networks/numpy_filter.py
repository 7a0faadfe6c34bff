"""The post-processing filter: one long FIR filter computed as one matrix product over blocks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.networks.numpy_layers import Array

BLOCK = 64  # output samples per row of the product


@dataclass
class NumpyFir:
    """y[n] = bias + sum over k of taps[k] * x[n + k - left], with zeros around x."""

    taps: Array
    bias: float
    left: int

    def __call__(self, x: Array) -> Array:
        items, n, _ = x.shape
        blocks, reach = -(-n // BLOCK), BLOCK + len(self.taps) - 1
        padded = np.zeros((items, blocks * BLOCK + len(self.taps) - 1), np.float32)
        padded[:, self.left : self.left + n] = x[:, :, 0]
        windows = np.lib.stride_tricks.sliding_window_view(padded, reach, axis=1)[:, ::BLOCK]
        y = np.ascontiguousarray(windows) @ self._matrix() + np.float32(self.bias)
        return y.reshape(items, -1, 1)[:, :n]

    def _matrix(self) -> Array:
        """Return the taps as a matrix, shifted down one row per column: [block + taps - 1, block]."""
        matrix = np.zeros((BLOCK + len(self.taps) - 1, BLOCK), np.float32)
        for column in range(BLOCK):
            matrix[column : column + len(self.taps), column] = self.taps
        return matrix
