"""Edits of layers in words, and the range of time that they change."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from core.networks.latent import LatentLayout
from core.probing.surgery import (
    Copy,
    Fill,
    FromPoint,
    Hold,
    LayerEdit,
    Move,
    Multiply,
    Replace,
    Shift,
    WeightColumn,
)
from core.signals.axis import Range, TimeAxis


def cut_window(edit: LayerEdit, axis: TimeAxis) -> Range:
    """Return the time range that an edit changes: half a step around its first and its last sample."""
    last = axis.n if edit.last is None else min(edit.last, axis.n)
    half = 0.5 * axis.step_s
    start_s = axis.seconds(edit.first) - half
    return Range(start_s, max(start_s, axis.seconds(last - 1) + half))


def action_words(edit: LayerEdit, axis: TimeAxis, layout: LatentLayout | None = None) -> str:
    """Return what an edit does in a word or two.

    >>> action_words(LayerEdit("conv1", Fill()), TimeAxis(100.0, 8))
    'Silence'
    >>> action_words(LayerEdit("conv1", Move(-2)), TimeAxis(100.0, 8))
    'Moved −20 ms'
    """
    return _WORDS[type(edit.action)](edit.action, axis, layout).replace("-", "−")


def channel_words(edit: LayerEdit) -> str:
    """Return which maps an edit changes.

    >>> channel_words(LayerEdit("a", Fill(), (2,))), channel_words(LayerEdit("a", Fill()))
    ('map 3', 'all maps')
    """
    if not edit.channels:
        return "all maps"
    return f"map {edit.channels[0] + 1}" if len(edit.channels) == 1 else f"{len(edit.channels)} maps"


def _fill(action: Fill, axis: TimeAxis, layout: LatentLayout | None) -> str:
    return "Silence" if action.value == 0 else f"Set to {action.value:.4g}"


def _column(action: WeightColumn, axis: TimeAxis, layout: LatentLayout | None) -> str:
    names = layout.names() if layout is not None else ()
    known = action.variable < len(names)
    return f"Weights of {names[action.variable] if known else f'variable {action.variable + 1}'}"


_WORDS: Mapping[type[Any], Callable[[Any, TimeAxis, LatentLayout | None], str]] = {
    Fill: _fill,
    Multiply: lambda action, axis, layout: f"×{action.factor:.4g}",
    Shift: lambda action, axis, layout: f"{action.amount:+.4g}",
    Move: lambda action, axis, layout: f"Moved {1e3 * action.by * axis.step_s:.4g} ms",
    Hold: lambda action, axis, layout: "Hold",
    Copy: lambda action, axis, layout: f"Copy from {axis.seconds(action.begin):.4f} s",
    FromPoint: lambda action, axis, layout: f"From {action.name or 'another point'}",
    WeightColumn: _column,
    Replace: lambda action, axis, layout: "Replaced",
}
