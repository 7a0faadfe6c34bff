"""Reading back the origin that a picture carries."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtGui import QImage

from widgets.figures.figure_files import ORIGIN_KEY


def origin_in_figure(path: Path) -> str | None:
    """Give the origin that `write_figure` put into a PNG or SVG, None where there is none."""
    if path.suffix.lower() == ".svg":
        from xml.sax.saxutils import unescape

        _, found, rest = path.read_text(encoding="utf-8").partition(f"<desc>{ORIGIN_KEY} ")
        text = rest.partition("</desc>")[0]
        return unescape(text, {"&quot;": '"', "&apos;": "'"}) if found else None
    return QImage(str(path)).text(ORIGIN_KEY) or None
