"""Feature visualisation: the input that drives a unit most, with penalties that keep it from being noise.

Olah, Mordvintsev & Schubert 2017 with the constants of lucid: Adam 0.05; L1 0.05 around the mean, total
variation 0.25, blur 1.0. Rotation means nothing on a spectrogram: instead, frames and bands are shifted.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, cast

import numpy as np

from core.explain.steps import run, steps_of
from core.explain.subject import Floats
from core.faults import Fault
from core.networks.receptive_fields import receptive_fields
from core.networks.spec import SoundDrive

if TYPE_CHECKING:
    from torch import Tensor

    from core.networks.torch_module import NetworkModule

SNAPSHOTS = (1, 32, 128, 256, 512)
MOST_FRAMES = 200
Objective = Literal["neuron", "channel", "layer", "probability"]


@dataclass(frozen=True, slots=True)
class VisualiseSettings:
    """What is maximised, the weights of the penalties, and how robust it must be.

    `jitter` is in frames, `shift` in bins, `gain` a share. `fourier` optimises the spectrum of the picture.
    """

    objective: Objective = "neuron"
    steps: int = 512
    rate: float = 0.05
    l1: float = 0.0
    l2: float = 0.0
    variation: float = 0.0
    blur: float = 0.0
    jitter: int = 0
    shift: int = 0
    gain: float = 0.0
    fourier: bool = False
    seed: int = 0


PRESETS = {
    "none": VisualiseSettings(),
    "L1": VisualiseSettings(l1=0.05),
    "total variation": VisualiseSettings(variation=0.25),
    "blur": VisualiseSettings(blur=1.0),
    "jitter": VisualiseSettings(jitter=3, shift=1, gain=0.1),
    "all": VisualiseSettings(l1=0.05, variation=0.25, blur=1.0, jitter=3, shift=1, gain=0.1),
    "fourier": VisualiseSettings(jitter=3, shift=1, gain=0.1, fourier=True),
}
"""The rows of the picture."""


@dataclass(frozen=True, eq=False)
class Snapshot:
    """The input [frames, bins] after a number of steps, and the activation it reaches without disturbance."""

    step: int
    values: Floats
    activation: float


def frames_for(module: NetworkModule, layer: str) -> int:
    """Return the frames of the input that one sample of a layer hears, at most 200."""
    drive = module.spec.drive
    if not isinstance(drive, SoundDrive):
        raise Fault("A generator takes no sound.", "Choose a network that hears.")
    if drive.n is not None:
        return drive.frontend.length(drive.n)
    field = receptive_fields(module.spec)[layer].samples
    if not math.isfinite(field):
        return MOST_FRAMES
    frames = round((field - drive.frontend.reach) / drive.frontend.step) + 1
    return max(1, frames if drive.frontend.channels == 1 else min(frames, MOST_FRAMES))


def visualise(
    module: NetworkModule,
    layer: str,
    unit: int,
    settings: VisualiseSettings,
    cancelled: Callable[[], bool] = lambda: False,
) -> tuple[Snapshot, ...]:
    """Return what drives a unit most at steps 1, 32, 128, 256, 512 and at the last one.

    The same seed gives the same pictures; the network is as it was.
    """
    import torch

    steps = steps_of(module)
    last = steps.before_activation(layer)
    drive = cast(SoundDrive, module.spec.drive)
    shape = (1, frames_for(module, layer), drive.frontend.channels)
    chance = torch.Generator().manual_seed(settings.seed)
    free, picture = _parameters(shape, settings, chance)
    optimiser = torch.optim.Adam([free], settings.rate)
    found: list[Snapshot] = []

    def reached(x: Tensor) -> Tensor:
        return _objective(run(steps, x, 0, last)[-1], unit, settings.objective)

    for step in range(1, settings.steps + 1):
        if cancelled():
            break
        x = picture(free)
        loss = -reached(_disturbed(x, settings, chance)) + _penalty(x, settings)
        (slope,) = torch.autograd.grad(loss, free)
        free.grad = slope
        optimiser.step()  # pyright: ignore[reportUnknownMemberType]
        if step in SNAPSHOTS or step == settings.steps:
            with torch.no_grad():
                now = picture(free)
                found.append(Snapshot(step, now[0].numpy().astype(np.float32), float(reached(now))))
    return tuple(found)


def _parameters(
    shape: tuple[int, int, int], settings: VisualiseSettings, chance: Any
) -> tuple[Tensor, Callable[[Tensor], Tensor]]:
    """Return what is optimised, and how it becomes a picture [1, frames, bins]."""
    import torch

    _, frames, bins = shape
    if not settings.fourier:
        return (0.01 * torch.randn(shape, generator=chance)).requires_grad_(), lambda free: free
    rows, columns = np.fft.fftfreq(frames)[:, None], np.fft.rfftfreq(bins)[None]
    scale = 1 / np.maximum(np.hypot(rows, columns), 1 / max(frames, bins)) * math.sqrt(frames * bins)
    weight: Tensor = torch.from_numpy(scale.astype(np.float32))  # pyright: ignore[reportUnknownMemberType]
    free = (0.01 * torch.randn((2, *weight.shape), generator=chance)).requires_grad_()

    def picture(free: Tensor) -> Tensor:
        whole: Any = cast(Any, torch).fft.irfft2(torch.complex(free[0], free[1]) * weight, (frames, bins))
        return whole[None] / 4

    return free, picture


def _objective(maps: Tensor, unit: int, kind: Objective) -> Tensor:
    if kind == "layer":
        return maps.square().mean()
    if kind == "channel":
        return maps[:, :, unit].mean()
    middle = maps[:, maps.shape[1] // 2]
    return middle[0, unit] if kind == "neuron" else middle.softmax(1)[0, unit]


def _disturbed(x: Tensor, settings: VisualiseSettings, chance: Any) -> Tensor:
    """Return the picture shifted by a few frames and bins and made a little louder or softer."""
    import torch

    by: list[int] = []
    for most in (settings.jitter, settings.shift):
        by.append(int(torch.randint(-most, most + 1, (1,), generator=chance)) if most else 0)
    moved = torch.roll(x, by, (1, 2)) if any(by) else x
    if not settings.gain:
        return moved
    return moved * (1 + settings.gain * (2 * torch.rand(1, generator=chance) - 1))


def _penalty(x: Tensor, settings: VisualiseSettings) -> Tensor:
    import torch

    total = settings.l2 * x.square().sum()
    if settings.l1:
        total = total + settings.l1 * (x - x.mean().detach()).abs().sum()
    if settings.variation:
        steps = x.diff(dim=1).abs().sum() + x.diff(dim=2).abs().sum()
        total = total + settings.variation * steps
    if settings.blur:
        kernel = torch.full((1, 1, 3, 3), 0.5, dtype=x.dtype)
        kernel[0, 0, 1, 1] = 1.0
        whole = torch.nn.functional.pad(x[None], (1, 1, 1, 1), "replicate")
        smooth = torch.nn.functional.conv2d(whole, kernel / kernel.sum())[0].detach()
        total = total + settings.blur * 0.5 * (x - smooth).square().sum()
    return total


def rows_of(steps: int, seed: int, objective: Objective) -> dict[str, VisualiseSettings]:
    """Return the rows of the picture with these steps."""
    changes: dict[str, Any] = {"steps": steps, "seed": seed, "objective": objective}
    return {name: replace(one, **changes) for name, one in PRESETS.items()}
