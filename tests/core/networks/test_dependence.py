"""What a sample depends on, held to what changes when a sample is changed."""

from __future__ import annotations

import numpy as np
import pytest

from core.families.registry import Model, open_model
from core.faults import Fault
from core.networks.dependence import SOUND, dependence
from core.networks.latent import draw
from core.networks.runner import Record
from core.probing.surgery import LayerEdit, Shift
from tests.support.tiny import nets
from tests.support.tiny.bundles import write_bundle

KINDS = {
    "zeros": nets.tensorflow(dim=2, classes=3),
    "nearest": nets.tensorflow(dim=2, nearest=True),
    "filtered": nets.tensorflow(dim=2, filtered=True),
}


@pytest.fixture(scope="module", params=list(KINDS))
def model(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Model:
    folder = tmp_path_factory.mktemp(request.param)
    return open_model(write_bundle(folder / "model.ckpt-5", KINDS[request.param]))


Reached = dict[str, tuple[int, int]]


def moved_by(model: Model, network: str, layer: str, sample: int, inputs: np.ndarray) -> Reached:
    """Change one sample of a layer, up and down, and find the first and last sample that moves with it."""
    spec, runner = model.spec(network), model.network(network)
    names = [one.name for one in spec.layers]
    later = names[names.index(layer) + 1 :]
    record = [Record(name) for name in later]
    plain = {one.layer: values for one, values in runner.run(inputs, record).items()}
    touched: dict[str, np.ndarray] = {}
    for amount in (-50.0, 50.0, 0.01):
        edit = LayerEdit(layer, Shift(amount), first=sample, last=sample + 1)
        for one, values in runner.run(inputs, record, (edit,)).items():
            changed = (values != plain[one.layer]).any((0, 2))
            touched[one.layer] = touched.get(one.layer, changed) | changed
    found = {name: np.flatnonzero(values) for name, values in touched.items()}
    return {name: (int(places[0]), int(places[-1])) for name, places in found.items() if places.size}


@pytest.mark.parametrize(("layer", "share"), [("fc", 0.5), ("conv1", 0.0), ("conv2", 0.37), ("conv4", 0.9)])
def test_what_depends_on_a_sample_is_what_changes_with_it(model: Model, layer: str, share: float) -> None:
    spec = model.spec("G")
    n = spec.layer(layer).n or 0  # type: ignore[union-attr]
    sample = round(share * (n - 1))
    z = np.array([draw(model.card.layout, seed).z for seed in range(3)], np.float32)
    found = dependence(spec, layer, sample)
    names = [one.name for one in spec.layers]
    later = {name: found[name] for name in names[names.index(layer) + 1 :] if name in found}
    assert later == moved_by(model, "G", layer, sample, z)


@pytest.mark.parametrize(("layer", "share"), [("out", 0.5), ("conv4", 0.02), ("conv3", 1.0)])
def test_what_a_sample_depends_on_is_what_it_changes_with(model: Model, layer: str, share: float) -> None:
    """A sample of an earlier layer is in the field exactly if the sample is among what depends on it."""
    spec = model.spec("G")
    sample = round(share * ((spec.layer(layer).n or 0) - 1))  # type: ignore[union-attr]
    found = dependence(spec, layer, sample)
    names = [one.name for one in spec.layers]
    for name in names[: names.index(layer)]:
        first, last = found[name]
        n = spec.layer(name).n or 0  # type: ignore[union-attr]
        for inside in (first, (first + last) // 2, last):
            low, high = dependence(spec, name, inside)[layer]
            assert low <= sample <= high
        for outside in (first - 1, last + 1):
            if 0 <= outside < n:
                low, high = dependence(spec, name, outside)[layer]
                assert not low <= sample <= high


def test_a_network_that_a_sound_drives_tells_its_samples_of_the_sound(tmp_path) -> None:
    model = open_model(write_bundle(tmp_path / "model.ckpt-5", KINDS["zeros"]))
    spec, runner = model.spec("Q"), model.network("Q")
    sound = (np.random.default_rng(0).standard_normal((1, 16384)) * 0.1).astype(np.float32)
    sample = 30
    first, last = dependence(spec, "conv3", sample)[SOUND]
    wanted = Record("conv3")
    plain = runner.run(sound, [wanted])[wanted]
    for at, changes in ((first - 1, False), (first, True), (last, True), (last + 1, False)):
        other = sound.copy()
        other[0, at] += 5.0
        changed = runner.run(other, [wanted])[wanted]
        assert bool((changed[0, sample] != plain[0, sample]).any()) is changes


def test_a_sample_outside_its_layer_is_refused(tmp_path) -> None:
    spec = open_model(write_bundle(tmp_path / "model.ckpt-5", KINDS["zeros"])).spec("G")
    with pytest.raises(Fault, match="no sample 64"):
        dependence(spec, "conv1", 64)
    with pytest.raises(Fault, match="no layer"):
        dependence(spec, "conv9", 0)
