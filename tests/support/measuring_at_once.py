"""A measurer that needs no process of its own."""

from __future__ import annotations

from concurrent.futures import Future

from core.measures.job import Done, Job, Progress, do


class InlineMeasurer:
    """Measures at once in the calling thread."""

    def start(self, job: Job, progress: Progress) -> Future[Done]:
        """Measure and give a future that is already done."""
        future: Future[Done] = Future()
        try:
            future.set_result(do(job, progress))
        except Exception as error:
            future.set_exception(error)
        return future

    def cancel(self) -> None:
        """Do nothing: no request is ever running here."""
