"""What is heard: a lane's selection, the live loop, and the words that name the conversion."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from psygnal import Signal

from core import lanes as lane_tools
from core.axis import Range, TimeAxis
from core.listen import heard, part, safe
from core.track import Track

if TYPE_CHECKING:
    from app.instrument import Instrument


class Playing:
    """Plays lanes; while a loop plays, new sound takes over at the same phase."""

    changed = Signal()

    def __init__(self, instrument: Instrument) -> None:
        self._on = instrument
        self.keys: tuple[str, ...] = ()
        self.window: Range | None = None
        self.words = ""

    def play(self, key: str, window: Range | None = None) -> None:
        """Play one lane: the given range, else the selection, else from the cursor on."""
        self._start((key,), window or self._wanted())

    def play_active(self, window: Range | None = None) -> None:
        """Play the soloed lanes, else the active one: what Tab and the bars do."""
        session = self._on.session
        chosen = lane_tools.sounding(session.lanes, session.active)
        if not chosen:
            self._on.noted.emit("Nothing to play: this lane is muted")
            return
        self._start(tuple(lane.key for lane in chosen), window or self._wanted())

    def toggle(self) -> None:
        """Stop what plays, else play the active lane."""
        if self._on.player.playing:
            self.stop()
        else:
            self.play_active()

    def stop(self) -> None:
        """Fade out and stop."""
        self._on.player.stop()
        self.ended()

    def ended(self) -> None:
        """Forget what was playing; the player calls this at the end of the sound."""
        self.keys = ()
        self.changed.emit()

    def set_loop(self, loop: bool) -> None:
        """Loop from the next start on, and at once where something plays."""
        self._on.remember(loop=loop)
        if self._on.player.playing and self.keys and self.window is not None:
            self._start(self.keys, self.window)

    def set_sound(self, sound: str) -> None:
        """Convert layers to sound in another, named way."""
        self._on.remember(sound=sound)
        self.sound_changed()

    def sound_changed(self) -> None:
        """Hand new curves to a running loop."""
        if self._on.player.playing and self._on.player.looping and self.keys:
            made = self._mix(self.keys)
            if made is not None:
                self._on.player.swap(*made)

    def _wanted(self) -> Range:
        session = self._on.session
        if session.selection is not None:
            return session.selection
        if self._on.settings.loop:
            return session.visible
        cursor_s = session.cursor_s
        inside = cursor_s is not None and session.visible.contains(cursor_s)
        start_s = cursor_s if inside and cursor_s is not None else session.visible.start_s
        if session.visible.end_s - start_s < 0.001:
            return session.visible
        return Range(start_s, session.visible.end_s)

    def _start(self, keys: tuple[str, ...], window: Range) -> None:
        self.keys, self.window = keys, window
        made = self._mix(keys)
        if made is None:
            self.keys = ()
            return
        self._on.player.play(*made, start_s=window.start_s, loop=self._on.settings.loop)
        self._on.noted.emit(self.words)
        self.changed.emit()

    def _mix(self, keys: tuple[str, ...]) -> tuple[np.ndarray, float] | None:
        """Give the safe sound of the lanes' range and its rate, or None where there is nothing."""
        session = self._on.session
        card, window = session.card, self.window
        tracks = [session.shown.tracks[key] for key in keys if key in session.shown.tracks]
        if card is None or window is None or not tracks:
            return None
        if not card.sounds:
            self._on.noted.emit("No sound: this model's output is articulation, not a waveform")
            return None
        parts = [self._heard(track, card.out_axis, window) for track in tracks]
        length = min(len(samples) for samples in parts)
        mixed = np.sum([samples[:length] for samples in parts], axis=0, dtype=np.float32)
        return safe(mixed, card.out_axis.rate_hz), card.out_axis.rate_hz

    def _heard(self, track: Track, out_axis: TimeAxis, window: Range) -> np.ndarray:
        session = self._on.session
        axis = out_axis if track.axis.rate_hz <= out_axis.rate_hz else track.axis
        made = heard(track, axis, self._on.settings.sound, session.shown.tracks.get("out"))
        self.words = f"{track.name}: {made.words}"
        return part(made.samples, axis, window)
