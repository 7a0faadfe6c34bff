"""Selecting by typed times, and what is played of a lane that has no sound there."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QInputDialog

from core.signals.axis import Range
from tests.app.recordings.test_open_recordings import hum


def typed(window, monkeypatch, text):
    monkeypatch.setattr(QInputDialog, "getText", lambda *args, **words: (text, True))
    said = []
    window.on.messages.faulted.connect(lambda fault: said.append(str(fault)))
    window.menus.run("time.select")
    return said


@pytest.mark.parametrize("text", ["5 9", "9, 5"])
def test_times_outside_the_sound_are_refused_with_its_times(window, monkeypatch, text):
    said = typed(window, monkeypatch, text)
    assert "5 to 9 s is outside the sound (0 to 1.024 s)" in said[0]
    assert window.on.session.selection is None


def test_two_equal_times_put_the_cursor(window, monkeypatch):
    assert typed(window, monkeypatch, "0.3 0.3") == []
    assert (window.on.session.selection, window.on.session.cursor_s) == (None, 0.3)


def test_a_lane_without_sound_in_the_selection_says_so_and_does_not_seem_to_play(window, tmp_path):
    hum(tmp_path / "short.wav", seconds=0.4)
    window.on.model_loader.open(tmp_path / "short.wav")
    said = []
    window.on.messages.noted.connect(said.append)
    window.on.session.set_selection(Range(0.6, 0.8))
    window.menus.run("play.toggle")
    assert window.on.playback.keys == ()
    assert not window.on.player.playing
    assert said[-1] == "Nothing to play: no sound in this range of short.wav"
