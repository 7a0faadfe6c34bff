"""Plots as files: true PNG, SVG and PDF, in the colours of paper, with their origin inside."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import numpy as np
import pytest
from PySide6.QtGui import QImage

from core.faults import Fault
from tests.support.figure_origin import origin_in_figure
from widgets.figures.figure_files import Picture, write_picture
from widgets.plots.area import AreaWords, PlotArea
from widgets.plots.items import CurveItem, DotItem, Stroke
from widgets.plots.view import PlotView
from widgets.theme.theme import DARK, LIGHT, Theme, load_fonts

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def view(qtbot) -> PlotView:
    load_fonts()
    made = PlotView()
    qtbot.addWidget(made)
    area = made.add_area(PlotArea(grid=True))
    area.show_words(AreaWords("Conv4 F0 (Hz)", "r 0.94", "", "output (Hz)", "Conv4 (Hz)"))
    x = np.linspace(0, 5, 100)
    area.show_items(
        [
            CurveItem(x, np.sin(x), Stroke(lambda theme: theme.curve, 2.0)),
            DotItem(x, np.cos(x), lambda theme: theme.sound, 4.0),
        ]
    )
    area.show_range((0, 5), (-1, 1), 6)
    made.resize(300, 200)
    made.set_theme(DARK)
    return made


def picture(view: PlotView) -> Picture:
    return Picture("Conv4 F0", view.width(), view.height(), view.paint)


@pytest.mark.parametrize("suffix", [".png", ".svg"])
def test_a_plot_carries_its_origin(view, tmp_path, suffix):
    write_picture(tmp_path / f"a{suffix}", picture(view), '{"checkpoint": "<abc>"}')
    assert origin_in_figure(tmp_path / f"a{suffix}") == '{"checkpoint": "<abc>"}'


def test_a_pdf_is_one_with_vectors_text_and_origin_and_no_picture_of_the_page(view, tmp_path):
    write_picture(tmp_path / "a.pdf", picture(view), "{}", 300)
    data = (tmp_path / "a.pdf").read_bytes()
    assert data.startswith(b"%PDF")
    assert b"/Subtype /Image" not in data
    assert b"/Font" in data
    assert b"origin.json" in data or "origin.json".encode("utf-16-be") in data
    box = re.search(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", data)
    assert box is not None
    assert [float(side) for side in box.groups()] == pytest.approx([300 * 0.75, 200 * 0.75], abs=1)


def test_an_svg_holds_text_and_lines_within_its_frame(view, tmp_path):
    write_picture(tmp_path / "a.svg", picture(view), "{}")
    root = ElementTree.parse(tmp_path / "a.svg").getroot()
    assert [float(side) for side in root.attrib["viewBox"].split()] == [0, 0, 300, 200]
    words = {node.text for node in root.iter(f"{SVG}text")}
    assert {"Conv4 F0 (Hz)", "r 0.94", "output (Hz)", "Conv4 (Hz)", "0.0", "−1.0"} <= words
    assert len([*root.iter(f"{SVG}polyline"), *root.iter(f"{SVG}path")]) >= 1
    assert len(list(root.iter(f"{SVG}circle"))) + len(list(root.iter(f"{SVG}ellipse"))) >= 100
    assert not list(root.iter(f"{SVG}image"))


def test_lines_keep_their_width_on_paper(view, tmp_path):
    """A pen of pyqtgraph has its width in dots of the device: at 300 dots per inch a hairline."""
    thick = {}
    for dpi in (96, 384):
        write_picture(tmp_path / "a.png", picture(view), "{}", dpi)
        image = QImage(str(tmp_path / "a.png"))
        assert image.width() == 300 * dpi / 96
        assert image.dotsPerMeterX() == round(dpi / 0.0254)
        box = view.areas[0].box.sceneBoundingRect()
        x = round((box.left() + box.width() * 0.31) * dpi / 96)  # near the top of the sine
        rows = range(round(box.top() * dpi / 96) + 3, round(box.center().y() * dpi / 96) - 3)
        thick[dpi] = sum(image.pixelColor(x, row).lightness() < 90 for row in rows)
    assert thick[384] >= 3 * thick[96] > 0


def test_paper_is_white_and_the_screen_keeps_its_colours(view, tmp_path):
    before = view.grab().toImage()
    write_picture(tmp_path / "a.png", picture(view), "{}", 96)
    assert QImage(str(tmp_path / "a.png")).pixelColor(1, 1).name() == "#ffffff"
    assert view.theme is DARK
    assert view.grab().toImage() == before


def test_two_plots_have_each_their_own_theme(view, qtbot):
    """Nothing of a theme is kept in pyqtgraph's options, which all windows share."""
    other = PlotView()
    qtbot.addWidget(other)
    other.add_area(PlotArea())
    other.resize(300, 200)

    def paper(one: PlotView, theme: Theme) -> bool:
        image = one.grab().toImage()
        corner = one.areas[0].box.sceneBoundingRect().topLeft().toPoint()
        return image.pixelColor(corner.x() + 3, corner.y() + 3).name() == theme.plot.name()

    assert paper(other, LIGHT)
    assert paper(view, DARK)
    other.set_theme(DARK)
    view.set_theme(LIGHT)
    assert paper(other, DARK)
    assert paper(view, LIGHT)


def test_what_cannot_be_written_is_said(view, tmp_path):
    with pytest.raises(Fault, match=r"\.tiff"):
        write_picture(tmp_path / "a.tiff", picture(view), "{}")
    with pytest.raises(Fault, match="too large"):
        write_picture(tmp_path / "a.png", picture(view), "{}", 1_000_000)
    with pytest.raises(Fault, match="does not exist"):
        write_picture(tmp_path / "none" / "a.svg", picture(view), "{}")
    assert not list(tmp_path.iterdir())
