"""One run of a network over a sound, and everything that is shown of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from core.answers.class_curves import class_curves
from core.answers.ctc import letters
from core.answers.label_scores import LabelScores, label_scores
from core.answers.pitch_contour import pitch_contour
from core.answers.prediction import Heard, Prediction
from core.families.registry import Model
from core.frontends.band_axis import band_centres_hz, is_image
from core.networks.runner import INPUT, Cancel
from core.networks.spec import FramesOutput, NetworkSpec, SoundDrive, input_axis
from core.probing.forward import probe
from core.probing.request import Probed, ProbeRequest
from core.provenance import Origin
from core.signals.channel_image import ChannelImage, shade_range


def listen_to(model: Model, asked: ProbeRequest, cancelled: Cancel = None) -> Heard:
    """Run a network that sound drives, once, and return everything that is shown of it.

    Raises what `probe` raises.
    """
    spec = model.spec(asked.network)
    pictured = isinstance(spec.drive, SoundDrive) and is_image(spec.drive.frontend)
    done = probe(model, replace(asked, input=pictured), cancelled)
    origin = next(iter(done.tracks.values())).origin.of(layer="", reduction="") if done.tracks else Origin()
    picture = input_image(spec, done.input, origin) if done.input is not None else None
    if done.frames is None or done.logits is None:
        return Heard(done.tracks, picture, None, done.logits, done.maps)
    return Heard(done.tracks, picture, prediction(spec, done, origin), None, done.maps)


def input_image(spec: NetworkSpec, values: NDArray[np.float32], origin: Origin) -> ChannelImage:
    """Return what the front end made of a sound, with its frames' times and its bands' frequencies."""
    assert isinstance(spec.drive, SoundDrive)
    rate_hz, frontend = spec.drive.rate_hz, spec.drive.frontend
    axis = replace(input_axis(spec.drive, 0), n=len(values))
    centres_hz = band_centres_hz(frontend, rate_hz)
    return ChannelImage(INPUT, values, axis, *shade_range(values), centres_hz, origin.of(layer=INPUT))


def prediction(spec: NetworkSpec, done: Probed, origin: Origin) -> Prediction:
    """Return what a network in frames says: see `Prediction`."""
    assert isinstance(spec.output, FramesOutput)
    assert done.logits is not None
    assert done.frames is not None
    return prediction_of(label_scores(spec.output, done.logits, done.frames), origin)


def prediction_of(scores: LabelScores, origin: Origin) -> Prediction:
    """Return scores with what they say: letters, pitch, or classes."""
    if scores.kind == "pitch":
        f0, confidence = pitch_contour(scores, origin=origin)
        sure = replace(confidence, samples=confidence.samples * np.float32(100), unit="%")
        return Prediction("pitch", scores, (sure,), f0=f0)
    found = letters(scores) if scores.kind == "letters" else ()
    return Prediction(scores.kind, scores, class_curves(scores, origin), found)
