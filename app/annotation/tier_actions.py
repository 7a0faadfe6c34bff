"""Shared actions of the tier commands: editing the chosen tier, moving around, asking for names."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt

from app.annotation.tier_editor import Edit, TierEditor
from app.base.context import Context
from app.base.dialog_host import DialogHost
from core.annotation.tiers import Annotation
from core.signals.axis import Range
from widgets.tiers.tiers import Tiers


class TierActions:
    """Acts on the chosen tier, after committing a label that is being typed."""

    def __init__(self, context: Context, host: DialogHost, tier_editor: TierEditor, tiers: Tiers) -> None:
        self._session = context.session
        self._host = host
        self._tier_editor = tier_editor
        self._tiers = tiers

    def change(self, words: str, edit: Edit, place: int | None = None) -> bool:
        """Edit the chosen tier, or another, after committing a label that is being typed."""
        self._tiers.editor.finish()
        return self._tier_editor.change(words, edit, place=place)

    def type_here(self) -> None:
        """Direct typing to the label of what was just added or chosen, as in Praat."""
        self._tiers.setFocus(Qt.FocusReason.OtherFocusReason)

    def select(self, wanted: Range) -> None:
        """Select a stretch, or set the cursor at an empty one, and scroll it into view."""
        session = self._session
        session.set_selection(wanted)
        visible = session.visible
        if not (visible.contains(wanted.start_s) and visible.contains(wanted.end_s)):
            start_s = wanted.middle_s - visible.length_s / 2
            session.set_range(Range(start_s, start_s + visible.length_s), remember=False)
        self.type_here()

    def step_tier(self, by: int) -> None:
        """Choose another tier and select its interval."""
        self._tiers.editor.finish()
        session, editor = self._session, self._tier_editor
        if not editor.tiers:
            return
        editor.choose((session.tier + by) % len(editor.tiers))
        tier, index = editor.tier, editor.index
        if tier is not None and index is not None and tier.is_interval:
            session.set_selection(tier.range_of(index))
        self.type_here()

    def step_interval(self, by: int) -> None:
        """Select another interval or point of the chosen tier; after the last comes the first."""
        self._tiers.editor.finish()
        editor = self._tier_editor
        tier, at = editor.tier, editor.at
        if tier is None or not tier.labels:
            return
        index = editor.index
        if index is None:  # a point tier, with the cursor between two points
            later = int((tier.times_s <= at.start_s).sum())
            index = later - 1 if by > 0 else later
        self.select(tier.range_of((index + by) % len(tier.labels)))

    def extend(self, by: int) -> None:
        """Extend the selection by the previous or next interval."""
        editor = self._tier_editor
        tier, at = editor.tier, editor.at
        if tier is None or not tier.is_interval:
            return
        edge = tier.index_at(at.start_s)
        if by > 0 and at.length_s > 0:
            edge = tier.index_at(at.end_s)
        elif by < 0 and edge is not None:
            edge = max(edge - 1, 0)
        if edge is not None:
            one = tier.range_of(edge)
            self.select(Range(min(at.start_s, one.start_s), max(at.end_s, one.end_s)))

    def name_and(self, title: str, edit: Callable[[Annotation, int, str], Annotation], then: int) -> None:
        """Ask for a name, edit the chosen tier with it, and choose the tier `then` places below."""
        tier, place = self._tier_editor.tier, self._session.tier
        if tier is None:
            return

        def use(name: str) -> None:
            self.change(title.lower(), lambda note, own: edit(note, own, name), place)
            self._session.set_tier(place + then)

        self.ask_name(title, tier.name, use)

    def ask_name(self, title: str, text: str, use: Callable[[str], object], label: str = "Name:") -> None:
        """Ask for the name of a tier, or for another text."""
        self._host.ask_text(title, label, use, text)
