"""What a user can do something about; everything else is a bug and flies."""

from __future__ import annotations


class Fault(Exception):
    """A sentence a phonetician can act on, with the way out as its hint."""

    def __init__(self, sentence: str, hint: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.sentence} {self.hint}".strip()

    def __reduce__(self) -> tuple[type[Fault], tuple[str, str]]:
        """Pickle by both parts, so that a fault crosses from the engine to the window."""
        return (type(self), (self.sentence, self.hint))


class Cancelled(Exception):
    """Raised inside a job that a newer one has superseded."""
