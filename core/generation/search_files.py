"""A search on the disk: its settings and examples as tables, sounds, points, and what goes on later."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from core.export.record import write_json
from core.faults import Fault
from core.files.atomic import atomic, folder_for
from core.files.npz import write_arrays
from core.files.table import digits
from core.files.wav import write_wav
from core.generation.grid import Setting
from core.generation.search import Search
from core.generation.tiles import Example
from core.generation.trajectory import Best, Course, Trajectory
from core.networks.latent import Point
from core.provenance import Origin
from core.session.named_points import NamedPoint, write_points
from core.signals.axis import TimeAxis
from core.signals.track import Track

Array = NDArray[np.float32]
SETTINGS = ("steps", "rate", "lambda", "sign", "mean", "sd", "frechet", "floor", "n")
SETTINGS_MORE = ("n_real", "d", "pool", "distance", "mark")
EXAMPLES = ("sign", "setting", "restart", "activation", "f0", "f1", "f2", "f3", "intensity", "hnr")
EXAMPLES_MORE = ("f0_sd", "duration", "voiced", "mark", "z_norm", "sound", "point")
SIGN_WORDS = {1: "max", -1: "min"}


def fingerprint(asked: Mapping[str, Any]) -> str:
    """Return the hash that tells whether a begun search is the same as this one."""
    return hashlib.sha256(msgspec.json.encode(asked, order="sorted")).hexdigest()


@dataclass(frozen=True, slots=True)
class TrajectoryStore:
    """The trajectories of a search in a folder, each one written anew as it goes on.

    Raises Fault if the folder holds another search.
    """

    folder: Path
    request: str

    def read(self, search: Search) -> None:
        """Give a search everything that an earlier run found."""
        for course in search.grid.courses():
            path = self._path(course)
            if path.is_file():
                search.put(_read(path, course, self.request))

    def write(self, trajectory: Trajectory) -> None:
        """Keep a trajectory. Raises Fault if the disk is full."""
        arrays: dict[str, NDArray[Any]] = {
            "z": trajectory.z,
            "first": trajectory.first,
            "second": trajectory.second,
            "best": trajectory.best.values,
            "best_z": trajectory.best.z,
            "curve": trajectory.curve,
            "numbers": np.array([trajectory.step, trajectory.seed, trajectory.still, *trajectory.marks]),
            "request": np.frombuffer(bytes.fromhex(self.request), np.uint8),
        }
        for step, best in trajectory.snapshots.items():
            arrays |= {f"best_{step}": best.values, f"best_z_{step}": best.z}
        folder_for(self.folder)
        write_arrays(self._path(trajectory.course), arrays)

    def _path(self, course: Course) -> Path:
        return self.folder / f"{SIGN_WORDS[course.sign]}_rate{course.rate:g}_lambda{course.penalty:g}.npz"


def _read(path: Path, course: Course, request: str) -> Trajectory:
    try:
        with np.load(path) as file:
            arrays: dict[str, NDArray[Any]] = {name: np.asarray(file[name]) for name in file.files}
        if arrays["request"].tobytes().hex() != request:
            raise Fault(
                f"“{path.parent.parent}” holds the beginning of another search.",
                "Choose another folder, or delete it.",
            )
        step, seed, still, *marks = (int(number) for number in arrays["numbers"])
        snapshots = {
            mark: Best(arrays[f"best_{mark}"], arrays[f"best_z_{mark}"]) for mark in marks if mark <= step
        }
        return Trajectory(
            course, seed, arrays["z"], arrays["first"], arrays["second"],
            Best(arrays["best"], arrays["best_z"]), step, arrays["curve"], tuple(marks), snapshots, still,
        )  # fmt: skip
    except (OSError, ValueError, KeyError) as flaw:
        raise Fault(f"“{path}” is damaged and cannot be read.", "Delete it to compute it again.") from flaw


def write_settings(path: Path, search: Search) -> None:
    """Write a row for each setting that was reached, its mark among them."""
    with atomic(path) as draft, draft.open("w", encoding="utf-8", newline="") as out:
        table = csv.writer(out, lineterminator="\n")
        table.writerow((*SETTINGS, *SETTINGS_MORE))
        for sign in search.grid.signs:
            marked = {row.setting: mark for mark, row in reversed(list(search.marks(sign).items()))}
            for row in search.rows(sign):
                course, away = row.setting.course, row.distance
                table.writerow(
                    (
                        row.setting.steps, f"{course.rate:g}", f"{course.penalty:g}", SIGN_WORDS[sign],
                        digits(row.mean), digits(row.sd),
                        digits(away.value) if away else "", digits(away.floor) if away else "", row.n,
                        away.n_real if away else "", away.d if away else "", away.pool if away else "",
                        away.kind if away else "", marked.get(row.setting, ""),
                    )
                )  # fmt: skip


def numbers_of(search: Search) -> dict[Setting, int]:
    """Return the number of each setting in the table of settings, from 1."""
    rows = [row.setting for sign in search.grid.signs for row in search.rows(sign)]
    return {setting: number for number, setting in enumerate(rows, 1)}


@dataclass(frozen=True, slots=True)
class ExampleSet:
    """The examples of one setting, and which mark of its direction the setting has; real ones have none."""

    sign: int
    mark: str
    setting: Setting | None
    examples: tuple[Example, ...]

    @property
    def stem(self) -> str:
        """How the files of these examples begin."""
        return f"{SIGN_WORDS[self.sign]}_{self.mark}"


def write_examples(folder: Path, sets: Sequence[ExampleSet], numbers: Mapping[Setting, int]) -> list[str]:
    """Write examples.csv, a sound for each example, and a point file for each generated one.

    Returns the names of the tables and folders that were written.
    """
    sounds, points = folder_for(folder / "sounds"), folder_for(folder / "points")
    with atomic(folder / "examples.csv") as draft, draft.open("w", encoding="utf-8", newline="") as out:
        table = csv.writer(out, lineterminator="\n")
        table.writerow((*EXAMPLES, *EXAMPLES_MORE))
        for some in sets:
            for rank, one in enumerate(some.examples, 1):
                stem = f"{some.stem}_{rank:02d}"
                write_wav(sounds / f"{stem}.wav", _track(one, some))
                if len(one.z):
                    write_json(points / f"{stem}.json", point_of(one, some))
                table.writerow(_row(one, some, stem, numbers))
    named = [one for some in sets for one in _named(some)]
    write_points(tuple(named), folder / "points.json")
    return ["examples.csv", "sounds/", "points/", "points.json"]


def _row(one: Example, some: ExampleSet, stem: str, numbers: Mapping[Setting, int]) -> Iterable[Any]:
    found = asdict(one.acoustics)
    measured = (digits(found[name]) for name in ("f0", "f1", "f2", "f3", "intensity", "hnr"))
    more = (digits(found[name]) for name in ("f0_sd", "duration", "voiced"))
    number: Any = numbers.get(some.setting, "") if some.setting is not None else "real"
    norm = digits(float(np.square(one.z.astype(np.float64)).sum())) if len(one.z) else ""
    where = f"points/{stem}.json" if len(one.z) else one.path
    head = (SIGN_WORDS[some.sign], number, one.number, digits(one.value))
    return (*head, *measured, *more, some.mark, norm, f"sounds/{stem}.wav", where)


def _track(one: Example, some: ExampleSet) -> Track:
    axis = TimeAxis.of_sound(one.rate_hz, len(one.samples))
    origin = Origin(drive=tuple(float(value) for value in one.z) if len(one.z) else one.path)
    return Track(some.stem, one.samples, axis, origin=origin)


def point_of(one: Example, some: ExampleSet) -> dict[str, Any]:
    """Return an example's latent point as a point file, with how it was found."""
    told = some.setting.words if some.setting is not None else ""
    return {
        "z": [float(value) for value in one.z],
        "found_by": f"{SIGN_WORDS[some.sign]}, {told}, restart {one.number}",
        "activation": one.value,
    }


def _named(some: ExampleSet) -> Iterable[NamedPoint]:
    for rank, one in enumerate(some.examples, 1):
        if len(one.z):
            name = f"{SIGN_WORDS[some.sign]} {some.mark} {rank}"
            note = f"activation {one.value:.4g}, {some.setting.words if some.setting else ''}"
            yield NamedPoint(name, Point(tuple(float(value) for value in one.z)), note)
