"""The palette of phonetic letters, the question for new tiers, and the tiers of a picture."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontInfo, QImage, QPainter, QRawFont
from PySide6.QtWidgets import QPushButton

from core.annotation.tiers import Tier
from core.signals.axis import Range
from tests.support.made_up import lane, view
from widgets.figures.figure import FigureView, lay_out, paint_figure
from widgets.theme.theme import PRINT, font
from widgets.tiers.ipa_palette import GROUPS, IpaPanel, LetterGrid
from widgets.tiers.new_tiers_dialog import NewTiersDialog
from widgets.tiers.painting import fitting, laid_out
from widgets.timeline.tier_views import TiersView

LEFT = Qt.MouseButton.LeftButton


def test_every_letter_of_the_palette_stands_there_once_and_has_a_glyph(stack):
    letters = [letter for _, group in GROUPS for letter in group]
    assert len(letters) == len(set(letters)) > 120
    assert QFontInfo(font(19, ipa=True)).family() == "Charis SIL"
    bundled = QRawFont.fromFont(font(19, ipa=True))
    assert [letter for letter in letters if not bundled.supportsCharacter(ord(letter))] == []


def test_a_click_wishes_the_letter_under_it_and_takes_no_focus(qtbot, stack):
    panel = IpaPanel()
    qtbot.addWidget(panel)
    panel.show()
    wished: list[str] = []
    panel.letter_wanted.connect(wished.append)
    grid = panel.findChildren(LetterGrid)[0]
    for index in (0, 9):
        qtbot.mouseClick(grid, LEFT, pos=grid.cell(index).center().toPoint())
    assert wished == [grid.letters[0], grid.letters[9]]
    assert not grid.hasFocus()


def test_the_palette_asks_to_be_closed(qtbot, stack):
    panel = IpaPanel()
    qtbot.addWidget(panel)
    with qtbot.waitSignal(panel.close_wanted):
        next(
            b for b in panel.children() if b.isWidgetType() and b.accessibleName() == "Close the palette"
        ).click()


def test_names_become_tiers(qtbot, stack):
    dialog = NewTiersDialog()
    qtbot.addWidget(dialog)
    made: list[tuple] = []
    dialog.tiers_wanted.connect(lambda *names: made.append(names))
    dialog.points.setText(" tones  bells ")
    next(b for b in dialog.findChildren(QPushButton) if b.text() == "Create tiers").click()
    assert made == [(("phones", "words"), ("tones", "bells"))]


def test_a_label_in_trigraphs_is_painted_as_letters(stack):
    assert laid_out(r"\sw\:f", 19)[1] == laid_out("əː", 19)[1]


def test_a_label_shrinks_before_it_is_shortened_and_goes_before_it_is_a_dot(stack):
    widths = {size: laid_out("AH0", size)[1] for size in (19, 16, 13, 11)}
    assert fitting("AH0", 60, True) == ("AH0", 19)
    assert fitting("AH0", int(widths[16]) + 1, True) == ("AH0", 16)
    assert fitting("AH0", int(widths[11]) + 1, True) == ("AH0", 11)
    assert fitting("AH0AH0AH0", int(widths[11]) + 1, True)[0].endswith("…")
    assert fitting("AH0", 4, True)[0] == ""


# --- pictures

PHONES = Tier("phones", "interval", 0.0, 1.024, (0.0, 0.3, 1.024), ("a", "ə"))


def figure(elsewhere: str = "") -> FigureView:
    tiers = TiersView((PHONES,), 0, elsewhere)
    return FigureView(view(lane("out"), tiers=tiers, visible=Range(0.0, 1.024)))


def painted(shown: FigureView) -> np.ndarray:
    layout = lay_out(shown)
    image = QImage(round(layout.width_px), round(layout.height_px), QImage.Format.Format_RGB888)
    painter = QPainter(image)
    paint_figure(painter, shown, PRINT)
    painter.end()
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : image.width() * 3].reshape(image.height(), image.width(), 3).astype(int)


def test_a_picture_has_the_tiers_in_its_columns_and_in_ink(stack):
    shown = figure()
    layout = lay_out(shown)
    assert layout.ruler_px > layout.tiers[0].bottom() > layout.rects[-1].bottom()
    row = painted(shown)[round(layout.tiers[0].top()) + 4]
    place = layout.columns.x(0.3)
    black = np.flatnonzero((row == 0).all(1))
    assert black.tolist() == pytest.approx([int(place) - 1, int(place), int(place) + 1])


def test_tiers_of_another_point_are_in_no_picture(stack):
    assert lay_out(figure("These tiers belong to another point")).tiers == ()
