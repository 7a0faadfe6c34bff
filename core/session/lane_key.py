"""What a lane shows, as a value: a layer of a network of a model, or a recording."""

from __future__ import annotations

from dataclasses import dataclass

from core.probing.model_id import ModelId

FIRST_MODEL = ModelId("m1")
"""The model that a window opens first; another one opened in its place goes on under this name."""

GENERATOR = "G"
LOGITS = "logits"
"""The lane below the layers of D and Q: what the network says in the end, not one of its layers."""


@dataclass(frozen=True, slots=True, order=True)
class LaneKey:
    """A layer of a network of an open model; `network` is "G", "D" or "Q" as on the model's card."""

    model: ModelId
    network: str
    layer: str

    @property
    def is_generated(self) -> bool:
        """Whether the latent point drives this layer, and no sound."""
        return self.network == GENERATOR

    @property
    def is_logits(self) -> bool:
        """Whether the lane holds one value per class, which have no course in time."""
        return self.layer == LOGITS


@dataclass(frozen=True, slots=True, order=True)
class RecordingKey:
    """A recording; `id` is its file's name, numbered where another open file has the same name."""

    id: str


Key = LaneKey | RecordingKey
"""What lanes, tracks, images and overlays are known by. Compare keys or match on them; never parse text."""
