"""Who runs tasks over models: this process, one task after the other, or the workers of a cluster.

A computation of many `ModelTask`s is written once, as the tasks and what is done with their results.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

from core.faults import Fault
from core.probing.model_id import ModelId
from core.processes.engine_tasks import ModelTask, Stop, never, outcome_of

if TYPE_CHECKING:
    from core.families.model import Model


class Workers(Protocol):
    """Runs tasks."""

    def outcomes(self, tasks: Iterable[ModelTask]) -> Iterator[Any]:
        """Yield each task's result in the order of the tasks, or its Fault.

        Tasks are taken a few at a time, as they are run, so they may be made one by one.
        """
        ...


class HereWorkers:
    """Runs tasks in this process."""

    def __init__(self, models: Mapping[ModelId, Model], stop: Stop = never) -> None:
        self._models, self._stop = models, stop

    def outcomes(self, tasks: Iterable[ModelTask]) -> Iterator[Any]:
        """Run each task when its result is asked for."""
        for task in tasks:
            yield outcome_of(task, self._models, self._stop)


def results(workers: Workers, tasks: Iterable[ModelTask]) -> Iterator[Any]:
    """Yield each task's result in order. Raises the first Fault."""
    for outcome in workers.outcomes(tasks):
        if isinstance(outcome, Fault):
            raise outcome
        yield outcome


@contextmanager
def workers_for(cluster: str | None, models: Mapping[ModelId, Model]) -> Generator[Workers]:
    """Give the workers of a Dask cluster, by its scheduler's address, or this process if that is None.

    Raises Fault if Dask is not installed, or the cluster does not answer or has no workers.
    """
    if not cluster:
        yield HereWorkers(models)
        return
    from core.processes.cluster import open_cluster

    with open_cluster(cluster, models) as workers:
        yield workers
