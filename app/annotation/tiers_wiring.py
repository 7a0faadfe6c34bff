"""Between the tiers on the screen and the session: two short lists, as in the window's wiring."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu

from app.annotation.tier_editor import ELSEWHERE, TierEditor
from app.annotation.tier_group import TierGroup
from app.recordings.open_recordings import PREFIX
from core.annotation.editing import add_boundary, move_boundary, set_label
from core.session.session import Session, Snapshot
from widgets.timeline.tier_views import NO_TIERS, TiersView

if TYPE_CHECKING:
    from app.shell.instrument import Instrument
    from app.shell.window import Window


def tiers_view(session: Session, tier_editor: TierEditor) -> TiersView:
    """Give what the stack shows of the tiers now."""
    groups = tier_editor.groups
    if not groups:
        return NO_TIERS
    away = next((group.last + 1 for group in groups if not group.own), 0)
    owners = tuple(group.key.removeprefix(PREFIX) for group in groups for _ in group.kept.annotation.tiers)
    changed = tuple(
        words if place == 0 else ""
        for group, words in ((group, _changed(session, tier_editor, group)) for group in groups)
        for place, _ in enumerate(group.kept.annotation.tiers)
    )
    return TiersView(tier_editor.tiers, session.tier, ELSEWHERE if away else "", away, owners, changed)


def _changed(session: Session, tier_editor: TierEditor, group: TierGroup) -> str:
    """Say where the tiers, at their recording's own time, are not those of their file."""
    kept = next((one for one in session.snapshot.tiers if one.owner == group.kept.owner), group.kept)
    return tier_editor.files.words(kept)


def connect(window: Window) -> None:
    """Connect the tiers and the palette, once."""
    on, tiers, annotating = window.on, window.stack.tiers, window.on.tier_editor
    on.session.snapshot_changed.connect(lambda before, after: _moment(window, before, after))
    annotating.files.changed.connect(window.wiring.soon)  # type: ignore[attr-defined]
    tiers.tier_wanted.connect(annotating.choose)
    tiers.pointed.connect(lambda time_s, text: window.status.show_pointer(text))
    tiers.menu_wanted.connect(lambda place: _open_menu(window, place))
    tiers.copy_wanted.connect(annotating.copy_here)
    tiers.boundary_wanted.connect(
        lambda place, time_s: annotating.change(
            "boundary", lambda note, own: add_boundary(note, own, time_s), place=place
        )
    )
    tiers.move_wanted.connect(lambda *wish: _move(window, *wish))
    tiers.move_given_up.connect(lambda place, index: _stay(on, place, index))
    tiers.label_wanted.connect(
        lambda place, index, text: annotating.change(
            "label", lambda note, own: set_label(note, own, index, text), place=place
        )
    )
    window.ipa.letter_wanted.connect(tiers.insert)
    window.ipa.close_wanted.connect(lambda: window.menus.run("textgrid.letters"))


def _moment(window: Window, before: Snapshot, after: Snapshot) -> None:
    """Show other tiers, and the same ones greyed at another point."""
    if before.tiers != after.tiers or (after.tiers and _moved(before, after)):
        window.wiring.soon()  # type: ignore[attr-defined]
        window.menus.refresh()


def _moved(before: Snapshot, after: Snapshot) -> bool:
    return before.point != after.point or before.lanes != after.lanes


MOVE = "move boundary"


def _move(window: Window, place: int, index: int, time_s: float, together: bool, final: bool) -> None:
    """Move a boundary, the cursor with it; a whole drag is one step of undo, a refused one is none."""
    moved = window.on.tier_editor.change(
        MOVE, lambda note, own: move_boundary(note, own, index, time_s, together), final, place
    )
    if not moved:
        _stay(window.on, place, index)
        return
    window.status_notes.forget()  # that it was past its neighbour a moment ago
    _follow(window.on, place, index)


def _stay(on: Instrument, place: int, index: int) -> None:
    """Let a boundary be where it was before it was dragged."""
    on.tier_editor.give_up(MOVE)
    _follow(on, place, index)


def _follow(on: Instrument, place: int, index: int) -> None:
    tiers = on.tier_editor.tiers
    if place < len(tiers) and index < len(tiers[place].times):
        on.session.set_cursor(float(tiers[place].times[index]))


# What a right click on a tier offers; "" is a line.
MENU = (
    "interval.label", "boundary.add", "boundary.remove", "boundary.to_zero", "boundary.to_tier", "",
    "tier.rename", "tier.duplicate", "tier.for_layer", "tier.clear", "tier.remove", "",
    "tier.add_interval", "tier.add_point", "textgrid.copy_here", "textgrid.letters",
)  # fmt: skip


def _open_menu(window: Window, place: QPoint) -> None:
    """Offer the commands for the chosen interval and tier."""
    menu = QMenu(window)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    for id in MENU:
        menu.addAction(window.menus.actions[id]) if id else menu.addSeparator()
    window.menus.refresh()
    menu.popup(place)
