"""Selecting by typed times, and what is played of a lane that has no sound there."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QInputDialog

from core.signals.axis import Range
from tests.app.recordings.test_open_recordings import hum
from tests.support.commands import run


def typed(services, host, monkeypatch, text):
    monkeypatch.setattr(QInputDialog, "getText", lambda *args, **words: (text, True))
    said = []
    services.messages.faulted.connect(lambda fault: said.append(str(fault)))
    run(services, "time.select", host)
    return said


@pytest.mark.parametrize("text", ["5 9", "9, 5"])
def test_times_outside_the_sound_are_refused_with_its_times(services, host, monkeypatch, text):
    said = typed(services, host, monkeypatch, text)
    assert "5 to 9 s is outside the sound (0 to 1.024 s)" in said[0]
    assert services.session.selection is None


def test_two_equal_times_put_the_cursor(services, host, monkeypatch):
    assert typed(services, host, monkeypatch, "0.3 0.3") == []
    assert (services.session.selection, services.session.cursor_s) == (None, 0.3)


def test_a_lane_without_sound_in_the_selection_says_so_and_does_not_seem_to_play(services, tmp_path):
    hum(tmp_path / "short.wav", seconds=0.4)
    services.model_loader.open(tmp_path / "short.wav")
    said = []
    services.messages.noted.connect(said.append)
    services.session.set_selection(Range(0.6, 0.8))
    run(services, "play.toggle")
    assert services.playback.keys == ()
    assert not services.player.playing
    assert said[-1] == "Nothing to play: no sound in this range of short.wav"
