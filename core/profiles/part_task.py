"""One recording of profiles as a task, for this process or for a worker of a cluster."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from core.phonemes.pronunciation import Pronouncer
from core.probing.model_id import ModelId
from core.processes.engine_tasks import ModelTask
from core.profiles.events import Recording
from core.profiles.settings import ProfileSettings

if TYPE_CHECKING:
    from core.families.model import Model
    from core.profiles.collect import RecordingPart


@dataclass(frozen=True)
class PartTask(ModelTask):
    """Hears the recording with this number in its corpus; with `arrays` it gives the examples too."""

    model: ModelId
    network: str
    layers: tuple[str, ...]
    settings: ProfileSettings
    recording: Recording
    number: int
    arrays: bool = False
    pronunciations: str = ""

    @property
    def models(self) -> tuple[ModelId, ...]:
        return (self.model,)

    def run(self, models: Mapping[ModelId, Model], stop: Callable[[], bool]) -> RecordingPart:
        from core.profiles.capture import Ear
        from core.profiles.collect import part_of

        ear = Ear(models[self.model], self.network, self.layers)
        words = pronouncer(self.pronunciations)
        return part_of(ear, self.recording, self.number, self.settings, self.arrays, stop, words)


@lru_cache(maxsize=2)
def pronouncer(path: str) -> Pronouncer:
    """Return what pronounces words, with the network at a path, read once."""
    return Pronouncer(Path(path) if path else None)
