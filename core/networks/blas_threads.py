"""Matrix products shared between threads that sleep while they wait.

OpenBLAS's threads spin while they wait for each other: beside a busy window or a training run, a forward pass
of 12 ms takes 200 ms. So each product runs on one thread, and the few products of a layer are distributed
over our own threads, which sleep. A part that no helper has started when the caller is done is taken back.
"""

from __future__ import annotations

import ctypes
import os
from collections import deque
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import cache
from threading import get_native_id
from typing import Any

import numpy as np

MOST_THREADS = 4  # as many as a layer has products


@cache
def thread_count() -> int:
    """Return the number of threads to use: one per processor, or the value of OMP_NUM_THREADS."""
    told = os.environ.get("OMP_NUM_THREADS", "")
    free = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(int(told) if told.isdigit() else free, MOST_THREADS))


@cache
def _helpers() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(thread_count() - 1, "products", lambda: _places.append(get_native_id()))


_places: list[int] = []  # the operating system's ids of the helper threads


@cache
def _where() -> Callable[[], int] | None:
    """Return the function that tells which processor a thread runs on, or None if threads cannot be
    pinned.
    """
    if not hasattr(os, "sched_setaffinity"):
        return None
    return getattr(ctypes.CDLL(None), "sched_getcpu", None)


def _keep_apart() -> None:
    """Keep the helpers off the caller's processor, where Linux tends to wake them although others are
    idle.
    """
    where = _where()
    others = os.sched_getaffinity(0) - {where()} if where else set[int]()
    for helper in _places if others else ():
        with suppress(OSError):
            os.sched_setaffinity(helper, others)


@cache
def _blas() -> tuple[Any, ...]:
    """Return the BLAS libraries in use; empty if their thread counts cannot be set.

    Setting the counts takes 2 µs; `ThreadpoolController.limit` takes 20 µs, as long as a small layer's
    product.
    """
    from threadpoolctl import ThreadpoolController  # pyright: ignore[reportMissingTypeStubs]

    known: Any = ThreadpoolController()
    return tuple(known.select(user_api="blas").lib_controllers)


@contextmanager
def products_on_one_thread() -> Generator[None]:
    """Keep numpy's matrix products on the calling thread, and restore the setting afterwards."""
    if thread_count() == 1:
        yield
        return
    before = [(library, library.get_num_threads()) for library in _blas()]
    for library, _ in before:
        library.set_num_threads(1)
    try:
        yield
    finally:
        for library, threads in before:
            library.set_num_threads(threads)


def share(parts: Sequence[Callable[[], object]]) -> None:
    """Run all parts, on several threads if numpy's products can be kept to one each."""
    waiting = deque(parts)
    if thread_count() == 1 or not _blas():
        _work(waiting)
        return
    _keep_apart()
    wanted = min(thread_count(), len(parts)) - 1
    helping = [_helpers().submit(_work, waiting) for _ in range(wanted)]
    _work(waiting)
    for helper in helping:
        if not helper.cancel():
            helper.result()


def _work(waiting: deque[Callable[[], object]]) -> None:
    """Run parts until none is left; taking one is an atomic step."""
    while True:
        try:
            part = waiting.popleft()
        except IndexError:
            return
        with np.errstate(all="ignore"):
            part()
