"""Self-similarity: repeated stretches are alike, others are not; intervals meet in normalised time."""

from __future__ import annotations

import numpy as np
import pytest

from core.faults import Fault
from core.maps.self_similarity import (
    blocks_of,
    cosines,
    interval_similarity,
    similarity_of_maps,
    similarity_of_sound,
)
from core.probing.feature_maps import FeatureMaps
from core.signals.axis import Range, TimeAxis
from core.signals.track import Track

CHANCE = np.random.default_rng(5)
AXIS = TimeAxis.of_sound(100.0, 300)


def reduplicated() -> FeatureMaps:
    """Maps of 3 s: a pattern from 0 to 1 s, another from 1 to 2 s, and the first one again from 2 s on."""
    one, other = CHANCE.random((100, 12)), CHANCE.random((100, 12))
    return FeatureMaps("conv2", np.concatenate([one, other, one]).astype(np.float32), AXIS)


def test_the_cosine_of_two_rows_is_that_of_the_formula() -> None:
    values = CHANCE.standard_normal((6, 5))
    found = cosines(values)
    a, b = values[1], values[4]
    assert found[1, 4] == pytest.approx(a @ b / np.linalg.norm(a) / np.linalg.norm(b), abs=1e-6)
    np.testing.assert_allclose(np.diag(found), 1, atol=1e-6)
    values[2] = 0
    assert np.isnan(cosines(values)[2]).all()


def test_a_repeated_stretch_is_a_line_beside_the_diagonal() -> None:
    found = similarity_of_maps(reduplicated())
    assert found.axis == AXIS
    np.testing.assert_allclose(found.values[np.arange(100), np.arange(200, 300)], 1, atol=1e-6)
    assert found.values[np.arange(100), np.arange(100, 200)].mean() < 0.9


def test_intervals_that_repeat_are_alike_also_at_another_speed() -> None:
    maps = reduplicated()
    words = (Range(0.0, 1.0), Range(1.0, 2.0), Range(2.0, 3.0))
    found = interval_similarity(similarity_of_maps(maps), words)
    assert found[0, 2] == pytest.approx(1, abs=1e-5)
    assert found[0, 1] < 0.9
    np.testing.assert_allclose(found, found.T)
    slow = np.concatenate([maps.values[:100], np.repeat(maps.values[:100], 2, 0)])
    stretched = similarity_of_maps(FeatureMaps("conv2", slow, AXIS))
    assert interval_similarity(stretched, (Range(0, 1), Range(1, 3)))[0, 1] == pytest.approx(1, abs=0.02)
    outside = interval_similarity(stretched, (Range(0, 1), Range(2.5, 3.5)))
    assert np.isnan(outside[0, 1])


def test_many_frames_are_averaged_in_blocks_on_their_own_axis() -> None:
    values, axis = blocks_of(np.arange(1000.0)[:, None], TimeAxis.of_sound(1000.0, 1000), 300)
    assert len(values) == 250
    assert values[1, 0] == pytest.approx(5.5)
    assert axis.seconds(1) == pytest.approx(TimeAxis.of_sound(1000.0, 1000).seconds(5.5))


def test_a_repeated_syllable_is_heard_in_the_sound() -> None:
    times = np.arange(8000) / 16000
    low = np.sin(2 * np.pi * 300 * times) * 0.3
    high = np.sin(2 * np.pi * 3000 * times) * 0.3
    sound = Track("out", np.concatenate([low, high, low]).astype(np.float32), TimeAxis.of_sound(16000, 24000))
    found = interval_similarity(
        similarity_of_sound(sound), (Range(0.05, 0.45), Range(0.55, 0.95), Range(1.05, 1.45))
    )
    assert found[0, 2] > 0.99
    assert found[0, 1] < 0.7
    short = Track("out", np.zeros(10, np.float32), TimeAxis.of_sound(16000, 10))
    with pytest.raises(Fault, match="No self-similarity"):
        similarity_of_sound(short)
