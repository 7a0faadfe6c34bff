"""The header of a lane in four rows: name, channels and rates, playback, measures."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QFontMetrics, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from core.analyses.overlay_names import OVERLAYS
from widgets.drawing.lane import COLLAPSED_PX
from widgets.drawing.lines import draw_text
from widgets.stack.gain_field import SIZE_PX, GainField
from widgets.stack.lane_button import LaneButton
from widgets.stack.lane_legend import ROW_PX, LegendRow
from widgets.theme.focus_ring import FocusRing
from widgets.theme.praat_numbers import short
from widgets.theme.theme import LIGHT, Theme, font
from widgets.timeline.columns import HEADER_PX
from widgets.timeline.lane_views import LaneView

LEGEND_TOP_PX = 101
DRAG_FROM_PX = 8
NAME_X_PX, NAME_Y_PX = 22, 15.0
GAIN_X_PX = 96
MEASURE_WORDS = {"pitch": "F0", "formants": "Fn", "intensity": "dB", "spectrogram": "Sp", "pulses": "Pu"}
MEASURE_NAMES = {
    "pitch": "Pitch",
    "formants": "Formants",
    "intensity": "Intensity",
    "spectrogram": "Spectrogram",
    "pulses": "Pulses",
}


class LaneHeader(QWidget):
    """Shows the text and buttons of a lane; requests are emitted as field and value."""

    field_wanted = Signal(str, object)
    play_clicked = Signal()
    legend_clicked = Signal(str)
    menu_wanted = Signal(QPoint)
    dragged = Signal(QPoint)
    dropped = Signal(QPoint)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = LIGHT
        self.lane = LaneView("", "")
        self._pressed: QPoint | None = None
        self._dragging = self._focused = False
        self.legend: list[LegendRow] = []
        self.editor: GainField | None = None
        self._make_buttons()

    def _make_buttons(self) -> None:
        self.fold = LaneButton(QRect(2, 5, 20, 20), "Collapse or open", icon="caret-down", parent=self)
        self.fold.is_bare = True
        self.play = LaneButton(QRect(8, 44, 28, 22), "Play this layer", icon="play-fill", parent=self)
        self.play.is_filled = True
        self.mute = LaneButton(QRect(40, 44, 24, 22), "Mute", "M", parent=self)
        self.solo = LaneButton(QRect(68, 44, 24, 22), "Solo: play only this layer", "S", parent=self)
        self.gain = LaneButton(QRect(GAIN_X_PX, 44, 32, 22), "Gain: double-click to type", "×1", parent=self)
        self.close_button = LaneButton(QRect(117, 5, 19, 20), "Close this lane", icon="x", parent=self)
        self.close_button.is_bare = self.close_button.is_shy = True
        self.measures = {
            measure: LaneButton(
                QRect(8 + 25 * k, 70, 22, 20), MEASURE_NAMES[measure], MEASURE_WORDS[measure], parent=self
            )
            for k, measure in enumerate(OVERLAYS)
        }
        for measure, button in self.measures.items():
            button.measure = measure
            button.clicked.connect(lambda _=False, name=measure: self._toggle_measure(name))
        self.fold.clicked.connect(lambda: self.field_wanted.emit("collapsed", not self.lane.collapsed))
        self.play.clicked.connect(self.play_clicked)
        self.mute.clicked.connect(lambda: self.field_wanted.emit("muted", not self.lane.muted))
        self.solo.clicked.connect(lambda: self.field_wanted.emit("solo", not self.lane.solo))
        self.gain.clicked.connect(self.edit_gain)
        self.gain.double_clicked.connect(self.edit_gain)
        self.close_button.clicked.connect(lambda: self.field_wanted.emit("closed", True))

    def _toggle_measure(self, measure: str) -> None:
        self.field_wanted.emit("shown", self.lane.shown ^ {measure})

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        for button in self.findChildren(QWidget):
            if isinstance(button, LaneButton | LegendRow):
                button.set_theme(theme)
        self.update()

    def set_focused(self, focused: bool) -> None:
        """Leave space at the left edge for the focus ring of the stack."""
        if focused != self._focused:
            self._focused = focused
            self.update()

    def show_lane(self, lane: LaneView) -> None:
        """Show a new state of the lane."""
        self.lane = lane
        folded = lane.collapsed
        self.fold.set_state(
            icon="caret-right" if folded else "caret-down", says="Open" if folded else "Collapse"
        )
        title = lane.full_title
        says = "Stop" if lane.playing else f"Play {title}"
        if not lane.audible:
            says += ". Its rate is below 100 Hz: it is inaudible without a carrier"
        self.play.is_hollow = not lane.audible
        self.play.set_state(icon="stop-fill" if lane.playing else "play-fill", on=lane.playing, says=says)
        self.mute.set_state(on=lane.muted, says=f"Mute {title}")
        self.solo.set_state(on=lane.solo, says=f"Play only {title}")
        self.gain.set_state(word=f"×{short(lane.gain)}", on=lane.gain != 1, says="Gain: double-click to type")
        for measure, button in self.measures.items():
            name = f"{MEASURE_NAMES[measure]} of {title}"
            button.setAccessibleName(name)
            refusal = lane.refusals.get(measure, "")
            says = "\n".join(filter(None, (name, lane.lowered.get(measure, ""))))
            button.set_state(on=measure in lane.shown and not refusal, refusal=refusal, says=says)
        cut = QFontMetrics(font(13, 600)).horizontalAdvance(lane.title) > self.name_width()
        cut = cut or self._second_row != lane.meta or not self._has_whole_badge
        nyquist = lane.badge.replace("≤", "Nyquist frequency", 1)
        self.setToolTip(f"{title}\n{lane.meta}\n{nyquist}".strip() if cut else "")
        self._place(lane)
        self.update()

    def _place(self, lane: LaneView) -> None:
        """Show the buttons that fit: four rows, or one row if the lane is collapsed."""
        for button in (self.mute, self.solo):
            button.setVisible(lane.playable and not lane.collapsed)
        for button in (self.gain, *self.measures.values()):
            button.setVisible(lane.measurable and not lane.collapsed)
        self.play.setVisible(lane.playable)
        self.gain.move(GAIN_X_PX if lane.playable else self.play.x(), self.gain.y())
        self.close_button.setVisible(lane.closable and not lane.collapsed)
        name_px = self.name_width()
        self.play.setGeometry(
            QRect(NAME_X_PX + name_px + 4, 5, 22, 22) if lane.collapsed else QRect(8, 44, 28, 22)
        )
        lines = () if lane.collapsed else lane.legend
        while len(self.legend) > len(lines):
            self.legend.pop().deleteLater()
        for k, line in enumerate(lines):
            if k == len(self.legend):
                row = LegendRow(line, self._theme, self)
                row.clicked.connect(lambda _=False, made=row: self.legend_clicked.emit(made.line.kind))
                self.legend.append(row)
            if self.legend[k].line != line:
                self.legend[k].show_line(line)
        self._place_legend()

    def _place_legend(self) -> None:
        for k, row in enumerate(self.legend):
            row.setGeometry(0, LEGEND_TOP_PX + ROW_PX * k, round(HEADER_PX), ROW_PX)
            row.setVisible(row.geometry().bottom() < self.height())

    def resizeEvent(self, event: object) -> None:
        self._place_legend()

    def enterEvent(self, event: object) -> None:
        self._hover()

    def leaveEvent(self, event: object) -> None:
        self._hover()

    def _hover(self) -> None:
        """Show the close button in place of the badge, or the badge again."""
        self.close_button.update()
        self.update()

    def name_width(self) -> int:
        """Return the width of the name: its full width if its buttons leave the room, else also without the
        short badge.
        """
        closes = self.lane.closable and not self.lane.collapsed
        plays = self.lane.collapsed and self.lane.playable
        right_px = 28 if plays else int(HEADER_PX) - self.close_button.x() if closes else 2
        room_px = int(HEADER_PX) - NAME_X_PX - right_px
        whole_px = QFontMetrics(font(13, 600)).horizontalAdvance(self.lane.title) + 1
        if whole_px <= room_px or plays:
            return min(whole_px, room_px)
        badge_px = min((width for _, width in self._badge_forms()), default=0)
        return min(room_px, int(HEADER_PX) - NAME_X_PX - badge_px - 5)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, lane = self._theme, self.lane
        with QPainter(self) as painter:
            painter.fillRect(event.rect(), theme.chrome)
            if lane.active:
                left = FocusRing.WIDTH_PX if self._focused else 0
                painter.fillRect(QRectF(left, 4, 3, self.height() - 8), theme.accent)
            y = (COLLAPSED_PX - 1) / 2 if lane.collapsed else NAME_Y_PX
            ink = theme.ink3 if lane.muted else theme.ink
            metrics = QFontMetrics(font(13, 600))
            name = metrics.elidedText(lane.title, Qt.TextElideMode.ElideMiddle, self.name_width())
            draw_text(painter, QPointF(NAME_X_PX, y), name, font(13, 600), ink)
            self._paint_badge(painter, y)
            if lane.model or not lane.collapsed:
                x, y = (NAME_X_PX, COLLAPSED_PX) if lane.collapsed else (9, 33)
                draw_text(painter, QPointF(x, y), self._second_row, font(11, numbers=True), theme.ink2)

    @property
    def _second_row(self) -> str:
        """The lane's numbers as they fit; with several models the model's name and the rate."""
        lane, metrics = self.lane, QFontMetrics(font(11, numbers=True))
        room_px = int(HEADER_PX) - (NAME_X_PX if lane.collapsed else 9) - 1
        if not lane.model:
            return metrics.elidedText(lane.meta, Qt.TextElideMode.ElideRight, room_px)
        rate = f" · {lane.meta.rpartition(' · ')[2]}"
        room_px -= metrics.horizontalAdvance(rate)
        return metrics.elidedText(lane.model, Qt.TextElideMode.ElideRight, room_px) + rate

    @property
    def _badge_from_px(self) -> float:
        """Where the badge can begin, right of the name and, in a folded lane, of the play button."""
        plays = self.lane.collapsed and self.lane.playable
        return NAME_X_PX + self.name_width() + (29 if plays else 4)

    @property
    def _has_whole_badge(self) -> bool:
        return self._fitting_badge(HEADER_PX - self._badge_from_px)[0] == self.lane.badge

    def _paint_badge(self, painter: QPainter, y: float) -> None:
        """Paint the Nyquist badge at the right, unless the name or the close button needs the space."""
        if self.lane.closable and not self.lane.collapsed and self.underMouse():
            return
        painter.setFont(font(11, numbers=True))
        words, width = self._fitting_badge(HEADER_PX - self._badge_from_px)
        if words:
            rect = QRectF(HEADER_PX - width, y - 8, width, 16)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(self._theme.line2, 1))
            painter.setBrush(self._theme.panel)
            painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
            draw_text(painter, rect.center(), words, painter.font(), self._theme.ink2, "centre")

    def _fitting_badge(self, room_px: float) -> tuple[str, int]:
        """Return the badge in the form that fits, with its width; "" if none does."""
        return next(((words, width) for words, width in self._badge_forms() if width <= room_px), ("", 0))

    def _badge_forms(self) -> list[tuple[str, int]]:
        """Return the badge from its widest form to its narrowest, each with its width."""
        metrics = QFontMetrics(font(11, numbers=True))
        return [
            (words, metrics.horizontalAdvance(words) + around_px)
            for words in (self.lane.badge, self.lane.short_badge)
            for around_px in (8, 5)
            if words
        ]

    # --- gain ---------------------------------------------------------------------------------

    def edit_gain(self) -> None:
        """Open a field over the gain; Enter accepts, Esc cancels."""
        if self.editor is None:
            self.editor = GainField(self.lane.gain, QRect(84, 42, *SIZE_PX), self)
            self.editor.accepted.connect(lambda gain: self.field_wanted.emit("gain", gain))
            self.editor.closed.connect(self._drop_editor)

    def _drop_editor(self) -> None:
        self.editor = None

    # --- dragging -----------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        self._pressed, self._dragging = event.position().toPoint(), False
        if not self.lane.active:
            self.field_wanted.emit("active", True)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None:
            return
        far = (event.position().toPoint() - self._pressed).manhattanLength() >= DRAG_FROM_PX
        self._dragging = self._dragging or far
        if self._dragging:
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            self.dragged.emit(event.globalPosition().toPoint())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        dragging = self._dragging
        self._pressed, self._dragging = None, False
        self.unsetCursor()
        if dragging:
            self.dropped.emit(event.globalPosition().toPoint())

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.menu_wanted.emit(event.globalPos())
