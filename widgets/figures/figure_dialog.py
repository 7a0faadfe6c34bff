"""The dialog before a figure is saved: a preview for notes, its size and its resolution."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QPointF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QDialog,
    QDoubleSpinBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from widgets.controls.number_field import inset
from widgets.figures.figure import FigureView, Note, Spot, lay_out
from widgets.figures.figure_files import Paper, render
from widgets.theme.theme import LIGHT, Theme

PREVIEW_DPI = 96.0
DRAG_PX = 6.0
LIST_PX = 120
HOW = "Write a note, then click where to put it; drag to add an arrow."


class Preview(QWidget):
    """The figure at screen size; a click or a drag places a note."""

    placed = Signal(object, object)

    def __init__(self) -> None:
        super().__init__()
        self._figure: FigureView | None = None
        self._image: QImage | None = None
        self._from: QPointF | None = None
        self._to: QPointF | None = None
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setAccessibleName("Preview of the picture")

    def show_figure(self, figure: FigureView) -> None:
        """Show a figure."""
        self._figure = figure
        self._image = render(figure, PREVIEW_DPI * self.devicePixelRatioF())
        self._image.setDevicePixelRatio(self.devicePixelRatioF())
        layout = lay_out(figure)
        self.setFixedSize(QSize(round(layout.width_px), round(layout.height_px)))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self._image is not None:
            painter.drawImage(0, 0, self._image)
        if self._from is not None and self._to is not None:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(LIGHT.accent, 1.5))
            painter.drawLine(self._from, self._to)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._from, self._to = event.position(), None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._to = event.position()
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        start, end = self._from, event.position()
        self._from = self._to = None
        self.update()
        at = self._spot(start) if start is not None else None
        if at is None or start is None:
            return
        far = (end - start).manhattanLength() > DRAG_PX
        self.placed.emit(at, self._spot(end) if far else None)

    def _spot(self, point: QPointF) -> Spot | None:
        if self._figure is None:
            return None
        return lay_out(self._figure).spot(point, self._figure.lanes)


class FigureDialog(QDialog):
    """Asks for notes, width and resolution; `save_wanted` carries the figure and its paper."""

    save_wanted = Signal(object, object)

    def __init__(self, figure: FigureView, paper: Paper, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Save picture")
        self._figure, self._paper = figure, paper
        self._preview = Preview()
        self._make_fields()
        self._lay_out()
        self._preview.placed.connect(self._placed)
        self._show()
        self.resize(1100, 820)

    def set_theme(self, theme: Theme) -> None:
        """Do nothing: this dialog has no colours of its own."""

    def _make_fields(self) -> None:
        self._title = QLineEdit(self._figure.title)
        self._title.setAccessibleName("Title")
        self._note = QLineEdit(placeholderText="Note")
        self._note.setAccessibleName("Text of the next note")
        self._list = QListWidget()
        self._list.setAccessibleName("Notes")
        self._list.setMaximumHeight(LIST_PX)
        self._remove = QPushButton("Remove note")
        self._remove.setEnabled(False)
        self._remove.setAutoDefault(False)
        self._width = _number("Width", " mm", self._paper.width_mm, 60, 1000)
        self._dpi = _number("Dots per inch", " dpi", self._paper.dpi, 72, 1200)
        self._save = QPushButton("Save picture…")
        self._save.setDefault(True)
        self._title.textChanged.connect(self._changed)
        self._width.valueChanged.connect(self._changed)
        self._dpi.valueChanged.connect(self._changed)
        self._list.currentRowChanged.connect(lambda row: self._remove.setEnabled(row >= 0))
        self._remove.clicked.connect(self._remove_note)
        self._save.clicked.connect(lambda: self.save_wanted.emit(self._figure, self._paper))

    def _lay_out(self) -> None:
        room = QScrollArea()
        room.setWidget(self._preview)
        room.setAlignment(Qt.AlignmentFlag.AlignCenter)
        side = QVBoxLayout()
        side.setSpacing(8)
        how = QLabel(HOW)
        how.setWordWrap(True)
        for label, field in (
            ("Title", self._title), ("Note", self._note), ("", how), ("Notes", self._list),
            ("", self._remove), ("Width", self._width), ("Resolution of PNG and of spectrograms", self._dpi),
        ):  # fmt: skip
            if label:
                side.addWidget(QLabel(label))
            side.addWidget(field)
        side.addStretch(1)
        close = QPushButton("Cancel")
        close.setAutoDefault(False)
        close.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.addWidget(close)
        buttons.addWidget(self._save)
        side.addLayout(buttons)
        column = QWidget()
        column.setLayout(side)
        column.setFixedWidth(260)
        whole = QHBoxLayout(self)
        whole.addWidget(room, 1)
        whole.addWidget(column)

    def _changed(self) -> None:
        self._paper = Paper(self._width.value(), self._dpi.value())
        self._show()

    def _placed(self, at: Spot, to: Spot | None) -> None:
        text = self._note.text().strip()
        if not text and to is None:
            self._note.setFocus()
            return
        self._figure = replace(self._figure, notes=(*self._figure.notes, Note(text, at, to)))
        self._note.clear()
        self._show()

    def _remove_note(self) -> None:
        row = self._list.currentRow()
        notes = self._figure.notes
        self._figure = replace(self._figure, notes=(*notes[:row], *notes[row + 1 :]))
        self._show()

    def _show(self) -> None:
        self._figure = replace(self._figure, title=self._title.text(), width_px=self._paper.width_px)
        self._preview.show_figure(self._figure)
        self._list.clear()
        self._list.addItems(
            [f"{note.text or 'Arrow'} · {note.at.time_s:.3f} s" for note in self._figure.notes]
        )


def _number(name: str, unit: str, value: float, least: float, most: float) -> QDoubleSpinBox:
    field = QDoubleSpinBox(decimals=0, suffix=unit, minimum=least, maximum=most)
    field.setValue(value)
    inset(field)
    field.setAccessibleName(name)
    return field
