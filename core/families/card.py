"""What every model family tells about a checkpoint: its card, its networks, its questions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from core.networks.latent import LatentLayout
from core.networks.layer_info import LayerInfo
from core.networks.spec import Drive, LatentDrive, NetworkSpec, Output, SoundDrive, SoundOutput
from core.signals.axis import TimeAxis

Source = Literal["read", "inferred", "set by you", "assumed"]
Answer = str | int | float | bool
NO_LATENT = LatentLayout(0)


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


@dataclass(frozen=True, slots=True)
class NetworkCard:
    """One network as the window knows it: what drives it, its layers in order, what it gives."""

    role: str
    drive: Drive
    layers: tuple[LayerInfo, ...]
    output: Output

    @classmethod
    def of(cls, spec: NetworkSpec) -> NetworkCard:
        """Return what a window needs of a spec."""
        return cls(spec.role, spec.drive, spec.infos(), spec.output)


@dataclass(frozen=True)
class Card:
    """Everything the window shows of a checkpoint before a network has run.

    `networks` holds the networks present by role, in the checkpoint's order; there may be no
    generator among them. `digest` is the SHA-256 over the tensors of the first one. `answers`
    holds what every question comes to now, also where it is only assumed; `unanswered` names the
    questions that nothing has answered yet.
    """

    path: str
    title: str
    family: str
    digest: str
    facts: tuple[Fact, ...]
    questions: tuple[Question, ...]
    networks: Mapping[str, NetworkCard]
    answers: Mapping[str, Answer] = field(default_factory=dict[str, Answer])
    size_bytes: int = 0
    unanswered: tuple[str, ...] = ()

    @property
    def layers(self) -> Mapping[str, tuple[LayerInfo, ...]]:
        """The layers of every network, by its role."""
        return {role: network.layers for role, network in self.networks.items()}

    @property
    def generator(self) -> NetworkCard | None:
        """The first network that a latent vector drives, None where there is none."""
        found = (one for one in self.networks.values() if isinstance(one.drive, LatentDrive))
        return next(found, None)

    @property
    def layout(self) -> LatentLayout:
        """The latent vector's layout, of size 0 where nothing is driven by one."""
        drive = self.generator.drive if self.generator else None
        return drive.layout if isinstance(drive, LatentDrive) else NO_LATENT

    @property
    def rate_hz(self) -> float:
        """The rate of the generator's output, else of the sound that the first network takes."""
        if self.generator is not None and isinstance(self.generator.output, SoundOutput):
            return self.generator.output.rate_hz
        return next((one.rate_hz for one in self._sound_drives()), 0.0)

    @property
    def slice_len(self) -> int:
        """How many samples the generator gives, else how many the first network takes."""
        if self.generator is not None and isinstance(self.generator.output, SoundOutput):
            return self.generator.output.n
        return next((one.n or 0 for one in self._sound_drives()), 0)

    def _sound_drives(self) -> tuple[SoundDrive, ...]:
        return tuple(one.drive for one in self.networks.values() if isinstance(one.drive, SoundDrive))

    @property
    def sounds(self) -> bool:
        """Whether the output is a sound: False for articulationGAN, and where there is no generator."""
        output = self.generator.output if self.generator else None
        return isinstance(output, SoundOutput) and output.audible

    @property
    def heard_hz(self) -> Mapping[str, float]:
        """The rate of the sound that each network driven by one takes."""
        return {
            role: one.drive.rate_hz
            for role, one in self.networks.items()
            if isinstance(one.drive, SoundDrive)
        }

    @property
    def out_axis(self) -> TimeAxis:
        """The axis of the sound that the model gives, or else takes; its first sample begins at 0.

        A post-processing filter of 512 taps sits half a sample beside it; that is its layer's axis.
        """
        return TimeAxis.of_sound(self.rate_hz, self.slice_len)

    @property
    def output(self) -> str:
        """The name of the layer that is heard, the generator's last; "" where there is no generator."""
        return self.generator.layers[-1].name if self.generator else ""
