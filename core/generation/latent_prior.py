"""What a generator was trained on as a prior: where latent vectors may lie, and what leaving it costs.

A normal prior is free and pays the squared norm, or is held on the sphere of radius sqrt(d), where nearly all
of its mass lies. A uniform one is a box, whose walls are kept by clamping; the squared norm alone would let
vectors leave it. Codes are fixed, taken in turn, or free between their values and then told with the nearest
one that training used.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from core.faults import Fault
from core.networks.latent import LatentLayout

if TYPE_CHECKING:
    from torch import Tensor

Array = NDArray[np.float32]
Hold = Literal["penalty", "sphere"]


@dataclass(frozen=True, slots=True)
class LatentPrior:
    """The latent vectors of a layout as a search uses them.

    `code` is one code for all restarts, None for every one in turn; with `free_code` it is moved, too.
    `beyond` widens the box: 1 is the range of training, 2 goes twice as far, on purpose.
    """

    layout: LatentLayout
    code: tuple[float, ...] | None = None
    free_code: bool = False
    beyond: float = 1.0
    hold: Hold = "penalty"

    def __post_init__(self) -> None:
        if self.code is not None and len(self.code) != self.layout.code:
            raise Fault(
                f"This generator has {self.layout.code} code slots, not {len(self.code)}.",
                "Give one value for each.",
            )
        if not 0 < self.beyond < 1e4:
            raise Fault("The range must be a factor above 0.", "1 is the range of training.")

    @property
    def kind(self) -> str:
        """The kind of prior: gaussian or box, with one-hot or bits for its code."""
        noise = "box" if self.layout.prior == "uniform" else "gaussian"
        return noise if self.layout.kind == "none" else f"{noise}, {self.layout.kind}"

    @property
    def free(self) -> NDArray[np.bool_]:
        """Which entries the search moves [size]."""
        found = np.ones(self.layout.size, np.bool_)
        found[: self.layout.code] = self.free_code
        return found

    @property
    def noise(self) -> NDArray[np.bool_]:
        """Which entries are no code [size]."""
        found = np.ones(self.layout.size, np.bool_)
        found[: self.layout.code] = False
        return found

    def draws(self, restarts: int, seed: int, first: int = 0) -> Array:
        """Return where each restart begins [restarts, size]; one does not depend on how many there are."""
        return np.stack([self._draw(seed, first + k) for k in range(restarts)])

    def _draw(self, seed: int, number: int) -> Array:
        layout, chance = self.layout, np.random.default_rng([seed, number])
        uniform = layout.prior == "uniform"
        z = chance.uniform(-1, 1, layout.size) if uniform else chance.standard_normal(layout.size)
        z = z * self.beyond if uniform else z
        codes = layout.codes() if self.code is None else (self.code,)
        z[: layout.code] = codes[number % len(codes)]
        found = z.astype(np.float32)
        return self._on_sphere(found[None])[0] if self.hold == "sphere" and not uniform else found

    def _on_sphere(self, z: Array) -> Array:
        noise = self.noise
        norm = np.sqrt(np.square(z[:, noise]).sum(1, keepdims=True))
        z[:, noise] *= np.float32(np.sqrt(noise.sum())) / np.maximum(norm, np.float32(1e-12))
        return z

    def kept(self, z: Tensor) -> Tensor:
        """Return vectors moved back to where they may lie: into the box, onto the sphere, codes from 0 to
        1.
        """
        import torch

        code, noise = z[:, : self.layout.code], z[:, self.layout.code :]
        code = code.clamp(0, 1) if self.free_code else code
        if self.layout.prior == "uniform":
            noise = noise.clamp(-self.beyond, self.beyond)
        elif self.hold == "sphere":
            norm = noise.square().sum(1, keepdim=True).sqrt().clamp_min(1e-12)
            noise = noise * (noise.shape[1] ** 0.5 / norm)
        return torch.cat([code, noise], 1)

    def along(self, slope: Tensor, z: Tensor) -> Tensor:
        """Return the part of a gradient at `z` that the search may follow: of free entries, along the
        sphere.
        """
        from core.frontends.tensors import tensor

        slope = slope * tensor(self.free.astype(np.float32))
        if self.hold != "sphere" or self.layout.prior == "uniform":
            return slope
        noise = z * tensor(self.noise.astype(np.float32))
        out = (slope * noise).sum(1, keepdim=True) / noise.square().sum(1, keepdim=True).clamp_min(1e-12)
        return slope - out * noise

    def penalty(self, z: Tensor) -> Tensor:
        """Return |z|² of each vector [items], without its code."""
        return z[:, self.layout.code :].square().sum(1)

    def nearest_code(self, z: Array) -> tuple[float, ...]:
        """Return the code of training that is nearest to a vector's own."""
        codes = np.array(self.layout.codes())
        away = np.square(codes - z[: self.layout.code]).sum(1)
        return tuple(map(float, codes[int(away.argmin())]))

    def at_wall(self, z: Array) -> int:
        """Return how many entries of a vector lie on a wall of the box, 0 for a normal prior."""
        if self.layout.prior != "uniform":
            return 0
        return int((np.abs(z[self.noise]) >= self.beyond * (1 - 1e-6)).sum())

    def words(self) -> tuple[str, ...]:
        """Describe the prior in a few lines."""
        layout, reach = self.layout, f"{self.beyond:g}"
        if layout.prior == "uniform":
            wide = "" if self.beyond <= 1 else ", beyond the range of training"
            first = f"z uniform(−{reach}, {reach}), clamped{wide}"
        else:
            held = "held at radius √d" if self.hold == "sphere" else "with λ |z|²"
            first = f"z normal, {held}"
        if layout.kind == "none":
            return (first,)
        count = len(layout.codes())
        code = "each of its values in turn" if self.code is None else " ".join(f"{v:g}" for v in self.code)
        if self.free_code:
            return (first, "code: moved, told with the nearest legal one")
        return (first, f"code: {code}" if self.code is not None else f"code: all {count} in turn")
