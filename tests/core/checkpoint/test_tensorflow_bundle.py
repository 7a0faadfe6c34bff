"""TensorFlow bundles: what is read, and what is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.checkpoint.sorted_table import masked_crc32c
from core.checkpoint.tensorflow_bundle import Bundle
from core.faults import Fault
from tests.support.tiny.bundles import MAGIC, block, entry, masked, sealed, varint, write_bundle

TENSORS = {
    "a/kernel": np.arange(24, dtype=np.float32).reshape(2, 3, 4),
    "a/kernel/Adam": np.zeros((2, 3, 4), np.float32),
    "b": np.array([1.5, -2.25], np.float64),
    "half": np.array([0.5, 65504], np.float16),
    "step": np.array(12345, np.int64),
}


def flip(path: Path, at: int) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 0x10
    path.write_bytes(bytes(data))


def test_every_type_is_read_as_float32(tmp_path: Path) -> None:
    bundle = Bundle(write_bundle(tmp_path / "m", TENSORS))
    assert set(bundle.specs) == set(TENSORS)
    for name, values in TENSORS.items():
        read = bundle.read(name)
        assert read.dtype == np.float32
        assert bundle.specs[name].shape == values.shape
        np.testing.assert_array_equal(read, values.astype(np.float32))


def test_the_checksum_is_the_published_one() -> None:
    """RFC 3720's CRC32C of 32 zero bytes is 8a9136aa; masking is TensorFlow's."""
    crc = 0x8A9136AA
    assert masked_crc32c(bytes(32)) == (((crc >> 15) | (crc << 17)) + 0xA282EAD8) & 0xFFFFFFFF


def test_object_checkpoints_lose_their_suffix(tmp_path: Path) -> None:
    name = "G/x/.ATTRIBUTES/VARIABLE_VALUE"
    assert list(Bundle(write_bundle(tmp_path / "m", {name: np.zeros(2, np.float32)})).specs) == ["G/x"]


def test_an_index_without_its_data_is_a_fault(tmp_path: Path) -> None:
    bundle = Bundle(write_bundle(tmp_path / "m", TENSORS))
    (tmp_path / "m.data-00000-of-00001").unlink()
    with pytest.raises(Fault, match=r"weights themselves are missing: .*m\.data-00000-of-00001"):
        bundle.read("b")


def test_data_cut_short_is_a_fault(tmp_path: Path) -> None:
    bundle = Bundle(write_bundle(tmp_path / "m", TENSORS))
    data = tmp_path / "m.data-00000-of-00001"
    data.write_bytes(data.read_bytes()[:-3])
    assert bundle.read("a/kernel").shape == (2, 3, 4)
    with pytest.raises(Fault, match="not in the file"):
        bundle.read("step")


def test_a_wrong_checksum_of_data_is_a_fault(tmp_path: Path) -> None:
    bundle = Bundle(write_bundle(tmp_path / "m", TENSORS))
    flip(tmp_path / "m.data-00000-of-00001", 5)
    with pytest.raises(Fault, match="checksum of a/kernel is wrong"):
        bundle.read("a/kernel")
    assert bundle.read("b").tolist() == [1.5, -2.25]


def test_a_wrong_checksum_of_the_index_is_a_fault(tmp_path: Path) -> None:
    prefix = write_bundle(tmp_path / "m", TENSORS)
    flip(tmp_path / "m.index", 10)
    with pytest.raises(Fault, match="its checksum is wrong"):
        Bundle(prefix)


@pytest.mark.parametrize(
    "shape", [(25_000_000_000,), (1 << 62, 1 << 62), (-1,), (2,) * 20, (1 << 63,)], ids=str
)
def test_a_tensor_that_claims_too_much_is_a_fault(tmp_path: Path, shape: tuple[int, ...]) -> None:
    size = 4 * int(np.prod([max(n, 0) for n in shape], dtype=object))
    huge = {"huge": entry("float32", shape, 0, size, masked(b""))}
    with pytest.raises(Fault):
        Bundle(write_bundle(tmp_path / "m", TENSORS, huge)).read("huge")


def test_a_size_that_contradicts_the_shape_is_a_fault(tmp_path: Path) -> None:
    odd = {"odd": entry("float32", (3,), 0, 8, masked(bytes(8)))}
    with pytest.raises(Fault, match="damaged"):
        Bundle(write_bundle(tmp_path / "m", TENSORS, odd)).read("odd")


@pytest.mark.parametrize(
    "value", [b"\x12", b"\x12\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", b"\x0f", b"\x08\x01\x10\x05"]
)
def test_an_entry_that_is_no_message_is_a_fault(tmp_path: Path, value: bytes) -> None:
    with pytest.raises(Fault):
        Bundle(write_bundle(tmp_path / "m", TENSORS, {"z": value}))


@pytest.mark.parametrize("data", [b"", b"x" * 100, bytes(48), bytes(40) + bytes.fromhex("57fb808b247547db")])
def test_a_file_that_is_no_table_is_a_fault(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "m.index").write_bytes(data)
    with pytest.raises(Fault):
        Bundle(tmp_path / "m")


def test_an_index_whose_keys_grow_without_end_is_a_fault(tmp_path: Path) -> None:
    again = varint(100_000) + varint(0) + varint(0)  # the whole key of the entry before
    body = varint(0) + varint(100_000) + varint(0) + b"a" * 100_000 + again * 3000
    body += (0).to_bytes(4, "little") + (1).to_bytes(4, "little")
    index = block({b"a": varint(0) + varint(len(body))})
    data = sealed(body) + sealed(index)
    footer = varint(0) + varint(0) + varint(len(sealed(body))) + varint(len(index))
    (tmp_path / "m.index").write_bytes(data + footer.ljust(40, b"\0") + MAGIC)
    with pytest.raises(Fault, match="is damaged"):
        Bundle(tmp_path / "m")
