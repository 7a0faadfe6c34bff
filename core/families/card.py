"""What every model family tells about a checkpoint: its card, its layers, its questions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from core.networks.latent import LatentLayout
from core.networks.layer_info import LayerInfo
from core.signals.axis import TimeAxis

Source = Literal["read", "inferred", "set by you", "assumed"]
NetworkName = Literal["G", "D", "Q"]
Answer = str | int | float | bool


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing known about a model and where it is known from."""

    name: str
    value: Answer
    source: Source
    note: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """One preset answer to a question, with the words that a user reads."""

    value: Answer
    words: str


@dataclass(frozen=True, slots=True)
class Question:
    """What the weights cannot tell: its name ("slope", "slice", "rate", "kind", "prior"),
    the sentence that asks, the presets, the one assumed until answered, and whether any
    other number may be typed.
    """

    name: str
    sentence: str
    choices: tuple[Choice, ...]
    assumed: Answer
    free: bool = False


@dataclass(frozen=True)
class Card:
    """Everything the window shows of a checkpoint before a network has run.

    `layers` holds, per network present, its layers in the order of computation. `sounds` is
    False where the output is no sound (articulationGAN). `digest` is the SHA-256 over the
    generator's own tensors. `answers` holds what every question comes to now, also where it is
    only assumed; `unanswered` names the questions that nothing has answered yet;
    `heard_hz` is the rate of the sound that D and Q hear.
    """

    path: str
    title: str
    family: str
    digest: str
    layout: LatentLayout
    rate_hz: float
    slice_len: int
    facts: tuple[Fact, ...]
    questions: tuple[Question, ...]
    layers: Mapping[NetworkName, tuple[LayerInfo, ...]]
    sounds: bool = True
    answers: Mapping[str, Answer] = field(default_factory=dict[str, Answer])
    size_bytes: int = 0
    unanswered: tuple[str, ...] = ()
    heard_hz: Mapping[str, float] = field(default_factory=dict[str, float])

    @property
    def out_axis(self) -> TimeAxis:
        """The axis of the sound that the model gives, its first sample beginning at 0.

        A post-processing filter of 512 taps sits half a sample beside it; that is its layer's axis.
        """
        return TimeAxis.of_sound(self.rate_hz, self.slice_len)

    @property
    def output(self) -> str:
        """The name of the layer that is heard: the last one."""
        return self.layers["G"][-1].name
