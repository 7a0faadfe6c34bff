"""A layer's description for the window: its name, channels and time axis."""

from __future__ import annotations

from dataclasses import dataclass

from core.signals.axis import TimeAxis


@dataclass(frozen=True, slots=True)
class LayerInfo:
    """One layer of a network: its name ("fc", "conv1", ..., "out", "pp"), channels and true time axis."""

    name: str
    channels: int
    axis: TimeAxis

    @property
    def title(self) -> str:
        """The name as a lane shows it: Out, Conv4, FC."""
        return {"fc": "FC", "pp": "PP"}.get(self.name, self.name.capitalize())
