"""The frozen values that the page of a search shows."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Array = NDArray[np.float32]


@dataclass(frozen=True)
class CellView:
    """One setting: its distance (None: not there yet, or nothing to compare with) and what is shown of it.

    `mark` is best, median or worst; `below` says that the distance lies under the noise floor; `shown` that
    the tiles show it.
    """

    key: tuple[int, int, int]
    value: float | None = None
    words: str = ""
    mark: str = ""
    below: bool = False
    shown: bool = False
    tip: str = ""


@dataclass(frozen=True)
class SettingsView:
    """The table of one direction: cells [steps][rates][penalties], and the noise floor in words."""

    title: str = ""
    formula: str = ""
    steps: tuple[int, ...] = ()
    rates: tuple[float, ...] = ()
    penalties: tuple[float, ...] = ()
    cells: tuple[CellView, ...] = ()
    floor: float | None = None
    floor_words: str = ""
    empty_words: str = ""


@dataclass(frozen=True, eq=False)
class TileView:
    """One example: its number, activation, waveform, log-mel picture [frames, bands] and foot."""

    key: str
    number: str
    value: str
    samples: Array
    mel: Array
    foot: str
    real: bool = False
    label: str = ""


@dataclass(frozen=True)
class TileRowView:
    """A row of examples with what is said at its left."""

    key: str
    title: str
    lines: tuple[str, ...] = ()
    strong: tuple[tuple[str, str], ...] = ()
    note: str = ""
    tiles: tuple[TileView, ...] = ()
    words: str = ""


@dataclass(frozen=True, eq=False)
class TrajectoryView:
    """The unit's value over the steps: curves [steps, restarts] of both directions, and the real excerpts."""

    title: str = "Activation over the steps"
    remark: str = ""
    up: Array = field(default_factory=lambda: np.empty((0, 0), np.float32))
    down: Array = field(default_factory=lambda: np.empty((0, 0), np.float32))
    marks: tuple[int, ...] = ()
    real: tuple[tuple[str, float, float], ...] = ()


@dataclass(frozen=True, eq=False)
class HistogramView:
    """Values as filled bars and as an outline, with their names and numbers."""

    filled: Floats
    outline: Floats
    filled_words: str = ""
    outline_words: str = ""
    remark: str = ""


@dataclass(frozen=True)
class AcousticRow:
    """One measure of generated and real sounds, as text."""

    name: str
    unit: str
    cells: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class FindingsView:
    """What stands at the right of the tiles."""

    acoustics_words: str = ""
    heads: tuple[str, ...] = ()
    rows: tuple[AcousticRow, ...] = ()
    histograms: tuple[HistogramView, ...] = ()
    diversity: tuple[tuple[str, float], ...] = ()
    tile_title: str = ""
    tile_value: str = ""
    tile_lines: tuple[str, ...] = ()
    may_open: bool = False
    nearest: tuple[tuple[str, str, str, Array], ...] = ()
    note: str = ""


@dataclass(frozen=True)
class ChoicesView:
    """What can be chosen at the left, and what is: pairs of keys and words."""

    networks: tuple[tuple[str, str], ...] = ()
    network: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    kinds: tuple[str, ...] = ("unit", "channel", "layer")
    kind: str = "unit"
    layers: tuple[tuple[str, str], ...] = ()
    layer: str = ""
    units: tuple[tuple[str, str], ...] = ()
    unit: str = ""
    channels: int = 0
    channel: int = 1
    value: str = "before"
    over: str = "mean"
    signs: tuple[int, ...] = (1, -1)
    priors: tuple[tuple[str, str], ...] = ()
    prior: str = ""
    prior_lines: tuple[str, ...] = ()
    codes: tuple[tuple[str, str], ...] = ()
    code: str = ""
    folder: str = ""
    top: int = 50
    steps: tuple[int, ...] = ()
    rates: tuple[float, ...] = ()
    penalties: tuple[float, ...] = ()
    restarts: int = 6
    seed: int = 1
    budget_words: str = ""
    running: bool = False
    progress: str = ""
    may_go_on: bool = False
    reason: str = ""
    lacks_prior: bool = False
