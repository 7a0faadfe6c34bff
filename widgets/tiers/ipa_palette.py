"""A palette of IPA letters that keyboards do not have."""

from __future__ import annotations

import math
import unicodedata

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QHelpEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QToolTip, QVBoxLayout, QWidget

from widgets.controls.button import Button
from widgets.theme.control_paint import Surface, Words, pass_theme
from widgets.theme.theme import LIGHT, Theme, font

CELL_PX, COLUMNS, TITLE_PX = 30, 8, 22
GROUPS = (
    ("Vowels", "ɨʉɯɪʏʊøɘɵɤəɛœɜɞʌɔæɐɶɑɒɚɝ"),
    ("Plosives and nasals", "ʈɖɟɡɢʔɱɳɲŋɴ"),
    ("Trills, taps and laterals", "ʙʀⱱɾɽɺɫɭʎʟɬɮ"),
    ("Fricatives and approximants", "ɸβθðʃʒʂʐçʝɣχʁħʕɦɕʑɧʋɹɻɰɥʍʜʢʡ"),
    ("Clicks and implosives", "ʘǀǃǂǁɓɗʄɠʛ"),
    ("Length, stress, modifiers", "ːˑˈˌ‿|‖ʼʰʱʲʷˠˤⁿˡ˞"),
    (
        "Diacritics",
        "\u0325\u032c\u0329\u032f\u0303\u032a\u033a\u033b\u033c\u0308\u033d\u0318\u0319\u0339\u031c"
        "\u031f\u0320\u031d\u031e\u0324\u0330\u031a\u0361\u0306",
    ),
    ("Tones", "˥˦˧˨˩↗↘ꜛꜜ\u030b\u0301\u0304\u0300\u030f\u030c\u0302"),
)


def shown_letter(letter: str) -> str:
    """Return a letter for display; a combining mark is put on a dotted circle."""
    return f"◌{letter}" if unicodedata.combining(letter) else letter


class LetterGrid(QWidget):
    """Letters in rows of eight; a click inserts one without moving the focus."""

    letter_wanted = Signal(str)

    def __init__(self, title: str, letters: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme: Theme = LIGHT
        self._title, self.letters = title, letters
        self._hovered = -1
        self.setMouseTracking(True)
        self.setAccessibleName(f"{title}: {' '.join(letters)}")
        self.setFixedSize(self.sizeHint())

    def sizeHint(self) -> QSize:
        lines = math.ceil(len(self.letters) / COLUMNS)
        return QSize(CELL_PX * COLUMNS, TITLE_PX + CELL_PX * lines + 8)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def cell(self, index: int) -> QRectF:
        """Return the rectangle of a letter."""
        line, column = divmod(index, COLUMNS)
        return QRectF(column * CELL_PX, TITLE_PX + line * CELL_PX, CELL_PX, CELL_PX)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._theme
        with QPainter(self) as painter:
            painter.setFont(font(11, 500))
            painter.setPen(theme.ink2)
            painter.drawText(QRectF(4, 0, self.width(), TITLE_PX), Qt.AlignmentFlag.AlignVCenter, self._title)
            painter.setFont(font(19, ipa=True))
            for k, letter in enumerate(self.letters):
                if k == self._hovered:
                    painter.fillRect(self.cell(k), theme.hover)
                painter.setPen(theme.ink)
                painter.drawText(self.cell(k), Qt.AlignmentFlag.AlignCenter, shown_letter(letter))

    def _index_at(self, place: QPointF) -> int:
        found = (k for k in range(len(self.letters)) if self.cell(k).contains(place))
        return next(found, -1)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover(self._index_at(event.position()))

    def leaveEvent(self, event: object) -> None:
        self._hover(-1)

    def _hover(self, index: int) -> None:
        if index != self._hovered:
            self._hovered = index
            self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self._index_at(event.position())
        if index >= 0 and event.button() == Qt.MouseButton.LeftButton:
            self.letter_wanted.emit(self.letters[index])

    def event(self, event: QEvent) -> bool:
        """Show the name of the letter under the mouse."""
        if isinstance(event, QHelpEvent):
            index = self._index_at(QPointF(event.pos()))
            words = unicodedata.name(self.letters[index], "").capitalize() if index >= 0 else ""
            QToolTip.showText(event.globalPos(), words, self)
            return True
        return super().event(event)


class IpaPanel(Surface):
    """The palette at the right of the stack."""

    letter_wanted = Signal(str)
    close_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("panel", parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 4, 0)
        column.setSpacing(4)
        top = QHBoxLayout()
        top.addWidget(Words("Phonetic letters", 13, 600))
        top.addStretch(1)
        shut = Button(icon="x", name="Close the palette", height_px=22)
        shut.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        shut.clicked.connect(self.close_wanted)
        top.addWidget(shut)
        column.addLayout(top)
        holder = QWidget()
        down = QVBoxLayout(holder)
        down.setContentsMargins(0, 0, 0, 8)
        down.setSpacing(0)
        for title, letters in GROUPS:
            grid = LetterGrid(title, letters)
            grid.letter_wanted.connect(self.letter_wanted)
            down.addWidget(grid)
        down.addStretch(1)
        area = QScrollArea()
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidget(holder)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.viewport().setAutoFillBackground(False)
        holder.setAutoFillBackground(False)
        column.addWidget(area, 1)
        self.setFixedWidth(COLUMNS * CELL_PX + 12 + 4 + 14)
        self.setAccessibleName("Phonetic letters")
        self.hide()

    def set_theme(self, theme: Theme) -> None:
        """Use other colours."""
        super().set_theme(theme)
        pass_theme(self, theme)
