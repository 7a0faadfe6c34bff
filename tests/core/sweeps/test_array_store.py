"""Arrays on disk survive a kill, and only those of the same request are gone on with."""

from __future__ import annotations

import numpy as np
import pytest

from core.faults import Fault
from core.sweeps.array_store import ArrayStore

SHAPES = {"conv1": (3, 4), "out": (3, 8)}


def arrays(item: int) -> dict[str, np.ndarray]:
    return {name: np.full(shape, item + 0.5, np.float32) for name, shape in SHAPES.items()}


def test_what_was_flushed_is_there_after_a_kill(tmp_path):
    first = ArrayStore(tmp_path / "part", "asked", SHAPES, 5)
    first.put(0, arrays(0))
    first.put(1, arrays(1))
    first.flush(2)
    first.put(2, arrays(2))  # not flushed: the process dies here
    second = ArrayStore(tmp_path / "part", "asked", SHAPES, 5)
    assert second.done == 2
    np.testing.assert_array_equal(second.item(1)["out"], arrays(1)["out"])
    for item in range(2, 5):
        second.put(item, arrays(item))
    assert second.done == 5
    second.pack(tmp_path / "layers.npz")
    second.remove()
    assert not (tmp_path / "part").exists()
    with np.load(tmp_path / "layers.npz") as packed:
        assert list(packed) == ["conv1", "out"]
        assert packed["conv1"].shape == (5, 3, 4)
        assert packed["out"][:, 0, 0].tolist() == [0.5, 1.5, 2.5, 3.5, 4.5]


def test_equal_arrays_are_packed_into_equal_files(tmp_path):
    for name in ("a", "b"):
        store = ArrayStore(tmp_path / name, "asked", SHAPES, 1)
        store.put(0, arrays(0))
        store.pack(tmp_path / f"{name}.npz", squeeze=True)
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()
    with np.load(tmp_path / "a.npz") as packed:
        assert packed["out"].shape == (3, 8)


def test_the_beginning_of_another_request_is_not_overwritten(tmp_path):
    store = ArrayStore(tmp_path / "part", "asked", SHAPES, 2)
    store.flush(0)
    with pytest.raises(Fault, match="beginning of another sweep"):
        ArrayStore(tmp_path / "part", "something else", SHAPES, 2)


def test_a_begun_sweep_whose_arrays_are_gone_starts_again(tmp_path):
    store = ArrayStore(tmp_path / "part", "asked", SHAPES, 2)
    store.put(0, arrays(0))
    store.flush(1)
    (tmp_path / "part" / "out.npy").unlink()
    assert ArrayStore(tmp_path / "part", "asked", SHAPES, 2).done == 0
