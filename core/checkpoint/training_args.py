"""The settings that a TensorFlow training run wrote to `args.txt`."""

from __future__ import annotations

from pathlib import Path

LARGEST_BYTES = 1_000_000
QUESTIONS = {"data_sample_rate": "rate", "data_slice_len": "slice", "num_categ": "code"}


def read_args(folder: Path) -> dict[str, str]:
    """Return the `key,value` lines of `args.txt`, empty if there is no such file."""
    path = folder / "args.txt"
    if not path.is_file() or path.stat().st_size > LARGEST_BYTES:
        return {}
    lines = path.read_text(errors="replace").splitlines()
    return dict(line.split(",", 1) for line in lines if "," in line)
