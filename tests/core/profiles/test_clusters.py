"""Trees, silhouettes, similarity of layers and probes, against scipy, scikit-learn and closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.cluster.hierarchy import leaves_list, linkage
from sklearn.metrics import silhouette_score

from core.profiles.clusters import distances_of, silhouette, silhouettes, similarity, tree
from core.profiles.probes import probe

CHANCE = np.random.default_rng(0)
POINTS = CHANCE.standard_normal((12, 5))
NAMES = tuple(f"g{k}" for k in range(12))


def test_a_tree_has_scipys_joins_and_its_optimal_order():
    found = tree(POINTS, NAMES)
    joined = linkage(POINTS, "average", "cosine", optimal_ordering=True)
    assert found is not None
    assert found.names == tuple(NAMES[k] for k in leaves_list(joined))
    np.testing.assert_allclose(sorted(found.lines[:, 1, 0]), sorted(joined[:, 2]))
    assert tree(POINTS[:1], NAMES[:1]) is None


def test_silhouettes_are_scikit_learns():
    labels = [*"aabbbccccd", "e", "e"]
    expected = silhouette_score(POINTS, labels, metric="cosine")
    assert silhouette(distances_of(POINTS), labels) == pytest.approx(expected)
    assert np.isnan(silhouette(distances_of(POINTS), ["a"] * 12))
    assert np.isnan(silhouette(distances_of(POINTS), NAMES))


def test_events_are_told_apart_by_manner_and_place_where_they_are_phonemes():
    groups = ["S", "Z", "F", "M", "N", "NG", "AA", "IY", "sil"] * 4
    centres = {"fricative": 0, "nasal": 1, "vowel": 2, None: 3}
    from core.phonemes.arpabet import manner_of

    rows = np.array([np.eye(4)[centres[manner_of(group)]] for group in groups])
    found = silhouettes(rows + 0.05 * CHANCE.standard_normal(rows.shape), groups)
    assert found.manner > 0.8 > found.place
    assert found.groups < 0.3


def test_similarity_ignores_rotation_and_size_but_not_content():
    x = CHANCE.standard_normal((40, 6))
    turn = np.linalg.qr(CHANCE.standard_normal((6, 6)))[0]
    assert similarity(x, 3 * x @ turn + 1) == pytest.approx(1)
    assert similarity(x, CHANCE.standard_normal((40, 6))) < 0.5
    assert np.isnan(similarity(x, np.ones((40, 3))))


def test_a_probe_finds_groups_of_unseen_speakers_and_not_shuffled_ones():
    groups = ["a", "b", "c"] * 40
    speakers = [f"s{k // 20}" for k in range(120)]
    rows = np.array([np.eye(8)["abc".index(group)] for group in groups]) * 3 + CHANCE.standard_normal(
        (120, 8)
    )
    found = probe(rows, groups, speakers, list(range(120)))
    assert found.by_speaker
    assert found.score > 0.8
    assert found.shuffled < 0.55
    alone = probe(rows, groups, [""] * 120, [k // 10 for k in range(120)])
    assert not alone.by_speaker
    assert alone.score > 0.8
    assert np.isnan(probe(rows, groups, ["s"] * 120, [1] * 120).score)


def test_a_probe_that_only_knows_the_speaker_finds_nothing():
    groups = [group for group in "abcd" for _ in range(20)]  # each speaker says one group only
    rows = np.array([np.eye(4)["abcd".index(group)] for group in groups])
    assert probe(rows, groups, groups, list(range(80))).score == 0


def test_letters_have_no_manner_and_no_place():
    groups = list("abcdefghijklmnopqrstuvwxyz") * 2
    found = silhouettes(CHANCE.standard_normal((len(groups), 4)), groups)
    assert np.isfinite(found.groups)
    assert np.isnan([found.manner, found.place]).all()
