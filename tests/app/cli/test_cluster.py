"""`--cluster`: a Dask cluster gives what a run in this process gives, bit by bit."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from app.cli.main import main
from core.families.registry import open_model
from core.faults import Fault
from core.probing.model_id import ModelId
from core.processes import cluster
from core.processes.hearing_tasks import HearWhole
from core.processes.workers import workers_for
from tests.app.conftest import save_small_model
from tests.support.tiny.recogniser import save_recogniser

pytest.importorskip("distributed", reason="Dask is not installed")


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """A cluster of one worker in this process, with a scheduler that listens on a port."""
    from distributed import LocalCluster

    with LocalCluster(
        n_workers=1,
        threads_per_worker=1,
        processes=False,
        protocol="tcp://",
        dashboard_address=None,
        local_directory=str(tmp_path_factory.mktemp("dask")),
    ) as made:
        yield made.scheduler_address


@pytest.fixture
def sounds(tmp_path) -> Path:
    chance = np.random.default_rng(4)
    (tmp_path / "sounds").mkdir()
    for name in "abc":
        soundfile.write(tmp_path / "sounds" / f"{name}.wav", 0.2 * chance.standard_normal(8000), 16000)
    (tmp_path / "sounds" / "bad.wav").write_bytes(b"RIFFnothing")
    return tmp_path / "sounds"


def assert_same(one: Path, other: Path, file: str) -> None:
    with np.load(one / file) as here, np.load(other / file) as there:
        assert here.files == there.files
        for name in here.files:
            np.testing.assert_array_equal(here[name], there[name])


def test_outputs_are_the_same(address, sounds, tmp_path, capsys):
    network = save_recogniser(tmp_path / "tiny.safetensors")
    words = ["outputs", str(network), str(sounds), "--out"]
    assert main([*words, str(tmp_path / "here")]) == 0
    said = capsys.readouterr()
    assert main([*words, str(tmp_path / "there"), "--cluster", address]) == 0
    again = capsys.readouterr()
    assert again.out == said.out
    assert "bad.wav is skipped" in again.err
    for name in "abc":
        assert_same(tmp_path / "here", tmp_path / "there", f"{name}.npz")
        for ending in ("csv", "TextGrid"):
            here, there = (tmp_path / place / f"{name}.{ending}" for place in ("here", "there"))
            assert here.read_bytes() == there.read_bytes()


@pytest.mark.parametrize("items", ["1", "2"])
def test_sweeps_are_the_same(address, tmp_path, items):
    model = save_small_model(tmp_path / "small.safetensors")
    words = ["sweep", str(model), "--vary", "z11=-1,1", "--items", items, "--measures", "duration", "--out"]
    assert main([*words, str(tmp_path / "here")]) == 0
    assert main([*words, str(tmp_path / "there"), "--cluster", address]) == 0
    assert_same(tmp_path / "here", tmp_path / "there", "layers.npz")
    here, there = (tmp_path / place / "sweep.csv" for place in ("here", "there"))
    assert here.read_bytes() == there.read_bytes()


def test_a_changed_model_is_refused_by_the_worker(address, sounds, tmp_path, capsys):
    network = save_recogniser(tmp_path / "tiny.safetensors")
    model = open_model(network)
    network.unlink()
    task = HearWhole(ModelId("m"), "recogniser", np.zeros(16000, np.float32))
    with workers_for(address, {ModelId("m"): model}) as workers:
        (outcome,) = workers.outcomes([task])
    assert isinstance(outcome, Fault)
    assert "does not see" in outcome.sentence


def test_nobody_at_the_address_is_told_with_the_way_out(monkeypatch):
    monkeypatch.setattr(cluster, "ANSWER_S", 0.5)
    with (
        pytest.raises(Fault, match="No Dask scheduler answers") as found,
        workers_for("tcp://127.0.0.1:9", {}),
    ):
        pass
    assert "dask scheduler" in found.value.hint


def test_without_dask_the_fault_says_how_to_install_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(Fault, match="not installed") as found, workers_for("host:8786", {}):
        pass
    assert "phonoscope[cluster]" in found.value.hint
