"""The right dock: all layers at one cursor, their spectral slices, and the results."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QAction, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QScrollArea, QVBoxLayout, QWidget

from widgets.controls.button import Button
from widgets.controls.segmented import Segmented
from widgets.results.layer_rows import LayerHead, LayerRow
from widgets.results.layer_table import LayerTable, paint_refusal
from widgets.results.results_table import ResultRow, ResultsTable
from widgets.results.slice_plot import HEIGHT_PX, SlicePlot
from widgets.results.slice_views import SliceView
from widgets.theme.control_paint import Rule, Surface, Words, pass_theme
from widgets.theme.theme import LIGHT, Theme, font

WIDTH_PX = 384
MOST_TABLE_PX = 360  # the table scrolls beyond this number of pixels
LEAST_TABLE_PX, LEAST_PLOT_PX, LEAST_RESULTS_PX = 84, 110, 70
TABLE_FIRST = 100  # the share of free height that the table gets before the results
EXPORTS = (("copy", "Copy"), ("csv", "Save as CSV…"), ("tsv", "Save as TSV…"), ("clear", "Clear results"))


class WhereLine(QWidget):
    """The place that the numbers belong to: times in the cursor's colour, words in ink."""

    def __init__(self) -> None:
        super().__init__()
        self._theme: Theme = LIGHT
        self._pieces: tuple[tuple[str, str], ...] = ()
        self.setFixedHeight(16)

    def show_pieces(self, pieces: Sequence[tuple[str, str]]) -> None:
        """Show pieces of text, each in the named ink."""
        self._pieces = tuple(pieces)
        self.setAccessibleName("".join(text for text, _ in pieces))
        self.update()

    @property
    def text(self) -> str:
        return "".join(text for text, _ in self._pieces)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            face = font(11, numbers=True)
            painter.setFont(face)
            left, metrics = 0.0, QFontMetrics(face)
            for text, ink in self._pieces:
                painter.setPen(getattr(self._theme, ink))
                painter.drawText(QRectF(left, 0, 384, 16), Qt.AlignmentFlag.AlignVCenter, text)
                left += metrics.horizontalAdvance(text)


class Legend(QWidget):
    """The legend of the two signs for an empty cell."""

    def __init__(self) -> None:
        super().__init__()
        self._theme: Theme = LIGHT
        self.setFixedHeight(28)
        self.setToolTip(
            "A crossed circle: the measure is refused, because of the layer's rate, its length or the "
            "settings. Point at it to see the reason."
        )
        self.setAccessibleName("Crossed circle: refused. Dash: not found here.")

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            paint_refusal(painter, QRectF(12, 0, 12, 28).center(), 10.0, self._theme)
            painter.setFont(font(11))
            painter.setPen(self._theme.ink3)
            words = "refused by rate, length or settings   –  not found here"
            painter.drawText(QRectF(29, 0, 350, 28), Qt.AlignmentFlag.AlignVCenter, words)


class Dock(Surface):
    """Three panels below one another; shows what it is given and emits signals for what the user wants."""

    mode_wanted = Signal(str)
    copy_wanted = Signal()
    undo_wanted = Signal()
    export_wanted = Signal(str)
    slice_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("panel", parent)
        self.setFixedWidth(WIDTH_PX)
        self.setAccessibleName("All layers, spectral slice, results")
        self.table, self.plot, self.results = LayerTable(), SlicePlot(), ResultsTable()
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._layers_head())
        column.addWidget(Rule())
        column.addWidget(LayerHead())
        column.addWidget(self._scrolled(self.table), TABLE_FIRST)
        column.addWidget(Legend())
        column.addWidget(Rule())
        column.addWidget(self._slice_head())
        self.plot.setMaximumHeight(HEIGHT_PX)
        self.plot.setMinimumHeight(LEAST_PLOT_PX)
        self.results.setMinimumHeight(LEAST_RESULTS_PX)
        column.addWidget(self.plot, TABLE_FIRST)
        column.addSpacing(8)
        column.addWidget(Rule())
        column.addWidget(self._results_head())
        column.addWidget(self.results, 1)

    # --- made once ------------------------------------------------------------------------------

    def _layers_head(self) -> QWidget:
        self.mode = Segmented(
            (("cursor", "At cursor"), ("selection", "Over selection")),
            "Place of the numbers",
            padding_px=7,
        )
        self.mode.wanted.connect(self.mode_wanted)
        copy = Button(icon="copy", name="Copy this table (Ctrl+C)", height_px=24)
        copy.clicked.connect(self.copy_wanted)
        self.where = WhereLine()
        head = _head("All layers", (), (self.mode, copy))
        whole = QWidget()
        down = QVBoxLayout(whole)
        down.setContentsMargins(12, 9, 8, 10)
        down.setSpacing(0)
        down.addLayout(head)
        down.addWidget(self.where)
        return whole

    def _scrolled(self, table: LayerTable) -> QScrollArea:
        self._area = QScrollArea()
        self._area.setWidget(table)
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.viewport().setAutoFillBackground(False)
        table.setAutoFillBackground(False)
        self._let_shrink(table.sizeHint().height())
        return self._area

    def _let_shrink(self, height_px: int) -> None:
        """Give the table the height it needs, or less on a small screen, where it scrolls."""
        self._area.setMaximumHeight(height_px)
        self._area.setMinimumHeight(min(height_px, LEAST_TABLE_PX))

    def _slice_head(self) -> QWidget:
        self._slice_words = Words("", 11, 400, "ink2")
        large = Button(icon="arrows-out", name="Show the spectral slice in its own window", height_px=24)
        large.clicked.connect(self.slice_wanted)
        return _holder(_head("Spectral slice", (self._slice_words,), (large,)))

    def _results_head(self) -> QWidget:
        self._count = Words("", 11, 400, "ink2")
        self._undo = Button(icon="arrow-u-up-left", name="Undo", height_px=24)
        self._undo.clicked.connect(self.undo_wanted)
        self._export = Button(icon="export", name="Copy, save or clear the results", height_px=24)
        self._export.clicked.connect(self._show_exports)
        return _holder(_head("Results", (self._count,), (self._undo, self._export)))

    def _show_exports(self) -> None:
        menu = QMenu(self)
        for kind, words in EXPORTS:
            action = QAction(words, menu)
            action.triggered.connect(lambda _=False, kind=kind: self.export_wanted.emit(kind))
            menu.addAction(action)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self._export.mapToGlobal(self._export.rect().bottomLeft()))

    # --- what is shown --------------------------------------------------------------------------

    def show_rows(self, rows: Sequence[LayerRow]) -> None:
        """Show the table of layers, as high as it needs up to a share of the dock."""
        self.table.show_rows(rows)
        height = min(self.table.sizeHint().height(), MOST_TABLE_PX)
        if self._area.maximumHeight() != height:
            self._let_shrink(height)

    def fade(self) -> None:
        """Grey the numbers of an earlier state until the new ones arrive."""
        self.table.fade()
        self.plot.fade()

    def show_mode(self, mode: str, can_select: bool) -> None:
        """Show whether the numbers are those at the cursor or of the selection."""
        self.mode.enable("selection", can_select, "Nothing is selected.")
        self.mode.show_current(mode)

    def show_slices(self, view: SliceView, words: str) -> None:
        """Show the spectral slices and where they were taken."""
        self.plot.show_view(view)
        self._slice_words.setText(words)
        self._slice_words.updateGeometry()

    def show_results(self, rows: Sequence[ResultRow], undo_words: str) -> None:
        """Show the results, and whether the last change can be undone."""
        self.results.show_rows(rows)
        count = len(rows)
        self._count.setText("1 row" if count == 1 else f"{count} rows" if count else "")
        self._count.updateGeometry()
        self._undo.setEnabled(bool(undo_words))
        self._undo.setToolTip(f"Undo {undo_words}".strip())
        self._export.setEnabled(count > 0)

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        pass_theme(self, theme)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        QPainter(self).fillRect(0, 0, 1, self.height(), self._theme.line2)


def _head(title: str, beside: Sequence[QWidget], tools: Sequence[QWidget]) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(8)
    row.addWidget(Words(title, 13, 600))
    for widget in beside:
        row.addWidget(widget)
    row.addStretch(1)
    for widget in tools:
        row.addWidget(widget)
    return row


def _holder(head: QHBoxLayout) -> QWidget:
    whole = QWidget()
    head.setContentsMargins(12, 8, 8, 6)
    whole.setLayout(head)
    return whole
