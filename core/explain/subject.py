"""A network with the sound it hears, ready to be explained; and what every method returns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from core.explain.steps import IMAGE, Steps, Trace, kept_before, run, steps_of
from core.explain.targets import Target, TargetRequest, find_target, score
from core.faults import Fault
from core.frontends.band_axis import is_image
from core.frontends.tensors import tensor
from core.networks.spec import NetworkSpec, SoundDrive
from core.networks.torch_runner import TorchRunner
from core.provenance import Origin
from core.signals.channel_image import ChannelImage

if TYPE_CHECKING:
    from torch import Tensor

    from core.explain.segment_scores import SegmentScore
    from core.families.model import Model
    from core.networks.torch_module import NetworkModule

Floats = NDArray[np.float32]
WAVEFORM = "waveform"
"""What relevance may be with respect to, besides the input image and a layer: the samples."""


@dataclass(frozen=True, slots=True)
class LayerShare:
    """How much relevance arrives at a layer's input, and how much its biases keep on the way."""

    layer: str
    total: float
    biases: float = 0.0


@dataclass(frozen=True, eq=False)
class Found:
    """Relevance as a method finds it, float32 [frames, channels] of what it is with respect to.

    `curve` says that it is one value per frame of `place`, as Grad-CAM gives. `shares` follow the relevance
    from the answer down; `spread` is the standard deviation of repeated runs where there are any.
    """

    values: Floats
    place: str
    curve: bool = False
    shares: tuple[LayerShare, ...] = ()
    spread: Floats | None = None
    notes: tuple[str, ...] = ()
    facts: Mapping[str, float] = field(default_factory=dict[str, float])
    segments: tuple[SegmentScore, ...] = ()


@dataclass(eq=False)
class Subject:
    """A network and a sound: its steps, the input image, and what each step gives for this sound.

    `spec` is the network's for the sound's length. Only own copies of tensors are computed with: the module
    stays as it is.
    """

    module: NetworkModule
    spec: NetworkSpec
    samples: Tensor
    steps: Steps

    @classmethod
    def of(
        cls, module: NetworkModule, samples: Floats, precision: Literal["single", "double"] = "single"
    ) -> Subject:
        """Return the subject of samples [samples] or [samples, channels] at the network's own rate.

        They are cut or zero-padded to the network's length. In double precision the module is copied. Raises
        Fault for weights that are not finite and for a sound that is too short.
        """
        import copy

        from core.probing.drive import Sound

        if precision == "double":
            module = copy.deepcopy(module).double()
        whole = Sound(samples, "").array(module.spec)
        spec = module.spec.for_length(whole.shape[1])
        if not all(layer.n for layer in spec.layers):
            raise Fault("The sound is too short for this network.", "Use a longer part of it.")
        made = tensor(whole)
        return cls(module, spec, made.double() if precision == "double" else made, steps_of(module))

    @cached_property
    def image(self) -> Tensor:
        """What the front end gives to the first layer [1, frames, channels]."""
        import torch

        with torch.no_grad():
            return self.module.features(self.samples)

    @cached_property
    def trace(self) -> Trace:
        """What each step takes for this sound, and at the end the answer."""
        import torch

        with torch.no_grad():
            return run(self.steps, self.image)

    @property
    def logits(self) -> Floats:
        """The answer [frames, labels] as the network gives it, float32."""
        return np.asarray(self.trace[-1][0].numpy(), np.float32)

    def heard(self) -> Floats:
        """Return the sound that the network heard [samples], the mean of its channels."""
        samples = self.samples[0]
        return np.asarray((samples if samples.ndim == 1 else samples.mean(1)).numpy(), np.float32)

    def input_image(self) -> ChannelImage | None:
        """Return what the network takes as an image, None if that is no image."""
        drive = self.spec.drive
        if not isinstance(drive, SoundDrive) or not is_image(drive.frontend):
            return None
        from core.answers.listening import input_image

        return input_image(self.spec, np.asarray(self.image[0].numpy(), np.float32), Origin())

    def target(self, asked: TargetRequest) -> Target:
        """Return the requested target; see `find_target` for the faults."""
        return find_target(self.spec, self.logits, asked)

    def maps(self, place: str) -> Tensor:
        """Return the samples, the input image or a layer's maps. Raises Fault for an unknown layer."""
        if place == WAVEFORM:
            return self.samples
        return self.trace[self.first_step(place)]

    def first_step(self, place: str) -> int:
        """Return the place of the first step after the input image or a layer."""
        if place != IMAGE and place not in self.steps.ends:
            layers = ", ".join(self.steps.ends)
            raise Fault(f"The network has no layer “{place}”.", f"It has {layers}, and the {IMAGE}.")
        return self.steps.after(place)

    def scores(self, place: str, maps: Tensor, target: Target) -> Tensor:
        """Return the score of each of several samples, images or maps of a layer; gradients pass."""
        last = self.last_step(place, target)
        if place == WAVEFORM:
            return score(run(self.steps, self.module.features(maps), 0, last)[-1], target)
        first = self.first_step(place)
        return score(
            run(self.steps, maps, first, last, kept_before(self.steps, self.trace, first))[-1], target
        )

    def last_step(self, place: str, target: Target) -> int:
        """Return the place of the step that gives the target. Raises Fault if it lies before `place`."""
        last = self.steps.before_activation(target.layer)
        if place != WAVEFORM and self.first_step(place) > last:
            raise Fault(
                f"{target.layer} is computed before {place}, so {place} has no part in it.",
                f"Explain {target.layer} with respect to an earlier layer or the input.",
            )
        return last

    def score(self, target: Target) -> float:
        """Return the score that is explained."""
        last = self.steps.before_activation(target.layer)
        return float(score(self.trace[last + 1], target)[0])


def subject_of(model: Model, network: str, samples: Floats) -> Subject:
    """Return an open model's network with a sound. Raises Fault for a generator."""
    if not isinstance(model.spec(network).drive, SoundDrive):
        raise Fault(
            f"{network} is driven by a latent point: it hears no sound that could be explained.",
            "Choose a network that sound drives.",
        )
    return Subject.of(module_of(model, network), samples)


def module_of(model: Model, network: str) -> NetworkModule:
    """Return a network as a torch module, also one that otherwise runs in numpy."""
    runner: Any = model.network(network)
    if isinstance(runner, TorchRunner):
        return runner.module()
    from core.networks.torch_module import module

    return module(model.spec(network), model.parts[network]).eval()


def check_moves(found: Floats, subject: Subject, target: Target, place: str) -> None:
    """Raise Fault if nothing moves the target: then a map would only show zeros."""
    if np.any(found):
        return
    last = subject.steps.before_activation(target.layer)
    before = subject.trace[last][0]
    raise Fault(
        f"Nothing in the {'sound' if place == WAVEFORM else place} moves this target: of the "
        f"{before.numel():,} values before {target.layer}, {int((before != 0).sum()):,} are not zero, and "
        "no gradient comes through those that it hears.",
        "Explain another unit or frame, or use occlusion.",
    )


def numbers(values: Tensor) -> Floats:
    """Return the first item of a tensor as float32."""
    return np.ascontiguousarray(values.detach()[0].numpy(), np.float32)


def repeated(values: Tensor, count: int) -> Tensor:
    """Return one item as `count` items."""
    return values.expand(count, *values.shape[1:])


def columns(values: Sequence[float] | Floats) -> Floats:
    """Return samples [samples] as frames of one channel."""
    found = np.asarray(values, np.float32)
    return found[:, None] if found.ndim == 1 else found
