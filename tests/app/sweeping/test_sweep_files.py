"""`phonoscope sweep` draws its figures, and the window opens its record again."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest

from app.cli.main import main
from core.networks.latent import LatentLayout
from core.sweeps.courses import Courses
from core.sweeps.grid import grid_of
from core.sweeps.scalar import Scalar
from core.sweeps.sweep_record import texts_of
from core.sweeps.sweep_table import Step
from widgets.figures import figure_files


@pytest.fixture
def swept(qapp, small_model, tmp_path):
    out = tmp_path / "swept"
    asked = ["--vary", "c1,z11=0/-15,0/-5,1/5", "--seed", "3", "--measures", "activation", "--out", str(out)]
    assert main(["sweep", str(small_model), *asked]) == 0
    return out


def test_the_figures_are_written_and_named(swept):
    files = json.loads((swept / "sweep.json").read_text())["files"]
    figures = {"waterfall.pdf", "heat.pdf", "dose_response_activation.pdf"}
    assert figures <= set(files)
    for name in figures:
        assert (swept / name).read_bytes().startswith(b"%PDF")


def test_a_figure_holds_what_was_swept(qapp, small_model, tmp_path, monkeypatch):
    kept = {}
    monkeypatch.setattr(
        figure_files,
        "write_picture",
        lambda path, picture, origin: kept.update({path.name: json.loads(origin)}),
    )
    out = tmp_path / "swept"
    assert main(["sweep", str(small_model), "--vary", "z11=0,1", "--measures", "cog", "--out", str(out)]) == 0
    assert kept["waterfall.pdf"]["axes"] == [{"variables": ["z11"], "values": [[0.0], [1.0]]}]
    assert kept["heat.pdf"]["checkpoint"] == kept["dose_response_cog.pdf"]["checkpoint"]


def test_the_window_opens_a_sweep_and_shows_its_layers(window, swept):
    window.on.session.redraw(9)
    window.on.model_loader.open(swept / "sweep.json")
    state = window.on.sweep_run.state
    assert window.pages.page == "sweep"
    with np.load(swept / "layers.npz") as arrays:
        for name, rows in arrays.items():
            for step in range(3):
                np.testing.assert_array_equal(rows[step], state.steps[step][name].samples)
    assert window.on.session.snapshot.seed == 3
    page = window.pages.widget("sweep")
    page.bar.again_wanted.emit()
    assert window.on.sweep_run.state.points == state.points


def test_the_checkpoint_of_a_sweep_opens_with_it(window, swept, small_model, tmp_path):
    other = tmp_path / "other.safetensors"
    shutil.copy(small_model, other)
    window.on.model_loader.open_demo()
    window.on.model_loader.open(swept / "sweep.json")
    assert window.on.session.card.path == str(small_model)
    assert (window.pages.page, len(window.on.sweep_run.state.points)) == ("sweep", 3)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"checkpoint": "none", "path": "gone"}, "is not where it was"),
        ({"draws": [{"z": [0.0]}]}, "have 1 values"),
        ({"axes": []}, "holds no sweep"),
        ({"axes": [{"variables": ["z999"], "values": [[0.0]]}]}, "z999"),
        ({"axes": 3}, "is not the record of a sweep"),
        ({"checkpoint": "other"}, "is another checkpoint"),
    ],
)
def test_a_record_that_does_not_fit_is_a_sentence(services, swept, change, said):
    faults = []
    services.messages.faulted.connect(faults.append)
    services.session.card_changed.connect(services.sweep_files.checkpoint_opened)
    path = swept / "sweep.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    services.model_loader.open(path)
    assert said in faults[0].sentence
    assert services.sweep_run.state is None


def test_axes_can_be_written_as_they_are_read():
    layout = LatentLayout(100, 3, "one-hot")
    grid = grid_of(["z11=-1:1:0.1", "c1,c2=1.5/0,0/0.25"], layout)
    assert grid_of(texts_of(grid), layout) == grid


def test_courses_are_means_and_deviations_of_the_defined_values():
    values = np.array([[1.0, np.nan, 4.0], [2.0, 5.0, np.nan], [6.0, np.nan, np.nan]])
    courses = Courses(3)
    for item, row in enumerate(values):
        for step, value in enumerate(row):
            courses.add(Step(item, step, (Scalar("out", "f0", float(value)),)))
    mean, spread = courses.course("f0", "out")
    np.testing.assert_allclose(mean, np.nanmean(values, 0))
    np.testing.assert_allclose(spread, [np.std(values[:, 0], ddof=1), np.nan, np.nan])
    assert (courses.measures(), courses.layers("f0")) == (("f0",), ("out",))
