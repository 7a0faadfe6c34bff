"""A measurement in its own process: it reports progress and can be stopped at any moment."""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Protocol

from core.faults import Cancelled, Fault
from core.measures.correlation import Pair, pairs, unpaired
from core.measures.measuring import IntervalChoice, MeasurementItem, Omitted, Table, measure
from core.measures.plan import MeasurementPlan

Progress = Callable[[int, int], None]

STOPPED = Fault(
    "The measurement stopped unexpectedly; nothing was written.", "Measure again, or measure less at once."
)


@dataclass(frozen=True)
class Job:
    """What to measure and where to write it: a table, or with `script` a folder for Praat, or both.

    `omitted` are items that could not be read. A run, as over a folder, writes its table whatever happens.
    """

    items: tuple[MeasurementItem, ...]
    plan: MeasurementPlan
    choice: IntervalChoice
    about: Mapping[str, Any]
    table: Path | None = None
    script: Path | None = None
    omitted: tuple[Omitted, ...] = ()
    is_run: bool = False


@dataclass(frozen=True, slots=True)
class Done:
    """The files written, the number of values, a line for each refusal and notice, each layer's correlation
    with the output, and how everything was measured, as JSON; how many items were measured, and the others.
    """

    files: tuple[Path, ...]
    rows: int
    remarks: tuple[str, ...]
    pairs: tuple[Pair, ...] = ()
    record: str = ""
    measured: int = 0
    omitted: tuple[Omitted, ...] = ()

    @property
    def summary(self) -> str:
        """How many items were measured, left out, and empty."""
        empty = sum(one.empty for one in self.omitted)
        return f"{self.measured} measured, {len(self.omitted) - empty} left out, {empty} empty"


def do(job: Job, progress: Progress = lambda done, of: None) -> Done:
    """Measure and write everything, or write nothing. Raises Fault for what the user can fix."""
    from core.measures.long_table import checked, record, rows

    if job.table is not None:
        checked(job.table)
    if job.script is not None:
        _check_script(job)
    table = measure(job.items, job.plan, job.choice, progress, omitted=job.omitted, is_run=job.is_run)
    files = _written(job, table)
    measured = json.dumps({**job.about, **record(table, job.choice)}, ensure_ascii=False)
    remarks = (*table.remarks, *unpaired(table))
    count = len({(one.file, one.item) for one in table.layers})
    rows_written = sum(1 for _ in rows(table))
    return Done(files, rows_written, remarks, tuple(pairs(table)), measured, count, table.omitted)


def _check_script(job: Job) -> None:
    """Raise Fault, before measuring, if a sound cannot be written for Praat."""
    from core.files.praat_sound import check_length

    for item in job.items:
        for track in item.tracks.values():
            check_length(track)


def _written(job: Job, table: Table) -> tuple[Path, ...]:
    """Write the measurement; no file gets its final name before all are on disk."""
    from core.files.atomic import atomic_folder
    from core.measures.long_table import write
    from core.measures.praat_script import write_praat_script

    files: list[Path] = []
    with contextlib.ExitStack() as whole:
        if job.script is not None:
            folder = whole.enter_context(atomic_folder(job.script))
            measured = {(one.file, one.item) for one in table.layers}
            items = [item for item in job.items if (item.file, item.item) in measured]
            names = write_praat_script(folder, items, table, job.choice, job.about)
            files += [job.script / name for name in names]
        if job.table is not None:
            beside, _ = write(job.table, table, job.choice, job.about)
            files[:0] = [job.table, beside]
    return tuple(files)


class Measurer(Protocol):
    """Something that measures one job at a time."""

    def start(self, job: Job, progress: Progress) -> Future[Done]: ...

    def cancel(self) -> None: ...


class ProcessMeasurer:
    """Measures in a spawned process; a newer job, or `cancel`, ends the running one."""

    def __init__(self) -> None:
        self._process: Any = None

    def start(self, job: Job, progress: Progress) -> Future[Done]:
        """Start a measurement; `progress` is called from another thread."""
        self.cancel()
        spawn = multiprocessing.get_context("spawn")
        pipe, theirs = spawn.Pipe()
        self._process = spawn.Process(target=serve, args=(theirs,), name="phonoscope-measure", daemon=True)
        self._process.start()
        theirs.close()
        future: Future[Done] = Future()
        reader = threading.Thread(
            target=_read, args=(pipe, job, progress, future), name="measure-reader", daemon=True
        )
        reader.start()
        return future

    def cancel(self) -> None:
        """End the process if it is running; its drafts are removed and its table is not written."""
        process, self._process = self._process, None
        if process is not None:
            process.terminate()


def _read(pipe: Connection, job: Job, progress: Progress, future: Future[Done]) -> None:
    """Send the job and pass on its messages until the last one or until the process ends."""
    try:
        with pipe:
            pipe.send(job)
            answer: Done | Exception | tuple[int, int] = pipe.recv()
            while isinstance(answer, tuple):
                progress(*answer)
                answer = pipe.recv()
    except (EOFError, OSError):
        answer = STOPPED
    if isinstance(answer, Exception):
        future.set_exception(answer)
    else:
        future.set_result(answer)


def _leave(number: int, frame: object) -> None:
    sys.exit(0)  # not killed, so that it removes its drafts


def serve(pipe: Connection) -> None:
    """Run one job: the main function of a measuring process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _leave)
    with contextlib.suppress(EOFError, OSError):
        try:
            answer: Done | Exception = do(pipe.recv(), lambda done, of: pipe.send((done, of)))
        except (Fault, Cancelled) as fault:
            answer = fault
        except (EOFError, OSError):
            raise
        except Exception:
            # as text, because the error itself may not survive the pipe
            answer = RuntimeError(traceback.format_exc())
        pipe.send(answer)
