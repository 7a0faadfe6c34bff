"""Where a Praat worker's process begins: before numpy is imported, so that it can be told something."""

from __future__ import annotations

import os
from multiprocessing.connection import Connection
from typing import Any

KERNEL = {
    # each worker has one processor: threads of numpy's would wait for those of the other worker, spinning
    "OPENBLAS_NUM_THREADS": "1",
    # Praat rounds every term and adds in order (core.analyses.resampling): so does this kernel, which runs
    # wherever numpy does; newer ones round a product and a sum together
    "OPENBLAS_CORETYPE": "Nehalem",
}
"""What numpy's matrix products are told, before they are loaded."""


def main(pipe: Connection, block: Any) -> None:
    """Keep matrix products to one thread and to Praat's order of adding, then answer asks."""
    os.environ.update(KERNEL)
    from core.processes.praat_tasks import serve

    serve(pipe, block)
