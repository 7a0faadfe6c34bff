"""Orders of feature maps, against straight-line computations and scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import pearsonr
from sklearn.cluster import SpectralClustering

from core.faults import Fault
from core.maps.clusters import ClusterSettings, cluster
from core.maps.contours import CONTOURS, Contour, contour_of
from core.maps.sorting import correlations, cosine_distances, ranked, window_means
from core.probing.feature_maps import FeatureMaps
from core.signals.axis import TimeAxis
from core.signals.track import Track

CHANCE = np.random.default_rng(3)
FAST = TimeAxis.of_sound(1000.0, 400)


def maps_of(values: np.ndarray, axis: TimeAxis = FAST) -> FeatureMaps:
    return FeatureMaps("conv3", np.asarray(values, np.float32), axis)


def test_r_is_that_of_means_over_the_contours_windows() -> None:
    maps = maps_of(CHANCE.standard_normal((400, 5)))
    frames = TimeAxis(100.0, 36, 0.02)
    values = CHANCE.standard_normal(36).astype(np.float32)
    values[7] = np.nan
    found = correlations(maps, Contour("F0", Track("f0", values, frames), 0.032))
    times = FAST.times()
    means = np.array(
        [maps.values[np.abs(times - frames.seconds(k)) <= 0.016 + 1e-9].mean(0) for k in range(36)]
    )
    known = np.isfinite(values)
    expected = [pearsonr(means[known, k], values[known]).statistic for k in range(5)]
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_a_contour_that_is_faster_than_the_layer_is_averaged_over_its_steps() -> None:
    slow = TimeAxis.of_sound(50.0, 20)
    contour = Track("intensity", CHANCE.standard_normal(400).astype(np.float32), FAST)
    maps = maps_of(CHANCE.standard_normal((20, 3)), slow)
    found = correlations(maps, Contour("Intensity", contour, 0.004))
    means = [contour.samples[np.abs(FAST.times() - t) <= 0.01 + 1e-9].mean() for t in slow.times()]
    expected = [pearsonr(maps.values[:, k], means).statistic for k in range(3)]
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_a_constant_map_has_no_r_and_stands_last() -> None:
    values = CHANCE.standard_normal((400, 3))
    values[:, 0] = 0.5
    contour = Contour("Conv4", Track("conv4", values[:, 2].astype(np.float32), FAST), 0.001)
    found = correlations(maps_of(values), contour)
    assert np.isnan(found[0])
    assert found[2] == pytest.approx(1.0)
    assert ranked(np.abs(found), largest_first=True) == (2, 1, 0)


def test_a_window_outside_the_samples_has_no_mean() -> None:
    grid = TimeAxis(10.0, 8, -0.25)
    found = window_means(np.ones((400, 1)), FAST, grid, 0.01)[:, 0]
    assert np.isfinite(found).tolist() == [0 <= t <= 0.4 for t in grid.times()]


def test_cosine_distances_are_those_of_the_formula() -> None:
    here, there = CHANCE.random((400, 4)), CHANCE.random((400, 4))
    here[:, 3] = there[:, 3] = 0
    here[:, 2] = 0
    found = cosine_distances(maps_of(here), maps_of(there))
    a, b = here[:, 0], there[:, 0]
    assert found[0] == pytest.approx(1 - a @ b / np.linalg.norm(a) / np.linalg.norm(b), abs=1e-6)
    assert found[2:].tolist() == [1.0, 0.0]
    assert cosine_distances(maps_of(here), maps_of(here * 3))[1] == pytest.approx(0, abs=1e-12)
    with pytest.raises(Fault, match="other maps"):
        cosine_distances(maps_of(here), maps_of(there[:, :3]))


def three_groups() -> tuple[np.ndarray, np.ndarray]:
    """Twelve maps that are loud late, in the middle or early, and the group of each in the order of time."""
    group = np.array([2, 0, 1] * 4)
    times = np.arange(400) / 400
    shapes = [np.exp(-(((times - centre) / 0.08) ** 2)) for centre in (0.2, 0.5, 0.8)]
    values = np.stack([shapes[k] for k in group], 1) + 0.02 * CHANCE.standard_normal((400, 12))
    return values.astype(np.float32), group


@pytest.mark.parametrize("gamma", [1e-10, 1e-3])
def test_clusters_are_found_and_numbered_in_the_order_of_time(gamma: float) -> None:
    values, group = three_groups()
    assert cluster(values, ClusterSettings(3, gamma)) == tuple(group)


def test_two_clusters_are_those_of_scikit_learn() -> None:
    values = np.concatenate([CHANCE.normal(0.0, 0.3, (60, 9)), CHANCE.normal(0.4, 0.3, (60, 7))], 1)
    values = values[:, CHANCE.permutation(16)].astype(np.float32)
    theirs = SpectralClustering(2, gamma=1e-2, random_state=0).fit_predict(values.T)
    mine = np.array(cluster(values, ClusterSettings(2, 1e-2)))
    assert np.array_equal(mine, theirs) or np.array_equal(mine, 1 - theirs)


def test_clusters_that_cannot_be_are_refused() -> None:
    values, _ = three_groups()
    with pytest.raises(Fault, match="cannot make 7"):
        cluster(values, ClusterSettings(7))
    with pytest.raises(Fault, match="cannot make 3"):
        cluster(values[:, :2], ClusterSettings(3))
    with pytest.raises(Fault, match="gamma"):
        cluster(values, ClusterSettings(2, 0.0))


def test_equal_maps_make_one_cluster() -> None:
    assert cluster(np.ones((30, 5), np.float32), ClusterSettings(2)) == (0,) * 5


def buzz_then_hiss() -> Track:
    """Half a second of a 150 Hz buzz, then half a second of noise above 4 kHz."""
    times = np.arange(16000) / 16000
    buzz = np.sign(np.sin(2 * np.pi * 150 * times)) * 0.3
    noise = np.fft.rfft(CHANCE.standard_normal(16000))
    noise[:4000] = 0
    hiss = np.fft.irfft(noise) * 0.2
    samples = np.where(times < 0.5, buzz, hiss).astype(np.float32)
    return Track("out", samples, TimeAxis.of_sound(16000.0, 16000))


def test_every_contour_says_what_its_name_says() -> None:
    sound = buzz_then_hiss()
    found = {name: contour_of(sound, name).track for name in CONTOURS}
    assert found["f0"].at(0.25) == pytest.approx(150, rel=0.01)
    assert found["voicing"].at(0.25) == 1
    assert found["voicing"].at(0.75) == 0
    assert found["intensity"].at(0.25) > found["intensity"].at(0.75)
    assert found["frication"].at(0.75) > found["frication"].at(0.25) + 6
