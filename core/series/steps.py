"""The checkpoints of one run in the order of their training steps."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

DIGITS = re.compile(r"\d+")
INDEX = ".index"


@dataclass(frozen=True, slots=True)
class TrainingStep:
    """One checkpoint of a run: its path, and what sets its name apart from the others'."""

    path: str
    name: str


def steps_of(path: Path) -> tuple[TrainingStep, ...]:
    """Return the checkpoints in a folder whose names differ from one only in their numbers, in their order.

    Of a TensorFlow bundle the path is the prefix, without `.index`. The checkpoint itself is among them; a
    name without numbers, and a folder that cannot be read, give it alone.
    """
    bundle = not path.is_file()
    name = path.name + INDEX if bundle else path.name
    pattern = re.compile(r"(\d+)".join(map(re.escape, DIGITS.split(name))))
    try:
        beside = [one for one in path.parent.iterdir() if pattern.fullmatch(one.name)]
    except OSError:
        beside = []
    found = {one.with_name(one.name.removesuffix(INDEX)) if bundle else one for one in beside} | {path}
    ordered = sorted(found, key=lambda one: [int(number) for number in DIGITS.findall(one.name)])
    return tuple(TrainingStep(str(one), words) for one, words in zip(ordered, _apart(ordered), strict=True))


def _apart(paths: list[Path]) -> list[str]:
    """Return the numbers in which names differ, or the whole name of one alone."""
    rows = [DIGITS.findall(path.name) for path in paths]
    moving = [k for k in range(min(map(len, rows))) if len({row[k] for row in rows}) > 1]
    if not moving:
        return [path.name for path in paths]
    return [" ".join(row[k] for k in moving) for row in rows]
