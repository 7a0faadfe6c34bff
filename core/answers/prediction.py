"""What a network says about a sound, ready to be shown: letters in time, classes in per cent, or pitch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from core.answers.ctc import Letter
from core.answers.label_scores import Kind, LabelScores
from core.probing.feature_maps import FeatureMaps
from core.signals.axis import Range, TimeAxis
from core.signals.channel_image import ChannelImage
from core.signals.track import Track


@dataclass(frozen=True, eq=False)
class Prediction:
    """The answer of a network in frames.

    `curves` are the labels' probabilities in % in the network's order (scores without a unit where nothing
    makes them probabilities); a pitch network has one, its confidence. `letters` are the folded best path of
    CTC, whose blank is the label `blank`. `f0` is the pitch in Hz, undefined where the network is not sure.
    """

    kind: Kind
    scores: LabelScores
    curves: tuple[Track, ...]
    letters: tuple[Letter, ...] = ()
    f0: Track | None = None

    @property
    def blank(self) -> int | None:
        """The place of the label that means nothing in CTC, None if there is none."""
        return self.scores.blank

    @property
    def strongest(self) -> Track:
        """At every frame the highest curve that stands for a label."""
        said = [curve.samples for k, curve in enumerate(self.curves) if k != self.blank]
        values = np.max(said, axis=0) if said else np.zeros(self.scores.axis.n, np.float32)
        return replace(self.curves[0], name="answer", samples=values)

    def later(self, by_s: float) -> Prediction:
        """Return the answer that much later."""
        if by_s == 0:
            return self
        curves = tuple(_later(curve, by_s) for curve in self.curves)
        said = tuple(replace(one, time_s=one.time_s + by_s) for one in self.letters)
        scores = replace(self.scores, axis=curves[0].axis)
        f0 = _later(self.f0, by_s) if self.f0 is not None else None
        return Prediction(self.kind, scores, curves, said, f0)

    def within(self, window: Range) -> Prediction:
        """Return the part of the answer in a time range."""
        curves = tuple(curve.within(window) for curve in self.curves)
        first, last = self.scores.axis.samples_in(window)
        scores = replace(self.scores, logits=self.scores.logits[first:last], axis=curves[0].axis)
        said = tuple(
            replace(one, first=one.first - first, last=one.last - first, frame=one.frame - first)
            for one in self.letters
            if first <= one.frame < last
        )
        f0 = self.f0.within(window) if self.f0 is not None else None
        return Prediction(self.kind, scores, curves, said, f0)


def _later(track: Track, by_s: float) -> Track:
    axis = TimeAxis(track.axis.rate_hz, track.axis.n, track.axis.start_s + by_s)
    return replace(track, axis=axis)


@dataclass(frozen=True)
class Heard:
    """What one run over a sound gives: each layer's curve, the network's input, and its answer.

    `input` is None where a network takes the waveform itself. A network that answers in frames has a
    `prediction`, one that answers once has `logits`, float32 [classes]. `maps` are those that were asked for.
    """

    tracks: Mapping[str, Track]
    input: ChannelImage | None = None
    prediction: Prediction | None = None
    logits: NDArray[np.float32] | None = None
    maps: Mapping[str, FeatureMaps] = field(default_factory=dict[str, FeatureMaps])
