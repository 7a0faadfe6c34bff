"""The input panel's view: what the model in focus hears, what else there is, and what happens on the way."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np

from app.base.context import Context
from app.base.dialog_host import DialogHost
from app.models.input_choice import InputChoice, output_id
from app.models.sound_driven import SoundDriven
from app.recordings.dialogs import ask_recording
from app.recordings.open_recordings import OpenRecordings
from core.families.card import Card
from core.faults import Fault
from core.networks.spec import SoundDrive
from core.recordings.long_sound import LongTrack
from core.session.lane_key import Key, LaneKey, RecordingKey
from core.session.lane_names import title
from core.signals.track import Track
from widgets.model.input_panel import InputPanel, InputRow, InputView
from widgets.theme.praat_numbers import duration_words, seconds

OPEN = ""


class InputWiring:
    """Shows the panel what can be heard, and carries the user's choice to the services."""

    def __init__(
        self,
        context: Context,
        host: DialogHost,
        recordings: OpenRecordings,
        sound_driven: SoundDriven,
        input_choice: InputChoice,
        panel: InputPanel,
    ) -> None:
        self._session = context.session
        self._host = host
        self._recordings = recordings
        self._sound_driven = sound_driven
        self._choice = input_choice
        self._panel = panel
        for signal in (input_choice.changed, sound_driven.arrived, recordings.samples_read):
            signal.connect(self.show)
        self._session.focus_changed.connect(self.show)
        panel.recording_wanted.connect(input_choice.choose)
        panel.source_wanted.connect(self._use)
        panel.channel_wanted.connect(self._choose_channel)
        panel.file_wanted.connect(lambda: ask_recording(host, recordings))
        panel.folder_wanted.connect(self._ask_folder)

    def show(self) -> None:
        """Show the present state, if the model in focus only hears."""
        if self._choice.is_hearing(self._session.model):
            self._panel.show_view(self.view())

    def view(self) -> InputView:
        """Return what the panel shows."""
        choice, source = self._choice, self._choice.heard_by(self._session.model)
        file = self._recordings.file_of(source)
        folders = tuple((str(folder), folder.name or str(folder)) for folder in choice.folders)
        here = (OPEN, "Open recordings")
        now = choice.folder
        if now is not None and now not in choice.folders:
            folders = (*folders, (str(now), now.name))
        return InputView(
            (here, *folders),
            str(now) if now is not None else OPEN,
            self._rows(),
            self._id_of(source),
            file.channels if file is not None else 1,
            file.channel if file is not None else 0,
            self._notes(source),
        )

    def _rows(self) -> tuple[InputRow, ...]:
        choice, tracks = self._choice, self._session.shown.tracks
        if choice.folder is None:
            models = self._session.models
            rows = [InputRow(key.id, key.id, tracks[key].axis.duration_s) for key in choice.open_recordings]
            made = [(output_id(key), title(models, key), tracks[key]) for key in choice.outputs]
            return (*rows, *(InputRow(id, name, track.axis.duration_s) for id, name, track in made))
        return tuple(self._file_row(choice.folder, path) for path in choice.folders.get(choice.folder, ()))

    def _file_row(self, folder: Path, path: Path) -> InputRow:
        length, name = self._choice.lengths.get(path), str(path.relative_to(folder))
        if isinstance(length, Fault):
            return InputRow(str(path), name, None, str(length))
        return InputRow(str(path), name, length)

    def _id_of(self, source: Key | None) -> str:
        if isinstance(source, LaneKey):
            return output_id(source)
        if source is None:
            return ""
        return source.id if self._choice.folder is None else str(self._recordings.file_path(source) or "")

    def _notes(self, source: Key | None) -> tuple[str, ...]:
        """Return what happens to the sound before the network hears it, a sentence each."""
        if source is None:
            return ("Open a recording: this network makes no sound, it hears one.",)
        if isinstance(source, LaneKey):
            return (f"It hears {title(self._session.models, source)}.",)
        track, file = self._session.shown.tracks.get(source), self._recordings.file_of(source)
        card = self._session.card
        if track is None or card is None:
            return ()
        notes = [rate_words(track.axis.rate_hz, rate_hz) for rate_hz in set(card.input_rates_hz.values())]
        if file is not None and file.channels > 1:
            notes.append(f"{file.reduction[:1].upper()}{file.reduction[1:]}.")
        notes += [self._part_words(track), silence_words(track), short_words(card, track.axis.duration_s)]
        return tuple(note for note in notes if note)

    def _part_words(self, track: Track) -> str:
        """Return which part of a recording is heard, "" for all of it."""
        own = [one for one in self._sound_driven.listeners if one.model == self._session.model]
        window = own[0].window if own else None
        if window is None or window.length_s >= track.axis.duration_s * (1 - 1e-6):
            return ""
        lasts = duration_words(track.axis.duration_s)
        why = ", around what is looked at" if own[0].follows else ""
        return f"{seconds(window.start_s)}–{seconds(window.end_s)} s of {lasts} are heard{why}."

    # --- what is wanted -----------------------------------------------------------------------------

    def _use(self, source: str) -> None:
        self._choice.use_folder(Path(source) if source else None)

    def _ask_folder(self) -> None:
        name = self._host.ask_open_folder("Take recordings from a folder")
        if name:
            self._choice.use_folder(Path(name))

    def _choose_channel(self, channel: int) -> None:
        source = self._choice.heard_by(self._session.model)
        if isinstance(source, RecordingKey):
            self._recordings.choose_channel(source, channel)


def rate_words(from_hz: float, to_hz: float) -> str:
    """Return what resampling does to a sound, "" at the network's own rate.

    >>> rate_words(8000, 16000)
    '8000 Hz, resampled to 16000 Hz: there is nothing above 4000 Hz.'
    """
    if from_hz == to_hz:
        return ""
    said = f"{from_hz:g} Hz, resampled to {to_hz:g} Hz"
    if from_hz < to_hz:
        return f"{said}: there is nothing above {from_hz / 2:g} Hz."
    return f"{said}: what lies above {to_hz / 2:g} Hz is not heard."


def short_words(card: Card, lasts_s: float) -> str:
    """Return that a recording is shorter than what one answer of a network hears, "" if it is not."""
    for network in card.networks.values():
        drive, fields = network.drive, network.hears_s
        last_s = max(fields.values(), default=0.0)
        if isinstance(drive, SoundDrive) and drive.n is not None and lasts_s < drive.n / drive.rate_hz:
            return f"Shorter than the {drive.n / drive.rate_hz:.3g} s that it takes: silence follows."
        if lasts_s < last_s < math.inf:
            return f"Shorter than the {last_s:.3g} s that one answer hears: the rest of its field is empty."
    return ""


def silence_words(track: Track) -> str:
    """Return that a recording is silent, "" if it is not; long ones are not looked through."""
    if isinstance(track, LongTrack) or np.any(track.samples):
        return ""
    return "Silent: every sample is 0, so the answer says nothing about speech."
