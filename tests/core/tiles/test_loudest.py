"""The loudest moment of a long recording, after the filter of filtered pitch: exact, and looked for once."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import soundfile

from core.analyses import pitch
from core.analyses.presets import PRESETS
from core.recordings import cache
from core.recordings.long_sound import LongSound
from core.recordings.sound_file import look_at
from core.tiles import loudest
from core.tiles.loudest import find_peak, known_peak, peak_of

RATE_HZ = 8000
USED = PRESETS["Praat 6.4"].settings("pitch")


@pytest.fixture
def samples():
    """A hiss, whose filtered peak lies elsewhere than its own, with a hum in one place."""
    chance = np.random.default_rng(3)
    made = 0.4 * chance.uniform(-1, 1, 20 * RATE_HZ)
    time_s = np.arange(RATE_HZ) / RATE_HZ
    made[12 * RATE_HZ : 13 * RATE_HZ] = 0.25 * np.sin(2 * np.pi * 120 * time_s)
    return (made + 0.01).astype(np.float32)


@pytest.fixture
def track(tmp_path, samples):
    soundfile.write(tmp_path / "long.wav", samples, RATE_HZ, subtype="FLOAT")
    sound = LongSound(look_at(tmp_path / "long.wav"), tmp_path / "kept")
    sound.look_through()
    return sound.track("long")


def counted(monkeypatch):
    calls = []
    real = pitch.low_passed
    monkeypatch.setattr(loudest.pitch, "low_passed", lambda *asked: calls.append(1) or real(*asked))
    return calls


def test_it_is_the_peak_of_the_whole_sound_after_the_filter(track, samples):
    whole = pitch.low_passed(samples.astype(np.float64), RATE_HZ, USED)
    assert peak_of(track, USED) == pytest.approx(np.abs(whole - track.mean).max(), rel=1e-6)


def test_a_second_look_reads_it_from_the_disk(track, tmp_path, monkeypatch):
    found = find_peak(track, USED, tmp_path / "kept")
    calls = counted(monkeypatch)
    assert find_peak(track, USED, tmp_path / "kept") == found
    assert known_peak(track, replace(USED, silence_threshold=0.2), tmp_path / "kept") == found
    assert calls == []
    assert find_peak(track, replace(USED, ceiling_hz=500.0), tmp_path / "kept") != found
    assert calls


def test_unfiltered_pitch_needs_no_look(track, tmp_path, monkeypatch):
    calls = counted(monkeypatch)
    used = PRESETS["Praat 6.1-6.3"].settings("pitch")
    assert find_peak(track, used, tmp_path / "kept") == track.peak
    assert calls == []


def test_a_damaged_or_strange_note_is_looked_for_anew(track, tmp_path):
    found = find_peak(track, USED, tmp_path / "kept")
    note = next((tmp_path / "kept").glob("*.peaks"))
    for text in ("", "[1]", '{"a": "loud"}', '{"a": -1}', "\x00"):
        note.write_text(text)
        assert find_peak(track, USED, tmp_path / "kept") == found


def test_nothing_is_kept_of_a_look_that_was_stopped_or_of_a_file_that_changed(track, tmp_path):
    assert find_peak(track, USED, tmp_path / "kept", lambda: True) is None
    assert list((tmp_path / "kept").glob("*.peaks")) == []
    soundfile.write(tmp_path / "long.wav", np.zeros(20 * RATE_HZ + 1, np.float32), RATE_HZ, subtype="FLOAT")
    assert find_peak(track, USED, tmp_path / "kept") is None
    assert list((tmp_path / "kept").glob("*.peaks")) == []


def test_a_file_that_is_away_has_none_until_it_is_back(track, tmp_path):
    file = tmp_path / "long.wav"
    file.rename(tmp_path / "away.wav")
    assert find_peak(track, USED, tmp_path / "kept") is None
    (tmp_path / "away.wav").rename(file)
    assert find_peak(track, USED, tmp_path / "kept") == peak_of(track, USED)


def test_none_is_given_where_the_file_went_during_the_look(track, tmp_path):
    def taken() -> bool:
        (tmp_path / "long.wav").unlink(missing_ok=True)
        return False

    assert find_peak(track, USED, tmp_path / "kept", taken) is None


def test_it_goes_with_its_pyramid(track, tmp_path):
    kept = tmp_path / "kept"
    find_peak(track, USED, kept)
    (kept / "newer.pyramid").write_bytes(bytes(100))
    cache.trim(kept, 0)
    assert list(kept.glob("*.peaks")) == []
