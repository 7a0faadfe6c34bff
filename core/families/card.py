"""The description of a checkpoint, common to all families: its card, networks and questions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from core.networks.latent import LatentLayout
from core.networks.layer_info import LayerInfo
from core.networks.receptive_fields import receptive_fields
from core.networks.spec import Drive, LatentDrive, NetworkSpec, Output, SoundDrive, SoundOutput
from core.signals.axis import TimeAxis

Source = Literal["read", "inferred", "set by you", "assumed"]
Answer = str | int | float | bool
NO_LATENT = LatentLayout(0)
DIGEST_DIGITS = 8  # of a digest, enough to tell one user's models apart
WARNING = "Warning"  # the name of facts about what is doubtful; their note says what to do


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact about a model, and its source."""

    name: str
    value: Answer
    source: Source
    note: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """One preset answer to a question, with its text for the user."""

    value: Answer
    words: str


@dataclass(frozen=True, slots=True)
class Question:
    """A property that the weights do not reveal.

    It has a name ("slope", "slice", "rate", "kind", "prior"), a sentence for the user, presets, the answer
    assumed until the user gives one, and whether any other number or any other words may be typed.
    """

    name: str
    sentence: str
    choices: tuple[Choice, ...]
    assumed: Answer
    free: bool = False
    words: bool = False


@dataclass(frozen=True, slots=True)
class NetworkCard:
    """One network, as the window needs it: its drive, its layers in order, and its output."""

    role: str
    drive: Drive
    layers: tuple[LayerInfo, ...]
    output: Output
    answer: LayerInfo | None = None
    hears_s: Mapping[str, float] = field(default_factory=dict[str, float])
    spec: NetworkSpec | None = None

    @classmethod
    def of(cls, spec: NetworkSpec) -> NetworkCard:
        """Return the card of a spec.

        `answer` is its last layer if that is an answer in frames; `hears_s` says, for each layer of a network
        that sound drives, how many seconds of it one sample hears (infinite for a recurrent layer).
        """
        fields = receptive_fields(spec) if isinstance(spec.drive, SoundDrive) else {}
        hears_s = {name: found.seconds for name, found in fields.items()}
        return cls(spec.role, spec.drive, spec.infos(), spec.output, spec.answer(), hears_s, spec)


@dataclass(frozen=True)
class Card:
    """Everything the window shows of a checkpoint before a network has run.

    `networks` holds the networks by role, in the checkpoint's order; there may be no generator. `digest` is
    the SHA-256 over the tensors of the first one. `answers` holds the current answer to every question,
    assumed ones included; `unanswered` names the questions whose answer is assumed.
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
    def label(self) -> str:
        """The model's name in tables: its title, and the digits that tell it from others of that title."""
        return f"{self.title} ({self.digest[:DIGEST_DIGITS]})" if self.digest else self.title

    @property
    def warnings(self) -> tuple[Fact, ...]:
        """What is doubtful about the model: a sentence each, with a hint as its note."""
        return tuple(fact for fact in self.facts if fact.name == WARNING)

    @property
    def layers(self) -> Mapping[str, tuple[LayerInfo, ...]]:
        """The layers of every network, by role."""
        return {role: network.layers for role, network in self.networks.items()}

    @property
    def generator(self) -> NetworkCard | None:
        """The first network driven by a latent vector, or None."""
        found = (one for one in self.networks.values() if isinstance(one.drive, LatentDrive))
        return next(found, None)

    @property
    def layout(self) -> LatentLayout:
        """The layout of the latent vector, of size 0 if no network is driven by one."""
        drive = self.generator.drive if self.generator else None
        return drive.layout if isinstance(drive, LatentDrive) else NO_LATENT

    @property
    def rate_hz(self) -> float:
        """The rate of the generator's output, or of the sound that the first network takes."""
        if self.generator is not None and isinstance(self.generator.output, SoundOutput):
            return self.generator.output.rate_hz
        return next((one.rate_hz for one in self._sound_drives()), 0.0)

    @property
    def slice_len(self) -> int:
        """The number of samples that the generator makes, or that the first network takes."""
        if self.generator is not None and isinstance(self.generator.output, SoundOutput):
            return self.generator.output.n
        return next((one.n or 0 for one in self._sound_drives()), 0)

    def _sound_drives(self) -> tuple[SoundDrive, ...]:
        return tuple(one.drive for one in self.networks.values() if isinstance(one.drive, SoundDrive))

    @property
    def sounds(self) -> bool:
        """Whether the output is a sound: False for articulationGAN and if there is no generator."""
        output = self.generator.output if self.generator else None
        return isinstance(output, SoundOutput) and output.audible

    @property
    def input_rates_hz(self) -> Mapping[str, float]:
        """The sampling rate, by role, of the sound that each sound-driven network takes."""
        return {
            role: one.drive.rate_hz
            for role, one in self.networks.items()
            if isinstance(one.drive, SoundDrive)
        }

    @property
    def out_axis(self) -> TimeAxis:
        """The axis of the sound that the model makes, or takes; its first sample begins at 0.

        A post-processing filter of 512 taps is shifted by half a sample; its layer's axis says so.
        """
        return TimeAxis.of_sound(self.rate_hz, self.slice_len)

    @property
    def output(self) -> str:
        """The name of the generator's last layer, which is played; "" without a generator."""
        return self.generator.layers[-1].name if self.generator else ""
