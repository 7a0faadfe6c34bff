"""What the engine can be asked to do: a table of tasks over one open model."""

from __future__ import annotations

import hashlib
import importlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.families.card import Answer, Card
from core.faults import Fault
from core.networks.latent import Point
from core.signals.track import Image, Track

Stop = Callable[[], bool]


@dataclass(frozen=True)
class Probed:
    """What one run of a network gave: its layers' averages, images of some, logits of D and Q."""

    tracks: Mapping[str, Track]
    images: Mapping[str, Image] = field(default_factory=dict[str, Image])
    logits: NDArray[np.float32] | None = None


class Work:
    """One open model and the tasks on it; a table, so that a task is a row."""

    def __init__(self) -> None:
        self._model: Any = None
        self._tasks: dict[str, Callable[..., Any]] = {
            "open": self._open,
            "probe": self._probe,
            "outputs": self._outputs,
            "listen": self._listen,
        }

    def warm(self) -> None:
        """Import what the first request will need."""
        for module in ("core.probing.forward", "core.families.registry", "core.analyses.spectrogram"):
            importlib.import_module(module)

    def do(self, task: str, values: tuple[Any, ...], stop: Stop) -> Any:
        """Do one task. Raises Fault, or Cancelled once `stop()` is true."""
        return self._tasks[task](*values, stop=stop)

    def _open(self, path: str, answers: Mapping[str, Answer], *, stop: Stop) -> Card:
        from core.families.registry import open_model

        model = open_model(Path(path), answers)
        self._model = model  # only now: what was open stays open when the new file is refused
        return model.card

    def _probe(self, point: Point, images: Sequence[tuple[str, Any]], *, stop: Stop) -> Probed:
        """Run the generator; `images` names layers and spectrogram settings wanted with it."""
        from core.probing.forward import generate

        tracks = generate(self._needed(), point, stop)
        return Probed(tracks, pictures(tracks, images))

    def _outputs(self, points: Sequence[Point], *, stop: Stop) -> NDArray[np.float32]:
        """Give the outputs of several points, float32 [items, n]."""
        from core.probing.forward import generate_many

        return generate_many(self._needed(), points, cancelled=stop)

    def _listen(self, network: Any, samples: NDArray[np.float32], digest: str, *, stop: Stop) -> Probed:
        from core.probing.forward import listen

        tracks, logits = listen(self._needed(), network, samples, digest, stop)
        return Probed(tracks, {}, logits)

    def _needed(self) -> Any:
        if self._model is None:
            raise Fault("No model is open.", "Open a checkpoint first.")
        return self._model


def pictures(tracks: Mapping[str, Track], images: Sequence[tuple[str, Any]]) -> dict[str, Image]:
    """Give the spectrograms wanted, of the layers whose rate carries one."""
    from core.analyses.spectrogram import cause, spectrogram

    return {
        key: spectrogram(tracks[key], settings)
        for key, settings in images
        if key in tracks and cause(tracks[key].axis, settings) is None
    }


def sound_digest(samples: NDArray[np.float32], rate_hz: float) -> str:
    """Give the hash that stands for a sound in an Origin."""
    return hashlib.sha256(f"{rate_hz:.17g}".encode() + np.ascontiguousarray(samples).tobytes()).hexdigest()
