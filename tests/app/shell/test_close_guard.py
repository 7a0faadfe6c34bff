"""What is asked before the window closes."""

from __future__ import annotations

import errno
from concurrent.futures import Future

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QFileDialog, QPushButton, QWidget
from shiboken6 import delete

from app.measuring.settings import MeasureSettings
from app.queries.result_list import ResultList
from app.shell.close_guard import CloseGuard
from core.annotation.textgrid import read_textgrid, textgrid_bytes
from core.annotation.tiers import Annotation, Tier
from tests.app.recordings.test_open_recordings import hum
from tests.support import pointer
from tests.support.annotating import cut
from tests.support.commands import dialog_host, run
from tests.support.keys import recording
from widgets.results.dock import Dock
from widgets.theme.control_paint import Words


class Held:
    """A measurer that is under way until it is told its end."""

    stopped = False

    def start(self, job, progress):
        self.future = Future()
        return self.future

    def cancel(self):
        self.stopped = True


class Front(QWidget):
    """The smallest window: it asks the guard before it closes."""

    def __init__(self, services):
        super().__init__()
        host = dialog_host(services, self)
        self.result_list = ResultList(services.context, host, Dock(self), services.queries.results)
        self.guard = CloseGuard(
            services.context,
            host,
            services.tier_editor,
            services.measurement,
            self.result_list,
            lambda: None,
        )

    def closeEvent(self, event):
        event.setAccepted(self.guard.may_close())


@pytest.fixture
def front(qapp, services):
    made = Front(services)
    made.show()
    yield made
    delete(made)


@pytest.fixture
def held(services, tmp_path):
    """Give a measurer that is measuring."""
    made = services.measurement.measurer = Held()
    services.measurement.start(MeasureSettings(), tmp_path / "t.csv")
    return made


def press(front, words):
    buttons = front.guard.dialog.findChildren(QPushButton)
    next(one for one in buttons if one.text() == words).click()


def question(front):
    """Give the title of the question that is asked."""
    return front.guard.dialog.windowTitle()


def test_a_running_measurement_is_not_dropped_without_a_question(front, held):
    assert not front.close()
    assert question(front) == "A measurement is running"
    press(front, "Continue")
    assert front.isVisible()
    assert not held.stopped


def test_stop_it_stops_the_measurement_and_closes(front, held):
    front.close()
    press(front, "Stop it")
    assert held.stopped
    assert not front.isVisible()


def test_the_question_goes_when_the_measurement_is_over(front, held, services):
    front.close()
    dialog = front.guard.dialog
    services.measurement.cancel()
    assert not dialog.isVisible()
    assert front.close()


def test_a_window_that_does_nothing_closes_at_once(front):
    assert front.close()


def test_the_window_itself_asks_and_closes(window, tmp_path):
    window.on.measurement.measurer = Held()
    window.on.measurement.start(MeasureSettings(), tmp_path / "t.csv")
    window.menus.run("file.close")
    assert window.isVisible()
    assert window.close_guard.dialog.windowTitle() == "A measurement is running"
    window.on.measurement.cancel()
    window.menus.run("file.close")
    assert not window.isVisible()


GRID = Annotation((Tier("words", "interval", 0.0, 0.9, (0.0, 0.3, 0.9), ("a", "b")),), 0.0, 0.9)


@pytest.fixture
def grid(tmp_path):
    (tmp_path / "a.TextGrid").write_bytes(textgrid_bytes(GRID))
    hum(tmp_path / "a.wav")
    return tmp_path / "a.TextGrid"


def annotate(services, grid):
    services.model_loader.open(grid.with_suffix(".wav"))
    services.session.set_tier(0)


@pytest.fixture
def annotated(services, grid):
    """Give the services with a recording whose TextGrid was opened with it."""
    annotate(services, grid)
    return services


def told(services, stack):
    """Give the tooltips of the tiers' names."""
    stack.show_view(services.stack_views.view())
    canvas, said = stack.tiers, []
    for place in range(len(services.tier_editor.tiers)):
        heights = [y for y in range(canvas.height()) if canvas.places.row_at(y).place == place]
        pointer.hover(canvas, QPoint(20, heights[len(heights) // 2]))
        said.append(canvas.toolTip())
    return said


def test_tiers_that_were_changed_say_so_where_they_stand_until_they_are_saved(annotated, grid, stack):
    assert told(annotated, stack) == ["a.wav"]
    cut(annotated, 0.6)
    assert told(annotated, stack) == ["a.wav: a.TextGrid, changed since saved"]
    run(annotated, "edit.undo")
    assert told(annotated, stack) == ["a.wav"]
    run(annotated, "edit.redo")
    annotated.tier_editor.save(grid)
    assert told(annotated, stack) == ["a.wav"]
    run(annotated, "edit.undo")
    assert told(annotated, stack) == ["a.wav: a.TextGrid, changed since saved"]


def test_the_window_asks_before_it_closes_over_a_textgrid_that_was_not_saved(front, annotated, grid):
    cut(annotated, 0.6)
    front.close()
    assert question(front) == "Save the changes to a.TextGrid?"
    press(front, "Cancel")
    assert front.isVisible()
    assert read_textgrid(grid).annotation == GRID
    front.close()
    press(front, "Save")
    assert read_textgrid(grid).annotation.tiers[0].times == (0.0, 0.3, 0.6, 0.9)
    assert not front.isVisible()


def test_a_label_that_is_being_written_counts_and_labelling_goes_on_after_saving(window, grid, monkeypatch):
    annotate(window.on, grid)
    window.on.session.set_cursor(0.1)
    window.wiring.show_stack()
    window.stack.tiers.edit_chosen("x")
    window.menus.run("file.close")
    assert window.close_guard.dialog.windowTitle() == "Save the changes to a.TextGrid?"
    window.close_guard.dialog.close()
    focused = []
    monkeypatch.setattr(window.stack.tiers, "setFocus", lambda *reason: focused.append(True))
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(grid), ""))
    window.stack.tiers.edit_chosen("y")
    focused.clear()
    window.menus.run("file.save_textgrid")
    assert (
        read_textgrid(grid).annotation.tiers[0].labels[0] == window.on.tier_editor.tiers[0].labels[0] != "a"
    )
    assert len(focused) == 2, "as the field closes, and after the dialog"


def test_what_is_kept_here_only_is_not_asked_again_and_still_said(front, annotated, grid, stack):
    cut(annotated, 0.6)
    front.close()
    press(front, "Keep here only")
    assert not front.isVisible()
    assert read_textgrid(grid).annotation == GRID
    front.show()
    front.close()
    assert not front.isVisible()
    assert told(annotated, stack) == ["a.wav: a.TextGrid, changed since saved"]


def test_nothing_is_asked_of_tiers_that_have_no_file_or_are_as_in_it(front, tiered, annotated):
    front.close()
    assert not front.isVisible()


def test_where_the_file_cannot_be_written_the_window_stays(front, annotated, grid):
    faults = []
    annotated.messages.faulted.connect(faults.append)
    cut(annotated, 0.6)
    front.close()
    grid.unlink()
    grid.mkdir()
    press(front, "Save")
    assert front.isVisible()
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
    front, no_disk, tiered, monkeypatch, tmp_path
):
    front.close()
    assert front.isVisible()
    assert question(front) == "Tiers could not be written"
    said = " ".join(one.text() for one in front.guard.dialog.findChildren(Words))
    assert "disk is full" in said
    assert "The tiers of a point will be lost" in said
    press(front, "Try again")
    assert front.isVisible()
    press(front, "Cancel")
    assert front.isVisible()
    front.close()
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "saved.TextGrid"), ""))
    made = tiered.session.owned_annotation.annotation
    press(front, "Save as TextGrid…")
    assert read_textgrid(tmp_path / "saved.TextGrid").annotation == made
    assert not front.isVisible(), "nothing is left that would be lost"


def test_the_window_closes_over_unwritten_tiers_if_that_is_wanted(front, no_disk, tiered):
    front.close()
    press(front, "Close anyway")
    assert not front.isVisible()


def test_once_the_disk_has_room_the_window_writes_the_tiers_and_closes(front, no_disk, tiered):
    from core.annotation.store import default_path, read_annotations

    front.close()
    no_disk["full"] = False
    press(front, "Try again")
    assert not front.isVisible()
    size, digest = tiered.session.layout.size, tiered.session.card.digest
    assert read_annotations(default_path(digest), size)


def test_the_window_asks_before_it_closes_over_results_that_could_not_be_written(
    front, no_disk, services, tmp_path
):
    front.result_list.keep(tmp_path / "results.json")
    services.session.set_cursor(0.1)
    run(services, "pitch.get")
    front.close()
    assert question(front) == "Results could not be written"
    press(front, "Close anyway")
    assert not front.isVisible()


def banners(services):
    said = []
    services.messages.faulted.connect(lambda fault: said.append(str(fault)))
    return said


def test_why_a_textgrid_beside_a_recording_is_refused_stays_in_the_banner(window, grid):
    said = banners(window.on)
    grid.write_bytes(textgrid_bytes(GRID)[:200])
    window.on.model_loader.open(grid.with_suffix(".wav"))
    assert len(said) == 1
    assert "a.TextGrid" in said[0]
    assert window.banner.shown is not None


def test_tiers_kept_otherwise_than_their_textgrid_are_said_whole_and_marked(front, annotated, grid, stack):
    cut(annotated, 0.6)
    annotated.tier_editor.autosave.close()
    from core.annotation.store import default_path

    sound = annotated.tier_editor.groups[0].kept.sound
    assert default_path(sound).exists()
    said = banners(annotated)
    moment = annotated.session.snapshot
    annotated.session.history.everywhere(lambda one: type(moment)(**{**_fields(one), "tiers": ()}))
    annotated.tier_editor.autosave.recording_opened(recording("a.wav"))
    assert said == ["a.TextGrid holds other tiers than those kept here. To use them, choose Open TextGrid."]
    assert told(annotated, stack) == ["a.wav: a.TextGrid, changed since saved"]
    front.close()
    assert not front.isVisible(), "nothing was changed in this window"


def _fields(moment):
    return {name: getattr(moment, name) for name in moment.__dataclass_fields__}
