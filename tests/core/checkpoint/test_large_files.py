"""A training checkpoint of full size opens by seeking: little memory, little reading."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.tiny.sparse import ciwgan_shapes, port_shapes, size_of, sparse_bundle, sparse_zip

ROOT = Path(__file__).parents[3]
MEASURE = """
import hashlib, json, re, sys
from pathlib import Path
import google_crc32c, msgspec
from core.probing import forward
from core.families.registry import open_model

def peak():
    return 1024 * int(re.search(r"VmHWM:\\s*(\\d+)", Path("/proc/self/status").read_text())[1])

def read():
    return int(re.search(r"rchar:\\s*(\\d+)", Path("/proc/self/io").read_text())[1])

before, had = peak(), read()
model = open_model(Path(sys.argv[1]))
print(json.dumps({"read": read() - had, "bytes": peak() - before, "n": model.card.slice_len}))
"""
MOST_BYTES, MOST_READ = 200_000_000, 50_000_000

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/io").exists(), reason="memory and reading are measured on Linux"
)


def measured(path: Path) -> dict[str, float]:
    """Open a checkpoint in a process of its own; give what it read and its peak of memory, in bytes."""
    command = [sys.executable, "-c", MEASURE, str(path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def assert_opens_lightly(path: Path, generator_bytes: int) -> None:
    found = measured(path)
    assert found["n"] == 16384
    assert found["bytes"] < generator_bytes + MOST_BYTES
    assert found["read"] < generator_bytes + MOST_READ


def test_a_tensorflow_run_with_its_optimisers_slots(tmp_path: Path) -> None:
    assert sparse_bundle(tmp_path / "model.ckpt-1000") > 600e6
    generator = sum(size_of(shape) for name, shape in ciwgan_shapes().items() if name.startswith("G/"))
    assert_opens_lightly(tmp_path, generator)


def test_a_pytorch_file_with_its_optimisers_state(tmp_path: Path) -> None:
    assert sparse_zip(tmp_path / "gan.pt") > 700e6
    assert_opens_lightly(tmp_path / "gan.pt", sum(map(size_of, port_shapes().values())))
