"""Undo and redo of frozen values; one turn of a knob is one step, however long it takes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

M = TypeVar("M")
DEEPEST = 500


@dataclass
class History(Generic[M]):
    """The values before and after the present one, each with the name of the step that left it."""

    present: M
    _before: list[tuple[M, str]] = field(default_factory=list)  # pyright: ignore[reportUnknownVariableType]
    _after: list[tuple[M, str]] = field(default_factory=list)  # pyright: ignore[reportUnknownVariableType]
    _open: str = ""

    def put(self, moment: M, words: str, final: bool = True) -> None:
        """Make `moment` the present value; unfinished changes with the same name become one step."""
        if moment == self.present:
            self._open = "" if final else self._open
            return
        if self._open != words:
            self._before.append((self.present, words))
            del self._before[:-DEEPEST]
        self._after.clear()
        self._open = "" if final else words
        self.present = moment

    def revert(self, words: str) -> bool:
        """Revert an unfinished step; return whether there was one."""
        if self._open != words or not self._before:
            return False
        self.present, self._open = self._before.pop()[0], ""
        return True

    def replace(self, moment: M) -> None:
        """Change the present value without a step, for changes that the user did not make."""
        self.present = moment

    def end_step(self) -> None:
        """End the unfinished step: what follows is a new one, even under the same words."""
        self._open = ""

    def everywhere(self, change: Callable[[M], M]) -> None:
        """Change every value in the same way, for what was read from disk and was there all along."""
        self.present = change(self.present)
        self._before = [(change(moment), words) for moment, words in self._before]
        self._after = [(change(moment), words) for moment, words in self._after]

    def undo(self) -> M:
        """Undo one step; return the present value."""
        if self._before:
            moment, words = self._before.pop()
            self._after.append((self.present, words))
            self.present = moment
        self._open = ""
        return self.present

    def redo(self) -> M:
        """Redo one step; return the present value."""
        if self._after:
            moment, words = self._after.pop()
            self._before.append((self.present, words))
            self.present = moment
        self._open = ""
        return self.present

    @property
    def undo_words(self) -> str:
        """What undo would take back, or ""."""
        return self._before[-1][1] if self._before else ""

    @property
    def redo_words(self) -> str:
        """What redo would bring back, or ""."""
        return self._after[-1][1] if self._after else ""

    @property
    def steps(self) -> int:
        """The number of steps that can be undone; it grows with each new turn of a knob."""
        return len(self._before)
