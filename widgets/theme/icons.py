"""The Phosphor icons, drawn from their font, which is loaded with the first icon."""

from __future__ import annotations

import importlib.util
from functools import cache
from pathlib import Path

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QIcon, QPainter, QPixmap

# Code points of Phosphor 1.3, the font in qtawesome. Importing qtawesome for them takes 0.1 to 0.2 s, a fifth
# of the time until a window appears.
GLYPHS = {
    "arrow-counter-clockwise": 0xF021,
    "arrow-line-right": 0xF040,
    "arrow-u-up-left": 0xF066,
    "arrow-u-up-right": 0xF067,
    "arrows-out": 0xF04E,
    "caret-down": 0xF0C2,
    "caret-right": 0xF0C4,
    "check": 0xF0E7,
    "copy": 0xF114,
    "dice-five": 0xF137,
    "export": 0xF15A,
    "file": 0xF167,
    "folder-open": 0xF18C,
    "image": 0xF1DD,
    "info": 0xF1E0,
    "magnifying-glass": 0xF20A,
    "pause-fill": 0xF9C9,
    "play-fill": 0xF9E7,
    "prohibit": 0xF289,
    "push-pin": 0xF28D,
    "push-pin-fill": 0xF9F7,
    "repeat": 0xF29F,
    "skip-back": 0xF2CA,
    "skip-forward": 0xF2CC,
    "speaker-high": 0xF2E0,
    "star": 0xF2F3,
    "star-fill": 0xFA5D,
    "stop-fill": 0xFA62,
    "warning": 0xF35C,
    "x": 0xF36D,
}


@cache
def font_path() -> Path | None:
    """Return the file of the icon font, or None if qtawesome is not installed."""
    found = importlib.util.find_spec("qtawesome")
    if found is None or found.origin is None:
        return None
    return next((Path(found.origin).parent / "fonts").glob("phosphor-[0-9]*.ttf"), None)


@cache
def family() -> str:
    """Load the icon font into the application and return its family ("" if there is none)."""
    path = font_path()
    if path is None:
        return ""
    families = QFontDatabase.applicationFontFamilies(QFontDatabase.addApplicationFont(str(path)))
    return families[0] if families else ""


@cache
def _font(size_px: int) -> QFont:
    font = QFont(family())
    font.setPixelSize(size_px)
    font.setStyleStrategy(QFont.StyleStrategy.NoFontMerging)
    return font


def paint_icon(painter: QPainter, name: str, rect: QRectF, colour: QColor, size_px: int = 16) -> None:
    """Paint an icon centred in a rectangle (nothing if the icon font is missing)."""
    glyph = chr(GLYPHS[name])
    if not family():
        return
    painter.save()
    painter.setFont(_font(size_px))
    painter.setPen(colour)
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip, glyph)
    painter.restore()


def icon(name: str, colour: QColor, size_px: int = 16, ratio: float = 2.0) -> QIcon:
    """Return an icon for Qt's own menus and dialogs."""
    pixmap = QPixmap(QSize(size_px, size_px) * ratio)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    paint_icon(painter, name, QRectF(0, 0, size_px, size_px), colour, size_px)
    painter.end()
    return QIcon(pixmap)
