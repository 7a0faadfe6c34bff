"""Relevance as tasks for a process of its own: the map with what stands beside it, then one check a task."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.explain.faithfulness import Faithfulness, faithfulness
from core.explain.faithfulness import cause as no_figures
from core.explain.masking import Masked, masked
from core.explain.registry import METHODS, explain
from core.explain.relevance import Relevance
from core.explain.sanity import SanityStep, sanity_step, shuffled_layers
from core.explain.subject import Floats, subject_of
from core.explain.targets import TargetRequest
from core.faults import Cancelled, Fault
from core.probing.model_id import ModelId
from core.processes.engine_tasks import ModelTask, Stop, sound_digest
from core.provenance import Origin
from core.signals.channel_image import ChannelImage

if TYPE_CHECKING:
    from core.families.model import Model


@dataclass(frozen=True, eq=False)
class Explanation:
    """A map, what the network takes if that is an image, the sound through the map, and the map's figures.

    `layers` are those that the sanity check shuffles, from the top; `instead` says why another method than
    the requested one was used, "" if none was.
    """

    found: Relevance
    image: ChannelImage | None
    masked: Masked
    layers: tuple[str, ...]
    figures: Faithfulness | None = None
    instead: str = ""


@dataclass(frozen=True, eq=False)
class ExplainTask(ModelTask):
    """Explain a target in samples at the network's own rate.

    Where the network cannot carry the method, gradient x input takes its place if `adapts`.
    """

    model: ModelId
    network: str
    samples: Floats
    asked: TargetRequest
    method: str
    settings: Any = None
    adapts: bool = True

    @property
    def models(self) -> tuple[ModelId, ...]:
        return (self.model,)

    def run(self, models: Mapping[ModelId, Model], stop: Stop) -> Explanation:
        """Return the explanation. Raises Fault as `explain` does."""
        model = models[self.model]
        subject = subject_of(model, self.network, self.samples)
        target = subject.target(self.asked)
        refused = METHODS[self.method].refusal(subject, target)
        if refused and not self.adapts:
            raise Fault(refused)
        method = "gradient-x-input" if refused else self.method
        origin = Origin(
            model.network(self.network).digest, model.card.family, self.network,
            sound_digest(self.samples, subject.spec.rate_hz),
            answers=tuple(sorted(model.card.answers.items())),
        )  # fmt: skip
        if stop():
            raise Cancelled
        found = explain(subject, target, method, None if refused else self.settings, origin=origin)
        figures = None if no_figures(subject, found) else faithfulness(subject, found)
        heard = masked(found, subject.heard(), subject.spec.rate_hz)
        layers = shuffled_layers(subject, target)
        return Explanation(found, subject.input_image(), heard, layers, figures, refused or "")


@dataclass(frozen=True, eq=False)
class ShuffleTask(ModelTask):
    """One step of the sanity check: shuffle some layers and compare the map."""

    model: ModelId
    network: str
    samples: Floats
    found: Relevance
    layers: tuple[str, ...]
    settings: Any = None

    @property
    def models(self) -> tuple[ModelId, ...]:
        return (self.model,)

    def run(self, models: Mapping[ModelId, Model], stop: Stop) -> SanityStep:
        """Return the step."""
        subject = subject_of(models[self.model], self.network, self.samples)
        if stop():
            raise Cancelled
        return sanity_step(subject, self.found, self.settings, self.layers)
