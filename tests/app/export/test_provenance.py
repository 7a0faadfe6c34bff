"""Where a number comes from: no seed is told that did not draw the point."""

from __future__ import annotations

import csv
import json
from dataclasses import replace

import pytest
from PySide6.QtWidgets import QFileDialog

from app.cli.main import main
from app.export.figure import caption
from app.models.built_in import built_in_points
from app.models.named_points import NamedPoints
from core.annotation.editing import set_label
from core.export.record import point_drive, write_json
from core.faults import Fault
from core.networks.latent import LatentLayout, Point, draw
from core.session.point_names import UNNAMED, is_drawn, point_facts, point_name, starred_name, unused_name
from core.session.session import Snapshot
from tests.support.commands import run
from tests.support.figure_origin import origin_in_figure
from tests.support.screen import named
from widgets.controls.number_field import NumberField
from widgets.latent.panel import LatentPanel

LAYOUT = LatentLayout(20, 2, "one-hot")
DRAWN = draw(LAYOUT, 3)
HERE = Snapshot(DRAWN, DRAWN, 3)


@pytest.fixture(autouse=True)
def own_folder(monkeypatch, tmp_path):
    """Keep what one test keeps from the next."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


@pytest.fixture
def panel(parent):
    """Give the panel of latent variables, connected to nothing."""
    return LatentPanel(parent)


@pytest.fixture
def named_points(services, panel):
    """Give the named points of the open model."""
    made = NamedPoints(services.context, panel)
    made.refresh()
    return made


def told(services) -> dict[str, str]:
    """Give what the corner, a new result, the caption and a picture's origin say of the point."""
    run(services, "intensity.get")
    session = services.session
    return {
        "corner": starred_name(session.snapshot),
        "result": services.queries.results.rows[-1].point,
        "caption": caption(session, services.analysis_settings.words)[0].split(". Layers")[0],
        "origin": json.loads(services.file_export.origin_text())["point"],
    }


def test_a_point_is_named_by_its_seed_and_what_was_turned():
    assert point_name(LAYOUT, HERE) == "seed 3"
    assert point_name(LAYOUT, HERE, DRAWN.set(10, -15.0)) == "seed 3 z11=-15"
    assert point_name(LAYOUT, HERE, draw(LAYOUT, 4)) == "seed 3, changed"


def test_a_code_that_a_seed_does_not_give_is_told():
    other = draw(LAYOUT, 3, (0.0, 1.0))
    assert point_name(LAYOUT, replace(HERE, point=other, drawn=other)) == "seed 3 c=0,1"


def test_a_point_that_no_seed_drew_has_its_name_and_no_seed():
    kept = replace(HERE, seed=None, name="falling tone")
    assert point_name(LAYOUT, kept) == "falling tone"
    assert point_name(LAYOUT, kept, DRAWN.set(4, 1.0)) == "falling tone z5=1"
    assert point_name(LAYOUT, replace(kept, name="")) == UNNAMED
    assert point_name(LAYOUT, replace(kept, name="seed 3")) != "seed 3"


def test_a_seed_is_known_to_have_drawn_a_point():
    assert is_drawn(LAYOUT, DRAWN, 3)
    assert is_drawn(LAYOUT, DRAWN.with_code((0.0, 1.0)), 3)
    assert not is_drawn(LAYOUT, DRAWN, 4)
    assert not is_drawn(replace(LAYOUT, prior="normal"), DRAWN, 3)
    assert not is_drawn(LAYOUT, DRAWN, None)


def test_two_points_never_share_a_name():
    assert [unused_name("a", []), unused_name("a", ["a"]), unused_name("a", ["a", "a (2)"])] == [
        "a",
        "a (2)",
        "a (3)",
    ]


def test_the_built_in_models_point_is_not_told_as_a_seed(services):
    first = built_in_points()[0]
    services.model_loader.open_demo()
    assert services.session.point == first.point != draw(services.session.layout, 0)
    assert services.session.snapshot.seed is None
    said = told(services)
    assert said["corner"] == first.name
    assert said["result"] == said["origin"] == first.name
    assert first.name in said["caption"]
    assert not any("seed" in words.lower() for words in said.values())
    assert json.loads(services.file_export.origin_text())["seed"] is None
    run(services, "latent.next_seed")
    layout = services.session.layout
    assert services.session.point == draw(layout, 0, first.point.z[: layout.code])
    assert services.session.snapshot.seed == 0
    services.session.undo()
    assert services.session.snapshot.seed is None


def test_a_changed_knob_is_told_everywhere(services):
    services.session.set_value(10, 3.0)
    said = told(services)
    assert said["corner"] == "seed 0*"
    assert said["result"] == said["origin"] == "seed 0 z11=3"
    assert said["caption"].endswith("z11 = 3")


def test_a_point_that_was_kept_is_told_by_its_name(services, named_points):
    services.session.set_value(10, -3.0)
    named_points.keep("creaky-3")
    services.session.redraw(9)
    named_points.go("creaky-3")
    said = told(services)
    assert said["result"] == said["origin"] == "creaky-3"
    assert "“creaky-3”" in said["caption"]
    assert services.session.snapshot.seed is None
    services.session.set_value(11, 2.0)
    assert told(services)["corner"] == "creaky-3*"
    named_points.keep("creaky-3")
    assert told(services)["result"] == "creaky-3"


def test_going_from_a_to_b_brings_back_where_each_came_from(services, named_points, panel):
    services.session.redraw(3)
    panel.ab_wanted.emit("B")
    services.session.redraw(7)
    panel.ab_wanted.emit("A")
    assert told(services)["result"] == "seed 3"
    assert services.session.snapshot.seed == 3
    panel.ab_wanted.emit("B")
    assert told(services)["result"] == "seed 7"


def test_a_point_from_a_file_is_told_by_the_files_name(services, host, tmp_path, monkeypatch):
    session = services.session
    write_json(tmp_path / "lifted.json", point_drive(session.layout, draw(session.layout, 5), None, None, {}))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(tmp_path / "lifted.json"), ""))
    run(services, "latent.import_point", host)
    assert told(services)["result"] == "lifted"


def test_a_model_that_is_opened_again_keeps_what_was_turned_since_the_draw(services, small_model):
    services.session.set_value(10, 3.0)
    services.model_loader.open(small_model, start=services.session.snapshot)
    assert told(services)["result"] == "seed 0 z11=3"


def test_a_point_that_another_prior_drew_has_no_seed(services, small_model):
    session = services.session
    point = Point(tuple(value / 2 for value in session.point.z))
    services.model_loader.open(small_model, start=replace(session.snapshot, point=point, drawn=point))
    assert session.point == point
    assert told(services)["result"] == UNNAMED


def test_saved_layers_and_points_record_what_was_turned(services, named_points, tmp_path):
    services.session.set_value(10, 3.0)
    (tmp_path / "layers").mkdir()
    services.file_export.save_layers(tmp_path / "layers")
    write_json(tmp_path / "point.json", point_facts(services.session.layout, services.session.snapshot))
    for path in (tmp_path / "layers" / "origin.json", tmp_path / "point.json"):
        record = json.loads(path.read_text())
        assert (record["seed"], record["changes"]) == (0, {"z11": 3.0})
    named_points.keep("here")
    named_points.go("here")
    write_json(tmp_path / "point.json", point_facts(services.session.layout, services.session.snapshot))
    record = json.loads((tmp_path / "point.json").read_text())
    assert "seed" not in record
    assert record["point"] == "here"


def test_the_corner_and_the_seed_field_follow_the_point(window):
    def shown():
        words = window.menus.corner.words.text()
        return words.split(" · ")[-1], named(window.latent, NumberField, "Seed").value

    window.on.session.set_value(10, 3.0)
    assert shown() == ("seed 0*", 0)
    window.on.model_loader.open_demo()
    first = built_in_points()[0].name
    assert shown() == (first, None)
    window.menus.run("latent.next_seed")
    assert shown() == ("seed 0", 0)
    window.menus.run("edit.undo")
    assert shown() == (first, None)


def test_layers_of_the_last_point_are_not_saved_as_those_of_this_one(services, tmp_path, monkeypatch):
    from concurrent.futures import Future

    monkeypatch.setattr(services.engine, "ask", lambda *_, **__: Future())
    services.session.redraw(9)
    with pytest.raises(Fault, match="still being computed"):
        services.file_export.save_layers(tmp_path / "layers")
    assert not (tmp_path / "layers").exists()


def test_a_shot_tells_the_seed_with_what_was_set(qapp, small_model, tmp_path):
    out = tmp_path / "a.png"
    assert main(["shot", str(small_model), "--seed", "3", "--set", "z11=-15", "--out", str(out)]) == 0
    assert json.loads(origin_in_figure(out))["point"] == "seed 3 z11=-15"


def test_a_shot_of_a_point_file_tells_no_seed(qapp, small_model, tmp_path):
    write_json(tmp_path / "fall.json", {"z": [0.5] * 100})
    words = ["--point", str(tmp_path / "fall.json"), "--out", str(tmp_path / "a.png")]
    assert main(["shot", str(small_model), *words]) == 0
    origin = json.loads(origin_in_figure(tmp_path / "a.png"))
    assert (origin["point"], origin["seed"]) == ("fall", None)


def test_a_point_file_called_after_a_seed_is_not_told_as_its_draw(qapp, small_model, tmp_path):
    write_json(tmp_path / "seed 3.json", {"z": [0.5] * 100})
    words = ["--point", str(tmp_path / "seed 3.json"), "--measures", "cog", "--out", str(tmp_path / "t.csv")]
    assert main(["measure", str(small_model), *words]) == 0
    with (tmp_path / "t.csv").open(encoding="utf-8", newline="") as file:
        assert {row["item"] for row in csv.DictReader(file)} == {"point seed 3"}


def annotate(services) -> None:
    """Give the present point one labelled interval."""
    services.tier_editor.new_tiers(("phones",), ())
    services.tier_editor.change("label", lambda note, place: set_label(note, place, 0, "a"))


@pytest.mark.parametrize("restart", [False, True])
def test_annotated_points_are_measured_under_what_they_were_called(services, small_model, tmp_path, restart):
    from app.measuring.settings import MeasureSettings

    services.session.change("forget tiers", tiers=())
    annotate(services)
    services.session.redraw(7)
    services.session.set_value(10, -3.0)
    annotate(services)
    services.session.redraw(1)
    if restart:
        services.tier_editor.autosave.close()
        services.model_loader.open(small_model)
    asked = MeasureSettings(what="every annotated point", measures="duration")
    services.measurement.start(asked, tmp_path / "t.csv")
    record = json.loads((tmp_path / "t.json").read_text())
    assert [one["item"] for one in record["items"]] == ["seed 0", "seed 7 z11=-3"]
    assert record["items"][0]["z"] == list(draw(services.session.layout, 0).z)
