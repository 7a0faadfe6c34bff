"""HDF5 files, as Keras and Lasagne's users save weights: arrays by name, read with h5py.

Links to other files, and arrays whose numbers lie outside the file, are refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from core.checkpoint.tensors import ITEM_BYTES, TensorSpec, as_float32, checked_shape, damaged
from core.faults import Fault
from core.files.regular import check_file

DEEPEST, MOST_ARRAYS = 12, 20_000
OPTIMIZER = "optimizer_weights"
WEIGHTS = "model_weights/"


class Hdf5File:
    """One `.h5` or `.hdf5` file; Keras's names are those of its variables, such as conv2d_1/kernel."""

    def __init__(self, path: Path) -> None:
        self.path = path
        check_file(path)
        self._places: dict[str, str] = {}
        self._specs: dict[str, TensorSpec] = {}
        with _opened(path) as file:
            for place, data in _arrays(file, path):
                dtype = str(data.dtype.name)
                if dtype in ITEM_BYTES:
                    name = plain_name(place)
                    self._places[name] = place
                    self._specs[name] = TensorSpec(checked_shape(tuple(data.shape), name), dtype)

    @property
    def specs(self) -> Mapping[str, TensorSpec]:
        return self._specs

    def read(self, name: str) -> NDArray[np.float32]:
        """Return one array. Raises Fault if it is damaged."""
        spec = self._specs[name]
        with _opened(self.path) as file:
            try:
                values: NDArray[Any] = np.ascontiguousarray(file[self._places[name]][()])
            except (OSError, KeyError, ValueError, RuntimeError) as flaw:
                raise damaged(self.path.name) from flaw
        little = values.astype(values.dtype.newbyteorder("<"), copy=False)
        return as_float32(little.reshape(-1).view(np.uint8), spec.dtype).reshape(spec.shape)


def plain_name(place: str) -> str:
    """Return an array's name without what Keras adds around it.

    >>> plain_name("model_weights/conv2d_12/conv2d_12/kernel:0"), plain_name("param3")
    ('conv2d_12/kernel', 'param3')
    """
    parts = place.removeprefix(WEIGHTS).removesuffix(":0").split("/")
    kept = [part for k, part in enumerate(parts) if k == 0 or part != parts[k - 1]]
    return re.sub(r"/+", "/", "/".join(kept))


def _opened(path: Path) -> Any:
    import h5py  # pyright: ignore[reportMissingTypeStubs]

    try:
        return cast(Any, h5py).File(path, "r", locking=False)
    except (OSError, ValueError, RuntimeError) as flaw:
        raise damaged(path.name) from flaw


def _arrays(group: Any, path: Path, begin: str = "", depth: int = 0) -> Iterator[tuple[str, Any]]:
    """Yield the arrays below a group, without an optimiser's."""
    import h5py  # pyright: ignore[reportMissingTypeStubs]

    library: Any = h5py
    for count, key in enumerate(list(group)):
        if depth > DEEPEST or count > MOST_ARRAYS:
            raise damaged(path.name)
        link: Any = group.get(key, getlink=True)
        if not isinstance(link, library.HardLink):
            raise _outside(path, f"{begin}{key}")
        one: Any = group[key]
        if isinstance(one, library.Group) and key != OPTIMIZER:
            yield from _arrays(one, path, f"{begin}{key}/", depth + 1)
        elif isinstance(one, library.Dataset):
            if one.external or one.is_virtual:
                raise _outside(path, f"{begin}{key}")
            yield f"{begin}{key}", one


def _outside(path: Path, name: str) -> Fault:
    return Fault(
        f"“{name}” in “{path.name}” is a link, or lies in another file, and is not read.",
        "Save the weights in one plain file.",
    )
