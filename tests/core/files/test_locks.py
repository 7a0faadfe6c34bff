"""Locks between windows: one has a file at a time, whoever it is, and a crash leaves it free."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from filelock import Timeout

from core.files.locks import lock_beside, unlock

ROOT = Path(__file__).parents[3]


def test_a_file_is_locked_once_until_it_is_unlocked(tmp_path: Path):
    path = tmp_path / "results.json"
    first = lock_beside(path)
    with pytest.raises(Timeout):
        lock_beside(path)
    unlock(first)
    assert list(tmp_path.iterdir()) == []
    unlock(lock_beside(path))


def test_another_thread_may_unlock(tmp_path: Path):
    lock = lock_beside(tmp_path / "results.json")
    with ThreadPoolExecutor(1) as other:
        other.submit(unlock, lock).result()
    unlock(lock_beside(tmp_path / "results.json"))


def test_a_window_that_crashed_locks_nothing(tmp_path: Path):
    path = tmp_path / "results.json"
    script = (
        "import os, sys\nfrom pathlib import Path\nfrom core.files.locks import lock_beside\n"
        "lock = lock_beside(Path(sys.argv[1]))\nprint(lock.is_locked, flush=True)\n"
        "input()\nos.kill(os.getpid(), 9)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, path],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as window:
        assert window.stdout is not None
        assert window.stdout.readline() == "True\n"
        with pytest.raises(Timeout):
            lock_beside(path)
        window.communicate("\n")
    unlock(lock_beside(path))


def test_where_nothing_can_be_written_nothing_is_locked(tmp_path: Path):
    (tmp_path / "file").touch()
    lock = lock_beside(tmp_path / "file" / "results.json")
    assert not lock.is_locked
    unlock(lock)
