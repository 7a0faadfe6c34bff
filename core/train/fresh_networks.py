"""The three networks of WaveGAN, ciwGAN and fiwGAN before training: their specs, and new kernels.

The specs are those of the TensorFlow family, so that a trained network opens as the same network.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from core.checkpoint.tensors import TensorSpec
from core.families import wavegan_tensorflow
from core.families.family import generator_spec, listener_spec
from core.networks.layer_specs import STEPS
from core.networks.spec import NetworkSpec
from core.networks.torch_layers import Convolutions, TorchLayer
from core.networks.torch_module import Bend, NetworkModule, module
from core.networks.weights import Weights
from core.train.convolution import down, leaky, up
from core.train.recipe import Recipe

TAPS = 25
FAST = Convolutions(down, up, leaky)
Shapes = dict[str, tuple[int, ...]]


def widths(slice_len: int, dim: int) -> tuple[int, ...]:
    """Return the published channels of a generator from its FC map to its output."""
    count = len(wavegan_tensorflow.STRIDES[slice_len])
    return (*(dim * 2**k for k in reversed(range(count))), 1)


def generator_of(recipe: Recipe) -> NetworkSpec:
    """Return the generator that a recipe trains."""
    channels = widths(recipe.slice_len, recipe.dim)
    rows = STEPS * channels[0]
    shapes: Shapes = {"z_project/dense/kernel": (recipe.latent, rows), "z_project/dense/bias": (rows,)}
    for i, (into, out) in enumerate(itertools.pairwise(channels)):
        scope = f"upconv_{i}/conv2d_transpose"
        shapes |= {f"{scope}/kernel": (1, TAPS, out, into), f"{scope}/bias": (out,)}
    layers = wavegan_tensorflow.generator(_planned(shapes), recipe.slice_len)
    return generator_spec(layers, recipe.layout, recipe.rate_hz, recipe.slice_len)


def listener_of(role: str, recipe: Recipe, classes: int) -> NetworkSpec:
    """Return the discriminator "D" or the Q network "Q" that a recipe trains."""
    prefix = wavegan_tensorflow.PREFIXES[role]
    channels = widths(recipe.slice_len, recipe.dim)[::-1]
    rows = STEPS * channels[-1]
    dense = f"{prefix}output/dense"
    shapes: Shapes = {f"{dense}/kernel": (rows, classes), f"{dense}/bias": (classes,)}
    for i, (into, out) in enumerate(itertools.pairwise(channels)):
        scope = f"{prefix}downconv_{i}/conv1d"
        shapes |= {f"{scope}/kernel": (TAPS, into, out), f"{scope}/bias": (out,)}
    layers = wavegan_tensorflow.listener(_planned(shapes), prefix, recipe.slice_len, recipe.slope)
    return listener_spec(role, layers, recipe.rate_hz, recipe.slice_len)


@dataclass(frozen=True)
class _Planned:
    """Tensors that do not exist yet: their shapes, as a checkpoint reader gives them."""

    specs: Mapping[str, TensorSpec]
    path: Path = Path()

    def read(self, name: str) -> NDArray[np.float32]:
        raise KeyError(name)


def _planned(shapes: Shapes) -> Weights:
    specs = {name: TensorSpec(shape, "float32") for name, shape in shapes.items()}
    return Weights("", _Planned(specs), {name: name for name in specs})


def untrained(spec: NetworkSpec) -> NetworkModule:
    """Return a network for training, with the fast convolutions; its kernels have yet to be drawn."""
    return module(spec, how=FAST)


def draw_parameters(networks: Sequence[nn.Module], chance: torch.Generator) -> None:
    """Draw all kernels and matrices as TensorFlow's layers do (Glorot's uniform), biases zero."""
    for network in networks:
        for part in network.modules():
            if isinstance(part, TorchLayer):
                limit = math.sqrt(6 / _fans(part.weight.shape))
                nn.init.uniform_(part.weight, -limit, limit, generator=chance)


def _fans(shape: Sequence[int]) -> int:
    """Return the sum of fan-in and fan-out of a matrix [in, out] or a kernel [wide, taps, narrow]."""
    return sum(shape) if len(shape) == 2 else shape[1] * (shape[0] + shape[2])


def phase_shuffle(shifts: Sequence[int]) -> dict[str, Bend]:
    """Return the phase shuffle after each convolution except the last (Donahue et al. 2019)."""
    return {f"conv{place}": partial(shifted, by=by) for place, by in enumerate(shifts, 1)}


def shifted(maps: Tensor, by: int) -> Tensor:
    """Return feature maps moved `by` steps later (or earlier), filled with their own reflection."""
    if by == 0:
        return maps
    if by > 0:
        return torch.cat([maps[:, 1 : by + 1].flip(1), maps[:, :-by]], dim=1)
    return torch.cat([maps[:, -by:], maps[:, by - 1 : -1].flip(1)], dim=1)
