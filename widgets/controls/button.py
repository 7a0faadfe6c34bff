"""A self-painted button: for a toolbar, with a border, or as the primary action."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QAction, QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from widgets.theme.control_paint import paint_field
from widgets.theme.icons import paint_icon
from widgets.theme.theme import LIGHT, Theme, font

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
        self._theme: Theme = LIGHT
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

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
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
        theme, down, hover = self._theme, self.isDown(), self.underMouse() and self.isEnabled()
        if not self.isEnabled():
            edge = theme.line2 if self._kind != "bare" else None
            return (None, edge, theme.line2, theme.ghost)
        if self._kind == "primary":
            return (theme.accent, None, theme.on_accent, theme.on_accent)
        if self.isChecked():
            ring = theme.accent if self._kind == "bordered" else None
            return (theme.accent_weak, ring, theme.accent, theme.accent)
        edge = theme.edge if self._kind == "bordered" else None
        surface = theme.bar_hover if down else theme.hover if hover else None
        if surface is None and self._kind == "bordered":
            surface = theme.plot
        return (surface, edge, theme.ink2, theme.ink if self._kind == "bordered" else theme.ink2)

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            fill, edge, icon_ink, ink = self._colours()
            rect = QRectF(self.rect())
            paint_field(painter, rect, self._theme, fill, edge)
            if self.hasFocus():
                ring = self._theme.on_accent if self._kind == "primary" else None
                inner = rect.adjusted(2, 2, -2, -2) if ring else rect
                paint_field(painter, inner, self._theme, None, ring, focus=ring is None)
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
