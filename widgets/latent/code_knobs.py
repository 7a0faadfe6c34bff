"""The code slots: one category, bits, or any real value per slot."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QEnterEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from core.networks.latent import LatentLayout
from widgets.controls.button import Button
from widgets.controls.number_field import NumberField
from widgets.controls.scales import Linear
from widgets.controls.segmented import Segment, Segmented
from widgets.controls.slider import Slider
from widgets.latent.code_slots import SlotChooser
from widgets.theme.control_paint import Words, paint_dot, pass_theme
from widgets.theme.number_text import number_text
from widgets.theme.theme import LIGHT, Theme, font

MODES = (("one-hot", "One-hot"), ("bits", "Bits"), ("free", "Free"))
REACH = Linear(-2.0, 2.0)
ROW_PX, MOST_ROWS = 32, 8

Code = tuple[float, ...]


def is_one_hot(code: Sequence[float]) -> bool:
    """Return whether one slot is 1 and all others are 0."""
    return sorted(code) == [0.0] * (len(code) - 1) + [1.0]


def is_bits(code: Sequence[float]) -> bool:
    """Return whether every slot is 0 or 1."""
    return all(value in (0.0, 1.0) for value in code)


def one_hot(code: Sequence[float], slot: int) -> Code:
    """Return the code of one category."""
    return tuple(1.0 if k == slot else 0.0 for k in range(len(code)))


def flipped(code: Sequence[float], slot: int) -> Code:
    """Return the code with one bit flipped, after rounding the others to bits."""
    bits = [float(value > 0.5) for value in code]
    bits[slot] = 1.0 - bits[slot]
    return tuple(bits)


# Mode: the code that a click on a slot requests, whether a code fits the mode, and the mode's name.
CLICKS = {"one-hot": (one_hot, is_one_hot, "one category"), "bits": (flipped, is_bits, "bits")}


class CodeRow(QWidget):
    """A slot with any real value: a slider, a field, and a reset button if it was changed."""

    value_wanted = Signal(float, bool)
    reset_wanted = Signal()

    def __init__(self, name: str) -> None:
        super().__init__()
        self._theme: Theme = LIGHT
        self._name, self._changed, self._hover = name, False, False
        self.setFixedHeight(ROW_PX)
        self.slider = Slider(f"{name}, slider", REACH, bounded=False)
        self.field = NumberField(f"{name}, value")
        self.field.setFixedWidth(54)
        self._reset = Button(icon="arrow-counter-clockwise", name=f"Reset {name}", height_px=20, icon_px=13)
        row = QHBoxLayout(self)
        row.setContentsMargins(32, 0, 3, 0)
        row.setSpacing(0)
        row.addWidget(self.slider, 1)
        row.addSpacing(6)
        row.addWidget(self.field)
        row.addSpacing(1)
        row.addWidget(self._reset)
        policy = self._reset.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self._reset.setSizePolicy(policy)
        self._reset.hide()
        self.slider.value_wanted.connect(self.value_wanted)
        self.field.value_wanted.connect(lambda value: self.value_wanted.emit(value, True))
        self._reset.clicked.connect(self.reset_wanted)

    def show_value(self, value: float, drawn: float) -> None:
        changed = value != drawn
        self.slider.show_value(value, drawn if changed else None)
        self.field.show_value(value)
        if changed != self._changed:
            self._changed = changed
            self._reset.setVisible(changed)
            self.update()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def enterEvent(self, event: QEnterEvent) -> None:
        self._hover = True
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._hover = False
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            if self._hover:
                painter.fillRect(self.rect(), self._theme.hover)
            if self._changed:
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                paint_dot(painter, QPointF(6, self.height() / 2), self._theme)
            painter.setFont(font(13, numbers=True))
            painter.setPen(self._theme.ink)
            painter.drawText(QRectF(12, 0, 28, self.height()), Qt.AlignmentFlag.AlignVCenter, self._name)


class ScaleRow(QWidget):
    """The numbers under the sliders of the slots."""

    def __init__(self) -> None:
        super().__init__()
        self._theme: Theme = LIGHT
        self._scale = REACH
        self.inset_px = 0  # the width of a scroll bar beside the sliders
        self.setFixedHeight(16)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def show_scale(self, scale: Linear) -> None:
        if scale != self._scale:
            self._scale = scale
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setFont(font(11, numbers=True))
            painter.setPen(self._theme.ink3)
            left, right = 40.0, self.width() - 92.0 - self.inset_px
            for quarter in range(5):
                value = self._scale.low + (self._scale.high - self._scale.low) * quarter / 4
                x = left + (right - left) * quarter / 4
                text = f"{value:g}".replace("-", "−")
                painter.drawText(QRectF(x - 30, 0, 60, 14), Qt.AlignmentFlag.AlignCenter, text)


class CodeKnobs(QWidget):
    """The group “Code”.

    Signals: `value_wanted(index, value, final)`, `code_wanted(tuple)`, `reset_wanted(index)`.
    """

    value_wanted = Signal(int, float, bool)
    code_wanted = Signal(object)
    reset_wanted = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme: Theme = LIGHT
        self._code: Code = ()
        self._drawn: Code = ()
        self._mode = "free"
        self._rows: list[CodeRow] = []
        self._modes = Segmented(MODES, "How the code is set")
        self._modes.wanted.connect(self.show_mode)
        self._modes.show_current("free")
        self._chooser, self._scale_row, self._free = SlotChooser(), ScaleRow(), QScrollArea()
        self._chooser.wanted.connect(self._choose)
        self._note = Words("", 11, 400, "ink3", wrap=True)
        self._lay_out()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(12, 0, 12, 0)
        head.addWidget(Words("Code", 12, 600))
        head.addStretch(1)
        head.addWidget(self._modes)
        self._free.setWidgetResizable(True)
        self._free.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._free.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._free.viewport().setAutoFillBackground(False)
        self._note.setContentsMargins(0, 0, 0, 0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 9, 0, 4)
        column.setSpacing(0)
        column.addLayout(head)
        column.addSpacing(5)
        for widget in (self._free, self._scale_row, self._chooser):
            column.addWidget(widget)
        inset = QHBoxLayout()
        inset.setContentsMargins(12, 4, 12, 0)
        inset.addWidget(self._note)
        column.addLayout(inset)

    def show_layout(self, layout: LatentLayout) -> None:
        """Show the slots of the model's code; the group is hidden if there are none."""
        self._code = self._drawn = (0.0,) * layout.code
        self._rows = [self._made_row(slot) for slot in range(layout.code)]
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for row in self._rows:
            column.addWidget(row)
        self._free.setWidget(holder)
        holder.setAutoFillBackground(False)
        self._free.setFixedHeight(ROW_PX * min(layout.code, MOST_ROWS))
        bar_px = self._free.verticalScrollBar().sizeHint().width()
        self._scale_row.inset_px = bar_px if layout.code > MOST_ROWS else 0
        self._chooser.show_slots(layout.code, self._theme)
        self._order_keys()
        pass_theme(self, self._theme)
        self.setVisible(layout.code > 0)
        self.show_mode(self._mode)

    def _order_keys(self) -> None:
        """Put the slots into the tab order after the modes, since they are created later."""
        last: QWidget = self._modes.findChildren(Segment)[-1]
        for widget in (
            *self._chooser.buttons,
            *(part for row in self._rows for part in row.findChildren(QWidget)),
        ):
            if widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
                QWidget.setTabOrder(last, widget)
                last = widget

    def _made_row(self, slot: int) -> CodeRow:
        row = CodeRow(f"c{slot + 1}")
        row.value_wanted.connect(lambda value, final: self._turn(slot, value, final))
        row.reset_wanted.connect(lambda: self.reset_wanted.emit(slot))
        return row

    def show_code(self, code: Code, drawn: Code) -> None:
        """Show the values of the slots, and mark those that differ from the draw."""
        if (code, drawn) == (self._code, self._drawn):
            return
        self._code, self._drawn = code, drawn
        for row, value, before in zip(self._rows, code, drawn, strict=True):
            row.show_value(value, before)
        self._show_scale()
        self._show_choice()

    def show_mode(self, mode: str) -> None:
        """Show the slots as one category, as bits, or free; the code itself stays as it is."""
        self._mode = mode
        self._modes.show_current(mode)
        self._free.setVisible(mode == "free")
        self._scale_row.setVisible(mode == "free")
        self._chooser.setVisible(mode != "free")
        self._show_choice()

    def _show_scale(self) -> None:
        if any(row.slider.turning for row in self._rows):
            return  # a scale that changed during a drag would move the handle away from the pointer
        scale = REACH.holding(*self._code, *self._drawn)
        self._scale_row.show_scale(scale)
        for row in self._rows:
            row.slider.show_scale(scale)

    def _show_choice(self) -> None:
        if self._mode == "free" or not self._code:
            self._note.hide()
            return
        _, fits, words = CLICKS[self._mode]
        self._chooser.show_code(self._code)
        named = enumerate(self._code, start=1)
        values = ", ".join(f"c{slot} = {number_text(value)}" for slot, value in named if value) or "all 0"
        self._note.setText(f"Now {values}: not {words}.")
        self._note.setVisible(not fits(self._code))

    def _turn(self, slot: int, value: float, final: bool) -> None:
        self._code = (*self._code[:slot], value, *self._code[slot + 1 :])
        self._rows[slot].show_value(value, self._drawn[slot])
        self.value_wanted.emit(slot, value, final)
        if final:
            self._show_scale()

    def _choose(self, slot: int) -> None:
        asked = CLICKS[self._mode][0](self._code, slot)
        if asked != self._code:
            self.code_wanted.emit(asked)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()
