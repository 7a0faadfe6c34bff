"""Measuring from the window: the form, the table it writes, points with tiers, Praat in the loop."""

from __future__ import annotations

import csv
import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PySide6.QtWidgets import QComboBox, QFileDialog, QPushButton

from app.base.picture_saver import PictureSaver
from app.measuring.progress import MeasurementProgress
from app.measuring.settings import MeasureSettings
from core.faults import Fault
from tests.app.cli.test_measure import GRID
from tests.support.commands import can_run, run
from tests.support.figure_origin import origin_in_figure
from tests.support.keys import G
from tests.support.screen import dialogs, fill, named
from widgets.controls.progress_dialog import ProgressDialog
from widgets.results.measure_form import MeasureForm
from widgets.theme.control_paint import Words


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def annotate(services, tmp_path, name: str = "first") -> None:
    path = tmp_path / f"{name}.TextGrid"
    path.write_text(GRID, encoding="utf-8")
    services.tier_editor.open(path)


def test_the_windows_table_is_the_command_lines(services, small_model, tmp_path):
    from app.cli.main import main

    annotate(services, tmp_path)
    services.measurement.start(MeasureSettings(label="a|i", measures="f0, cog"), tmp_path / "w.csv")
    words = ["--textgrid", str(tmp_path / "first.TextGrid"), "--label", "a|i", "--measures", "f0,cog"]
    preset = ["--preset", services.preferences.values.preset]
    assert main(["measure", str(small_model), *words, *preset, "--out", str(tmp_path / "c.csv")]) == 0
    assert (tmp_path / "w.csv").read_text() == (tmp_path / "c.csv").read_text()
    told = [json.loads((tmp_path / name).read_text()) for name in ("w.json", "c.json")]
    for key in ("z", "checkpoint", "layers_measured", "refusals", "pearson_r", "preset"):
        assert told[0][key] == told[1][key]


def test_the_settings_of_the_lanes_are_those_that_are_used_and_written_down(services, tmp_path):
    from dataclasses import replace

    analysing = services.analysis_settings
    analysing.set("intensity", replace(analysing.of("intensity"), floor_hz=120.0))
    services.measurement.start(MeasureSettings(measures="intensity"), tmp_path / "t.csv")
    told = json.loads((tmp_path / "t.json").read_text())
    assert told["layers_measured"][-1]["settings"]["intensity"]["floor_hz"] == 120.0
    assert told["preset"].startswith(services.preferences.values.preset)
    assert told["preset"] != services.preferences.values.preset


def test_every_annotated_point_is_computed_and_measured_under_its_name(services, tmp_path):
    annotate(services, tmp_path, "first")
    services.session.set_value(10, -3.0)
    annotate(services, tmp_path, "second")
    present = services.session.point
    asked = MeasureSettings(what="every annotated point", measures="cog")
    services.measurement.start(asked, tmp_path / "t.csv")
    rows = read(tmp_path / "t.csv")
    assert [*dict.fromkeys(row["item"] for row in rows)] == ["first", "second"]
    assert {row["model"] for row in rows} == {services.session.card.label}
    assert services.session.point == present
    told = json.loads((tmp_path / "t.json").read_text())
    assert [one["item"] for one in told["items"]] == ["first", "second"]
    assert told["items"][1]["z"][10] == -3.0
    by_item = {
        name: [row["value"] for row in rows if (row["item"], row["layer"]) == (name, "out")]
        for name in ("first", "second")
    }
    assert by_item["first"] != by_item["second"]


@pytest.mark.parametrize("what", ["this point", "this point and every recording"])
def test_a_point_whose_curves_are_under_way_is_computed_not_taken_from_the_last_one(
    what, services, tmp_path, held_probe
):
    services.recordings.open(tone(tmp_path, "low.wav", 120.0))
    services.session.redraw(9)
    services.measurement.start(MeasureSettings(what=what, measures="cog", points=1), tmp_path / "t.csv")
    told = json.loads((tmp_path / "t.json").read_text())
    assert tuple(told["z"]) == services.session.point.z
    layers = [one for one in told["layers_measured"] if one["layer"] != "sound"]
    assert {tuple(one["origin"]["point"]) for one in layers} == {services.session.point.z}
    assert read(tmp_path / "t.csv")[0]["item"] == "seed 9"


def test_a_recordings_lane_is_measured_as_a_sound(services, tmp_path, faults):
    t = np.arange(16000) / 16000
    soundfile.write(tmp_path / "tone.wav", 0.4 * np.sin(2 * np.pi * 180 * t), 16000)
    asked = MeasureSettings(what="the active recording", measures="f0,duration")
    services.measurement.start(asked, tmp_path / "t.csv")
    assert "not a recording" in faults[0].sentence
    services.recordings.open(tmp_path / "tone.wav")
    services.measurement.start(asked, tmp_path / "t.csv")
    rows = read(tmp_path / "t.csv")
    assert {(row["file"], row["layer"]) for row in rows} == {("tone.wav", "sound")}
    f0 = [float(row["value"]) for row in rows if row["measure"] == "f0" and row["value"]]
    np.testing.assert_allclose(f0, 180, atol=0.05)


def tone(folder: Path, name: str, hertz: float) -> Path:
    t = np.arange(16000) / 16000
    soundfile.write(folder / name, 0.4 * np.sin(2 * np.pi * hertz * t), 16000)
    return folder / name


def test_a_run_over_recordings_writes_its_table_and_names_what_was_left_out(services, tmp_path, faults):
    notes: list[str] = []
    services.messages.noted.connect(notes.append)
    grids = {"good": GRID, "other": GRID.replace("phones", "Phones"), "mute": re.sub('"[asi]"', '""', GRID)}
    for k, (name, grid) in enumerate(grids.items()):
        (tmp_path / f"{name}.TextGrid").write_text(grid, encoding="utf-8")
        services.recordings.open(tone(tmp_path, f"{name}.wav", 120.0 + k))
    faults.clear()
    asked = MeasureSettings(what="every recording", tier="phones", measures="duration")
    services.measurement.start(asked, tmp_path / "t.csv")
    assert {row["file"] for row in read(tmp_path / "t.csv")} == {"good.wav"}
    (told,) = faults
    assert told.sentence == "1 measured, 1 left out, 1 empty."
    assert (
        "other.wav is left out: There is no interval tier “phones”. The TextGrid has “Phones”." in told.hint
    )
    assert "mute.wav is empty: No interval of tier “phones” has a label." in told.hint
    assert "1 measured, 1 left out, 1 empty" in notes[-1]
    services.measurement.start(replace(asked, label="zzz"), tmp_path / "none.csv")
    assert read(tmp_path / "none.csv") == []
    assert faults[-1].sentence == "0 measured, 1 left out, 2 empty."


def test_two_tiers_of_one_name_are_told_in_the_form(services, tmp_path):
    twice = GRID.replace(
        '"TextTier"\n"events"\n0\n1.024\n0', '"IntervalTier"\n"phones"\n0\n1.024\n1\n0\n1\n"all"'
    )
    (tmp_path / "low.TextGrid").write_text(twice, encoding="utf-8")
    services.recordings.open(tone(tmp_path, "low.wav", 120.0))
    asked = MeasureSettings(what="every recording", tier="phones", measures="duration")
    assert services.measurement.remark(asked).startswith("2 tiers are called “phones”, numbers 1 and 2")
    assert services.measurement.remark(replace(asked, tier="2")) == ""
    services.measurement.start(replace(asked, tier="2"), tmp_path / "t.csv")
    assert {row["label"] for row in read(tmp_path / "t.csv")} == {"all"}


def test_recordings_and_the_point_are_measured_together_each_over_its_own_tiers(services, tmp_path):
    annotate(services, tmp_path)
    (tmp_path / "low.TextGrid").write_text(GRID.replace('"a"', '"low"'), encoding="utf-8")
    for name, hertz in (("low.wav", 120.0), ("high.wav", 240.0)):
        services.recordings.open(tone(tmp_path, name, hertz))
    asked = MeasureSettings(what="this point and every recording", measures="f0,duration")
    services.measurement.start(asked, tmp_path / "t.csv")
    rows = read(tmp_path / "t.csv")
    labels = {(row["file"], row["tier"], row["label"]) for row in rows if row["measure"] == "duration"}
    assert ("low.wav", "phones", "low") in labels
    assert ("high.wav", "", "") in labels, "without tiers the whole recording is one interval"
    assert {label for file, _, label in labels if file not in ("low.wav", "high.wav")} == {"a", "s", "i"}
    for name, hertz in (("low.wav", 120.0), ("high.wav", 240.0)):
        f0 = [
            float(row["value"])
            for row in rows
            if (row["file"], row["measure"]) == (name, "f0") and row["value"]
        ]
        np.testing.assert_allclose(f0, hertz, atol=0.05)
    told = json.loads((tmp_path / "t.json").read_text())
    assert sorted(one["item"] for one in told["sounds"]) == ["high", "low"]
    assert all(one["digest"] for one in told["sounds"])
    assert len(told["z"]) == services.session.layout.size


def test_recordings_of_one_name_are_told_apart_by_their_folders(services, tmp_path):
    for speaker, hertz in (("ann", 120.0), ("bea", 240.0)):
        (tmp_path / speaker).mkdir()
        services.recordings.open(tone(tmp_path / speaker, "a.wav", hertz))
    asked = MeasureSettings(what="every recording", measures="f0", points=1)
    services.measurement.start(asked, tmp_path / "t.csv")
    assert {row["model"] for row in read(tmp_path / "t.csv")} == {""}
    rows = {(row["file"], row["item"]): round(float(row["value"])) for row in read(tmp_path / "t.csv")}
    assert rows == {("ann/a.wav", "ann/a"): 120, ("bea/a.wav", "bea/a"): 240}
    told = json.loads((tmp_path / "t.json").read_text())
    assert sorted(one["file"] for one in told["sounds"]) == ["ann/a.wav", "bea/a.wav"]


def test_the_form_asks_for_what_is_open(services, tmp_path):
    measuring = services.measurement
    measuring.settings = MeasureSettings(what="every recording", points=20)
    assert (measuring.fitting.what, measuring.fitting.points) == ("this point", 20)
    services.recordings.open(tone(tmp_path, "low.wav", 120.0))
    assert measuring.fitting.what == "every recording"


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (MeasureSettings(what="every recording"), "No recording is open"),
        (MeasureSettings(measures="loudness"), "cannot be measured"),
        (MeasureSettings(points=0), "0 points"),
        (MeasureSettings(what="every annotated point"), "No point has tiers"),
        (MeasureSettings(band_low_hz=500), "no band"),
    ],
)
def test_what_cannot_be_measured_is_said_and_nothing_is_written(asked, words, services, tmp_path, faults):
    services.measurement.start(asked, tmp_path / "t.csv")
    assert words in faults[0].sentence
    assert not (tmp_path / "t.csv").exists()


def test_the_form_asks_for_a_file_and_measures(services, host, tmp_path, monkeypatch):
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "t"), ""))
    run(services, "analyses.measure", host)
    (form,) = dialogs(host.parent, MeasureForm)
    fill(form, "Measures", "duration")
    fill(form, "Points", 20)
    form.buttons["Measure…"].click()
    assert {row["measure"] for row in read(tmp_path / "t.csv")} == {"duration"}
    assert services.measurement.settings.points == 20
    assert not form.isVisible()


def test_layers_can_be_compared_as_soon_as_they_are_measured(services, host, tmp_path):
    assert not can_run(services, "analyses.compare", host, PictureSaver(services.context, host))
    services.measurement.start(MeasureSettings(measures="intensity"), tmp_path / "t.csv")
    assert can_run(services, "analyses.compare", host, PictureSaver(services.context, host))


def test_nonsense_in_the_form_is_said_in_the_form(services, host, monkeypatch):
    asked: list[object] = []
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: asked.append(1) or ("", ""))
    run(services, "analyses.measure", host)
    (form,) = dialogs(host.parent, MeasureForm)
    fill(form, "Points", "ten")
    form.buttons["Measure…"].click()
    assert "is not a number" in form.report.text()
    assert form.isVisible()
    assert not asked


def test_a_script_is_written_to_the_folder_asked_for(services, host, tmp_path, monkeypatch):
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path / "praat"))
    run(services, "analyses.praat_script", host)
    (form,) = dialogs(host.parent, MeasureForm)
    form.buttons["Write a Praat script…"].click()
    assert (tmp_path / "praat" / "measure.praat").is_file()
    assert (tmp_path / "praat" / "conv4.Sound").is_file()


def form_of(services, host) -> MeasureForm:
    run(services, "analyses.measure", host)
    return dialogs(host.parent, MeasureForm)[-1]


def test_the_form_begins_with_what_the_active_lane_shows(services, host, tmp_path):
    assert form_of(services, host).value().what == "this point"
    services.recordings.open(tone(tmp_path, "low.wav", 120.0))
    assert form_of(services, host).value().what == "the active recording"
    services.measurement.start(MeasureSettings(what="the active recording"), tmp_path / "t.csv")
    services.session.set_active(G("conv3"))
    assert form_of(services, host).value().what == "this point"


def test_the_form_offers_the_tiers_that_there_are(services, host, tmp_path):
    annotate(services, tmp_path)
    names = [tier.name for tier in services.tier_editor.tiers]
    form = form_of(services, host)
    box = named(form, QComboBox, "Tier")
    assert [box.itemText(row) for row in range(box.count())] == ["", *names]
    box.setEditText("words of mine")
    assert form.value().tier == "words of mine"


def test_the_form_says_what_a_band_to_0_means(services, host):
    words = form_of(services, host).findChildren(Words)
    assert "Moments to (Hz, 0 is Nyquist)" in [one.text() for one in words]


def test_what_is_not_there_is_said_before_a_file_is_asked_for(services, host, monkeypatch):
    asked: list[object] = []
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: asked.append(1) or ("", ""))
    form = form_of(services, host)
    fill(form, "What", "every annotated point")
    form.buttons["Measure…"].click()
    assert form.report.text().startswith("No point has tiers")
    assert form.isVisible()
    assert not asked


class Held:
    """A measurer that is under way until it is told how far it is."""

    stopped = False

    def start(self, job, progress):
        from concurrent.futures import Future

        self.far, self.future = progress, Future()
        return self.future

    def cancel(self):
        self.stopped = True


def progress_of(host) -> ProgressDialog:
    (dialog,) = dialogs(host.parent, ProgressDialog)
    return dialog


def test_how_far_measuring_is_stands_in_a_dialog_that_ends_it(services, host, tmp_path):
    held = services.measurement.measurer = Held()
    progress = MeasurementProgress(host, services.measurement)
    services.measurement.start(MeasureSettings(), tmp_path / "t.csv")
    assert progress.dialog is not None
    dialog = progress_of(host)
    assert dialog.isVisible()
    assert dialog.bar.maximum() == 0
    held.far(3, 12)
    assert (dialog.bar.value(), dialog.bar.maximum()) == (3, 12)
    assert dialog.words == "Measured 3 of 12 layers"
    dialog.buttons["Cancel"].click()
    assert held.stopped
    assert not services.measurement.busy
    assert not dialog.isVisible()


def test_the_dialog_goes_when_measuring_fails(services, host, tmp_path, faults):
    held = services.measurement.measurer = Held()
    progress = MeasurementProgress(host, services.measurement)
    services.measurement.start(MeasureSettings(), tmp_path / "t.csv")
    assert progress.dialog is not None
    dialog = progress_of(host)
    held.future.set_exception(Fault("The disk is full."))
    assert not dialog.isVisible()
    assert faults[0].sentence == "The disk is full."


def test_esc_stops_a_measurement(window, tmp_path):
    class Slow:
        stopped = False

        def start(self, job, progress):
            from concurrent.futures import Future

            return Future()

        def cancel(self):
            self.stopped = True

    slow = window.on.measurement.measurer = Slow()
    said: list[str] = []
    window.on.messages.noted.connect(said.append)
    window.on.measurement.start(MeasureSettings(), tmp_path / "t.csv")
    assert window.on.measurement.busy
    window.menus.run("play.stop")
    assert slow.stopped
    assert not window.on.measurement.busy
    assert "stopped" in said[-1]


def test_what_was_measured_is_compared_with_the_output_until_another_model_is_opened(
    services, host, tmp_path, small_model
):
    from widgets.results.layer_plots import PlotsDialog

    saver = PictureSaver(services.context, host)
    annotate(services, tmp_path)
    assert not can_run(services, "analyses.compare", host, saver)
    services.measurement.start(MeasureSettings(measures="intensity, cog"), tmp_path / "t.csv")
    run(services, "analyses.compare", host, saver)
    (dialog,) = dialogs(host.parent, PlotsDialog)
    told = json.loads((tmp_path / "t.json").read_text())
    shown = {(one.layer, one.measure): one.r for one in dialog.sheet.pairs}
    assert shown == {(one["layer"], one["measure"]): one["r"] for one in told["pearson_r"]}
    services.model_loader.open(small_model)
    assert services.measurement.pairs == ()


def test_the_comparison_is_saved_as_what_its_name_says_with_how_it_was_measured(
    services, host, tmp_path, monkeypatch
):
    from widgets.results.layer_plots import PlotsDialog

    annotate(services, tmp_path)
    services.measurement.start(MeasureSettings(measures="intensity"), tmp_path / "t.csv")
    run(services, "analyses.compare", host, PictureSaver(services.context, host))
    (dialog,) = dialogs(host.parent, PlotsDialog)
    for name in ("a.pdf", "b.svg"):
        answer = (str(tmp_path / name), "")
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, answer=answer: answer)
        next(one for one in dialog.findChildren(QPushButton) if one.text() == "Save picture…").click()
    assert (tmp_path / "a.pdf").read_bytes().startswith(b"%PDF")
    kept = json.loads(origin_in_figure(tmp_path / "b.svg"))
    assert kept["pearson_r"] == json.loads((tmp_path / "t.json").read_text())["pearson_r"]
    assert kept["layers_measured"]


def test_a_band_above_nyquist_is_refused_before_a_file_is_asked_for(services):
    wrong = services.measurement.wrong(MeasureSettings(band_low_hz=0, band_high_hz=99999))
    assert wrong == "The band ends at 99999 Hz, above Nyquist, 8000 Hz. Write a top of at most 8000"
    assert services.measurement.wrong(MeasureSettings(band_low_hz=0, band_high_hz=8000)) is None


def test_what_is_not_open_is_not_offered(services, host, tmp_path):
    def offered():
        box = named(form_of(services, host), QComboBox, "What")
        return [box.itemData(row) for row in range(box.count())]

    assert offered() == ["this point", "every annotated point"]
    services.recordings.open(tone(tmp_path, "low.wav", 120.0))
    assert offered()[2:] == ["the active recording", "every recording", "this point and every recording"]


def test_measuring_a_point_under_another_points_tiers_is_said_before_and_after(services, host, tmp_path):
    annotate(services, tmp_path)
    assert "belong to another point" not in form_of(services, host).report.text()
    services.session.redraw(9)
    form = form_of(services, host)
    assert "belong to another point: this point is measured as one interval" in form.report.text()
    fill(form, "What", "every annotated point")
    assert "belong to another point" not in form.report.text()
    heard = []
    services.messages.noted.connect(heard.append)
    services.measurement.start(MeasureSettings(measures="duration"), tmp_path / "t.csv")
    assert heard[-1].endswith("this point over the whole sound, because the tiers belong to another")


def test_the_closing_sentence_names_the_file_that_the_remarks_are_in(services, tmp_path):
    heard = []
    services.messages.noted.connect(heard.append)
    services.measurement.start(MeasureSettings(measures="f0"), tmp_path / "mine.csv")
    assert heard[-1].startswith("Saved mine.csv: ")
    assert heard[-1].endswith(" remarks in mine.json")
