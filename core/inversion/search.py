"""Gradient descent on latent points, in short steps that can be stopped, shown and gone on with.

Donahue, McAuley & Puckette (2019) and Lipton & Tripathi (2017) recover a generator's input in this way: many
random points are tried, and the best ones are moved by the gradient of a loss between the sound that they
make and the recording.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from core.families.registry import Model
from core.faults import Cancelled, Fault
from core.inversion.spectral_distance import distance_db, spectral_loss
from core.networks.latent import LatentLayout, Point, draw
from core.networks.spec import SoundOutput
from core.probing.forward import generate_many
from core.probing.model_id import ModelId
from core.processes.engine_tasks import ModelTask, Stop

if TYPE_CHECKING:
    from torch import Tensor

    from core.networks.torch_module import NetworkModule

Array = NDArray[np.float32]
TRIED_AT_ONCE = 32


@dataclass(frozen=True, slots=True)
class SearchSettings:
    """How a point is searched for.

    `tries` random points are drawn first, in turn over all codes; the `restarts` best of them are moved
    `steps` times. `rate` is Adam's, and falls along a cosine. Variables stay within `limit` (0: the training
    interval, 1 for a uniform prior and 4 for a normal one); the code stays as it was drawn.
    """

    tries: int = 256
    restarts: int = 4
    steps: int = 300
    rate: float = 0.05
    limit: float = 0.0
    seed: int = 0

    def checked(self) -> SearchSettings:
        """Return the settings. Raises Fault for numbers that search nothing."""
        if self.tries < 1 or self.restarts < 1 or self.steps < 0:
            raise Fault("A search needs at least one try and one restart.", "Use numbers above 0.")
        if not (0 < self.rate < 10 and 0 <= self.limit <= 1e6):
            raise Fault(
                f"A rate of {self.rate:g} and a limit of {self.limit:g} cannot be used.", "Use smaller ones."
            )
        return replace(self, restarts=min(self.restarts, self.tries))


@dataclass(frozen=True, eq=False)
class SearchState:
    """Where a search is: points [restarts, size], their losses, the best so far, and Adam's memory."""

    step: int
    z: Array
    losses: NDArray[np.float64]
    best: Array
    best_losses: NDArray[np.float64]
    moments: tuple[Array, Array]


@dataclass(frozen=True, slots=True)
class FoundPoint:
    """A point, how far the sound that it makes is from the recording in dB, and its loss."""

    point: Point
    distance_db: float
    loss: float


def target_of(samples: Array, spec_output: SoundOutput) -> Array:
    """Return a recording cut or padded to the length of a generator's output. Raises Fault for silence."""
    if not np.isfinite(samples).all():
        raise Fault("The recording holds values that are not numbers.", "Choose another part of it.")
    if not samples.size or not np.abs(samples).max() > 0:
        raise Fault("The recording is silent, so there is nothing to look for.", "Choose another part of it.")
    whole = np.zeros(spec_output.n, np.float32)
    kept = samples[: spec_output.n]
    whole[: len(kept)] = kept
    return whole


def sound_output(model: Model) -> SoundOutput:
    """Return the output of a model's generator. Raises Fault if it makes no sound."""
    output = model.spec("G").output
    if not isinstance(output, SoundOutput) or not output.audible:
        raise Fault("This generator makes no sound, so no recording can be looked for.")
    return output


def begun(model: Model, target: Array, settings: SearchSettings, stop: Stop = lambda: False) -> SearchState:
    """Try random points and return those that come nearest. Raises Cancelled once `stop()` is true."""
    used, layout = settings.checked(), model.card.layout
    points = _drawn(layout, used)
    losses: list[NDArray[np.float64]] = []
    for start in range(0, len(points), TRIED_AT_ONCE):
        if stop():
            raise Cancelled
        losses.append(_losses(generate_many(model, points[start : start + TRIED_AT_ONCE]), target))
    every = np.concatenate(losses)
    nearest = np.argsort(every, kind="stable")[: used.restarts]
    z = np.array([points[int(k)].z for k in nearest], np.float32)
    kept = every[nearest]
    return SearchState(0, z, kept, z, kept, (np.zeros_like(z), np.zeros_like(z)))


def _drawn(layout: LatentLayout, used: SearchSettings) -> list[Point]:
    codes = layout.codes()
    return [
        draw(layout, used.seed + k, codes[k % len(codes)] if layout.code else None) for k in range(used.tries)
    ]


def _losses(sounds: Array, target: Array) -> NDArray[np.float64]:
    import torch

    with torch.no_grad():
        return spectral_loss(torch.tensor(sounds), torch.tensor(target)).numpy().astype(np.float64)


def moved(
    model: Model,
    target: Array,
    state: SearchState,
    settings: SearchSettings,
    steps: int,
    stop: Stop = lambda: False,
) -> SearchState:
    """Move all points `steps` times, at most to the end of the search. Raises Cancelled as `begun`."""
    import torch

    used, layout = settings.checked(), model.card.layout
    network, goal = generator_module(model), torch.tensor(target)
    limit = used.limit or (1.0 if layout.prior == "uniform" else 4.0)
    z = torch.tensor(state.z)
    mean, square = (torch.tensor(one) for one in state.moments)
    best, best_losses = state.best.copy(), state.best_losses.copy()
    last, losses = min(used.steps, state.step + steps), state.losses
    for step in range(state.step, last):
        if stop():
            raise Cancelled
        found, slope = _gradient(network, z, goal)
        losses = found
        nearer = losses < best_losses
        best[nearer], best_losses[nearer] = z.numpy()[nearer], losses[nearer]
        slope[:, : layout.code] = 0
        z, mean, square = _adam(z, slope, mean, square, step, used)
        z[:, layout.code :] = z[:, layout.code :].clamp(-limit, limit)
    return SearchState(last, z.numpy(), losses, best, best_losses, (mean.numpy(), square.numpy()))


def generator_module(model: Model) -> NetworkModule:
    """Return a model's generator as a torch module in evaluation mode."""
    from core.networks.torch_module import module

    made = module(model.spec("G"), model.parts["G"]).eval()
    for weight in made.parameters():
        weight.requires_grad_(False)
    return made


def _gradient(network: NetworkModule, z: Tensor, target: Tensor) -> tuple[NDArray[np.float64], Tensor]:
    point = z.clone().requires_grad_(True)
    losses = spectral_loss(network(point), target)
    cast(Any, losses.sum()).backward()
    slope = point.grad
    assert slope is not None
    return losses.detach().numpy().astype(np.float64), slope


def _adam(
    z: Tensor, slope: Tensor, mean: Tensor, square: Tensor, step: int, used: SearchSettings
) -> tuple[Tensor, Tensor, Tensor]:
    """Make one step of Adam (Kingma & Ba, 2015), whose memory travels between short tasks."""
    import torch

    mean = 0.9 * mean + 0.1 * slope
    square = 0.999 * square + 0.001 * slope.square()
    rate = used.rate * 0.5 * (1 + np.cos(np.pi * step / max(1, used.steps)))
    corrected = mean / (1 - 0.9 ** (step + 1)), square / (1 - 0.999 ** (step + 1))
    return z - rate * corrected[0] / (torch.sqrt(corrected[1]) + 1e-8), mean, square


def found_points(model: Model, target: Array, state: SearchState) -> tuple[FoundPoint, ...]:
    """Return the best point of every restart, the nearest first, each with its distance."""
    points = [Point(tuple(map(float, row))) for row in state.best]
    sounds = generate_many(model, points)
    rows = [
        FoundPoint(point, distance_db(sound, target), float(loss))
        for point, sound, loss in zip(points, sounds, state.best_losses, strict=True)
    ]
    return tuple(sorted(rows, key=lambda one: (one.distance_db, one.loss)))


@dataclass(frozen=True, eq=False)
class SearchTask(ModelTask):
    """A short part of a search: the tries, if there is no `state` yet, or some steps from it."""

    model: ModelId
    samples: Array
    settings: SearchSettings
    state: SearchState | None = None
    steps: int = 10

    @property
    def models(self) -> tuple[ModelId, ...]:
        """The generator's model."""
        return (self.model,)

    def run(self, models: Mapping[ModelId, Model], stop: Stop) -> tuple[SearchState, tuple[FoundPoint, ...]]:
        """Return the new state, and the best points so far."""
        model = models[self.model]
        target = target_of(self.samples, sound_output(model))
        state: Any = self.state
        if state is None:
            state = begun(model, target, self.settings, stop)
        else:
            state = moved(model, target, state, self.settings, self.steps, stop)
        return state, found_points(model, target, state)
