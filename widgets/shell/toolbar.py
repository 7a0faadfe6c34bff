"""The toolbar: open, undo, play, the sound and its device, the preset, and the command search."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QSizePolicy, QWidget

from widgets.controls.button import Button
from widgets.controls.combo import ComboBox
from widgets.controls.scales import Decibels, Steps
from widgets.controls.slider import SMALL, Slider
from widgets.theme.control_paint import Surface, Words, paint_field, pass_theme
from widgets.theme.icons import paint_icon
from widgets.theme.number_text import number_text
from widgets.theme.theme import LIGHT, Theme, font

HEIGHT_PX = 40
# above this width there is space for the buttons' texts as well
WORDS_FROM_PX = {"file.open": 1200, "file.save_picture": 1200, "play.loop": 1360, "play.follow": 1360}
# The buttons from the left: command, icon, text; "" is a separating line.
BUTTONS = (
    ("file.open", "folder-open", "Open"),
    ("file.save_picture", "image", "Save picture"),
    ("", "", ""),
    ("edit.undo", "arrow-u-up-left", ""),
    ("edit.redo", "arrow-u-up-right", ""),
    ("", "", ""),
    ("play.toggle", "play-fill", ""),
    ("play.stop", "stop-fill", ""),
    ("play.loop", "repeat", "Loop"),
    ("play.follow", "arrow-line-right", "Follow"),
)


class Separator(QWidget):
    """A short vertical line between groups of buttons."""

    def __init__(self) -> None:
        super().__init__()
        self._theme: Theme = LIGHT
        self.setFixedSize(17, HEIGHT_PX - 1)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(8, 9, 1, self.height() - 18, self._theme.line2)


class SearchButton(Button):
    """Looks like a field; a click opens the command palette."""

    def __init__(self, action: QAction) -> None:
        super().__init__("Search commands", "magnifying-glass", kind="bordered")
        keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        self._keys = keys
        self.clicked.connect(lambda: action.trigger())
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMaximumWidth(216)

    def sizeHint(self) -> QSize:
        return QSize(216, self.height())

    def minimumSizeHint(self) -> QSize:
        return QSize(36, self.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, rect = self._theme, QRectF(self.rect())
        with QPainter(self) as painter:
            fill = theme.hover if self.underMouse() else theme.plot
            paint_field(painter, rect, theme, fill, theme.edge, self.hasFocus())
            paint_icon(painter, self._icon, QRectF(8, 0, 18, rect.height()), theme.ink2, 14)
            painter.setFont(font(12))
            painter.setPen(theme.ink3)
            metrics = painter.fontMetrics()
            middle = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
            room = QRectF(32, 0, rect.width() - 40, rect.height())
            if metrics.horizontalAdvance(self.text()) <= room.width():
                painter.drawText(room, middle, self.text())
            painter.setFont(font(11))
            if room.width() > metrics.horizontalAdvance(self.text() + self._keys) + 12:
                painter.drawText(room, middle | Qt.AlignmentFlag.AlignRight, self._keys)


class DeviceComboBox(ComboBox):
    """The output devices, refreshed when the list is opened."""

    needed = Signal()

    def showPopup(self) -> None:
        self.needed.emit()
        super().showPopup()


class Toolbar(Surface):
    """The toolbar, made from the same actions as the menus.

    Signals: `sound_wanted(key)`, `device_wanted(id)`, `devices_needed()` before the list of devices opens,
    `volume_wanted(level_db)`, `preset_wanted(key)`.
    """

    sound_wanted = Signal(str)
    device_wanted = Signal(str)
    devices_needed = Signal()
    volume_wanted = Signal(float)
    preset_wanted = Signal(str)

    def __init__(self, actions: Mapping[str, QAction], parent: QWidget | None = None) -> None:
        super().__init__("chrome", parent)
        self.setFixedHeight(HEIGHT_PX)
        self.setAccessibleName("Toolbar")
        self._buttons: dict[str, Button] = {}
        self._sound = ComboBox("What is heard", prefix="Sound", width_px=195)
        self._device = DeviceComboBox("Output device", icon="speaker-high", width_px=176)
        self._volume = Slider(
            "Volume", Decibels(), origin=None, unit="dB", dress=SMALL, steps=Steps(1.0, 0.1, 6.0, 1)
        )
        self._level = Words("", 11, 400, "ink2")
        self._preset = ComboBox("Preset of the analyses", prefix="Preset", width_px=231)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 0, 8, 1)
        row.setSpacing(4)
        self._add_buttons(row, actions)
        self._add_fields(row, actions)
        self._connect()
        self.set_volume(-6.0)
        self._device.show_options([("", "System default")], "")

    def _add_buttons(self, row: QBoxLayout, actions: Mapping[str, QAction]) -> None:
        for id, icon, words in BUTTONS:
            if not id:
                row.addWidget(Separator())
            elif id in actions:
                kind = "primary" if id == "play.toggle" else "bare"
                self._buttons[id] = Button.of(actions[id], icon, words, kind)
                row.addWidget(self._buttons[id])

    def _add_fields(self, row: QBoxLayout, actions: Mapping[str, QAction]) -> None:
        self._volume.setFixedWidth(100)
        self._level.setFixedWidth(44)
        row.addSpacing(4)
        for widget in (self._sound, self._device, self._volume, self._level):
            row.addWidget(widget)
            row.addSpacing(4 if widget in (self._sound, self._device) else 0)
        row.addStretch(1)
        row.addWidget(self._preset)
        if "help.palette" in actions:
            row.addSpacing(4)
            row.addWidget(SearchButton(actions["help.palette"]))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Hide the buttons' texts in a narrow window to leave space for the fields."""
        super().resizeEvent(event)
        for id, button in self._buttons.items():
            button.show_words(self.width() >= WORDS_FROM_PX.get(id, 0))
        roomy = self.width() >= WORDS_FROM_PX["file.open"]
        self._volume.setFixedWidth(100 if roomy else 76)
        self._preset.setMaximumWidth(231 if roomy else 172)
        for search in self.findChildren(SearchButton):
            search.setMaximumWidth(
                216 if self.width() >= WORDS_FROM_PX["play.loop"] else 140 if roomy else 36
            )

    def _connect(self) -> None:
        self._sound.wanted.connect(self.sound_wanted)
        self._device.wanted.connect(self.device_wanted)
        self._device.needed.connect(self.devices_needed)
        self._preset.wanted.connect(self.preset_wanted)
        self._volume.value_wanted.connect(self._turn)

    def _turn(self, level_db: float, final: bool) -> None:
        if not final:
            self._show_level(level_db)
            self.volume_wanted.emit(level_db)

    def _show_level(self, level_db: float) -> None:
        self._level.setText(f"{number_text(level_db, 0 if level_db == round(level_db) else 1)} dB")

    # --- what is shown --------------------------------------------------------------------------

    def set_sounds(self, sounds: Sequence[tuple[str, str]], current: str) -> None:
        """Show the conversions to sound, and the current one."""
        self._sound.show_options(sounds, current)

    def set_devices(self, devices: Sequence[tuple[str, str]], current: str) -> None:
        """Show the output devices by id and name; "" is the system default."""
        rows = list(devices)
        if "" not in dict(rows):
            rows.insert(0, ("", "System default"))
        if current not in dict(rows):
            rows.append((current, f"{current} (not connected)"))
        self._device.show_options(rows, current)

    def set_presets(
        self,
        presets: Sequence[tuple[str, str]],
        current: str,
        shorter: Mapping[str, str] | None = None,
        tip: str = "Preset of the analyses",
    ) -> None:
        """Show the presets of the analyses, the current one, and a short text for a narrow field."""
        self._preset.show_options(presets, current, shorter)
        self._preset.setToolTip(tip)

    def set_volume(self, level_db: float) -> None:
        """Show the volume, without requesting it."""
        self._volume.show_value(level_db)
        self._show_level(level_db)

    def show_playing(self, playing: bool) -> None:
        """Show on the play button what a click will do."""
        if "play.toggle" in self._buttons:
            self._buttons["play.toggle"].set_icon("pause-fill" if playing else "play-fill")

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        pass_theme(self, theme)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        QPainter(self).fillRect(0, self.height() - 1, self.width(), 1, self._theme.line2)
