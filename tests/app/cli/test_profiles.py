"""`phonoscope profiles`: everything it writes, what it names, and that it goes on after a stop."""

from __future__ import annotations

import csv
import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from app.cli.main import main
from core.profiles.exports import read_examples
from tests.support.tiny.letters import corpus, letter_network, recording

ONLY_PROFILES = ("--arrays", "0", "--no-figures")


@pytest.fixture
def made(tmp_path: Path) -> tuple[str, str, Path]:
    return str(letter_network(tmp_path)), str(corpus(tmp_path / "c", 3, 2)), tmp_path / "out"


def table(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


def test_everything_is_written(made: tuple[str, str, Path], capsys: pytest.CaptureFixture[str]):
    network, folder, out = made
    asked = ["profiles", network, folder, "--groups", "phones", "--method", "gradnap", "--out", str(out)]
    assert main(asked) == 0
    with np.load(out / "profiles.npz") as file:
        arrays = dict(file)
    assert set(arrays) >= {"conv1/AA", "conv1/S", "logits/M"}
    contrast = sum(arrays[f"conv4/{group}"] for group in ("AA", "IY", "M", "S"))
    np.testing.assert_allclose(contrast, 0, atol=1e-5)
    assert arrays["conv1/AA"].shape[0] == 6
    assert table(out / "counts.csv")[0] == {"group": "AA", "events": "6", "used": "1"}
    layers = table(out / "layers.csv")
    assert [row["layer"] for row in layers][:2] == ["input", "conv1"]
    assert float(layers[0]["probe"]) > 0.9  # four tones
    assert len(table(out / "excerpts.csv")) > 6 * 6
    assert {row["layer"] for row in table(out / "similarity.csv")} == {row["layer"] for row in layers[1:]}
    assert len((out / "projector" / "metadata.tsv").read_text().splitlines()) == 1 + 24
    assert json.loads((out / "profiles.json").read_text())["settings"]["mask"] == "hard"
    assert not (out / "profiles.state.npz").exists()
    drawn = (out / "figures" / "conv4.svg").read_text(encoding="utf-8")
    assert "Topographic maps" in drawn
    assert (out / "figures" / "layers.svg").exists()
    assert "6/6" in capsys.readouterr().out


def test_innthrospects_folders_are_read_back_by_an_independent_reader(made: tuple[str, str, Path]):
    network, folder, out = made
    asked = ["profiles", network, folder, "--groups", "phones", "--layers", "conv2,conv9", "--no-figures"]
    assert main([*asked, "--out", str(out)]) == 0
    place = out / "inntrospect"
    acts = np.concatenate([np.load(path) for path in sorted((place / "acts" / "layer001").glob("*.npy"))])
    grads = np.concatenate([np.load(path) for path in sorted((place / "grads" / "layer001").glob("*.npy"))])
    groups = json.loads((place / "groups.json").read_text())
    names = json.loads((place / "layers.json").read_text())
    assert names == ["conv2", "conv9"]
    assert acts.shape == grads.shape
    assert sorted(k for some in groups.values() for k in some) == list(range(len(acts))) == list(range(24))
    # the profile again, step by step, from the arrays alone
    means = []
    for group in sorted(groups):
        aligned = []
        for k in groups[group]:
            curve = np.abs(grads[k]).mean(1)
            move = 0 if curve.max() == curve.min() else len(curve) // 2 - int(curve.argmax())
            rolled = np.roll(acts[k], move, 0)
            rolled[: max(move, 0)] = 0
            rolled[len(rolled) + min(move, 0) :] = 0
            aligned.append(rolled)
        means.append(np.mean(aligned, 0))
    expected = np.array(means) - np.mean(means, 0)
    np.testing.assert_allclose(np.load(place / "naps" / "layer001.npy"), expected, atol=1e-6)
    with np.load(out / "profiles.npz") as file:
        np.testing.assert_allclose(file["conv9/AA"], expected[0].T, atol=1e-6)
    read = read_examples(place)
    np.testing.assert_array_equal(read.acts["conv9"], acts)
    np.testing.assert_array_equal(read.naps["conv9"], np.load(place / "naps" / "layer001.npy"))
    assert read.groups == groups


def test_plain_profiles_keep_the_mean_over_groups(made: tuple[str, str, Path]):
    network, folder, out = made
    common = [network, folder, "--groups", "speakers", "--method", "average", "--least", "2", *ONLY_PROFILES]
    assert main(["profiles", *common, "--layers", "conv1", "--plain", "--out", str(out)]) == 0
    with np.load(out / "profiles.npz") as file:
        assert min(array.min() for array in file.values()) >= 0  # after a ReLU
    assert not (out / "inntrospect").exists()


def test_a_killed_run_goes_on_where_it_was(
    made: tuple[str, str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    network, folder, out = made
    asked = ["profiles", network, folder, "--groups", "phones", *ONLY_PROFILES, "--out"]
    killed = f"""
import os, signal, sys
from core.profiles import run
run.SAVE_S = -1.0
one = run.ProfileRun.take
def stop(*given):
    found = one(*given)
    if given[0].done == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return found
run.ProfileRun.take = stop
from app.cli.main import main
main({[*asked, str(out)]!r})
"""
    done = subprocess.run([sys.executable, "-c", killed], capture_output=True, timeout=200, cwd=os.getcwd())
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()
    assert (out / "profiles.state.npz").exists()
    assert main([*asked, str(out)]) == 0
    assert re.search("goes on after [123] of 6 recordings", capsys.readouterr().out)
    assert main([*asked, str(tmp_path / "whole")]) == 0
    with np.load(out / "profiles.npz") as one, np.load(tmp_path / "whole" / "profiles.npz") as other:
        assert set(one) == set(other)
        for name in one:
            np.testing.assert_array_equal(one[name], other[name])


def test_what_is_wrong_is_named(
    made: tuple[str, str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    network, folder, out = made
    recording(Path(folder) / "s1" / "x.wav", (200, 300, 200), ("ZH", "S", ""))
    asked = ["profiles", network, folder, "--layers", "conv1", *ONLY_PROFILES, "--out", str(out)]
    assert main([*asked, "--groups", "phones"]) == 0
    said = capsys.readouterr().err
    assert "left out, fewer than 5 events: ZH" in said
    assert "In one recording only" in said
    for groups, words in (
        ("tones", "has an event for the groups"),
        ("phones", "or more events, so nothing can be compared"),
    ):
        assert main([*asked[:-1], str(tmp_path / groups), "--groups", groups, "--least", "9"]) == 2
        assert words in capsys.readouterr().err
    assert main([*asked, "--groups", "phones", "--layers", "conv77"]) == 2
    assert "has no layer “conv77”" in capsys.readouterr().err
    assert main([*asked, "--groups", "phones", "--keep", "0"]) == 2
    assert "lies above 0" in capsys.readouterr().err


def test_a_cluster_gives_the_same_numbers(
    made: tuple[str, str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    distributed = pytest.importorskip("distributed")
    network, folder, out = made
    asked = ["profiles", network, folder, "--groups", "phones", "--layers", "conv3", *ONLY_PROFILES, "--out"]
    with (
        distributed.LocalCluster(
            n_workers=1,
            threads_per_worker=1,
            processes=False,
            protocol="tcp://",
            dashboard_address=None,
            local_directory=str(tmp_path / "dask"),
        ) as cluster,
    ):
        assert main([*asked, str(out), "--cluster", cluster.scheduler_address]) == 0
    assert main([*asked, str(tmp_path / "alone")]) == 0
    with np.load(out / "profiles.npz") as one, np.load(tmp_path / "alone" / "profiles.npz") as other:
        assert set(one) == set(other)
        for name in one:
            np.testing.assert_array_equal(one[name], other[name])
