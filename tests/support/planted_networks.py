"""Tiny networks made by code, whose relevance is known."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from core.explain.subject import Subject
from core.frontends.compression import decibels
from core.frontends.frontend import FrontEnd
from core.frontends.log_mel import LogMel
from core.frontends.power_spectrum import PowerSpectrum
from core.frontends.spectrum import Spectrum
from core.frontends.waveform import Waveform
from core.networks.map_operations import Add
from core.networks.operations import LINEAR, RELU, Activation, Conv, Norm, Pooling, Stored
from core.networks.spec import FramesOutput, LayerSpec, NetworkSpec, SoundDrive
from core.networks.torch_module import NetworkModule, module

RATE_HZ = 16000.0
STORED = Stored("w", "b", "torch")
NORM = Norm("g", "b", "m", "v", 1e-5)
MEL = LogMel(RATE_HZ, Spectrum(512, 128), 24, 0.0, 8000.0, "slaney", decibels(-80), normalisation="recording")
SPECTRUM = PowerSpectrum(Spectrum(256, 128))
SECOND = (0.1 * np.random.default_rng(3).standard_normal(8000)).astype(np.float32)


def conv(
    name: str,
    channels: int,
    taps: int,
    activation: Activation = LINEAR,
    stride: int = 1,
    norm: Norm | None = None,
) -> LayerSpec:
    pads = ((taps - 1) // 2, taps // 2) if stride == 1 else (0, 0)
    op = Conv(STORED, taps, stride, pads, activation, norm)
    return LayerSpec(name, op, channels, None, 1 / stride, -((taps - 1) / 2 - pads[0]) / stride)


def network(
    layers: list[LayerSpec],
    frontend: FrontEnd = MEL,
    seed: int = 0,
    biases: float = 0.1,
    blank: int | None = None,
) -> NetworkModule:
    """Return a module with random weights; `biases` scales them, 0 for none."""
    labels = tuple("stuvwxyz"[: layers[-1].channels])
    spec = NetworkSpec(
        "recogniser", SoundDrive(RATE_HZ, None, frontend), tuple(layers), FramesOutput(labels, blank=blank)
    )
    made, chance = module(spec).eval(), torch.Generator().manual_seed(seed)
    for name, values in made.named_parameters():
        with torch.no_grad():
            drawn = torch.randn(values.shape, generator=chance)
            if name.endswith("scale"):
                values.copy_(0.5 + drawn.abs())
            elif name.endswith(("bias", "shift")):
                values.copy_(biases * drawn)
            else:
                values.copy_(drawn / np.sqrt(values[0].numel()))
    return made


def recogniser(biases: float = 0.1, activation: Activation = RELU, seed: int = 0) -> NetworkModule:
    """Return a small Wav2Letter-like network with a strided, a padded and two one-tap layers."""
    layers = [
        conv("conv1", 10, 8, activation, stride=2),
        conv("conv2", 10, 5, activation),
        conv("conv3", 12, 3, activation),
        conv("conv4", 12, 1, activation),
        conv("logits", 4, 1),
    ]
    return network(layers, seed=seed, biases=biases, blank=3)


def mixed(biases: float = 0.1) -> NetworkModule:
    """Return a network with batch norm on either side of the ReLU, pooling, a sum and a leaky ReLU."""
    leaky = Activation("leaky", 0.2)
    layers = [
        conv("conv1", 8, 5, RELU, norm=NORM),
        LayerSpec("norm1", NORM, 8, None),
        LayerSpec("pool1", Pooling("max", 2, 2), 8, None, 0.5, -0.25),
        conv("conv2", 8, 3, leaky),
        LayerSpec("sum", Add("pool1"), 8, None),
        LayerSpec("pool2", Pooling("mean", 2, 2), 8, None, 0.5, -0.25),
        conv("logits", 3, 3),
    ]
    return network(layers, biases=biases)


def waveform_net(biases: float = 0.1) -> NetworkModule:
    """Return a network that takes the samples."""
    layers = [conv("conv1", 6, 25, RELU, stride=4), conv("conv2", 6, 9, RELU, stride=4), conv("logits", 2, 3)]
    return network(layers, Waveform(), biases=biases)


def double(made: NetworkModule, samples: np.ndarray = SECOND) -> Subject:
    return Subject.of(made, samples, "double")


def state(made: NetworkModule) -> dict[str, Any]:
    """Return everything that a call might change."""
    hooks = [
        [dict(vars(one)[f"_{way}_hooks"]) for way in ("forward", "backward", "forward_pre")]
        for one in made.modules()
    ]
    values = {name: value.detach().clone() for name, value in made.state_dict().items()}
    grads = [value.grad is None and value.requires_grad for value in made.parameters()]
    return {
        "hooks": hooks,
        "values": values,
        "grads": grads,
        "training": [one.training for one in made.modules()],
    }
