"""Starts, watches and stops a training run, which has its own process."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from core.faults import Fault
from core.files.atomic import atomic, folder_for

PROCESS_FILE, LOG_FILE, SOURCE_FILE = "training.pid", "training.log", "training.json"
OWN_FAULT = "phonoscope: "  # how the command line begins the line with which it ends
LONGEST_LOG = 4000


@dataclass(frozen=True, slots=True)
class LossRow:
    """The critic's distance and the other losses at one step."""

    step: int
    values: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class EvaluationRow:
    """The evaluation of the generated sounds at one step; None where a figure does not apply."""

    step: int
    q_accuracy: float | None
    distance_db2: float
    floor_db2: float | None


@dataclass(frozen=True, slots=True)
class ErrorRow:
    """The error rates of a recogniser at one step, from 0, and examples of what was said and heard."""

    step: int
    letters: float
    words: float
    heard: tuple[tuple[str, str], ...] = ()


Row = TypeVar("Row", LossRow, EvaluationRow, ErrorRow)
Field = TypeVar("Field", str, dict[str, Any])


@dataclass(frozen=True, slots=True)
class RunStatus:
    """The state of a run, read from its folder."""

    running: bool = False
    step: int = 0
    of: int = 0
    steps_per_s: float = 0.0
    left_s: float = float("inf")
    losses: tuple[LossRow, ...] = ()
    measures: tuple[EvaluationRow, ...] = ()
    errors: tuple[ErrorRow, ...] = ()
    previews: tuple[Path, ...] = ()
    model: Path | None = None
    said: str = ""
    recipe: Mapping[str, Any] = field(default_factory=dict[str, Any])
    recordings: str = ""
    tier: str = ""
    cpu_s: float = 0.0

    @property
    def fault(self) -> str:
        """Why the run ended, if it ended with a fault, or ""."""
        ended = not self.running and self.said.startswith(OWN_FAULT)
        return self.said.removeprefix(OWN_FAULT) if ended else ""


def check_start(folder: str, out: str, tables: bool = False) -> None:
    """Raise Fault if a run cannot be started on the recordings in `folder`, to be written to `out`.

    With `tables`, a table of recordings and transcripts will do as well.
    """
    if not folder:
        raise Fault("Training needs a folder of recordings.", "Choose it under Recordings.")
    if not Path(folder).is_dir() and not (tables and Path(folder).is_file()):
        raise Fault(f"“{folder}” is not a folder of recordings.", "Choose a folder.")
    if not out:
        raise Fault("Training needs a folder to write to.", "Choose it under Write to.")
    if process_of(Path(out)) is not None:
        raise Fault(
            f"A training run is already active in “{Path(out).name}”.", "Stop it, or choose another folder."
        )


def start(folder: Path, out: Path, options: Sequence[str], tables: bool = False) -> subprocess.Popen[bytes]:
    """Start `phonoscope train` in a new session, so that it outlives the window.

    Raises Fault if the folder does not exist, or a run is already active in `out`.
    """
    check_start(str(folder), str(out), tables)
    folder_for(out)
    command = [sys.executable, "-m", "app", "train", str(folder), "--out", str(out), *options]
    with (out / LOG_FILE).open("wb") as log:
        made = subprocess.Popen(
            command, stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, start_new_session=True,
            cwd=Path(__file__).parents[2],
        )  # fmt: skip
    (out / PROCESS_FILE).write_text(str(made.pid), encoding="ascii")
    return made


def process_of(out: Path) -> int | None:
    """Return the id of the process that trains in `out`, or None if there is none."""
    try:
        number = int((out / PROCESS_FILE).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None
    return number if _is_alive(number) else None


def _is_alive(number: int) -> bool:
    """Return whether a process is a training that is still running; a zombie is not."""
    import psutil

    try:
        words = psutil.Process(number).cmdline()
    except psutil.Error:
        return False
    # The system reuses ids, so another program's process must not count. Arguments are missing while the new
    # program is being loaded, which under load takes longer than `Popen` takes to return.
    return not words or "train" in words


def stop(out: Path) -> None:
    """Ask the run in `out` to save and stop, as Ctrl+C does."""
    number = process_of(out)
    if number is not None:
        os.kill(number, signal.SIGINT)


def see(out: Path) -> RunStatus:
    """Read what the run in `out` has written so far; incomplete lines are skipped."""
    losses: list[LossRow] = []
    measures: list[EvaluationRow] = []
    errors: list[ErrorRow] = []
    last: dict[str, Any] = {}
    for row in _rows(out / "progress.jsonl"):
        with contextlib.suppress(KeyError, TypeError, ValueError, OverflowError):  # a damaged line
            if "losses" in row:
                losses.append(LossRow(int(row["step"]), row["losses"]))
                last = row
            elif "distance_db2" in row:
                floor, accuracy = row.get("floor_db2"), row.get("q_accuracy")
                measures.append(EvaluationRow(int(row["steps"]), accuracy, float(row["distance_db2"]), floor))
            elif "letter_error" in row:
                rates = float(row["letter_error"]), float(row["word_error"])
                errors.append(ErrorRow(int(row["steps"]), *rates, _pairs(row.get("heard", ()))))
    model, number = out / "model.safetensors", process_of(out)
    losses, measures = _without_repeated_steps(losses), _without_repeated_steps(measures)
    errors = _without_repeated_steps(errors)
    left = last.get("left_s")
    return RunStatus(
        running=number is not None,
        step=max([int(last.get("step", 0)), *(one.step for one in (*measures[-1:], *errors[-1:]))]),
        of=int(last.get("of", 0)),
        steps_per_s=float(last.get("steps_per_s", 0.0)),
        left_s=float("inf") if left is None else float(left),
        losses=tuple(losses),
        measures=tuple(measures),
        errors=tuple(errors),
        previews=tuple(sorted((out / "previews").glob("*.wav"))),
        model=model if model.exists() else None,
        said=_tail(out / LOG_FILE),
        recipe=_field(out / "model.json", "recipe", {}) or _field(out / SOURCE_FILE, "recipe", {}),
        recordings=_field(out / SOURCE_FILE, "recordings", ""),
        tier=_field(out / SOURCE_FILE, "tier", ""),
        cpu_s=_cpu_s(number),
    )


def _pairs(rows: Any) -> tuple[tuple[str, str], ...]:
    """Return pairs of what was said and heard."""
    return tuple((str(said), str(heard)) for said, heard in rows)


def note_source(out: Path, folder: Path, recipe: Mapping[str, Any], tier: str = "") -> None:
    """Write which recordings a run is trained on and how, so that its folder alone is enough to go on.

    `tier` is that of the transcripts, if it was named.

    The file stays on this computer; the model's card names only the last part of the path.
    """
    told = {"recordings": str(folder.absolute()), "recipe": dict(recipe), **({"tier": tier} if tier else {})}
    with atomic(out / SOURCE_FILE) as draft:
        draft.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")


def _cpu_s(number: int | None) -> float:
    """Return the processor time that a process has had so far, in seconds; 0 without a process."""
    import psutil

    if number is None:
        return 0.0
    try:
        times = psutil.Process(number).cpu_times()
    except psutil.Error:
        return 0.0
    return times.user + times.system


def _without_repeated_steps(rows: list[Row]) -> list[Row]:
    """Drop the rows of a killed run for steps that it repeated after it was resumed."""
    kept: list[Row] = []
    for row in rows:
        while kept and kept[-1].step >= row.step:
            kept.pop()
        kept.append(row)
    return kept


def _rows(path: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for line in _bytes(path).splitlines():
        with contextlib.suppress(ValueError, RecursionError):
            row: Any = json.loads(line)
            if isinstance(row, dict):
                rows.append(row)  # pyright: ignore[reportUnknownArgumentType]
    return rows


def _bytes(path: Path) -> bytes:
    """Return what is in a file of the run, nothing if there is none."""
    try:
        return path.read_bytes() if path.is_file() else b""
    except OSError:
        return b""


def _tail(path: Path) -> str:
    """Return the last line of the log, for example why the run ended."""
    lines = _bytes(path)[-LONGEST_LOG:].decode("utf-8", "replace").strip().splitlines()
    return lines[-1] if lines else ""


def _field(path: Path, name: str, default: Field) -> Field:
    """Return one field of a JSON file, or the default if it is missing or of another type."""
    try:
        found = json.loads(_bytes(path)).get(name, default)
    except (OSError, ValueError, AttributeError, RecursionError):
        return default
    return found if isinstance(found, type(default)) else default
