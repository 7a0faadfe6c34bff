"""How much of a sound each layer's samples hear."""

from __future__ import annotations

from dataclasses import dataclass

from core.faults import Fault
from core.networks.map_operations import Operation, Placed
from core.networks.operations import Dense, Fir, Logits, Norm, Upsample
from core.networks.spec import NetworkSpec, SoundDrive


@dataclass(frozen=True, slots=True)
class ReceptiveField:
    """One sample of a layer hears `samples` of the sound (infinite for a recurrent layer), `step` apart.

    In seconds at `rate_hz`. Normalisation over a whole recording adds a faint trace of all the rest.
    """

    samples: float
    step: float
    rate_hz: float

    @property
    def seconds(self) -> float:
        """The length of the field in seconds."""
        return self.samples / self.rate_hz


def receptive_fields(spec: NetworkSpec) -> dict[str, ReceptiveField]:
    """Return the receptive field of every layer of a network that sound drives, by the layer's name.

    A field grows from layer to layer by (taps - 1) times the step of the layer before (Dumoulin & Visin,
    "A guide to convolution arithmetic for deep learning"). Raises Fault for a generator.
    """
    if not isinstance(spec.drive, SoundDrive):
        raise Fault(f"{spec.role} is driven by a latent point, so its layers hear no sound.")
    first = float(spec.drive.frontend.reach), spec.drive.frontend.step
    field, step = first
    found: dict[str, ReceptiveField] = {}
    for layer in spec.layers:
        if isinstance(layer.op, Placed):
            field, step = first
        extent, stride = heard(layer.op, spec.drive.n)
        field, step = field + (extent - 1) * step, step * stride
        found[layer.name] = ReceptiveField(field, step, spec.drive.rate_hz)
    return found


def heard(op: Operation, n: int | None) -> tuple[float, float]:
    """Return how many samples of its input one sample of an operation's output hears, and the stride."""
    if isinstance(op, Logits):
        return float("inf") if n is None else float(n), 1.0
    if isinstance(op, Norm | Dense | Fir | Upsample):
        return 1.0, 1.0
    return op.field
