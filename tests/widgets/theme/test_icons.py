"""Icons come from their font, in the colour asked for, and every name is really in it."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from PySide6.QtGui import QColor, QFontDatabase, QRawFont

from widgets.theme.icons import GLYPHS, family, font_path, icon


def test_every_icon_is_in_the_font(qtbot):
    raw = QRawFont(str(font_path()), 16)
    assert [name for name, glyph in GLYPHS.items() if not raw.supportsCharacter(glyph)] == []
    assert family() in QFontDatabase.families()


@pytest.mark.parametrize("name", ["play-fill", "dice-five"])
def test_an_icon_has_the_colour_of_the_theme(qtbot, name):
    image = icon(name, QColor("#00677a"), 16, 1.0).pixmap(16, 16).toImage()
    inked = [image.pixelColor(x, y) for x in range(16) for y in range(16)]
    darkest = max(inked, key=lambda colour: colour.alpha())
    assert darkest.alpha() > 100
    assert abs(darkest.green() - 0x67) < 12


def test_the_names_agree_with_qtawesomes_own_map():
    path = font_path()
    assert path is not None
    names = path.with_name(path.name.replace("phosphor", "phosphor-charmap")).with_suffix(".json")
    known = json.loads(names.read_text())
    assert {name: int(known[name], 16) for name in GLYPHS} == GLYPHS


def test_icons_do_not_pay_for_importing_qtawesome():
    code = "import sys, widgets.theme.icons as i; i.font_path(); print('qtawesome' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
