"""The JSON files beside the weights of a pretrained network, read as data: nothing they name is run."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import msgspec

from core.faults import Fault
from core.files.regular import check_beside, check_file

CONFIG, PREPROCESSOR, VOCABULARY, TOKENIZER = (
    "config.json",
    "preprocessor_config.json",
    "vocab.json",
    "tokenizer_config.json",
)
WEIGHTS = ("model.safetensors", "pytorch_model.bin")
"""The files that transformers writes, the safer one first."""
LARGEST_BYTES = 20_000_000


def read_json(path: Path) -> dict[str, Any]:
    """Return the object in a JSON file, empty if there is no file.

    Raises Fault if it is damaged or too large, or a link that leads out of its folder.
    """
    if not _in_download_cache(path):
        check_beside(path)
    check_file(path)
    if not path.is_file():
        return {}
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise ValueError("too large")
        return msgspec.json.decode(path.read_bytes(), type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError, ValueError, RecursionError, OSError) as flaw:
        raise Fault(
            f"“{path.name}” in “{path.parent.name}” cannot be read.", "Copy it again from its source."
        ) from flaw


def describes_encoder(folder: Path) -> bool:
    """Return whether a folder's config.json says which network its weights belong to."""
    try:
        found = read_json(folder / CONFIG)
    except Fault:
        return False
    return "architectures" in found or "model_type" in found


def _in_download_cache(path: Path) -> bool:
    """Return whether a file lies in Hugging Face's cache, where each is a link into the model's own blobs."""
    snapshots = path.parent.parent
    blobs = os.path.realpath(snapshots.parent / "blobs")
    return snapshots.name == "snapshots" and os.path.dirname(os.path.realpath(path)) == blobs
