"""Praat workers: two processes that run analyses, because parselmouth holds the interpreter lock.

A worker waits on its own pipe: it ends when the window closes the pipe or dies.

Pebble's pool also ends and restarts stuck workers, but it would need the rest of this file around it (newest
per key, patient jobs, a second try, rounds), and it pickles a minute of sound through a pipe in 76 ms where
the shared block takes 16 ms.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import threading
from collections.abc import Hashable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any, Protocol

from core.faults import Cancelled, Fault
from core.processes import praat_worker
from core.processes.praat_faults import UNSTARTED, crashed, stuck
from core.processes.praat_scatter import ScatteredAnalysis
from core.processes.praat_tasks import answered
from core.processes.shared_memory import BLOCK_BYTES, pack, unpack
from core.signals.axis import TimeAxis
from core.signals.track import Track
from core.tiles.scatter import Ask, rounds_of

MOST_TRIES = 2

MORE_PATIENCE = 20
"""The factor by which a patient job may take longer: harmonicity from 5 Hz takes 3 s per second of sound."""


class Pool(Protocol):
    """The window's side of the Praat workers.

    `patient` jobs may take long; they run after all others and occupy at most one worker.
    """

    def submit(self, name: str, track: Track, settings: Any = None, key: Hashable = "") -> Future[Any]:
        """Queue one analysis; a waiting one with the same key is cancelled."""
        ...

    def submit_many(
        self, asks: Sequence[Ask], key: Hashable = "", patient: bool = False
    ) -> Future[tuple[Any, ...]]:
        """Queue several analyses for one worker; the answer holds a result or a Fault for each."""
        ...

    def warm(self) -> None: ...

    def restart(self) -> None:
        """End all workers and start them again; the jobs that they were at are tried once more."""
        ...

    def close(self) -> None: ...


@dataclass(eq=False)
class _Job:
    asks: tuple[Ask, ...]
    key: Hashable
    alone: bool
    patient: bool = False
    scattered: ScatteredAnalysis | None = None
    future: Future[Any] = field(default_factory=Future[Any])
    tries: int = 0

    @property
    def duration_s(self) -> float:
        """The duration in seconds of the sound to analyse."""
        return sum(
            getattr(track, "axis", TimeAxis(1.0, 0)).duration_s for _name, track, _settings in self.asks
        )

    def settle(self, answers: Sequence[Any]) -> None:
        """Complete the future with the answer: a single result or fault, or the tuple of all."""
        bugs = [each for each in answers if isinstance(each, Exception) and not isinstance(each, Fault)]
        failed = bugs or [each for each in answers if self.alone and isinstance(each, Fault)]
        if failed:
            self.future.set_exception(failed[0])
        else:
            self.future.set_result(answers[0] if self.alone else tuple(answers))

    def drop(self) -> None:
        """Mark the job as cancelled; a job whose worker died counts as running."""
        if not self.future.cancel():
            self.future.set_exception(Cancelled())


class InlinePool:
    """Runs analyses at once in the calling thread: for tests and the command line."""

    def submit(self, name: str, track: Track, settings: Any = None, key: Hashable = "") -> Future[Any]:
        """Run one analysis and return a completed future."""
        rounds = rounds_of(name, track, settings, alone=True)
        if rounds is None:
            return _done(_Job(((name, track, settings),), key, alone=True))
        scattered = ScatteredAnalysis(rounds, lambda ask: self.submit(*ask))
        scattered.go_on()
        return scattered.future

    def submit_many(
        self, asks: Sequence[Ask], key: Hashable = "", patient: bool = False
    ) -> Future[tuple[Any, ...]]:
        """Run several analyses and return a completed future."""
        return _done(_Job(tuple(asks), key, alone=False))

    def warm(self) -> None:
        """Do nothing: there is nothing to start."""

    def restart(self) -> None:
        """Do nothing: there is no worker."""

    def close(self) -> None:
        """Do nothing: there is nothing to close."""


def _done(job: _Job) -> Future[Any]:
    job.settle(answered(job.asks))
    return job.future


class PraatPool:
    """Runs analyses in worker processes, in order of arrival; of those with one key only the newest."""

    def __init__(self, workers: int = 2, patience_s: float = 30.0) -> None:
        """Start no worker yet; a job may take `patience_s` plus the duration of its sounds."""
        self._workers = workers
        self._patience_s = patience_s
        self._waiting: list[_Job] = []
        self._change = threading.Condition()
        self._pipes: dict[int, tuple[Any, Connection, Any]] = {}
        self._scattered: dict[Hashable, ScatteredAnalysis] = {}
        self._threads: dict[int, threading.Thread] = {}
        self._started = False
        self._closed = False

    def submit(self, name: str, track: Track, settings: Any = None, key: Hashable = "") -> Future[Any]:
        """Queue one analysis; a waiting one with the same key is cancelled."""
        rounds = rounds_of(name, track, settings)
        if rounds is None:
            return self._queue(_Job(((name, track, settings),), key, alone=True))
        scattered = ScatteredAnalysis(
            rounds, lambda ask: self._queue(_Job((ask,), key, alone=True, scattered=scattered))
        )
        self._supersede(key, scattered)
        scattered.future.add_done_callback(lambda _: self._forget(key, scattered))
        scattered.go_on()
        return scattered.future

    def submit_many(
        self, asks: Sequence[Ask], key: Hashable = "", patient: bool = False
    ) -> Future[tuple[Any, ...]]:
        """Queue several analyses for one worker; the answer holds a result or a Fault for each."""
        return self._queue(_Job(tuple(asks), key, alone=False, patient=patient))

    def warm(self) -> None:
        """Start the workers before they are needed."""
        with self._change:
            if self._started or self._closed:
                return
            self._started = True
        self._run_workers()

    def restart(self) -> None:
        """End all workers and start them again; the jobs that they were at are tried once more."""
        with self._change:
            started = self._started and not self._closed
            for process, _pipe, _block in self._pipes.values():
                process.kill()
        if started:
            self._run_workers()

    def _run_workers(self) -> None:
        """Start a thread for each worker that has none."""
        for number in range(self._workers):
            if number in self._threads and self._threads[number].is_alive():
                continue
            self._threads[number] = threading.Thread(
                target=self._run_worker, args=(number,), name=f"praat-{number + 1}", daemon=True
            )
            self._threads[number].start()

    @property
    def processes(self) -> tuple[Any, ...]:
        """The processes of the workers that have been started, without those that were replaced."""
        with self._change:
            return tuple(process for process, _pipe, _block in self._pipes.values())

    def close(self) -> None:
        """End the workers, busy or not; waiting jobs are cancelled."""
        with self._change:
            self._closed = True
            dropped, self._waiting = self._waiting, []
            self._change.notify_all()
            for process, _pipe, _block in self._pipes.values():
                process.terminate()
        for job in dropped:
            job.drop()

    def _queue(self, job: _Job) -> Future[Any]:
        if job.scattered is None:
            self._supersede(job.key)
        with self._change:
            over = self._closed or (job.scattered is not None and job.scattered.over)
            if not over:
                self._waiting.append(job)
                self._change.notify_all()
        if over:
            job.future.cancel()
        self.warm()
        return job.future

    def _supersede(self, key: Hashable, newest: ScatteredAnalysis | None = None) -> None:
        """Cancel the waiting job with a key, and the remaining rounds of a running one."""
        if not key:
            return
        with self._change:
            old = [job for job in self._waiting if job.key == key]
            self._waiting = [job for job in self._waiting if job.key != key]
            scattered = self._scattered.pop(key, None)
            if newest is not None:
                self._scattered[key] = newest
        if scattered is not None:
            scattered.stop()
        for job in old:
            job.drop()

    def _forget(self, key: Hashable, scattered: ScatteredAnalysis) -> None:
        """Forget a finished scattered analysis with all its answers."""
        with self._change:
            if self._scattered.get(key) is scattered:
                del self._scattered[key]

    def _run_worker(self, number: int) -> None:
        """Pass jobs to one worker until the pool is closed; restart the worker if it dies."""
        self._start(number)
        while job := self._next(number):
            if job.scattered is not None and job.scattered.over:
                job.future.cancel()
                continue
            if job.tries == 0 and not job.future.set_running_or_notify_cancel():
                continue
            job.tries += 1
            if not self._is_ready(number) and not self._start(number):
                self._fail(job, UNSTARTED)
                continue
            try:
                answers = self._ask(number, job)
            except (EOFError, OSError):
                self._lost(job)
                self._start(number)
            except Exception as bug:  # what cannot be pickled is reported to the caller
                job.future.set_exception(bug)
            else:
                job.settle(answers)

    def _is_ready(self, number: int) -> bool:
        """Return whether a worker lives; one that died while it waited has failed no job."""
        return number in self._pipes and self._pipes[number][0].is_alive()

    def _ask(self, number: int, job: _Job) -> Sequence[Any]:
        """Wait for a worker's answers; kill one that does not finish, because Praat cannot be interrupted."""
        process, pipe, block = self._pipes[number]
        pipe.send(pack(job.asks, block))
        if pipe.poll(self._patience_s + job.duration_s * (MORE_PATIENCE if job.patient else 1)):
            words, sizes = pipe.recv()
            return unpack(words, sizes, block)
        process.kill()
        self._start(number)
        return [stuck(job.asks)] * len(job.asks)

    def _next(self, number: int) -> _Job | None:
        """Wait for and return the next job for a worker; only the last worker takes patient jobs."""

        def chosen() -> _Job | None:
            last = number == self._workers - 1
            ready = [job for job in self._waiting if last or not job.patient]
            return min(ready, key=lambda job: job.patient, default=None)  # the first of each kind

        with self._change:
            self._change.wait_for(lambda: chosen() or self._closed)
            job = chosen()
            if job is None or self._closed:
                return None
            self._waiting.remove(job)
            return job

    def _lost(self, job: _Job) -> None:
        """Retry a job whose worker died; report it after the second time."""
        with self._change:
            again = job.tries < MOST_TRIES and not self._closed
            if again:
                self._waiting.insert(0, job)
                self._change.notify_all()
        if not again:
            self._fail(job, crashed(job.asks))

    def _fail(self, job: _Job, fault: Fault) -> None:
        """Answer every request of a job with a fault, as if the worker had refused it."""
        if self._closed:
            job.future.set_exception(Cancelled())
        else:
            job.settle([fault] * len(job.asks))

    def _start(self, number: int) -> bool:
        """Start a worker; return whether it started and is still needed."""
        spawn = multiprocessing.get_context("spawn")
        ours, theirs = spawn.Pipe()
        name = f"phonoscope-praat-{number + 1}"
        with self._change:
            former = self._pipes.pop(number, None)
            closed = self._closed
        if former:
            former[1].close()
        try:
            if closed:
                return False
            block = spawn.RawArray("b", BLOCK_BYTES)
            process = spawn.Process(target=praat_worker.main, args=(theirs, block), name=name, daemon=True)
            process.start()
        except OSError:  # too many processes, or no memory for another
            return False
        finally:
            theirs.close()
        with self._change:
            self._pipes[number] = (process, ours, block)
            if self._closed:
                process.terminate()
        # importing Praat takes time; a worker that dies during it fails its first job instead
        with contextlib.suppress(EOFError, OSError):
            ours.recv()
        return True
