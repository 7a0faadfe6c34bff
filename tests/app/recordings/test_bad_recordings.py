"""Sound files that lie, are cut, are replaced, or hold next to nothing: a sentence each, nothing lost."""

from __future__ import annotations

import os
import struct

import numpy as np
import pytest
import soundfile

from app.recordings import open_recordings
from core.analyses.overlay_names import OVERLAYS
from core.signals.axis import Range
from tests.app.recordings.test_open_recordings import bare, hum, long_file, noted  # noqa: F401
from tests.support.keys import recording


def told(services):
    """Give the list of what is told as a fault."""
    said = []
    services.messages.faulted.connect(said.append)
    return said


def paint(services, stack):
    """Paint the lanes as they are now."""
    stack.show_view(services.stack_views.view())
    stack.grab()


def open_all(window, path):
    """Open a sound, show everything, ask everything and paint it."""
    window.on.model_loader.open(path)
    window.pages.show_page("stack")
    window.dock_view.set_shown(True)
    session, key = window.on.session, recording(path.name)
    session.set_lane(key, "all", shown=frozenset(OVERLAYS))
    window.on.overlays.refresh()
    session.set_cursor(session.whole.middle_s)
    session.set_selection(session.whole)
    window.on.layer_results.refresh()
    window.dock_view.show()
    window.wiring.show_stack()
    window.grab()
    return next(lane.lane for lane in window.stack.lanes if lane.lane.key == key)


def header(path, channels=1, rate_hz=8000, bits=16, frames=800, claimed=None):
    data = b"\1\0" * frames
    size = len(data) if claimed is None else claimed
    step = channels * bits // 8
    form = struct.pack("<HHIIHH", 1, channels, rate_hz, rate_hz * step, step, bits)
    body = b"WAVEfmt " + struct.pack("<I", 16) + form + b"data" + struct.pack("<I", size) + data
    path.write_bytes(b"RIFF" + struct.pack("<I", min(0xFFFFFFFF, size + 36)) + body)


REFUSED = {
    "empty": lambda path: path.write_bytes(b""),
    "text": lambda path: path.write_text("no sound at all"),
    "no samples": lambda path: soundfile.write(path, np.zeros(0), 8000),
    "0 channels": lambda path: header(path, channels=0),
    "0 Hz": lambda path: header(path, rate_hz=0),
    "infinity": lambda path: soundfile.write(path, np.array([0.1, np.inf, 0.2]), 8000, subtype="FLOAT"),
    "nan": lambda path: soundfile.write(path, np.array([0.1, np.nan, 0.2]), 8000, subtype="FLOAT"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_cannot_be_read_is_refused_in_a_sentence_and_nothing_is_lost(services, tmp_path, kind):
    said, lanes = told(services), services.session.lanes
    REFUSED[kind](tmp_path / "bad.wav")
    services.model_loader.open(tmp_path / "bad.wav")
    assert len(said) == 1
    assert "bad.wav" in said[0].sentence
    assert said[0].sentence.endswith(".")
    assert said[0].hint
    assert services.session.lanes == lanes


SMALL = {
    "3 Hz": (3, np.sin(np.arange(12.0))),
    "10 ms": (8000, 0.1 * np.sin(np.arange(80.0))),
    "1 sample": (16000, np.array([0.5])),
    "silence": (8000, np.zeros(4000)),
    "DC": (8000, np.full(4000, 0.5)),
    "clipped": (8000, np.sign(np.sin(np.arange(4000.0) / 8))),
    "32 channels": (8000, 0.1 * np.random.default_rng(0).standard_normal((4000, 32))),
}


@pytest.mark.parametrize("kind", SMALL)
def test_what_holds_next_to_nothing_is_shown_and_measured_as_far_as_it_goes(bare, tmp_path, kind):  # noqa: F811
    said = told(bare.on)
    rate_hz, samples = SMALL[kind]
    soundfile.write(tmp_path / "small.wav", samples, rate_hz, subtype="FLOAT")
    lane = open_all(bare, tmp_path / "small.wav")
    assert lane.curves[0].track.axis.rate_hz == rate_hz
    assert lane.curves[0].track.axis.n == len(samples)
    assert not said
    if kind in ("3 Hz", "1 sample"):
        assert set(lane.refusals) == set(OVERLAYS)


def test_a_header_that_claims_too_much_opens_as_far_as_it_goes_and_says_so(fresh, tmp_path):
    said = noted(fresh)
    header(tmp_path / "liar.wav", frames=8000, claimed=1 << 30)
    fresh.model_loader.open(tmp_path / "liar.wav")
    assert fresh.session.shown.tracks[recording("liar.wav")].axis.n == 8000
    assert any("it ends at 1.000 s" in words for words in said)


def test_a_header_that_claims_too_little_says_what_is_ignored(fresh, tmp_path):
    said = noted(fresh)
    header(tmp_path / "liar.wav", frames=8000, claimed=800)
    fresh.model_loader.open(tmp_path / "liar.wav")
    assert "liar.wav: its header says 0.05 s; 15,200 bytes after that are ignored" in said


def test_a_clipped_recording_says_how_many_samples_stand_at_full_scale(fresh, tmp_path):
    said = noted(fresh)
    soundfile.write(tmp_path / "loud.wav", np.sign(np.sin(np.arange(4000.0) / 8)), 8000, subtype="PCM_16")
    fresh.model_loader.open(tmp_path / "loud.wav")
    assert any("samples at full scale: clipped?" in words for words in said)


def copied(path, tmp_path):
    made = tmp_path / "copy.wav"
    made.write_bytes(path.read_bytes())
    return made


@pytest.fixture
def always(monkeypatch, tmp_path):
    monkeypatch.setattr(open_recordings, "LOOK_EVERY_S", 0.0)
    monkeypatch.setattr("core.recordings.cache.default_folder", lambda: tmp_path / "kept")


@pytest.mark.usefixtures("always")
def test_a_long_file_that_is_deleted_while_open_is_said_once(fresh, stack, long_file, tmp_path):  # noqa: F811
    path, said = copied(long_file, tmp_path), told(fresh)
    fresh.model_loader.open(path)
    fresh.session.set_range(Range(10.0, 20.0))
    assert not said
    shown = dict(fresh.session.shown.overlays)
    os.remove(path)
    fresh.session.set_range(Range(500.0, 510.0))
    fresh.session.set_range(Range(510.0, 520.0))
    paint(fresh, stack)
    assert [fault.sentence.split(":")[0] for fault in said] == ["“copy.wav” was moved or deleted"]
    assert shown
    assert fresh.session.lane(recording("copy.wav")) is not None


@pytest.mark.usefixtures("always")
@pytest.mark.parametrize("kind", ["cut", "replaced"])
def test_a_long_file_that_changes_while_open_is_said_and_opens_anew(fresh, long_file, tmp_path, kind):  # noqa: F811
    path, said = copied(long_file, tmp_path), told(fresh)
    fresh.model_loader.open(path)
    if kind == "cut":
        os.truncate(path, path.stat().st_size // 2)
    else:
        hum(path, 8000, 620.0, 220.0)
    fresh.session.set_range(Range(600.0, 610.0))
    assert ["was changed by another program" in fault.sentence for fault in said] == [True]
    fresh.model_loader.open(path)
    length_s = fresh.session.shown.tracks[recording("copy.wav")].axis.duration_s
    assert length_s == pytest.approx(315.0 if kind == "cut" else 620.0, abs=0.01)


@pytest.mark.usefixtures("always")
def test_infinities_in_a_long_file_are_gaps_in_its_measures(fresh, tmp_path):
    samples = hum(tmp_path / "long.wav", 8000, 630.0)
    samples[8000 * 100 + 5] = np.inf
    soundfile.write(tmp_path / "long.wav", samples, 8000, subtype="FLOAT")
    said, wrong = noted(fresh), told(fresh)
    fresh.model_loader.open(tmp_path / "long.wav")
    assert any("1 value is not a number" in words for words in said)
    fresh.session.set_range(Range(95.0, 105.0))
    fresh.overlays.refresh()
    pitch = fresh.session.shown.overlays[recording("long.wav"), "pitch"][0]
    assert np.isnan(pitch.at(100.0))
    assert pitch.at(98.3) == pytest.approx(150.0, abs=1.0)
    assert not wrong
