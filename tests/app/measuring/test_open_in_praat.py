"""A layer or a recording given to Praat: its sound and tiers, and what is kept of what Praat saved."""

from __future__ import annotations

import shutil
import stat
from pathlib import Path

import numpy as np
import pytest
import soundfile

from core.annotation.textgrid import read_textgrid
from core.faults import Fault
from tests.app.measuring.test_measurement import annotate, tone
from tests.support.commands import run
from tests.support.keys import G, recording


class Program:
    """A Praat that was started, and runs."""

    def poll(self):
        return None


@pytest.fixture
def praat(tmp_path, monkeypatch):
    """A program called praat on an otherwise empty path."""
    folder = tmp_path / "bin"
    folder.mkdir()
    file = folder / "praat"
    file.write_text("#!/bin/sh\n")
    file.chmod(file.stat().st_mode | stat.S_IEXEC)
    monkeypatch.setenv("PATH", str(folder))
    return str(file)


def test_a_layer_is_opened_in_praat_with_its_tiers_at_its_own_rate(services, tmp_path, praat):
    started: list[list[str]] = []
    annotate(services, tmp_path)
    services.praat_exchange.open(G("conv3"), lambda words: started.append(words) or Program())
    ((program, option, sound, grid),) = started
    assert (program, option) == (praat, "--open")
    assert (Path(sound).name, Path(grid).name) == ("conv3.Sound", "conv3.TextGrid")
    assert read_textgrid(grid).annotation == services.session.owned_annotation.annotation
    import parselmouth

    read_back = parselmouth.read(sound)
    track = services.session.shown.tracks[G("conv3")]
    assert read_back.x1 == pytest.approx(track.axis.start_s, abs=1e-15)
    assert read_back.sampling_frequency == pytest.approx(track.axis.rate_hz, rel=1e-15)
    np.testing.assert_array_equal(read_back.values[0], track.samples)
    services.praat_exchange.close()
    assert not Path(sound).exists()


def test_a_curve_of_the_last_point_is_not_opened_with_the_tiers_of_this_one(services, praat, held_probe):
    services.session.redraw(9)
    with pytest.raises(Fault, match="has no curve yet"):
        services.praat_exchange.open(G("out"), lambda words: Program())


def test_without_tiers_only_the_sound_is_opened(services, praat):
    started: list[list[str]] = []
    services.praat_exchange.open(G("out"), lambda words: started.append(words) or Program())
    assert [Path(word).name for word in started[0][2:]] == ["out.Sound"]


def test_a_recording_that_stays_in_its_file_is_opened_in_praat(services, tmp_path, praat, monkeypatch):
    import parselmouth

    monkeypatch.setattr("core.recordings.sound_file.LONG_FROM", 10_000)
    services.recordings.open(tone(tmp_path, "low.wav", 120.0))
    started: list[list[str]] = []
    services.praat_exchange.open(recording("low.wav"), lambda words: started.append(words) or Program())
    truth, _ = soundfile.read(tmp_path / "low.wav", dtype="float32")
    np.testing.assert_array_equal(parselmouth.read(started[0][2]).values[0], truth)


@pytest.mark.parametrize("what", ["the TextGrid", "a new file"])
def test_what_was_saved_in_praat_outlives_the_window(what, services, tmp_path, praat):
    started: list[list[str]] = []
    annotate(services, tmp_path)
    for key in (G("conv3"), G("conv4")):
        services.praat_exchange.open(key, lambda words: started.append(words) or Program())
    edited, unchanged = (Path(words[3]) for words in started)
    saved = edited if what == "the TextGrid" else edited.with_name("mine.TextGrid")
    saved.write_text("as Praat saved it")
    services.praat_exchange.close()
    assert saved.read_text() == "as Praat saved it"
    assert not unchanged.parent.exists()
    shutil.rmtree(edited.parent)


def test_nothing_is_left_of_what_could_not_be_given_to_praat(services, tmp_path, praat, faults, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path / "for praat"))
    monkeypatch.setattr("tempfile.tempdir", None)
    (tmp_path / "for praat").mkdir()

    def broken(words):
        raise Fault("Praat could not be started.")

    def full(path):
        raise Fault("The disk is full.")

    services.praat_exchange.open(G("out"), broken)
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr("core.files.praat_sound.atomic", full)
        services.praat_exchange.open(G("out"), broken)
    monkeypatch.setattr("core.files.praat_sound.MOST_SAMPLES", 100)
    with pytest.raises(Fault, match="too long for a Praat text Sound"):
        services.praat_exchange.open(G("out"), broken)
    assert [fault.sentence for fault in faults] == ["Praat could not be started.", "The disk is full."]
    assert not list((tmp_path / "for praat").iterdir())


def test_where_praat_is_missing_it_is_said(services, host, faults, monkeypatch, tmp_path):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    run(services, "analyses.open_in_praat", host)
    assert "Praat was not found" in faults[0].sentence
