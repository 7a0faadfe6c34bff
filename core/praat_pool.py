"""Praat workers: two processes that run analyses, since parselmouth holds the interpreter's lock.

A worker waits on its own pipe: it ends when the window closes the pipe, or dies and so closes it.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import signal
import threading
import traceback
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any, Protocol

import numpy as np

from core.analyses import TABLE
from core.axis import TimeAxis
from core.faults import Cancelled, Fault
from core.long_sound import in_memory
from core.track import Track

Ask = tuple[str, Track, Any]
"""What to compute: the analysis' name, the track, its settings (None for the standards)."""

MOST_TRIES = 2

READY = "ready"

CRASHED = Fault(
    "A measurement stopped unexpectedly, twice; the others go on.",
    "Change its settings, or report what was open.",
)

STUCK = Fault(
    "A measurement came to no end and was stopped.", "Change its settings, or measure a shorter part."
)


class Pool(Protocol):
    """What a window needs of Praat workers."""

    def submit(self, name: str, track: Track, settings: Any = None, key: str = "") -> Future[Any]:
        """Queue one analysis; one that still waits under the same key is cancelled."""
        ...

    def submit_many(self, asks: Sequence[Ask], key: str = "") -> Future[tuple[Any, ...]]:
        """Queue several analyses for one worker; the answer has a result or a Fault for each."""
        ...

    def warm(self) -> None: ...

    def close(self) -> None: ...


@dataclass(eq=False)
class _Job:
    asks: tuple[Ask, ...]
    key: str
    alone: bool
    future: Future[Any] = field(default_factory=Future[Any])
    tries: int = 0

    @property
    def duration_s(self) -> float:
        """How much sound there is to measure."""
        return sum(
            getattr(track, "axis", TimeAxis(1.0, 0)).duration_s for _name, track, _settings in self.asks
        )

    def settle(self, answers: Sequence[Any]) -> None:
        """Give the future its answer: the result or fault of one ask, or all of many."""
        bugs = [each for each in answers if isinstance(each, Exception) and not isinstance(each, Fault)]
        failed = bugs or [each for each in answers if self.alone and isinstance(each, Fault)]
        if failed:
            self.future.set_exception(failed[0])
        else:
            self.future.set_result(answers[0] if self.alone else tuple(answers))

    def drop(self) -> None:
        """Tell that no answer will come; a job whose worker died counts as running."""
        if not self.future.cancel():
            self.future.set_exception(Cancelled())


def answered(asks: Sequence[Ask]) -> list[Any]:
    """Run the analyses one after the other; a failure stands in the place of its result."""
    answers: list[Any] = []
    for name, track, settings in asks:
        try:
            answers.append(TABLE[name].run(in_memory(track), settings))
        except Fault as fault:
            answers.append(fault)
        except Exception:
            # as text: the error itself may not survive the pipe
            answers.append(RuntimeError(f"{name} of {track.name}\n{traceback.format_exc()}"))
    return answers


class InlinePool:
    """Runs analyses at once in the calling thread: for tests and the command line."""

    def submit(self, name: str, track: Track, settings: Any = None, key: str = "") -> Future[Any]:
        """Run one analysis and give a future that is already done."""
        return _done(_Job(((name, track, settings),), key, alone=True))

    def submit_many(self, asks: Sequence[Ask], key: str = "") -> Future[tuple[Any, ...]]:
        """Run several analyses and give a future that is already done."""
        return _done(_Job(tuple(asks), key, alone=False))

    def warm(self) -> None:
        """Nothing to start."""

    def close(self) -> None:
        """Nothing to close."""


def _done(job: _Job) -> Future[Any]:
    job.settle(answered(job.asks))
    return job.future


def serve(pipe: Connection) -> None:
    """Answer asks until the other end of the pipe is closed: a worker's main function."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _warm_up()
    with contextlib.suppress(EOFError, OSError):
        pipe.send(READY)
        while True:
            pipe.send(answered(pipe.recv()))


def _warm_up() -> None:
    """Import Praat and let it compute once, so that the first real answer does not wait."""
    ramp = np.arange(2000, dtype=np.float32) % 100
    answered([("pitch", Track("warm", ramp, TimeAxis.of_sound(16000.0, 2000)), None)])


class PraatPool:
    """Runs analyses in processes of its own, first come first served, newest under a key."""

    def __init__(self, workers: int = 2, patience_s: float = 30.0) -> None:
        """Start nothing yet; a job may take `patience_s` and as long again as its sounds last."""
        self._workers = workers
        self._patience_s = patience_s
        self._waiting: list[_Job] = []
        self._change = threading.Condition()
        self._pipes: dict[int, tuple[Any, Connection]] = {}
        self._started = False
        self._closed = False

    def submit(self, name: str, track: Track, settings: Any = None, key: str = "") -> Future[Any]:
        """Queue one analysis; one that still waits under the same key is cancelled."""
        return self._queue(_Job(((name, track, settings),), key, alone=True))

    def submit_many(self, asks: Sequence[Ask], key: str = "") -> Future[tuple[Any, ...]]:
        """Queue several analyses for one worker; the answer has a result or a Fault for each."""
        return self._queue(_Job(tuple(asks), key, alone=False))

    def warm(self) -> None:
        """Start the workers before they are needed."""
        with self._change:
            if self._started or self._closed:
                return
            self._started = True
        for number in range(self._workers):
            name = f"praat-{number + 1}"
            threading.Thread(target=self._attend, args=(number,), name=name, daemon=True).start()

    def close(self) -> None:
        """End the workers, at work or not; what still waits is cancelled."""
        with self._change:
            self._closed = True
            dropped, self._waiting = self._waiting, []
            self._change.notify_all()
            for process, _pipe in self._pipes.values():
                process.terminate()
        for job in dropped:
            job.drop()

    def _queue(self, job: _Job) -> Future[Any]:
        with self._change:
            superseded = [old for old in self._waiting if job.key and old.key == job.key]
            self._waiting = [old for old in self._waiting if old not in superseded]
            if not self._closed:
                self._waiting.append(job)
                self._change.notify()
        for old in superseded:
            old.drop()
        if self._closed:
            job.future.cancel()
        self.warm()
        return job.future

    def _attend(self, number: int) -> None:
        """Hand jobs to one worker until the pool is closed; the worker is started anew when it dies."""
        self._start(number)
        while job := self._next():
            if job.tries == 0 and not job.future.set_running_or_notify_cancel():
                continue
            job.tries += 1
            try:
                answers = self._ask(number, job)
            except (EOFError, OSError):
                self._lost(job)
                self._start(number)
            except Exception as bug:  # what cannot be pickled is told to who asked
                job.future.set_exception(bug)
            else:
                job.settle(answers)

    def _ask(self, number: int, job: _Job) -> Sequence[Any]:
        """Wait for a worker's answers; one that comes to no end is killed, since Praat cannot be stopped."""
        process, pipe = self._pipes[number]
        pipe.send(job.asks)
        if pipe.poll(self._patience_s + job.duration_s):
            return pipe.recv()
        process.kill()
        self._start(number)
        return [STUCK] * len(job.asks)

    def _next(self) -> _Job | None:
        with self._change:
            self._change.wait_for(lambda: self._waiting or self._closed)
            return None if self._closed else self._waiting.pop(0)

    def _lost(self, job: _Job) -> None:
        """Try a job once more whose worker died; a second death is told."""
        with self._change:
            again = job.tries < MOST_TRIES and not self._closed
            if again:
                self._waiting.insert(0, job)
                self._change.notify()
        if not again:
            job.future.set_exception(Cancelled() if self._closed else CRASHED)

    def _start(self, number: int) -> None:
        spawn = multiprocessing.get_context("spawn")
        ours, theirs = spawn.Pipe()
        name = f"phonoscope-praat-{number + 1}"
        process = spawn.Process(target=serve, args=(theirs,), name=name, daemon=True)
        process.start()
        theirs.close()
        with self._change:
            former = self._pipes.get(number)
            self._pipes[number] = (process, ours)
            if self._closed:
                process.terminate()
        if former:
            former[1].close()
        # importing Praat takes its time; a worker that dies over it fails its first job instead
        with contextlib.suppress(EOFError, OSError):
            ours.recv()
