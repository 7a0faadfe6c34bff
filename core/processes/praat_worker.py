"""The entry point of a Praat worker's process: it sets the environment before numpy is imported."""

from __future__ import annotations

import os
from multiprocessing.connection import Connection
from typing import Any

KERNEL = {
    # one processor per worker: numpy's threads would spin while waiting for those of the other worker
    "OPENBLAS_NUM_THREADS": "1",
    # Praat rounds every term and adds in order (core.tiles.praat_resampling). This kernel does so too and
    # runs wherever numpy does; newer ones round a product and a sum together.
    "OPENBLAS_CORETYPE": "Nehalem",
}
"""The environment for numpy's matrix products, set before they are loaded."""


def main(pipe: Connection, block: Any) -> None:
    """Limit matrix products to one thread and to Praat's order of adding, then answer requests."""
    os.environ.update(KERNEL)
    from core.processes.praat_tasks import serve

    serve(pipe, block)
