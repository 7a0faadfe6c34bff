"""Running networks and recording their layers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.families.registry import Model, open_model
from core.faults import Cancelled, Fault
from core.networks.latent import Point, draw
from core.networks.reductions import Reduction
from core.probing import forward
from tests.support.tiny import nets
from tests.support.tiny.bundles import write_bundle


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    folder = tmp_path_factory.mktemp("tiny")
    return open_model(write_bundle(folder / "model.ckpt-5", nets.tensorflow(dim=2, classes=3)))


def test_layers_come_in_order_with_their_axes_and_origins(model: Model) -> None:
    point = draw(model.card.layout, 0)
    tracks = forward.generate(model, point)
    assert list(tracks) == ["fc", "conv1", "conv2", "conv3", "conv4", "out"]
    for info in model.card.layers["G"]:
        track = tracks[info.name]
        assert track.axis == info.axis
        assert track.origin.layer == info.name
        assert track.origin.point == point.z
        assert track.origin.checkpoint == model.card.digest
        assert (track.origin.network, track.origin.reduction) == ("G", "mean")
        assert dict(track.origin.answers)["slope"] == "0.2"
        assert not track.samples.flags.writeable


def test_the_same_point_gives_the_same_bits(model: Model) -> None:
    point, other = draw(model.card.layout, 0), draw(model.card.layout, 1)
    first = forward.generate(model, point)["out"].samples
    forward.generate(model, other)
    np.testing.assert_array_equal(forward.generate(model, point)["out"].samples, first)


def test_a_run_stops_at_the_next_layer(model: Model) -> None:
    asked: list[int] = []

    def cancelled() -> bool:
        asked.append(1)
        return len(asked) == 3

    with pytest.raises(Cancelled):
        forward.generate(model, draw(model.card.layout, 0), cancelled)
    assert len(asked) == 3


@pytest.mark.parametrize("count", [0, 1, 8, 11])
def test_many_items_are_as_one_by_one(model: Model, count: int) -> None:
    points = [draw(model.card.layout, seed) for seed in range(count)]
    outputs = forward.generate_many(model, points)
    layers = forward.generate_many(model, points, layers=True)
    assert outputs.shape == (count, 16384)
    for item, point in enumerate(points):
        for name, track in forward.generate(model, point).items():
            np.testing.assert_allclose(layers[name][item], track.samples, atol=1e-5)
        np.testing.assert_array_equal(outputs[item], layers["out"][item])


def test_maps_are_channels_by_samples(model: Model) -> None:
    point = draw(model.card.layout, 0)
    maps = forward.maps(model, point, "conv2")
    assert maps.shape == (8, 256)
    np.testing.assert_allclose(maps.mean(0), forward.generate(model, point)["conv2"].samples, atol=1e-6)
    with pytest.raises(Fault, match="no layer"):
        forward.maps(model, point, "conv9")


def test_a_point_of_the_wrong_size_is_a_fault(model: Model) -> None:
    with pytest.raises(Fault, match="10 values"):
        forward.generate(model, Point((0.0,) * 9))


def test_a_short_sound_is_filled_up_and_a_long_one_cut(model: Model) -> None:
    sound = np.random.default_rng(0).uniform(-1, 1, 20000).astype(np.float32)
    whole, logits = forward.listen(model, "Q", sound[:16384], "d")
    long, _ = forward.listen(model, "Q", sound, "d")
    padded, _ = forward.listen(model, "Q", np.pad(sound[:5000], (0, 11384)), "d")
    short, _ = forward.listen(model, "Q", sound[:5000], "d")
    assert logits.shape == (3,)
    np.testing.assert_array_equal(long["conv3"].samples, whole["conv3"].samples)
    np.testing.assert_array_equal(short["conv3"].samples, padded["conv3"].samples)
    assert forward.input_samples(model, "Q") == 16384
    assert forward.input_rate_hz(model, "Q") == 16000


def test_what_listens_has_an_origin_of_its_own(model: Model) -> None:
    tracks, _ = forward.listen(model, "D", np.zeros(16384, np.float32), "digest of the sound")
    origin = tracks["conv1"].origin
    assert (origin.network, origin.sound, origin.point) == ("D", "digest of the sound", ())
    assert origin.checkpoint == model.network("D").digest != model.card.digest


def test_networks_that_listen_are_loaded_when_they_are_needed(tmp_path: Path) -> None:
    fresh = open_model(write_bundle(tmp_path / "model.ckpt-5", nets.tensorflow(classes=3)))
    data = tmp_path / "model.ckpt-5.data-00000-of-00001"
    data.unlink()
    assert len(forward.generate(fresh, draw(fresh.card.layout))) == 6
    with pytest.raises(Fault, match="weights themselves are missing"):
        forward.listen(fresh, "Q", np.zeros(16384, np.float32), "d")


def test_a_reduction_of_ones_own_is_named_in_the_origin(model: Model) -> None:
    point = draw(model.card.layout, 0)
    track = forward.generate(model, point, reduction=Reduction("max"))["conv1"]
    assert track.origin.reduction == "max"
    np.testing.assert_array_equal(track.samples, forward.maps(model, point, "conv1").max(0))
