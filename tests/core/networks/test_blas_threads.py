"""Parts of a layer, shared between threads."""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from threadpoolctl import threadpool_info

from core.networks import blas_threads


def blas_counts() -> list[int]:
    """Give the threads of numpy's own library; scipy and torch may have loaded theirs since."""
    blas = [row for row in threadpool_info() if row["user_api"] == "blas"]
    own = [row for row in blas if "numpy" in Path(row["filepath"]).parent.name]
    return [row["num_threads"] for row in own or blas]


def test_every_part_runs_once() -> None:
    done: list[int] = []
    for _ in range(50):
        done.clear()
        blas_threads.share([lambda k=k: done.append(k) for k in range(7)])
        assert sorted(done) == list(range(7))


def test_a_part_that_fails_is_told() -> None:
    def fail() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        blas_threads.share([fail, fail, fail, fail])


def test_a_helper_that_does_not_come_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """With every helper busy elsewhere, the caller does all the work itself."""
    busy, done = threading.Event(), list[int]()
    with ThreadPoolExecutor(1) as helpers:
        monkeypatch.setattr(blas_threads, "thread_count", lambda: 2)
        monkeypatch.setattr(blas_threads, "_helpers", lambda: helpers)
        blocked = helpers.submit(busy.wait, 10)
        blas_threads.share([lambda: done.append(threading.get_ident()) for _ in range(4)])
        busy.set()
        assert blocked.result()
    assert done == [threading.get_ident()] * 4


def test_numpys_threads_are_as_before_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blas_threads, "thread_count", lambda: 2)
    before = blas_counts()
    if not before:
        pytest.skip("numpy's products cannot be kept to one thread here")
    with blas_threads.products_on_one_thread():
        assert set(blas_counts()) == {1}
    assert blas_counts() == before


def test_shared_products_are_the_plain_ones() -> None:
    chance = np.random.default_rng(0)
    a, b = chance.standard_normal((64, 96)), chance.standard_normal((96, 8))
    out = np.empty((4, 64, 8))
    blas_threads.share([lambda k=k: np.matmul(a, b * k, out=out[k]) for k in range(4)])
    for k in range(4):
        np.testing.assert_allclose(out[k], a @ (b * k), atol=1e-12)


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="threads cannot be placed here")
def test_helpers_keep_off_the_callers_processor(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside the caller a helper only takes its time away, while another processor idles."""
    if len(os.sched_getaffinity(0)) < 2:
        pytest.skip("one processor only")
    placed = list[set[int]]()
    monkeypatch.setattr(blas_threads, "_where", lambda: lambda: min(os.sched_getaffinity(0)))
    with ThreadPoolExecutor(
        1, initializer=lambda: blas_threads._places.append(threading.get_native_id())
    ) as helpers:
        helpers.submit(int).result()
        blas_threads._keep_apart()
        placed.append(helpers.submit(os.sched_getaffinity, 0).result())
        blas_threads._places.pop()
    assert placed == [os.sched_getaffinity(0) - {min(os.sched_getaffinity(0))}]
