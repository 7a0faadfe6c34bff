"""Tasks run by the workers of a Dask cluster; the results are those of a run in this process, bit by bit.

Each worker opens the checkpoint by its path, so it must see the same files and have this Phonoscope
installed. It computes with as many threads as this process would, because sums depend on their order.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.faults import Fault
from core.probing.model_id import ModelId
from core.processes.engine_tasks import ModelTask, OpenRequest, outcome_of

if TYPE_CHECKING:
    from core.families.model import Model

ANSWER_S = 10.0  # how long a scheduler and its first worker may take to answer
AHEAD = 2  # tasks in flight per thread of the cluster
MOST_MODELS = 4
MISSING = Fault(
    "A cluster needs Dask, which is not installed.", "Install it with `pip install 'phonoscope[cluster]'`."
)


@contextmanager
def open_cluster(address: str, models: Mapping[ModelId, Model]) -> Generator[ClusterWorkers]:
    """Connect to a scheduler, and leave it at the end; its workers stay.

    Raises Fault if Dask is not installed, or nobody answers at the address, or there are no workers.
    """
    try:
        from distributed import Client
    except ImportError:
        raise MISSING from None
    try:
        client: Any = Client(address, timeout=ANSWER_S, set_as_default=False)
    except (OSError, TimeoutError, ValueError):
        raise Fault(
            f"No Dask scheduler answers at “{address}”.",
            "Start one with `dask scheduler` and workers with `dask worker ADDRESS`, or check the address.",
        ) from None
    try:
        _wait_for_workers(client, address)
        yield ClusterWorkers(client, models)
    finally:
        client.close()


def _wait_for_workers(client: Any, address: str) -> None:
    try:
        client.wait_for_workers(1, timeout=ANSWER_S)
    except TimeoutError:
        raise Fault(
            f"The Dask scheduler at “{address}” has no workers.", "Start some with `dask worker ADDRESS`."
        ) from None


class ClusterWorkers:
    """Runs tasks on a cluster, a few of them ahead of what is asked for."""

    def __init__(self, client: Any, models: Mapping[ModelId, Model]) -> None:
        self._client = client
        self._opens = tuple(_open_request(id, model) for id, model in models.items())

    def outcomes(self, tasks: Iterable[ModelTask]) -> Iterator[Any]:
        """Yield the results in the order of the tasks, or their Faults. Raises Fault if the cluster fails."""
        threads, most = _threads(), AHEAD * max(1, sum(self._client.nthreads().values()))
        waiting: deque[Any] = deque()
        try:
            for task in tasks:
                waiting.append(
                    self._client.submit(_run, task, self._opens, threads, pure=False, key=_key(task))
                )
                if len(waiting) >= most:
                    yield self._result(waiting.popleft())
            while waiting:
                yield self._result(waiting.popleft())
        finally:
            self._client.cancel(list(waiting))

    def _result(self, future: Any) -> Any:
        from distributed import CancelledError, KilledWorker

        try:
            return future.result()
        except (KilledWorker, CancelledError, OSError) as lost:
            raise Fault(f"The cluster lost a task: {lost}.", "Run the same command again to go on.") from lost
        except ModuleNotFoundError as missing:
            raise Fault(
                f"A worker of the cluster cannot run this: {missing}.",
                "Start the workers from an environment with this Phonoscope.",
            ) from missing


def _key(task: ModelTask) -> str:
    from uuid import uuid4

    return f"{type(task).__name__}-{uuid4().hex}"


def _open_request(id: ModelId, model: Model) -> OpenRequest:
    """Return how a worker opens a model: the file must be the same one."""
    card = model.card
    return OpenRequest(id, str(Path(card.path).absolute()), dict(card.answers), card.digest)


def _threads() -> int:
    import torch

    return torch.get_num_threads()


def _run(task: ModelTask, opens: tuple[OpenRequest, ...], threads: int) -> Any:
    """Run a task on a worker, and return its result or its Fault."""
    import torch

    try:
        models = {
            asked.model: _opened(asked.path, tuple(sorted(asked.answers.items())), asked.digest)
            for asked in opens
        }
    except Fault as fault:
        return fault
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        return outcome_of(task, models)
    finally:
        torch.set_num_threads(before)


@lru_cache(maxsize=MOST_MODELS)
def _opened(path: str, answers: tuple[tuple[str, Any], ...], digest: str) -> Model:
    """Return an open model, read once per worker. Raises Fault if the worker has another file."""
    from core.families.registry import open_model

    if not Path(path).exists():
        raise Fault(
            f"A worker of the cluster does not see “{path}”.", "Put the model where all workers see it."
        )
    model = open_model(Path(path), dict(answers))
    if model.card.digest != digest:
        raise Fault(
            f"A worker of the cluster has another “{Path(path).name}”.",
            "Copy the model to all workers again.",
        )
    return model
