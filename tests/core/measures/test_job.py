"""A measurement in a process of its own tells how far it is, can be stopped, and leaves no halves."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from dataclasses import replace

import numpy as np
import pytest

from core.faults import Fault
from core.measures.job import Job, ProcessMeasurer, do
from core.measures.measuring import IntervalChoice, MeasurementItem
from core.measures.plan import plan_of
from core.signals.axis import TimeAxis
from core.signals.track import Track
from tests.core.measures.test_measuring import model

PLAN = plan_of(("f0", "duration"), 10, "Praat 6.1-6.3")


def job(folder, item=None) -> Job:
    return Job((item or model(),), PLAN, IntervalChoice(), {"title": "Demo"}, folder / "t.csv")


def test_a_process_writes_what_is_written_here_and_tells_how_far_it_is(tmp_path):
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir(), there.mkdir()
    seen: list[tuple[int, int]] = []
    truth = do(job(here))
    done = ProcessMeasurer().start(job(there), lambda *far: seen.append(far)).result()
    assert (there / "t.csv").read_bytes() == (here / "t.csv").read_bytes()
    assert (done.rows, done.remarks) == (truth.rows, truth.remarks)
    assert seen == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_a_fault_comes_back_as_it_was(tmp_path):
    future = ProcessMeasurer().start(
        replace(job(tmp_path), choice=IntervalChoice(label="nothing")), lambda done, of: None
    )
    with pytest.raises(Fault, match="No label"):
        future.result()
    assert not list(tmp_path.iterdir())


def long_item() -> MeasurementItem:
    """Layers of five minutes of noise: far more than can be measured before it is stopped."""
    noise = np.random.default_rng(1).normal(0, 0.1, 300 * 16000).astype(np.float32)
    axis = TimeAxis.of_sound(16000.0, noise.size)
    return MeasurementItem("demo", "x", {f"conv{k}": Track(f"conv{k}", noise, axis) for k in range(1, 9)})


@pytest.mark.parametrize("how", ["cancelled", "killed"])
def test_a_stopped_measurement_is_told_and_writes_nothing(how, tmp_path):
    measurer, others = ProcessMeasurer(), set(multiprocessing.active_children())
    begun: list[int] = []
    future = measurer.start(job(tmp_path, long_item()), lambda done, of: begun.append(done))
    (process,) = set(multiprocessing.active_children()) - others
    deadline = time.monotonic() + 240
    while not begun and time.monotonic() < deadline:
        process.join(0.02)
    if how == "cancelled":
        measurer.cancel()
    else:
        os.kill(process.pid, signal.SIGKILL)
    with pytest.raises(Fault, match="stopped unexpectedly"):
        future.result()
    process.join(240)
    assert not process.is_alive()
    assert not list(tmp_path.iterdir())


def test_without_a_table_only_the_script_is_written(tmp_path):
    done = do(Job((model(),), PLAN, IntervalChoice(), {}, None, tmp_path / "praat"))
    assert {path.name for path in tmp_path.iterdir()} == {"praat"}
    assert {path.parent for path in done.files} == {tmp_path / "praat"}
    assert all(path.is_file() for path in done.files)


def whole_job(folder) -> Job:
    return replace(job(folder), script=folder / "praat")


def test_table_record_and_script_are_written_together(tmp_path):
    (tmp_path / "praat").mkdir()
    (tmp_path / "praat" / "mine.txt").write_text("kept")
    done = do(whole_job(tmp_path))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["praat", "t.csv", "t.json"]
    there = {path.name for path in (tmp_path / "praat").iterdir()}
    assert there == {"mine.txt", "phonoscope.json", *(path.name for path in done.files[2:])}


@pytest.mark.parametrize(
    "late",
    [
        "core.measures.long_table.write_json",
        "core.measures.praat_script.write_textgrid",
        "core.measures.praat_script.atomic",
    ],
)
def test_what_cannot_be_written_whole_is_not_written_at_all(late, tmp_path, monkeypatch):
    def full(*_):
        raise Fault("The disk is full.")

    monkeypatch.setattr(late, full)
    with pytest.raises(Fault, match="disk is full"):
        do(whole_job(tmp_path))
    assert not list(tmp_path.iterdir())


def test_a_disk_that_fills_up_is_told_of_the_folder_that_was_asked_for(tmp_path, monkeypatch):
    def full(path, *_):
        raise Fault(f"“{path}” was not written: the disk is full.")

    monkeypatch.setattr("core.measures.praat_script.write_textgrid", full)
    with pytest.raises(Fault) as told:
        do(whole_job(tmp_path))
    assert (
        told.value.sentence
        == f"“{tmp_path / 'praat' / 'annotation.TextGrid'}” was not written: the disk is full."
    )


@pytest.mark.parametrize("name", ["t.csv", "t.json"])
def test_a_folder_in_the_tables_place_is_said_before_anything_is_measured(name, tmp_path, monkeypatch):
    (tmp_path / name).mkdir()
    monkeypatch.setattr("core.measures.job.measure", None)
    with pytest.raises(Fault, match=f"{name}” was not written: a folder has that name"):
        do(job(tmp_path))


def test_a_sound_too_long_for_praats_text_is_said_before_anything_is_measured(tmp_path, monkeypatch):
    monkeypatch.setattr("core.files.praat_sound.MOST_SAMPLES", 100)
    monkeypatch.setattr("core.measures.job.measure", None)
    with pytest.raises(Fault, match="too long for a Praat text Sound"):
        do(whole_job(tmp_path))
    assert not list(tmp_path.iterdir())
