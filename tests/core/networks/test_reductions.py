"""Channels to one curve."""

from __future__ import annotations

import numpy as np
import pytest

from core.faults import Fault
from core.networks.reductions import Reduction

MAPS = np.array([[[1, 2, 6], [0, -3, 3], [4, 4, 4]]], np.float32)  # [items, time, channels]


@pytest.mark.parametrize(
    ("how", "curve", "name"),
    [
        (Reduction(), [3, 0, 4], "mean"),
        (Reduction("channel", 2), [6, 3, 4], "channel 3"),
        (Reduction("max"), [6, 3, 4], "max"),
        (Reduction("weighted", weights=(1, 0, -0.5)), [-2, -1.5, 2], "weighted 1 0 -0.5"),
    ],
)
def test_a_curve_is_what_its_name_says(how: Reduction, curve: list[float], name: str) -> None:
    np.testing.assert_allclose(how(MAPS), [curve], atol=1e-6)
    assert how.name == name


def test_a_value_that_is_no_number_stays_none() -> None:
    maps = MAPS.copy()
    maps[0, 1, 1] = np.nan
    for how in (Reduction(), Reduction("max"), Reduction("weighted", weights=(1, 1, 1))):
        curve = how(maps)[0]
        assert np.isnan(curve[1])
        assert np.isfinite(curve[[0, 2]]).all()


@pytest.mark.parametrize(
    "how", [Reduction("channel", 3), Reduction("channel", -1), Reduction("weighted", weights=(1,))]
)
def test_a_channel_that_is_not_there_is_a_fault(how: Reduction) -> None:
    with pytest.raises(Fault, match="3 channels"):
        how(MAPS)
