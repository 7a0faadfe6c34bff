"""Numbers as displayed and as typed."""

from __future__ import annotations

import math
import re

from core.faults import Fault

MINUS = "−"


def number_text(value: float, decimals: int = 2) -> str:
    """Return a number with a true minus sign: two decimals, at most four digits, and never a false zero.

    >>> number_text(-0.5), number_text(0.004), number_text(-1234.5), number_text(-1234567.0)
    ('−0.50', '0.004', '−1234', '−1.235e+06')
    """
    if value == 0:
        plain = f"{0:.{decimals}f}"
    elif abs(value) >= 1e5 or abs(value) < 1e-4:
        plain = f"{value:.4g}"
    elif abs(value) < 0.5 * 10**-decimals:
        plain = f"{value:.2g}"
    else:
        plain = f"{value:.{shown_decimals(value, decimals)}f}"
    return plain.replace("-", MINUS)


def shown_decimals(value: float, decimals: int = 2) -> int:
    """Return the number of decimals to show: fewer beyond 100."""
    if abs(value) < 100:
        return decimals
    return max(0, decimals + 1 - math.floor(math.log10(abs(value))))


def exact_text(value: float) -> str:
    """Return all digits of a number, for editing and copying; integers have no decimal point."""
    return repr(int(value)) if value == int(value) and abs(value) < 1e15 else repr(float(value))


def read_number(text: str) -> float:
    """Read a real number, with a point or a comma, and either minus sign.

    Raises Fault if the text is not a number.
    """
    plain = text.strip().replace(MINUS, "-").replace("\u2009", "").replace(" ", "")
    if plain.count(",") == 1 and "." not in plain:
        plain = plain.replace(",", ".")
    value = float(plain) if re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", plain) else math.nan
    if not math.isfinite(value):
        raise Fault(f"“{text.strip()}” is not a number.", f"Enter one such as 0.5 or {MINUS}3.")
    return value
