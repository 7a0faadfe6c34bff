"""The contents of TextGrid files beside the tiers on screen: which tiers have unsaved changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import count
from pathlib import Path

from psygnal import Signal

from app.base.context import Context
from core.annotation.textgrid import read_textgrid, write_textgrid
from core.annotation.tiers import Annotation, OwnedAnnotation
from core.faults import Fault
from core.networks.latent import Point

Key = tuple[tuple[str, Point] | str, str]


class TextGridFiles:
    """Compares tiers with the file that they were opened from or saved to; `changed` carries the file.

    `written` carries saved tiers and the path of their file.
    """

    changed = Signal()
    written = Signal(OwnedAnnotation, str)

    def __init__(self, context: Context) -> None:
        self._session = context.session
        self._jobs = context.jobs
        self._messages = context.messages
        self._clock = context.clock
        self._held: dict[Key, Annotation] = {}  # the contents of the file
        self._settled: dict[
            Key, Annotation
        ] = {}  # as they were read, or as the user chose to keep them here only
        self._numbers = count()

    def holds(self, kept: OwnedAnnotation, in_file: Annotation) -> None:
        """Set the contents of these tiers' file."""
        self._held[_key(kept)], self._settled[_key(kept)] = in_file, kept.annotation
        self.changed.emit()

    def look_into(self, annotations: Iterable[OwnedAnnotation]) -> None:
        """Read the files of tiers that come from the program's own store; a missing file is ignored."""
        wanted = [kept for kept in annotations if kept.file and _key(kept) not in self._held]
        if wanted:
            future = self._clock.work(lambda: [(kept, _in(kept.file)) for kept in wanted])
            self._jobs.follow(f"files of tiers {next(self._numbers)}", future, self._looked)

    def _looked(self, found: list[tuple[OwnedAnnotation, Annotation | None]]) -> None:
        for kept, in_file in found:
            if in_file is not None:
                self.holds(kept, in_file)

    def differs(self, kept: OwnedAnnotation) -> bool:
        """Return whether the file holds other tiers than these."""
        held = self._held.get(_key(kept))
        return held is not None and held != kept.annotation

    def is_saved(self, kept: OwnedAnnotation) -> bool:
        """Return whether the file holds exactly these tiers."""
        return self._held.get(_key(kept)) == kept.annotation

    def words(self, kept: OwnedAnnotation) -> str:
        """Return that tiers have changed since their file was saved, or ""."""
        return f"{Path(kept.file).name}, changed since saved" if self.differs(kept) else ""

    @property
    def edited(self) -> tuple[OwnedAnnotation, ...]:
        """The tiers with unsaved changes made in this window."""
        tiers = self._session.snapshot.tiers
        return tuple(k for k in tiers if self.differs(k) and self._settled[_key(k)] != k.annotation)

    def keep_here(self, kept: OwnedAnnotation) -> None:
        """Leave the file as it is; the tiers are kept between starts anyway."""
        self._settled[_key(kept)] = kept.annotation

    def write(
        self, kept: OwnedAnnotation, path: str | Path, then: Callable[[], object] = lambda: None
    ) -> None:
        """Write tiers off the window's thread, then call `then`; unchanged parts are written as they were
        read.
        """
        future = self._clock.work(lambda: write_textgrid(path, kept.annotation, kept.style))
        self._jobs.follow(f"save {path}", future, lambda _: self._written(kept, path, then))

    def _written(self, kept: OwnedAnnotation, path: str | Path, then: Callable[[], object]) -> None:
        self.written.emit(kept, str(path))
        self.holds(replace(kept, file=str(path)), kept.annotation)
        self._messages.noted.emit(f"Saved {Path(path).name}")
        then()


def _key(kept: OwnedAnnotation) -> Key:
    return kept.owner, kept.file


def _in(file: str) -> Annotation | None:
    try:
        return read_textgrid(file).annotation
    except Fault:
        return None
