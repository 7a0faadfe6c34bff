"""The dialog before a figure is saved: a preview for notes, its size and its resolution."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QPointF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDoubleSpinBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from widgets.controls.number_field import inset
from widgets.figures.figure_files import MM_PER_INCH, PX_PER_INCH, Paper, render
from widgets.figures.figure_layout import FigureView, Note, Spot, lay_out
from widgets.theme.theme import LIGHT, Theme

PREVIEW_DPI = 96.0
DRAG_PX = 6.0
LIST_PX, LANES_PX = 76, 132
AUTOMATIC = "automatic"
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
        with QPainter(self) as painter:
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
    """Asks for lanes, notes, size and resolution; `save_wanted` carries the figure and its paper, `changed`
    the figure after each change.
    """

    save_wanted = Signal(object, object)
    changed = Signal(object)

    def __init__(self, figure: FigureView, paper: Paper, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Save picture")
        self._figure, self._paper = figure, paper
        self.preview = Preview()
        self._make_fields()
        self._lay_out()
        self.preview.placed.connect(self._placed)
        self._show()
        self.resize(1100, 820)

    def set_theme(self, theme: Theme) -> None:
        """Do nothing: this dialog has no colours of its own."""

    def _make_fields(self) -> None:
        self._title = QLineEdit(self._figure.title)
        self._title.setAccessibleName("Title")
        self._note = QLineEdit(placeholderText="Note")
        self._note.setAccessibleName("Text of the next note")
        self.notes = QListWidget()
        self.notes.setAccessibleName("Notes")
        self.notes.setMaximumHeight(LIST_PX)
        self._remove = QPushButton("Remove note")
        self._remove.setEnabled(False)
        self._remove.setAutoDefault(False)
        self.lanes = QListWidget()
        self.lanes.setAccessibleName("Lanes in the picture")
        self.lanes.setMaximumHeight(LANES_PX)
        for lane in self._figure.stack.lanes:
            item = QListWidgetItem(lane.full_title, self.lanes)
            hidden = lane.key in self._figure.hidden
            item.setCheckState(Qt.CheckState.Unchecked if hidden else Qt.CheckState.Checked)
        self.lanes.itemChanged.connect(self._changed)
        self._marks = QCheckBox("Cursor and selection")
        stack = self._figure.stack
        self._marks.setEnabled(stack.cursor_s is not None or stack.selection is not None)
        self._marks.setChecked(self._figure.marks)
        self._marks.toggled.connect(self._changed)
        self.width_field = _number("Width", " mm", self._paper.width_mm, 60, 1000)
        self.height_field = _number("Height", " mm", self._paper.height_mm, 0, 2000)
        self.height_field.setSpecialValueText(AUTOMATIC)
        self.height_field.valueChanged.connect(self._changed)
        self._size = QLabel()
        self._size.setWordWrap(True)
        self._dpi = _number("Dots per inch", " dpi", self._paper.dpi, 72, 1200)
        self._save = QPushButton("Save picture…")
        self._save.setDefault(True)
        self._title.textChanged.connect(self._changed)
        self.width_field.valueChanged.connect(self._changed)
        self._dpi.valueChanged.connect(self._changed)
        self.notes.currentRowChanged.connect(lambda row: self._remove.setEnabled(row >= 0))
        self._remove.clicked.connect(self._remove_note)
        self._save.clicked.connect(lambda: self.save_wanted.emit(self._figure, self._paper))

    def _lay_out(self) -> None:
        room = QScrollArea()
        room.setWidget(self.preview)
        room.setAlignment(Qt.AlignmentFlag.AlignCenter)
        side = QVBoxLayout()
        side.setSpacing(6)
        how = QLabel(HOW)
        how.setWordWrap(True)
        for label, field in (
            ("Title", self._title),
            ("Lanes", self.lanes),
            ("", self._marks),
            ("Note", self._note),
            ("", how),
            ("Notes", self.notes),
            ("", self._remove),
            ("Width", self.width_field),
            ("Height", self.height_field),
            ("", self._size),
            ("Resolution of PNG and of spectrograms", self._dpi),
        ):
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
        fields = QWidget()
        fields.setLayout(side)
        fields.setFixedWidth(260)
        scrolled = QScrollArea()  # on a small screen the fields scroll; the buttons stay in view
        scrolled.setWidget(fields)
        scrolled.setWidgetResizable(True)
        scrolled.setFrameShape(QFrame.Shape.NoFrame)
        scrolled.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scrolled.setFixedWidth(260 + scrolled.verticalScrollBar().sizeHint().width())
        column = QVBoxLayout()
        column.addWidget(scrolled, 1)
        column.addLayout(buttons)
        whole = QHBoxLayout(self)
        whole.addWidget(room, 1)
        whole.addLayout(column)

    def _changed(self) -> None:
        self._paper = Paper(self.width_field.value(), self._dpi.value(), self.height_field.value())
        checked = (self.lanes.item(k).checkState() for k in range(self.lanes.count()))
        lanes = zip(self._figure.stack.lanes, checked, strict=True)
        hidden = frozenset(lane.key for lane, on in lanes if on != Qt.CheckState.Checked)
        away = self._figure.hidden - {lane.key for lane in self._figure.stack.lanes}
        self._figure = replace(self._figure, hidden=hidden | away, marks=self._marks.isChecked())
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
        row = self.notes.currentRow()
        notes = self._figure.notes
        self._figure = replace(self._figure, notes=(*notes[:row], *notes[row + 1 :]))
        self._show()

    def _show(self) -> None:
        self._figure = replace(
            self._figure,
            title=self._title.text(),
            width_px=self._paper.width_px,
            height_px=self._paper.height_px,
        )
        self.preview.show_figure(self._figure)
        layout = lay_out(self._figure)
        height_mm = layout.height_px / PX_PER_INCH * MM_PER_INCH
        self._size.setText(f"{self._paper.width_mm:.0f} × {height_mm:.0f} mm")
        self._save.setEnabled(bool(self._figure.lanes))
        self.notes.clear()
        self.notes.addItems([_note_words(note, self._figure) for note in self._figure.notes])
        self.changed.emit(self._figure)


def _note_words(note: Note, figure: FigureView) -> str:
    """Return a note's line in the list; one whose lane or time is not in the picture says so."""
    seen = lay_out(figure).place(note.at, figure.lanes) is not None
    return f"{note.text or 'Arrow'} · {note.at.time_s:.3f} s" + ("" if seen else " (not in this picture)")


def _number(name: str, unit: str, value: float, least: float, most: float) -> QDoubleSpinBox:
    field = QDoubleSpinBox(decimals=0, suffix=unit, minimum=least, maximum=most)
    field.setValue(value)
    inset(field)
    field.setAccessibleName(name)
    return field
