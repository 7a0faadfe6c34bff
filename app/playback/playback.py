"""Playback: a lane's selection, the live loop, and the names of the conversions to sound."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from psygnal import Signal

from app.base.context import Context
from app.base.player import PlayerLike
from app.models.latent_driven import LatentDriven
from app.recordings.open_recordings import OpenRecordings
from core.faults import Fault
from core.playback.lane_mix import LaneSound, mixed
from core.playback.sonification import Samples, part, sonified
from core.session import lanes as lane_tools
from core.session.lane_key import Key, RecordingKey
from core.signals.axis import Range, TimeAxis
from core.signals.track import Track

MIXED_S = 600.0  # the longest stretch mixed if several lanes play at once; a single lane is read as it plays


class Playback:
    """Plays lanes; while a loop plays, new sound takes over at the same phase."""

    changed = Signal()

    def __init__(
        self, context: Context, player: PlayerLike, recordings: OpenRecordings, latent_driven: LatentDriven
    ) -> None:
        self._session = context.session
        self._jobs = context.jobs
        self._clock = context.clock
        self._preferences = context.preferences
        self._messages = context.messages
        self._player = player
        recordings.samples_read.connect(self.sound_changed)
        latent_driven.arrived.connect(self.sound_changed)
        self.keys: tuple[Key, ...] = ()
        self.window: Range | None = None
        self.words = ""
        self._fault: Fault | None = None
        self._gains: dict[Key, float] = {}

    def play(self, key: Key, window: Range | None = None) -> None:
        """Play one lane: the given range, the selection, or from the cursor onwards."""
        self._start((key,), window or self._wanted())

    def play_active(self, window: Range | None = None) -> None:
        """Play the soloed lanes, or the active one, as Tab and the bars do."""
        session = self._session
        chosen = lane_tools.sounding(session.lanes, session.active)
        if not chosen:
            self._messages.noted.emit("Nothing to play: this lane is muted")
            return
        self._start(tuple(lane.key for lane in chosen), window or self._wanted())

    def toggle(self) -> None:
        """Stop playback, or play the active lane."""
        if self._player.playing:
            self.stop()
        else:
            self.play_active()

    def stop(self) -> None:
        """Fade out and stop."""
        self._jobs.drop("mix")
        self._player.stop()
        self.ended()

    def failed(self, fault: Fault) -> None:
        """Show that the sound device does not work, until it plays again."""
        self._fault = fault
        self._messages.faulted.emit(fault)
        self._messages.noted.emit("")  # the conversion is not heard
        self.ended()

    def heard(self) -> None:
        """Remove the fault: the device plays."""
        fault, self._fault = self._fault, None
        if fault is not None:
            self._messages.mended.emit(fault)

    def play_apart(self, samples: Samples, rate_hz: float, words: str) -> None:
        """Play a sound that no lane shows, once, and show what it is."""
        self.keys, self.window, self.words = (), None, words
        self._player.play(samples, rate_hz, 0.0, False)
        self._messages.noted.emit(words)
        self.changed.emit()

    def ended(self) -> None:
        """Forget what was playing; the player calls this at the end of the sound."""
        self.keys = ()
        self.changed.emit()

    def set_loop(self, loop: bool) -> None:
        """Loop from the next start on, and at once during playback."""
        self._preferences.change(loop=loop)
        if self._player.playing and self.keys and self.window is not None:
            self._start(self.keys, self.window)

    def set_sound(self, sound: str) -> None:
        """Use another way of converting layers to sound, by name."""
        self._preferences.change(sound=sound)
        self._gains = {}
        self.sound_changed()

    def sound_changed(self) -> None:
        """Pass new curves to a running loop."""
        if self._player.playing and self._player.looping and self.keys:
            self._mix(self._swap)

    def _wanted(self) -> Range:
        session = self._session
        if session.selection is not None:
            return session.selection
        if self._preferences.values.loop:
            return session.visible
        cursor_s = session.cursor_s
        inside = cursor_s is not None and session.visible.contains(cursor_s)
        start_s = cursor_s if inside and cursor_s is not None else session.visible.start_s
        if session.visible.end_s - start_s < 0.001:
            return session.visible
        return Range(start_s, session.visible.end_s)

    def _start(self, keys: tuple[Key, ...], window: Range) -> None:
        self.keys, self.window, self._gains = keys, window, {}
        self._mix(self._play)

    def _mix(self, use: Callable[[LaneSound], None]) -> None:
        """Pass on the sound of the playing lanes; several are mixed off the window's thread."""
        sounds = self._sounds()
        if not sounds:
            self.keys = ()
        elif len(sounds) == 1:
            self._jobs.drop("mix")
            use(sounds[0])
        else:
            self._jobs.follow("mix", self._clock.work(partial(mixed, sounds)), use)

    def _play(self, sound: LaneSound) -> None:
        """Play a sound; the player limits and fades it."""
        if not len(sound.samples):
            tracks = self._session.shown.tracks
            names = ", ".join(tracks[key].name for key in self.keys if key in tracks)
            self.stop()
            self._messages.noted.emit(f"Nothing to play: no sound in this range of {names}")
            return
        self._player.play(sound.samples, sound.rate_hz, sound.start_s, self._preferences.values.loop)
        self._messages.noted.emit(self.words)
        self.changed.emit()

    def _swap(self, sound: LaneSound) -> None:
        if self._player.playing:
            self._player.swap(sound.samples, sound.rate_hz)

    def _sounds(self) -> list[LaneSound]:
        """Return the sound of each playing lane in the playing range."""
        session, window = self._session, self.window
        tracks = [(key, session.shown.tracks[key]) for key in self.keys if key in session.shown.tracks]
        if window is None or not tracks:
            return []
        if len(tracks) > 1:
            window = Range(window.start_s, min(window.end_s, window.start_s + MIXED_S))
        made = [one for key, track in tracks if (one := self._one(key, track, window)) is not None]
        return [one for one in made if len(one.samples)] or made[
            :1
        ]  # do not wait for lanes that have no sound in this range

    def _one(self, key: Key, track: Track, window: Range) -> LaneSound | None:
        """Return the sound of one lane in the window: a recording as it is, a layer on the output's axis."""
        card = self._session.card_of(key)
        if isinstance(key, RecordingKey):
            self.words = f"{track.name}: as recorded"
            samples, start_s = part(track.samples, track.axis, window)
            return LaneSound(samples, track.axis.rate_hz, start_s)
        if card is None or not card.sounds:
            self._messages.noted.emit("No sound: this model's output is articulation, not a waveform")
            return None
        samples, start_s = part(self._heard(key, track, card.out_axis), card.out_axis, window)
        return LaneSound(samples, card.out_axis.rate_hz, start_s)

    def _heard(self, key: Key, track: Track, axis: TimeAxis) -> Samples:
        """Convert one lane to sound; a running loop keeps its initial gain."""
        output = self._session.output_of(self._session.model_of(key))
        reference = self._session.shown.tracks.get(output) if output is not None else None
        made = sonified(track, axis, self._preferences.values.sound, reference, self._gains.get(key))
        self._gains[key] = made.gain_db
        self.words = f"{track.name}: {made.words}"
        return made.samples
