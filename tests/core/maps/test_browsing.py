"""A look at one layer: what sounds, in which order, and that all maps together are the layer's average."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.families.registry import Model, open_model
from core.faults import Cancelled, Fault
from core.maps.averaging import averaged_maps
from core.maps.browsing import MapsRequest, browse, sounding_of
from core.maps.clusters import ClusterSettings, cluster
from core.networks.latent import draw
from core.networks.reductions import Reduction
from core.probing import forward
from core.probing.drive import LatentPoints, Sound
from core.probing.model_id import ModelId
from core.probing.surgery import Fill, LayerEdit
from tests.support.tiny import nets
from tests.support.tiny.bundles import write_bundle

ID = ModelId("m1")


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    folder = tmp_path_factory.mktemp("tiny")
    return open_model(write_bundle(folder / "model.ckpt-5", nets.tensorflow(dim=2, classes=3)))


def asked_of(model: Model, layer: str = "conv3", **more: object) -> MapsRequest:
    drive = LatentPoints((draw(model.card.layout, 4),))
    return replace(MapsRequest(ID, "G", drive, layer), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("layer", ["fc", "conv1", "conv4", "out"])
def test_soloing_all_maps_gives_the_layers_average_exactly(model: Model, layer: str) -> None:
    point = draw(model.card.layout, 4)
    whole = forward.generate(model, point)[layer]
    width = forward.maps(model, point, layer).shape[0]
    found = browse(model, asked_of(model, layer, soloed=frozenset(range(width))))
    np.testing.assert_array_equal(found.average.samples, whole.samples)
    np.testing.assert_array_equal(found.maps.values.T, forward.maps(model, point, layer))


def test_what_sounds_is_the_mean_of_the_maps_that_sound(model: Model) -> None:
    found = browse(model, asked_of(model, muted=frozenset({0, 3})))
    kept = [k for k in range(found.maps.channels) if k not in (0, 3)]
    assert found.sounding == tuple(kept)
    np.testing.assert_allclose(found.average.samples, found.maps.values[:, kept].mean(1), atol=1e-6)
    assert found.average.origin.reduction == "mean of channels " + " ".join(str(k + 1) for k in kept)


def test_a_muted_map_is_silent_even_if_it_is_soloed() -> None:
    assert sounding_of(3, frozenset({1}), frozenset({1})) == ()


def test_nothing_sounds_if_all_maps_are_muted(model: Model) -> None:
    found = browse(model, asked_of(model, "conv4", muted=frozenset(range(2))))
    assert found.sounding == ()
    assert not found.average.samples.any()


def test_maps_are_sorted_by_r_with_another_layer(model: Model) -> None:
    found = browse(model, asked_of(model, sort="r", contour="conv4"))
    assert found.r is not None
    sizes = np.abs(found.r[list(found.order)])
    assert (np.diff(sizes) <= 0).all()
    assert found.contour is not None
    assert found.contour.title == "Conv4"


def test_maps_are_sorted_by_r_with_the_intensity_of_the_output(model: Model) -> None:
    found = browse(model, asked_of(model, "conv4", sort="r", contour="intensity"))
    assert found.r is not None
    assert sorted(found.order) == [0, 1]
    assert np.isfinite(found.r).all()
    assert abs(found.r_average) <= 1


def test_a_contour_that_cannot_be_is_told_and_the_maps_are_shown(model: Model) -> None:
    silence = LayerEdit("out", Fill())
    found = browse(model, asked_of(model, contour="conv7", edits=(silence,)))
    assert "no contour “conv7”" in found.why_not
    with pytest.raises(Fault, match="no contour “conv7”"):
        browse(model, asked_of(model, sort="r", contour="conv7"))


def test_maps_are_sorted_by_their_distance_to_another_point(model: Model) -> None:
    other = LatentPoints((draw(model.card.layout, 5),))
    found = browse(model, asked_of(model, sort="distance", other=other))
    assert found.distances is not None
    assert (np.diff(found.distances[list(found.order)]) >= 0).all()
    with pytest.raises(Fault, match="second point"):
        browse(model, asked_of(model, sort="distance"))


def test_clusters_follow_each_other_and_their_means_are_theirs(model: Model) -> None:
    found = browse(model, asked_of(model, sort="cluster", clusters=ClusterSettings(3), contour="conv4"))
    assert found.clusters is not None
    in_order = [found.clusters[k] for k in found.order]
    assert in_order == sorted(in_order)
    own = [k for k, one in enumerate(found.clusters) if one == 0]
    mean = found.maps.curve(Reduction("some", channels=tuple(own)))
    np.testing.assert_array_equal(found.cluster_means[0].samples, mean.samples)
    assert len(found.cluster_r) == len(found.cluster_means)


def test_an_edit_is_seen_beside_what_was_there(model: Model) -> None:
    cut = LayerEdit("conv3", Fill(), channels=(1,), first=10, last=20)
    plain, found = browse(model, asked_of(model)), browse(model, asked_of(model, edits=(cut,)))
    assert not found.maps.values[10:20, 1].any()
    np.testing.assert_array_equal(found.plain_curves["out"].samples, plain.curves["out"].samples)
    assert np.abs(found.curves["out"].samples - plain.curves["out"].samples).max() > 0
    assert found.maps.origin.edits == (cut.plain(),)


def test_the_layers_of_a_network_that_sound_drives_have_maps_too(model: Model) -> None:
    samples = (np.random.default_rng(0).standard_normal(16384) * 0.1).astype(np.float32)
    asked = MapsRequest(ID, "D", Sound(samples, "noise"), "conv2", sort="r", contour="intensity")
    found = asked.run({ID: model}, lambda: False)
    np.testing.assert_allclose(found.maps.values.mean(1), found.curves["conv2"].samples, atol=1e-6)
    assert found.sound is not None
    np.testing.assert_array_equal(found.sound.samples, samples)
    assert found.r is not None


def test_an_unknown_layer_and_a_stop_are_told(model: Model) -> None:
    with pytest.raises(Fault, match="no layer “conv9”"):
        browse(model, asked_of(model, "conv9"))
    with pytest.raises(Cancelled):
        browse(model, asked_of(model), lambda: True)


def test_clusters_of_averages_are_those_of_the_mean_over_draws(model: Model) -> None:
    code = model.card.layout.first_code()
    points = [draw(model.card.layout, seed, code) for seed in range(5)]
    mean = np.mean([forward.maps(model, point, "conv2").T for point in points], 0)
    found = averaged_maps(model, "G", "conv2", code, 5)
    np.testing.assert_allclose(found, mean, atol=1e-6)
    drive = LatentPoints((draw(model.card.layout, 77),))
    asked = MapsRequest(ID, "G", drive, "conv2", "cluster", clusters=ClusterSettings(3), draws=5)
    code = drive.points[0].z[: model.card.layout.code]
    own = cluster(averaged_maps(model, "G", "conv2", code, 5), ClusterSettings(3))
    assert browse(model, asked).clusters == own
    with pytest.raises(Fault, match="over 0 draws"):
        averaged_maps(model, "G", "conv2", code, 0)
    with pytest.raises(Cancelled):
        averaged_maps(model, "G", "conv1", code, 3, lambda: True)
    sound = Sound(np.ones(16384, np.float32), "ones")
    with pytest.raises(Fault, match="averaged over draws"):
        browse(model, MapsRequest(ID, "D", sound, "conv2", "cluster", draws=5))
