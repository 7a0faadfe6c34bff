"""Colours, fonts and numbers against the design's own figures."""

import re
from importlib.resources import files
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QFontInfo, QFontMetricsF

from widgets.theme import theme as themes
from widgets.theme.praat_numbers import activation, copied, four_digits, seconds, short, signed
from widgets.theme.theme import DARK, LIGHT, PRINT, Theme


def luminance(colour: QColor) -> float:
    """Relative luminance by WCAG 2."""
    parts = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in colour.getRgbF()[:3]]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one: QColor, other: QColor) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


TEXT = [
    (ink, ground)
    for ink in ("ink", "ink2", "ink3", "accent", "cursor")
    for ground in ("chrome", "panel", "plot", "hover")
] + [
    ("ink", "bar"), ("bar_time", "bar"), ("on_accent", "accent"), ("accent", "accent_weak"),
    ("warn", "warn_weak"),
    ("pitch", "chrome"), ("intensity", "chrome"), ("ink", "tier_sel"), ("ink", "tier_both"),
]  # fmt: skip
GRAPHICS = [("edge", "panel"), ("sound", "plot"), ("curve", "plot"), ("curve", "plot_off"), ("ghost", "plot"),
            ("formant", "halo"), ("pitch", "halo"), ("intensity", "halo"), ("loud", "quiet")]  # fmt: skip


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
@pytest.mark.parametrize(("ink", "ground"), TEXT)
def test_text_can_be_read(theme: Theme, ink: str, ground: str):
    assert contrast(getattr(theme, ink), getattr(theme, ground)) >= 4.5


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
@pytest.mark.parametrize(("mark", "ground"), GRAPHICS)
def test_graphics_can_be_seen(theme: Theme, mark: str, ground: str):
    assert contrast(getattr(theme, mark), getattr(theme, ground)) >= 3.0


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_every_step_of_a_series_can_be_seen(theme: Theme):
    assert min(contrast(theme.step(k / 20), theme.plot) for k in range(21)) >= 3.0


def test_steps_are_plasmas():
    assert LIGHT.step(0.0).name() == "#0d0887"
    assert DARK.step(1.0).name() == "#f0f921"


def test_the_ramp_runs_from_quiet_to_loud():
    for theme in (LIGHT, DARK, PRINT):
        ramp = theme.ramp()
        assert ramp.shape == (256,)
        assert QColor.fromRgb(int(ramp[0])) == theme.quiet
        assert QColor.fromRgb(int(ramp[-1])) == theme.loud


def test_paper_has_no_surfaces():
    assert {getattr(PRINT, name).name() for name in ("chrome", "panel", "plot", "plot_off", "bar")} == {
        "#ffffff"
    }
    assert PRINT.curve.name() == PRINT.sound.name() == "#000000"


def test_the_bundled_fonts_are_used_in_three_weights(qtbot):
    themes.load_fonts()
    for weight in (400, 500, 600):
        found = QFontInfo(themes.font(12, weight))
        assert (found.family(), found.weight()) == ("Inter", weight)
    assert QFontInfo(themes.font(19, ipa=True)).family() == "Charis SIL"


def test_phonetic_letters_and_signs_are_in_the_fonts(qtbot):
    themes.load_fonts()
    metrics = QFontMetricsF(themes.font(19, ipa=True))
    assert all(metrics.inFontUcs4(ord(letter)) for letter in "ɛəʃŋɹʔˈːθðɑɔʊɪβɣχʁ̥̃")
    metrics = QFontMetricsF(themes.font(11))
    assert all(metrics.inFontUcs4(ord(letter)) for letter in "−×≤·–µ°→…“”é")


def test_figures_are_equally_wide(qtbot):
    themes.load_fonts()
    metrics = QFontMetricsF(themes.font(12, numbers=True))
    assert len({metrics.horizontalAdvance(digit * 10) for digit in "0123456789"}) == 1


def test_no_bundled_font_is_larger_than_a_megabyte(qtbot):
    sizes = {name: len((files("resources.fonts") / name).read_bytes()) for name in themes.FONT_FILES}
    assert max(sizes.values()) < 1_000_000
    assert sum(size for name, size in sizes.items() if name.startswith("Inter")) < 850_000


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_every_name_in_the_style_sheet_is_filled(theme: Theme):
    sheet = themes.style_sheet(theme)
    assert "$" not in sheet
    for picture in re.findall(r'url\("(.+?)"\)', sheet):
        assert Path(picture).read_text().startswith("<svg")


@pytest.mark.parametrize(("theme", "shade"), [(LIGHT, "light"), (DARK, "dark")])
def test_the_small_marks_have_the_colours_of_the_theme(theme: Theme, shade: str):
    for mark, token in (("caret", "ink2"), ("check", "on_accent"), ("tick", "accent")):
        drawn = (files("resources") / "icons" / f"{mark}-{shade}.svg").read_text()
        assert getattr(theme, token).name().upper() in drawn


def test_numbers_are_written_as_praat_does():
    assert (seconds(0.2623437), seconds(-1.0), seconds(float("nan"))) == ("0.262344", "−1.000000", "–")
    assert [four_digits(x) for x in (125.04, 78.666, 2350.0, 0.00871234, -0.6087)] == [
        "125.0", "78.67", "2350", "0.008712", "−0.6087",
    ]  # fmt: skip
    assert four_digits(9.99996) == "10.00"
    assert [activation(x) for x in (0.6425, -0.0093, 0.00001, 12.345)] == [
        "0.6425",
        "−0.0093",
        "1.000e−05",
        "12.35",
    ]
    assert [short(x) for x in (16000, 62.5, 7.8125, 1e-9, 10.0)] == ["16000", "62.5", "7.81", "0", "10"]
    assert copied(signed("-0.5")) == "-0.5"
