"""The engine's tasks: open and close models, run their networks, and whatever else is computed with them."""

from __future__ import annotations

import hashlib
import importlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.faults import Fault
from core.probing.model_id import ModelId

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from core.answers.prediction import Heard
    from core.families.card import Answer, Card
    from core.families.model import Model
    from core.probing.request import Probed, ProbeRequest
    from core.signals.track import Image, Track

Stop = Callable[[], bool]
_BLOCK = 1 << 22
Wanted = Sequence[tuple[str, Any]]


@dataclass(frozen=True, slots=True)
class OpenRequest:
    """Open the checkpoint at `path` under a name; if that fails, the model open under it stays.

    With a `digest`, the checkpoint is refused unless its card has the same: the file may have changed.
    """

    model: ModelId
    path: str
    answers: Mapping[str, Answer] = field(default_factory=dict[str, Any])
    digest: str = ""


@dataclass(frozen=True, slots=True)
class CloseRequest:
    """Close an open model."""

    model: ModelId


@dataclass(frozen=True, slots=True)
class RunRequest:
    """Run a network; `images` pairs layers with the settings of the spectrograms to compute for them."""

    probe: ProbeRequest
    images: Wanted = ()


class ModelTask:
    """A computation over open models that brings its own function: derive a frozen dataclass from it.

    It travels to the engine's process as it is, so its fields are values. What takes long is several tasks,
    one after the other: then it can be cancelled, and shows what it has found so far.
    """

    @property
    def models(self) -> tuple[ModelId, ...]:
        """The models that the computation needs."""
        raise NotImplementedError

    def run(self, models: Mapping[ModelId, Model], stop: Stop) -> Any:
        """Return the answer, which can be pickled. Raises Fault, or Cancelled once `stop()` is true."""
        raise NotImplementedError


def never() -> bool:
    """Return False: nobody stops."""
    return False


def outcome_of(task: ModelTask, models: Mapping[ModelId, Model], stop: Stop = never) -> Any:
    """Return a task's result, or its Fault."""
    try:
        return task.run(models, stop)
    except Fault as fault:
        return fault


@dataclass(frozen=True, slots=True)
class HearRequest(ModelTask):
    """Run a network that sound drives, and return its layers, its input and what it says."""

    probe: ProbeRequest

    @property
    def models(self) -> tuple[ModelId, ...]:
        return (self.probe.model,)

    def run(self, models: Mapping[ModelId, Model], stop: Stop) -> Heard:
        """Run the network: see `listen_to`."""
        from core.answers.listening import listen_to

        return listen_to(models[self.probe.model], self.probe, stop)


class Work:
    """The open models and the function that handles each kind of request."""

    def __init__(self) -> None:
        self._models: dict[ModelId, Model] = {}
        self._refused: dict[ModelId, Fault] = {}
        self._tasks: dict[type[Any], Callable[[Any, Stop], Any]] = {
            OpenRequest: self._open,
            CloseRequest: self._close,
            RunRequest: self._run,
        }

    def warm(self) -> None:
        """Import what the first request will need."""
        for module in ("core.probing.forward", "core.families.registry", "core.analyses.spectrogram"):
            importlib.import_module(module)

    def do(self, asked: Any, stop: Stop) -> Any:
        """Handle a request. Raises Fault, or Cancelled once `stop()` is true."""
        if isinstance(asked, ModelTask):
            return asked.run({model: self._model(model) for model in asked.models}, stop)
        return self._tasks[type(asked)](asked, stop)

    def _model(self, model: ModelId) -> Model:
        if model not in self._models:
            raise self._refused.get(model, Fault("No model is open.", "Open a checkpoint first."))
        return self._models[model]

    def _open(self, asked: OpenRequest, stop: Stop) -> Card:
        from core.families.registry import open_model

        try:
            model = _unchanged(open_model(Path(asked.path), asked.answers), asked)
        except Fault as fault:
            self._refused[asked.model] = fault
            raise
        self._models[asked.model] = model  # only now, so that the open model stays if the new file is refused
        return model.card

    def _close(self, asked: CloseRequest, stop: Stop) -> None:
        self._models.pop(asked.model, None)
        self._refused.pop(asked.model, None)

    def _run(self, asked: RunRequest, stop: Stop) -> Probed:
        from core.probing.forward import probe

        probed = probe(self._model(asked.probe.model), asked.probe, stop)
        return replace(probed, images=pictures(probed.tracks, asked.images)) if asked.images else probed


def _unchanged(model: Model, asked: OpenRequest) -> Model:
    """Return the model, unless another digest was asked for."""
    if asked.digest and model.card.digest != asked.digest:
        raise Fault(
            f"“{Path(asked.path).name}” has changed on the disk since it was opened.",
            "Open it again, to work with its new weights.",
        )
    return model


def pictures(tracks: Mapping[str, Track], images: Wanted) -> dict[str, Image]:
    """Return the requested spectrograms of the layers whose rate can carry one."""
    from core.analyses.spectrogram import cause, spectrogram

    return {
        key: spectrogram(tracks[key], settings)
        for key, settings in images
        if key in tracks and cause(tracks[key].axis, settings) is None
    }


def sound_digest(samples: NDArray[np.float32], rate_hz: float) -> str:
    """Return the hash that identifies a sound in an Origin."""
    found = hashlib.sha256(f"{rate_hz:.17g}".encode())
    for first in range(0, len(samples), _BLOCK):  # a long recording is not in memory
        found.update(samples[first : first + _BLOCK].tobytes())
    return found.hexdigest()
