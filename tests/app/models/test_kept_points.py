"""Kept points: renamed, deleted and brought back, in the list and on the disk."""

from __future__ import annotations

import json

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListWidget, QPushButton

from core.faults import Fault
from core.networks.latent import Point
from core.session.named_points import NamedPoint, default_path, write_points
from widgets.latent.points_dialog import EMPTY, PointsDialog
from widgets.theme.control_paint import Words


@pytest.fixture
def points(window):
    """Give the window's named points: two of them kept."""
    window.named_points.keep("falling")
    window.on.session.redraw(9)
    window.named_points.keep("level")
    return window.named_points


def open_list(window) -> PointsDialog:
    window.menus.run("latent.points")
    return next(one for one in window.findChildren(PointsDialog) if one.isVisible())


def names(dialog: PointsDialog) -> list[str]:
    listed = dialog.findChild(QListWidget)
    return [listed.item(k).text() for k in range(listed.count())]


def button(dialog: PointsDialog, words: str) -> QPushButton:
    return next(one for one in dialog.findChildren(QPushButton) if one.text() == words)


def test_a_renamed_point_keeps_its_place_and_results_name_it_anew(window, points):
    session = window.on.session
    points.go("level")
    there = session.point
    points.rename("level", "high level")
    assert points.own_names == ("falling", "high level")
    assert (session.snapshot.name, session.point) == ("high level", there)
    points.go("falling")
    session.undo()
    assert session.snapshot.name == "high level", "undo brings no old name back"


def test_a_name_that_is_taken_is_refused(points):
    with pytest.raises(Fault, match="falling"):
        points.rename("level", "falling")
    assert points.own_names == ("falling", "level")


def test_a_deleted_point_comes_back_in_its_place(window, points):
    here = window.on.session.point
    points.delete("falling")
    assert (points.own_names, points.deleted) == (("level",), "falling")
    assert window.on.session.point == here
    points.restore()
    assert (points.own_names, points.deleted) == (("falling", "level"), "")


def test_one_that_comes_back_beside_another_of_its_name_is_numbered(points):
    points.delete("falling")
    points.keep("falling")
    points.restore()
    assert points.own_names == ("falling (2)", "level", "falling")


def test_the_list_goes_to_a_point_renames_and_deletes_it(qtbot, window, points):
    dialog = open_list(window)
    listed = dialog.findChild(QListWidget)
    assert names(dialog) == ["falling", "level"]
    qtbot.mouseClick(button(dialog, "Go to"), Qt.MouseButton.LeftButton)
    assert window.on.session.snapshot.name == "falling"
    listed.item(0).setText("  falling tone ")
    qtbot.waitUntil(lambda: names(dialog) == ["falling tone", "level"])
    listed.item(0).setText("level")
    qtbot.waitUntil(lambda: names(dialog) == ["falling tone", "level"])  # that name is taken
    listed.item(0).setText(" ")
    assert names(dialog) == ["falling tone", "level"]
    listed.setFocus()
    qtbot.keyClick(listed, Qt.Key.Key_Delete)
    assert names(dialog) == ["level"]
    qtbot.mouseClick(button(dialog, "Undo delete"), Qt.MouseButton.LeftButton)
    assert names(dialog) == ["falling tone", "level"]
    assert points.own_names == ("falling tone", "level")


def test_without_points_the_list_says_how_to_keep_one(window):
    dialog = open_list(window)
    assert any(words.text() == EMPTY for words in dialog.findChildren(Words))
    assert not any(
        button(dialog, words).isEnabled() for words in ("Rename", "Delete", "Undo delete", "Go to")
    )


def test_a_note_is_kept_and_stays_when_the_point_is_kept_anew(qtbot, window, points):
    dialog = open_list(window)
    dialog.note.setText("creaky at the end")
    dialog.note.editingFinished.emit()
    note = {one.name: one.note for one in points.named}
    assert note["falling"] == "creaky at the end"
    window.on.session.redraw(4)
    points.keep("falling")
    points.refresh()
    assert {one.name: one.note for one in points.named}["falling"] == "creaky at the end"


def test_a_point_of_another_checkpoint_comes_with_a_warning(qtbot, window, points):
    kept = next(one for one in points.named if one.name == "falling")
    assert kept.checkpoint == window.on.session.card.digest
    other = default_path("f" * 64)
    write_points((NamedPoint("far", kept.point.set(20, 5.0), checkpoint="f" * 64, title="Other"),), other)
    write_points((NamedPoint("short", Point((0.0, 1.0))),), default_path("e" * 64))
    warnings = []
    window.on.messages.warned.connect(warnings.append)
    dialog = open_list(window)
    assert names(dialog)[2:] == ["far   ·   kept with another checkpoint: Other, ffffffff"]
    dialog.findChild(QListWidget).setCurrentRow(2)
    assert not button(dialog, "Delete").isEnabled()
    qtbot.mouseClick(button(dialog, "Go to"), Qt.MouseButton.LeftButton)
    assert window.on.session.point == kept.point.set(20, 5.0)
    assert "was kept with another checkpoint, of “Other” (ffffffff)" in warnings[0].sentence


def test_a_point_file_of_another_checkpoint_comes_with_a_warning(window, tmp_path, monkeypatch):
    path, warnings = tmp_path / "point.json", []
    window.on.messages.warned.connect(warnings.append)
    monkeypatch.setattr(window.host, "ask_save", lambda *asked: (str(path), "Points (*.json)"))
    monkeypatch.setattr(window.host, "ask_open", lambda *asked: str(path))
    window.menus.run("latent.export_point")
    window.menus.run("latent.import_point")
    assert warnings == []
    path.write_text(json.dumps({**json.loads(path.read_text()), "checkpoint": "f" * 64}))
    window.menus.run("latent.import_point")
    assert "another checkpoint" in warnings[0].sentence
