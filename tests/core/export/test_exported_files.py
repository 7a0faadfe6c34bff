"""What is exported reads back, by other programs too, as exactly what was computed."""

from __future__ import annotations

import csv
import errno
import shutil
import stat
import subprocess
from pathlib import Path

import numpy as np
import parselmouth
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from core.faults import Fault
from core.files import atomic as atomic_module
from core.files.atomic import atomic, folder_for
from core.files.npz import write_npz
from core.files.praat_sound import praat_sound, write_praat_sound
from core.files.table import COLUMNS, write_table
from core.files.versions import app_version, versions
from core.files.wav import write_wav
from core.provenance import Origin
from core.recordings.long_sound import LongSound
from core.recordings.sound_file import look_at
from core.signals.axis import Range, TimeAxis
from core.signals.track import Track
from tests.support.wav_origin import origin_in_wav

ORIGIN = Origin(
    checkpoint="ab" * 32,
    family="ciwGAN",
    network="G",
    drive=tuple(np.random.default_rng(1).uniform(-1, 1, 100).tolist()),
    layer="conv1",
    reduction="mean",
    resampling="as published",
    answers=(("slope", 0.2),),
)


def noise(n: int, rate_hz: float, start_s: float, name: str = "conv1") -> Track:
    samples = np.random.default_rng(n).normal(0, 1, n).astype(np.float32)
    return Track(name, samples, TimeAxis(rate_hz, n, start_s), origin=ORIGIN)


CONV1 = noise(64, 62.5, 170.5 / 16000)
OUT = noise(16384, 16000.0, 0.5 / 16000, "out")


def test_a_wav_holds_the_very_samples_and_its_origin(tmp_path: Path) -> None:
    write_wav(tmp_path / "out.wav", OUT)
    samples, rate_hz = soundfile.read(tmp_path / "out.wav", dtype="float32")
    assert soundfile.info(tmp_path / "out.wav").subtype == "FLOAT"
    assert rate_hz == 16000
    np.testing.assert_array_equal(samples, OUT.samples)
    assert origin_in_wav(tmp_path / "out.wav") == ORIGIN


def test_a_wavs_comment_is_one_that_other_programs_read(tmp_path: Path) -> None:
    short = Track("out", OUT.samples, OUT.axis, origin=ORIGIN.of(drive=()))
    write_wav(tmp_path / "out.wav", short)
    with soundfile.SoundFile(tmp_path / "out.wav") as file:
        assert '"family":"ciwGAN"' in file.comment


def test_praat_reads_a_wav_sample_for_sample(tmp_path: Path) -> None:
    write_wav(tmp_path / "out.wav", OUT)
    sound = parselmouth.Sound(str(tmp_path / "out.wav"))
    np.testing.assert_array_equal(sound.values[0], OUT.samples.astype(float))


def test_an_odd_number_of_bytes_in_the_comment_does_not_shift_the_samples(tmp_path: Path) -> None:
    for family in ("a", "ab"):
        write_wav(tmp_path / "x.wav", Track("x", OUT.samples, OUT.axis, origin=Origin(family=family)))
        assert origin_in_wav(tmp_path / "x.wav") == Origin(family=family)
        np.testing.assert_array_equal(soundfile.read(tmp_path / "x.wav", dtype="float32")[0], OUT.samples)


def test_a_wav_of_another_program_has_no_origin(tmp_path: Path) -> None:
    with soundfile.SoundFile(tmp_path / "a.wav", "w", 16000, 1, "PCM_16") as file:
        file.comment = "made by hand"
        file.write(np.zeros(100))
    (tmp_path / "b.wav").write_bytes(b"RIFF\0\0")
    assert origin_in_wav(tmp_path / "a.wav") is None
    assert origin_in_wav(tmp_path / "b.wav") is None


def test_two_wavs_of_one_layer_are_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a.wav", "b.wav"):
        write_wav(tmp_path / name, OUT)
    assert (tmp_path / "a.wav").read_bytes() == (tmp_path / "b.wav").read_bytes()


def test_a_wav_refuses_a_rate_that_it_cannot_say(tmp_path: Path) -> None:
    with pytest.raises(Fault, match=r"62\.5 Hz"):
        write_wav(tmp_path / "conv1.wav", CONV1)
    assert not list(tmp_path.iterdir())


def test_praat_reads_a_layer_with_its_fractional_rate_and_true_start(tmp_path: Path) -> None:
    write_praat_sound(tmp_path / "conv1.Sound", CONV1, Range(0.0, 1.024))
    sound = parselmouth.read(str(tmp_path / "conv1.Sound"))
    assert isinstance(sound, parselmouth.Sound)
    assert (sound.xmin, sound.xmax, sound.nx) == (0.0, 1.024, 64)
    assert (sound.x1, sound.dx) == (CONV1.axis.start_s, 1 / 62.5)
    np.testing.assert_array_equal(sound.values[0], CONV1.samples.astype(float))


def test_without_a_domain_a_sound_covers_its_samples() -> None:
    text = praat_sound(CONV1)
    extent = CONV1.axis.extent
    assert f"xmin = {extent.start_s!r}\nxmax = {extent.end_s!r}\n" in text


@given(st.lists(st.floats(width=32, allow_infinity=False, allow_nan=False), min_size=1, max_size=8))
def test_every_float32_survives_praats_text(values: list[float]) -> None:
    track = Track("x", np.array(values, np.float32), TimeAxis(62.5, len(values), 0.01))
    lines = praat_sound(track).splitlines()[-len(values) :]
    assert [np.float32(line.rpartition("= ")[2]) for line in lines] == [np.float32(v) for v in values]


def test_praat_reads_an_undefined_sample_as_undefined(tmp_path: Path) -> None:
    holed = Track("x", np.array([0.5, np.nan, -0.25], np.float32), TimeAxis(62.5, 3, 0.01))
    write_praat_sound(tmp_path / "x.Sound", holed)
    sound = parselmouth.read(str(tmp_path / "x.Sound"))
    np.testing.assert_array_equal(sound.values[0], [0.5, np.nan, -0.25])


def test_a_recording_that_stays_in_its_file_is_written_as_one_in_memory(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", np.sin(np.arange(70_000) / 9), 16000)
    long = LongSound(look_at(tmp_path / "a.wav"), tmp_path / "kept").track("a")
    assert praat_sound(long) == praat_sound(long.loaded())
    write_praat_sound(tmp_path / "a.Sound", long)
    assert (tmp_path / "a.Sound").read_text() == praat_sound(long)


def test_what_would_be_gigabytes_of_text_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.files.praat_sound.MOST_SAMPLES", 63)
    with pytest.raises(Fault, match=r"1 s at 62\.5 Hz is too long"):
        write_praat_sound(tmp_path / "conv1.Sound", CONV1)
    assert not list(tmp_path.iterdir())


PRAAT = shutil.which("praat")


@pytest.mark.skipif(PRAAT is None, reason="praat is not installed")
def test_praat_itself_opens_a_layer_and_lays_it_on_the_outputs_samples(tmp_path: Path) -> None:
    write_praat_sound(tmp_path / "conv1.Sound", CONV1, OUT.axis.extent)
    (tmp_path / "look.praat").write_text(
        'Read from file: "conv1.Sound"\n'
        "period = Get sampling period\nx1 = Get time from sample number: 1\n"
        "value = Get value at sample number: 1, 3\n"
        "Resample: 16000, 50\nn = Get number of samples\nfirst = Get time from sample number: 1\n"
        "writeInfoLine: period, newline$, x1, newline$, value, newline$, n, newline$, first\n"
    )
    command = [str(PRAAT), "--run", str(tmp_path / "look.praat")]
    said = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True, cwd=tmp_path)
    period, x1, value, n, first = map(float, said.stdout.split())
    assert (period, n) == (0.016, 16384)
    assert x1 == CONV1.axis.start_s
    assert value == float(CONV1.samples[2])
    assert first == pytest.approx(OUT.axis.start_s, abs=1e-12)


def test_an_npz_holds_each_layer_and_the_logits_as_float32(tmp_path: Path) -> None:
    write_npz(tmp_path / "layers.npz", {"conv1": CONV1, "out": OUT}, np.array([1.5, -2.0], np.float32))
    with np.load(tmp_path / "layers.npz", allow_pickle=False) as stored:
        assert stored.files == ["conv1", "out", "logits"]
        assert all(stored[key].dtype == np.float32 for key in stored.files)
        np.testing.assert_array_equal(stored["out"], OUT.samples)
        np.testing.assert_array_equal(stored["logits"], [1.5, -2.0])


def test_two_npz_of_the_same_layers_are_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a.npz", "b.npz"):
        write_npz(tmp_path / name, {"conv1": CONV1, "out": OUT})
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()


def test_the_table_gives_every_sample_its_layer_time_and_value(tmp_path: Path) -> None:
    write_table(tmp_path / "layers.csv", "seed, 3", "Small (0badcafe)", {"conv1": CONV1, "out": OUT})
    with (tmp_path / "layers.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == list(COLUMNS)
    assert len(rows) == 64 + 16384
    assert {(row["file"], row["model"]) for row in rows} == {("seed, 3", "Small (0badcafe)")}
    conv1 = rows[:64]
    assert [int(row["sample"]) for row in conv1] == list(range(1, 65))
    np.testing.assert_allclose([float(row["time_s"]) for row in conv1], CONV1.axis.times(), atol=5.1e-10)
    np.testing.assert_array_equal([np.float32(row["value"]) for row in conv1], CONV1.samples)


def test_the_table_spells_what_is_not_finite_as_R_reads_it(tmp_path: Path) -> None:
    track = Track("x", np.array([np.nan, np.inf, -np.inf], np.float32), TimeAxis(10.0, 3))
    write_table(tmp_path / "t.csv", "x", "", {"x": track})
    lines = (tmp_path / "t.csv").read_text().splitlines()[1:]
    assert [line.rpartition(",")[2] for line in lines] == ["NaN", "Inf", "-Inf"]


def test_a_failed_write_keeps_the_old_file_and_leaves_no_draft(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("old")
    with pytest.raises(UnicodeEncodeError), atomic(tmp_path / "a.txt") as draft:
        draft.write_text("half of the new \ud800", encoding="utf-8")
    assert (tmp_path / "a.txt").read_text() == "old"
    assert [file.name for file in tmp_path.iterdir()] == ["a.txt"]


def test_a_draft_keeps_the_suffix_and_the_old_files_rights(tmp_path: Path) -> None:
    target = tmp_path / "figure.png"
    target.write_text("old")
    target.chmod(0o640)
    with atomic(target) as draft:
        assert (draft.suffix, draft.parent) == (".png", tmp_path)
        draft.write_text("new")
    assert target.read_text() == "new"
    assert stat.S_IMODE(target.stat().st_mode) == 0o640


def test_writing_through_a_link_keeps_the_link(tmp_path: Path) -> None:
    (tmp_path / "real.txt").write_text("old")
    (tmp_path / "link.txt").symlink_to(tmp_path / "real.txt")
    with atomic(tmp_path / "link.txt") as draft:
        draft.write_text("new")
    assert (tmp_path / "link.txt").is_symlink()
    assert (tmp_path / "real.txt").read_text() == "new"


@pytest.mark.parametrize(
    ("number", "word"),
    [(errno.ENOSPC, "disk is full"), (errno.EACCES, "may not write"), (errno.EIO, "nput/output")],
)
def test_a_write_that_the_system_refuses_is_a_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, word: str
) -> None:
    def refuse(_handle: int) -> None:
        raise OSError(number, "Input/output error")

    monkeypatch.setattr(atomic_module.os, "fsync", refuse)
    with pytest.raises(Fault, match=word):
        write_npz(tmp_path / "layers.npz", {"conv1": CONV1})
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_really_full_disk_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(Fault, match="the disk is full"), atomic(tmp_path / "a"):
        Path("/dev/full").write_text("x" * 100_000)


def test_a_folder_that_is_missing_or_a_file_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Fault, match="does not exist"), atomic(tmp_path / "no" / "a.txt"):
        pass
    with pytest.raises(Fault, match="not a folder but a file"), atomic(tmp_path / "file" / "a.txt"):
        pass
    with pytest.raises(Fault, match="is a file, not a folder"):
        folder_for(tmp_path / "file")
    with pytest.raises(Fault, match="could not be created"):
        folder_for(tmp_path / "file" / "deeper")
    assert folder_for(tmp_path / "a" / "b").is_dir()


def test_the_versions_name_the_program_and_what_computed() -> None:
    found = versions()
    assert found["phonoscope"] == app_version()
    assert found["numpy"] == np.__version__
    assert found["parselmouth"] == parselmouth.__version__
