"""Effects that were put in are found, and none where there is none."""

from __future__ import annotations

import numpy as np
import pytest

from core.faults import Cancelled, Fault
from core.sweeps.effects import effects, labels

NAMES = tuple(f"z{k}" for k in range(1, 21))


@pytest.fixture(scope="module")
def z() -> np.ndarray:
    return np.random.default_rng(0).uniform(-1, 1, (200, len(NAMES)))


def test_least_squares_gives_the_closed_forms_coefficients(z):
    y = 5 + 3 * z[:, 10] - 2 * z[:, 4] + np.random.default_rng(1).normal(0, 0.3, len(z))
    found = effects(z, y, NAMES)
    with_one = np.column_stack([np.ones(len(z)), z])
    exact = np.linalg.solve(with_one.T @ with_one, with_one.T @ y)[1:]
    wanted = dict(zip(NAMES, exact, strict=True))
    assert {one.variable: one.beta for one in found.ranked} == pytest.approx(wanted)
    assert [one.variable for one in found.ranked[:2]] == ["z11", "z5"]
    assert [one.variable for one in found.ranked if one.beyond_chance] == ["z11", "z5"]
    assert all(one.low < one.beta < one.high for one in found.ranked[:2])
    assert found.ranked[0].low < 3 < found.ranked[0].high
    assert found.before_the_drop == 2
    assert 0.9 < found.explained < 1


@pytest.mark.parametrize("method", ["linear", "lasso"])
def test_noise_has_no_effect(z, method):
    found = effects(z, np.random.default_rng(2).normal(size=len(z)), NAMES, method)
    assert not any(one.beyond_chance for one in found.ranked)
    assert found.explained < 0.1


def test_the_lasso_leaves_out_what_does_nothing(z):
    y = 3 * z[:, 10] + np.random.default_rng(3).normal(0, 0.5, len(z))
    found = effects(z, y, NAMES, "lasso", bootstraps=20, shuffles=20)
    assert found.ranked[0].variable == "z11"
    assert found.ranked[0].beyond_chance
    assert sum(one.beta == 0 for one in found.ranked) >= 8
    assert found.penalty is not None


def test_a_label_is_predicted_from_the_variable_that_made_it(z):
    found = effects(z, labels(z[:, 6] + 0.2 * z[:, 1], 0.1), NAMES, "logistic", 20, 20)
    assert found.ranked[0].variable == "z7"
    assert found.ranked[0].beyond_chance
    assert 0.85 < found.explained <= 1


def test_items_without_a_value_are_left_out(z):
    y = 3 * z[:, 10]
    y[:50] = np.nan
    assert effects(z, y, NAMES, bootstraps=5, shuffles=5).count == 150


@pytest.mark.parametrize(
    ("y", "method", "said"),
    [
        (np.full(200, np.nan), "linear", "Only 0 items"),
        (np.full(200, 3.0), "linear", "is 3 in all 200 items"),
        (np.r_[np.arange(20.0), np.full(180, np.nan)], "linear", "cannot tell 20 variables apart"),
        (np.arange(200.0), "logistic", "needs labels"),
    ],
)
def test_what_cannot_be_fitted_is_refused_with_the_reason(z, y, method, said):
    with pytest.raises(Fault, match=said):
        effects(z, y, NAMES, method)


@pytest.mark.parametrize(("threshold", "which"), [(9.0, "none"), (-9.0, "all")])
def test_a_label_that_holds_for_all_or_none_is_refused(threshold, which):
    with pytest.raises(Fault, match=f"holds for {which} of the 3 items"):
        labels(np.array([1.0, 2.0, 3.0, np.nan]), threshold)


def test_fits_stop_when_they_are_cancelled(z):
    with pytest.raises(Cancelled):
        effects(z, z[:, 0], NAMES, cancelled=lambda: True)
