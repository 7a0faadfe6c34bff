"""The values of options, read from text or rejected in one sentence."""

from __future__ import annotations

import math
import re
from pathlib import Path

from core.analyses.overlay_names import OVERLAYS
from core.faults import Fault

FIGURES = (".png", ".svg", ".pdf")


def number(text: str) -> float:
    """Read a finite number, with either minus sign; raises Fault otherwise."""
    try:
        value = float(text.strip().replace("\u2212", "-"))
    except ValueError:
        raise Fault(f"“{text}” is not a number.") from None
    if not math.isfinite(value):
        raise Fault(f"“{text}” is not a finite number.")
    return value


def numbers(text: str) -> tuple[float, ...]:
    """Read numbers with commas between them."""
    return tuple(map(number, text.split(",")))


def seed(text: str) -> int:
    """Read a seed, a whole number from 0."""
    if not re.fullmatch(r"[0-9]{1,40}", text.strip()):
        raise Fault(f"“{text}” is not a seed.", "A seed is a whole number from 0.")
    return int(text)


def count(text: str) -> int:
    """Read a count, a whole number from 1."""
    if not re.fullmatch(r"[0-9]{1,9}", text.strip()) or int(text) == 0:
        raise Fault(f"“{text}” is not a number of points.", "Write a whole number from 1, such as 10.")
    return int(text)


def channel(text: str) -> int:
    """Read a channel number, counted from 1."""
    if not re.fullmatch(r"[0-9]{1,9}", text.strip()) or int(text) == 0:
        raise Fault(f"“{text}” is not a channel.", "Enter its number, such as 1.")
    return int(text)


def words(text: str) -> tuple[str, ...]:
    """Read words with commas between them."""
    return tuple(word.strip() for word in text.split(",") if word.strip())


def change(text: str) -> tuple[str, float]:
    """Read a change such as z11=-15."""
    name, equals, value = text.partition("=")
    if not equals:
        raise Fault(f"“{text}” does not set a latent variable.", "Enter its name and value: z11=-15.")
    return name.strip(), number(value)


def answer(text: str) -> tuple[str, str]:
    """Read an answer such as slope=0.2."""
    name, equals, value = text.partition("=")
    if not equals or not value.strip():
        raise Fault(f"“{text}” does not answer a question.", "Enter its name and the answer: slope=0.2.")
    return name.strip(), value.strip()


def stretch(text: str) -> tuple[float, float]:
    """Read a time range such as 0.1,0.5."""
    values = numbers(text)
    if len(values) != 2 or values[0] >= values[1]:
        raise Fault(f"“{text}” is not a time range.", "Enter start and end in seconds: 0.1,0.5.")
    return values[0], values[1]


def band(text: str) -> tuple[float, float]:
    """Read a frequency band such as 750,8000."""
    values = numbers(text)
    if len(values) != 2 or not 0 <= values[0] < values[1]:
        raise Fault(f"“{text}” is not a band.", "Enter its bottom and its top in Hz: 750,8000.")
    return values[0], values[1]


def measures(text: str) -> tuple[str, ...]:
    """Read the names of measures to show, with commas between them."""
    names = tuple(name.strip() for name in text.split(",") if name.strip())
    for name in names:
        if name not in OVERLAYS:
            raise Fault(f"“{name}” cannot be shown.", f"Choose among {', '.join(OVERLAYS)}.")
    return names


def figure(text: str) -> Path:
    """Read the name of a picture, whose suffix determines its format."""
    path = Path(text)
    if path.suffix.lower() not in FIGURES:
        raise Fault(
            f"“{text}” is not a valid name for a picture.", f"Use a name that ends in {', '.join(FIGURES)}."
        )
    return path
