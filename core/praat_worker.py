"""Where a Praat worker's process begins: before numpy is imported, so that it can be told something."""

from __future__ import annotations

import os
from multiprocessing.connection import Connection
from typing import Any


def main(pipe: Connection, block: Any) -> None:
    """Keep matrix products to one thread, then answer asks."""
    # each worker has one processor: threads of numpy's would wait for those of the other worker, spinning
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    from core.praat_answers import serve

    serve(pipe, block)
