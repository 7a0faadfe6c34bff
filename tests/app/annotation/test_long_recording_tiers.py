"""Tiers of a recording that stays in its file: no command reads all of it, and what cannot be is said."""

from __future__ import annotations

import numpy as np
import pytest
import soundfile

from core.faults import Fault
from core.recordings.file_samples import BLOCK, FileSamples


def test_a_boundary_of_a_long_recording_moves_to_a_crossing_without_reading_the_recording(
    tiers, tmp_path, monkeypatch
):
    monkeypatch.setattr("core.recordings.sound_file.LONG_FROM", 3000)
    rate_hz, n = 8000, 40 * BLOCK
    wave = 0.3 * np.sin(2 * np.pi * 97 * np.arange(n) / rate_hz)
    soundfile.write(tmp_path / "hour.wav", wave, rate_hz)
    tiers.on.recordings.open(tmp_path / "hour.wav")
    tiers.on.tier_editor.new_tiers(("words",), ())
    tiers.on.session.set_cursor(100.001)
    tiers.menus.run("boundary.add")
    read: list[int] = []
    real = FileSamples.read
    monkeypatch.setattr(
        FileSamples, "read", lambda self, first, last: read.append(last - first) or real(self, first, last)
    )
    tiers.menus.run("boundary.to_zero")
    moved_s = tiers.on.tier_editor.tier.times[1]
    closest = np.arange(2 * 97 * 100 - 4, 2 * 97 * 100 + 5) / (2 * 97) + 0.5 / rate_hz
    assert moved_s == pytest.approx(closest[np.abs(closest - 100.001).argmin()], abs=1e-5)
    assert sum(read) <= BLOCK


def test_a_fault_of_a_command_is_shown_and_does_not_fly(tiers, monkeypatch):
    def refuse(track, time_s):
        raise Fault("It is too long.")

    monkeypatch.setattr("app.annotation.boundary_commands.nearest_crossing", refuse)
    heard: list[Fault] = []
    tiers.on.messages.faulted.connect(heard.append)
    tiers.on.session.set_cursor(0.4)
    tiers.menus.run("boundary.to_zero")
    assert [str(fault) for fault in heard] == ["It is too long."]
