"""What is asked before the window closes."""

from __future__ import annotations

import errno
from concurrent.futures import Future

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QFileDialog, QPushButton

from app.measuring.settings import MeasureSettings
from core.annotation.textgrid import read_textgrid, textgrid_bytes
from core.annotation.tiers import Annotation, Tier
from tests.app.recordings.test_open_recordings import hum
from tests.support import pointer
from tests.support.keys import recording
from widgets.theme.control_paint import Words


class Held:
    """A measurer that is under way until it is told its end."""

    stopped = False

    def start(self, job, progress):
        self.future = Future()
        return self.future

    def cancel(self):
        self.stopped = True


@pytest.fixture
def measuring(window, tmp_path):
    window.on.measurement.measurer = Held()
    window.on.measurement.start(MeasureSettings(), tmp_path / "t.csv")
    return window


def press(window, words):
    buttons = window.close_guard.dialog.findChildren(QPushButton)
    next(one for one in buttons if one.text() == words).click()


def test_a_running_measurement_is_not_dropped_without_a_question(measuring):
    measuring.menus.run("file.close")
    assert measuring.isVisible()
    assert measuring.close_guard.dialog.windowTitle() == "A measurement is running"
    press(measuring, "Continue")
    assert measuring.isVisible()
    assert not measuring.on.measurement.measurer.stopped


def test_stop_it_stops_the_measurement_and_closes(measuring):
    measuring.menus.run("file.close")
    press(measuring, "Stop it")
    assert measuring.on.measurement.measurer.stopped
    assert not measuring.isVisible()


def test_the_question_goes_when_the_measurement_is_over(measuring):
    measuring.menus.run("file.close")
    dialog = measuring.close_guard.dialog
    measuring.on.measurement.cancel()
    assert not dialog.isVisible()
    measuring.menus.run("file.close")
    assert not measuring.isVisible()


def test_a_window_that_does_nothing_closes_at_once(window):
    window.menus.run("file.close")
    assert not window.isVisible()


GRID = Annotation((Tier("words", "interval", 0.0, 0.9, (0.0, 0.3, 0.9), ("a", "b")),), 0.0, 0.9)


@pytest.fixture
def grid(tmp_path):
    (tmp_path / "a.TextGrid").write_bytes(textgrid_bytes(GRID))
    hum(tmp_path / "a.wav")
    return tmp_path / "a.TextGrid"


@pytest.fixture
def annotated(window, grid):
    """The window with a recording whose TextGrid was opened with it."""
    window.on.model_loader.open(grid.with_suffix(".wav"))
    window.on.session.set_tier(0)
    return window


def cut(window, time_s=0.6):
    window.on.session.set_cursor(time_s)
    window.menus.run("boundary.add")


def told(window):
    """Give the tooltips of the tiers' names."""
    window.wiring.show_stack()
    canvas, said = window.stack.tiers, []
    for place in range(len(window.on.tier_editor.tiers)):
        heights = [y for y in range(canvas.height()) if canvas.places.row_at(y).place == place]
        pointer.hover(canvas, QPoint(20, heights[len(heights) // 2]))
        said.append(canvas.toolTip())
    return said


def test_tiers_that_were_changed_say_so_where_they_stand_until_they_are_saved(annotated, grid):
    assert told(annotated) == ["a.wav"]
    cut(annotated)
    assert told(annotated) == ["a.wav: a.TextGrid, changed since saved"]
    annotated.menus.run("edit.undo")
    assert told(annotated) == ["a.wav"]
    annotated.menus.run("edit.redo")
    annotated.on.tier_editor.save(grid)
    assert told(annotated) == ["a.wav"]
    annotated.menus.run("edit.undo")
    assert told(annotated) == ["a.wav: a.TextGrid, changed since saved"]


def test_the_window_asks_before_it_closes_over_a_textgrid_that_was_not_saved(annotated, grid):
    cut(annotated)
    annotated.menus.run("file.close")
    assert annotated.close_guard.dialog.windowTitle() == "Save the changes to a.TextGrid?"
    press(annotated, "Cancel")
    assert annotated.isVisible()
    assert read_textgrid(grid).annotation == GRID
    annotated.menus.run("file.close")
    press(annotated, "Save")
    assert read_textgrid(grid).annotation.tiers[0].times == (0.0, 0.3, 0.6, 0.9)
    assert not annotated.isVisible()


def test_a_label_that_is_being_written_counts_and_labelling_goes_on_after_saving(
    annotated, grid, monkeypatch
):
    annotated.wiring.show_stack()
    annotated.on.session.set_cursor(0.1)
    annotated.wiring.show_stack()
    annotated.stack.tiers.edit_chosen("x")
    annotated.menus.run("file.close")
    assert annotated.close_guard.dialog.windowTitle() == "Save the changes to a.TextGrid?"
    press(annotated, "Cancel")
    focused = []
    monkeypatch.setattr(annotated.stack.tiers, "setFocus", lambda *reason: focused.append(True))
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(grid), ""))
    annotated.stack.tiers.edit_chosen("y")
    focused.clear()
    annotated.menus.run("file.save_textgrid")
    assert (
        read_textgrid(grid).annotation.tiers[0].labels[0]
        == annotated.on.tier_editor.tiers[0].labels[0]
        != "a"
    )
    assert len(focused) == 2, "as the field closes, and after the dialog"


def test_what_is_kept_here_only_is_not_asked_again_and_still_said(annotated, grid):
    cut(annotated)
    annotated.menus.run("file.close")
    press(annotated, "Keep here only")
    assert not annotated.isVisible()
    assert read_textgrid(grid).annotation == GRID
    annotated.show()
    annotated.menus.run("file.close")
    assert not annotated.isVisible()
    assert told(annotated) == ["a.wav: a.TextGrid, changed since saved"]


def test_nothing_is_asked_of_tiers_that_have_no_file_or_are_as_in_it(tiers, annotated):
    annotated.menus.run("file.close")
    assert not annotated.isVisible()


def test_where_the_file_cannot_be_written_the_window_stays(annotated, grid):
    faults = []
    annotated.on.messages.faulted.connect(faults.append)
    cut(annotated)
    annotated.menus.run("file.close")
    grid.unlink()
    grid.mkdir()
    press(annotated, "Save")
    assert annotated.isVisible()
    assert faults


@pytest.fixture
def no_disk(monkeypatch):
    """A disk on which the program may write nothing of its own, until it is mended."""
    import core.annotation.store
    import core.queries.results_store
    from core.files.atomic import atomic, unwritable

    state = {"full": True}

    def full(path):
        if state["full"]:
            raise unwritable(path, OSError(errno.ENOSPC, "No space left on device"))
        return atomic(path)

    monkeypatch.setattr(core.annotation.store, "atomic", full)
    monkeypatch.setattr(core.queries.results_store, "atomic", full)
    return state


def test_the_window_asks_before_it_closes_over_tiers_that_could_not_be_written(
    no_disk, tiers, monkeypatch, tmp_path
):
    tiers.menus.run("file.close")
    assert tiers.isVisible()
    assert tiers.close_guard.dialog.windowTitle() == "Tiers could not be written"
    said = " ".join(one.text() for one in tiers.close_guard.dialog.findChildren(Words))
    assert "disk is full" in said
    assert "The tiers of a point will be lost" in said
    press(tiers, "Try again")
    assert tiers.isVisible()
    press(tiers, "Cancel")
    assert tiers.isVisible()
    tiers.menus.run("file.close")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "saved.TextGrid"), ""))
    made = tiers.on.session.owned_annotation.annotation
    press(tiers, "Save as TextGrid…")
    assert read_textgrid(tmp_path / "saved.TextGrid").annotation == made
    assert not tiers.isVisible(), "nothing is left that would be lost"


def test_the_window_closes_over_unwritten_tiers_if_that_is_wanted(no_disk, tiers):
    tiers.menus.run("file.close")
    press(tiers, "Close anyway")
    assert not tiers.isVisible()


def test_once_the_disk_has_room_the_window_writes_the_tiers_and_closes(no_disk, tiers):
    from core.annotation.store import default_path, read_annotations

    tiers.menus.run("file.close")
    no_disk["full"] = False
    press(tiers, "Try again")
    assert not tiers.isVisible()
    size, digest = tiers.on.session.layout.size, tiers.on.session.card.digest
    assert read_annotations(default_path(digest), size)


def test_the_window_asks_before_it_closes_over_results_that_could_not_be_written(no_disk, window, tmp_path):
    window.result_list.keep(tmp_path / "results.json")
    window.on.session.set_cursor(0.1)
    window.menus.run("pitch.get")
    window.menus.run("file.close")
    assert window.close_guard.dialog.windowTitle() == "Results could not be written"
    press(window, "Close anyway")
    assert not window.isVisible()


def banners(window):
    said = []
    window.on.messages.faulted.connect(lambda fault: said.append(str(fault)))
    return said


def test_why_a_textgrid_beside_a_recording_is_refused_stays_in_the_banner(window, grid):
    said = banners(window)
    grid.write_bytes(textgrid_bytes(GRID)[:200])
    window.on.model_loader.open(grid.with_suffix(".wav"))
    assert len(said) == 1
    assert "a.TextGrid" in said[0]
    assert window.banner.shown is not None


def test_tiers_kept_otherwise_than_their_textgrid_are_said_whole_and_marked(annotated, grid):
    cut(annotated)
    annotated.on.tier_editor.autosave.close()
    from core.annotation.store import default_path

    sound = annotated.on.tier_editor.groups[0].kept.sound
    assert default_path(sound).exists()
    said = banners(annotated)
    moment = annotated.on.session.snapshot
    annotated.on.session.history.everywhere(lambda one: type(moment)(**{**_fields(one), "tiers": ()}))
    annotated.on.tier_editor.autosave.recording_opened(recording("a.wav"))
    assert said == ["a.TextGrid holds other tiers than those kept here. To use them, choose Open TextGrid."]
    assert told(annotated) == ["a.wav: a.TextGrid, changed since saved"]
    annotated.menus.run("file.close")
    assert not annotated.isVisible(), "nothing was changed in this window"


def _fields(moment):
    return {name: getattr(moment, name) for name in moment.__dataclass_fields__}
