"""Recordings become slices; what cannot be used is named with its reason."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import soundfile

from core.faults import Fault
from core.train.corpus import Corpus, load_corpus, prepared, slices_of
from core.train.slice_memory import SliceMemory, as_samples

RATE = 16000


def tone(seconds: float, rate_hz: int = RATE, hz: float = 200.0, level: float = 0.5) -> np.ndarray:
    return (level * np.sin(2 * np.pi * hz * np.arange(round(seconds * rate_hz)) / rate_hz)).astype(np.float32)


def save(path: Path, samples: np.ndarray, rate_hz: int = RATE) -> None:
    soundfile.write(path, samples, rate_hz)


def loaded(folder: Path, trim: bool = False, held_out: float = 0.0) -> Corpus:
    return load_corpus(folder, 16384, RATE, trim, held_out, seed=0)


@pytest.mark.parametrize("ending", ["wav", "flac", "mp3", "ogg", "aiff"])
def test_any_format_and_rate_is_read_as_mono_at_the_models_rate(tmp_path: Path, ending: str) -> None:
    sound = tone(0.5, 44100)
    save(tmp_path / f"a.{ending}", np.stack([sound, sound], 1), 44100)
    heard = prepared(tmp_path / f"a.{ending}", RATE, trim=False)
    assert abs(len(heard) - 8000) < 1200  # mp3 pads
    middle = heard[2000:6000]
    assert np.abs(np.fft.rfft(middle)).argmax() * RATE / 4000 == pytest.approx(200, abs=4)
    assert np.abs(heard).max() == pytest.approx(0.95)


def test_silence_is_trimmed_on_request_only(tmp_path: Path) -> None:
    quiet = np.zeros(4800, np.float32)
    save(tmp_path / "a.wav", np.concatenate([quiet, tone(0.3), quiet]))
    assert len(prepared(tmp_path / "a.wav", RATE, trim=False)) == 14400
    assert len(prepared(tmp_path / "a.wav", RATE, trim=True)) == pytest.approx(4800, abs=640)


def test_a_short_recording_is_padded_with_silence() -> None:
    (only,) = slices_of(tone(0.5), 16384, RATE)
    assert only.shape == (16384,)
    assert not only[8000:].any()
    assert only[:8000].any()


def test_a_long_recording_is_cut_where_its_ends_fade() -> None:
    first, second = slices_of(np.ones(16384 + 9000, np.float32) * tone(25384 / RATE), 16384, RATE)
    assert abs(first[-1]) < 1e-6
    assert np.abs(second[:9000]).max() == pytest.approx(0.5, abs=0.01)
    assert not second[9000:].any()


def test_a_tail_under_half_a_slice_is_dropped() -> None:
    (only,) = slices_of(tone((16384 + 8000) / RATE), 16384, RATE)
    assert abs(only[-1]) < 1e-6


def test_a_silent_slice_inside_a_recording_is_left_out() -> None:
    sound = np.concatenate([tone(1.024), np.zeros(16384, np.float32), tone(1.024)])
    assert len(slices_of(sound, 16384, RATE)) == 2


def test_what_is_skipped_is_named_with_its_reason(tmp_path: Path) -> None:
    for k in range(3):
        save(tmp_path / f"good{k}.wav", tone(0.4, hz=200 + k))
    save(tmp_path / "silent.wav", np.zeros(8000, np.float32))
    save(tmp_path / "constant.wav", np.full(8000, 0.25, np.float32))
    save(tmp_path / "click.wav", tone(0.001, hz=3000))
    (tmp_path / "notes.txt").write_text("no sound at all")
    (tmp_path / "empty.wav").write_bytes(b"")
    corpus = loaded(tmp_path)
    reasons = {one.name: one.reason for one in corpus.skipped}
    assert len(corpus.training) == 3
    assert np.isfinite(corpus.training).all()
    assert reasons["silent.wav"] == reasons["constant.wav"] == "It is silent."
    assert reasons["click.wav"] == "It is shorter than 25 ms."
    assert "cannot be read" in reasons["notes.txt"]
    assert "empty.wav" in reasons


def test_whole_recordings_are_held_out(tmp_path: Path) -> None:
    for k in range(10):
        save(tmp_path / f"{k}.wav", tone(0.4, hz=200 + 10 * k))
    corpus = loaded(tmp_path, held_out=0.2)
    assert (len(corpus.training), len(corpus.held_out)) == (8, 2)
    heard = {row.tobytes() for row in corpus.training}
    assert not heard & {row.tobytes() for row in corpus.held_out}


@pytest.mark.parametrize("content", ["nothing", "text", "one", "no folder"])
def test_too_little_to_train_on_is_refused(tmp_path: Path, content: str) -> None:
    folder = tmp_path / "recordings"
    if content != "no folder":
        folder.mkdir()
    if content == "text":
        (folder / "a.txt").write_text("ma1 ma2")
    if content == "one":
        save(folder / "a.wav", tone(0.5))
    reasons = {"one": "one slice of sound", "no folder": "does not exist"}
    said = reasons.get(content, "no recording to train on")
    with pytest.raises(Fault, match=said):
        loaded(folder)


def test_many_slices_are_kept_in_16_bits_and_divided_where_they_lie() -> None:
    chance = np.random.default_rng(0)
    pieces = chance.uniform(-0.95, 0.95, (100, 50)).astype(np.float32)
    few, many = SliceMemory(50), SliceMemory(50, exact_bytes=4 * 50 * 40)
    for piece in pieces:
        few.add(piece)
        many.add(piece)
    apart = [0, 7, 8, 99]
    stay = [k for k in range(100) if k not in apart]
    kept, held = few.divided(apart)
    np.testing.assert_array_equal(kept, pieces[stay])
    np.testing.assert_array_equal(held, pieces[apart])
    small, small_held = many.divided(apart)
    assert small.dtype == np.int16
    assert small.nbytes == 2 * 50 * 96
    np.testing.assert_allclose(as_samples(small), pieces[stay], atol=0.5 / 32767 + 1e-7)
    np.testing.assert_allclose(as_samples(small_held), pieces[apart], atol=0.5 / 32767 + 1e-7)


def test_recordings_that_do_not_fit_in_memory_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("psutil.virtual_memory", lambda: SimpleNamespace(available=100_000))
    with pytest.raises(Fault, match="do not fit into this computer's memory"):
        SliceMemory(16384).add(np.zeros(16384, np.float32))
