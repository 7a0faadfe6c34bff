"""Where the user stands in each model: written at every change, and found again when the model is opened."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import QTimer

from app.base.context import Context
from core.families.card import Card
from core.faults import Fault
from core.session.session import ModelPoint, Snapshot
from core.session.working_points import path_in, read_working_point, write_working_point

WAIT_MS = 200  # how long after a change it is written; a turning knob writes this often


class WorkingPoints:
    """Knows at which point each model was left, by the model's digest; of several copies, the first one's.

    After `keep` it is on the disk, too.
    """

    def __init__(self, context: Context) -> None:
        self._session = context.session
        self._jobs = context.jobs
        self._messages = context.messages
        self._clock = context.clock
        self._folder: Path | None = None
        self._latest: dict[str, ModelPoint] = {}
        self._unwritten: dict[str, ModelPoint] = {}
        self._is_writing = False
        self._has_failed = False  # told once
        self._timer = QTimer(singleShot=True, interval=WAIT_MS)
        self._timer.timeout.connect(self._write)
        self._session.snapshot_changed.connect(self._changed)

    def keep(self, folder: Path) -> None:
        """Read the points in a folder, and write every change there."""
        self._folder = folder

    def left_at(self, card: Card) -> ModelPoint | None:
        """Return the point at which the user left a model; None if it was never moved."""
        known, folder = self._latest.get(card.digest), self._folder
        if known is not None or folder is None:
            return known
        path, tell = path_in(folder, card.digest), self._messages.faulted.emit
        try:
            return read_working_point(path, card.layout.size, lambda words: tell(Fault(words)))
        except Fault as fault:
            tell(fault)
            return None

    def _changed(self, before: Snapshot, after: Snapshot) -> None:
        were, session = before.points, self._session
        firsts = {card.digest: id for id, card in reversed(session.models.items())}
        for model, at in after.points.items():
            digest = session.models[model].digest if model in session.models else ""
            if firsts.get(digest) == model and model in were and were[model] != at:
                self._latest[digest] = self._unwritten[digest] = at
        if self._unwritten and self._folder is not None and not self._timer.isActive():
            self._timer.start()

    def _write(self) -> None:
        """Write the changed points in another thread; changes that come meanwhile are written next."""
        if self._is_writing:
            self._timer.start()
            return
        wanted, self._unwritten = self._unwritten, {}
        self._is_writing = bool(wanted)
        if wanted:
            future = self._clock.work(lambda: self._write_all(wanted))
            self._jobs.follow("working points", future, lambda _: self._written(), self._failed)

    def _written(self) -> None:
        self._is_writing = self._has_failed = False

    def _failed(self, fault: Fault) -> None:
        self._is_writing = False
        if not self._has_failed:
            self._has_failed = True
            self._messages.faulted.emit(fault)

    def close(self) -> None:
        """Write what is not written yet."""
        self._timer.stop()
        with contextlib.suppress(Fault):  # the window is gone; whatever else failed here was told
            self._write_all(self._unwritten)

    def _write_all(self, points: Mapping[str, ModelPoint]) -> None:
        if self._folder is not None:
            for digest, at in points.items():
                write_working_point(at, path_in(self._folder, digest))
