"""All colours and fonts of the window; no other file defines any."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from string import Template
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

TEXT_FAMILIES = ["Inter", "Segoe UI", ".AppleSystemUIFont", "Noto Sans", "DejaVu Sans"]
IPA_FAMILIES = ["Charis SIL", "Doulos SIL", "Gentium Plus", "Noto Serif", "DejaVu Serif"]
FONT_FILES = ("Inter-Regular.otf", "Inter-Medium.otf", "Inter-SemiBold.otf", "CharisSIL-Regular.ttf")
# Eleven equal steps of matplotlib's plasma (Smith and van der Walt, CC0).
_PLASMA = (
    "0D0887", "41049D", "6A00A8", "8F0DA4", "B12A90", "CC4778",
    "E16462", "F2844B", "FCA636", "FCCE25", "F0F921",
)  # fmt: skip
_NETWORK = {
    "light": ("FFFFFF", "C3CFE0", "7E95B6", "425C82", "14233C"),
    "dark": ("121417", "2A3A54", "56739C", "9DB3D3", "EAF0F8"),
}  # five equal steps of a network's activation: grey is sound, blue-grey is the network
_OVERLAYS = {
    "pitch": "pitch",
    "formants": "formant",
    "intensity": "intensity",
    "spectrogram": "ink2",
    "pulses": "line2",
}


@dataclass(frozen=True, eq=False)
class Theme:
    """A colour theme; colours are named by their purpose."""

    name: str
    chrome: QColor
    panel: QColor
    plot: QColor
    plot_off: QColor
    hover: QColor
    bar: QColor
    bar_hover: QColor
    grid: QColor
    line: QColor
    line2: QColor
    edge: QColor
    ink: QColor
    ink2: QColor
    ink3: QColor
    accent: QColor
    on_accent: QColor
    accent_weak: QColor
    sound: QColor
    curve: QColor
    ghost: QColor
    cursor: QColor
    sel: QColor
    bar_time: QColor
    tier_sel: QColor
    tier_both: QColor
    warn: QColor
    warn_weak: QColor
    pitch: QColor
    formant: QColor
    intensity: QColor
    halo: QColor
    quiet: QColor
    loud: QColor

    @property
    def is_print(self) -> bool:
        return self.name == "print"

    def overlay(self, measure: str) -> QColor:
        """Return the colour of a measure ("pitch", "formants", "intensity", "spectrogram", "pulses")."""
        colour: QColor = getattr(self, _OVERLAYS[measure])
        return colour

    def step(self, share: float) -> QColor:
        """Return the colour at 0..1 of a series: the legible part of the plasma colour map."""
        low, high = (0.4, 1.0) if self.name == "dark" else (0.0, 0.62)
        place = (low + (high - low) * min(max(share, 0.0), 1.0)) * (len(_PLASMA) - 1)
        first = min(int(place), len(_PLASMA) - 2)
        near, far = (QColor("#" + _PLASMA[first + k]) for k in (0, 1))
        pairs = ((near.red(), far.red()), (near.green(), far.green()), (near.blue(), far.blue()))
        return QColor(*(round(start + (end - start) * (place - first)) for start, end in pairs))

    def ramp(self) -> NDArray[np.uint32]:
        """Return 256 ARGB colours from the quietest to the loudest grey of a spectrogram."""
        import numpy as np  # the window stands before numpy is imported

        ends = np.array([[c.red(), c.green(), c.blue()] for c in (self.quiet, self.loud)], dtype=np.float64)
        steps = np.linspace(0.0, 1.0, 256)[:, None]
        rgb = np.rint(ends[0] * (1 - steps) + ends[1] * steps).astype(np.uint32)
        return np.uint32(0xFF000000) | (rgb[:, 0] << 16) | (rgb[:, 1] << 8) | rgb[:, 2]

    def network_ramp(self) -> NDArray[np.uint32]:
        """Return 256 ARGB colours for the activation of a network's channels, from none to the most."""
        import numpy as np

        steps = [QColor("#" + colour) for colour in _NETWORK["dark" if self.name == "dark" else "light"]]
        stops = np.array([[c.red(), c.green(), c.blue()] for c in steps], dtype=np.float64)
        places = np.linspace(0, len(steps) - 1, 256)
        at = np.arange(len(steps))
        mixed: NDArray[np.float64] = np.stack([np.interp(places, at, stops[:, k]) for k in range(3)], 1)
        rgb = np.rint(mixed).astype(np.uint32)
        colours = np.uint32(0xFF000000) | (rgb[:, 0] << 16) | (rgb[:, 1] << 8) | rgb[:, 2]
        return colours.astype(np.uint32)


def _theme(name: str, sel: tuple[str, float], **colours: str) -> Theme:
    """Build a theme from hexadecimal colours; `sel` is a colour and its opacity."""
    shade = QColor("#" + sel[0])
    shade.setAlphaF(sel[1])
    return Theme(name=name, sel=shade, **{key: QColor("#" + value) for key, value in colours.items()})


_LIGHT = {
    "chrome": "F1F2F4", "panel": "FAFAFB", "plot": "FFFFFF", "plot_off": "ECEEF0", "hover": "E4E7EA",
    "bar": "C9CDD2", "bar_hover": "B9BEC5", "grid": "EDEFF1", "line": "DCDFE3", "line2": "C3C8CE",
    "edge": "838B95", "ink": "16191D", "ink2": "434A53", "ink3": "5C646E", "accent": "00677A",
    "on_accent": "FFFFFF", "accent_weak": "DCEEF1", "sound": "00677A", "curve": "2E343B", "ghost": "8B939D",
    "cursor": "BE0A2C", "bar_time": "10309A", "tier_sel": "FFF0A0", "tier_both": "FFD9A0", "warn": "7A4B00",
    "warn_weak": "FFF3D6", "pitch": "0A4BD6", "formant": "E2401C", "intensity": "00694A", "halo": "FFFFFF",
    "quiet": "FFFFFF", "loud": "0C0E11",
}  # fmt: skip
_DARK = {
    "chrome": "191B1F", "panel": "1F2226", "plot": "121417", "plot_off": "1D2024", "hover": "2A2E33",
    "bar": "3A3F46", "bar_hover": "474D55", "grid": "1E2125", "line": "2D3136", "line2": "3D4249",
    "edge": "727A84", "ink": "E9EBEE", "ink2": "B9BFC7", "ink3": "9AA1AA", "accent": "52C4D2",
    "on_accent": "0B1517", "accent_weak": "173A40", "sound": "5CC8D6", "curve": "C9CED4", "ghost": "646B74",
    "cursor": "FF7A85", "bar_time": "A9C8FF", "tier_sel": "57501F", "tier_both": "6A4A26", "warn": "F2C572",
    "warn_weak": "3A2F17", "pitch": "6FB1FF", "formant": "FF7A52", "intensity": "6EE7B7", "halo": "0C0E10",
    "quiet": "121417", "loud": "ECEEF1",
}  # fmt: skip
_PAPER = dict.fromkeys(("chrome", "panel", "plot", "plot_off", "hover", "bar", "bar_hover"), "FFFFFF")
_INK = dict.fromkeys(("ink", "sound", "curve"), "000000") | dict.fromkeys(("ink2", "ink3"), "2B2B2B")
_RULES = dict.fromkeys(("line", "line2", "edge"), "BFBFBF")

LIGHT = _theme("light", ("D61E3C", 0.12), **_LIGHT)
DARK = _theme("dark", ("FF6E7D", 0.17), **_DARK)
PRINT = _theme("print", ("D61E3C", 0.0), **{**_LIGHT, **_PAPER, **_INK, **_RULES, "cursor": "B00020"})


def load_fonts() -> None:
    """Load the bundled fonts into Qt; needs a running QApplication, and may be called repeatedly."""
    for name in FONT_FILES:
        if QFontDatabase.addApplicationFont(str(files("resources.fonts") / name)) < 0:
            raise FileNotFoundError(f"resources/fonts/{name} cannot be read as a font")


@lru_cache(maxsize=128)
def font(
    size_px: int, weight: int = 400, *, numbers: bool = False, ipa: bool = False, italic: bool = False
) -> QFont:
    """Return the font of a size and weight; `numbers` selects tabular figures, `ipa` phonetic letters."""
    made = QFont()
    made.setFamilies(IPA_FAMILIES if ipa else TEXT_FAMILIES)
    made.setPixelSize(size_px)
    made.setWeight(QFont.Weight(weight))
    made.setItalic(italic)
    made.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    if numbers:
        made.setFeature(QFont.Tag("tnum"), 1)
    return made


def _faded(colour: QColor) -> QColor:
    """Return a colour with the low contrast of disabled text."""
    faded = QColor(colour)
    faded.setAlphaF(0.35)
    return faded


def style_sheet(theme: Theme) -> str:
    """Return the style sheet of the standard widgets in the colours of a theme."""
    colours = {key: value.name() for key, value in vars(theme).items() if isinstance(value, QColor)}
    icons = files("resources") / "icons"
    shade = "dark" if theme.name == "dark" else "light"
    template = (files("resources") / "style.qss").read_text(encoding="utf-8")
    marks = {mark: f"{icons}/{mark}-{shade}.svg" for mark in ("caret", "check", "tick")}
    return Template(template).substitute(colours, **marks)


def palette(theme: Theme) -> QPalette:
    """Return the palette, for widgets that the style sheet does not reach."""
    made = QPalette()
    roles = QPalette.ColorRole
    for role, colour in {
        roles.Window: theme.chrome, roles.WindowText: theme.ink,
        roles.Base: theme.panel, roles.Text: theme.ink,
        roles.AlternateBase: theme.plot_off, roles.Button: theme.panel, roles.ButtonText: theme.ink,
        roles.Highlight: theme.accent, roles.HighlightedText: theme.on_accent, roles.ToolTipBase: theme.panel,
        roles.ToolTipText: theme.ink, roles.PlaceholderText: theme.ink3, roles.Link: theme.accent,
        roles.Light: theme.line, roles.Mid: theme.line2, roles.Dark: theme.edge,
    }.items():  # fmt: skip
        made.setColor(role, colour)
    for role in (roles.WindowText, roles.Text, roles.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, role, _faded(theme.ink))
    return made


def desktop_is_dark() -> bool:
    """Return whether the desktop prefers dark colours."""
    return QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark


def named(name: str) -> Theme:
    """Return the theme of a preference: "light", "dark", or "system" for that of the desktop."""
    return DARK if name == "dark" or (name == "system" and desktop_is_dark()) else LIGHT


def apply(app: QApplication, theme: Theme) -> None:
    """Apply fonts, palette and style sheet to the whole application."""
    if app.property("phonoscope_fonts") is None:
        load_fonts()
        app.setProperty("phonoscope_fonts", True)
        app.setStyle("Fusion")
    sheet = style_sheet(theme)
    if app.styleSheet() == sheet:
        return  # Qt would polish all widgets again even for the same sheet
    app.setFont(font(12))
    app.setPalette(palette(theme))
    app.setStyleSheet(sheet)
