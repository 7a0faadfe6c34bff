"""The panel at the right of the maps: a cut, what it does to the output, and receptive fields."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from widgets.controls.button import Button
from widgets.controls.combo import ComboBox
from widgets.controls.number_field import NumberField
from widgets.maps.cut_view import DEEDS, UNITS, ComparedRow, CutRow, CutView, CutWish
from widgets.theme.control_paint import Rule, ShortWords, Surface, Words, pass_theme
from widgets.theme.theme import Theme, font

PANEL_PX = 304
LABEL_PX = 52
POINT = "Receptive field: point at a map"
ROW_PX = 20


class Table(Surface):
    """Rows of text: the first column at the left, the others at the right, the heads above."""

    def __init__(self, heads: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__("panel", parent)
        self._heads, self.rows = tuple(heads), tuple[tuple[str, ...], ...]()
        self.setFixedHeight(0)

    def show_rows(self, rows: Sequence[tuple[str, ...]]) -> None:
        """Show other rows; without any the table takes no room."""
        self.rows = tuple(rows)
        self.setFixedHeight((len(self.rows) + 1) * ROW_PX if self.rows else 0)
        self.setAccessibleName("; ".join(" ".join(row) for row in self.rows))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        with QPainter(self) as painter:
            for place, row in enumerate((self._heads, *self.rows) if self.rows else ()):
                painter.setFont(font(11, numbers=True))
                painter.setPen(self._theme.ink2 if place == 0 else self._theme.ink)
                self._paint_row(painter, row, place * ROW_PX)

    def _paint_row(self, painter: QPainter, row: tuple[str, ...], top: float) -> None:
        first, wide = 0.42 * self.width(), 0.58 * self.width() / max(1, len(row) - 1)
        left = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        painter.drawText(QRectF(0, top, first, ROW_PX), left, row[0])
        for column, words in enumerate(row[1:]):
            painter.drawText(QRectF(first + column * wide, top, wide, ROW_PX), right, words)


class CutPanel(Surface):
    """Emits `cut_wanted(CutWish)`, `remove_wanted(place)`, `clear_wanted` and `hear_wanted(which)`."""

    cut_wanted = Signal(object)
    remove_wanted = Signal(int)
    clear_wanted = Signal()
    hear_wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("panel", parent)
        self.setFixedWidth(PANEL_PX)
        self.setAccessibleName("Cut")
        self._view = CutView()
        self._where = ShortWords("", 11, 400, "cursor")
        self.scope = ComboBox("Maps to change", height_px=24, width_px=200)
        self.deed = ComboBox("What to do", height_px=24, width_px=200)
        self.amount = NumberField("Amount", decimals=4)
        self._unit = Words("", 11, 400, "ink2")
        self.source = ComboBox("Point or variable to take from", height_px=24, width_px=200)
        self.edge = NumberField("Cosine edges in milliseconds", decimals=3)
        self.button = Button("Cut", kind="primary", height_px=24)
        self.clear = Button("Remove all cuts", "arrow-counter-clockwise", kind="bordered", height_px=24)
        self._cuts = QVBoxLayout()
        self._cut_title = Words("", 12, 600)
        self._compared_title = Words("", 11, 500, "ink2")
        self.compared = Table(("Out", "before", "after", "change"))
        self._note = Words("", 11, 400, "ink2", wrap=True)
        self._field_title = ShortWords(POINT, 13, 600)
        self.fields = Table(("", "samples", "length"))
        self._hear = QWidget()
        self._amounts: dict[str, float] = {deed: first for deed, (_, first) in UNITS.items()}
        self._lay_out()
        self._connect()

    # --- building --------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        inside = Surface("panel")
        column = QVBoxLayout(inside)
        column.setContentsMargins(12, 10, 12, 10)
        column.setSpacing(8)
        head = QHBoxLayout()
        head.addWidget(Words("Cut", 13, 600))
        head.addWidget(self._where, 1)
        column.addLayout(head)
        column.addLayout(self._form())
        column.addLayout(self._buttons())
        self._cuts.setSpacing(2)
        column.addWidget(self._cut_title)
        column.addLayout(self._cuts)
        column.addWidget(Rule())
        for part in (self._compared_title, self.compared, self._note, self._hear):
            column.addWidget(part)
        self._lay_out_hear()
        column.addWidget(Rule())
        column.addWidget(self._field_title)
        column.addWidget(self.fields)
        column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setWidget(inside)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(1, 0, 0, 0)
        whole.addWidget(area)

    def _form(self) -> QGridLayout:
        form = QGridLayout()
        form.setHorizontalSpacing(8)
        form.setVerticalSpacing(6)
        form.setColumnMinimumWidth(0, LABEL_PX)
        form.setColumnStretch(1, 1)
        self.amount.setFixedWidth(84)
        self.edge.setFixedWidth(84)
        self.edge.show_value(0.0)
        number = QHBoxLayout()
        for part in (self.amount, self._unit):
            number.addWidget(part)
        number.addStretch(1)
        edges = QHBoxLayout()
        for part in (Words("cosine", 11, 400, "ink2"), self.edge, Words("ms", 11, 400, "ink2")):
            edges.addWidget(part)
        edges.addStretch(1)
        for row, (words, part) in enumerate((("Maps", self.scope), ("Do", self.deed), ("", self.source))):
            if words:
                form.addWidget(Words(words, 12, 400, "ink2"), row, 0)
            form.addWidget(part, row, 1)
        form.addLayout(number, 3, 1)
        form.addWidget(Words("Edges", 12, 400, "ink2"), 4, 0)
        form.addLayout(edges, 4, 1)
        return form

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.addWidget(self.button)
        row.addWidget(self.clear)
        row.addStretch(1)
        return row

    def _lay_out_hear(self) -> None:
        row = QHBoxLayout(self._hear)
        row.setContentsMargins(0, 0, 0, 0)
        for key, words in (("before", "Before"), ("after", "After"), ("difference", "Difference")):
            button = Button(
                words, "play-fill", kind="bordered", height_px=24, name=f"Play the output: {words.lower()}"
            )
            button.clicked.connect(lambda _=False, key=key: self.hear_wanted.emit(key))
            row.addWidget(button)
        row.addStretch(1)

    def _connect(self) -> None:
        self.deed.show_options(list(DEEDS), "silence")
        self.deed.wanted.connect(lambda _: self._fit())
        self.amount.value_wanted.connect(self._keep_amount)
        self.button.clicked.connect(lambda: self.cut_wanted.emit(self.wish))
        self.clear.clicked.connect(self.clear_wanted)
        self._fit()

    # --- what is chosen --------------------------------------------------------------------------

    @property
    def wish(self) -> CutWish:
        """The cut as it is set."""
        deed = _chosen(self.deed) or "silence"
        return CutWish(
            _chosen(self.scope) or "all",  # type: ignore[arg-type]
            deed,  # type: ignore[arg-type]
            self._amounts.get(deed, 0.0),
            _chosen(self.source),
            max(0.0, self.edge.value or 0.0),
        )

    def choose(self, deed: str) -> None:
        """Choose what to do."""
        self.deed.show_current(deed)
        self._fit()

    def _keep_amount(self, value: float) -> None:
        self._amounts[_chosen(self.deed)] = value

    def _fit(self) -> None:
        """Show the fields that the chosen deed needs."""
        deed = _chosen(self.deed)
        unit, _ = UNITS.get(deed, ("", 0.0))
        for part in (self.amount, self._unit):
            part.setVisible(deed in UNITS)
        self._unit.setText(unit)
        self.amount.show_value(self._amounts.get(deed, 0.0))
        sources = {"point": self._view.points, "weights": self._view.variables}.get(deed, ())
        self.source.setVisible(deed in ("point", "weights"))
        before = _chosen(self.source)
        self.source.show_options(
            [(one, one) for one in sources], before if before in sources else next(iter(sources), "")
        )
        self.edge.setEnabled(deed != "weights")

    # --- what is shown ---------------------------------------------------------------------------

    def show_view(self, view: CutView) -> None:
        """Show other values."""
        if view == self._view:
            return
        before, self._view = self._view, view
        self._where.setText(view.where)
        self.scope.show_options(view.scopes, _chosen(self.scope) if self.scope.count() else "all")
        if self.scope.currentIndex() < 0:
            self.scope.show_current("all")
        if view.cuts != before.cuts:
            self._show_cuts(view.cuts)
        self.clear.setVisible(bool(view.cuts))
        self._compared_title.setText(view.title)
        self.compared.show_rows([_cells(row) for row in view.compared])
        self._note.setText(view.note)
        for part in (self._compared_title, self._note, self._hear):
            part.setVisible(bool(view.cuts) and bool(view.title))
        self._fit()

    def show_fields(self, title: str, rows: Sequence[tuple[str, str, str]]) -> None:
        """Show the receptive fields of the sample under the pointer, layer by layer."""
        self._field_title.setText(title or POINT)
        self.fields.show_rows(rows)

    def _show_cuts(self, cuts: tuple[CutRow, ...]) -> None:
        while (item := self._cuts.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.deleteLater()
        self._cut_title.setText(f"{len(cuts)} cut{'s' * (len(cuts) != 1)} at this point" if cuts else "")
        self._cut_title.setVisible(bool(cuts))
        for row in cuts:
            self._cuts.addWidget(self._cut_row(row))

    def _cut_row(self, cut: CutRow) -> QWidget:
        made = QWidget()
        row = QHBoxLayout(made)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(ShortWords(cut.words, 11, 400, "ink"), 1)
        remove = Button("", "x", height_px=20, icon_px=12, name=f"Remove this cut: {cut.words}")
        remove.clicked.connect(lambda: self.remove_wanted.emit(cut.place))
        row.addWidget(remove)
        pass_theme(made, self._theme)
        return made

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        pass_theme(self, theme)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        QPainter(self).fillRect(0, 0, 1, self.height(), self._theme.line2)


def _cells(row: ComparedRow) -> tuple[str, ...]:
    return (row.name, row.before, row.after, row.change)


def _chosen(box: ComboBox) -> str:
    return str(box.currentData() or "")
