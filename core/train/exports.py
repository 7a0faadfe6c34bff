"""A trained model in the layouts that other people's programs read.

The TensorFlow bundle holds exactly what the network computes with. The PyTorch port's files hold
the same numbers in the port's layouts, but the port computes something else with them: see NOTE.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.checkpoint.sorted_table import masked_crc32c
from core.faults import Fault
from core.files.atomic import atomic
from core.networks.layer_specs import STEPS
from core.train.recipe import Recipe

Arrays = Mapping[str, NDArray[Any]]
MAGIC = bytes.fromhex("57fb808b247547db")
FLOAT = 1
BLOCK_ENTRIES = 16

NOTE = """These files hold a model trained with the layout of the TensorFlow WaveGAN, in the layouts of the
PyTorch port (ciwganfiwgan-pytorch). The numbers are the same, but the port's networks are not:

1. The port has no ReLU after the fully connected layer. In WaveGANGenerator.forward, add
       x = torch.relu(x)
   between z_project and the reshape.
2. The port pads every convolution by 11 on both sides, TensorFlow by 10 and 11 (each layer is one
   sample late). To get the same sound, use ConvTranspose1d(..., stride=4, padding=10,
   output_padding=0) followed by [..., :4 * L], and pad (10, 11) before each Conv1d of D and Q.

Without these two changes the port makes another sound from these weights.
"""


def write_tensorflow(prefix: Path, arrays: Arrays, recipe: Recipe) -> None:
    """Write `prefix.index` and `prefix.data-00000-of-00001`, with args.txt and the checkpoint file.

    TensorFlow's Saver and Phonoscope restore them under the published variable names.
    """
    names = sorted(arrays, key=str.encode)
    parts = [np.ascontiguousarray(arrays[name], np.float32) for name in names]
    rows = [(b"", _header())]
    at = 0
    for name, part in zip(names, parts, strict=True):
        rows.append((name.encode(), _entry(part, at)))
        at += part.nbytes
    with atomic(prefix.with_name(prefix.name + ".data-00000-of-00001")) as draft, draft.open("wb") as file:
        for part in parts:
            file.write(part.tobytes())
    with atomic(prefix.with_name(prefix.name + ".index")) as draft:
        draft.write_bytes(_table(rows))
    with atomic(prefix.with_name("args.txt")) as draft:
        draft.write_text(_args(recipe), encoding="utf-8")
    with atomic(prefix.with_name("checkpoint")) as draft:
        draft.write_text(f'model_checkpoint_path: "{prefix.name}"\n', encoding="utf-8")


def _args(recipe: Recipe) -> str:
    values = {
        "data_sample_rate": recipe.rate_hz,
        "data_slice_len": recipe.slice_len,
        "wavegan_latent_dim": recipe.latent,
        "wavegan_kernel_len": 25,
        "wavegan_dim": recipe.dim,
        "wavegan_batchnorm": False,
        "wavegan_genr_upsample": "zeros",
        "wavegan_genr_pp": False,
        "wavegan_disc_phaseshuffle": recipe.phase_shuffle,
        "num_categ": recipe.categories,
    }
    return "".join(f"{name},{value}\n" for name, value in values.items())


def _varint(value: int) -> bytes:
    parts = bytearray()
    while value > 127:
        parts.append(value & 127 | 128)
        value >>= 7
    return bytes([*parts, value])


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _message(field: int, content: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(content)) + content


def _header() -> bytes:
    """Return the header: one shard, little-endian, written by a producer of version 1."""
    return _number(1, 1) + _message(3, _number(1, 1))


def _entry(array: NDArray[Any], offset: int) -> bytes:
    """Return a variable's entry: type, shape, shard 0 (omitted), offset, size and checksum."""
    shape = b"".join(_message(2, _number(1, size)) for size in array.shape)
    place = _number(4, offset) if offset else b""
    check = _varint(6 << 3 | 5) + struct.pack("<I", masked_crc32c(array.tobytes()))
    return _number(1, FLOAT) + _message(2, shape) + place + _number(5, array.nbytes) + check


def _table(rows: list[tuple[bytes, bytes]]) -> bytes:
    """Return a sorted string table: data blocks, an empty metaindex, the index block, the footer."""
    whole = b""
    index: list[tuple[bytes, bytes]] = []
    for first in range(0, len(rows), BLOCK_ENTRIES):
        some = rows[first : first + BLOCK_ENTRIES]
        block = _block(some)
        index.append((some[-1][0], _varint(len(whole)) + _varint(len(block) - 5)))
        whole += block
    meta, directory = _block([]), _block(index)
    places = (len(whole), len(meta) - 5, len(whole) + len(meta), len(directory) - 5)
    footer = b"".join(map(_varint, places))
    return whole + meta + directory + footer.ljust(40, b"\0") + MAGIC


def _block(rows: list[tuple[bytes, bytes]]) -> bytes:
    """Return one block with whole keys and a single restart, then its type and checksum."""
    entries = b""
    starts: list[int] = []
    for key, value in rows:
        starts.append(len(entries))
        entries += b"\0" + _varint(len(key)) + _varint(len(value)) + key + value
    starts = starts or [0]
    content = entries + struct.pack(f"<{len(starts) + 1}I", *starts, len(starts)) + b"\0"
    return content + struct.pack("<I", masked_crc32c(content))


def port_states(arrays: Arrays) -> dict[str, dict[str, NDArray[Any]]]:
    """Return the arrays under the port's names and in its layouts, one dict per network."""
    states: dict[str, dict[str, NDArray[Any]]] = {}
    for name, array in arrays.items():
        network, place, *_, last = name.split("/")
        states.setdefault(network, {})[_port_name(network, place, last)] = _port_array(place, last, array)
    return states


def _port_name(network: str, place: str, last: str) -> str:
    part = place.removeprefix("Q") if network == "Q" else place
    part = {"output": "fc_out"}.get(part, part).replace("upconv_", "upconv")
    conv = ".conv" if "conv" in part else ""
    return f"{part}{conv}.{'weight' if last == 'kernel' else last}"


def _port_array(place: str, last: str, array: NDArray[Any]) -> NDArray[Any]:
    """Return an array in PyTorch's layout; the two dense maps also change from time first to channels
    first.
    """
    if place == "z_project":
        flat = array.reshape(-1, STEPS, array.shape[-1] // STEPS).swapaxes(1, 2)
        flat = flat.reshape(*array.shape[:-1], -1)
        return np.ascontiguousarray(flat.T)
    if place.endswith("output") and last == "kernel":
        flat = array.reshape(STEPS, -1, array.shape[1]).swapaxes(0, 1).reshape(array.shape)
        return np.ascontiguousarray(flat.T)
    if array.ndim == 4:
        return np.ascontiguousarray(array[0].transpose(2, 1, 0))
    return np.ascontiguousarray(array.transpose(2, 1, 0)) if array.ndim == 3 else array


def write_port(folder: Path, arrays: Arrays, recipe: Recipe, steps: int) -> None:
    """Write `epoch0_stepN_{G,D,Q}.pt` with a note on how the port differs.

    Raises Fault for a slice length that the port lacks.
    """
    import torch

    if recipe.slice_len != 16384:
        raise Fault(
            f"The PyTorch port has no networks of this shape for a slice of {recipe.slice_len} samples.",
            "Write the TensorFlow layout instead.",
        )
    for network, state in port_states(arrays).items():
        tensors = {name: torch.tensor(np.asarray(array, np.float32)) for name, array in state.items()}
        with atomic(folder / f"epoch0_step{steps}_{network}.pt") as draft:
            torch.save(tensors, draft)
    with atomic(folder / "README.txt") as draft:
        draft.write_text(NOTE, encoding="utf-8")
