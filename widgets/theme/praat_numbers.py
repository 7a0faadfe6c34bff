"""Numbers as Praat prints them: times with six decimals, values with four digits, U+2212 as minus."""

from __future__ import annotations

import math

MINUS = "−"
NONE = "–"


def signed(text: str) -> str:
    """Return `text` with the typographic minus (U+2212)."""
    return text.replace("-", MINUS)


def copied(text: str) -> str:
    """Return `text` with the ASCII minus, for other programs."""
    return text.replace(MINUS, "-")


def seconds(value_s: float) -> str:
    """Return a time with Praat's six decimals."""
    return signed(f"{value_s:.6f}") if math.isfinite(value_s) else NONE


def four_digits(value: float) -> str:
    """Return a value with four significant digits, and an exponent only below a ten-thousandth.

    >>> four_digits(-0.60874), four_digits(125.04), four_digits(12345.6)
    ('−0.6087', '125.0', '12346')
    """
    if not math.isfinite(value):
        return NONE
    if value == 0:
        return "0"
    places = 3 - math.floor(math.log10(abs(float(f"{value:.3e}"))))
    return signed(f"{value:.3e}" if places > 7 else f"{value:.{max(0, places)}f}")


def activation(value: float) -> str:
    """Return an amplitude or activation with four decimals, as on Praat's axes; more if it is tiny.

    >>> activation(0.0093), activation(-0.625), activation(12.5), activation(0.00001234)
    ('0.0093', '−0.6250', '12.50', '1.234e−05')
    """
    return signed(f"{value:.4f}") if 0.0001 <= abs(value) < 1 else four_digits(value)


def short(value: float) -> str:
    """Return a rate, gain or tick with at most two decimals and no trailing zeros.

    >>> short(16000.0), short(31.25), short(7.8125), short(0.5)
    ('16000', '31.25', '7.81', '0.5')
    """
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return signed(text) if text not in ("-0", "") else "0"


def short_rate(rate_hz: float) -> str:
    """Return a rate with its unit in as few letters as two or three digits need.

    >>> short_rate(2000.0), short_rate(5512.5), short_rate(500.0), short_rate(31.25), short_rate(7.8125)
    ('2 kHz', '5.51 kHz', '500 Hz', '31 Hz', '7.8 Hz')
    """
    if rate_hz >= 1000:
        return f"{rate_hz / 1000:.3g} kHz"
    return f"{rate_hz:.0f} Hz" if rate_hz >= 10 else f"{rate_hz:.1f} Hz"


def duration_words(duration_s: float) -> str:
    """Return a duration in words: `0.0625 ms`, `2.4 s`, `12 min 5 s`, `1 h 3 min`."""
    if duration_s < 1e-3:
        return f"{duration_s * 1e3:.3g} ms"
    if duration_s < 60:
        return f"{duration_s:.3g} s"
    minutes, seconds = divmod(round(duration_s), 60)
    hours, minutes = divmod(minutes, 60)
    parts = ((hours, "h"), (minutes, "min")) if hours else ((minutes, "min"), (seconds, "s"))
    return " ".join(f"{count} {unit}" for count, unit in parts if count)
