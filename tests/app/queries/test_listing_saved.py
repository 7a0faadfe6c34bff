"""A listing of the window goes to the disk, with its record beside it."""

from __future__ import annotations

import csv
import json

import pytest
from PySide6.QtWidgets import QFileDialog

from core.signals.axis import Range
from widgets.results.listing import ListingDialog, ReportDialog

SELECTION = Range(0.18, 0.33)


@pytest.fixture
def choose(monkeypatch):
    """Answer the question for a file."""

    def chosen(path, kind):
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *asked, **more: (str(path), kind))

    return chosen


def opened(window, kind):
    return next(one for one in window.findChildren(kind) if one.isVisible())


@pytest.mark.parametrize(("ending", "separator"), [("csv", ","), ("tsv", "\t")])
def test_a_listing_is_written_with_all_rows_and_its_origin(window, tmp_path, choose, ending, separator):
    window.on.session.set_selection(SELECTION)
    window.listing_windows.list_of("formants")
    dialog = opened(window, ListingDialog)
    choose(tmp_path / "frames", f"{ending.upper()} (*.{ending})")
    dialog.save_wanted.emit()
    with (tmp_path / f"frames.{ending}").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file, delimiter=separator))
    lines = dialog.rows.text(range(dialog.rows.rowCount())).splitlines()
    assert ["\t".join(row) for row in rows] == lines
    assert len(rows) > 10
    record = json.loads((tmp_path / "frames.json").read_text(encoding="utf-8"))
    assert record["title"] == dialog.windowTitle()
    assert record["model"] == window.on.session.card.label
    assert record["origin"]["analysis"] == "formants"
    assert record["origin"]["point"] == list(window.on.session.point.z)


def test_a_report_is_saved_as_praat_prints_it_or_as_a_table(window, tmp_path, choose):
    window.listing_windows.list_of("voice report")
    dialog = opened(window, ReportDialog)
    choose(tmp_path / "voice.txt", "Text as Praat prints it (*.txt)")
    dialog.save_wanted.emit()
    assert "Median pitch" in (tmp_path / "voice.txt").read_text(encoding="utf-8")
    choose(tmp_path / "voice.csv", "CSV (*.csv)")
    dialog.save_wanted.emit()
    assert (tmp_path / "voice.csv").read_text(encoding="utf-8").startswith("Measure,Value,Unit")


def test_nothing_is_written_where_no_file_was_chosen(window, tmp_path, choose):
    before = set(tmp_path.iterdir())
    window.listing_windows.list_of("formants")
    choose("", "")
    opened(window, ListingDialog).save_wanted.emit()
    assert set(tmp_path.iterdir()) == before


def test_a_folder_that_cannot_be_written_to_is_told(window, tmp_path, choose):
    said = []
    window.on.messages.faulted.connect(said.append)
    (tmp_path / "file").write_text("")
    window.listing_windows.list_of("formants")
    choose(tmp_path / "file" / "frames.csv", "CSV (*.csv)")
    opened(window, ListingDialog).save_wanted.emit()
    assert len(said) == 1
