"""A training checkpoint of full size opens by seeking: little memory, little time."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.tiny.sparse import ciwgan_shapes, port_shapes, size_of, sparse_bundle, sparse_zip

ROOT = Path(__file__).parents[3]
MEASURE = """
import hashlib, json, re, sys, time
from pathlib import Path
import google_crc32c, msgspec
from core.probing import forward
from core.families.registry import open_model

def peak():
    return 1024 * int(re.search(r"VmHWM:\\s*(\\d+)", Path("/proc/self/status").read_text())[1])

before, start = peak(), time.process_time()
model = open_model(Path(sys.argv[1]))
print(json.dumps({"s": time.process_time() - start, "bytes": peak() - before, "n": model.card.slice_len}))
"""
MOST_BYTES, MOST_S = 200_000_000, 2.0

pytestmark = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is measured on Linux")


def measured(path: Path) -> dict[str, float]:
    """Open a checkpoint in a process of its own; give processor time and the peak of its memory."""
    command = [sys.executable, "-c", MEASURE, str(path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def assert_opens_lightly(path: Path, generator_bytes: int) -> None:
    found = measured(path)
    assert found["n"] == 16384
    assert found["bytes"] < generator_bytes + MOST_BYTES
    assert found["s"] < MOST_S


def test_a_tensorflow_run_with_its_optimisers_slots(tmp_path: Path) -> None:
    assert sparse_bundle(tmp_path / "model.ckpt-1000") > 600e6
    generator = sum(size_of(shape) for name, shape in ciwgan_shapes().items() if name.startswith("G/"))
    assert_opens_lightly(tmp_path, generator)


def test_a_pytorch_file_with_its_optimisers_state(tmp_path: Path) -> None:
    assert sparse_zip(tmp_path / "gan.pt") > 700e6
    assert_opens_lightly(tmp_path / "gan.pt", sum(map(size_of, port_shapes().values())))
