"""Grad-CAM along time: how much each frame of a layer speaks for the target; and guided Grad-CAM."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.explain import guided
from core.explain.gradients import no_cause
from core.explain.steps import IMAGE, Linear, Sum
from core.explain.subject import WAVEFORM, Floats, Found, Subject, columns, numbers
from core.explain.targets import Target, axis_of
from core.faults import Fault
from core.networks.spec import SoundDrive, input_axis


@dataclass(frozen=True, slots=True)
class GradCamSettings:
    """The layer whose channels are weighted; "" is the last one before the answer that has time."""

    layer: str = ""


cause = no_cause


def cause_of_guided(subject: Subject, target: Target, place: str) -> str | None:
    """Return why guided Grad-CAM is refused: as guided backpropagation is."""
    return guided.cause(subject, target, place)


def layer_for(subject: Subject, target: Target, wanted: str = "") -> str:
    """Return the layer of Grad-CAM: the wanted one, or the last with kernels or sums before the target's.

    Layers of one tap repeat what the frame before them holds, so they are passed over.
    """
    last = subject.steps.before_activation(target.layer)
    if wanted:
        if wanted == target.layer or subject.first_step(wanted) > last:
            raise Fault(f"Grad-CAM weights a layer before {target.layer}.", "Choose an earlier layer.")
        return wanted
    names = [layer.name for layer in subject.spec.layers if subject.steps.ends[layer.name] < last]
    timed = [name for name in names if axis_of(subject.spec, name).n > 1 and name != target.layer]
    if not timed:
        raise Fault(f"No layer before {target.layer} has more than one frame.", "Use a gradient method.")
    mixing = {step.layer for step in subject.steps.all if isinstance(step, Sum) or _mixes_time(step)}
    return next((name for name in reversed(timed) if name in mixing), timed[-1])


def _mixes_time(step: object) -> bool:
    return isinstance(step, Linear) and step.kind == "kernel"


def cam(maps: Floats, slope: Floats) -> Floats:
    """Return ReLU(sum over k of alpha_k A_k(t)) with alpha_k the mean of the slope over time.

    Selvaraju et al. 2017 in one dimension; `maps` and `slope` are [frames, channels]. For a mean
    over T frames and a linear head w, T times the sum is the sum of w_k A_k.
    """
    alpha = slope.mean(0, dtype=np.float64)
    return np.maximum(maps.astype(np.float64) @ alpha, 0).astype(np.float32)


def grad_cam(subject: Subject, target: Target, settings: GradCamSettings, place: str) -> Found:
    """Return the curve [frames, 1] of a layer; it is 0 where no frame speaks for the target."""
    from core.explain.gradients import gradient_values

    layer = layer_for(subject, target, settings.layer)
    slope = gradient_values(subject, target, layer)
    found = cam(numbers(subject.maps(layer)), slope)
    notes = () if np.any(found) else (f"Grad-CAM is zero: no frame of {layer} speaks for {target.words}.",)
    return Found(found[:, None], layer, curve=True, notes=notes)


def guided_grad_cam(subject: Subject, target: Target, settings: GradCamSettings, place: str) -> Found:
    """Return guided backpropagation times Grad-CAM at the same time.

    A frame of the layer has the time of its receptive field's centre; between two of them the curve is
    interpolated, outside the first and last it is held.
    """
    refused = guided.cause(subject, target, place)
    if refused:
        raise Fault(f"No guided Grad-CAM: {refused}")
    curve = grad_cam(subject, target, settings, place)
    values = guided.guided_values(subject, target, place)
    drive = subject.spec.drive
    assert isinstance(drive, SoundDrive)
    if place in (IMAGE, WAVEFORM):
        times_s = input_axis(drive, int(subject.samples.shape[1])).times()
    else:
        times_s = axis_of(subject.spec, place).times()
    at = np.interp(times_s[: len(values)], axis_of(subject.spec, curve.place).times(), curve.values[:, 0])
    return Found(columns(values * at[:, None].astype(np.float32)), place, notes=curve.notes)
