"""Random outputs for a contact sheet: computed in the engine, with the picture of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.probing.model_id import ModelId
from core.processes.engine_tasks import ModelTask, Stop

if TYPE_CHECKING:
    from core.analyses.spectrogram import SpectrogramSettings
    from core.families.model import Model
    from core.networks.latent import Point
    from core.signals.track import Track


@dataclass(frozen=True, slots=True, eq=False)
class Thumbnail:
    """An output, float32 [samples], and its spectrogram from 0 (white) to 255, uint8 [frames, bins].

    The spectrogram of an output whose rate cannot carry one is a single white point.
    """

    samples: NDArray[np.float32]
    greys: NDArray[np.uint8]


@dataclass(frozen=True)
class ThumbnailTask(ModelTask):
    """Run a model's generator at several points; the answer is a `Thumbnail` for each."""

    model: ModelId
    points: tuple[Point, ...]
    settings: SpectrogramSettings

    @property
    def models(self) -> tuple[ModelId, ...]:
        """The model whose generator runs."""
        return (self.model,)

    def run(self, models: Mapping[ModelId, Model], stop: Stop) -> tuple[Thumbnail, ...]:
        """Return the outputs in the order of the points."""
        from core.probing.drive import LatentPoints
        from core.probing.forward import probe
        from core.probing.request import ProbeRequest

        model = models[self.model]
        generator, output = model.card.generator, model.card.output
        if generator is None:
            return ()
        asked = ProbeRequest(self.model, generator.role, LatentPoints(self.points), record=(output,))
        probed = probe(model, asked, stop)
        tracks = [item[output] for item in probed.items]
        return tuple(Thumbnail(track.samples, _greys(track, self.settings)) for track in tracks)


def _greys(track: Track, settings: SpectrogramSettings) -> NDArray[np.uint8]:
    from core.analyses.spectrogram import cause, greys, spectrogram

    if cause(track.axis, settings):
        return np.zeros((1, 1), np.uint8)
    return (greys(spectrogram(track, settings)) * 255).astype(np.uint8)
