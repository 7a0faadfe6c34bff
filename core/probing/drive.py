"""What drives one run of a network: points of the latent space, or a sound."""

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
    """One point, or several that run together; what several give may differ by 3e-7 from one by one."""

    points: tuple[Point, ...]

    def array(self, spec: NetworkSpec) -> Array:
        """Return the vectors [points, size]; raises Fault where the network does not take them."""
        if not isinstance(spec.drive, LatentDrive):
            raise Fault(f"A sound drives {spec.role}, not a latent point.", "Send a recording through it.")
        size = spec.drive.layout.size
        if any(len(point.z) != size for point in self.points):
            raise Fault(f"This model's latent vector has {size} values.", "Give a point with as many.")
        return np.array([point.z for point in self.points], np.float32).reshape(len(self.points), size)

    def origins(self) -> tuple[tuple[float, ...], ...]:
        """Return for each item what an Origin says of its drive."""
        return tuple(point.z for point in self.points)


@dataclass(frozen=True, slots=True, eq=False)
class Sound:
    """Samples at the network's own rate, and the hash that stands for them in an Origin."""

    samples: Array
    digest: str

    def array(self, spec: NetworkSpec) -> Array:
        """Return the sound [1, samples], cut or filled up with zeros to what the network takes.

        Raises Fault where the network takes no sound.
        """
        if not isinstance(spec.drive, SoundDrive):
            raise Fault(f"A latent point drives {spec.role}, not a sound.", "Give it a point.")
        n = len(self.samples) if spec.drive.n is None else spec.drive.n
        whole = np.zeros((1, n), np.float32)
        whole[0, : len(self.samples)] = self.samples[:n]
        return whole

    def origins(self) -> tuple[str, ...]:
        """Return what an Origin says of the drive."""
        return (self.digest,)


Drive = LatentPoints | Sound
