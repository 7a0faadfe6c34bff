"""Interval and Boundary: Praat's menus and keys for cutting tiers."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

from app.annotation.tier_commands import can_change, can_change_tier, change, has_tier, type_here
from app.base.command_table import command
from core.analyses.contour_values import nearest_crossing
from core.annotation import editing as edits
from core.faults import Fault
from core.queries.queries import Answer
from core.signals.axis import Range

if TYPE_CHECKING:
    from app.shell.instrument import Instrument
    from app.shell.window import Window
    from core.annotation.tiers import Annotation


# --- Interval


def _interval_on(place: int) -> None:
    def run(window: Window) -> None:
        at = window.on.tier_editor.at
        change(window, "interval", lambda note, own: edits.add_interval(note, own, at), place)
        window.on.tier_editor.choose(place)
        type_here(window)

    run.__doc__ = f"Put boundaries at both ends of the selection on tier {place + 1}."
    command(
        f"interval.add_{place + 1}",
        f"Add interval on tier {place + 1}",
        "Interval",
        f"Ctrl+{place + 1}",
        _has_place(place),
    )(run)


def _has_place(place: int) -> Callable[[Instrument], bool]:
    def has(on: Instrument) -> bool:
        group = on.tier_editor.group_at(place)
        return group is not None and group.own

    return has


for _place in range(8):
    _interval_on(_place)


@command("interval.label", "Write the label", "Interval", "Ctrl+Return", can_change_tier, separator=True)
def write_label(window: Window) -> None:
    """Open the field for the label of the chosen interval or point."""
    window.stack.tiers.edit_chosen()


def _interval_query(id: str, title: str, value: Callable[[Range], float], separator: bool = False) -> None:
    def run(window: Window) -> None:
        annotating = window.on.tier_editor
        tier, index = annotating.tier, annotating.index
        if tier is None or index is None:
            window.on.messages.noted.emit("No interval is chosen: click one first")
            return
        where, label = tier.range_of(index), tier.labels[index]
        words = f"{title.removeprefix('Get ').capitalize()} “{label}”"
        answer = Answer(tier.name, words, where.start_s, where.end_s, value(where), "s", digits=6)
        window.dock_view.queries.tell(window.on.session.active, answer)

    run.__doc__ = f"Put the {title.removeprefix('Get ')} into the results."
    command(f"interval.{id}", title, "Interval", "", has_tier, separator=separator)(run)


_interval_query("start", "Get starting point of interval", lambda where: where.start_s, True)
_interval_query("end", "Get end point of interval", lambda where: where.end_s)
_interval_query("duration", "Get duration of interval", lambda where: where.length_s)


# --- Boundary


@command("boundary.add", "Add on selected tier", "Boundary", "Return", can_change_tier, stack_only=True)
def add_on_chosen(window: Window) -> None:
    """Add a boundary, or a point, at the cursor or at both edges of the selection."""
    _add(window, window.on.session.tier)


def _add(window: Window, place: int) -> None:
    at = window.on.tier_editor.at
    change(window, "boundary", lambda note, own: _added(note, own, at), place)
    type_here(window)


def _added(note: Annotation, place: int, at: Range) -> Annotation:
    tier = note.tier(place)
    if at.length_s == 0:
        return edits.add_boundary(note, place, at.start_s)
    if tier.is_interval:
        return edits.add_interval(note, place, at)
    return edits.add_boundary(edits.add_boundary(note, place, at.start_s), place, at.end_s)


def _boundary_on(place: int) -> None:
    def run(window: Window) -> None:
        _add(window, place)
        window.on.tier_editor.choose(place)

    run.__doc__ = f"Add a boundary, or a point, on tier {place + 1}."
    key, title = f"Ctrl+F{place + 1}", f"Add on tier {place + 1}"
    command(f"boundary.add_{place + 1}", title, "Boundary", key, _has_place(place))(run)


for _place in range(8):
    _boundary_on(_place)


@command("boundary.add_all", "Add on all tiers", "Boundary", "Ctrl+F9", can_change)
def add_on_all(window: Window) -> None:
    """Add a boundary, or a point, on every tier that has none there."""
    at = window.on.tier_editor.at

    def edit(note: Annotation, chosen: int) -> Annotation:
        missing = [k for k, tier in enumerate(note.tiers) if not tier.has(at.start_s)]
        if not missing:
            raise Fault(f"Every tier already has a boundary at {at.start_s:.6f} s.")
        for place in missing:
            note = edits.add_boundary(note, place, at.start_s)
        return note

    change(window, "boundaries", edit)
    type_here(window)


@command(
    "boundary.to_zero",
    "Move to nearest zero crossing",
    "Boundary",
    "",
    can_change_tier,
    separator=True,
)
def to_zero(window: Window) -> None:
    """Move the chosen boundary or point to where the output, or the recording, next passes through 0."""
    group, session = window.on.tier_editor.group, window.on.session
    output = session.card.output if session.card else session.active
    track = session.shown.tracks.get(group.key or output) if group else None
    if track is not None:
        _move(window, lambda time_s: nearest_crossing(track, time_s))


@command("boundary.to_tier", "Move to nearest boundary of another tier", "Boundary", "", can_change_tier)
def to_tier(window: Window) -> None:
    """Move the chosen boundary or point to the nearest one of another tier."""
    on = window.on
    tiers = on.tier_editor.tiers
    skip = frozenset({on.session.tier})
    _move(window, lambda time_s: edits.snapped(tiers, time_s, float("inf"), skip))


def _move(window: Window, to: Callable[[float], float]) -> None:
    """Move the boundary at the cursor or at the selection's start, the cursor with it."""
    on, at = window.on, window.on.tier_editor.at
    tier = on.tier_editor.tier
    if tier is None or not tier.has(at.start_s):
        on.messages.noted.emit("No boundary is chosen: click one first")
        return
    index, wanted_s = tier.nearest(at.start_s), to(at.start_s)
    if math.isnan(wanted_s):
        on.messages.noted.emit("This sound never passes through 0")
        return
    change(window, "move boundary", lambda note, own: edits.move_boundary(note, own, index, wanted_s))
    moved = on.tier_editor.tier
    if moved is not None:
        start_s = float(moved.times[index])
        on.session.set_selection(Range(start_s, max(start_s, at.end_s)) if at.length_s else None)
        if not at.length_s:
            on.session.set_cursor(start_s)


@command("boundary.remove", "Remove", "Boundary", "Alt+Backspace", can_change_tier)
def remove(window: Window) -> None:
    """Remove the chosen boundary or point: the one at the cursor or at the selection's start."""
    at = window.on.tier_editor.at
    change(window, "remove boundary", lambda note, place: edits.remove_boundary(note, place, at.start_s))
