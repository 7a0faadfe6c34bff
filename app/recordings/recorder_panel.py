"""The window that records, connected to the recorder; made when it is first shown."""

from __future__ import annotations

from functools import cached_property

from PySide6.QtCore import QTimer

from app.base.context import Context
from app.base.dialog_host import DialogHost
from app.recordings.recorder import Recorder
from core.playback.devices import Device
from widgets.controls.dialog import fit_to_screen
from widgets.recording.recorder_window import RecorderWindow

LOOK_MS = 33


class RecorderPanel:
    """Shows the recorder's state, 30 times a second while it records."""

    def __init__(self, context: Context, host: DialogHost, recorder: Recorder) -> None:
        self._preferences, self._host, self._recorder = context.preferences, host, recorder
        self._closes = False

    @cached_property
    def panel(self) -> RecorderWindow:
        """The window, made on first use."""
        made, recorder = RecorderWindow(self._host.parent), self._recorder
        made.record_wanted.connect(recorder.record)
        made.stop_wanted.connect(recorder.stop)
        made.play_wanted.connect(recorder.play)
        made.save_wanted.connect(self._save)
        made.settings_changed.connect(self._keep_settings)
        made.bring_back_wanted.connect(recorder.bring_back)
        made.delete_wanted.connect(recorder.delete)
        made.closed.connect(recorder.stop)
        recorder.changed.connect(self._changed)
        recorder.found.connect(self._found)
        recorder.saved.connect(lambda path: self._saved())
        self._timer = QTimer(made, interval=LOOK_MS)
        self._timer.timeout.connect(self._changed)
        return made

    def show(self) -> None:
        """Open the window, or bring it to the front."""
        kept = self._preferences.values
        self.panel.show_settings(kept.microphone, kept.record_rate_hz, str(self._recorder.save_folder))
        self.panel.set_theme(self._host.theme)
        fit_to_screen(self.panel)
        self.panel.show()
        self.panel.raise_()
        self._recorder.look_back()
        self._recorder.find_microphones()
        self._changed()

    def _changed(self) -> None:
        self.panel.show_view(self._recorder.view)
        if self._recorder.records != self._timer.isActive():
            self._timer.start() if self._recorder.records else self._timer.stop()

    def _found(self, devices: tuple[Device, ...]) -> None:
        self.panel.show_microphones(tuple((device.id, device.name) for device in devices))

    def _keep_settings(self) -> None:
        panel = self.panel
        folder = panel.folder if panel.folder != str(self._recorder.save_folder) else None
        self._preferences.change(microphone=panel.microphone, record_rate_hz=panel.rate_hz)
        if folder is not None:
            self._preferences.change(record_folder=folder)

    def _save(self, close: bool) -> None:
        self._closes = close
        self._recorder.save(self.panel.name)

    def _saved(self) -> None:
        if self._closes:
            self.panel.close()
