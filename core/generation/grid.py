"""The settings of a search: steps, rates and penalties, how many restarts, which directions, which seed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from core.faults import Fault
from core.files.own_files import DAMAGE
from core.files.regular import check_file
from core.generation.trajectory import Course

SIGNS = {"both": (1, -1), "max": (1,), "min": (-1,)}
LARGEST = 100_000


@dataclass(frozen=True, slots=True)
class Setting:
    """One cell of the table: a course, stopped after some steps."""

    course: Course
    steps: int

    @property
    def words(self) -> str:
        """Say it in words."""
        return f"{self.steps} steps, rate {self.course.rate:g}, λ {self.course.penalty:g}"


@dataclass(frozen=True, slots=True)
class Grid:
    """Every combination of steps, rates and penalties, in each direction, from the same restarts.

    With `halving`, only the better half of the courses goes on after each number of steps.
    """

    steps: tuple[int, ...] = (100, 500, 1000)
    rates: tuple[float, ...] = (0.1, 0.01, 0.001)
    penalties: tuple[float, ...] = (0.1, 0.01, 0.001)
    restarts: int = 50
    seed: int = 1
    signs: tuple[int, ...] = (1, -1)
    halving: bool = False

    def __post_init__(self) -> None:
        for sentence, hint, wrong in self._complaints():
            if wrong:
                raise Fault(sentence, hint)

    def _complaints(self) -> tuple[tuple[str, str, bool], ...]:
        some = self.steps and self.rates and self.penalties and self.signs
        return (
            (
                "A grid needs at least one number of steps, rate and λ.",
                "100, 0.1 and 0.01 are usual.",
                not some,
            ),
            (
                "Steps and restarts are whole numbers from 1.",
                "100 steps and 8 restarts are a start.",
                bool(some)
                and (min(self.steps) < 1 or max(self.steps) > LARGEST or not 1 <= self.restarts <= LARGEST),
            ),
            (
                "Steps, rates and λ must each be different.",
                "Leave out what is there twice.",
                any(len(set(row)) < len(row) for row in (self.steps, self.rates, self.penalties)),
            ),
            (
                "A rate must be above 0 and finite, λ at least 0.",
                "0.1, 0.01 and 0.001 are the published ones.",
                not all(0 < rate < 1e6 for rate in self.rates)
                or not all(0 <= p < 1e6 for p in self.penalties),
            ),
            ("A seed is a whole number from 0.", "Use 1.", self.seed < 0),
        )

    def courses(self) -> tuple[Course, ...]:
        """Return every trajectory, both directions of one course after each other."""
        return tuple(
            Course(sign, rate, penalty)
            for rate in self.rates
            for penalty in self.penalties
            for sign in self.signs
        )

    def settings(self, sign: int) -> Iterator[Setting]:
        """Yield the cells of a direction's table: steps, then rates, then penalties."""
        for steps in self.ordered_steps:
            for rate in self.rates:
                for penalty in self.penalties:
                    yield Setting(Course(sign, rate, penalty), steps)

    @property
    def ordered_steps(self) -> tuple[int, ...]:
        """The numbers of steps, smallest first."""
        return tuple(sorted(self.steps))

    @property
    def count(self) -> int:
        """The number of settings."""
        return len(self.steps) * len(self.rates) * len(self.penalties)

    @property
    def total_steps(self) -> int:
        """The steps of all trajectories, if none is left out."""
        return len(self.courses()) * max(self.steps)


PUBLISHED = Grid()
QUICK = Grid((20, 60), (0.1, 0.03), (0.1, 0.001), 8)


class _GridFile(msgspec.Struct, forbid_unknown_fields=True):
    steps: list[int]
    rates: list[float]
    penalties: list[float]
    restarts: int = 50
    seed: int = 1


def grid_named(text: str) -> Grid:
    """Return the published or quick grid, or that of a JSON file with steps, rates and penalties."""
    if text in ("published", "quick"):
        return PUBLISHED if text == "published" else QUICK
    path = Path(text)
    check_file(path)
    try:
        found = msgspec.json.decode(path.read_bytes(), type=_GridFile)
    except OSError as problem:
        raise Fault(
            f"The grid “{text}” cannot be read: {problem.strerror}.",
            "Write published, quick or a file's name.",
        ) from None
    except DAMAGE as flaw:
        raise Fault(
            f"“{path.name}” is no grid: {flaw}.",
            'It is JSON such as {"steps": [100], "rates": [0.1, 0.01], "penalties": [0.01]}.',
        ) from None
    return Grid(tuple(found.steps), tuple(found.rates), tuple(found.penalties), found.restarts, found.seed)
