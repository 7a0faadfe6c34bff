"""The window that records a sound: as Praat's SoundRecorder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from widgets.recording.level_meter import LevelMeter
from widgets.theme.control_paint import Rule, ShortWords, Words, pass_theme
from widgets.theme.theme import LIGHT, Theme

RATES_HZ = (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000, 64000, 96000, 192000)
State = Literal["idle", "opening", "recording", "recorded"]


@dataclass(frozen=True)
class RecorderView:
    """What the window shows.

    `seconds`, `rms`, `peak` (linear, 1 is full scale), `clipped` and `gaps` are of the recording; `unsaved`
    names the recordings of earlier starts that were not saved; `saving` says that one is being written.
    """

    state: State = "idle"
    seconds: float = 0.0
    rms: float = 0.0
    peak: float = 0.0
    clipped: int = 0
    gaps: int = 0
    fault: str = ""
    unsaved: tuple[str, ...] = ()
    saving: bool = False


class RecorderWindow(QWidget):
    """Signals: `record_wanted()`, `stop_wanted()`, `play_wanted()`, `save_wanted(close)`,
    `settings_changed()`, `closed()`; `bring_back_wanted(place)` and `delete_wanted(place)` for a recording
    that was not saved.
    """

    record_wanted = Signal()
    stop_wanted = Signal()
    play_wanted = Signal()
    save_wanted = Signal(bool)
    settings_changed = Signal()
    bring_back_wanted = Signal(int)
    delete_wanted = Signal(int)
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setWindowTitle("Record mono Sound")
        self._microphone, self._rate = QComboBox(), QComboBox()
        for rate_hz in RATES_HZ:
            self._rate.addItem(f"{rate_hz} Hz", rate_hz)
        self._meter = LevelMeter()
        self._time = Words("", 16, 600)
        self._note = Words("", 11, 400, "ink3", wrap=True)
        self._fault = Words("", 12, 500, "warn", wrap=True)
        self._name, self._folder = QLineEdit("untitled"), ShortWords("", 12, 400, "ink2")
        self._unsaved = QWidget()
        self._theme = LIGHT
        self._unsaved_shown: tuple[str, ...] | None = None
        self._make_buttons()
        self._lay_out()
        for field in (self._microphone, self._rate):
            field.activated.connect(lambda _: self.settings_changed.emit())
        self.show_view(RecorderView())

    def _make_buttons(self) -> None:
        self._record = _button("Record", self.record_wanted.emit)
        self._stop = _button("Stop", self.stop_wanted.emit)
        self._play = _button("Play", self.play_wanted.emit)
        self._save = _button("Save to list", lambda: self.save_wanted.emit(False))
        self._save_close = _button("Save to list && Close", lambda: self.save_wanted.emit(True))
        self._close = _button("Close", self.close)

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        form.setHorizontalSpacing(12)
        form.setVerticalSpacing(8)
        form.addRow("Microphone", self._microphone)
        form.addRow("Sampling frequency", self._rate)
        name = QFormLayout()
        name.setHorizontalSpacing(12)
        name.setVerticalSpacing(8)
        name.addRow("Name", self._name)
        name.addRow("Save in", _row(self._folder, _button("Choose…", self._choose_folder)))
        whole = QVBoxLayout(self)
        whole.setContentsMargins(16, 14, 16, 14)
        whole.setSpacing(10)
        whole.addWidget(Words("Record mono Sound", 13, 600))
        whole.addLayout(form)
        for part in (self._meter, self._time, self._fault, _row(self._record, self._stop, self._play, None)):
            whole.addWidget(part)
        whole.addWidget(Rule())
        whole.addLayout(name)
        whole.addWidget(self._note)
        whole.addWidget(self._unsaved)
        whole.addStretch(1)
        whole.addWidget(_row(None, self._close, self._save, self._save_close))
        QVBoxLayout(self._unsaved).setContentsMargins(0, 0, 0, 0)
        self.resize(480, 440)

    # --- settings -----------------------------------------------------------------------------

    @property
    def microphone(self) -> str:
        """The id of the chosen microphone, "" for the system's."""
        return self._microphone.currentData() or ""

    @property
    def rate_hz(self) -> int:
        """The chosen sampling frequency."""
        return self._rate.currentData()

    @property
    def name(self) -> str:
        """The name under which the recording is saved."""
        return self._name.text()

    def show_settings(self, microphone: str, rate_hz: int, folder: str) -> None:
        """Show the microphone, the sampling frequency and the folder."""
        self._rate.setCurrentIndex(max(0, self._rate.findData(rate_hz)))
        if self._microphone.findData(microphone) < 0:
            self._microphone.addItem(microphone or "System default", microphone)
        self._microphone.setCurrentIndex(self._microphone.findData(microphone))
        self._folder.setText(folder)

    def show_microphones(self, found: tuple[tuple[str, str], ...]) -> None:
        """Show the microphones that were found, each as its id and its name; the chosen one stays."""
        chosen = self.microphone
        self._microphone.clear()
        for id, name in found:
            self._microphone.addItem(name, id)
        if self._microphone.findData(chosen) < 0:
            self._microphone.addItem(f"{chosen} (not connected)", chosen)
        self._microphone.setCurrentIndex(self._microphone.findData(chosen))

    @property
    def folder(self) -> str:
        """The folder into which recordings are saved."""
        return self._folder.text()

    def _choose_folder(self) -> None:
        name = QFileDialog.getExistingDirectory(self, "Save recordings in", self.folder)
        if name:
            self._folder.setText(name)
            self.settings_changed.emit()

    # --- what happens -------------------------------------------------------------------------

    def show_view(self, view: RecorderView) -> None:
        """Show how the recording is going."""
        if view.state == "recording":
            self._meter.show_level(view.rms, view.peak, view.clipped)
        else:
            self._meter.show_off()
        self._time.setText(_time_words(view))
        self._note.setText(_note(view))
        self._note.setVisible(bool(_note(view)))
        self._fault.setText(view.fault)
        self._fault.setVisible(bool(view.fault))
        busy, recorded = view.state in ("opening", "recording"), view.state == "recorded"
        self._record.setEnabled(not busy and not view.saving)
        self._record.setDefault(not busy and not recorded)
        self._stop.setDefault(busy)
        self._save.setDefault(recorded)
        self._stop.setEnabled(busy)
        for button in (self._play, self._save, self._save_close):
            button.setEnabled(recorded and not view.saving)
        self._microphone.setEnabled(not busy)
        self._rate.setEnabled(not busy)
        self._show_unsaved(view.unsaved)

    def _show_unsaved(self, names: tuple[str, ...]) -> None:
        """List the recordings that were not saved, each with two buttons."""
        if names == self._unsaved_shown:
            return
        self._unsaved_shown = names
        down = self._unsaved.layout()
        assert down is not None
        while (item := down.takeAt(0)) is not None:
            if (gone := item.widget()) is not None:
                gone.deleteLater()
        if names:
            down.addWidget(Words("Not saved before", 12, 600))
        for place, name in enumerate(names):
            back = _button("Bring back", lambda place=place: self.bring_back_wanted.emit(place))
            delete = _button("Delete", lambda place=place: self.delete_wanted.emit(place))
            down.addWidget(_row(Words(name, 12, 400, "ink2"), None, back, delete))
        self._unsaved.setVisible(bool(names))
        pass_theme(self._unsaved, self._theme)

    def closeEvent(self, event: QCloseEvent) -> None:
        super().closeEvent(event)
        self.closed.emit()

    def set_theme(self, theme: Theme) -> None:
        """Use the colours of another theme."""
        self._theme = theme
        pass_theme(self, theme)


def _time_words(view: RecorderView) -> str:
    if view.state == "idle":
        return ""
    if view.state == "opening":
        return "Opening the microphone"
    minutes, seconds = divmod(view.seconds, 60)
    return f"{int(minutes)}:{seconds:04.1f}" if minutes else f"{seconds:.1f} s"


def _note(view: RecorderView) -> str:
    """Return what there is to know about a finished recording."""
    if view.saving:
        return "Saving"
    said: list[str] = []
    if view.state == "recorded" and view.clipped:
        said.append(f"{view.clipped} samples are clipped: record again further from the microphone.")
    if view.gaps:
        times = "once" if view.gaps == 1 else f"{view.gaps} times"
        said.append(f"The machine was too busy and lost samples {times}.")
    if view.state == "recorded":
        said.append("A recording that is not saved is kept here; recording again puts it aside.")
    return " ".join(said)


def _button(words: str, act: Callable[[], object]) -> QPushButton:
    made = QPushButton(words)
    made.setAutoDefault(False)
    made.clicked.connect(lambda: act())
    return made


def _row(*parts: QWidget | None) -> QWidget:
    """Return widgets in a row; None is a space that stretches."""
    made = QWidget()
    across = QHBoxLayout(made)
    across.setContentsMargins(0, 0, 0, 0)
    across.setSpacing(8)
    for part in parts:
        if part is None:
            across.addStretch(1)
        else:
            across.addWidget(part, 1 if isinstance(part, ShortWords) else 0)
    return made
