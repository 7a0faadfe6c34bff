"""The card beside a checkpoint in which a user's answers are remembered."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec

from core.faults import Fault
from core.files.atomic import atomic

Answers = dict[str, str | int | float | bool]
LARGEST_BYTES = 1_000_000


class SidecarCard(msgspec.Struct):
    """What the file holds: its version and the answers by their questions' names."""

    format: int = 1
    answers: Answers = {}


def sidecar_path(checkpoint: Path) -> Path:
    """Give `<checkpoint>.phonoscope.json`."""
    return checkpoint.with_name(f"{checkpoint.name}.phonoscope.json")


def load(checkpoint: Path) -> Answers:
    """Give the remembered answers, none where there is no card; raises Fault where it is damaged."""
    path = sidecar_path(checkpoint)
    if not path.is_file():
        return {}
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise ValueError("too large")
        return msgspec.json.decode(path.read_bytes(), type=SidecarCard).answers
    except (msgspec.DecodeError, ValueError) as flaw:
        raise Fault(
            f"The card “{path.name}” beside the checkpoint cannot be read.",
            "Correct or delete it: it only holds answers that can be given again.",
        ) from flaw


def save(checkpoint: Path, answers: Mapping[str, str | int | float | bool]) -> None:
    """Write the answers beside the checkpoint, whole or not at all.

    Raises Fault where the folder cannot be written to.
    """
    path = sidecar_path(checkpoint)
    data = msgspec.json.format(msgspec.json.encode(SidecarCard(1, dict(answers))), indent=2)
    try:
        with atomic(path) as draft:
            draft.write_bytes(data + b"\n")
    except Fault as flaw:
        raise Fault(
            f"The answers could not be remembered: “{path.parent}” cannot be written to.",
            "They hold until the checkpoint is closed.",
        ) from flaw
