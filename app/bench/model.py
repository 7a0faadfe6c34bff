"""The model for benchmarks: a generator of the usual size with random weights."""

from __future__ import annotations

import itertools
import json
import math
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Arrays = dict[str, NDArray[np.float32]]

DIM, LATENT, TAPS, STRIDE = 64, 100, 25, 4
RATE_HZ, SLICE, FIRST_N = 16000, 16384, 16
CODE = 3


def widths(dim: int = DIM) -> tuple[int, ...]:
    """Return the channels of every layer, from the fully connected one to the output."""
    return (16 * dim, 8 * dim, 4 * dim, 2 * dim, dim, 1)


def multiply_adds(dim: int = DIM) -> int:
    """Count the multiply-adds of one run of the generator."""
    channels = widths(dim)
    first = LATENT * FIRST_N * channels[0]
    layers = (FIRST_N * STRIDE**i * TAPS * a * b for i, (a, b) in enumerate(itertools.pairwise(channels)))
    return first + sum(layers)


def write_model(folder: Path, dim: int = DIM) -> Path:
    """Write a ciwGAN generator as safetensors with its card."""
    from safetensors.numpy import save_file

    path = folder / "random.safetensors"
    card = {
        "title": f"Random weights, dim {dim}",
        "rate_hz": RATE_HZ,
        "slice_len": SLICE,
        "latent": {"size": LATENT, "code": CODE, "kind": "one-hot", "prior": "uniform"},
    }
    save_file(_arrays(dim), path, {"card": json.dumps(card)})
    return path


def _arrays(dim: int) -> Arrays:
    """Return weights that preserve a signal's power from layer to layer, so that no layer is silent."""
    chance, channels = np.random.default_rng(0), widths(dim)
    arrays = _layer(chance, "G/z_project/dense", (LATENT, FIRST_N * channels[0]), LATENT / 3)
    for i, (before, after) in enumerate(itertools.pairwise(channels)):
        shape = (1, TAPS, after, before)
        arrays |= _layer(chance, f"G/upconv_{i}/conv2d_transpose", shape, before * TAPS / STRIDE)
    return arrays


def _layer(chance: np.random.Generator, name: str, shape: tuple[int, ...], fan_in: float) -> Arrays:
    kernel = chance.standard_normal(shape, np.float32) * np.float32(math.sqrt(2 / fan_in))
    outputs = shape[-2] if len(shape) == 4 else shape[-1]
    return {f"{name}/kernel": kernel, f"{name}/bias": np.zeros(outputs, np.float32)}
