"""What is asked before the window closes."""

from __future__ import annotations

from concurrent.futures import Future

import pytest
from PySide6.QtWidgets import QPushButton

from app.measuring import MeasureSettings


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
    window.on.measuring.measurer = Held()
    window.on.measuring.start(MeasureSettings(), tmp_path / "t.csv")
    return window


def press(window, words):
    buttons = window.leaving.dialog.findChildren(QPushButton)
    next(one for one in buttons if one.text() == words).click()


def test_a_running_measurement_is_not_dropped_without_a_question(measuring):
    measuring.menus.run("file.close")
    assert measuring.isVisible()
    assert measuring.leaving.dialog.windowTitle() == "A measurement is running"
    press(measuring, "Go on")
    assert measuring.isVisible()
    assert not measuring.on.measuring.measurer.stopped


def test_stop_it_stops_the_measurement_and_closes(measuring):
    measuring.menus.run("file.close")
    press(measuring, "Stop it")
    assert measuring.on.measuring.measurer.stopped
    assert not measuring.isVisible()


def test_the_question_goes_when_the_measurement_is_over(measuring):
    measuring.menus.run("file.close")
    dialog = measuring.leaving.dialog
    measuring.on.measuring.cancel()
    assert not dialog.isVisible()
    measuring.menus.run("file.close")
    assert not measuring.isVisible()


def test_a_window_that_does_nothing_closes_at_once(window):
    window.menus.run("file.close")
    assert not window.isVisible()
