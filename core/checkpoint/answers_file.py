"""The file next to a checkpoint that remembers the user's answers about it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec

from core.faults import Fault
from core.files.atomic import atomic
from core.files.own_files import DAMAGE
from core.files.regular import check_beside, check_file

Answers = dict[str, str | int | float | bool]
LARGEST_BYTES = 1_000_000


class SidecarCard(msgspec.Struct):
    """The content of the file: its version, and the answers by question name."""

    format: int = 1
    answers: Answers = {}


def sidecar_path(checkpoint: Path) -> Path:
    """Return `<checkpoint>.phonoscope.json`."""
    return checkpoint.with_name(f"{checkpoint.name}.phonoscope.json")


def load(checkpoint: Path) -> Answers:
    """Return the remembered answers, empty if there is no file.

    Raises Fault if it is damaged, or a link that leads out of its folder.
    """
    path = sidecar_path(checkpoint)
    check_beside(path)
    check_file(path)
    if not path.is_file():
        return {}
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise ValueError("too large")
        return msgspec.json.decode(path.read_bytes(), type=SidecarCard).answers
    except (*DAMAGE, OSError) as flaw:
        raise Fault(
            f"The file “{path.name}” next to the checkpoint cannot be read.",
            "Correct or delete it: it only holds answers that you can give again.",
        ) from flaw


def save(checkpoint: Path, answers: Mapping[str, str | int | float | bool]) -> None:
    """Write the answers next to the checkpoint, atomically.

    Raises Fault if the folder is not writeable, or the file a link that leads out of it.
    """
    path = sidecar_path(checkpoint)
    check_beside(path)
    data = msgspec.json.format(msgspec.json.encode(SidecarCard(1, dict(answers))), indent=2)
    try:
        with atomic(path) as draft:
            draft.write_bytes(data + b"\n")
    except Fault as flaw:
        raise Fault(
            f"Your answers could not be saved: “{path.parent}” is not writeable.",
            "They apply until you close the checkpoint.",
        ) from flaw
