"""The drive of one run of a network: points in the latent space, or a sound."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.faults import Fault
from core.networks.latent import Point
from core.networks.spec import LatentDrive, NetworkSpec, SoundDrive

Array = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class LatentPoints:
    """One or several points that run together; running several changes the result by up to 3e-7."""

    points: tuple[Point, ...]

    def array(self, spec: NetworkSpec) -> Array:
        """Return the vectors [points, size]. Raises Fault if the network does not take them."""
        if not isinstance(spec.drive, LatentDrive):
            raise Fault(f"{spec.role} is driven by a sound, not by a latent point.", "Feed it a recording.")
        size = spec.drive.layout.size
        if any(len(point.z) != size for point in self.points):
            raise Fault(
                f"This model's latent vector has {size} values.", "Use a point with that many values."
            )
        return np.array([point.z for point in self.points], np.float32).reshape(len(self.points), size)

    def origins(self) -> tuple[tuple[float, ...], ...]:
        """Return the drive of each item, as an Origin keeps it."""
        return tuple(point.z for point in self.points)


@dataclass(frozen=True, slots=True, eq=False)
class Sound:
    """Samples at the network's own rate, and the hash that identifies them in an Origin.

    They are [samples], or [samples, channels] for a network that takes several channels.
    """

    samples: Array
    digest: str

    def array(self, spec: NetworkSpec) -> Array:
        """Return the sound, cut or zero-padded to the network's input length.

        It is [1, samples] or [1, samples, channels]. Raises Fault if the network takes no such sound.
        """
        if not isinstance(spec.drive, SoundDrive):
            raise Fault(f"{spec.role} is driven by a latent point, not by a sound.", "Use a latent point.")
        if self.samples.shape[1:] not in ((), (spec.drive.frontend.channels,)):
            raise Fault(f"{spec.role} takes another number of channels.", "Average them.")
        n = len(self.samples) if spec.drive.n is None else spec.drive.n
        whole = np.zeros((1, n, *self.samples.shape[1:]), np.float32)
        whole[0, : len(self.samples)] = self.samples[:n]
        return whole

    def origins(self) -> tuple[str, ...]:
        """Return the drive, as an Origin keeps it."""
        return (self.digest,)


Drive = LatentPoints | Sound
