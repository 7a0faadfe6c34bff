"""Interval and Boundary commands: Praat's menus and keys for segmenting tiers."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

from app.annotation.tier_actions import TierActions
from app.annotation.tier_commands import can_change, can_change_tier
from app.annotation.tier_editor import TierEditor
from app.base.command_table import command
from app.base.messages import Messages
from core.analyses.contour_values import nearest_crossing
from core.annotation import editing as edits
from core.faults import Fault
from core.session.session import Session
from core.signals.axis import Range
from widgets.tiers.tiers import Tiers

if TYPE_CHECKING:
    from core.annotation.tiers import Annotation


# --- Interval


def _interval_on(place: int) -> None:
    def run(tier_actions: TierActions, tier_editor: TierEditor) -> None:
        at = tier_editor.at
        tier_actions.change("interval", lambda note, own: edits.add_interval(note, own, at), place)
        tier_editor.choose(place)
        tier_actions.type_here()

    run.__doc__ = f"Put boundaries at both ends of the selection on tier {place + 1}."
    command(
        f"interval.add_{place + 1}",
        f"Add interval on tier {place + 1}",
        "Interval",
        _has_place(place),
    )(run)


def _has_place(place: int) -> Callable[..., bool]:
    def has(tier_editor: TierEditor) -> bool:
        """That tier exists and can be edited."""
        group = tier_editor.group_at(place)
        return group is not None and group.own

    return has


for _place in range(8):
    _interval_on(_place)


@command("interval.label", "Write the label", "Interval", can_change_tier, separator=True)
def write_label(tiers: Tiers) -> None:
    """Open the label field of the chosen interval or point."""
    tiers.edit_chosen()


# --- Boundary


@command("boundary.add", "Add on selected tier", "Boundary", can_change_tier, stack_only=True)
def add_on_chosen(session: Session, tier_actions: TierActions, tier_editor: TierEditor) -> None:
    """Add a boundary or a point at the cursor, or boundaries at both edges of the selection."""
    _add(tier_editor, tier_actions, session.tier)


def _add(tier_editor: TierEditor, tier_actions: TierActions, place: int) -> None:
    at = tier_editor.at
    tier_actions.change("boundary", lambda note, own: _added(note, own, at), place)
    tier_actions.type_here()


def _added(note: Annotation, place: int, at: Range) -> Annotation:
    tier = note.tier(place)
    if at.length_s == 0:
        return edits.add_boundary(note, place, at.start_s)
    if tier.is_interval:
        return edits.add_interval(note, place, at)
    return edits.add_boundary(edits.add_boundary(note, place, at.start_s), place, at.end_s)


def _boundary_on(place: int) -> None:
    def run(tier_actions: TierActions, tier_editor: TierEditor) -> None:
        _add(tier_editor, tier_actions, place)
        tier_editor.choose(place)

    run.__doc__ = f"Add a boundary, or a point, on tier {place + 1}."
    title = f"Add on tier {place + 1}"
    command(f"boundary.add_{place + 1}", title, "Boundary", _has_place(place))(run)


for _place in range(8):
    _boundary_on(_place)


@command("boundary.add_all", "Add on all tiers", "Boundary", can_change)
def add_on_all(tier_actions: TierActions, tier_editor: TierEditor) -> None:
    """Add a boundary or a point on every tier that has none there."""
    at = tier_editor.at

    def edit(note: Annotation, chosen: int) -> Annotation:
        missing = [k for k, tier in enumerate(note.tiers) if not tier.has(at.start_s)]
        if not missing:
            raise Fault(f"Every tier already has a boundary at {at.start_s:.6f} s.")
        for place in missing:
            note = edits.add_boundary(note, place, at.start_s)
        return note

    tier_actions.change("boundaries", edit)
    tier_actions.type_here()


@command(
    "boundary.to_zero",
    "Move to nearest zero crossing",
    "Boundary",
    can_change_tier,
    separator=True,
)
def to_zero(messages: Messages, session: Session, tier_actions: TierActions, tier_editor: TierEditor) -> None:
    """Move the chosen boundary or point to the nearest zero crossing of the output or recording."""
    group, session = tier_editor.group, session
    shown = (group.key if group else None) or session.output or session.active
    track = session.shown.tracks.get(shown) if group and shown else None
    if track is not None:
        _move(tier_editor, tier_actions, session, messages, lambda time_s: nearest_crossing(track, time_s))


@command("boundary.to_tier", "Move to nearest boundary of another tier", "Boundary", can_change_tier)
def to_tier(messages: Messages, session: Session, tier_actions: TierActions, tier_editor: TierEditor) -> None:
    """Move the chosen boundary or point to the nearest one of another tier."""
    tiers = tier_editor.tiers
    skip = frozenset({session.tier})
    _move(
        tier_editor,
        tier_actions,
        session,
        messages,
        lambda time_s: edits.snapped(tiers, time_s, float("inf"), skip),
    )


def _move(
    tier_editor: TierEditor,
    tier_actions: TierActions,
    session: Session,
    messages: Messages,
    to: Callable[[float], float],
) -> None:
    """Move the boundary at the cursor or at the start of the selection, together with the cursor."""
    at = tier_editor.at
    tier = tier_editor.tier
    if tier is None or not tier.has(at.start_s):
        messages.noted.emit("No boundary is chosen: click one first")
        return
    index, wanted_s = tier.nearest(at.start_s), to(at.start_s)
    if math.isnan(wanted_s):
        messages.noted.emit("This sound never crosses zero")
        return
    tier_actions.change("move boundary", lambda note, own: edits.move_boundary(note, own, index, wanted_s))
    moved = tier_editor.tier
    if moved is not None:
        start_s = float(moved.times[index])
        session.set_selection(Range(start_s, max(start_s, at.end_s)) if at.length_s else None)
        if not at.length_s:
            session.set_cursor(start_s)


@command("boundary.remove", "Remove", "Boundary", can_change_tier)
def remove(tier_actions: TierActions, tier_editor: TierEditor) -> None:
    """Remove the chosen boundary or point, at the cursor or at the start of the selection."""
    at = tier_editor.at
    tier_actions.change("remove boundary", lambda note, place: edits.remove_boundary(note, place, at.start_s))
