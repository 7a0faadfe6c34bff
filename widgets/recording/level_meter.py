"""The level of a microphone: root mean square and peak in dB below full scale, and whether it clips."""

from __future__ import annotations

import math

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from widgets.theme.theme import LIGHT, Theme, font

FLOOR_DB, HIGH_DB = -60.0, -6.0
TICKS_DB = (-60, -50, -40, -30, -20, -10, -6, 0)
BAR_PX, TICK_PX, HEIGHT_PX = 18, 4, 42
FALL_DB = 0.7  # of the peak's mark, each time a level is shown


def decibels(size: float) -> float:
    """Return a linear size in dB below full scale, not below the meter's floor."""
    return max(FLOOR_DB, 20 * math.log10(size)) if size > 0 else FLOOR_DB


class LevelMeter(QWidget):
    """A bar for the level, a mark for the latest peak, and the word “clipped” once samples were cut off."""

    def __init__(self) -> None:
        super().__init__()
        self._theme = LIGHT
        self._rms_db = self._peak_db = self._held_db = FLOOR_DB
        self._clipped, self._on = 0, False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Level")
        self.setToolTip(
            "The level in dB below full scale; it should stay below −6 dB. Clipped samples cannot be mended: "
            "move away from the microphone, or turn it down."
        )
        self.show_off()

    def show_off(self) -> None:
        """Show that nothing is recorded."""
        self._on, self._rms_db, self._held_db = False, FLOOR_DB, FLOOR_DB
        self._tell("Not recording")

    def show_level(self, rms: float, peak: float, clipped: int) -> None:
        """Show a level, linear with 1 for full scale, and how many samples were clipped so far."""
        self._on, self._clipped = True, clipped
        self._rms_db, self._peak_db = decibels(rms), decibels(peak)
        self._held_db = max(self._peak_db, self._held_db - FALL_DB)
        self._tell(f"{self._words()}{self._warning()}")

    def _words(self) -> str:
        quiet = self._peak_db <= FLOOR_DB
        return "Silence" if quiet else f"Peak {self._peak_db:.1f} dB".replace("-", "−")

    def _warning(self) -> str:
        if not self._clipped:
            return ""
        return f" · {self._clipped} sample{'s' * (self._clipped > 1)} clipped"

    def _tell(self, words: str) -> None:
        self.setAccessibleDescription(words)
        self.update()

    @property
    def words(self) -> str:
        """What the meter says."""
        return self.accessibleDescription()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(360, HEIGHT_PX + 16)

    def minimumSizeHint(self) -> QSize:
        return QSize(240, HEIGHT_PX + 16)

    def _x(self, level_db: float) -> float:
        share = (min(max(level_db, FLOOR_DB), 0.0) - FLOOR_DB) / -FLOOR_DB
        return 1 + share * (self.width() - 2)

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            self._paint_bar(painter)
            self._paint_scale(painter)
            painter.setFont(font(12, 600 if self._clipped and self._on else 400, numbers=True))
            painter.setPen(self._theme.warn if self._clipped and self._on else self._theme.ink2)
            below = QRectF(0, HEIGHT_PX, self.width(), 16)
            painter.drawText(
                below, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), self.words
            )

    def _paint_bar(self, painter: QPainter) -> None:
        theme = self._theme
        painter.fillRect(QRectF(1, 1, self.width() - 2, BAR_PX), theme.plot if self._on else theme.plot_off)
        if self._on:
            end = self._x(self._rms_db)
            painter.fillRect(QRectF(1, 1, max(0.0, end - 1), BAR_PX), theme.accent)
            painter.setPen(QPen(theme.warn if self._held_db > HIGH_DB else theme.ink, 2))
            painter.drawLine(round(self._x(self._held_db)), 1, round(self._x(self._held_db)), BAR_PX)
        painter.setPen(theme.edge)
        painter.drawRect(QRectF(0.5, 0.5, self.width() - 1, BAR_PX + 1))

    def _paint_scale(self, painter: QPainter) -> None:
        painter.setFont(font(11, numbers=True))
        painter.setPen(self._theme.ink3)
        for tick in TICKS_DB:
            x = self._x(tick)
            painter.drawLine(round(x), BAR_PX + 2, round(x), BAR_PX + 2 + TICK_PX)
            words = str(tick).replace("-", "−") if tick else "0 dB"
            width = painter.fontMetrics().horizontalAdvance(words)
            left = min(max(0.0, x - width / 2), self.width() - width)
            painter.drawText(QRectF(left, BAR_PX + 6, width + 2, 14), words)
