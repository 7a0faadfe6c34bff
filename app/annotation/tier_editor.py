"""Tiers and their owners, a latent point or a recording: opened, copied, edited as undoable steps, saved."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from app.annotation.autosave import Autosave
from app.annotation.textgrid_files import TextGridFiles
from app.annotation.tier_group import TierGroup
from app.base.context import Context
from app.recordings.alignment import Alignment
from app.recordings.open_recordings import OpenRecordings
from core.annotation.textgrid import TextGridFile, read_textgrid
from core.annotation.tiers import Annotation, OwnedAnnotation, Tier, annotation_for, new_annotation, put
from core.annotation.time_shift import MovedTiers, own_tiers
from core.faults import Fault
from core.networks.latent import Point
from core.recordings.identity import lasting
from core.session.lane_key import Key, RecordingKey
from core.session.lanes import keys_of
from core.session.point_names import point_name
from core.signals.axis import Range

Here = tuple[Point, str, str]
Owner = tuple[RecordingKey | None, str]
Edit = Callable[[Annotation, int], Annotation]
BEYOND_S = 0.001  # a TextGrid may end this much later than the sound without a warning
ELSEWHERE = "These tiers belong to another point"


class TierEditor:
    """Changes the session's tiers; a refused edit is explained in the status bar and changes nothing."""

    def __init__(
        self,
        context: Context,
        recordings: OpenRecordings,
        alignment: Alignment,
        files: TextGridFiles,
        autosave: Autosave,
    ) -> None:
        self._session = context.session
        self._jobs = context.jobs
        self._messages = context.messages
        self._clock = context.clock
        self._recordings = recordings
        self._alignment = alignment
        self.files = files
        self.autosave = autosave
        self._active: Key | None = None
        self._moved = MovedTiers()
        self.searched = ""  # the last text searched for in the labels
        self._session.view_changed.connect(self._follow)
        autosave.arrived.connect(self._choose_arrived)

    # --- what is there ------------------------------------------------------------------------

    @property
    def groups(self) -> tuple[TierGroup, ...]:
        """The tiers to show: the point's own, or greyed those edited last, followed by those of every
        recording in a lane.
        """
        session = self._session
        annotations, found = session.snapshot.tiers, list[TierGroup]()
        if session.card is not None:
            others = [
                kept for kept in annotations if not kept.sound and kept.checkpoint == session.card.digest
            ]
            kept = session.owned_annotation or (others[-1] if others else None)
            found += [TierGroup(kept, 0, kept is session.owned_annotation)] if kept else []
        for key, sound in self.sounds.items():
            kept = annotation_for(annotations, sound)
            if kept is not None and all(group.kept.sound != sound for group in found):
                by_s = self._alignment.by_s(key)
                there = replace(kept, annotation=self._moved.of(kept.annotation, by_s)) if by_s else kept
                found.append(TierGroup(there, found[-1].last + 1 if found else 0, key=key, moved_s=by_s))
        return tuple(found)

    @property
    def sounds(self) -> dict[RecordingKey, str]:
        """The digests of the recordings that have a lane or are merged into one, by key."""
        tracks = self._session.shown.tracks
        return {
            key: lasting(tracks[key].origin.sound)
            for key in keys_of(self._session.lanes)
            if isinstance(key, RecordingKey) and key in tracks
        }

    @property
    def tiers(self) -> tuple[Tier, ...]:
        """All tiers on screen, from top to bottom."""
        return tuple(tier for group in self.groups for tier in group.kept.annotation.tiers)

    @property
    def group(self) -> TierGroup | None:
        """The group with the chosen tier, or the first."""
        return self.group_at(self._session.tier) or next(iter(self.groups), None)

    def group_at(self, place: int) -> TierGroup | None:
        """Return the group of the tier at a place."""
        return next((group for group in self.groups if group.first <= place <= group.last), None)

    def annotation_of(self, key: Key) -> OwnedAnnotation | None:
        """Return the tiers of a lane: for a recording, or a network driven by one, those of the recording,
        recording, of any other lane those of its model's present point.
        """
        session = self._session
        track = session.shown.tracks.get(key)
        sound = lasting(track.origin.sound) if track is not None else ""
        theirs = annotation_for(session.snapshot.tiers, sound)
        if theirs or isinstance(key, RecordingKey):
            return theirs
        return session.annotation_of(session.model_of(key))

    @property
    def target(self) -> TierGroup | None:
        """The existing tiers of the active lane."""
        key = self._owner()[0]
        return next((group for group in self.groups if group.key == key), None)

    @property
    def saved(self) -> TierGroup | None:
        """The tiers that Save writes: those of the active lane, or those with the chosen tier."""
        return self.target or self.group

    @property
    def shown(self) -> OwnedAnnotation | None:
        """The annotation with the chosen tier, or the first."""
        return self.group.kept if self.group else None

    @property
    def is_own(self) -> bool:
        """Whether these tiers belong to the present point or to a recording, so that they can be edited."""
        return self.group is not None and self.group.own

    @property
    def tier(self) -> Tier | None:
        """The chosen tier."""
        tiers, place = self.tiers, self._session.tier
        return tiers[place] if 0 <= place < len(tiers) else None

    @property
    def at(self) -> Range:
        """The selection, or an empty range at the cursor."""
        session = self._session
        cursor_s = session.cursor_s or 0.0
        return session.selection or Range(cursor_s, cursor_s)

    @property
    def index(self) -> int | None:
        """The chosen interval or point of the chosen tier."""
        return self.tier.index_at(self.at.start_s) if self.tier else None

    def choose(self, place: int) -> None:
        """Choose a tier and activate the lane that it describes, so that Tab plays it."""
        self._session.set_tier(place)
        group, session = self.group, self._session
        if group is not None and group.key is not None:
            session.set_active(group.key)
        elif isinstance(session.active, RecordingKey) and session.output is not None:
            session.set_active(session.output)

    def _follow(self) -> None:
        """Choose the tiers of the newly active lane."""
        active, before = self._session.active, self._active
        self._active = active
        wanted = next((group for group in self.groups if group.key == _recording(active)), None)
        if active != before and wanted is not None and self.group != wanted:
            self._session.set_tier(wanted.first)

    def _choose_arrived(self, sound: str) -> None:
        """Choose the tiers of a recording when they arrive, if its lane is active."""
        target = self.target
        if target is not None and target.kept.sound == sound:
            self._session.set_tier(target.first)

    # --- changing -----------------------------------------------------------------------------

    def change(self, words: str, edit: Edit, final: bool = True, place: int | None = None) -> bool:
        """Edit the chosen tier, or the one at `place`, as one undoable step; a refusal is shown.

        `edit` gets the annotation of the tier, and the tier's place in it.
        """
        place = self._session.tier if place is None else place
        group = self.group_at(place) or self.group
        if group is None or not group.own:
            said = f"{ELSEWHERE}: copy them here first" if group else "There are no tiers yet"
            self._messages.noted.emit(said)
            return False
        try:
            annotation = edit(group.kept.annotation, place - group.first)
        except Fault as fault:
            self._messages.noted.emit(str(fault))
            return False
        self.autosave.held = not final
        own = own_tiers(annotation, group.moved_s)
        self._keep(words, replace(group.kept, annotation=own), final)
        self.autosave.write_down()
        return True

    def revert(self, words: str) -> None:
        """Revert an unfinished edit, such as a drag."""
        self.autosave.held = False
        self._session.revert(words)
        self.autosave.write_down()

    def _keep(self, words: str, kept: OwnedAnnotation, final: bool = True) -> None:
        session = self._session
        session.change(words, final, tiers=put(session.snapshot.tiers, kept))
        session.set_tier(min(max(session.tier, 0), len(self.tiers) - 1))

    def copy_here(self) -> None:
        """Copy the tiers of another point to the present one."""
        session = self._session
        away = next((group.kept for group in self.groups if not group.own), None)
        if away is not None:
            self._keep("copy tiers", replace(away, point=session.point, file="", name=self._name("")))

    # --- whose they are ---------------------------------------------------------------------------

    def _owner(self, file: Path | None = None) -> Owner:
        """Return the key and digest of the recording that new tiers belong to, or None and "" for the point.

        It is the recording that a TextGrid is named after, or the active one, or without a model the first
        one.
        """
        session, sounds = self._session, self.sounds
        named = [key for key in sounds if file and Path(key.id).stem == file.stem]
        active = [key for key in (_recording(session.active),) if key in sounds]
        first = list(sounds) if session.card is None else []
        key = next(iter((*named, *active, *first)), None)
        return key, sounds[key] if key is not None else ""

    def _name(self, sound: str) -> str:
        """Return the present point's name, for tiers that do not belong to a recording."""
        session = self._session
        return "" if sound or session.card is None else point_name(session.layout, session.snapshot)

    def _extent(self, key: RecordingKey | None) -> Range:
        """Return the time range of the recording, or of the output."""
        session = self._session
        card = session.card
        axis = self._recordings.own(key).axis if key is not None else card.out_axis if card else None
        return Range(0.0, axis.extent.end_s) if axis else session.whole

    def _put(self, words: str, kept: OwnedAnnotation, key: RecordingKey | None) -> None:
        """Replace the tiers of an owner and choose the first of them."""
        self._keep(words, replace(kept, point=Point(()) if kept.sound else kept.point))
        group = next((one for one in self.groups if one.key == key), None)
        self._session.set_tier(group.first if group else -1)

    def new_tiers(self, intervals: tuple[str, ...], points: tuple[str, ...]) -> None:
        """Create empty tiers over the whole output, or over the active recording."""
        if not intervals and not points:
            self._messages.noted.emit("No tier was named")
            return
        key, sound = self._owner()
        whole = self._extent(key)
        note = new_annotation(intervals, points, whole.start_s, whole.end_s)
        name, model = self._name(sound), "" if sound else self._model
        made = OwnedAnnotation(self._session.point, note, sound=sound, name=name, checkpoint=model)
        self._put("new tiers", made, key)

    def add_filled(self, fill: Callable[[float, float], Tier], key: RecordingKey | None) -> None:
        """Add a tier below those of a recording, or of the present point if `key` is None.

        `fill` gets the ends of the annotation, and returns the tier in the sound's own time.
        """
        session, sound = self._session, self.sounds[key] if key is not None else ""
        kept = annotation_for(session.snapshot.tiers, sound) if sound else session.owned_annotation
        whole = self._extent(key)
        if kept is None:
            point = Point(()) if sound else session.point
            note, model = Annotation((), whole.start_s, whole.end_s), "" if sound else self._model
            kept = OwnedAnnotation(point, note, sound=sound, name=self._name(sound), checkpoint=model)
        note = kept.annotation
        made = fill(note.start_s, note.end_s)
        self._keep(f"copy {made.name}", replace(kept, annotation=replace(note, tiers=(*note.tiers, made))))
        group = next((one for one in self.groups if one.key == key), None)
        session.set_tier(group.last if group else -1)

    # --- files --------------------------------------------------------------------------------

    def open(self, path: str | Path) -> None:
        """Read a TextGrid for the present point or a recording; a damaged one changes nothing."""
        owner = self._owner(Path(path))
        here = self._session.point, self._name(owner[1]), self._model
        future = self._clock.work(lambda: read_textgrid(path))
        self._jobs.follow("textgrid", future, lambda read: self._opened(Path(path), here, owner, read))

    @property
    def _model(self) -> str:
        """The digest of the model in focus, "" where there is none."""
        card = self._session.card
        return card.digest if card else ""

    def _opened(self, path: Path, here: Here, owner: Owner, read: TextGridFile) -> None:
        (point, name, model), (key, sound) = here, owner
        if not sound and model not in {card.digest for card in self._session.models.values()} | {""}:
            self._messages.noted.emit(f"{path.name} was not opened because another model is open now")
            return
        kept = OwnedAnnotation(
            point, read.annotation, str(path), read.style, sound, name, "" if sound else model
        )
        self._put(f"open {path.name}", kept, key)
        self.files.holds(kept, kept.annotation)
        said = [*read.notes, *self._other_times(read.annotation, path.name, key)]
        if said:
            self._messages.faulted.emit(Fault(" ".join(said)))

    def _other_times(self, note: Annotation, name: str, key: RecordingKey | None) -> list[str]:
        """Return warnings about times that do not match the sound."""
        whole = self._extent(key)
        if note.start_s >= whole.start_s - BEYOND_S and note.end_s <= whole.end_s + BEYOND_S:
            return []
        return [
            f"“{name}” runs from {note.start_s:g} to {note.end_s:g} s, the sound from {whole.start_s:g} to "
            f"{whole.end_s:g} s: the part beyond is kept, but not shown."
        ]

    def save(self, path: str | Path) -> None:
        """Write the active lane's tiers; a fault is reported."""
        group = self.saved
        if group is None:
            return
        own = own_tiers(group.kept.annotation, group.moved_s)
        self.files.write(replace(group.kept, annotation=own), path)


def _recording(active: Key | None) -> RecordingKey | None:
    """Return the recording's key if the active lane shows one, None for the generator's lanes."""
    return active if isinstance(active, RecordingKey) else None
