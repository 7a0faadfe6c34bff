"""numpy's archives are read array by array; nothing in them is unpickled, and damage is a fault."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest

from core.checkpoint.numpy_archive import NpzFile
from core.faults import Fault


def test_numbers_are_read_and_objects_are_left(tmp_path: Path) -> None:
    chance = np.random.default_rng(0)
    arrays = {
        "half": chance.standard_normal((3, 4)).astype(np.float16),
        "fortran": np.asfortranarray(chance.standard_normal((2, 5))),
        "whole": np.arange(6).reshape(2, 3),
        "scalar": np.float32(2.5),
        "objects": np.array([{"a": 1}, None], object),
        "texts": np.array(["a", "b"]),
    }
    for save in (np.savez, np.savez_compressed):
        save(tmp_path / "a.npz", **arrays, allow_pickle=True)
        file = NpzFile(tmp_path / "a.npz")
        assert set(file.specs) == {"half", "fortran", "whole", "scalar"}
        for name, spec in file.specs.items():
            found = file.read(name)
            assert (found.shape, found.dtype) == (spec.shape, np.float32)
            np.testing.assert_array_equal(found, arrays[name].astype(np.float32))


def archive_of(path: Path, content: bytes) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.npy", content)
    return path


def array_bytes() -> bytes:
    out = io.BytesIO()
    np.save(out, np.arange(100.0))
    return out.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no array",
        array_bytes()[:-8],
        array_bytes().replace(b"(100,)", b"(10**9,)"),
        array_bytes().replace(b"(100,)", b"(900,)"),
        array_bytes().replace(b"'<f8'", b"9**99"),
        b"\x93NUMPY\x02\x00\xff\xff\xff\xff",
    ],
)
def test_damage_is_a_fault(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(Fault, match="damaged"):
        NpzFile(archive_of(tmp_path / "a.npz", content)).read("a")


def test_what_is_no_archive_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "a.npz").write_bytes(array_bytes())
    with pytest.raises(Fault, match="damaged"):
        NpzFile(tmp_path / "a.npz")
