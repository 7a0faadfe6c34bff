"""Faults, which a user can do something about; every other exception is a bug."""

from __future__ import annotations


class Fault(Exception):
    """A sentence that a phonetician can act on, with the way out as its hint."""

    def __init__(self, sentence: str, hint: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.sentence} {self.hint}".strip()

    def __reduce__(self) -> tuple[type[Fault], tuple[str, str]]:
        """Pickle both parts, so that a fault can be sent from the engine to the window."""
        return (type(self), (self.sentence, self.hint))


class Cancelled(Exception):
    """Raised inside a job that a newer one has superseded."""
