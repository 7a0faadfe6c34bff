"""Wiring between the tiers on screen and the session."""

from __future__ import annotations

from collections.abc import Callable

from psygnal import Signal

from app.annotation.tier_editor import ELSEWHERE, TierEditor
from app.annotation.tier_group import TierGroup
from app.base.context import Context
from core.annotation.editing import add_boundary, move_boundary, set_label
from core.session.session import Session, Snapshot
from widgets.tiers.tiers import Tiers
from widgets.timeline.tier_views import NO_TIERS, TiersView


def tiers_view(session: Session, tier_editor: TierEditor) -> TiersView:
    """Return what the stack shows of the tiers now."""
    groups = tier_editor.groups
    if not groups:
        return NO_TIERS
    away = next((group.last + 1 for group in groups if not group.own), 0)
    owners = tuple(group.name for group in groups for _ in group.kept.annotation.tiers)
    changed = tuple(
        words if place == 0 else ""
        for group, words in ((group, _changed(session, tier_editor, group)) for group in groups)
        for place, _ in enumerate(group.kept.annotation.tiers)
    )
    return TiersView(tier_editor.tiers, session.tier, ELSEWHERE if away else "", away, owners, changed)


def _changed(session: Session, tier_editor: TierEditor, group: TierGroup) -> str:
    """Return a note if the tiers, in their recording's own time, differ from their file, or ""."""
    kept = next((one for one in session.snapshot.tiers if one.owner == group.kept.owner), group.kept)
    return tier_editor.files.words(kept)


class TiersWiring:
    """Carries the user's actions on the tiers on screen to the tier editor.

    `changed` is emitted for other tiers, or for the same ones greyed at another point.
    """

    changed = Signal()

    def __init__(
        self, context: Context, tier_editor: TierEditor, tiers: Tiers, forget_note: Callable[[], None]
    ) -> None:
        self._session = context.session
        self._tier_editor = tier_editor
        self._forget_note = forget_note
        self._session.snapshot_changed.connect(self._snapshot_changed)
        tiers.tier_wanted.connect(tier_editor.choose)
        tiers.copy_wanted.connect(tier_editor.copy_here)
        tiers.boundary_wanted.connect(self._add)
        tiers.move_wanted.connect(self._move)
        tiers.move_given_up.connect(self._stay)
        tiers.label_wanted.connect(self._label)

    def _snapshot_changed(self, before: Snapshot, after: Snapshot) -> None:
        if before.tiers != after.tiers or (after.tiers and _moved(before, after)):
            self.changed.emit()

    def _add(self, place: int, time_s: float) -> None:
        self._tier_editor.change("boundary", lambda note, own: add_boundary(note, own, time_s), place=place)

    def _label(self, place: int, index: int, text: str) -> None:
        self._tier_editor.change("label", lambda note, own: set_label(note, own, index, text), place=place)

    def _move(self, place: int, index: int, time_s: float, together: bool, final: bool) -> None:
        """Move a boundary together with the cursor; a whole drag is one undo step, a refused one is none."""
        moved = self._tier_editor.change(
            MOVE, lambda note, own: move_boundary(note, own, index, time_s, together), final, place
        )
        if not moved:
            self._stay(place, index)
            return
        self._forget_note()  # that it was past its neighbour a moment ago
        self._follow(place, index)

    def _stay(self, place: int, index: int) -> None:
        """Put a boundary back to its place before the drag."""
        self._tier_editor.revert(MOVE)
        self._follow(place, index)

    def _follow(self, place: int, index: int) -> None:
        tiers = self._tier_editor.tiers
        if place < len(tiers) and index < len(tiers[place].times):
            self._session.set_cursor(float(tiers[place].times[index]))


def _moved(before: Snapshot, after: Snapshot) -> bool:
    return before.point != after.point or before.lanes != after.lanes


MOVE = "move boundary"

# The entries of a tier's context menu; "" is a line.
MENU = (
    "interval.label", "boundary.add", "boundary.remove", "boundary.to_zero", "boundary.to_tier", "",
    "tier.rename", "tier.duplicate", "tier.for_layer", "tier.clear", "tier.remove", "",
    "tier.add_interval", "tier.add_point", "textgrid.copy_here", "textgrid.letters",
)  # fmt: skip
