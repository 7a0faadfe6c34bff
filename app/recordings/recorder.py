"""Recording a sound from a microphone: see `core.capture`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from psygnal import Signal

from app.base.context import Context
from app.base.player import PlayerLike
from app.recordings.open_recordings import OpenRecordings
from core.capture.capture import Capture, Captured
from core.capture.inputs import NO_MICROPHONE, NO_MICROPHONE_HINT, InputBackend
from core.capture.takes import Take, default_folder, free_path, left_behind
from core.faults import Fault
from core.files.atomic import folder_for
from core.playback.devices import DEFAULT, Device
from widgets.recording.recorder_window import RecorderView
from widgets.theme.praat_numbers import duration_words


def default_save_folder() -> Path:
    """Return the folder into which recordings are saved unless the user chose another."""
    from platformdirs import user_documents_path

    return user_documents_path() / "Phonoscope"


class Recorder:
    """Records one sound at a time; what was recorded is kept on disk until it is saved or deleted.

    `changed` is emitted when a recording begins, ends or is saved; in between, ask for the `view`. `found`
    carries the microphones, and `saved` the path of a new sound file, which opens as a recording.
    """

    changed = Signal()
    found = Signal(tuple)
    saved = Signal(str)

    def __init__(
        self, context: Context, backend: InputBackend, player: PlayerLike, recordings: OpenRecordings
    ) -> None:
        self._preferences, self._messages = context.preferences, context.messages
        self._clock, self._jobs = context.clock, context.jobs
        self.backend, self._player, self._recordings = backend, player, recordings
        self._capture: Capture | None = None
        self._last = RecorderView()
        self._take: Take | None = None
        self._unsaved: tuple[Take, ...] = ()
        self._looked_back = False

    # --- what is shown ------------------------------------------------------------------------

    @property
    def view(self) -> RecorderView:
        """How the recording is going; a microphone that hangs is given up here."""
        capture = self._capture
        if capture is not None and capture.stuck:
            self._give_up()
        elif capture is not None:
            level = capture.level
            self._last = replace(
                self._last,
                state="recording" if level.seconds else "opening",
                seconds=level.seconds,
                rms=level.rms,
                peak=level.peak,
                clipped=level.clipped,
                gaps=level.gaps,
            )
        return replace(self._last, unsaved=tuple(_words(take) for take in self._unsaved))

    @property
    def records(self) -> bool:
        """Whether a recording is running."""
        return self._capture is not None

    @property
    def save_folder(self) -> Path:
        """The folder into which recordings are saved."""
        chosen = self._preferences.values.record_folder
        return Path(chosen) if chosen else default_save_folder()

    def find_microphones(self) -> None:
        """Search for microphones, off the window's thread; `found` follows."""
        if not self.records:
            future = self._clock.work(self.backend.devices)
            self._jobs.follow("microphones", future, self.found.emit, self._not_found)

    def _not_found(self, fault: Fault) -> None:
        devices: tuple[Device, ...] = (DEFAULT,)
        self.found.emit(devices)
        self._show_fault(fault)

    # --- recording ----------------------------------------------------------------------------

    def record(self) -> None:
        """Begin; a recording that was not saved is put aside."""
        if self.records:
            return
        self._player.stop()
        if self._take is not None:
            self._unsaved = (*self._unsaved, self._take)
            self._take = None
        kept = self._preferences.values
        made: list[Capture] = []
        capture = Capture(
            self.backend,
            kept.microphone,
            float(kept.record_rate_hz),
            default_folder(),
            lambda captured: self._clock.post(lambda: self._ended(made[0], captured)),
        )
        made.append(capture)
        self._capture = capture
        self._last = RecorderView("opening")
        capture.start()
        self.changed.emit()

    def stop(self) -> None:
        """End the recording, or stop playing it."""
        if self._capture is not None:
            self._capture.stop()
        else:
            self._player.stop()

    def _ended(self, capture: Capture, captured: Captured) -> None:
        if capture is not self._capture:  # it was given up, and answered after all
            self._unsaved = (*self._unsaved, *([captured.take] if captured.take is not None else []))
            return
        self._last = self.view
        self._capture, self._take = None, captured.take
        self._last = replace(self._last, state="recorded" if captured.take is not None else "idle")
        if captured.take is not None:
            self._last = replace(self._last, seconds=captured.take.seconds)
        self._show_fault(captured.fault)

    def _give_up(self) -> None:
        """Leave a microphone alone that hangs."""
        self._capture = None
        self.backend.abandon()
        self._last = RecorderView()
        self._show_fault(Fault(NO_MICROPHONE, NO_MICROPHONE_HINT))

    def _show_fault(self, fault: Fault | None) -> None:
        self._last = replace(self._last, fault=str(fault) if fault is not None else "")
        self.changed.emit()

    def play(self) -> None:
        """Play what was recorded."""
        if self._take is not None:
            self._player.play(self._take.samples(), self._take.rate_hz, 0.0)

    # --- keeping ------------------------------------------------------------------------------

    def save(self, name: str) -> None:
        """Write the recording as a WAV file of this name, numbered if there is one, and open it as a lane."""
        take = self._take
        if take is None or self._last.saving:
            return
        rate_hz, folder = float(self._preferences.values.record_rate_hz), self.save_folder

        def write() -> Path:
            path = free_path(folder_for(folder), name)
            take.save(path, rate_hz)
            return path

        self._last = replace(self._last, saving=True, fault="")
        self.changed.emit()
        self._jobs.follow("save recording", self._clock.work(write), self._saved, self._not_saved)

    def _saved(self, path: Path) -> None:
        if self._take is not None:
            self._player.stop()
            self._take.remove()
        self._take, self._last = None, RecorderView()
        self._recordings.open(path)
        self._messages.noted.emit(f"Saved {path}")
        self.saved.emit(str(path))
        self.changed.emit()

    def _not_saved(self, fault: Fault) -> None:
        self._last = replace(self._last, saving=False)
        self._show_fault(fault)

    def look_back(self) -> None:
        """Find what earlier starts recorded and did not save, once, and say so."""
        if not self._looked_back:
            self._looked_back = True
            future = self._clock.work(lambda: left_behind(default_folder()))
            self._jobs.follow("unsaved recordings", future, self._looked)

    def _looked(self, found: tuple[Take, ...]) -> None:
        self._unsaved = (*found, *self._unsaved)
        if found:
            few = "A recording was" if len(found) == 1 else f"{len(found)} recordings were"
            self._messages.noted.emit(f"{few} not saved: File > Record mono Sound… has what there is")
            self.changed.emit()

    def take_up(self, take: Take) -> None:
        """Take what was recorded elsewhere as the current recording; the one before is put aside."""
        self._unsaved = (*self._unsaved, take)
        self.bring_back(len(self._unsaved) - 1)

    def bring_back(self, place: int) -> None:
        """Take up a recording that was not saved; the current one is put aside."""
        if self.records or not 0 <= place < len(self._unsaved):
            return
        chosen, rest = self._unsaved[place], [*self._unsaved[:place], *self._unsaved[place + 1 :]]
        self._unsaved = (*rest, *([self._take] if self._take is not None else []))
        self._take = chosen
        self._last = RecorderView("recorded", chosen.seconds)
        self.changed.emit()

    def delete(self, place: int) -> None:
        """Delete a recording that was not saved."""
        if 0 <= place < len(self._unsaved):
            self._unsaved[place].remove()
            self._unsaved = (*self._unsaved[:place], *self._unsaved[place + 1 :])
            self.changed.emit()

    def close(self) -> None:
        """End a recording; what is not saved is there at the next start."""
        capture, self._capture = self._capture, None
        if capture is not None:
            capture.stop()
            if not capture.join(1.0):
                self.backend.abandon()
        for take in (*self._unsaved, *([self._take] if self._take is not None else [])):
            take.leave()
        self._take, self._unsaved = None, ()


def _words(take: Take) -> str:
    """Return when an unsaved recording was made and how long it is."""
    return f"{take.made_at:%d %b %Y, %H:%M} · {duration_words(take.seconds)}"
