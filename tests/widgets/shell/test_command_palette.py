"""The palette: part of a name is enough, the best fit comes first, what cannot run does not."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QListView

from widgets.shell.command_match import fit, ranked
from widgets.shell.command_palette import CommandPalette, PaletteRow
from widgets.theme.theme import DARK

ROWS = (
    PaletteRow("time.all", "Show all", "Time", "Ctrl+A", "Show the whole sound."),
    PaletteRow("time.selection", "Zoom to selection", "Time", "Ctrl+N", "Let it fill the window."),
    PaletteRow("analyses.pitch", "Show pitch", "Analyses", "Ctrl+1", "Show the pitch of the active lane."),
    PaletteRow("edit.redo", "Redo", "Edit", "Ctrl+Y", "Bring back what undo took.", False),
    PaletteRow("edit.undo", "Undo", "Edit", "Ctrl+Z", "Take the last change back.", words="back revert"),
)


@pytest.fixture
def palette(qtbot):
    made = CommandPalette(ROWS)
    qtbot.addWidget(made)
    made.set_theme(DARK)
    made.said = []
    made.run_wanted.connect(made.said.append)
    return made


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("pit", "analyses.pitch"),
        ("zo se", "time.selection"),
        ("sh al", "time.all"),
        ("ctrl+n", "time.selection"),
        ("edit", "edit.undo"),
        ("zmsl", "time.selection"),
        ("whole", "time.all"),
        ("undo", "edit.undo"),
        ("revert", "edit.undo"),
        ("rever", "edit.undo"),
        ("red", "edit.redo"),
    ],
)
def test_the_best_fit_comes_first(typed, first):
    assert ranked(typed, ROWS)[0].id == first


def test_every_typed_word_must_fit():
    assert fit("show banana", ROWS[0]) is None
    assert ranked("banana", ROWS) == ()


def test_nothing_typed_lists_all_and_those_that_cannot_run_last():
    listed = [row.id for row in ranked("", ROWS)]
    assert len(listed) == len(ROWS)
    assert listed[-1] == "edit.redo"


def test_enter_runs_what_is_chosen(qtbot, palette):
    field = palette.findChild(QLineEdit)
    qtbot.keyClicks(field, "show")
    qtbot.keyClick(field, Qt.Key.Key_Down)
    chosen = palette.findChild(QListView).currentIndex().data()
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert palette.said == [next(row.id for row in ROWS if row.title == chosen)]


def test_a_disabled_command_that_is_named_stays_first_and_says_why():
    save = PaletteRow("save", "Save selected sound…", "File", "", "", False, "possible when it is selected")
    other = PaletteRow("other", "Select…", "Time", "", "Save the time as selected sound.")
    assert [row.id for row in ranked("save sel", (other, save))] == ["save", "other"]
    assert [row.id for row in ranked("sound", (other, save))] == ["save", "other"]
    assert [row.id for row in ranked("time", (replace(save, help="time"), other))] == ["other", "save"]


def test_the_reason_is_in_the_tooltip(qtbot):
    save = PaletteRow("save", "Save", "File", "", "Write it.", False, "possible when it is selected")
    palette = CommandPalette((save,))
    qtbot.addWidget(palette)
    index = palette.findChild(QListView).model().index(0, 0)
    assert index.data(Qt.ItemDataRole.ToolTipRole) == "Write it. (possible when it is selected)"


def test_a_command_that_cannot_run_now_does_not(qtbot, palette):
    field = palette.findChild(QLineEdit)
    qtbot.keyClicks(field, "redo")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert palette.said == []


def test_nothing_that_fits_runs_nothing(qtbot, palette):
    field = palette.findChild(QLineEdit)
    qtbot.keyClicks(field, "banana")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert palette.said == []
    assert not palette.grab().isNull()


@pytest.mark.parametrize(("typed", "rows"), [("", 5), ("undo", 2), ("banana", 1)])
def test_it_is_as_high_as_what_was_found(palette, typed, rows):
    palette.findChild(QLineEdit).setText(typed)
    listed = max(1, len(ranked(typed, ROWS)))
    assert listed == rows
    assert palette.height() == 8 + 28 + 8 + 28 * rows + 8


def test_it_says_so_where_nothing_has_the_words(palette):
    palette.show()
    palette.findChild(QLineEdit).setText("banana")
    assert not palette.findChild(QListView).isVisible()
    said = [one.text() for one in palette.findChildren(QLabel) if one.isVisible()]
    assert said == ["No matching command."]
