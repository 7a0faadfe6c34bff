"""Writing a figure as PNG, SVG or PDF, with its origin embedded so that it can be reproduced."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, QRectF, QSize, QSizeF
from PySide6.QtGui import QImage, QPageLayout, QPageSize, QPainter, QPdfWriter
from PySide6.QtSvg import QSvgGenerator

from core.faults import Fault
from core.files.atomic import atomic
from widgets.figures.figure import paint_figure
from widgets.figures.figure_layout import FigureView, lay_out
from widgets.theme.theme import PRINT, Theme

PX_PER_INCH = 96.0
MM_PER_INCH = 25.4
LARGEST_SIDE_PX = 30_000
ORIGIN_KEY = "phonoscope-origin"


@dataclass(frozen=True, slots=True)
class Paper:
    """The printed size of a figure and its resolution: width in millimetres, dots per inch.

    With a height of 0 mm, the lanes have their own heights.
    """

    width_mm: float = 170.0
    dpi: float = 300.0
    height_mm: float = 0.0

    @property
    def scale(self) -> float:
        """Dots per layout pixel, for a layout of `width_px` pixels of 1/96 inch."""
        return self.dpi / PX_PER_INCH

    @property
    def width_px(self) -> float:
        """The width in layout pixels; text of 11 px prints as 8.25 points."""
        return self.width_mm / MM_PER_INCH * PX_PER_INCH

    @property
    def height_px(self) -> float:
        """The height in layout pixels."""
        return self.height_mm / MM_PER_INCH * PX_PER_INCH


@dataclass(frozen=True)
class Picture:
    """What is written to a file: a title, a size in pixels of 1/96 inch, and a painting function."""

    title: str
    width_px: float
    height_px: float
    paint: Callable[[QPainter, Theme], None]


def write_figure(
    path: Path, figure: FigureView, origin: str, dpi: float = 300.0, theme: Theme = PRINT
) -> None:
    """Write the stack as a figure; raises Fault like `write_picture`, and if there is no lane."""
    if path.suffix.lower() in WRITERS and not figure.lanes:
        raise Fault("There is no lane to draw.", "Open a checkpoint first.")
    write_picture(path, picture_of(figure), origin, dpi, theme)


def picture_of(figure: FigureView) -> Picture:
    """Return a figure as a picture."""
    layout = lay_out(figure)

    def paint(painter: QPainter, theme: Theme) -> None:
        paint_figure(painter, figure, theme)

    return Picture(figure.title or "Phonoscope", layout.width_px, layout.height_px, paint)


def write_picture(
    path: Path, picture: Picture, origin: str, dpi: float = 300.0, theme: Theme = PRINT
) -> None:
    """Write a picture in the format of the path's suffix, with `origin` (JSON) inside.

    PNG has `dpi` dots per inch; SVG and PDF hold lines and text. Raises Fault for another suffix, for a
    picture that is too large, and if the file cannot be written.
    """
    write = WRITERS.get(path.suffix.lower())
    if write is None:
        raise Fault(
            f"A picture cannot be written as “{path.suffix or path.name}”.", "Use .png, .svg or .pdf."
        )
    if max(picture.width_px, picture.height_px) * dpi / PX_PER_INCH > LARGEST_SIDE_PX:
        raise Fault(f"A picture of {dpi:g} dpi would be too large.", "Choose fewer dots per inch.")
    with atomic(path) as draft:
        write(draft, picture, origin, dpi, theme)


def _png(path: Path, picture: Picture, origin: str, dpi: float, theme: Theme) -> None:
    image = rendered(picture, dpi, theme)
    image.setText(ORIGIN_KEY, origin)
    image.setText("Software", "Phonoscope")
    path.write_bytes(_in_memory(lambda device: image.save(device, "PNG")))  # type: ignore[call-overload]


def _in_memory(write: Callable[[QBuffer], object]) -> bytes:
    """Return what Qt writes; on a full disk its writers print messages of their own, or say nothing."""
    made = QBuffer()
    made.open(QIODevice.OpenModeFlag.WriteOnly)
    write(made)
    made.close()
    return bytes(made.data().data())


def render(figure: FigureView, dpi: float, theme: Theme = PRINT) -> QImage:
    """Return the stack as an image with `dpi` dots per inch."""
    return rendered(picture_of(figure), dpi, theme)


def rendered(picture: Picture, dpi: float, theme: Theme = PRINT) -> QImage:
    """Return a picture as an image with `dpi` dots per inch."""
    scale = dpi / PX_PER_INCH
    image = QImage(_size(picture, scale), QImage.Format.Format_RGB32)
    image.setDotsPerMeterX(round(dpi / MM_PER_INCH * 1000))
    image.setDotsPerMeterY(round(dpi / MM_PER_INCH * 1000))
    image.fill(theme.plot)
    painter = QPainter(image)
    painter.scale(scale, scale)
    picture.paint(painter, theme)
    painter.end()
    return image


def _size(picture: Picture, scale: float = 1.0) -> QSize:
    return QSize(round(picture.width_px * scale), round(picture.height_px * scale))


class SvgPainter(QPainter):
    """Sets the clip again after each restore, because QSvgGenerator keeps the previous one."""

    def restore(self) -> None:
        super().restore()
        if self.hasClipping():
            self.setClipPath(self.clipPath())


def _svg(path: Path, picture: Picture, origin: str, dpi: float, theme: Theme) -> None:
    text = _in_memory(lambda device: _draw_svg(device, picture, origin, theme)).decode("utf-8")
    # without the named fonts, a viewer would substitute a serif font
    path.write_text(text.replace('DejaVu Sans"', 'DejaVu Sans,sans-serif"'), encoding="utf-8")


def _draw_svg(device: QBuffer, picture: Picture, origin: str, theme: Theme) -> None:
    made = QSvgGenerator(QSvgGenerator.SvgVersion.Svg11)  # Tiny 1.2, the default, cannot clip curves
    made.setOutputDevice(device)
    made.setSize(_size(picture))
    made.setViewBox(QRectF(0, 0, picture.width_px, picture.height_px))
    made.setResolution(int(PX_PER_INCH))
    made.setTitle(picture.title)
    made.setDescription(f"{ORIGIN_KEY} {origin}")
    painter = SvgPainter(made)
    picture.paint(painter, theme)
    painter.end()


def _pdf(path: Path, picture: Picture, origin: str, dpi: float, theme: Theme) -> None:
    path.write_bytes(_in_memory(lambda device: _draw_pdf(device, picture, origin, dpi, theme)))


def _draw_pdf(device: QBuffer, picture: Picture, origin: str, dpi: float, theme: Theme) -> None:
    made = QPdfWriter(device)
    made.setTitle(picture.title)
    made.setCreator("Phonoscope")
    points = 72.0 / PX_PER_INCH
    size = QPageSize(QSizeF(picture.width_px * points, picture.height_px * points), QPageSize.Unit.Point)
    made.setPageLayout(QPageLayout(size, QPageLayout.Orientation.Portrait, QMarginsF()))
    made.setResolution(round(dpi))
    made.addFileAttachment("origin.json", origin.encode(), "application/json")
    painter = QPainter(made)
    painter.scale(dpi / PX_PER_INCH, dpi / PX_PER_INCH)
    picture.paint(painter, theme)
    painter.end()


Writer = Callable[[Path, Picture, str, float, Theme], None]
WRITERS: dict[str, Writer] = {".png": _png, ".svg": _svg, ".pdf": _pdf}
