"""Maps of units: a planted manifold is found, every unit has its own place, pictures are linear."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.distance import pdist, squareform
from scipy.stats import spearmanr

from core.faults import Fault
from core.profiles.topography import LAYOUTS, apart, neighbour_likeness, placed, surface

CHANCE = np.random.default_rng(7)
PLACES = CHANCE.random((90, 2))
CENTRES = CHANCE.random((15, 2))
FEATURES = np.exp(-np.square(PLACES[:, None] - CENTRES[None]).sum(-1) / 0.18)
"""Units that answer by where they lie on a plane."""


@pytest.mark.parametrize("layout", ["SOM", "PCA", "t-SNE"])
def test_a_planted_plane_is_found(layout):
    """The self-organising map keeps neighbourhoods, with the authors' narrow sigma not the whole plane."""
    assert away(placed(FEATURES, layout)) < 0.6
    assert away(placed(CHANCE.permuted(FEATURES, axis=0), layout)) > 0.85
    if layout != "SOM":
        assert spearmanr(pdist(placed(FEATURES, layout)), pdist(PLACES)).statistic > 0.6


def away(found: np.ndarray) -> float:
    """Return how far apart neighbours on a map are on the plane, as a share of any two units' distance."""
    on_map, on_plane = squareform(pdist(found)), squareform(pdist(PLACES))
    np.fill_diagonal(on_map, np.inf)
    near = np.argsort(on_map, 1, kind="stable")[:, :4]
    return float(np.take_along_axis(on_plane, near, 1).mean() / pdist(PLACES).mean())


def test_every_unit_has_a_place_of_its_own_in_the_unit_square():
    found = placed(FEATURES)
    assert len({tuple(place) for place in np.round(found, 9)}) == len(found)
    assert found.min() == 0
    assert found.max() == 1
    np.testing.assert_array_equal(found, placed(FEATURES))
    assert not np.array_equal(found, placed(FEATURES, seed=1))


def test_units_on_one_node_move_as_little_as_they_can():
    moved = apart(np.array([[1.0, 1.0], [1.0, 1.0], [0.0, 0.0]]), 3)
    assert {tuple(place) for place in moved} > {(1.0, 1.0), (0.0, 0.0)}
    assert np.square(moved - [[1, 1], [1, 1], [0, 0]]).sum() == 1


def test_neighbours_are_more_alike_than_on_random_layouts():
    found, chance = neighbour_likeness(placed(FEATURES), FEATURES, 200)
    assert found > 0.5
    assert chance < 0.01
    assert neighbour_likeness(CHANCE.random((90, 2)), FEATURES, 200)[1] > 0.01


def test_a_picture_is_linear_between_units_and_zero_outside():
    places = np.array([[0, 0], [1, 0], [0, 1.0]])
    found = surface(places, np.array([1, 2, 3.0]), 11)
    assert found[0, 0] == pytest.approx(1)
    assert found[0, 5] == pytest.approx(1.5)
    assert found[5, 0] == pytest.approx(2)
    assert found[10, 10] == 0
    line = surface(np.array([[0, 0.5], [0.5, 0.5], [1, 0.5]]), np.array([1, 2, 3.0]), 11)
    assert line[5, 0] == 1


def test_too_few_units_and_a_missing_package_are_named():
    with pytest.raises(Fault, match="2 units makes no map"):
        placed(FEATURES[:2])
    try:
        import umap  # noqa: F401
    except ImportError:
        with pytest.raises(Fault, match="UMAP is not installed"):
            placed(FEATURES, "UMAP")
    assert set(LAYOUTS) == {"SOM", "PCA", "t-SNE", "UMAP"}
