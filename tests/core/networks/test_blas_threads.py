"""Parts of a layer, shared between threads."""

from __future__ import annotations

import os
import threading
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


def test_a_helper_that_does_not_come_is_not_waited_for() -> None:
    """With every helper busy elsewhere, the caller does all the work itself."""
    count, begun, over = blas_threads.thread_count(), threading.Semaphore(0), threading.Event()

    def hold() -> None:
        begun.release()
        assert over.wait(120)

    other = threading.Thread(target=blas_threads.share, args=([hold] * count,))
    other.start()
    try:
        for _ in range(count if blas_counts() else 1):
            assert begun.acquire(timeout=120)
        done = list[int]()
        blas_threads.share([lambda: done.append(threading.get_ident()) for _ in range(4)])
        assert done == [threading.get_ident()] * 4
    finally:
        over.set()
        other.join()


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
def test_helpers_keep_off_the_callers_processor() -> None:
    """Beside the caller a helper only takes its time away, while another processor idles."""
    if blas_threads.thread_count() < 2 or not blas_counts():
        pytest.skip("no helpers here")
    placed, met = dict[int, set[int]](), threading.Barrier(2, timeout=120)

    def meet() -> None:
        met.wait()  # so that the caller takes one part and a helper the other
        placed[threading.get_ident()] = os.sched_getaffinity(0)

    for _ in range(2):  # before the first one no helper has begun
        placed.clear()
        blas_threads.share([meet, meet])
    mine = placed.pop(threading.get_ident())
    (theirs,) = placed.values()
    assert theirs < mine
    assert len(mine - theirs) == 1
