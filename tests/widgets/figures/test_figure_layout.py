"""A figure for one column of a journal: wide plots, nothing over an axis, nothing cut off."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QFontMetrics

from core.signals.axis import Range
from tests.support.made_up import bump, full_out, lane, view
from widgets.drawing.curve_legend import legend_entries
from widgets.figures.figure_dialog import FigureDialog
from widgets.figures.figure_files import Paper, render
from widgets.figures.figure_layout import MARGIN_PX, FigureView, Note, Spot, lay_out
from widgets.theme.theme import font
from widgets.timeline.lane_views import Curve

LONG = "a_very_long_name_of_a_recording_from_the_field_2024-05-17_speaker_12.wav"
CAPTION = (
    "Seed 7, code 1, 0, 0; " + ", ".join(f"z{k} = {k / 10:g}" for k in range(5, 40)) + ".",
    "Analyses: Praat 6.4, 75–450 Hz. Checkpoint 05d668d269ef; assumed: rate, slope.",
)


@pytest.fixture
def figure(qapp) -> FigureView:
    lanes = (full_out(), lane("conv4"), lane("conv3", title=LONG, gain=10.0), lane("fc", collapsed=True))
    return FigureView(view(*lanes), "Digits", CAPTION)


def sized(figure: FigureView, width_mm: float, height_mm: float = 0.0, **values) -> FigureView:
    paper = Paper(width_mm, 150, height_mm)
    return replace(figure, width_px=paper.width_px, height_px=paper.height_px, **values)


@pytest.mark.parametrize("width_mm", [85, 120, 170, 250])
def test_plots_take_at_least_60_percent_of_the_width(figure, width_mm):
    layout = lay_out(sized(figure, width_mm))
    assert layout.columns.width_px >= 0.6 * layout.width_px


@pytest.mark.parametrize("width_mm", [60, 85, 170])
def test_no_name_runs_over_an_axis_or_off_the_paper(figure, width_mm):
    layout = lay_out(sized(figure, width_mm))
    for head, rect in zip(layout.heads, layout.rects, strict=True):
        for piece in head.pieces:
            above = piece.y_px + 6 <= rect.top()
            right = layout.width_px - MARGIN_PX / 2 if above else rect.left() - 40
            assert piece.x_px + piece.width_px <= right, piece.text
    drawn = [piece.text for head in layout.heads for piece in head.pieces]
    assert LONG not in drawn or width_mm > 85, "long names are cut in the middle"


def test_the_heads_stand_above_narrow_lanes_without_touching_them(figure):
    layout = lay_out(sized(figure, 85))
    bottoms = [layout.rects[k - 1].bottom() if k else 0.0 for k in range(len(layout.rects))]
    for head, rect, bottom in zip(layout.heads, layout.rects, bottoms, strict=True):
        ys = [piece.y_px for piece in head.pieces]
        assert bottom < min(ys) <= max(ys) < rect.top()


@pytest.mark.parametrize("width_mm", [60, 85, 170])
def test_the_provenance_is_printed_in_full(figure, width_mm):
    layout = lay_out(sized(figure, width_mm))
    assert " ".join(layout.caption).split() == " ".join(CAPTION).split()
    metrics = QFontMetrics(font(11))
    assert all(metrics.horizontalAdvance(line) <= layout.width_px - 12 for line in layout.caption)


def test_a_chosen_height_is_met(figure):
    layout = lay_out(sized(figure, 85, 150))
    assert layout.height_px == pytest.approx(150 / 25.4 * 96, abs=1)
    taller = lay_out(sized(figure, 85, 220))
    assert taller.rects[0].height() > layout.rects[0].height()
    tiny = lay_out(sized(figure, 85, 10))
    assert all(rect.height() >= 24 for rect in tiny.rects)


def test_lanes_are_left_out(figure):
    shown = replace(figure, hidden=frozenset({"conv4", "fc"}))
    assert [one.key for one in shown.lanes] == ["out", "conv3"]
    assert len(lay_out(shown).rects) == 2


def test_a_legend_wraps_inside_its_plot(qapp):
    curves = tuple(Curve(bump("conv3", 0.5), key=k, name=f"Conv{k}", label=f"Conv{k} ×10") for k in range(6))
    shown = lane("out", curves=curves)
    rect = QRectF(0, 0, 200, 92)
    entries = legend_entries(rect, shown)
    assert len({entry.place.top() for entry in entries}) > 1
    assert all(rect.contains(entry.place) for entry in entries)


def test_without_a_cursor_no_time_and_no_value_is_printed(figure):
    read = replace(figure.stack.lanes[0], readings={"pitch": 123.4})
    bare = replace(figure, stack=replace(figure.stack, lanes=(read,), cursor_s=None))
    assert bare.lanes[0].readings == {}
    marked = replace(bare, stack=replace(bare.stack, cursor_s=0.4))
    assert marked.lanes[0].readings == {"pitch": 123.4}
    hidden = replace(marked, marks=False)
    assert hidden.shown_marks.cursor_s is None
    assert lay_out(hidden).rects[0].top() < lay_out(marked).rects[0].top()
    selected = replace(bare, stack=replace(bare.stack, selection=Range(0.1, 0.2)))
    assert selected.shown_marks.selection == Range(0.1, 0.2)


def test_a_time_at_the_edge_stays_on_the_paper(figure):
    """Drawn in the middle of its line, a time at the end of the sound would be cut off."""
    at_end = sized(replace(figure, stack=replace(figure.stack, cursor_s=1.0239)), 85)
    image = render(at_end, 96)
    rows = range(round(lay_out(at_end).rects[0].top()))
    edge = [image.pixelColor(x, y).lightness() for x in range(image.width() - 5, image.width()) for y in rows]
    assert min(edge) > 200


@pytest.fixture
def dialog(qtbot, figure) -> FigureDialog:
    made = FigureDialog(figure, Paper())
    qtbot.addWidget(made)
    return made


def test_the_dialog_tells_each_change(dialog):
    told = []
    dialog.changed.connect(told.append)
    dialog.lanes.item(1).setCheckState(dialog.lanes.item(1).checkState().Unchecked)
    assert told[-1].hidden == frozenset({"conv4"})
    dialog.height_field.setValue(120)
    assert told[-1].height_px == pytest.approx(120 / 25.4 * 96)
    dialog.preview.placed.emit(Spot(0.5, "out", 0.5), Spot(0.6, "out", 0.2))
    assert told[-1].notes == (Note("", Spot(0.5, "out", 0.5), Spot(0.6, "out", 0.2)),)


def test_a_note_outside_the_picture_is_kept_and_said(qtbot, figure):
    noted = replace(figure, notes=(Note("burst", Spot(0.5, "conv4", 0.5)),), hidden=frozenset({"conv4"}))
    dialog = FigureDialog(noted, Paper())
    qtbot.addWidget(dialog)
    assert dialog.notes.item(0).text() == "burst · 0.500 s (not in this picture)"
