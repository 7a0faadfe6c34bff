"""Writing a picture as PNG, SVG or PDF, its origin embedded so that the numbers can be found again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QMarginsF, QRectF, QSize, QSizeF
from PySide6.QtGui import QImage, QPageLayout, QPageSize, QPainter, QPdfWriter
from PySide6.QtSvg import QSvgGenerator

from core.faults import Fault
from core.files.atomic import atomic
from widgets.figures.figure import FigureLayout, FigureView, lay_out, paint_figure
from widgets.theme.theme import PRINT, Look

PX_PER_INCH = 96.0
MM_PER_INCH = 25.4
LARGEST_SIDE_PX = 30_000
ORIGIN_KEY = "phonoscope-origin"


@dataclass(frozen=True, slots=True)
class Paper:
    """How large a picture is printed and how finely: width in millimetres, dots per inch."""

    width_mm: float = 170.0
    dpi: float = 300.0

    @property
    def scale(self) -> float:
        """How many dots one layout pixel takes, for a layout of `width_px` pixels of 1/96 inch."""
        return self.dpi / PX_PER_INCH

    @property
    def width_px(self) -> float:
        """The width in layout pixels, so that 11 px of text print as 8.25 points."""
        return self.width_mm / MM_PER_INCH * PX_PER_INCH


def write_figure(path: Path, figure: FigureView, origin: str, dpi: float = 300.0, look: Look = PRINT) -> None:
    """Write the picture in the format of the path's suffix, with `origin` (JSON) inside.

    Raises Fault for another suffix, for a picture without lanes or too large, and where the place
    cannot be written to.
    """
    write = WRITERS.get(path.suffix.lower())
    if write is None:
        raise Fault(
            f"A picture cannot be written as “{path.suffix or path.name}”.", "Use .png, .svg or .pdf."
        )
    if not figure.lanes:
        raise Fault("There is no lane to draw.", "Open a checkpoint first.")
    layout = lay_out(figure)
    if max(layout.width_px, layout.height_px) * dpi / PX_PER_INCH > LARGEST_SIDE_PX:
        raise Fault(f"A picture of {dpi:g} dpi would be too large.", "Choose fewer dots per inch.")
    with atomic(path) as draft:
        write(draft, figure, layout, origin, dpi, look)


def _png(path: Path, figure: FigureView, layout: FigureLayout, origin: str, dpi: float, look: Look) -> None:
    image = render(figure, dpi, look)
    image.setText(ORIGIN_KEY, origin)
    image.setText("Software", "Phonoscope")
    if not image.save(str(path), "PNG"):  # type: ignore[call-overload]
        raise OSError(f"{path.name} could not be written")


def render(figure: FigureView, dpi: float, look: Look = PRINT) -> QImage:
    """Give the picture as an image of so many dots per inch."""
    layout, scale = lay_out(figure), dpi / PX_PER_INCH
    size = QSize(round(layout.width_px * scale), round(layout.height_px * scale))
    image = QImage(size, QImage.Format.Format_RGB32)
    image.setDotsPerMeterX(round(dpi / MM_PER_INCH * 1000))
    image.setDotsPerMeterY(round(dpi / MM_PER_INCH * 1000))
    image.fill(look.plot)
    painter = QPainter(image)
    painter.scale(scale, scale)
    paint_figure(painter, figure, look)
    painter.end()
    return image


class SvgPainter(QPainter):
    """Says the clip again after each restore: QSvgGenerator would keep the one of what was just painted."""

    def restore(self) -> None:
        super().restore()
        if self.hasClipping():
            self.setClipPath(self.clipPath())


def _svg(path: Path, figure: FigureView, layout: FigureLayout, origin: str, dpi: float, look: Look) -> None:
    made = QSvgGenerator(QSvgGenerator.SvgVersion.Svg11)  # Tiny 1.2, the default, cannot cut curves off
    made.setFileName(str(path))
    made.setSize(QSize(round(layout.width_px), round(layout.height_px)))
    made.setViewBox(QRectF(0, 0, layout.width_px, layout.height_px))
    made.setResolution(int(PX_PER_INCH))
    made.setTitle(figure.title or "Phonoscope")
    made.setDescription(f"{ORIGIN_KEY} {origin}")
    painter = SvgPainter(made)
    paint_figure(painter, figure, look)
    painter.end()
    # where none of the named fonts is installed, a viewer would take its own, with serifs
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('DejaVu Sans"', 'DejaVu Sans,sans-serif"'), encoding="utf-8")


def _pdf(path: Path, figure: FigureView, layout: FigureLayout, origin: str, dpi: float, look: Look) -> None:
    made = QPdfWriter(str(path))
    made.setTitle(figure.title or "Phonoscope")
    made.setCreator("Phonoscope")
    points = 72.0 / PX_PER_INCH
    size = QPageSize(QSizeF(layout.width_px * points, layout.height_px * points), QPageSize.Unit.Point)
    made.setPageLayout(QPageLayout(size, QPageLayout.Orientation.Portrait, QMarginsF()))
    made.setResolution(round(dpi))
    made.addFileAttachment("origin.json", origin.encode(), "application/json")
    painter = QPainter(made)
    painter.scale(dpi / PX_PER_INCH, dpi / PX_PER_INCH)
    paint_figure(painter, figure, look)
    painter.end()


Writer = Callable[[Path, FigureView, FigureLayout, str, float, Look], None]
WRITERS: dict[str, Writer] = {".png": _png, ".svg": _svg, ".pdf": _pdf}
