"""The frozen values of the dose-response beside a sweep."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class DoseLine:
    """One line: its name, and float64 [steps] of latent values, means and spreads (NaN for one draw)."""

    name: str
    places: Values
    mean: Values
    spread: Values
    is_output: bool = False


@dataclass(frozen=True, slots=True)
class DoseRow:
    """One row of the table: its cells, its share of the colour scale, and the step that a click goes to."""

    cells: tuple[str, ...]
    share: float | None = None
    step: int | None = None
    is_current: bool = False


@dataclass(frozen=True, eq=False)
class DoseView:
    """The plot and the table.

    `unit` is that of the measure, `across` what moves; `current` and `drawn` are latent values or None.
    `told` says how well layers follow the output, `note` what to be careful about, `refusals` what cannot be
    measured and why.
    """

    unit: str = ""
    across: str = ""
    lines: tuple[DoseLine, ...] = ()
    heads: tuple[str, ...] = ()
    rows: tuple[DoseRow, ...] = ()
    current: float | None = None
    drawn: float | None = None
    told: str = ""
    note: str = ""
    refusals: str = ""
    state: str = ""
    running: bool = False
