"""The page shown while no model is open: one line, the ways to open something, and recent files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from widgets.controls.button import Button
from widgets.theme.control_paint import Surface, Words, paint_field, pass_theme
from widgets.theme.icons import paint_icon
from widgets.theme.theme import LIGHT, Theme, font

WIDTH_PX, MARK_PX, ROW_PX, KIND_PX, MOST_RECENT = 480, 152, 28, 136, 8
LAYERS = (16, 64, 256, 4096)  # samples per second of the layers in the logo


def mark_curve(count: int) -> np.ndarray:
    """Return the logo's curve at the resolution of a layer with this many samples, from −1 to 1."""
    time_s = (np.arange(count) + 0.5) / count
    swell = np.exp(-(((time_s - 0.4) / 0.22) ** 2)) + 0.35 * np.exp(-(((time_s - 0.8) / 0.09) ** 2))
    if count <= 64:
        return swell * 1.6 - 0.8
    tone = np.sin(2 * np.pi * (60 * time_s + 6 * time_s**2)) * (
        0.75 + 0.25 * np.sin(2 * np.pi * 171 * time_s)
    )
    return swell * (0.5 + 0.4 * tone) * 1.6 - 0.8 if count <= 256 else swell * tone


class Mark(QWidget):
    """One sound as four layers would represent it, the output last."""

    def __init__(self) -> None:
        super().__init__()
        self._theme: Theme = LIGHT
        self.setFixedSize(WIDTH_PX, MARK_PX)
        self.setAccessibleName("A sound, layer by layer")

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            row_px = MARK_PX / len(LAYERS)
            for row, count in enumerate(LAYERS):
                y = mark_curve(count)
                x = (np.arange(count) + 0.5) / count * WIDTH_PX
                middle = (row + 0.5) * row_px
                points = [QPointF(*at) for at in zip(x, middle - y * row_px * 0.46, strict=True)]
                output = count == LAYERS[-1]
                painter.setPen(QPen(self._theme.sound if output else self._theme.ghost, 1.0))
                painter.drawPolyline(QPolygonF(points))
                if count == LAYERS[0]:
                    painter.setPen(Qt.PenStyle.NoPen)
                    painter.setBrush(self._theme.ghost)
                    for point in points:
                        painter.drawEllipse(point, 1.5, 1.5)


class RecentRow(QWidget):
    """A recent file: its name and its folder; a click opens it."""

    wanted = Signal(str)

    def __init__(self, path: str, theme: Theme) -> None:
        super().__init__()
        self._theme, self._path = theme, path
        self.setFixedHeight(ROW_PX)
        self.setToolTip(path)
        self.setAccessibleName(f"Open {PurePath(path).name}")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(WIDTH_PX, ROW_PX)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.wanted.emit(self._path)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.wanted.emit(self._path)
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, rect = self._theme, QRectF(self.rect())
        with QPainter(self) as painter:
            paint_field(
                painter, rect, theme, theme.hover if self.underMouse() else None, None, self.hasFocus()
            )
            middle = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
            paint_icon(painter, "file", QRectF(6, 0, 18, ROW_PX), theme.ink2, 14)
            path = PurePath(self._path)
            painter.setFont(font(12))
            painter.setPen(theme.ink)
            metrics = painter.fontMetrics()
            half = int(rect.width() * 0.55)
            name = metrics.elidedText(path.name, Qt.TextElideMode.ElideMiddle, half)
            painter.drawText(rect.adjusted(30, 0, -8, 0), middle, name)
            left = 30 + metrics.horizontalAdvance(name) + 12
            painter.setFont(font(11))
            painter.setPen(theme.ink3)
            room = rect.adjusted(left, 0, -8, 0)
            folder = painter.fontMetrics().elidedText(
                str(path.parent), Qt.TextElideMode.ElideLeft, int(room.width())
            )
            painter.drawText(room, middle | Qt.AlignmentFlag.AlignRight, folder)


class ExampleRow(QWidget):
    """An example of a kind of network: what it is, its name, and what there is to see; a click opens it."""

    wanted = Signal(int)

    def __init__(self, place: int, kind: str, title: str, says: str, theme: Theme) -> None:
        super().__init__()
        self._theme, self._place = theme, place
        self._kind, self._title, self._says = kind, title, says
        self.setFixedHeight(ROW_PX)
        self.setAccessibleName(f"Try {kind}: {title}")
        self.setToolTip(f"{title}: {says}")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(WIDTH_PX, ROW_PX)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.wanted.emit(self._place)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.wanted.emit(self._place)
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, rect = self._theme, QRectF(self.rect())
        with QPainter(self) as painter:
            paint_field(
                painter, rect, theme, theme.hover if self.underMouse() else None, None, self.hasFocus()
            )
            middle = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
            painter.setFont(font(12, 600))
            painter.setPen(theme.accent)
            painter.drawText(rect.adjusted(6, 0, -8, 0), middle, self._kind)
            painter.setFont(font(12))
            painter.setPen(theme.ink2)
            room = rect.adjusted(KIND_PX, 0, -8, 0)
            words = painter.fontMetrics().elidedText(
                self._says, Qt.TextElideMode.ElideRight, int(room.width())
            )
            painter.drawText(room, middle, words)


class StartPage(Surface):
    """Buttons to open something, each with a signal; `open_wanted(path)` is for recent files, and
    `example_wanted(place)` for one of the examples.
    """

    open_wanted = Signal(str)
    file_wanted = Signal()
    folder_wanted = Signal()
    sound_wanted = Signal()
    example_wanted = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("plot", parent)
        self.setAccessibleName("Start")
        self._file = Button("Open a checkpoint…", "file", kind="primary", height_px=32)
        self._folder = Button("Open a folder…", "folder-open", kind="bordered", height_px=32)
        self._sound = Button("Open a recording…", kind="bordered", height_px=32)
        self._examples_head = Words("Try one of each kind, with a recording", 11, 600, "ink2")
        self._examples_head.hide()
        self._examples = QVBoxLayout()
        self._examples.setSpacing(0)
        self._head = Words("Recent", 11, 600, "ink2")
        self._paths: tuple[str, ...] = ()
        self._recent = QVBoxLayout()
        self._recent.setSpacing(0)
        self._file.clicked.connect(lambda: self.file_wanted.emit())
        self._folder.clicked.connect(lambda: self.folder_wanted.emit())
        self._sound.clicked.connect(lambda: self.sound_wanted.emit())
        self.setFocusProxy(self._file)
        self._lay_out()
        self._head.hide()

    def _lay_out(self) -> None:
        inner = QWidget()
        inner.setFixedWidth(WIDTH_PX)
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(Mark())
        column.addSpacing(28)
        column.addWidget(Words("Phonoscope", 16, 600))
        column.addSpacing(4)
        line = "See, hear and measure the layers of a network, or a recording, as in Praat."
        column.addWidget(Words(line, 12, 400, "ink2"))
        column.addSpacing(20)
        row = QHBoxLayout()
        row.setSpacing(8)
        for button in (self._file, self._folder, self._sound):
            row.addWidget(button)
        row.addStretch(1)
        column.addLayout(row)
        column.addSpacing(12)
        hint = "Or drop a checkpoint, a run’s folder or a sound anywhere on the window."
        column.addWidget(Words(hint, 11, 400, "ink3"))
        column.addSpacing(20)
        column.addWidget(self._examples_head)
        column.addSpacing(4)
        column.addLayout(self._examples)
        column.addSpacing(20)
        column.addWidget(self._head)
        column.addSpacing(4)
        column.addLayout(self._recent)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(24, 24, 24, 24)
        whole.addStretch(2)
        whole.addWidget(inner, 0, Qt.AlignmentFlag.AlignHCenter)
        whole.addStretch(3)

    def show_recent(self, paths: Sequence[str]) -> None:
        """Show the recently opened files, newest first."""
        if tuple(paths) == self._paths:
            return
        self._paths = tuple(paths)
        while (old := self._recent.takeAt(0)) is not None:
            widget = old.widget()
            if widget is not None:
                widget.deleteLater()
        for path in paths[:MOST_RECENT]:
            row = RecentRow(path, self._theme)
            row.wanted.connect(self.open_wanted)
            self._recent.addWidget(row)
        self._head.setVisible(bool(paths))

    def show_examples(self, examples: Sequence[tuple[str, str, str]]) -> None:
        """Offer examples: of each its kind, its name, and what there is to see."""
        for place, (kind, title, says) in enumerate(examples):
            row = ExampleRow(place, kind, title, says, self._theme)
            row.wanted.connect(self.example_wanted)
            self._examples.addWidget(row)
        self._examples_head.setVisible(bool(examples))

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        pass_theme(self, theme)
