"""Groups as chips, each with its number of events; the chosen ones are marked."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from widgets.profiles.painting import LEFT, MIDDLE, RIGHT, words
from widgets.theme.theme import LIGHT, Theme

CHIP_PX, TALL_PX, GAP_PX = 46, 22, 4


class Chips(QWidget):
    """A click chooses a group, a click with Ctrl adds it to the curves or takes it away."""

    group_wanted = Signal(str)
    group_added = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme: Theme = LIGHT
        self._groups: tuple[tuple[str, int], ...] = ()
        self._chosen, self._shown, self._least = "", frozenset[str](), 1
        self.setAccessibleName("Groups")
        self.setToolTip("Click: show this group's profile · Ctrl + click: add it to the curves")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def groups(self) -> tuple[tuple[str, int], ...]:
        return self._groups

    def show_groups(
        self, groups: tuple[tuple[str, int], ...], chosen: str, shown: frozenset[str], least: int
    ) -> None:
        """Show groups with their events; those with fewer than `least` are faint."""
        self._groups, self._chosen, self._shown, self._least = groups, chosen, shown, least
        self.updateGeometry()
        self.update()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def _columns(self, width: int) -> int:
        return max(1, (width + GAP_PX) // (CHIP_PX + GAP_PX))

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        rows = -(-len(self._groups) // self._columns(width))
        return max(TALL_PX, rows * (TALL_PX + GAP_PX))

    def sizeHint(self) -> QSize:
        return QSize(228, self.heightForWidth(max(self.width(), 200)))

    def _rect(self, k: int) -> QRectF:
        columns = self._columns(self.width())
        row, column = divmod(k, columns)
        return QRectF(column * (CHIP_PX + GAP_PX), row * (TALL_PX + GAP_PX), CHIP_PX, TALL_PX)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        for k, (name, _) in enumerate(self._groups):
            if self._rect(k).contains(event.position()):
                added = event.modifiers() & Qt.KeyboardModifier.ControlModifier
                (self.group_added if added else self.group_wanted).emit(name)

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            theme = self._theme
            for k, (name, count) in enumerate(self._groups):
                rect = self._rect(k).adjusted(0.5, 0.5, -0.5, -0.5)
                on, few = name == self._chosen, count < self._least
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                edge = theme.accent if on or name in self._shown else theme.line2
                painter.setPen(QPen(edge, 1.4 if on else 1))
                painter.setBrush(theme.accent_weak if on else theme.panel)
                painter.drawRoundedRect(rect, 3, 3)
                inner = rect.adjusted(4, 0, -4, 0)
                ink = theme.ghost if few else theme.accent if on else theme.ink
                words(painter, inner, name[:4], ink, 12, flags=LEFT | MIDDLE, ipa=True)
                words(painter, inner, str(count), theme.ghost if few else theme.ink2, 9, flags=RIGHT | MIDDLE)
