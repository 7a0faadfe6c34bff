"""Tiers and the latent point they belong to: opened, copied, edited as undoable steps, saved."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from core.annotation import Annotation, Kept, Shelf, Tier, new_annotation, put
from core.annotation_shelf import default_path, read_shelf, write_shelf
from core.axis import Range
from core.export.atomic import atomic
from core.faults import Fault
from core.latent import Point
from core.session import Moment
from core.textgrid import TextGridFile, read_textgrid, textgrid_bytes

if TYPE_CHECKING:
    from app.instrument import Instrument

Edit = Callable[[Annotation], Annotation]
BEYOND_S = 0.001  # a TextGrid may end this much later than the sound without a word
ELSEWHERE = "These tiers belong to another point"


class Annotating:
    """Changes the session's tiers; a refused edit says why in the status bar and changes nothing."""

    def __init__(self, instrument: Instrument) -> None:
        self._on = instrument
        self._dragging = False
        self._writer: ThreadPoolExecutor | None = None  # one thread: a disk may be slow, the window not
        self._unwritten: dict[Path, Shelf] = {}
        self._loose: Shelf = ()  # made while no checkpoint was open
        instrument.session.card_changed.connect(self._new_model)
        instrument.session.moment_changed.connect(self._changed)

    # --- what is there ------------------------------------------------------------------------

    @property
    def shown(self) -> Kept | None:
        """The tiers to show: the point's own, else those edited last, which then are greyed."""
        session = self._on.session
        shelf = session.moment.tiers
        return session.kept or (shelf[-1] if shelf else None)

    @property
    def is_own(self) -> bool:
        """Whether the shown tiers belong to the present point, so that they can be changed."""
        return self._on.session.kept is not None

    @property
    def tier(self) -> Tier | None:
        """The chosen tier."""
        shown, place = self.shown, self._on.session.tier
        return shown.annotation.tiers[place] if shown and 0 <= place < len(shown.annotation.tiers) else None

    @property
    def at(self) -> Range:
        """The selection, or the empty stretch at the cursor."""
        session = self._on.session
        cursor_s = session.cursor_s or 0.0
        return session.selection or Range(cursor_s, cursor_s)

    @property
    def index(self) -> int | None:
        """The chosen interval or point of the chosen tier."""
        return self.tier.index_at(self.at.start_s) if self.tier else None

    # --- changing -----------------------------------------------------------------------------

    def change(self, words: str, edit: Edit, final: bool = True) -> bool:
        """Make an edit one undoable step; a refusal is said and changes nothing."""
        kept = self._on.session.kept
        if kept is None:
            self._on.noted.emit(
                f"{ELSEWHERE}: copy them here first" if self.shown else "There are no tiers yet"
            )
            return False
        try:
            annotation = edit(kept.annotation)
        except Fault as fault:
            self._on.noted.emit(str(fault))
            return False
        self._dragging = not final
        self._keep(words, replace(kept, annotation=annotation), final)
        self._write_down()
        return True

    def _keep(self, words: str, kept: Kept, final: bool = True) -> None:
        session = self._on.session
        session.change(words, final, tiers=put(session.moment.tiers, kept))
        count = len(self.shown.annotation.tiers) if self.shown else 0
        session.set_tier(min(max(session.tier, 0), count - 1))

    def copy_here(self) -> None:
        """Give the present point a copy of the tiers of another."""
        shown, session = self.shown, self._on.session
        if shown is not None and not self.is_own:
            self._keep("copy tiers", replace(shown, point=session.point, file=""))

    def new_tiers(self, intervals: tuple[str, ...], points: tuple[str, ...]) -> None:
        """Begin with empty tiers over the whole sound."""
        if not intervals and not points:
            self._on.noted.emit("No tier was named")
            return
        whole = self._on.session.whole
        note = new_annotation(intervals, points, whole.start_s, whole.end_s)
        self._keep("new tiers", Kept(self._on.session.point, note))
        self._on.session.set_tier(0)

    # --- files --------------------------------------------------------------------------------

    def open(self, path: str | Path) -> None:
        """Read a TextGrid for the present point; a damaged one is refused and changes nothing."""
        point = self._on.session.point
        future = self._on.clock.work(lambda: read_textgrid(path))
        self._on.desk.follow("textgrid", future, lambda read: self._opened(Path(path), point, read))

    def _opened(self, path: Path, point: Point, read: TextGridFile) -> None:
        self._keep(f"open {path.name}", Kept(point, read.annotation, str(path), read.style))
        self._on.session.set_tier(0 if read.annotation.tiers else -1)
        said = [*read.notes, *self._other_times(read.annotation, path.name)]
        if said:
            self._on.faulted.emit(Fault(" ".join(said)))

    def _other_times(self, note: Annotation, name: str) -> list[str]:
        """Say where a TextGrid is that of another sound, by its times."""
        whole = self._on.session.whole
        if note.start_s >= whole.start_s - BEYOND_S and note.end_s <= whole.end_s + BEYOND_S:
            return []
        return [
            f"“{name}” runs from {note.start_s:g} to {note.end_s:g} s, the sound from {whole.start_s:g} to "
            f"{whole.end_s:g} s: what lies beyond is kept, but not shown."
        ]

    def save(self, path: str | Path) -> None:
        """Write the shown tiers; what nobody changed is written back as it was read. May raise Fault."""
        shown = self.shown
        if shown is None:
            return
        with atomic(path) as draft:
            draft.write_bytes(textgrid_bytes(shown.annotation, shown.style))
        self._on.noted.emit(f"Saved {Path(path).name}")

    # --- kept between starts --------------------------------------------------------------------

    def _path(self) -> Path | None:
        """Give where the tiers of what is open are kept: by the checkpoint, else by the recording."""
        session = self._on.session
        if session.card is not None:
            return default_path(session.card.digest)
        tracks = session.shown.tracks.items()
        digests = (track.origin.sound for key, track in tracks if key.startswith("sound:"))
        return next((default_path(digest) for digest in digests if digest), None)

    def _changed(self, before: Moment, after: Moment) -> None:
        if after.tiers != before.tiers:
            self._write_down()

    def _write_down(self) -> None:
        """Keep the shelf on the disk, once a drag is over; only the newest one is written."""
        session, path = self._on.session, self._path()
        if session.card is None:
            self._loose = session.moment.tiers
        if path is None or self._dragging or not (session.moment.tiers or path.exists()):
            return
        self._unwritten[path] = session.moment.tiers
        if self._writer is None:
            self._writer = ThreadPoolExecutor(1, "annotations")
        self._on.desk.follow("annotations", self._writer.submit(self._write, path), lambda done: None)

    def _write(self, path: Path) -> None:
        shelf = self._unwritten.pop(path, None)
        if shelf is not None:
            write_shelf(shelf, path)

    def _new_model(self) -> None:
        """Bring back the tiers made with this checkpoint, after those of what was open without one."""
        loose, self._loose = self._loose, ()
        self._bring_back(loose)

    def recording_opened(self) -> None:
        """Bring back the tiers of a recording that is open without a checkpoint."""
        if self._on.session.card is None and not self._on.session.moment.tiers:
            self._bring_back(())

    def _bring_back(self, more: Shelf) -> None:
        session, path = self._on.session, self._path()
        if path is None:
            return
        shelf = (*more, *(self._unwritten.get(path) or read_shelf(path, len(session.point.z))))
        if shelf:
            session.history.replace(replace(session.moment, tiers=shelf))
            session.set_tier(0)

    def close(self) -> None:
        """Wait until everything is on the disk."""
        if self._writer is not None:
            self._writer.shutdown()
