"""Keys of lanes, as values: a layer of a network of a model, or a recording."""

from __future__ import annotations

from dataclasses import dataclass

from core.probing.model_id import ModelId

FIRST_MODEL = ModelId("m1")
"""The first model of a window; a model opened in its place takes over this id."""

GENERATOR = "G"
LOGITS = "logits"
"""The lane of what a network that hears sound says: its output, which is not one of its layers."""

INPUT = "input"
"""The lane of what a network takes: the image that its front end makes of the sound."""

RELEVANCE = "relevance"
"""The lane of what in the sound made a network say something."""


@dataclass(frozen=True, slots=True, order=True)
class LaneKey:
    """A layer of a network of an open model; `network` is its role on the model's card, as "G" or "Q"."""

    model: ModelId
    network: str
    layer: str

    @property
    def is_generated(self) -> bool:
        """Whether the latent point, not a sound, drives this layer."""
        return self.network == GENERATOR

    @property
    def is_logits(self) -> bool:
        """Whether the lane holds what a network says."""
        return self.layer == LOGITS

    @property
    def is_input(self) -> bool:
        """Whether the lane holds what a network takes."""
        return self.layer == INPUT

    @property
    def is_relevance(self) -> bool:
        """Whether the lane holds the relevance of a sound for what a network says."""
        return self.layer == RELEVANCE

    @property
    def is_layer(self) -> bool:
        """Whether the lane holds the curve of a layer."""
        return not (self.is_logits or self.is_input or self.is_relevance)


@dataclass(frozen=True, slots=True, order=True)
class RecordingKey:
    """A recording; `id` is its file's name, numbered if another open file has the same name."""

    id: str


Key = LaneKey | RecordingKey
"""The keys of lanes, tracks, images and overlays. Compare them or match on them; never parse text."""
