"""The kept picture of a lane's overlays is the one that would be painted anew."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter, QPixmap

from core.signals.axis import Range
from tests.support.made_up import full_out, tone
from widgets.drawing import overlay_cache
from widgets.drawing.overlay_cache import OverlayLayer
from widgets.drawing.overlays import paint_overlays
from widgets.theme.theme import DARK, LIGHT
from widgets.timeline.columns import Columns
from widgets.timeline.lane_views import Curve

RECT = QRectF(0, 40, 600, 150)
COLUMNS = Columns(Range(0.1, 0.9), 0, 600)


def picture(paint, lane, columns=COLUMNS, theme=LIGHT) -> np.ndarray:
    made = QPixmap(600, 200)
    made.fill(QColor("white"))
    painter = QPainter(made)
    paint(painter, RECT, lane, columns, theme)
    painter.end()
    image = made.toImage().convertToFormat(made.toImage().Format.Format_RGB32)
    return np.frombuffer(image.constBits(), np.uint8).reshape(200, 600, 4)[..., :3].astype(int)


@pytest.fixture
def paintings(monkeypatch, qapp) -> list[object]:
    """Every painting of overlays from here on."""
    made: list[object] = []

    def counted(*values: object) -> None:
        made.append(values)
        paint_overlays(*values)

    monkeypatch.setattr(overlay_cache, "paint_overlays", counted)
    return made


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_the_kept_picture_is_the_painted_one(qapp, theme):
    lane = full_out()
    assert (picture(paint_overlays, lane, theme=theme) != 255).any()
    apart = np.abs(picture(OverlayLayer(), lane, theme=theme) - picture(paint_overlays, lane, theme=theme))
    assert apart.max() <= 4


def test_a_turned_knob_paints_no_overlay_anew(paintings):
    layer, lane = OverlayLayer(), full_out()
    fresh = picture(layer, lane)
    stale = picture(layer, replace(lane, stale=True, curves=(Curve(tone()),), spectrogram=None))
    assert len(paintings) == 1
    faded = 255 - stale
    assert (faded <= 255 - fresh).all()
    assert 0 < faded.max() < (255 - fresh).max()


@pytest.mark.parametrize(
    "change",
    [
        {"overlays": {}},
        {"shown": frozenset({"pitch"})},
        {"pitch_ceiling_hz": 900.0},
        {"view_high_hz": 3000.0},
        {"intensity_low_db": 20.0},
    ],
)
def test_what_changes_the_overlays_is_seen(qapp, change):
    layer, lane = OverlayLayer(), full_out()
    before = picture(layer, lane)
    assert (picture(layer, replace(lane, **change)) != before).any()


def test_another_window_is_painted_anew(paintings):
    layer, lane = OverlayLayer(), full_out()
    picture(layer, lane)
    picture(layer, lane, Columns(Range(0.2, 0.5), 0, 600))
    assert len(paintings) == 2
