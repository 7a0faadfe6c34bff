"""`phonoscope sweep` and `phonoscope effects`: what they write, and what they refuse."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from app.cli.main import main
from app.models.built_in import built_in_model
from core.families.registry import open_model
from core.networks.latent import draw
from core.probing.forward import generate
from core.processes.workers import HereWorkers
from core.sweeps import sweep_files
from core.sweeps.array_store import ArrayStore
from core.sweeps.grid import grid_of
from core.sweeps.sweep import GENERATOR, Sweep, draws_of, run_items


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def swept(small_model, tmp_path) -> Path:
    out = tmp_path / "swept"
    asked = ["--vary", "z11=-15:5:10", "--seed", "3", "--measures", "activation,f0,cog", "--out", str(out)]
    assert main(["sweep", str(small_model), *asked]) == 0
    return out


def test_each_step_is_the_knob_set_by_hand_bit_for_bit(swept, small_model):
    model = open_model(small_model, {})
    with np.load(swept / "layers.npz") as arrays:
        for step, value in enumerate((-15.0, -5.0, 5.0)):
            by_hand = generate(model, draw(model.card.layout, 3, changes={"z11": value}))
            assert list(arrays) == list(by_hand)
            for name, track in by_hand.items():
                np.testing.assert_array_equal(arrays[name][step], track.samples)


def test_the_table_has_a_row_for_each_step_layer_and_measure(swept, capsys):
    found = rows(swept / "sweep.csv")
    activation = [row for row in found if row["measure"] == "activation"]
    assert [(row["step"], row["z11"]) for row in activation[::6]] == [("1", "-15"), ("2", "-5"), ("3", "5")]
    with np.load(swept / "layers.npz") as arrays:
        assert float(activation[0]["value"]) == pytest.approx(float(arrays["fc"][0].mean()), rel=0.1)
    measured = {(row["layer"], row["measure"]) for row in found}
    assert ("out", "f0") in measured
    assert ("fc", "f0") not in measured, "what a rate cannot carry has no row"
    record = json.loads((swept / "sweep.json").read_text())
    refused = {
        "layer": "fc",
        "measure": "f0",
        "reason": "No pitch: Nyquist is 7.81 Hz, below the floor of 75 Hz",
    }
    assert refused in record["refusals"]
    assert record["steps"] == [{"z11": -15.0}, {"z11": -5.0}, {"z11": 5.0}]
    assert record["draws"][0]["seed"] == 3


def test_the_output_of_each_step_is_a_sound_file(swept):
    assert [path.name for path in sorted((swept / "sounds").iterdir())] == [
        "001_z11=-15.wav", "002_z11=-5.wav", "003_z11=5.wav",
    ]  # fmt: skip


def test_many_draws_agree_with_one_at_a_time_to_a_millionth(tmp_path):
    out = tmp_path / "many"
    asked = ["--vary", "z11=-1,0,1", "--items", "3", "--measures", "duration", "--layers", "out"]
    assert main(["sweep", *asked, "--out", str(out)]) == 0
    model = open_model(built_in_model(), {})
    with np.load(out / "layers.npz") as arrays:
        assert arrays["conv1"].shape[:2] == (3, 3)
        for item, step, value in ((0, 0, -1.0), (2, 1, 0.0), (2, 2, 1.0)):
            by_hand = generate(model, draw(model.card.layout, item, changes={"z11": value}))
            for name, track in by_hand.items():
                np.testing.assert_allclose(arrays[name][item, step], track.samples, rtol=0, atol=1e-6)
    assert [row["seed"] for row in rows(out / "sweep.csv")] == ["0"] * 3 + ["1"] * 3 + ["2"] * 3
    assert not (out / ".sweep").exists()


def test_a_killed_run_goes_on_where_it_ended(small_model, tmp_path, monkeypatch):
    out, model = tmp_path / "many", open_model(small_model, {})
    sweep = Sweep(grid_of(["z11=-1,0,1"], model.card.layout), draws_of(model.card.layout, 3))
    shapes = {layer.name: (3, layer.axis.n) for layer in model.card.layers["G"]}
    begun = ArrayStore(out / ".sweep", sweep_files.fingerprint(model.card, sweep), shapes, 3)
    for item, arrays in enumerate(run_items(HereWorkers({GENERATOR: model}), sweep)):
        if item < 2:
            begun.put(item, arrays)
    begun.flush(2)  # and then the process was killed
    asked_from = []

    def counted(workers, sweep, first=0):
        asked_from.append(first)
        return run_items(workers, sweep, first)

    monkeypatch.setattr(sweep_files, "run_items", counted)
    asked = ["--vary", "z11=-1,0,1", "--items", "3", "--measures", "duration", "--out", str(out)]
    assert main(["sweep", str(small_model), *asked]) == 0
    assert asked_from == [2]
    with np.load(out / "layers.npz") as arrays:
        assert np.abs(arrays["out"]).max(axis=(1, 2)).min() > 0


def test_many_steps_are_measured_by_several_processes_as_by_one(small_model):
    from core.measures.plan import plan_of
    from core.sweeps.sweep import tracks_of
    from core.sweeps.sweep_table import FEW, measured

    model = open_model(small_model, {})
    sweep = Sweep(grid_of([f"z11=1:{FEW}:1"], model.card.layout), draws_of(model.card.layout, 1))
    (arrays,) = run_items(HereWorkers({GENERATOR: model}), sweep)
    steps = [(0, k, tracks_of(model.card, arrays, k)) for k in range(FEW)]
    plan = plan_of(("intensity",), 1)
    together = list(measured(steps, FEW, plan, ("out",)))
    alone = list(measured(steps, 1, plan, ("out",)))
    assert [(one.step, one.found) for one in together] == [(one.step, one.found) for one in alone]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ([], "No variable moves"),
        (["--vary", "z11=0,1", "--set", "z[10]=3"], "z11 is both set and moved"),
        (["--vary", "z11=0,1", "--layers", "conv9"], "no layer “conv9”"),
        (["--vary", "z11=0,1", "--measures", "loudness"], "“loudness” cannot be measured"),
        (["--vary", "z11=0,1", "--point", "p.json", "--items", "2"], "one draw"),
        (["--vary", "z11=0,1", "--point", "p.json", "--seed", "2"], "without changes"),
    ],
)
def test_a_sweep_that_makes_no_sense_is_refused_in_a_sentence(asked, said, small_model, tmp_path, capsys):
    out = tmp_path / "out"
    assert main(["sweep", str(small_model), *asked, "--out", str(out)]) == 2
    assert said in capsys.readouterr().err
    assert not (out / "sweep.json").exists()


def test_a_sweep_starts_from_a_kept_point(swept, small_model, tmp_path):
    point = tmp_path / "point.json"
    z = json.loads((swept / "sweep.json").read_text())["draws"][0]["z"]
    point.write_text(json.dumps({"z": z}))
    out = tmp_path / "again"
    asked = ["--vary", "z11=-15,5", "--point", str(point), "--measures", "duration", "--out", str(out)]
    assert main(["sweep", str(small_model), *asked]) == 0
    with np.load(swept / "layers.npz") as before, np.load(out / "layers.npz") as after:
        np.testing.assert_array_equal(before["out"][[0, 2]], after["out"])


# --- effects --------------------------------------------------------------------------------------


def test_effects_are_ranked_and_told_with_their_baseline(small_model, tmp_path, capsys):
    out = tmp_path / "effects.csv"
    asked = ["--measure", "activation:conv1", "--vars", "c1-z8", "--items", "40", "--out", str(out)]
    assert main(["effects", str(small_model), *asked]) == 0
    said = capsys.readouterr().err
    assert "left out, because they are the same in every item: c1, c2, c3" in said
    assert "variance explained" in said.replace("of ", "")
    found = rows(out)
    assert sorted(row["variable"] for row in found) == ["z4", "z5", "z6", "z7", "z8"]
    sizes = [abs(float(row["beta"])) for row in found]
    assert sizes == sorted(sizes, reverse=True)
    record = json.loads(out.with_suffix(".json").read_text())
    assert (record["measure"], record["layer"], record["items"]) == ("activation", "conv1", 40)
    for row, size in zip(found, sizes, strict=True):
        assert (row["beyond_chance"] == "yes") == (size > record["baseline"])


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (["--measure", "f0:conv9"], "no layer “conv9”"),
        (["--measure", "f0:fc", "--items", "30"], "Nyquist is 7.81 Hz"),
        (["--measure", "formants"], "stands for several measures"),
        (["--measure", "cog", "--vars", "z9-z5"], "ends before it starts"),
        (["--measure", "cog", "--vars", "c1", "--items", "30"], "None of these variables varies"),
        (["--measure", "duration", "--items", "120"], "is 1.024 in all 120 items"),
        (["--measure", "cog", "--threshold", "1e9", "--items", "30"], "holds for none of the 30 items"),
    ],
)
def test_effects_that_cannot_be_found_are_refused_in_a_sentence(asked, said, small_model, tmp_path, capsys):
    assert main(["effects", str(small_model), *asked, "--out", str(tmp_path / "e.csv")]) == 2
    assert said in capsys.readouterr().err
