"""Distances of sets against closed forms, their known bias, and torchmetrics."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from core.faults import Fault
from core.generation.frechet import (
    DISTANCES,
    Distance,
    components,
    diagonal,
    extrapolated,
    floor_of,
    full,
    mmd,
    of_moments,
    principal,
    scalar,
)


def drawn(seed: int, n: int, d: int, scale: float = 1.0, shift: float = 0.0) -> np.ndarray:
    return shift + scale * np.random.default_rng(seed).standard_normal((n, d))


def with_moments(mean: float, sd: float, n: int = 10) -> np.ndarray:
    """Give numbers with exactly this mean and standard deviation."""
    values = np.random.default_rng(0).standard_normal(n)
    return mean + sd * (values - values.mean()) / values.std(ddof=1)


def test_the_distance_of_numbers_is_that_of_means_and_deviations() -> None:
    assert scalar(with_moments(0, 1), with_moments(3, 2)) == pytest.approx(10)
    assert scalar(with_moments(1, 5), with_moments(1, 2, 30)) == pytest.approx(9)
    assert full(with_moments(0, 1)[:, None], with_moments(3, 2)[:, None]) == pytest.approx(10)


def test_commuting_covariances_have_a_closed_form() -> None:
    one, other = np.diag([1.0, 4.0, 9.0]), np.diag([4.0, 4.0, 1.0])
    turned = np.linalg.qr(drawn(1, 3, 3))[0]
    zero = np.zeros(3)
    expected = 1 + 0 + 4
    assert of_moments(zero, one, zero, other) == pytest.approx(expected)
    assert of_moments(
        zero, turned @ one @ turned.T, np.array([1.0, 2, 2]), turned @ other @ turned.T
    ) == pytest.approx(expected + 9)


@pytest.mark.parametrize("n", [40, 8])
def test_distances_scale_and_do_not_mind_shifts_rotations_and_order(n: int) -> None:
    x, y = drawn(1, n, 12), drawn(2, n, 12, 1.5, 0.3)
    turned = np.linalg.qr(drawn(3, 12, 12))[0]
    whole = full(x, y)
    assert full(y, x) == pytest.approx(whole, rel=1e-6)
    assert full(3 * x, 3 * y) == pytest.approx(9 * whole, rel=1e-6)
    assert full(x @ turned + 5, y @ turned + 5) == pytest.approx(whole, rel=1e-6)
    assert full(x[::-1], y) == pytest.approx(whole, rel=1e-6)


@pytest.mark.parametrize("kind", ["unit", "layer", "diagonal", "pca"])
@pytest.mark.parametrize(("n", "d"), [(30, 5), (5, 30), (2, 4), (20, 1)])
def test_equal_sets_are_not_apart(kind: str, n: int, d: int) -> None:
    x = drawn(4, n, d)
    assert DISTANCES[kind].compute(x, x) == pytest.approx(0, abs=1e-10)


def test_both_forms_of_the_distance_agree() -> None:
    """The nuclear form is used for few items; with more items than dimensions both can be computed."""
    x, y = drawn(5, 11, 11), drawn(6, 11, 11, 2.0)
    spread = np.concatenate([x, x]), np.concatenate([y, y])  # the moments of n - 1 differ by a factor
    xm, ym = (part - part.mean(0) for part in (x, y))
    expected = of_moments(x.mean(0), xm.T @ xm / 10, y.mean(0), ym.T @ ym / 10)
    assert full(x, y) == pytest.approx(expected, rel=1e-6)
    assert full(*spread) == pytest.approx(
        of_moments(x.mean(0), xm.T @ xm * 2 / 21, y.mean(0), ym.T @ ym * 2 / 21), rel=1e-6
    )


class Features(nn.Module):
    """Features that are the values themselves, as torchmetrics wants them."""

    num_features = 6

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        return values


def test_the_distance_is_that_of_torchmetrics() -> None:
    image: Any = pytest.importorskip("torchmetrics.image.fid")
    x, y = drawn(7, 50, 6), drawn(8, 40, 6, 1.3, 0.5)
    peer = image.FrechetInceptionDistance(feature=Features(), input_img_size=(6,)).set_dtype(torch.float64)
    peer.update(torch.from_numpy(x), real=True)
    peer.update(torch.from_numpy(y), real=False)
    assert full(x, y) == pytest.approx(float(peer.compute()), rel=1e-9)


def test_few_items_are_biased_as_known() -> None:
    chance = np.random.default_rng(0)
    one = [scalar(chance.standard_normal(50), chance.standard_normal(50)) for _ in range(1500)]
    assert 0.045 <= np.mean(one) <= 0.068
    many = [full(chance.standard_normal((50, 64)), chance.standard_normal((50, 64))) for _ in range(8)]
    assert np.mean(many) == pytest.approx(43.9, rel=0.05)


def test_infinitely_many_items_have_no_bias() -> None:
    found = [extrapolated(drawn(k, 2000, 64), drawn(k + 50, 2000, 64)) for k in range(3)]
    assert np.mean(found) == pytest.approx(0, abs=0.05)
    x, y = drawn(1, 2000, 64), drawn(2, 2000, 64, 1.0, 0.25)
    assert extrapolated(x, y) == pytest.approx(64 * 0.25**2, abs=0.3)


def test_the_unbiased_discrepancy_is_0_on_average_and_grows() -> None:
    found = [mmd(drawn(k, 30, 5), drawn(k + 100, 30, 5)) for k in range(60)]
    assert np.mean(found) == pytest.approx(0, abs=0.004)
    assert min(found) < 0
    assert mmd(drawn(1, 30, 5), drawn(2, 30, 5, 1.0, 1.0)) > 0.1


def test_principal_axes_are_a_tenth_of_the_items() -> None:
    assert components(drawn(1, 50, 20)).shape == (5, 20)
    assert components(drawn(1, 5, 20)).shape == (1, 20)
    wide = drawn(1, 50, 20) * np.array([10.0, *[0.1] * 19])
    assert principal(wide, wide + np.array([3.0, *[0.0] * 19])) == pytest.approx(9, rel=0.05)


def test_no_variance_is_finite_and_variances_alone_add_up() -> None:
    still = np.ones((5, 3))
    assert full(still, still) == 0
    assert full(still, still + 2) == pytest.approx(12)
    x, y = drawn(1, 20, 4), drawn(2, 20, 4)
    assert diagonal(x, y) == pytest.approx(sum(scalar(x[:, k], y[:, k]) for k in range(4)))


@pytest.mark.parametrize(
    ("values", "sentence"),
    [(np.ones(1), "at least 2"), (np.array([1.0, np.nan]), "no numbers"), (np.ones(0), "none")],
)
@pytest.mark.parametrize("compute", [scalar, full, diagonal, principal, mmd])
def test_one_item_and_what_is_no_number_are_refused(
    values: np.ndarray, sentence: str, compute: Callable[..., float]
) -> None:
    with pytest.raises(Fault, match=sentence):
        compute(values, np.ones(5))


def test_the_floor_covers_equal_sets_in_95_of_100_cases() -> None:
    chance = np.random.default_rng(3)
    below = 0
    for trial in range(80):
        real, made = chance.normal(2, 3, 50), chance.normal(2, 3, 50)
        below += scalar(real, made) <= floor_of(real, 50, splits=200, seed=trial)
    assert below >= 70
    layers = drawn(1, 100, 8)
    assert floor_of(layers, 20, "layer", 50) > full(layers[:50], layers[50:])


def test_a_distance_says_all_that_it_means_nothing_without() -> None:
    said = Distance(1.654, "unit", 50, 40, 1, 700, 0.2).words
    for part in ("1.654", "floor 0.2", "N 50", "40 real of 700", "d 1"):
        assert part in said
