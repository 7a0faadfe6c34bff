"""Open recordings: sound files as tracks beside the model's, or alone; long ones stay on disk."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from time import monotonic

from psygnal import Signal

from app.base.context import Context
from app.base.shipped import is_shipped
from app.recordings.alignment import Alignment
from core.faults import Fault
from core.measures.items import short_recording
from core.recordings.long_sound import LongSound, LongTrack
from core.recordings.sound_file import SoundFile, clipped, look_at
from core.session.lane_key import Key, RecordingKey
from core.session.lanes import Lane, changed_anywhere, keys_of, setting_of
from core.signals.axis import Range
from core.signals.track import Track
from widgets.theme.praat_numbers import duration_words

BESIDE = frozenset({"pitch", "spectrogram"})
ALONE = frozenset({"pitch", "formants", "intensity", "spectrogram"})

# If everything was visible before, a recording up to this many times as long is shown whole. A longer one
# would leave a sliver of the model's layers, so the visible range stays.
FOLLOWED = 5.0

LOOK_EVERY_S = 1.0
ROUNDING_S = 1e-9


@dataclass(frozen=True)
class ReadRecording:
    """A sound file as read: its track, or the sound that stays on disk, and remarks for the user."""

    track: Track | None
    long: LongSound | None
    file: SoundFile


def read(path: Path, channel: int = 0) -> ReadRecording:
    """Read a sound file at its own rate; of a long one, read the header and an overview."""
    file = look_at(path, channel)
    if file.long:
        return ReadRecording(None, LongSound(file), file)
    track = short_recording(file, path.name)
    return ReadRecording(track, None, replace(file, notes=(*file.notes, *clipped(track.samples))))


class OpenRecordings:
    """Keeps the open recordings; the stack covers the output and the longest recording.

    `started` carries a path, and `ended` follows when its file has been read or refused. `opened` carries the
    key of a lane, `samples_read` the key of a lane with new samples, and `surveyed` the track of a long
    recording whose overview is complete.
    """

    started = Signal(str)
    ended = Signal()
    opened = Signal(RecordingKey)
    samples_read = Signal(RecordingKey)
    surveyed = Signal(LongTrack)

    def __init__(self, context: Context, alignment: Alignment) -> None:
        self._session = context.session
        self._preferences = context.preferences
        self._jobs = context.jobs
        self._messages = context.messages
        self._clock = context.clock
        self._alignment = alignment
        self._paths: dict[RecordingKey, Path] = {}
        self._files: dict[RecordingKey, SoundFile] = {}
        self._tracks: dict[RecordingKey, Track] = {}
        self._long: dict[RecordingKey, LongSound] = {}
        # requested channels; one that cannot be read is requested only once
        self._asked: dict[RecordingKey, int] = {}
        self._looked_s = 0.0
        self._closed = False
        self._session.view_changed.connect(self._look_after)
        self._session.card_changed.connect(self._new_model)
        self._session.model_closed.connect(lambda model: self.fit())
        self._session.snapshot_changed.connect(lambda before, after: self._follow())

    def open(self, path: str | Path) -> None:
        """Open a sound file as a lane at its own rate; a fault changes nothing."""
        wanted = Path(path).absolute()
        self.started.emit(str(wanted))
        before = next((file for file in self._files.values() if Path(file.path) == wanted), None)
        channel = before.channel if before is not None else 0
        future = self._clock.work(lambda: read(wanted, channel))
        self._jobs.follow(("open", wanted), future, lambda found: self._opened(wanted, found), self._refused)

    def path_of(self, key: RecordingKey) -> Path:
        """Return the file of a recording's lane."""
        return self._paths[key]

    def file_path(self, key: Key | None) -> Path | None:
        """Return the file of a recording's lane, or None for another lane."""
        return self._paths.get(key) if isinstance(key, RecordingKey) and key in self._files else None

    def file_of(self, key: Key | None) -> SoundFile | None:
        """Return the contents of the file of a recording's lane, or None for another lane."""
        return self._files.get(key) if isinstance(key, RecordingKey) else None

    def choose_channel(self, key: RecordingKey, channel: int) -> None:
        """Show one channel of a recording, counted from 1, or with 0 the average, as an undoable step."""
        file, session = self._files.get(key), self._session
        if file is not None and 0 <= channel <= file.channels:
            words = f"channel of {key.id}"
            session.change(words, lanes=changed_anywhere(session.lanes, key, channel=channel))

    def own(self, key: RecordingKey) -> Track:
        """Return a recording in its own time, whatever its lane's shift."""
        return self._tracks[key]

    def close(self, key: RecordingKey) -> None:
        """Close the lane of a recording; undo brings it back."""
        session = self._session
        rest = tuple(lane for lane in session.lanes if lane.key != key)
        session.set_lanes(rest, f"close {key.id}")

    def has_left(self) -> bool:
        """Return whether the last user of the recordings is gone."""
        return self._closed

    def leave(self) -> None:
        """Stop building overviews of long recordings."""
        self._closed = True

    def fit(self) -> None:
        """Set the stack's range to cover the output and every recording in a lane."""
        session = self._session
        keys = set(keys_of(session.lanes))
        reach = self._alignment.reach({key: track for key, track in self._tracks.items() if key in keys})
        # a network that only hears has no time of its own
        reach += [card.out_axis.extent for card in session.models.values() if card.generator is not None]
        reach = [one for one in reach if one.length_s > 0]
        if reach:
            start_s = min(0.0, *(one.start_s for one in reach if one.start_s < -ROUNDING_S), 0.0)
            session.set_whole(Range(start_s, max(one.end_s for one in reach)))

    def _follow(self) -> None:
        """Show moved recordings in their new place; if everything was visible before, keep it so."""
        session = self._session
        before, seen = session.whole, session.visible
        moved = any(
            self._alignment.by_s(key) != session.shown.tracks[key].origin.moved_s
            for key in self._tracks
            if key in session.shown.tracks
        )
        self._alignment.follow()
        self._follow_channels()
        self.fit()
        if moved and seen == before:
            session.set_range(session.whole, remember=False)

    def _follow_channels(self) -> None:
        """Read channels that lanes ask for but do not show yet."""
        for key, file in self._files.items():
            lane = setting_of(self._session.lanes, key)
            if lane is None or lane.channel == self._asked.get(key, file.channel):
                continue
            path, channel = self._paths[key], lane.channel
            self._asked[key] = channel
            future = self._clock.work(partial(read, path, channel))
            self._jobs.follow(("channel", key), future, partial(self._chosen, key, path))

    # --- arriving ----------------------------------------------------------------------------

    def _refused(self, fault: Fault) -> None:
        self.ended.emit()
        self._messages.faulted.emit(fault)

    def _opened(self, path: Path, found: ReadRecording) -> None:
        self.ended.emit()
        key = self._key_of(path)
        track = self._take(key, path, found)
        self._add_lane(key, path.name)
        self._session.set_active(key)
        self._say(path.name, track, found.file.notes)
        if not is_shipped(path):
            self._preferences.change(recent=self._preferences.values.with_recent(str(path)).recent)
        self.opened.emit(key)
        self.samples_read.emit(key)

    def _chosen(self, key: RecordingKey, path: Path, found: ReadRecording) -> None:
        """Show another channel in the same lane, with the same tiers."""
        self._asked.pop(key, None)
        self._take(key, path, found)
        self._messages.noted.emit(f"{path.name}: {found.file.reduction}")
        self.samples_read.emit(key)

    def _take(self, key: RecordingKey, path: Path, found: ReadRecording) -> Track:
        """Show what was read; the overview of a long recording is built in the background."""
        track = found.long.track(path.name) if found.long is not None else found.track
        assert track is not None
        self._files[key] = found.file
        self._put(key, track)
        self._long.pop(key, None)
        if found.long is not None:
            self._long[key] = found.long
            self._look_through(key, found.long)
        return track

    def _key_of(self, path: Path) -> RecordingKey:
        """Return the key of a file: its name, numbered if another file has that name."""
        number, key = 1, RecordingKey(path.name)
        while self._paths.get(key, path) != path:
            number += 1
            key = RecordingKey(f"{path.stem} ({number}){path.suffix}")
        self._paths[key] = path
        return key

    def _put(self, key: RecordingKey, track: Track) -> None:
        """Show a track, and drop what was computed from an earlier state of its file."""
        shown, before = self._session.shown, self._tracks.get(key)
        self._tracks[key] = track
        tracks = {**shown.tracks, key: self._alignment.placed(key, track)}
        if before is None or before.origin == track.origin:
            self._session.show(tracks=tracks)
            return
        images = {other: image for other, image in shown.images.items() if other != key}
        overlays = {place: made for place, made in shown.overlays.items() if place[0] != key}
        self._session.show(tracks=tracks, images=images, overlays=overlays)

    def _add_lane(self, key: RecordingKey, name: str) -> None:
        """Put the lane above a model's, or below the other recordings; show as much of it as fits."""
        session = self._session
        if session.lane(key) is not None:
            self.fit()
            return
        before, seen = session.whole, session.visible
        first = not session.lanes  # a network that sound drives has no lanes before it hears one
        shown = ALONE if first or session.card is None else BESIDE
        lane = Lane(key, shown=shown, channel=self._files[key].channel)
        if first and session.card is None and not session.history.steps:
            session.begin((lane,))
        else:
            lanes = (lane, *session.lanes) if session.card else (*session.lanes, lane)
            session.set_lanes(lanes, f"open {name}")
        followed = seen == before and session.whole.length_s <= FOLLOWED * before.length_s
        if first or followed:
            session.set_range(session.whole, remember=False)
        if first:
            session.set_cursor(0.0, placed=False)

    def _say(self, name: str, track: Track, notes: tuple[str, ...]) -> None:
        said = list(notes)
        if self._session.visible.end_s < track.axis.extent.end_s:
            said.append(f"it lasts {duration_words(track.axis.duration_s)}; Show all shows all of it")
        if said:
            self._messages.noted.emit(f"{name}: {'; '.join(said)}")

    def _new_model(self) -> None:
        """Keep the recordings beside the new model."""
        session = self._session
        kept = {
            key: self._alignment.placed(key, track)
            for key, track in self._tracks.items()
            if session.lane(key) is not None
        }
        if kept:
            session.show(tracks={**session.shown.tracks, **kept})
        self.fit()

    # --- long ones ---------------------------------------------------------------------------

    def _look_through(self, key: RecordingKey, sound: LongSound) -> None:
        """Find all extremes in the background; the lane becomes exact as this proceeds."""
        if sound.whole:
            self.surveyed.emit(sound.track(sound.file.name))
            return
        post = self._clock.post

        def told(part: float) -> None:
            post(lambda: self._progressed(key, sound))

        future = self._clock.work(lambda: sound.look_through(told, lambda: self._closed))
        self._jobs.follow(("through", key), future, lambda _: self._looked_through(sound))

    def _look_after(self) -> None:
        """Check from time to time whether the files of long recordings have changed."""
        if not self._long or monotonic() < self._looked_s + LOOK_EVERY_S:
            return
        self._looked_s = monotonic()
        sounds = dict(self._long)
        future = self._clock.work(lambda: {key: sound.lost() for key, sound in sounds.items()})
        self._jobs.follow("recordings' files", future, self._looked_after)

    def _looked_after(self, found: dict[RecordingKey, Fault | None]) -> None:
        for key, fault in found.items():
            if fault is not None and self._long.pop(key, None) is not None:  # reported once
                self._messages.faulted.emit(fault)

    def _progressed(self, key: RecordingKey, sound: LongSound) -> None:
        """Show the current state of the overview, unless the file was reopened meanwhile."""
        track = sound.track(sound.file.name)
        if self._closed or self._tracks[key].origin != track.origin:
            return
        self._put(key, track)

    def _looked_through(self, sound: LongSound) -> None:
        if sound.bad:
            values = "value is not a number" if sound.bad == 1 else "values are not numbers"
            said = f"{sound.bad} {values}, shown as gaps and played as silence"
            self._messages.noted.emit(f"{sound.file.name}: {said}")
        self.surveyed.emit(sound.track(sound.file.name))
