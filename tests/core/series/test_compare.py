"""Checkpoints at the same point: equal ones differ by exactly 0, others layer by layer."""

from __future__ import annotations

import numpy as np
import pytest

from core.families.registry import open_model
from core.faults import Fault
from core.networks.latent import draw
from core.probing import forward
from core.probing.drive import LatentPoints
from core.probing.model_id import ModelId
from core.series.compare import CompareTask, compared, opened
from core.series.steps import steps_of
from tests.support.tiny import nets
from tests.support.tiny.bundles import write_bundle

ID = ModelId("m1")


@pytest.fixture
def run(tmp_path):
    """Three checkpoints of one run."""
    for step, seed in ((5, 0), (40, 1), (300, 2)):
        write_bundle(tmp_path / f"model.ckpt-{step}", nets.tensorflow(dim=1, seed=seed))
    return tmp_path


def test_the_same_checkpoint_twice_differs_by_exactly_0(run):
    model = open_model(run / "model.ckpt-5")
    drive = LatentPoints((draw(model.card.layout, 3),))
    found = CompareTask(ID, str(run / "model.ckpt-5"), drive).run({ID: model}, lambda: False)
    assert [one.name for one in found.layers] == ["out", "conv4", "conv3", "conv2", "conv1", "fc"]
    for one in found.layers:
        assert one.difference is not None
        assert not one.difference.samples.any()
        assert one.share == 0


def test_another_step_differs_by_what_its_own_layers_are(run):
    model, other = (open_model(run / f"model.ckpt-{step}") for step in (5, 40))
    point = draw(model.card.layout, 3)
    found = compared(model, other, LatentPoints((point,)))
    own, theirs = forward.generate(model, point), forward.generate(other, point)
    for one in found.layers:
        change = theirs[one.name].samples - own[one.name].samples
        assert one.difference is not None
        np.testing.assert_array_equal(one.difference.samples, change)
        size = np.square(own[one.name].samples, dtype=np.float64).mean()
        expected = np.sqrt(np.square(change, dtype=np.float64).mean() / size)
        assert one.share == pytest.approx(expected)
    assert found.digest == other.card.digest


def test_a_checkpoint_for_other_points_is_refused(run, tmp_path):
    model = open_model(run / "model.ckpt-5")
    (tmp_path / "small").mkdir()
    small = open_model(write_bundle(tmp_path / "small" / "model.ckpt-1", nets.tensorflow(dim=1, latent=4)))
    with pytest.raises(Fault, match="takes 4 latent values, this one 10"):
        compared(model, small, LatentPoints((draw(model.card.layout, 3),)))


def test_the_steps_of_a_run_are_found_and_in_order(run):
    (run / "model.ckpt-7.notes").write_text("no checkpoint")
    write_bundle(run / "other-9", nets.tensorflow(dim=1))
    found = steps_of(run / "model.ckpt-40")
    assert [one.name for one in found] == ["5", "40", "300"]
    assert found[2].path == str(run / "model.ckpt-300")
    for name in ("epoch1_step20_G.pt", "epoch1_step100_G.pt", "epoch2_step120_G.pt", "epoch2_step120_D.pt"):
        (run / name).write_bytes(b"")
    files = steps_of(run / "epoch1_step100_G.pt")
    assert [one.name for one in files] == ["1 20", "1 100", "2 120"]
    alone = steps_of(run / "unnumbered.safetensors")
    assert len(alone) == 1


def test_a_checkpoint_that_was_written_anew_is_opened_anew(run):
    path = str(run / "model.ckpt-5")
    first = opened(path, {})
    assert opened(path, {}) is first
    write_bundle(run / "model.ckpt-5", nets.tensorflow(dim=1, seed=9))
    import os

    os.utime(run / "model.ckpt-5.index", ns=(1, 10**18))
    assert opened(path, {}).card.digest != first.card.digest
