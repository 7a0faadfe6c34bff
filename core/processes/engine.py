"""The engine: one process that holds the open models, and the window's handle on it.

Computing in the window's process would stall it through the interpreter lock, so requests go out over a pipe
and float32 arrays come back.
"""

from __future__ import annotations

import contextlib
import glob
import multiprocessing
import os
import threading
from collections.abc import Callable, Generator, Hashable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.faults import Fault
from core.probing.model_id import ModelId
from core.processes.engine_tasks import CloseRequest, HearRequest, OpenRequest, RunRequest, Wanted, Work
from core.processes.shared_memory import BLOCK_BYTES, pack, unpack

if TYPE_CHECKING:
    from core.answers.prediction import Heard
    from core.families.card import Answer, Card
    from core.probing.request import Probed, ProbeRequest

CRASHED = Fault(
    "The computation stopped unexpectedly and was restarted.",
    "The open models stay open; turn the knob again.",
)

GONE = Fault(
    "The computation cannot be started: it stopped three times without an answer.",
    "Choose Help > Restart the computation, or open a model, to try again.",
)
MOST_CRASHES = 3  # in a row, without an answer in between

PATIENCE_S = 90.0
SLOWEST_BYTES_PER_S = 2e6
"""Reading a checkpoint hangs if it takes longer than `PATIENCE_S`, plus what a slow drive needs for it."""


def unreadable(asked: OpenRequest, hung: bool) -> Fault:
    """Return the fault for a checkpoint during whose reading the engine died or was ended."""
    how = "did not finish and was stopped" if hung else "stopped unexpectedly"
    return Fault(
        f"Reading “{Path(asked.path).name}” {how}; what was open stays open.",
        "The file may be damaged: copy it again from its source.",
    )


def _more_patience_s(asked: OpenRequest) -> float:
    """Return how much longer reading a checkpoint may take because of its size, or its folder's."""
    path = Path(asked.path)
    try:
        files = path.iterdir() if path.is_dir() else path.parent.glob(f"{glob.escape(path.stem)}*")
        return sum(file.stat().st_size for file in files if file.is_file()) / SLOWEST_BYTES_PER_S
    except (OSError, ValueError):
        return 0.0


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

    def restart(self) -> None:
        """End the process if there is one, and start it with the models that were open."""

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

    def hear(self, request: ProbeRequest, key: Hashable = "", urgent: bool = False) -> Future[Heard]:
        """Run a network that sound drives: its layers, its input and what it says."""
        return self.ask(HearRequest(request), key, urgent)

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
    again: bool = False  # reopens a model after a crash


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
        self,
        on_crash: Callable[[], None] = lambda: None,
        make_work: Callable[[], Work] = Work,
        patience_s: float = PATIENCE_S,
    ) -> None:
        """Start the process; `on_crash` is called each time it was started anew or given up."""
        self.on_crash = on_crash
        self._make_work = make_work
        self._patience_s = patience_s
        self._lock = threading.Lock()
        self._queue: list[_Request] = []
        self._under_way: _Request | None = None
        self._number = 0
        self._opened: dict[ModelId, OpenRequest] = {}
        self._closed = False
        self._crashes = 0
        self._watch: threading.Timer | None = None  # ends a reading that hangs
        self._hung = False
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
        if self.gone and isinstance(asked, OpenRequest):
            self.restart()
        if self.gone:
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
            self._stop_watching()
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
        if isinstance(request.asked, OpenRequest):
            self._watch_over(request, self._patience_s)
        with contextlib.suppress(OSError):  # the reader sees the pipe close and reports the crash
            self._pipe.send((request.number, request.asked))

    def _watch_over(self, request: _Request, seconds: float, last: bool = False) -> None:
        self._watch = threading.Timer(seconds, self._out_of_patience, (request, last))
        self._watch.daemon = True
        self._watch.start()

    def _out_of_patience(self, request: _Request, last: bool) -> None:
        """End the process if it still reads the same checkpoint; a large one is given more time once."""
        more_s = 0.0 if last else _more_patience_s(request.asked)
        with self._lock:
            if self._under_way is not request or self._closed:
                return
            if more_s > 0:
                self._watch_over(request, more_s, last=True)
                return
            self._hung = True
            self._process.kill()

    def _stop_watching(self) -> None:
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None

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
            self._stop_watching()
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

    @property
    def gone(self) -> bool:
        """Whether the engine died so often that it was not started again."""
        return self._crashes >= MOST_CRASHES

    def restart(self) -> None:
        """End the process if there is one, and start it with the models that were open."""
        with self._lock:
            was_gone, self._crashes = self.gone, 0
            if self._closed:
                return
            if was_gone:
                self._restart()
            else:
                self._process.kill()  # its reader starts the next one
        if was_gone:
            self.on_crash()

    def _lost(self, pipe: Connection) -> None:
        """Restart after a crash: fail the running request and reopen the open models.

        A crash while a checkpoint is read is the file's fault, however often it is tried.
        """
        with self._lock:
            if self._closed or pipe is not self._pipe:
                return
            self._stop_watching()
            lost, self._under_way = self._under_way, None
            fault = self._fault_of(lost)
            if fault is CRASHED:
                self._crashes += 1
            failed = [(lost, GONE if self.gone else fault)] if lost else []
            if self.gone:
                failed += [(request, GONE) for request in self._queue]
                self._queue = []
            else:
                self._restart()
        for request, why in failed:
            _settle(request.future, why)
        self.on_crash()

    def _fault_of(self, lost: _Request | None) -> Fault:
        """Return why a request failed; a model that cannot be reopened is not tried again."""
        hung, self._hung = self._hung, False
        if lost is None or not isinstance(lost.asked, OpenRequest):
            return CRASHED
        if lost.again:
            self._opened.pop(lost.asked.model, None)
            return CRASHED
        return unreadable(lost.asked, hung)

    def _restart(self) -> None:
        self._start()
        again: list[_Request] = []
        for opened in self._opened.values():
            self._number += 1
            again.append(_Request(self._number, opened, "", True, Future(), again=True))
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
