"""A training run is watched from its folder alone, and outlives whoever started it."""

import json
import os
import subprocess
import sys
import threading
from contextlib import contextmanager

import numpy as np
import psutil
import pytest
import soundfile

from core.faults import Fault
from core.train.monitor import process_of, see, start, stop


@contextmanager
def rows_of(out, run):
    """Give what a run writes down, row by row as it comes, until the run ends."""
    command = ["tail", "--lines=+1", "-F", str(out / "progress.jsonl")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as tail:
        threading.Thread(target=lambda: (run.wait(), tail.kill()), daemon=True).start()
        yield map(json.loads, tail.stdout)
        tail.kill()


def test_a_folder_tells_what_was_trained(tmp_path):
    rows = [
        {"step": 10, "of": 100, "steps_per_s": 2.0, "left_s": 45.0, "losses": {"distance": 3.5}},
        {"steps": 10, "q_accuracy": 0.75, "distance_db2": 900.0, "floor_db2": None},
    ]
    text = "\n".join(map(json.dumps, rows)) + '\n{"step": 11, "of'
    (tmp_path / "progress.jsonl").write_text(text)
    seen = see(tmp_path)
    assert (seen.running, seen.step, seen.of, seen.left_s) == (False, 10, 100, 45.0)
    assert seen.losses[0].values == {"distance": 3.5}
    assert (seen.measures[0].q_accuracy, seen.measures[0].floor_db2) == (0.75, None)


def test_steps_that_a_killed_run_did_again_count_once(tmp_path):
    steps = [10, 20, 30, 20, 30, 40]
    rows = [
        {"step": step, "of": 100, "left_s": None, "losses": {"distance": k}} for k, step in enumerate(steps)
    ]
    (tmp_path / "progress.jsonl").write_text("\n".join(map(json.dumps, rows)))
    seen = see(tmp_path)
    assert [(one.step, one.values["distance"]) for one in seen.losses] == [(10, 0), (20, 3), (30, 4), (40, 5)]


def test_an_empty_folder_tells_nothing(tmp_path):
    seen = see(tmp_path / "none")
    assert (seen.running, seen.step, seen.model) == (False, 0, None)


def test_another_programs_process_is_no_training(tmp_path):
    script = "print('here', flush=True); input()"
    other = subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert other.stdout.readline() == b"here\n"  # a process that is still being loaded may be any program
    (tmp_path / "training.pid").write_text(str(other.pid))
    assert process_of(tmp_path) is None
    other.communicate(b"\n")
    (tmp_path / "training.pid").write_text("no number")
    assert process_of(tmp_path) is None


def test_a_run_whose_program_is_still_being_loaded_is_under_way(tmp_path, monkeypatch):
    """Until the program is loaded a process has no words, and `Popen` may return before that."""
    (tmp_path / "training.pid").write_text(str(os.getpid()))
    monkeypatch.setattr(psutil.Process, "cmdline", lambda self: [])
    assert process_of(tmp_path) == os.getpid()


def test_a_run_that_ended_is_not_under_way_and_keeps_its_exit_status(tmp_path):
    ended = subprocess.Popen([sys.executable, "-c", "raise SystemExit(5)", "train"], stdout=subprocess.PIPE)
    ended.stdout.read()  # closed as it ends
    os.waitid(os.P_PID, ended.pid, os.WEXITED | os.WNOWAIT)
    (tmp_path / "training.pid").write_text(str(ended.pid))
    assert process_of(tmp_path) is None
    ended.stdout.close()
    assert ended.wait() == 5


def test_what_cannot_be_trained_on_is_said(tmp_path):
    with pytest.raises(Fault, match="not a folder of recordings"):
        start(tmp_path / "missing", tmp_path / "out", [])


@pytest.fixture
def begin():
    """Start runs that no failing test leaves behind."""
    begun = []

    def begin_one(*words):
        begun.append(start(*words))
        return begun[-1]

    yield begin_one
    for run in begun:
        run.kill()
        run.wait()


@pytest.mark.slow
@pytest.mark.usefixtures("training_at_full_speed")
def test_a_run_is_started_watched_stopped_and_gone_on_with(tmp_path, begin):
    sounds = tmp_path / "sounds"
    sounds.mkdir()
    chance = np.random.default_rng(0)
    for k in range(4):
        soundfile.write(sounds / f"{k}.wav", 0.1 * chance.standard_normal(16384), 16000)
    out = tmp_path / "out"
    options = ["--model", "wavegan", "--dim", "1", "--batch", "2", "--accelerator", "cpu", "--every", "0.02"]
    first = begin(sounds, out, options)
    with pytest.raises(Fault, match="already active"):
        start(sounds, out, options)
    with rows_of(out, first) as rows:
        next(row for row in rows if row.get("steps", 0) > 0)
    assert see(out).running
    assert see(out).step > 0
    assert see(out).model is not None
    stop(out)
    assert first.wait() == 0
    assert not see(out).running
    reached = see(out).step
    again = begin(sounds, out, [*options, "--resume"])
    with rows_of(out, again) as rows:
        next(row for row in rows if row.get("steps", 0) > reached)
    stop(out)
    assert again.wait() == 0
    assert see(out).recipe["model"] == "wavegan"
