"""TextGrid and Tier commands, with Praat's names and keys: moving between intervals, and whole tiers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.annotation.tier_actions import TierActions
from app.annotation.tier_editor import TierEditor
from app.base.command_table import command, is_open
from app.base.messages import Messages
from app.base.preference_store import PreferenceStore
from core.annotation import editing as edits
from core.annotation.tiers import layers_name
from core.annotation.trigraphs import all_labels
from core.session.lane_key import LaneKey
from core.session.session import Session

if TYPE_CHECKING:
    pass


def can_change(tier_editor: TierEditor) -> bool:
    """The tiers on screen belong to this point or to a recording."""
    return tier_editor.is_own


def is_elsewhere(tier_editor: TierEditor) -> bool:
    """The tiers on screen belong to another point."""
    return any(not group.own for group in tier_editor.groups)


def has_tier(tier_editor: TierEditor) -> bool:
    """A tier is chosen."""
    return tier_editor.tier is not None


def can_change_tier(tier_editor: TierEditor) -> bool:
    """A tier of this point is chosen."""
    return can_change(tier_editor) and has_tier(tier_editor)


def has_own_layer(session: Session, tier_editor: TierEditor) -> bool:
    """The chosen tier can be copied for the active layer of the generator."""
    track = session.active_track
    return can_change_tier(tier_editor) and track is not None and track.origin.network == "G"


# --- TextGrid: moving about


@command("textgrid.previous_tier", "Select previous tier", "TextGrid", has_tier)
def previous_tier(tier_actions: TierActions) -> None:
    """Choose the previous tier and select its interval; before the first comes the last."""
    tier_actions.step_tier(-1)


@command("textgrid.next_tier", "Select next tier", "TextGrid", has_tier)
def next_tier(tier_actions: TierActions) -> None:
    """Choose the next tier and select its interval; after the last comes the first."""
    tier_actions.step_tier(1)


@command("textgrid.previous_interval", "Select previous interval", "TextGrid", has_tier)
def previous_interval(tier_actions: TierActions) -> None:
    """Select the previous interval or point and scroll to it; before the first comes the last."""
    tier_actions.step_interval(-1)


@command("textgrid.next_interval", "Select next interval", "TextGrid", has_tier)
def next_interval(tier_actions: TierActions) -> None:
    """Select the next interval or point and scroll to it; after the last comes the first."""
    tier_actions.step_interval(1)


@command("textgrid.extend_left", "Extend-select left", "TextGrid", has_tier)
def extend_left(tier_actions: TierActions) -> None:
    """Extend the selection by the previous interval."""
    tier_actions.extend(-1)


@command("textgrid.extend_right", "Extend-select right", "TextGrid", has_tier)
def extend_right(tier_actions: TierActions) -> None:
    """Extend the selection by the next interval."""
    tier_actions.extend(1)


@command("textgrid.find", "Find label…", "TextGrid", has_tier, separator=True)
def find(messages: Messages, tier_actions: TierActions, tier_editor: TierEditor) -> None:
    """Search the chosen tier for a text, from the chosen interval onwards; case matters, as in Praat."""

    def use(text: str) -> None:
        tier_editor.searched = text
        find_again(messages, tier_actions, tier_editor)

    tier_actions.ask_name("Find label", tier_editor.searched, use, "Text:")


def has_searched(tier_editor: TierEditor) -> bool:
    """Labels have been searched for a text."""
    return bool(tier_editor.searched)


def shows_letters(preferences: PreferenceStore) -> bool:
    """The palette of phonetic letters is visible."""
    return preferences.values.letters


@command("textgrid.find_again", "Find again", "TextGrid", has_searched)
def find_again(messages: Messages, tier_actions: TierActions, tier_editor: TierEditor) -> None:
    """Select the next interval or point of the chosen tier whose label contains the text."""
    annotating = tier_editor
    tier, text = annotating.tier, annotating.searched
    if tier is None or not text:
        return
    index = annotating.index
    place = edits.find_label(
        tier, text, int((tier.times_s <= annotating.at.start_s).sum()) - 1 if index is None else index
    )
    if place is None:
        messages.noted.emit(f"No label of “{tier.name}” contains “{text}”")
    else:
        tier_actions.select(tier.range_of(place))


@command(
    "textgrid.copy_here",
    "Copy tiers to this point",
    "TextGrid",
    is_elsewhere,
    separator=True,
)
def copy_here(tier_editor: TierEditor) -> None:
    """Copy the tiers of another point to this one."""
    tier_editor.copy_here()


@command("textgrid.to_trigraphs", "Convert entire TextGrid to backslash trigraphs", "TextGrid", can_change)
def to_trigraphs(tier_actions: TierActions) -> None:
    """Write every label in ASCII, with Praat's backslash trigraphs."""
    tier_actions.change("to trigraphs", lambda note, place: all_labels(note, "trigraphs"))


@command("textgrid.to_unicode", "Convert entire TextGrid to Unicode", "TextGrid", can_change)
def to_unicode(tier_actions: TierActions) -> None:
    """Write every label in Unicode, in place of Praat's backslash trigraphs."""
    tier_actions.change("to Unicode", lambda note, place: all_labels(note, "letters"))


@command(
    "textgrid.letters",
    "Phonetic letters",
    "TextGrid",
    checked=shows_letters,
)
def letters(preferences: PreferenceStore) -> None:
    """Show or hide the palette of phonetic letters; a click inserts one into the label."""
    preferences.change(letters=not preferences.values.letters)


# --- Tier


def _new_tier(id: str, title: str, kind: str, name: str) -> None:
    def run(session: Session, tier_actions: TierActions, tier_editor: TierEditor) -> None:
        annotating = tier_editor

        def use(given: str) -> None:
            target = annotating.target
            if target is None:
                names = (given,) if given.strip() else ()
                annotating.new_tiers(*((names, ()) if kind == "interval" else ((), names)))
                return
            add = lambda note, place: edits.add_tier(note, given, kind)  # type: ignore[arg-type]  # noqa: E731
            if tier_actions.change("add tier", add, target.first):
                session.set_tier(target.last + 1)

        tier_actions.ask_name(title.rstrip("…"), name, use)

    run.__doc__ = f"Add an empty {kind} tier below the others of the output, or of the active recording."
    command(f"tier.{id}", title, "Tier", is_open)(run)


_new_tier("add_interval", "Add interval tier…", "interval", "phones")
_new_tier("add_point", "Add point tier…", "point", "tones")


@command("tier.duplicate", "Duplicate tier…", "Tier", can_change_tier)
def duplicate(tier_actions: TierActions) -> None:
    """Put a copy of the chosen tier below it."""
    tier_actions.name_and("Duplicate tier", edits.duplicate_tier, 1)


@command("tier.for_layer", "Duplicate tier for the active layer", "Tier", has_own_layer)
def for_layer(session: Session, tier_actions: TierActions, tier_editor: TierEditor) -> None:
    """Put a copy of the chosen tier below it that belongs to the active layer, such as conv4/phones: Measure
    uses it instead of the output's tier for that layer, so that durations can be compared.
    """
    tier, key = tier_editor.tier, session.active
    if tier is not None and isinstance(key, LaneKey):
        name = layers_name(key.layer, tier.name)
        tier_actions.change("duplicate tier", lambda note, place: edits.duplicate_tier(note, place, name))
        session.set_tier(session.tier + 1)


@command("tier.rename", "Rename tier…", "Tier", can_change_tier, separator=True)
def rename(tier_actions: TierActions) -> None:
    """Give the chosen tier another name."""
    tier_actions.name_and("Rename tier", edits.rename_tier, 0)


@command("tier.clear", "Remove all text from tier", "Tier", can_change_tier)
def clear(tier_actions: TierActions) -> None:
    """Clear every label of the chosen tier; the boundaries stay."""
    tier_actions.change("remove text", edits.clear_labels)


@command("tier.remove", "Remove entire tier", "Tier", can_change_tier)
def remove_tier(tier_actions: TierActions) -> None:
    """Remove the chosen tier; undo brings it back."""
    tier_actions.change("remove tier", edits.remove_tier)
