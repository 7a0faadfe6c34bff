"""The checkpoints in `tests/data/checkpoints` and the layers that their own frameworks computed."""

from __future__ import annotations

import atexit
import lzma
import shutil
import tempfile
from functools import cache
from pathlib import Path

import numpy as np

from tests.support.praat_oracle import SHARED

KEPT = Path(__file__).parents[1] / "data" / "checkpoints"
TENSORFLOW = ("tf1-ciwgan-16384", "tf1-wavegan-16384-pp")
PORT = "pt-ciwgan-16384"
TRAINED = "pt-ciwgan-digits"  # too large to travel: it is read where it lies beside the project
NAMES = (*TENSORFLOW, PORT, *((TRAINED,) if (SHARED / "checkpoints" / TRAINED).is_dir() else ()))


@cache
def checkpoints() -> Path:
    """Give a folder with every checkpoint that travels, unpacked: one subfolder for each run."""
    folder = tempfile.TemporaryDirectory(prefix="phonoscope-checkpoints-")
    atexit.register(folder.cleanup)
    for file in sorted(KEPT.glob("*/*")):
        out = Path(folder.name) / file.relative_to(KEPT)
        out.parent.mkdir(exist_ok=True)
        if file.suffix == ".xz":
            out.with_suffix("").write_bytes(lzma.decompress(file.read_bytes()))
        elif file.suffix != ".npz":
            shutil.copyfile(file, out)
    return Path(folder.name)


def checkpoint(name: str) -> Path:
    """Give the folder of one checkpoint."""
    return SHARED / "checkpoints" / name if name == TRAINED else checkpoints() / name


@cache
def expected(name: str) -> dict[str, np.ndarray]:
    """Give the layers that the checkpoint's own framework computed.

    `z` is [2, 100], `G.<layer>.mean` [2, n] the average over channels of each generator layer after its
    activation, `D.<layer>.mean` and `Q.<layer>.mean` the same for the output fed to D and Q,
    `D.logits` and `Q.logits`; `G.conv1.maps` and `G.conv2.maps` are [n, channels] of the first vector.
    """
    folder = SHARED / "checkpoints" if name == TRAINED else KEPT
    with np.load(folder / name / "expected.npz") as file:
        return {key: file[key] for key in file.files if key != "waveform"}
