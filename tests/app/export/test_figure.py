"""Pictures: what is shown is on paper, in three formats, with its origin inside."""

from __future__ import annotations

import errno
import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QImage

from app.cli.main import main
from app.cli.shot import inline_instrument
from app.export.figure import figure_of
from core.faults import Fault
from core.provenance import Origin
from tests.support.figure_origin import origin_in_figure
from tests.support.keys import G
from widgets.figures.figure_files import Paper, render, write_figure
from widgets.figures.figure_layout import Note, Spot, lay_out
from widgets.theme.theme import PRINT, load_fonts


@pytest.fixture
def figure(qapp, small_model):
    load_fonts()
    faults = []
    on = inline_instrument(faults.append)
    on.model_loader.open(small_model)
    assert not faults
    return figure_of(on.session, on.analysis_settings, on.stack_views, Paper()), on.file_export.origin_text()


@pytest.mark.parametrize("suffix", [".png", ".svg"])
def test_a_picture_carries_the_origin_of_its_numbers(figure, tmp_path, suffix):
    picture, origin = figure
    write_figure(tmp_path / f"a{suffix}", picture, origin, 150)
    back = json.loads(origin_in_figure(tmp_path / f"a{suffix}"))
    assert back == json.loads(origin)
    track = picture.stack.lanes[0].curves[0].track
    assert Origin.from_plain(back["origin"]) == track.origin


def test_a_pdf_carries_its_origin_as_an_attachment_and_its_words_as_text(figure, tmp_path):
    picture, origin = figure
    write_figure(tmp_path / "a.pdf", picture, origin, 150)
    data = (tmp_path / "a.pdf").read_bytes()
    assert data.startswith(b"%PDF")
    assert b"origin.json" in data or "origin.json".encode("utf-16-be") in data


def test_a_png_has_the_width_and_the_dots_per_inch_asked_for(figure, tmp_path):
    picture, origin = figure
    paper = Paper(width_mm=100, dpi=254)
    write_figure(tmp_path / "a.png", replace(picture, width_px=paper.width_px), origin, paper.dpi)
    image = QImage(str(tmp_path / "a.png"))
    assert image.width() == pytest.approx(1000, abs=1)
    assert image.dotsPerMeterX() == 10000


def test_a_spot_is_found_again_where_it_was_placed(figure):
    picture, _ = figure
    layout, lanes = lay_out(picture), picture.lanes
    spot = Spot(0.4, G("conv3"), 0.25)
    back = layout.spot(layout.place(spot, lanes), lanes)
    assert (back.lane, back.time_s, back.part) == (G("conv3"), pytest.approx(0.4), pytest.approx(0.25))
    assert layout.spot(QPointF(300, -5), lanes) is None


def pixels(picture):
    image = render(picture, 96)
    return np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4).copy()


def test_a_note_and_its_arrow_change_the_picture_only_around_them(figure):
    picture, _ = figure
    note = Note("burst", Spot(0.5, G("conv2"), 0.5), Spot(0.6, G("conv2"), 0.8))
    plain, noted = pixels(picture), pixels(replace(picture, notes=(note,)))
    rows = np.flatnonzero((plain != noted).any(axis=(1, 2)))
    rect = lay_out(picture).rects[[lane.key for lane in picture.lanes].index(G("conv2"))]
    assert rows.size > 0
    assert rect.top() - 10 <= rows.min() <= rows.max() <= rect.bottom() + 10


def test_print_has_white_paper_and_black_curves_whatever_the_theme(figure):
    picture, _ = figure
    image = render(picture, 96)
    assert image.pixelColor(2, 2).name() == "#ffffff"
    darkest = min(image.pixelColor(x, 130).lightness() for x in range(180, 560))
    assert darkest < 60


def test_what_cannot_be_drawn_or_written_is_said(figure, tmp_path):
    picture, origin = figure
    with pytest.raises(Fault, match=r"\.tiff"):
        write_figure(tmp_path / "a.tiff", picture, origin)
    with pytest.raises(Fault, match="too large"):
        write_figure(tmp_path / "a.png", picture, origin, 1_000_000)
    with pytest.raises(Fault, match="does not exist"):
        write_figure(tmp_path / "none" / "a.svg", picture, origin)
    assert [file.name for file in tmp_path.iterdir()] == ["small.safetensors"]


def test_shot_draws_the_same_bytes_twice(qapp, small_model, tmp_path):
    for name in ("a.png", "b.png"):
        assert (
            main(
                ["shot", str(small_model), "--seed", "4", "--range", "0.1,0.3", "--out", str(tmp_path / name)]
            )
            == 0
        )
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


def test_shot_shows_only_what_was_asked_for(qapp, small_model, tmp_path, capsys):
    out = str(tmp_path / "a.svg")
    assert main(["shot", str(small_model), "--show", "pitch", "--out", out]) == 0
    text = (tmp_path / "a.svg").read_text()
    assert "Formants" not in text
    assert main(["shot", str(small_model), "--range", "5,6", "--out", out]) == 2
    assert "between 5 and 6 s" in capsys.readouterr().err


def test_paper_shows_no_refusals_of_the_screen(figure):
    assert not any(lane.reason for lane in figure[0].stack.lanes)


def test_curves_end_at_their_frame_in_svg_too(figure, tmp_path):
    """Tiny SVG has no clip paths: a zoomed curve then ran over the words at its left."""
    write_figure(tmp_path / "a.svg", *figure)
    text = (tmp_path / "a.svg").read_text()
    assert text.count("<clipPath") >= len(figure[0].lanes)
    assert "clip-path=" in text


def test_shot_shows_no_ghost_of_the_point_before(qapp, small_model, tmp_path):
    turned, plain = tmp_path / "turned.svg", tmp_path / "plain.svg"
    for out, more in ((turned, ["--set", "z11=3"]), (plain, [])):
        assert main(["shot", str(small_model), *more, "--out", str(out)]) == 0
    ghost = PRINT.ghost.name()
    assert ghost not in turned.read_text()


def test_what_is_written_on_shared_axes_stands_inside_its_clip_in_svg(figure, tmp_path):
    """QSvgGenerator kept the clip of the overlays, which cut the names of the curves off."""
    picture, origin = figure
    first, second, *rest = picture.stack.lanes
    merged = replace(first, curves=(*first.curves, replace(second.curves[0], label="conv4 ×3")))
    shared = replace(picture, stack=replace(picture.stack, lanes=(merged, *rest)))
    write_figure(tmp_path / "a.svg", shared, origin)
    text = (tmp_path / "a.svg").read_text(encoding="utf-8")
    boxes = {
        name: _box(path) for name, path in re.findall(r'<clipPath id="(\w+)">\s*<path.*? d="([^"]+)"', text)
    }
    clipped = re.findall(r'clip-path="url\(#(\w+)\)"><g [^>]*>\s*<text [^>]*x="([\d.]+)" y="([\d.]+)"', text)
    assert ">conv4 ×3</text>" in text
    assert len(clipped) >= 2
    for name, x, y in clipped:
        left, top, right, bottom = boxes[name]
        assert left <= float(x) <= right
        assert top <= float(y) <= bottom + 4


def _box(path):
    """Give left, top, right and bottom of a path."""
    xs, ys = zip(*((float(x), float(y)) for x, y in re.findall(r"([\d.]+),([\d.]+)", path)), strict=True)
    return min(xs), min(ys), max(xs), max(ys)


@pytest.mark.parametrize("suffix", [".png", ".svg", ".pdf"])
def test_a_full_disk_is_said_in_our_words_alone(figure, tmp_path, monkeypatch, capfd, suffix):
    def full(path, *_rest, **_named):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(Fault, match="the disk is full"):
        write_figure(tmp_path / f"a{suffix}", figure[0], figure[1], 150)
    assert list(tmp_path.glob(f"*{suffix}")) == []
    assert capfd.readouterr().err == ""


def test_shot_leaves_lanes_out_and_keeps_to_a_height(qapp, small_model, tmp_path, capsys):
    out = str(tmp_path / "a.png")
    asked = ["shot", str(small_model), "--layers", "out,conv4", "--width", "85", "--height", "120"]
    assert main([*asked, "--dpi", "254", "--out", out]) == 0
    image = QImage(out)
    assert (image.width(), image.height()) == (pytest.approx(850, abs=2), pytest.approx(1200, abs=4))
    assert main(["shot", str(small_model), "--layers", "conv9", "--out", out]) == 2
    assert "Choose from out, conv4" in capsys.readouterr().err


def test_a_path_that_is_not_there_is_one_line(qapp, tmp_path, capsys):
    assert main(["shot", str(tmp_path / "nothere"), "--out", str(tmp_path / "x.pdf")]) == 2
    said = capsys.readouterr().err
    assert said.startswith("phonoscope: There is no “nothere” in ")
    assert said.count("\n") == 1


def test_a_folder_of_several_runs_names_what_to_type(qapp, small_model, tmp_path, capsys):
    for name in ("a", "b"):
        (tmp_path / "runs" / name).mkdir(parents=True)
        shutil.copy(small_model, tmp_path / "runs" / name / "G.safetensors")
    assert main(["shot", str(tmp_path / "runs"), "--out", str(tmp_path / "x.pdf")]) == 2
    assert "holds 2 runs. Choose one: " in capsys.readouterr().err
