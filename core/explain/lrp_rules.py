"""The rules of layer-wise relevance propagation through one linear part, for inputs of any sign.

Bach et al. 2015 (0, epsilon, alpha-beta), Montavon et al. 2017 (w-squared, z+, zB) and 2019 (gamma),
Lapuschkin et al. 2019 (flat). A bias is an input that is always 1: what it earns it keeps, and is counted
beside the map.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

from core.explain.steps import Linear

if TYPE_CHECKING:
    from torch import Tensor


class Rule(Protocol):
    """One rule, with its numbers."""

    @property
    def words(self) -> str:
        """The rule as it is written in a composite."""
        ...

    def __call__(self, linear: Linear, x: Tensor, passed: Tensor) -> tuple[Tensor, float]:
        """Return the relevance of the input, and what the biases keep, of the relevance of the output."""
        ...


@dataclass(frozen=True, eq=False)
class _Part:
    """Contributions x_i w_ij: an input, a weight and a bias, each with its sign chosen."""

    x: Tensor
    weight: Tensor
    bias: Tensor | None


def _divided(relevance: Tensor, by: Tensor, epsilon: float | Tensor = 0.0) -> Tensor:
    """Return relevance / by; nothing where `by` is 0."""
    import torch

    whole = by + torch.where(by < 0, -1.0, 1.0) * epsilon
    return torch.where(whole != 0, relevance / torch.where(whole == 0, torch.ones_like(whole), whole), 0.0)


def _given(linear: Linear, parts: Sequence[_Part]) -> list[tuple[Tensor, Tensor]]:
    """Return each part's input, ready for a gradient, and what the linear part makes of it."""
    import torch

    with torch.enable_grad():
        inputs = [part.x.detach().requires_grad_() for part in parts]
        return [
            (
                x,
                linear.apply(x, part.weight)
                if part.bias is None
                else linear.apply(x, part.weight) + part.bias,
            )
            for x, part in zip(inputs, parts, strict=True)
        ]


def _spread(
    given: Sequence[tuple[Tensor, Tensor]], shares: Sequence[Tensor], parts: Sequence[_Part]
) -> tuple[Tensor, float]:
    """Return x times what flows back of the shares, over all parts, and what the biases keep."""
    import torch

    slopes = torch.autograd.grad([y for _, y in given], [x for x, _ in given], list(shares))
    whole = sum(
        (part.x * slope for part, slope in zip(parts[1:], slopes[1:], strict=True)), parts[0].x * slopes[0]
    )
    biases = sum(
        float((part.bias * share).double().sum())
        for part, share in zip(parts, shares, strict=True)
        if part.bias is not None
    )
    return whole, biases


def _of_sign(x: Tensor, sign: int) -> Tensor:
    return x.clamp_min(0) if sign > 0 else x.clamp_max(0)


def _bias_of_sign(bias: Tensor | None, sign: int) -> Tensor | None:
    return None if bias is None else _of_sign(bias, sign)


@dataclass(frozen=True, slots=True)
class Zero:
    """R_i = x_i w_ij / z_j R_j."""

    @property
    def words(self) -> str:
        return "zero"

    def __call__(self, linear: Linear, x: Tensor, passed: Tensor) -> tuple[Tensor, float]:
        return Epsilon(0.0)(linear, x, passed)


@dataclass(frozen=True, slots=True)
class Epsilon:
    """The 0 rule with epsilon added to |z|, relative to the layer's mean |z|."""

    epsilon: float = 0.25

    @property
    def words(self) -> str:
        return f"epsilon:{self.epsilon:g}"

    def __call__(self, linear: Linear, x: Tensor, passed: Tensor) -> tuple[Tensor, float]:
        parts = [_Part(x, linear.weight, linear.bias)]
        given = _given(linear, parts)
        z = given[0][1].detach()
        return _spread(given, [_divided(passed, z, self.epsilon * z.abs().mean())], parts)


@dataclass(frozen=True, slots=True)
class Gamma:
    """Contributions that agree with the sign of z count 1 + gamma times (for inputs of both signs)."""

    gamma: float = 0.25

    @property
    def words(self) -> str:
        return f"gamma:{self.gamma:g}"

    def __call__(self, linear: Linear, x: Tensor, passed: Tensor) -> tuple[Tensor, float]:
        z = linear(x)
        signed = [(sign, part) for sign in (1, -1) for part in self._agreeing(linear, x, sign)]
        signs, parts = [sign for sign, _ in signed], [part for _, part in signed]
        given = _given(linear, parts)
        shares: list[Tensor] = []
        for sign in signs:
            whole = sum(y.detach() for (_, y), of in zip(given, signs, strict=True) if of == sign)
            chosen = passed * ((z > 0) if sign > 0 else (z < 0))
            shares.append(_divided(chosen, whole))  # pyright: ignore[reportArgumentType]
        return _spread(given, shares, parts)

    def _agreeing(self, linear: Linear, x: Tensor, sign: int) -> Sequence[_Part]:
        """Return the parts that together weigh contributions of one sign more."""
        w, b, gamma = linear.weight, linear.bias, self.gamma
        bias = None if b is None else b + gamma * _of_sign(b, sign)
        found = [_Part(_of_sign(x, 1), w + gamma * _of_sign(w, sign), bias)]
        if bool((x < 0).any()):
            found.append(_Part(_of_sign(x, -1), w + gamma * _of_sign(w, -sign), None))
        return found


@dataclass(frozen=True, slots=True)
class AlphaBeta:
    """alpha times the share of positive products minus beta times that of negative ones; alpha - beta = 1."""

    alpha: float = 2.0
    beta: float = 1.0

    @property
    def words(self) -> str:
        return f"alpha-beta:{self.alpha:g}:{self.beta:g}"

    def __call__(self, linear: Linear, x: Tensor, passed: Tensor) -> tuple[Tensor, float]:
        whole, biases = _signed(linear, x, passed, 1)
        whole, biases = whole * self.alpha, biases * self.alpha
        if self.beta:
            less, fewer = _signed(linear, x, passed, -1)
            whole, biases = whole - self.beta * less, biases - self.beta * fewer
        return whole, biases


def _signed(linear: Linear, x: Tensor, passed: Tensor, sign: int) -> tuple[Tensor, float]:
    """Share relevance among the products x_i w_ij of one sign."""
    parts = [_Part(_of_sign(x, 1), _of_sign(linear.weight, sign), _bias_of_sign(linear.bias, sign))]
    if bool((x < 0).any()):
        parts.append(_Part(_of_sign(x, -1), _of_sign(linear.weight, -sign), None))
    given = _given(linear, parts)
    z = sum((y.detach() for _, y in given[1:]), given[0][1].detach())
    return _spread(given, [_divided(passed, z)] * len(parts), parts)


@dataclass(frozen=True, slots=True)
class ZPlus:
    """Only positive products count: alpha 1, beta 0."""

    @property
    def words(self) -> str:
        return "z-plus"

    def __call__(self, linear: Linear, x: Tensor, passed: Tensor) -> tuple[Tensor, float]:
        return _signed(linear, x, passed, 1)


@dataclass(frozen=True, slots=True)
class WSquared:
    """R_i = w_ij^2 / (sum of w_ij^2) R_j, whatever the input; biases get nothing."""

    @property
    def words(self) -> str:
        return "w-squared"

    def __call__(self, linear: Linear, x: Tensor, passed: Tensor) -> tuple[Tensor, float]:
        return _blind(linear, x, passed, linear.weight.square())


@dataclass(frozen=True, slots=True)
class Flat:
    """R_i = 1 / n R_j for the n inputs of each output; biases get nothing."""

    @property
    def words(self) -> str:
        return "flat"

    def __call__(self, linear: Linear, x: Tensor, passed: Tensor) -> tuple[Tensor, float]:
        import torch

        return _blind(linear, x, passed, torch.ones_like(linear.weight))


def _blind(linear: Linear, x: Tensor, passed: Tensor, weight: Tensor) -> tuple[Tensor, float]:
    import torch

    parts = [_Part(torch.ones_like(x), weight, None)]
    given = _given(linear, parts)
    return _spread(given, [_divided(passed, given[0][1].detach())], parts)


@dataclass(frozen=True, slots=True)
class ZB:
    """x_i w_ij - low_i w_ij+ - high_i w_ij-: for inputs between bounds, here each channel's in this sound."""

    kind: Literal["recording", "unit"] = "recording"

    @property
    def words(self) -> str:
        return "zb" if self.kind == "recording" else "zb:unit"

    def __call__(self, linear: Linear, x: Tensor, passed: Tensor) -> tuple[Tensor, float]:
        low, high = self._bounds(x)
        w = linear.weight
        parts = [_Part(x, w, None), _Part(low, w.clamp_min(0), None), _Part(high, w.clamp_max(0), None)]
        given = _given(linear, parts)
        z = given[0][1] - given[1][1] - given[2][1]
        share = _divided(passed, z.detach())
        whole, _ = _spread(given, [share, -share, -share], parts)
        return whole, 0.0

    def _bounds(self, x: Tensor) -> tuple[Tensor, Tensor]:
        import torch

        if self.kind == "unit":
            return -torch.ones_like(x), torch.ones_like(x)
        return x.amin(1, keepdim=True).expand_as(x), x.amax(1, keepdim=True).expand_as(x)


@dataclass(frozen=True, slots=True)
class Pass:
    """Each output gives its relevance to the input of the same place: for scalings."""

    @property
    def words(self) -> str:
        return "pass"

    def __call__(self, linear: Linear, x: Tensor, passed: Tensor) -> tuple[Tensor, float]:
        return passed, 0.0
