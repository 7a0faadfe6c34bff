"""The page of a microphone that a network follows: a bar with what listens, and the lanes."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from widgets.controls.button import Button
from widgets.controls.combo import ComboBox
from widgets.live.live_view import LiveView
from widgets.theme.control_paint import ShortWords, Surface, Words, pass_theme
from widgets.theme.theme import Theme

BAR_PX = 40
Options = Sequence[tuple[str, str]]


class LivePanel(QWidget):
    """Signals: `start_wanted()`, `stop_wanted()`, `keep_wanted()`, `network_wanted(key)`,
    `microphone_wanted(id)`, `hidden()`.
    """

    start_wanted = Signal()
    stop_wanted = Signal()
    keep_wanted = Signal()
    network_wanted = Signal(str)
    microphone_wanted = Signal(str)
    hidden = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view = LiveView()
        self._bar = Surface("chrome")
        self._bar.setFixedHeight(BAR_PX)
        self._network = ComboBox("Network that listens", prefix="Network", height_px=24, width_px=260)
        self._microphone = ComboBox("Microphone", prefix="Microphone", height_px=24, width_px=240)
        self._state = ShortWords("", 11, 400, "ink3")
        self.start_button = Button("Listen", kind="primary", height_px=24)
        self.stop_button = Button("Stop", "stop-fill", kind="bordered", height_px=24)
        self.keep_button = Button("Keep the recording…", kind="bordered", height_px=24)
        self._lay_out()
        self._connect()
        self.show_state("", listens=False, can_listen=False, can_keep=False)

    def _lay_out(self) -> None:
        row = QHBoxLayout(self._bar)
        row.setContentsMargins(12, 0, 12, 0)
        row.setSpacing(8)
        row.addWidget(Words("Live", 13, 600))
        row.addWidget(self._network)
        row.addWidget(self._microphone)
        row.addWidget(self.start_button)
        row.addWidget(self.stop_button)
        row.addWidget(self._state, 1)
        row.addWidget(self.keep_button)
        down = QVBoxLayout(self)
        down.setContentsMargins(0, 0, 0, 0)
        down.setSpacing(0)
        down.addWidget(self._bar)
        down.addWidget(self.view, 1)

    def _connect(self) -> None:
        self._network.wanted.connect(self.network_wanted)
        self._microphone.wanted.connect(self.microphone_wanted)
        self.keep_button.clicked.connect(lambda: self.keep_wanted.emit())
        self.start_button.clicked.connect(lambda: self.start_wanted.emit())
        self.stop_button.clicked.connect(lambda: self.stop_wanted.emit())

    def show_networks(self, networks: Options, current: str) -> None:
        """Offer the networks that hear sound, each with a key and its name."""
        self._network.show_options(networks, current)
        self._network.setEnabled(len(networks) > 1)

    def show_microphones(self, microphones: Options, current: str) -> None:
        """Offer the microphones that were found."""
        self._microphone.show_options(microphones, current)

    def show_state(self, words: str, *, listens: bool, can_listen: bool, can_keep: bool) -> None:
        """Show how it is going."""
        self._state.setText(words)
        self.start_button.setVisible(not listens)
        self.start_button.setEnabled(can_listen)
        self.stop_button.setVisible(listens)
        self.keep_button.setVisible(can_keep)
        self._microphone.setEnabled(not listens)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.hidden.emit()

    def set_theme(self, theme: Theme) -> None:
        """Use other colours."""
        pass_theme(self, theme)
