"""Long computations over the open models, in a process of their own, so that knobs stay quick."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from concurrent.futures import Future
from typing import Any

from app.base.context import Context
from core.faults import Fault
from core.probing.model_id import ModelId
from core.processes.engine import Engine, ProcessEngine
from core.processes.engine_tasks import ModelTask, OpenRequest


class BackgroundEngine:
    """A second engine, started by the first task, which opens the models that its tasks are about."""

    def __init__(self, context: Context, make_engine: Callable[[], Engine] = ProcessEngine) -> None:
        self._session = context.session
        self._make_engine = make_engine
        self._engine: Engine | None = None
        self._opened: dict[ModelId, OpenRequest] = {}
        context.session.model_closed.connect(self._close_model)

    def ask(self, task: ModelTask, key: Hashable = "", urgent: bool = False) -> Future[Any]:
        """Queue a task; it replaces a waiting one with the same key. `urgent` tasks run before the others.

        The future ends in a Fault if a model's file is gone or has changed since it was opened.
        """
        if self._engine is None:
            self._engine = self._make_engine()
        for model in task.models:
            self._open(self._engine, model)
        return self._engine.ask(task, key, urgent)

    def stop(self, key: Hashable) -> None:
        """Cancel the waiting task with this key, and tell a running one to stop."""
        if self._engine is not None:
            self._engine.stop(key)

    def close(self) -> None:
        """End the process, if it was ever started."""
        if self._engine is not None:
            self._engine.close()

    def _open(self, engine: Engine, model: ModelId) -> None:
        card = self._session.models.get(model)
        if card is None:
            raise Fault("No model is open.", "Open a checkpoint first.")
        wanted = OpenRequest(model, card.path, dict(card.answers), card.digest)
        if self._opened.get(model) == wanted:
            return
        self._opened[model] = wanted
        opening = engine.ask(wanted, ("open", model), urgent=True)
        opening.add_done_callback(lambda over: self._forget_refused(wanted, over))

    def _forget_refused(self, wanted: OpenRequest, over: Future[Any]) -> None:
        """Let the next task try again to open a model that was refused."""
        if (over.cancelled() or over.exception() is not None) and self._opened.get(wanted.model) == wanted:
            del self._opened[wanted.model]

    def _close_model(self, model: ModelId) -> None:
        if self._engine is not None and self._opened.pop(model, None) is not None:
            self._engine.close_model(model)
