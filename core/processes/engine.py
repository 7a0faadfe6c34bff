"""The engine: one process that holds the open models, and the window's handle on it.

Computing in the window's process would stall it through the interpreter lock, so requests go out over a pipe
and float32 arrays come back.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import threading
from collections.abc import Callable, Generator, Hashable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any

from core.faults import Fault
from core.probing.model_id import ModelId
from core.processes.engine_tasks import CloseRequest, OpenRequest, RunRequest, Wanted, Work
from core.processes.shared_memory import BLOCK_BYTES, pack, unpack

if TYPE_CHECKING:
    from core.families.card import Answer, Card
    from core.probing.request import Probed, ProbeRequest

CRASHED = Fault(
    "The computation stopped unexpectedly and was restarted.",
    "The open models stay open; turn the knob again.",
)

GONE = Fault(
    "The computation cannot be started: it stopped three times without an answer.",
    "Start Phonoscope again; if that does not help, run packaging/test.",
)
MOST_CRASHES = 3  # in a row, without an answer in between


class Engine:
    """The window's side of an engine: requests, and futures of their answers."""

    def ask(self, asked: Any, key: Hashable = "", urgent: bool = False) -> Future[Any]:
        """Queue a request; it replaces a waiting one with the same key.

        `urgent` requests (knobs) run before the others (contact sheets).
        """
        raise NotImplementedError

    def stop(self, key: Hashable) -> None:
        """Cancel the waiting request with this key, and stop a running one at its next layer."""
        raise NotImplementedError

    def close(self) -> None:
        """Close the engine; unanswered requests are cancelled."""
        raise NotImplementedError

    def open(
        self,
        model: ModelId,
        path: str | os.PathLike[str],
        answers: Mapping[str, Answer] | None = None,
        key: Hashable = "open",
        urgent: bool = True,
    ) -> Future[Card]:
        """Open a checkpoint under a name of the caller's choice, beside other models or replacing one."""
        return self.ask(OpenRequest(model, os.fspath(path), dict(answers or {})), key, urgent)

    def probe(
        self, request: ProbeRequest, images: Wanted = (), key: Hashable = "", urgent: bool = False
    ) -> Future[Probed]:
        """Run a network; `images` pairs layers with the settings of the spectrograms to compute for them."""
        return self.ask(RunRequest(request, tuple(images)), key, urgent)

    def close_model(self, model: ModelId) -> Future[None]:
        """Close an open model and free its memory."""
        return self.ask(CloseRequest(model))


@dataclass(eq=False)
class _Request:
    number: int
    asked: Any
    key: Hashable
    urgent: bool
    future: Future[Any]


class InlineEngine(Engine):
    """Runs requests at once in the calling thread: for tests and the command line."""

    def __init__(self) -> None:
        self._work = Work()

    def ask(self, asked: Any, key: Hashable = "", urgent: bool = False) -> Future[Any]:
        """Run a request and return a completed future."""
        future: Future[Any] = Future()
        try:
            future.set_result(self._work.do(asked, lambda: False))
        except Exception as error:
            future.set_exception(error)
        return future

    def stop(self, key: Hashable) -> None:
        """Do nothing: no request is ever running here."""

    def close(self) -> None:
        """Do nothing: there is nothing to close."""


def serve(pipe: Connection, stopped: Any, block: Any, make_work: Callable[[], Work]) -> None:
    """Answer requests until the window closes the pipe: the main function of the engine process."""
    work = make_work()
    work.warm()
    while True:
        try:
            number, asked = pipe.recv()
        except (EOFError, OSError):
            return
        try:
            answer: Any = work.do(asked, lambda number=number: stopped.value == number)
        except Exception as error:
            answer = error
        try:
            packed = pack(answer, block)
        except Exception as error:  # an answer that cannot be pickled is a bug; report it as text
            packed = pack(RuntimeError(f"{type(answer).__name__} cannot be sent: {error}"), block)
        try:
            pipe.send((number, *packed))
        except OSError:
            return


# OMP_WAIT_POLICY: with other load on the machine, spinning threads turn 17 ms into 240 ms.
ENVIRONMENT = {"OMP_WAIT_POLICY": "PASSIVE"}


class ProcessEngine(Engine):
    """Runs requests in a process of its own, one at a time; of those with one key only the newest."""

    def __init__(
        self, on_crash: Callable[[], None] = lambda: None, make_work: Callable[[], Work] = Work
    ) -> None:
        self.on_crash = on_crash
        self._make_work = make_work
        self._lock = threading.Lock()
        self._queue: list[_Request] = []
        self._under_way: _Request | None = None
        self._number = 0
        self._opened: dict[ModelId, OpenRequest] = {}
        self._closed = False
        self._crashes = 0
        self._start()

    def _start(self) -> None:
        spawn = multiprocessing.get_context("spawn")
        self._stopped = spawn.RawValue("q", -1)
        self._block = spawn.RawArray("b", BLOCK_BYTES)
        self._pipe, theirs = spawn.Pipe()
        self._process = spawn.Process(
            target=serve,
            args=(theirs, self._stopped, self._block, self._make_work),
            name="phonoscope-engine",
            daemon=True,
        )
        # a spawned interpreter reads its environment before our code runs
        with _environment(ENVIRONMENT):
            self._process.start()
        theirs.close()
        reader = threading.Thread(
            target=self._read, args=(self._pipe, self._block), name="engine-reader", daemon=True
        )
        reader.start()

    def ask(self, asked: Any, key: Hashable = "", urgent: bool = False) -> Future[Any]:
        """Queue a request: see `Engine.ask`."""
        future: Future[Any] = Future()
        if self._crashes >= MOST_CRASHES:
            future.set_exception(GONE)
            return future
        with self._lock:
            self._number += 1
            superseded = [request for request in self._queue if key and request.key == key]
            self._queue = [request for request in self._queue if request not in superseded]
            self._queue.append(_Request(self._number, asked, key, urgent, future))
            self._dispatch()
        for request in superseded:
            request.future.cancel()
        return future

    def stop(self, key: Hashable) -> None:
        """Cancel the waiting request with this key, and stop a running one at its next layer."""
        with self._lock:
            dropped = [request for request in self._queue if request.key == key]
            self._queue = [request for request in self._queue if request.key != key]
            if self._under_way is not None and self._under_way.key == key:
                self._stopped.value = self._under_way.number
        for request in dropped:
            request.future.cancel()

    def close(self) -> None:
        """End the process; unanswered requests are cancelled."""
        with self._lock:
            self._closed = True
            waiting, self._queue = self._queue, []
            under_way, self._under_way = self._under_way, None
            if under_way is not None:
                self._stopped.value = under_way.number
        for request in (*waiting, *([under_way] if under_way else [])):
            request.future.cancel()
        self._pipe.close()
        self._process.join(0.5)
        if self._process.is_alive():
            self._process.kill()

    def _dispatch(self) -> None:
        """Send the next request; called with the lock held."""
        if self._under_way is not None or not self._queue:
            return
        urgent = [request for request in self._queue if request.urgent]
        request = (urgent or self._queue)[0]
        self._queue.remove(request)
        self._under_way = request
        with contextlib.suppress(OSError):  # the reader sees the pipe close and reports the crash
            self._pipe.send((request.number, request.asked))

    def _read(self, pipe: Connection, block: Any) -> None:
        while True:
            try:
                number, words, sizes = pipe.recv()
            except (EOFError, OSError):
                self._lost(pipe)
                return
            # the block may be reused only after its numbers are copied out, before the next request
            self._answered(number, unpack(words, sizes, block))

    def _answered(self, number: int, answer: Any) -> None:
        with self._lock:
            request = self._under_way
            self._under_way = None
            self._crashes = 0
            if request is not None and not isinstance(answer, Exception):
                self._remember(request.asked)
            self._dispatch()
        if request is None or request.number != number:
            return
        _settle(request.future, answer)

    def _remember(self, asked: Any) -> None:
        """Remember the open models, to reopen them after a crash."""
        if isinstance(asked, OpenRequest):
            self._opened[asked.model] = asked
        elif isinstance(asked, CloseRequest):
            self._opened.pop(asked.model, None)

    def _lost(self, pipe: Connection) -> None:
        """Restart after a crash: fail the running request and reopen the open models."""
        with self._lock:
            if self._closed or pipe is not self._pipe:
                return
            failed = [self._under_way] if self._under_way else []
            self._under_way = None
            self._crashes += 1
            if self._crashes < MOST_CRASHES:
                self._restart()
            else:
                failed += self._queue
                self._queue = []
        for request in failed:
            _settle(request.future, CRASHED if self._crashes < MOST_CRASHES else GONE)
        self.on_crash()

    def _restart(self) -> None:
        self._start()
        again: list[_Request] = []
        for opened in self._opened.values():
            self._number += 1
            again.append(_Request(self._number, opened, "", True, Future()))
        self._queue[:0] = again
        self._dispatch()


def _settle(future: Future[Any], answer: Any) -> None:
    if not future.set_running_or_notify_cancel():
        return
    if isinstance(answer, Exception):
        future.set_exception(answer)
    else:
        future.set_result(answer)


@contextlib.contextmanager
def _environment(values: Mapping[str, str]) -> Generator[None]:
    """Set environment variables within a `with` block."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
