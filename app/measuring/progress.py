"""Progress of a measurement, in a dialog that can stop it."""

from __future__ import annotations

from app.base.dialog_host import DialogHost
from app.measuring.measurement import Measurement
from widgets.controls.progress_dialog import ProgressDialog


class MeasurementProgress:
    """Opens the dialog when a measurement starts and closes it at the end."""

    def __init__(self, host: DialogHost, measurement: Measurement) -> None:
        self._host = host
        self._measurement = measurement
        self.dialog: ProgressDialog | None = None
        measurement.progressed.connect(self._progressed)
        measurement.ended.connect(self._ended)

    def _progressed(self, words: str, done: int, of: int) -> None:
        if self.dialog is None:
            self.dialog = ProgressDialog("Measuring", self._host.parent)
            self.dialog.cancel_wanted.connect(self._measurement.cancel)
            self.dialog.finished.connect(self._closed)
            self._host.show(self.dialog)
        self.dialog.show_progress(words, done, of)

    def _ended(self) -> None:
        if self.dialog is not None:
            self.dialog.accept()

    def _closed(self) -> None:
        self.dialog = None
