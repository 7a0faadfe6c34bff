"""A self-painted button: for a toolbar, with a border, or as the primary action."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QAction, QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from widgets.theme.control_paint import paint_field
from widgets.theme.icons import paint_icon
from widgets.theme.theme import LIGHT, Look, font

ButtonKind = Literal["bare", "bordered", "primary"]


class Button(QAbstractButton):
    """An icon, a text, or both; a checked button is filled with the weak accent colour."""

    def __init__(
        self,
        words: str = "",
        icon: str = "",
        *,
        kind: ButtonKind = "bare",
        height_px: int = 28,
        name: str = "",
        icon_px: int = 16,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._look: Look = LIGHT
        self._kind: ButtonKind = kind
        self._icon, self._icon_px = icon, icon_px
        self._words = words
        self.setText(words)
        self.setAccessibleName(name or words)
        self.setToolTip(name if name != words else "")
        self.setFixedHeight(height_px)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    @classmethod
    def of(cls, action: QAction, icon: str = "", words: str = "", kind: ButtonKind = "bare") -> Button:
        """Return a button that triggers an action and mirrors its state."""
        button = cls(words, icon, kind=kind, icon_px=18, name=action.text().replace("&", ""))
        action.changed.connect(lambda: button.follow(action))
        button.clicked.connect(lambda: action.trigger())
        button.follow(action)
        return button

    def follow(self, action: QAction) -> None:
        """Mirror an action's state and tooltip; Qt checks the action, so the button only follows."""
        self.setEnabled(action.isEnabled())
        self.setAccessibleName(action.text().replace("&", "").rstrip("…"))
        self.setCheckable(action.isCheckable())
        self.setChecked(action.isChecked())
        keys = action.shortcut().toString()
        tip = action.toolTip() or self.accessibleName()
        self.setToolTip(tip if not keys or f"({keys})" in tip else f"{tip} ({keys})")
        self.update()

    def nextCheckState(self) -> None:
        """Do nothing: a click only requests a change; the action or the owner sets the state."""

    def set_look(self, look: Look) -> None:
        self._look = look
        self.update()

    def show_words(self, shown: bool) -> None:
        """Show the text next to the icon, or only in the tooltip if there is no space."""
        name = self.accessibleName()
        self.setText(self._words if shown or not self._icon else "")
        self.setAccessibleName(name)
        self.updateGeometry()

    def set_icon(self, icon: str) -> None:
        if icon != self._icon:
            self._icon = icon
            self.update()

    def sizeHint(self) -> QSize:
        width = self.fontMetrics().horizontalAdvance(self.text()) if self.text() else 0
        icon = self._icon_px + 6 if self._icon else 0
        if self._icon and not self.text():
            return QSize(40 if self._kind == "primary" else max(20, self.height()), self.height())
        return QSize(width + icon + 16, self.height())

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def _colours(self) -> tuple[QColor | None, QColor | None, QColor, QColor]:
        """Return fill, edge, icon colour and text colour."""
        look, down, hover = self._look, self.isDown(), self.underMouse() and self.isEnabled()
        if not self.isEnabled():
            edge = look.line2 if self._kind != "bare" else None
            return (None, edge, look.line2, look.ghost)
        if self._kind == "primary":
            return (look.accent, None, look.on_accent, look.on_accent)
        if self.isChecked():
            ring = look.accent if self._kind == "bordered" else None
            return (look.accent_weak, ring, look.accent, look.accent)
        edge = look.edge if self._kind == "bordered" else None
        surface = look.bar_hover if down else look.hover if hover else None
        if surface is None and self._kind == "bordered":
            surface = look.plot
        return (surface, edge, look.ink2, look.ink if self._kind == "bordered" else look.ink2)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        fill, edge, icon_ink, ink = self._colours()
        rect = QRectF(self.rect())
        paint_field(painter, rect, self._look, fill, edge)
        if self.hasFocus():
            ring = self._look.on_accent if self._kind == "primary" else None
            inner = rect.adjusted(2, 2, -2, -2) if ring else rect
            paint_field(painter, inner, self._look, None, ring, focus=ring is None)
        self._paint_content(painter, rect, icon_ink, ink)

    def _paint_content(self, painter: QPainter, rect: QRectF, icon_ink: QColor, ink: QColor) -> None:
        if not self.text() and self._icon:
            paint_icon(painter, self._icon, rect, icon_ink, self._icon_px)
            return
        painter.setFont(font(12, 500 if self._kind == "primary" else 400))
        width = painter.fontMetrics().horizontalAdvance(self.text())
        icon_width = self._icon_px + 6 if self._icon else 0
        left = (rect.width() - width - icon_width) / 2
        if self._icon:
            box = QRectF(left, 0, self._icon_px + 2, rect.height())
            paint_icon(painter, self._icon, box, icon_ink, self._icon_px)
        painter.setPen(ink)
        words = QRectF(left + icon_width, 0, width + 2, rect.height())
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self.text())
