"""Colour ramps for pictures of numbers: sequential for sizes, diverging for values with a sign."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtGui import QColor

from widgets.theme.theme import Theme

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SIGNED = {
    "light": (("4A2B8F", "8F3B00"), ("7E62C9", "B85A0C")),
    "dark": (("B9A5FF", "FFB066"), ("A78DFF", "F08A2E")),
}
"""Against and for: as text, and as bars."""

Stops = tuple[tuple[float, str], ...]
COLOURS = 256

_PLACES = (-1.0, -0.6, -0.24, 0.0, 0.24, 0.6, 1.0)
_DIVERGING = {
    "light": ("3B2384", "7E62C9", "C9BFEA", "FFFFFF", "F3B983", "B85A0C", "5E2500"),
    "dark": ("E4DCFF", "A78DFF", "4B3A8C", "121417", "6E3A10", "F08A2E", "FFE2C4"),
}
_SEQUENTIAL = {
    "light": ("FFFFFF", "C3CFE0", "7E95B6", "425C82", "14233C"),
    "dark": ("121417", "2A3A54", "56739C", "9DB3D3", "EAF0F8"),
}


_FOR, _AGAINST = {"light": "8F3B00", "dark": "FFB066"}, {"light": "4A2B8F", "dark": "B9A5FF"}


def for_colour(theme: Theme) -> QColor:
    """Return the colour of text and lines about what speaks for a target."""
    return QColor("#" + _FOR[_shade(theme)])


def against_colour(theme: Theme) -> QColor:
    """Return the colour of text and lines about what speaks against a target."""
    return QColor("#" + _AGAINST[_shade(theme)])


def sequential(theme: Theme) -> NDArray[np.uint32]:
    """Return 256 ARGB colours from none to the most; the first is the surface of a plot."""
    return _sequential(_shade(theme))


def diverging(theme: Theme) -> NDArray[np.uint32]:
    """Return 256 ARGB colours from the most negative to the most positive value, 0 between both halves."""
    return _diverging(_shade(theme))


def in_favour(theme: Theme, positive: bool, bar: bool = False) -> QColor:
    """Return the colour of what speaks for something, or against it, as text or as a bar."""
    return QColor("#" + _SIGNED[_shade(theme)][bar][positive])


def _shade(theme: Theme) -> str:
    return "dark" if theme.name == "dark" else "light"


@cache
def _sequential(shade: str) -> NDArray[np.uint32]:
    stops = _SEQUENTIAL[shade]
    return _ramp(tuple(zip(np.linspace(0, 1, len(stops)).tolist(), stops, strict=True)))


@cache
def _diverging(shade: str) -> NDArray[np.uint32]:
    return _ramp(tuple(((place + 1) / 2, one) for place, one in zip(_PLACES, _DIVERGING[shade], strict=True)))


def _ramp(stops: Stops) -> NDArray[np.uint32]:
    """Return the colours between stops at places from 0 to 1, mixed linearly."""
    places = [place for place, _ in stops]
    steps = np.linspace(0, 1, COLOURS)
    channels = [[int(colour[k : k + 2], 16) for _, colour in stops] for k in (0, 2, 4)]
    red, green, blue = (np.rint(np.interp(steps, places, one)).astype(np.uint32) for one in channels)
    eight, sixteen = np.uint32(8), np.uint32(16)
    return np.asarray(np.uint32(0xFF000000) | (red << sixteen) | (green << eight) | blue, np.uint32)
