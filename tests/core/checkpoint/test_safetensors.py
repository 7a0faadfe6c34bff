"""Safetensors files."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from core.checkpoint.safetensors import SafeFile
from core.faults import Fault


def write(path: Path, header: object, data: bytes = b"") -> Path:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + data)
    return path


def test_tensors_are_those_that_were_saved(tmp_path: Path) -> None:
    tensors = {
        "a": np.arange(6, dtype=np.float32).reshape(2, 3),
        "b": np.array([0.5, 2], np.float16),
        "c": np.array(3, np.int64),
    }
    save_file(tensors, tmp_path / "a.safetensors", {"card": "{}"})
    file = SafeFile(tmp_path / "a.safetensors")
    assert file.metadata == {"card": "{}"}
    for name, values in tensors.items():
        np.testing.assert_array_equal(file.read(name), values.astype(np.float32))


@pytest.mark.parametrize(
    ("header", "data"),
    [
        ({"w": {"dtype": "F32", "shape": [25_000_000_000], "data_offsets": [0, 100_000_000_000]}}, b""),
        ({"w": {"dtype": "F32", "shape": [2], "data_offsets": [0, 4]}}, bytes(4)),
        ({"w": {"dtype": "F32", "shape": [2], "data_offsets": [-8, 0]}}, bytes(8)),
        ({"w": {"dtype": "F32", "shape": [-2], "data_offsets": [0, 8]}}, bytes(8)),
        ({"w": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}}, bytes(7)),
        ({"w": {"dtype": "F32", "shape": ["2"], "data_offsets": [0, 8]}}, bytes(8)),
        ({"w": {"dtype": "F32", "shape": 2, "data_offsets": [0, 8]}}, bytes(8)),
        ({"w": {"dtype": "F32", "shape": [2]}}, bytes(8)),
        ({"w": {"dtype": [], "shape": [2], "data_offsets": [0, 8]}}, bytes(8)),
        ({"w": 3}, b""),
        (b"not json", b""),
        (b"[" * 100_000, b""),
    ],
)
def test_a_header_that_lies_is_a_fault(tmp_path: Path, header: object, data: bytes) -> None:
    path = write(tmp_path / "a.safetensors", header, data)
    with pytest.raises(Fault):
        SafeFile(path).read("w")


@pytest.mark.parametrize("data", [b"", b"abc", b"\xff" * 8, (1 << 40).to_bytes(8, "little") + b"{}"])
def test_a_file_that_is_none_is_a_fault(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.safetensors").write_bytes(data)
    with pytest.raises(Fault):
        SafeFile(tmp_path / "a.safetensors")
