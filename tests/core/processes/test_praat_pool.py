"""Praat workers answer, forget what is superseded, and outlive a crash."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import CancelledError
from pathlib import Path

import numpy as np
import pytest

from core.analyses.pitch import PitchSettings
from core.analyses.registry import TABLE
from core.faults import Cancelled, Fault
from core.processes import praat_pool
from core.processes.praat_faults import UNSTARTED, crashed, stuck
from core.processes.praat_pool import InlinePool, PraatPool
from core.processes.praat_tasks import answered
from core.signals.axis import TimeAxis
from core.signals.track import Track

ROOT = Path(__file__).parents[3]
PATIENCE_S = 240


def buzz(n: int = 16384) -> Track:
    samples = (np.arange(n) % 128 == 0).astype(np.float32)
    return Track("out", samples, TimeAxis.of_sound(16000.0, n))


@pytest.fixture(scope="module")
def shared_pool():
    pool = PraatPool()
    yield pool
    pool.close()


@pytest.fixture
def pool():
    pool = PraatPool(workers=1)
    yield pool
    pool.close()


def worker(pool: PraatPool):
    """Give the one worker's process, once it has answered."""
    pool.submit("intensity", buzz()).result(PATIENCE_S)
    (process,) = pool.processes
    return process


@pytest.mark.parametrize("name", ["pitch", "formants", "intensity"])
def test_a_worker_gives_the_numbers_of_the_same_process(shared_pool, name):
    track = buzz()
    theirs = shared_pool.submit(name, track).result(PATIENCE_S)
    ours = TABLE[name].run(track)
    for one, other in zip(theirs, ours, strict=True):
        assert (one.name, one.axis, one.origin) == (other.name, other.axis, other.origin)
        np.testing.assert_array_equal(one.samples, other.samples)
        assert one.samples.dtype == np.float64
        assert not one.samples.flags.writeable


def test_settings_reach_the_worker(shared_pool):
    (found,) = shared_pool.submit("pitch", buzz(), PitchSettings(time_step_s=0.005)).result(PATIENCE_S)
    assert found.axis.step_s == pytest.approx(0.005)


@pytest.mark.parametrize("inline", [True, False])
def test_a_refusal_comes_back_as_a_fault(shared_pool, inline):
    pool = InlinePool() if inline else shared_pool
    short = buzz(100)
    with pytest.raises(Fault, match="No pitch: a window of 3 periods"):
        pool.submit("pitch", short).result(PATIENCE_S)


def test_one_process_asks_praat_once_for_the_formants_that_two_would_share(shared_pool, monkeypatch):
    asked = []
    monkeypatch.setattr(praat_pool, "answered", lambda asks: (asked.extend(asks), answered(asks))[1])
    ours = InlinePool().submit("formants", buzz(12 * 16000)).result()
    assert [name for name, _track, _settings in asked] == ["formants"]
    theirs = shared_pool.submit("formants", buzz(12 * 16000)).result(PATIENCE_S)
    for one, other in zip(ours, theirs, strict=True):
        np.testing.assert_array_equal(one.samples, other.samples)


@pytest.mark.parametrize("inline", [True, False])
def test_many_asks_take_one_round_and_a_fault_stands_in_its_place(shared_pool, inline):
    pool = InlinePool() if inline else shared_pool
    asks = [("intensity", buzz(), None), ("pitch", buzz(100), None), ("formants", buzz(), None)]
    first, second, third = pool.submit_many(asks).result(PATIENCE_S)
    assert first[0].name == "intensity"
    assert isinstance(second, Fault)
    assert third[0].name == "f1"


@pytest.mark.parametrize("inline", [True, False])
def test_a_bug_flies(shared_pool, inline):
    pool = InlinePool() if inline else shared_pool
    with pytest.raises(RuntimeError, match="AttributeError"):
        pool.submit("pitch", buzz(), object()).result(PATIENCE_S)


def test_what_cannot_be_sent_is_told_and_the_worker_goes_on(pool):
    with pytest.raises((TypeError, AttributeError)):
        pool.submit("pitch", buzz(), threading.Lock()).result(PATIENCE_S)
    assert pool.submit("pitch", buzz()).result(PATIENCE_S)


def test_the_newest_under_a_key_wins(pool):
    # before the first answer nothing is taken from the queue but the blocker: the worker still starts
    blocker = pool.submit("intensity", buzz())
    asked = [pool.submit("pitch", buzz(n), key="out pitch") for n in (4000, 5000, 6000)]
    other = pool.submit("pitch", buzz(7000), key="conv4 pitch")
    (newest,) = asked[-1].result(PATIENCE_S)
    assert newest.axis == TABLE["pitch"].run(buzz(6000))[0].axis
    assert other.result(PATIENCE_S)
    assert blocker.result(PATIENCE_S)
    with pytest.raises(CancelledError):
        asked[1].result(PATIENCE_S)


def test_a_dead_worker_is_replaced_and_its_job_done_again(pool):
    first = worker(pool)
    os.kill(first.pid, signal.SIGKILL)
    first.join(PATIENCE_S)
    assert pool.submit("pitch", buzz()).result(PATIENCE_S)[0].name == "pitch"
    (second,) = pool.processes
    assert second.pid != first.pid


def test_a_job_that_kills_its_worker_twice_is_a_fault_and_the_pool_goes_on(pool):
    worker(pool)
    with pytest.raises(Fault) as told:
        pool.submit("pitch", Killer(buzz().renamed("hour.wav"))).result(PATIENCE_S)  # type: ignore[arg-type]
    assert told.value.sentence == "Pitch of hour.wav stopped unexpectedly, twice; other measurements go on."
    assert pool.submit("pitch", buzz()).result(PATIENCE_S)


def test_of_several_asks_each_has_its_fault_where_their_worker_dies(pool):
    asks = [("pitch", Killer(buzz()), None), ("intensity", buzz(), None)]
    told = pool.submit_many(asks).result(PATIENCE_S)  # type: ignore[arg-type]
    assert [str(each) for each in told] == [str(crashed(asks))] * 2  # type: ignore[arg-type]


class Killer:
    """Ends the process that receives it."""

    def __init__(self, track: Track) -> None:
        self.name = track.name

    def __reduce__(self):
        return os._exit, (3,)


class Sleeper(Killer):
    """Holds up the process that receives it."""

    def __reduce__(self):
        return signal.pause, ()


def test_a_job_without_end_is_stopped_and_the_pool_goes_on():
    pool = PraatPool(workers=1, patience_s=1.0)
    worker(pool)
    with pytest.raises(Fault) as told:
        pool.submit("harmonicity", Sleeper(buzz().renamed("hour.wav"))).result(PATIENCE_S)  # type: ignore[arg-type]
    assert told.value.sentence == "Harmonicity of hour.wav did not finish and was stopped."
    (process,) = pool.processes
    assert process.is_alive()
    pool.close()


def test_a_fault_names_the_measure_whose_tile_or_step_it_was_and_how_many_were_asked_with_it():
    hour = buzz().renamed("hour.wav")
    assert stuck([("tile of pitch", hour, None)]).sentence.startswith("Pitch of hour.wav did not finish")
    assert crashed([("formant part", hour, None)]).sentence.startswith("Formants of hour.wav stopped")
    many = [("slice", buzz(), None)] * 3
    assert stuck(many).sentence.startswith(
        "Spectral slice of out, or one of 2 requested with it, did not finish"
    )


def test_where_no_process_can_be_started_every_job_says_so_until_one_can(pool, monkeypatch):
    process = multiprocessing.get_context("spawn").Process
    start = process.start

    def refused(self):
        raise OSError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(process, "start", refused)
    for _ in range(2):
        with pytest.raises(Fault, match="No process could be started"):
            pool.submit("intensity", buzz()).result(PATIENCE_S)
    assert pool.submit_many([("intensity", buzz(), None)]).result(PATIENCE_S) == (UNSTARTED,)
    monkeypatch.setattr(process, "start", start)
    assert pool.submit("intensity", buzz()).result(PATIENCE_S)


def test_closing_starts_no_other_process_for_what_was_under_way(monkeypatch):
    started = []
    process = multiprocessing.get_context("spawn").Process
    start = process.start
    monkeypatch.setattr(process, "start", lambda self: (started.append(self), start(self))[1])
    others = set(threading.enumerate())
    made = PraatPool(1)
    worker(made)
    (attending,) = (one for one in set(threading.enumerate()) - others if one.name == "praat-1")
    future = made.submit("pitch", Sleeper(buzz()))  # type: ignore[arg-type]
    made.close()
    with pytest.raises((Cancelled, CancelledError)):
        future.result(PATIENCE_S)
    attending.join(PATIENCE_S)
    assert len(started) == 1


def test_what_may_take_long_leaves_a_worker_to_the_others():
    pool = PraatPool(workers=2)
    try:
        asleep = [("pitch", Sleeper(buzz()), None)]
        patient = [pool.submit_many(asleep, patient=True) for _ in range(3)]  # type: ignore[list-item]
        for _ in range(3):
            assert pool.submit("intensity", buzz()).result(PATIENCE_S)
        assert sum(one.running() for one in patient) <= 1
    finally:
        pool.close()


def test_a_closed_pool_cancels_what_waits(pool):
    waiting = [pool.submit("pitch", buzz()) for _ in range(3)]
    pool.close()
    for each in waiting:
        with pytest.raises((CancelledError, Cancelled)):
            each.result(PATIENCE_S)
    with pytest.raises(CancelledError):
        pool.submit("pitch", buzz()).result(PATIENCE_S)


def test_workers_end_when_the_window_dies():
    script = (
        "import os, sys, numpy as np\n"
        "from core.signals.axis import TimeAxis\nfrom core.signals.track import Track\n"
        "from core.processes.praat_pool import PraatPool\n"
        "if __name__ == '__main__':\n"
        "    pool = PraatPool(workers=1)\n"
        "    samples = np.random.default_rng(0).standard_normal(4000).astype('f4')\n"
        "    pool.submit('intensity', Track('out', samples, TimeAxis.of_sound(16000.0, 4000))).result()\n"
        "    print(pool._pipes[0][0].pid, flush=True)\n"
        "    os.kill(os.getpid(), 9)\n"
    )
    # the worker inherits standard output: reading it ends only when the worker has ended too
    said = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert said.returncode == -signal.SIGKILL
    assert said.stdout.strip().isdigit()


def test_starting_the_pool_imports_nothing_heavy():
    heavy = "{'parselmouth', 'torch', 'scipy'}"
    script = f"import sys, core.processes.praat_pool; print({heavy} & set(sys.modules))"
    said = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert said.stdout.strip() == "set()"


def test_workers_that_were_ended_while_they_waited_fail_no_job():
    pool = PraatPool(workers=2)
    try:
        for _ in range(3):
            pool.submit("intensity", buzz()).result(PATIENCE_S)
            for process in pool.processes:
                process.kill()
                process.join(PATIENCE_S)
            assert pool.submit("pitch", buzz()).result(PATIENCE_S)
    finally:
        pool.close()


def test_after_any_number_of_crashes_a_restart_brings_the_workers_back(pool):
    for _ in range(4):
        with pytest.raises(Fault, match="stopped unexpectedly, twice"):
            pool.submit("pitch", Killer(buzz())).result(PATIENCE_S)  # type: ignore[arg-type]
    pool.restart()
    assert pool.submit("intensity", buzz()).result(PATIENCE_S)
