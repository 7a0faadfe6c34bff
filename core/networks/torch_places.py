"""Where the layers of a graph lie in time, found by running it. Import it only where torch is needed.

The stride of a layer is told by how its length grows with the input's; the support of its gradient proves it,
and says which frames a sample hears and where their middle is. Where the gradient reaches over all of it
(group norm, recurrent layers, attention), a layer that keeps the frames of an earlier one keeps their place,
and any other lies at its gradient's centre of mass.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.faults import Fault
from core.networks.map_operations import Placed

Raw = Callable[[Tensor], Generator[tuple[str, Tensor], "Tensor | None", None]]
DRAWS = 2
FEWEST = 8  # samples of a layer that its place is measured from
EVERYWHERE = 0.9  # of the input: a support of more reaches over all of it
MOST_RISE = 16
SEED = 11
NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class FoundPlace:
    """Where one tensor lies: its time axis (None: it has none), its place and its channels.

    `hears_all` says that its gradient reaches over the whole input, `centred` that its place is its
    gradient's centre of mass.
    """

    time_axis: int | None
    place: Placed
    channels: int
    hears_all: bool = False
    centred: bool = False


@dataclass(frozen=True, slots=True)
class _Seen:
    """What one run showed of a tensor: its shape, and of two of its samples which frames they hear."""

    shape: tuple[int, ...]
    at: tuple[int, ...] = ()
    middles: tuple[float, ...] = ()
    masses: tuple[float, ...] = ()
    reaches: tuple[int, ...] = ()


def find_places(
    raw: Raw,
    tensors: Sequence[str],
    width: int,
    start: int,
    most: int,
    unbounded: frozenset[str] = NOTHING,
) -> dict[str, FoundPlace]:
    """Return the places of tensors of a network that takes any number of frames of `width` values.

    `start` frames are tried first, then more, up to `most`. Tensors that are `unbounded` hear everything,
    though their gradients fade.
    """
    with _one_thread():
        return _found(raw, tensors, width, start, most, unbounded)


def _found(
    raw: Raw, tensors: Sequence[str], width: int, start: int, most: int, unbounded: frozenset[str]
) -> dict[str, FoundPlace]:
    n = start
    while True:
        lengths = _lengths(raw, n, width)
        twice = _lengths(raw, 2 * n, width) if lengths is not None else None
        if lengths is not None and twice is not None:
            axes = {name: _grown(lengths[name], twice[name]) for name in tensors if name in lengths}
            if 4 * n > most or _enough(raw, 2 * n, width, axes, twice, unbounded):
                seen = _gradients(raw, 2 * n, width, axes)
                runs = {n: lengths, 2 * n: twice}
                return _Solver(raw, width, axes, seen, runs, 2 * n, unbounded).places()
        if 2 * n > most:
            raise Fault(
                f"The network does not run on {n} frames of noise.",
                "Export it for whole recordings, with a free length.",
            )
        n *= 2


def find_fixed(
    raw: Raw, tensors: Sequence[str], width: int, n: int, unbounded: frozenset[str] = NOTHING
) -> dict[str, FoundPlace]:
    """Return the places of tensors of a network that takes exactly `n` frames of `width` values."""
    with _one_thread():
        shapes = _lengths(raw, n, width)
        if shapes is None:
            raise Fault(f"The network does not run on {n} frames of noise.", "Export it again.")
        axes = {name: _moving_axis(raw, n, width, name, shapes[name]) for name in tensors}
        seen = _gradients(raw, n, width, axes)
    return _Solver(raw, width, axes, seen, {n: shapes}, n, unbounded, fixed=True).places()


@contextmanager
def _one_thread() -> Generator[None]:
    """Run many small computations, which several threads only slow down."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _noise(n: int, width: int, draw: int = 0) -> Tensor:
    chance = torch.Generator().manual_seed(SEED + draw)
    return torch.randn(1, n, width, generator=chance) * 0.5


def _lengths(raw: Raw, n: int, width: int) -> dict[str, tuple[int, ...]] | None:
    """Return the shapes of all tensors for `n` frames, None if the network does not run on so few."""
    try:
        with torch.no_grad():
            return {name: tuple(value.shape) for name, value in raw(_noise(n, width))}
    except Fault:
        return None


def _grown(once: tuple[int, ...], twice: tuple[int, ...]) -> int | None:
    """Return the one axis that grows with the input; None if there is none, or several, as in attention."""
    grown = [axis for axis, (a, b) in enumerate(zip(once, twice, strict=False)) if a != b]
    return grown[0] if len(grown) == 1 and len(once) == len(twice) else None


def _moving_axis(raw: Raw, n: int, width: int, name: str, shape: tuple[int, ...]) -> int | None:
    """Return the axis along which what a tensor hears moves through the input, by centres of mass."""
    best, found = 0.25 * n, None
    for axis in range(1, len(shape)):
        if shape[axis] < 2:
            continue
        ends = _gradients(raw, n, width, {name: axis}, (0.1, 0.9))[name].masses
        moved = abs(ends[-1] - ends[0]) if len(ends) == 2 else 0.0
        if moved > best:
            best, found = moved, axis
    return found


def _gradients(
    raw: Raw,
    n: int,
    width: int,
    axes: Mapping[str, int | None],
    parts: tuple[float, ...] = (0.4, 0.6),
    draws: int = DRAWS,
) -> dict[str, _Seen]:
    """Return what two samples of each tensor hear of `n` frames: the union over some draws of noise."""
    heard: dict[str, list[NDArray[np.float64]]] = {}
    shapes: dict[str, tuple[int, ...]] = {}
    for draw in range(draws):
        leaf = _noise(n, width, draw).requires_grad_()
        for name, value in raw(leaf):
            if axes.get(name) is None or not value.requires_grad or not value.is_floating_point():
                continue
            shapes[name] = tuple(value.shape)
            rows = _heard(value, leaf, axes[name] or 0, parts)
            before = heard.get(name)
            heard[name] = (
                rows if before is None else [np.maximum(a, b) for a, b in zip(before, rows, strict=True)]
            )
    return {name: _seen(shapes[name], axes[name] or 0, rows, parts) for name, rows in heard.items()}


def _heard(value: Tensor, leaf: Tensor, axis: int, parts: tuple[float, ...]) -> list[NDArray[np.float64]]:
    """Return, for some samples of a tensor, the size of the gradient at each frame of the input."""
    rows: list[NDArray[np.float64]] = []
    count = value.shape[axis]
    for part in parts:
        one = value.select(axis, min(count - 1, int(part * count)))
        chance = torch.Generator().manual_seed(SEED)
        weights = torch.randn(one.shape, generator=chance).to(one.dtype)
        sums = (one * weights).sum()
        found = cast(
            "Tensor | None", torch.autograd.grad(sums, leaf, retain_graph=True, allow_unused=True)[0]
        )
        row = torch.zeros(leaf.shape[1]) if found is None else found[0].abs().sum(1)
        rows.append(np.nan_to_num(row.double().numpy()))
    return rows


def _seen(
    shape: tuple[int, ...], axis: int, rows: Sequence[NDArray[np.float64]], parts: tuple[float, ...]
) -> _Seen:
    at = tuple(min(shape[axis] - 1, int(part * shape[axis])) for part in parts)
    places = [np.flatnonzero(row > 0) for row in rows]
    if any(not len(place) for place in places):
        return _Seen(shape)
    energies = [np.square(row / row.max()) for row in rows]
    return _Seen(
        shape,
        at,
        tuple(float(place[0] + place[-1]) / 2 for place in places),
        tuple(float((one * np.arange(len(one))).sum() / one.sum()) for one in energies),
        tuple(int(place[-1] - place[0] + 1) for place in places),
    )


def _enough(
    raw: Raw,
    n: int,
    width: int,
    axes: Mapping[str, int | None],
    shapes: Mapping[str, tuple[int, ...]],
    unbounded: frozenset[str],
) -> bool:
    """Return whether every layer has enough samples, and whether the last one hears a part of the input."""
    timed = {name: axis for name, axis in axes.items() if axis is not None}
    if not timed or any(shapes[name][axis] < FEWEST for name, axis in timed.items()):
        return False
    last = next((name for name in reversed(timed) if name not in unbounded), None)
    if last is None:
        return True
    seen = _gradients(raw, n, width, {last: timed[last]}, draws=1).get(last)
    return seen is None or not seen.reaches or min(seen.reaches) <= EVERYWHERE * n / 2


@dataclass(frozen=True)
class _Solver:
    """Lengths and gradients on their way to places; more runs are made where a length is doubtful."""

    raw: Raw
    width: int
    axes: Mapping[str, int | None]
    seen: Mapping[str, _Seen]
    runs: dict[int, dict[str, tuple[int, ...]]]
    n: int
    unbounded: frozenset[str]
    fixed: bool = False

    def places(self) -> dict[str, FoundPlace]:
        """Return every tensor's place."""
        strides = {name: self._stride(name) for name in self.axes if name in self.seen and self.seen[name].at}
        spares = dict.fromkeys(strides, 0) if self.fixed else self._spares(strides)
        found: dict[str, FoundPlace] = {}
        for name, axis in self.axes.items():
            shape = self.runs[self.n].get(name, ())
            channels = int(np.prod(shape, dtype=np.int64)) // (
                shape[axis] if axis is not None and shape else 1
            )
            if axis is None or name not in strides:
                found[name] = self._beside(name, axis, channels, found)
                continue
            found[name] = self._placed(name, axis, strides[name], spares[name], channels, found)
        return found

    def _beside(
        self, name: str, axis: int | None, channels: int, found: Mapping[str, FoundPlace]
    ) -> FoundPlace:
        """Return the place of a tensor whose gradient vanished on noise: the last one's of its length."""
        lengths = None if axis is None else [self._count(name, n) for n in self.runs]
        for other, one in reversed(list(found.items())):
            if one.time_axis is not None and lengths == [self._count(other, n) for n in self.runs]:
                return replace(one, time_axis=axis, channels=channels)
        return FoundPlace(None, Placed(), channels)

    def _count(self, name: str, n: int) -> int:
        return self.runs[n][name][self.axes[name] or 0]

    def _stride(self, name: str) -> Fraction:
        """Return the frames per sample: what fits the lengths, nearest to the gradient's step."""
        seen = self.seen[name]
        if self.fixed and self._leaks(name):
            return self._snapped((seen.masses[1] - seen.masses[0]) / (seen.at[1] - seen.at[0]), 0.0)
        if self.fixed:
            return self._snapped((seen.middles[1] - seen.middles[0]) / (seen.at[1] - seen.at[0]), 0.0)
        lengths = sorted(self.runs)
        grown = self._count(name, lengths[-1]) - self._count(name, lengths[0])
        told = (lengths[-1] - lengths[0]) / grown
        ends = seen.masses if self._leaks(name) else seen.middles
        step = (ends[1] - ends[0]) / (seen.at[1] - seen.at[0]) if seen.at[1] > seen.at[0] else told
        slack = told / grown
        return self._snapped(step if abs(step - told) <= 2 * slack else told, slack)

    def _leaks(self, name: str) -> bool:
        """Return whether a tensor's samples hear the whole input."""
        return name in self.unbounded or min(self.seen[name].reaches) > EVERYWHERE * self.n

    def _snapped(self, step: float, slack: float) -> Fraction:
        """Return the whole number, or the simplest fraction, that a step stands for."""
        if abs(step - round(step)) <= max(0.02 * step, slack / 4) and round(step) >= 1:
            return Fraction(round(step))
        return Fraction(step).limit_denominator(MOST_RISE)

    def _spares(self, strides: Mapping[str, Fraction]) -> dict[str, int]:
        """Return each tensor's `Placed.spare`; lengths are tried until each is certain.

        Raises Fault for lengths that follow no stride.
        """
        while True:
            bounds = {name: self._bounds(name, stride) for name, stride in strides.items()}
            open_ones = {name: pair for name, pair in bounds.items() if pair[0] < pair[1]}
            if not open_ones:
                return {name: pair[0] for name, pair in bounds.items()}
            name, (low, high) = max(open_ones.items(), key=lambda pair: pair[1][1] - pair[1][0])
            n = self._next_length(name, strides[name], (low + high + 1) // 2)
            shapes = None if n in self.runs else _lengths(self.raw, n, self.width)
            if shapes is None:
                raise _no_rule(name)
            self.runs[n] = shapes

    def _bounds(self, name: str, stride: Fraction) -> tuple[int, int]:
        """Return the lowest and highest spare that every length so far allows."""
        q, p = stride.numerator, stride.denominator
        counts = {n: self._count(name, n) for n in self.runs}
        low = max(q * count - n * p for n, count in counts.items())
        high = min(q * (count + 1) - n * p - 1 for n, count in counts.items())
        if low > high:
            raise _no_rule(name)
        return low, high

    def _next_length(self, name: str, stride: Fraction, spare: int) -> int:
        """Return a length at which the count tells spares of at least `spare` from lower ones."""
        q, p = stride.numerator, stride.denominator
        n = self.n
        while (n * p + spare) % q >= p and n < self.n + q:
            n += 1
        while n in self.runs:
            n += q
        return n

    def _placed(
        self,
        name: str,
        axis: int,
        stride: Fraction,
        spare: int,
        channels: int,
        found: Mapping[str, FoundPlace],
    ) -> FoundPlace:
        seen, q, p = self.seen[name], stride.numerator, stride.denominator
        count = self._count(name, self.n)
        spare = count * q - self.n * p if self.fixed else spare
        leaks = self._leaks(name)
        if leaks:
            earlier = [one for one in found.values() if one.time_axis is not None]
            same = [one for one in earlier if _lengths_of(one.place) == (q, spare, p)]
            if (q, spare, p) == (1, 0, 1) or same:
                kept = same[-1] if same else FoundPlace(axis, Placed(), channels)
                return FoundPlace(axis, kept.place.everywhere(), channels, True, kept.centred)
        ends = seen.masses if leaks else seen.middles
        offset = float(np.mean([end - at * float(stride) for end, at in zip(ends, seen.at, strict=True)]))
        offset = offset if leaks else round(2 * offset) / 2 if p == 1 else offset
        reach = float("inf") if leaks else float(max(seen.reaches))
        return FoundPlace(axis, Placed(q, spare, offset, reach, p), channels, leaks, leaks)


def _lengths_of(place: Placed) -> tuple[int, int, int]:
    return place.stride, place.spare, place.rise


def _no_rule(name: str) -> Fault:
    return Fault(
        f"The length of “{name}” in the graph follows no stride, so its place in time is unknown.",
        "Export the network for whole recordings, without cutting them into parts inside.",
    )
