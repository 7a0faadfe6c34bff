"""The training panel: what is wished is what is trained, and a run's folder tells how far it is."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from PySide6.QtWidgets import QFormLayout, QLabel, QListWidget, QPushButton

from app.cli.parser import make_parser
from app.cli.train import recipe_of
from app.training.panel import progress_of
from core.faults import Fault
from core.train.letters.recipe import LetterRecipe
from core.train.monitor import EvaluationRow, LossRow, RunStatus, check_start, note_source
from core.train.processor_share import ProcessorShare
from core.train.recipe import Recipe
from tests.support.screen import texts
from widgets.theme.control_paint import Words
from widgets.training.loss_plot import LossPlot
from widgets.training.panel import TrainPanel, TrainWish, told_left

WISH = TrainWish("sounds", "out", "fiwgan", 3, 32, 32768, 8000, True)


@pytest.mark.parametrize("wish", [WISH, replace(WISH, model="wavegan", trim=False)])
def test_a_wish_is_understood_by_the_command_line(wish):
    asked = make_parser("train").parse_args(["train", wish.folder, "--out", wish.out, *wish.options()])
    recipe = recipe_of(asked)
    assert (recipe.model, recipe.dim, recipe.slice_len, recipe.rate_hz, recipe.trim) == (
        wish.model, wish.dim, wish.slice_len, wish.rate_hz, wish.trim
    )  # fmt: skip
    assert recipe.categories == (3 if wish.model == "fiwgan" else 0)


def test_the_panel_gives_back_the_wish_it_shows(qtbot):
    panel = TrainPanel()
    qtbot.addWidget(panel)
    panel.show_wish(WISH)
    assert panel.wish() == WISH


def test_only_what_makes_sense_can_be_pressed(qtbot):
    panel = TrainPanel()
    qtbot.addWidget(panel)

    def pressable():
        buttons = [b for b in panel.findChildren(QPushButton) if b.text() not in ("Choose…", "Table…")]
        return [b.text() for b in buttons if b.isEnabled()]

    assert pressable() == ["Start training"]
    seen = RunStatus(
        True, 10, 100, 2.0, 45.0, (LossRow(10, {"distance": 3.0}),), (EvaluationRow(10, 0.9, 800.0, 300.0),)
    )
    panel.show_progress(progress_of(seen))
    assert pressable() == ["Stop and save"]
    panel.show_progress(progress_of(replace(seen, running=False)))
    assert pressable() == ["Continue"]


def test_progress_says_what_the_run_wrote():
    seen = RunStatus(
        True, 10, 100, 2.0, 5400.0, (LossRow(10, {"distance": 3.0}),), (EvaluationRow(10, 0.9, 800.0, 300.0),)
    )
    told = progress_of(seen)
    assert told.words == "Step 10 of 100 · 2 steps a second · 1 h 30 min left"
    assert (told.losses, told.distances, told.floor, told.accuracy) == (
        ((10, 3.0),),
        ((10, 800.0),),
        300.0,
        0.9,
    )
    assert told_left(float("inf")) == ""
    assert told_left(3 * 86400 + 2 * 3600) == "3 d 2 h left"
    assert "first steps" in progress_of(RunStatus(running=True)).words
    assert progress_of(RunStatus()).words == ""
    assert progress_of(replace(seen, said="step 10 of 100 · 2.00 steps/s")).said == ""
    assert (
        progress_of(replace(seen, said="phonoscope: The disk is full.")).said
        == "phonoscope: The disk is full."
    )


def test_a_found_run_fills_the_fields(qtbot, tmp_path, window):
    recipe = {
        "model": "ciwgan",
        "categories": 5,
        "dim": 16,
        "slice_len": 16384,
        "rate_hz": 8000,
        "trim": False,
    }
    (tmp_path / "model.json").write_text(json.dumps({"recipe": recipe}))
    window.menus.run("file.train")
    panel = window.training.panel
    panel.show_wish(replace(WISH, out=str(tmp_path)))
    panel.out_changed.emit(str(tmp_path))
    wish = panel.wish()
    assert (wish.model, wish.categories, wish.dim, wish.rate_hz, wish.trim) == ("ciwgan", 5, 16, 8000, False)


def fault_of(panel):
    """Give the words of the fault that a panel shows, "" if it shows none."""
    words = next(one for one in panel.findChildren(Words) if one.accessibleName() == "Fault")
    return words.text() if words.isVisibleTo(panel) else ""


def test_a_refused_start_says_why_in_the_panel_until_that_is_mended(tmp_path, window):
    window.menus.run("file.train")
    panel = window.training.panel
    panel.start_wanted.emit(replace(WISH, folder="", out=str(tmp_path)))
    assert fault_of(panel) == "Training needs a folder of recordings. Choose it under Recordings."
    panel.show_wish(replace(WISH, folder=str(tmp_path / "none"), out=str(tmp_path)))
    assert "is not a folder of recordings" in fault_of(panel)
    (tmp_path / "none").mkdir()
    window.training.look()
    assert fault_of(panel) == ""
    assert window.banner.shown is None


def test_a_run_that_ended_with_a_fault_says_it_until_it_runs_again(monkeypatch, tmp_path, window):
    seen = [RunStatus(False, 10, 100, said="phonoscope: The disk is full. Make room.")]
    monkeypatch.setattr("app.training.panel.see", lambda out: seen[0])
    window.menus.run("file.train")
    panel = window.training.panel
    panel.show_wish(replace(WISH, out=str(tmp_path)))
    window.training.look()
    assert fault_of(panel) == "The disk is full. Make room."
    seen[0] = RunStatus(True, 10, 100)
    window.training.look()
    assert fault_of(panel) == ""


def test_choosing_a_runs_folder_fills_in_its_recordings(tmp_path, window):
    sounds, out = tmp_path / "sounds", tmp_path / "out"
    sounds.mkdir()
    out.mkdir()
    recipe = Recipe("fiwgan", 3, dim=16, rate_hz=8000)
    note_source(out, sounds, recipe.plain())
    window.menus.run("file.train")
    panel = window.training.panel
    panel.show_wish(replace(WISH, folder="", out=str(out)))
    panel.out_changed.emit(str(out))
    wish = panel.wish()
    assert (wish.folder, wish.model, wish.categories, wish.rate_hz) == (str(sounds), "fiwgan", 3, 8000)


def test_settings_are_locked_while_a_run_goes_on_and_its_recipe_as_long_as_it_is_there(qtbot):
    panel = TrainPanel()
    qtbot.addWidget(panel)

    form = panel.findChild(QFormLayout)
    label, field = QFormLayout.ItemRole.LabelRole, QFormLayout.ItemRole.FieldRole
    rows = {
        form.itemAt(row, label).widget().text(): form.itemAt(row, field).widget()
        for row in range(form.rowCount())
        if form.itemAt(row, label) is not None
    }

    def locked():
        return {name for name, widget in rows.items() if not widget.isEnabled()}

    recipe = {"Model", "Categories", "Size (dim)", "Slice (samples)", "Sampling rate", "Letters", "Tier"}
    assert locked() == set()
    panel.show_progress(progress_of(RunStatus(True, 10, 100)))
    assert locked() == {"Recordings", *recipe}
    panel.show_progress(progress_of(RunStatus(False, 10, 100)))
    assert locked() == recipe
    panel.show_progress(progress_of(RunStatus()))
    assert locked() == set()


def test_a_starved_run_is_said_to_wait_for_other_programs(monkeypatch, tmp_path, window):
    monkeypatch.setattr("app.training.panel.see", lambda out: RunStatus(True, 10, 100))
    monkeypatch.setattr(ProcessorShare, "waits", lambda self, run: True)
    window.menus.run("file.train")
    panel = window.training.panel
    panel.show_wish(replace(WISH, out=str(tmp_path)))
    window.training.look()
    said = "Waiting for other programs, which use all processors · Step 10 of 100"
    assert said in texts(panel)


def test_every_setting_and_figure_is_explained_on_hover(qtbot):
    panel = TrainPanel()
    qtbot.addWidget(panel)
    labels = [one for one in panel.findChildren(QLabel) if one.buddy() is not None]
    assert len(labels) >= 7
    assert all(one.toolTip() for one in labels)
    assert all(plot.toolTip() for plot in panel.findChildren(LossPlot))
    assert panel.findChild(QListWidget).toolTip()


LETTERS = replace(WISH, model="wav2letter", categories=4, dim=64, slice_len=16384, letters="abc", tier="word")


def test_a_recogniser_is_wished_as_the_command_line_trains_it():
    more = replace(LETTERS, more=("--kernels", "9", "5", "8", "--no-masks"))
    asked = make_parser("train").parse_args(["train", more.folder, "--out", more.out, *more.options()])
    recipe = recipe_of(asked)
    assert (recipe.model, recipe.dim, recipe.rate_hz, recipe.letters) == ("wav2letter", 64, 8000, "abc")
    assert (recipe.kernels, recipe.masks, asked.tier) == ((9, 5, 8), False, "word")


def test_a_recogniser_has_fields_of_its_own(qtbot):
    panel = TrainPanel()
    qtbot.addWidget(panel)

    def rows():
        form = panel.findChild(QFormLayout)
        label = QFormLayout.ItemRole.LabelRole
        items = [(row, form.itemAt(row, label)) for row in range(form.rowCount())]
        return {item.widget().text() for row, item in items if item is not None and form.isRowVisible(row)}

    assert "Letters" not in rows()
    panel.show_wish(LETTERS)
    assert {"Letters", "Tier"} <= rows()
    assert not {"Categories", "Slice (samples)"} & rows()
    assert panel.wish() == LETTERS
    panel.show_wish(WISH)
    assert panel.wish() == WISH


def test_a_found_run_of_a_recogniser_tells_its_errors_and_what_it_heard(tmp_path, window):
    recipe = LetterRecipe(letters="abc", dim=64, kernels=(9, 5, 8), masks=False)
    note_source(tmp_path, tmp_path / "sentences.tsv", recipe.plain(), "word")
    rows = [
        {"step": 10, "of": 100, "steps_per_s": 2.0, "left_s": 45.0, "losses": {"ctc": 3.5}},
        {"letter_error": 0.9, "word_error": 1.0, "steps": 10, "heard": [["a cab", "a c b"]]},
    ]
    (tmp_path / "progress.jsonl").write_text("\n".join(map(json.dumps, rows)))
    window.menus.run("file.train")
    panel = window.training.panel
    panel.show_wish(replace(WISH, out=str(tmp_path)))
    panel.out_changed.emit(str(tmp_path))
    wish = panel.wish()
    assert (wish.model, wish.letters, wish.tier) == ("wav2letter", "abc", "word")
    asked = make_parser("train").parse_args(["train", wish.folder, "--out", wish.out, *wish.options()])
    assert recipe_of(asked) == recipe
    said = texts(panel)
    assert "Step 10 of 100" in said
    assert "Held-out recordings: 90.0 % of the letters wrong, 100.0 % of the words" in said
    assert [panel.findChild(QListWidget).item(0).text()] == ["“a cab” → “a c b”"]
    assert {plot.accessibleName() for plot in panel.findChildren(LossPlot)} == {"CTC loss", "Letters wrong"}
    panel.show_progress(progress_of(RunStatus()))
    assert "CTC loss" not in {plot.accessibleName() for plot in panel.findChildren(LossPlot)}


def test_a_table_will_do_for_a_recogniser_alone(tmp_path):
    table = tmp_path / "sentences.tsv"
    table.touch()
    check_start(str(table), str(tmp_path / "out"), tables=True)
    with pytest.raises(Fault, match="not a folder"):
        check_start(str(table), str(tmp_path / "out"))


def test_a_run_that_was_asked_to_stop_says_so_until_it_has(monkeypatch, tmp_path, window):
    seen = [RunStatus(True, 10, 100)]
    asked = []
    monkeypatch.setattr("app.training.panel.see", lambda out: seen[0])
    monkeypatch.setattr("app.training.panel.stop", asked.append)
    window.menus.run("file.train")
    panel = window.training.panel
    panel.show_wish(replace(WISH, out=str(tmp_path)))
    panel.stop_wanted.emit()
    assert asked == [tmp_path]
    assert "Stopping and saving after this step" in texts(panel)
    seen[0] = RunStatus(False, 11, 100)
    window.training.look()
    assert "Step 11 of 100" in texts(panel)
