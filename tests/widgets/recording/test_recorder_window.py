"""The window that records: its meter, its buttons, and what it asks for."""

import pytest
from PySide6.QtWidgets import QPushButton

from tests.support.screen import texts
from widgets.recording.level_meter import LevelMeter, decibels
from widgets.recording.recorder_window import RATES_HZ, RecorderView, RecorderWindow


@pytest.fixture
def window(qtbot):
    made = RecorderWindow()
    qtbot.addWidget(made)
    return made


def pressable(window):
    buttons = window.findChildren(QPushButton)
    return {one.text() for one in buttons if one.isEnabled()} - {"Close", "Choose…"}


def press(window, words):
    next(one for one in window.findChildren(QPushButton) if one.text() == words).click()


def test_decibels_are_below_full_scale():
    assert decibels(1.0) == 0.0
    assert decibels(0.5) == pytest.approx(-6.02, abs=0.01)
    assert decibels(0.0) == -60.0


def test_the_meter_says_peak_and_clipping(qtbot):
    meter = LevelMeter()
    qtbot.addWidget(meter)
    assert meter.words == "Not recording"
    meter.show_level(0.1, 0.5, 0)
    assert meter.words == "Peak −6.0 dB"
    meter.show_level(0.1, 1.0, 3)
    assert meter.words == "Peak 0.0 dB · 3 samples clipped"


def test_a_clipped_meter_looks_different(qtbot):
    meter = LevelMeter()
    qtbot.addWidget(meter)
    meter.show_level(0.1, 0.2, 0)
    before = meter.grab().toImage()
    meter.show_level(0.1, 0.2, 1)
    assert meter.grab().toImage() != before


def test_only_what_makes_sense_can_be_pressed(window):
    assert pressable(window) == {"Record"}
    window.show_view(RecorderView("recording", 1.2))
    assert pressable(window) == {"Stop"}
    window.show_view(RecorderView("recorded", 1.2))
    assert pressable(window) == {"Record", "Play", "Save to list", "Save to list && Close"}
    window.show_view(RecorderView("recorded", 1.2, saving=True))
    assert pressable(window) == set()


def test_praats_rates_are_offered(window):
    assert RATES_HZ[:4] == (8000, 11025, 12000, 16000)
    window.show_settings("", 16000, "/somewhere")
    assert window.rate_hz == 16000


def test_a_microphone_that_is_not_connected_stays_chosen(window):
    window.show_settings("headset", 44100, "")
    window.show_microphones((("", "System default"), ("desk", "Desk")))
    assert window.microphone == "headset"
    window.show_microphones((("", "System default"), ("headset", "Headset")))
    assert window.microphone == "headset"


def test_save_and_close_are_asked_for_apart(window):
    asked = []
    window.save_wanted.connect(asked.append)
    window.show_view(RecorderView("recorded", 1.0))
    press(window, "Save to list")
    press(window, "Save to list && Close")
    assert asked == [False, True]


def test_recordings_that_were_not_saved_are_listed(window, qtbot):
    asked = []
    window.bring_back_wanted.connect(lambda place: asked.append(("back", place)))
    window.delete_wanted.connect(lambda place: asked.append(("delete", place)))
    window.show_view(RecorderView(unsaved=("28 Nov, 23:50 · 12 s",)))
    assert "28 Nov, 23:50 · 12 s" in texts(window)
    press(window, "Bring back")
    press(window, "Delete")
    assert asked == [("back", 0), ("delete", 0)]


def test_lost_samples_and_clipping_are_said(window):
    window.show_view(RecorderView("recorded", 3.0, clipped=12, gaps=1))
    said = " ".join(texts(window))
    assert "12 samples are clipped" in said
    assert "lost samples once" in said
