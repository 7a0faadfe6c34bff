"""One network's tensors by plain name, and the axis order of kernels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from core.checkpoint.tensors import Digest, Tensors
from core.faults import Fault
from core.networks.operations import Norm, Stored

Array = NDArray[np.float32]
MOST_TAPS = 8192

# The positions of the taps, the input channels and the output channels in a stored kernel.
KERNELS: dict[str, tuple[int, int, int]] = {
    "tf": (0, 1, 2),
    "tf up": (1, 3, 2),
    "torch": (2, 1, 0),
    "torch up": (2, 0, 1),
}
LINEAR = {"tf linear": (0, 1), "torch linear": (1, 0)}  # the positions of the input and output channels

# The positions of time, bins, input maps and output maps in a stored kernel over time and bins.
MAP_KERNELS: dict[str, tuple[int, int, int, int]] = {
    "tf bins-time": (1, 0, 2, 3),
    "tf time-bins": (0, 1, 2, 3),
    "torch bins-time": (3, 2, 1, 0),
    "torch time-bins": (2, 3, 1, 0),
    "torch flat": (1, 2, 3, 0),  # a matrix whose inputs TensorFlow flattened
}


class Misfit(Fault):
    """The tensors belong to another network than the one they were taken for."""


@dataclass
class Weights:
    """The tensors of one state dict or scope: plain name to the name in its file.

    `label` says where the group was found (file stem and path inside the file). Tensors that are read are
    added to `digest`; those with values that are not finite are noted in `flawed`.
    """

    label: str
    tensors: Tensors
    names: Mapping[str, str]
    digest: Digest = field(default_factory=Digest)
    flawed: list[str] = field(default_factory=list[str])
    used: set[str] = field(default_factory=set[str])

    def __contains__(self, name: str) -> bool:
        return name in self.names

    def within(self, scope: str) -> Weights:
        """Return the tensors whose names begin with `scope`, with it removed."""
        inside = {n.removeprefix(scope): full for n, full in self.names.items() if n.startswith(scope)}
        return Weights(f"{self.label}/{scope.strip('/.')}", self.tensors, inside)

    def shape(self, name: str, *wanted: int | None) -> tuple[int, ...]:
        """Return a tensor's shape. Raises Fault if it is missing or does not match `wanted` (None matches any
        size).
        """
        if name not in self.names:
            raise Misfit(
                f"The network is incomplete: it has no “{name}”.",
                "Choose a checkpoint that was saved completely.",
            )
        self.used.add(name)
        shape = self.tensors.specs[self.names[name]].shape
        fits = len(shape) == len(wanted) and all(
            w is None or w == s for s, w in zip(shape, wanted, strict=True)
        )
        if 0 in shape or (wanted and not fits):
            words = " × ".join("any" if w is None else str(w) for w in wanted)
            raise Misfit(
                f"“{name}” has the shape {' × '.join(map(str, shape))}, where this network has {words}.",
                "The checkpoint comes from a modified network that Phonoscope does not know.",
            )
        return shape

    def read(self, name: str) -> Array:
        """Return a tensor's values, float32."""
        values = self.tensors.read(self.names[name])
        self.digest.add(name, values)
        if not np.isfinite(values).all():
            self.flawed.append(name)
        return values


def kernel_shape(weights: Weights, name: str, order: str, width: int | None) -> tuple[int, int, int]:
    """Return a kernel's taps, input channels and output channels, after checking the input against
    `width`.
    """
    if order in LINEAR:
        places = LINEAR[order]
        shape = weights.shape(name, *((width, None) if places == (0, 1) else (None, width)))
        return 1, shape[places[0]], shape[places[1]]
    places = KERNELS[order]
    wanted: list[int | None] = [None] * (4 if order == "tf up" else 3)
    wanted[places[1]] = width
    shape = weights.shape(name, *wanted)
    if shape[places[0]] > MOST_TAPS:
        raise Misfit(f"“{name}” is not a kernel: it has {shape[places[0]]:,} taps.")
    return shape[places[0]], shape[places[1]], shape[places[2]]


def read_kernel(weights: Weights, stored: Stored) -> Array:
    """Return a kernel as [taps, in, out]."""
    values = weights.read(stored.kernel)
    if stored.order in LINEAR:
        return values.transpose(LINEAR[stored.order])[None]
    if stored.order == "tf up":
        values = values[0]
    places = [place - (stored.order == "tf up") for place in KERNELS[stored.order]]
    return values.transpose(places)


def read_bias(weights: Weights, stored: Stored, channels: int) -> Array:
    """Return a bias [channels], zeros if none is stored."""
    return weights.read(stored.bias) if stored.bias else np.zeros(channels, np.float32)


def map_kernel_shape(weights: Weights, name: str, order: str, maps: int | None) -> tuple[int, ...]:
    """Return a kernel's taps in time, taps in bins, input and output maps, after checking the input."""
    places = MAP_KERNELS[order]
    wanted: list[int | None] = [None] * 4
    wanted[places[2]] = maps
    shape = weights.shape(name, *wanted)
    return tuple(shape[place] for place in places)


def read_map_kernel(weights: Weights, stored: Stored) -> Array:
    """Return a kernel over time and bins as [time, bins, in, out]."""
    return weights.read(stored.kernel).transpose(MAP_KERNELS[stored.order])


def read_flat(weights: Weights, stored: Stored, taps: int, bins: int) -> Array:
    """Return the matrix of a dense layer on maps as a kernel [taps, maps * bins, out]."""
    matrix = weights.read(stored.kernel)
    places, torch = MAP_KERNELS[stored.order], stored.order.startswith("torch")
    out = matrix.shape[0] if torch else matrix.shape[1]
    sizes = {places[0]: taps, places[1]: bins, places[2]: matrix.size // (taps * bins * out), places[3]: out}
    whole = matrix.reshape([sizes[place] for place in range(4)]).transpose(places)
    return whole.transpose(0, 2, 1, 3).reshape(taps, -1, out)


def read_dense(weights: Weights, stored: Stored, steps: int) -> tuple[Array, Array]:
    """Return the matrix [latent, steps * channels] and the bias, time before channels."""
    kernel, bias = weights.read(stored.kernel), weights.read(stored.bias)
    if stored.order == "torch":
        channels = len(bias) // steps
        kernel = kernel.reshape(channels, steps, -1).transpose(2, 1, 0).reshape(-1, steps * channels)
        bias = bias.reshape(channels, steps).T.reshape(-1)
    return kernel, bias


def read_logits(weights: Weights, stored: Stored, channels: int) -> tuple[Array, Array]:
    """Return the matrix [time * channels, classes] and the bias, time before channels."""
    kernel, bias = weights.read(stored.kernel), weights.read(stored.bias)
    if stored.order == "torch":
        channels_first = kernel.reshape(len(bias), channels, -1)
        kernel = channels_first.transpose(2, 1, 0).reshape(-1, len(bias))
    return kernel, bias


def read_norm(weights: Weights, norm: Norm) -> tuple[Array, Array]:
    """Return the factor and the offset of a batch normalisation with stored statistics."""
    names = (norm.gamma, norm.beta, norm.mean, norm.variance)
    gamma, beta, mean, variance = (weights.read(name) for name in names)
    scale: Array = (gamma / np.sqrt(variance + np.float32(norm.epsilon))).astype(np.float32)
    return scale, (beta - mean * scale).astype(np.float32)
