"""Dose-response against closed forms."""

from __future__ import annotations

import numpy as np
import pytest

from core.faults import Fault
from core.sweeps.dose_response import dose_response, mean_slope

VALUES = np.linspace(-2.0, 2.0, 9)


def test_a_linear_response_has_its_slope_and_no_spread():
    own = np.array([10.0, 20.0, 60.0])[:, None]
    found = dose_response(VALUES, own + 3.0 * VALUES, baseline=0)
    np.testing.assert_allclose(found.effect, 3.0 * (VALUES + 2.0), atol=1e-12)
    np.testing.assert_allclose(found.effect_sd, 0.0, atol=1e-12)
    np.testing.assert_allclose(found.mean, 30.0 + 3.0 * VALUES)
    np.testing.assert_allclose(found.sd, np.std(own, ddof=1))
    assert (found.slope, found.baseline) == (pytest.approx(3.0), pytest.approx(24.0))
    assert found.count.tolist() == [3] * 9


def test_another_point_can_be_the_baseline():
    measured = np.tile(VALUES**2, (4, 1))
    found = dose_response(VALUES, measured, baseline=np.array([1.0, 1.0, 1.0, 1.0]))
    np.testing.assert_allclose(found.effect, VALUES**2 - 1.0)


def test_undefined_values_are_left_out_and_counted():
    measured = np.array([[0.0, 1.0, np.nan], [10.0, np.nan, np.nan], [np.nan, 5.0, 6.0]])
    found = dose_response(np.array([0.0, 1.0, 2.0]), measured)
    assert found.effect[:2].tolist() == [0.0, 1.0]
    assert np.isnan(found.effect[2])
    assert np.isnan(found.effect_sd[1])
    assert found.count.tolist() == [2, 1, 0]
    assert found.slope == 1.0
    with pytest.raises(Fault, match="baseline"):
        dose_response(np.array([0.0, 1.0, 2.0]), measured, baseline=np.full(3, np.nan))


def test_the_mean_slope_is_the_papers_incremental_effect():
    rng = np.random.default_rng(1)
    values, effect = np.sort(rng.normal(size=20)), rng.normal(size=20)
    assert mean_slope(values, effect) == pytest.approx(np.mean(np.diff(effect) / np.diff(values)))
    assert np.isnan(mean_slope(np.array([1.0]), np.array([2.0])))
