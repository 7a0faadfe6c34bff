"""TextGrid and Tier: moving from interval to interval, and whole tiers, with Praat's words and keys."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from app.annotation.dialogs import ask_name
from app.annotation.tier_editor import Edit
from app.base.command_table import command, is_open
from core.annotation import editing as edits
from core.annotation.tiers import layers_name
from core.annotation.trigraphs import all_labels
from core.signals.axis import Range

if TYPE_CHECKING:
    from app.shell.instrument import Instrument
    from app.shell.window import Window
    from core.annotation.tiers import Annotation


def can_change(on: Instrument) -> bool:
    """Tiers are shown that belong to this point, or to a recording."""
    return on.tier_editor.is_own


def is_elsewhere(on: Instrument) -> bool:
    """Tiers are shown that belong to another point."""
    return any(not group.own for group in on.tier_editor.groups)


def has_tier(on: Instrument) -> bool:
    """A tier is chosen."""
    return on.tier_editor.tier is not None


def can_change_tier(on: Instrument) -> bool:
    """A tier is chosen that belongs to this point."""
    return can_change(on) and has_tier(on)


def has_own_layer(on: Instrument) -> bool:
    """The chosen tier can be copied for the active layer of the generator."""
    track = on.session.shown.tracks.get(on.session.active)
    return can_change_tier(on) and track is not None and track.origin.network == "G"


def change(window: Window, words: str, edit: Edit, place: int | None = None) -> bool:
    """Make an edit of the chosen tier, or of another; what is being typed counts first."""
    window.stack.tiers.editor.finish()
    return window.on.tier_editor.change(words, edit, place=place)


def type_here(window: Window) -> None:
    """Let what is typed next be the label of what was just added or chosen, as in Praat."""
    window.stack.tiers.setFocus(Qt.FocusReason.OtherFocusReason)


# --- TextGrid: moving about


@command("textgrid.previous_tier", "Select previous tier", "TextGrid", "Alt+Up", has_tier)
def previous_tier(window: Window) -> None:
    """Choose the tier above and select its interval; above the first stands the last."""
    _step_tier(window, -1)


@command("textgrid.next_tier", "Select next tier", "TextGrid", "Alt+Down", has_tier)
def next_tier(window: Window) -> None:
    """Choose the tier below and select its interval; below the last stands the first."""
    _step_tier(window, 1)


@command("textgrid.previous_interval", "Select previous interval", "TextGrid", "Alt+Left", has_tier)
def previous_interval(window: Window) -> None:
    """Select the interval or point before, and scroll to it; before the first stands the last."""
    _step_interval(window, -1)


@command("textgrid.next_interval", "Select next interval", "TextGrid", "Alt+Right", has_tier)
def next_interval(window: Window) -> None:
    """Select the interval or point after, and scroll to it; after the last stands the first."""
    _step_interval(window, 1)


@command("textgrid.extend_left", "Extend-select left", "TextGrid", "Alt+Shift+Left", has_tier)
def extend_left(window: Window) -> None:
    """Add the interval before to the selection."""
    _extend(window, -1)


@command("textgrid.extend_right", "Extend-select right", "TextGrid", "Alt+Shift+Right", has_tier)
def extend_right(window: Window) -> None:
    """Add the interval after to the selection."""
    _extend(window, 1)


@command("textgrid.find", "Find label…", "TextGrid", "Ctrl+Shift+F", has_tier, separator=True)
def find(window: Window) -> None:
    """Search the chosen tier, from the chosen interval on, for a text; capitals count, as in Praat."""

    def use(text: str) -> None:
        window.on.tier_editor.searched = text
        find_again(window)

    ask_name(window, "Find label", window.on.tier_editor.searched, use, "Text:")


@command("textgrid.find_again", "Find again", "TextGrid", "Ctrl+G", lambda on: bool(on.tier_editor.searched))
def find_again(window: Window) -> None:
    """Select the next interval or point of the chosen tier whose label holds the text."""
    annotating = window.on.tier_editor
    tier, text = annotating.tier, annotating.searched
    if tier is None or not text:
        return
    index = annotating.index
    place = edits.find_label(
        tier, text, int((tier.times_s <= annotating.at.start_s).sum()) - 1 if index is None else index
    )
    if place is None:
        window.on.messages.noted.emit(f"No label of “{tier.name}” holds “{text}”")
    else:
        _select(window, tier.range_of(place))


@command(
    "textgrid.copy_here",
    "Copy tiers to this point",
    "TextGrid",
    "",
    is_elsewhere,
    separator=True,
)
def copy_here(window: Window) -> None:
    """Give this point a copy of the tiers that were made at another one."""
    window.on.tier_editor.copy_here()


@command(
    "textgrid.to_trigraphs", "Convert entire TextGrid to backslash trigraphs", "TextGrid", "", can_change
)
def to_trigraphs(window: Window) -> None:
    """Write every label in ASCII, with Praat's trigraphs for its letters."""
    change(window, "to trigraphs", lambda note, place: all_labels(note, "trigraphs"))


@command("textgrid.to_unicode", "Convert entire TextGrid to Unicode", "TextGrid", "", can_change)
def to_unicode(window: Window) -> None:
    """Write every label with letters in place of Praat's backslash trigraphs."""
    change(window, "to Unicode", lambda note, place: all_labels(note, "letters"))


@command(
    "textgrid.letters",
    "Phonetic letters",
    "TextGrid",
    "Ctrl+Shift+I",
    checked=lambda on: on.preferences.values.letters,
)
def letters(window: Window) -> None:
    """Show or hide the palette of phonetic letters; a click writes one into the label."""
    window.on.preferences.change(letters=not window.on.preferences.values.letters)
    window.ipa.setVisible(window.on.preferences.values.letters)


def _select(window: Window, wanted: Range) -> None:
    """Select a stretch, or put the cursor at an empty one, and scroll so that it is seen."""
    session = window.on.session
    session.set_selection(wanted)
    visible = session.visible
    if not (visible.contains(wanted.start_s) and visible.contains(wanted.end_s)):
        start_s = wanted.middle_s - visible.length_s / 2
        session.set_range(Range(start_s, start_s + visible.length_s), remember=False)
    type_here(window)


def _step_tier(window: Window, by: int) -> None:
    window.stack.tiers.editor.finish()
    session, annotating = window.on.session, window.on.tier_editor
    if not annotating.tiers:
        return
    annotating.choose((session.tier + by) % len(annotating.tiers))
    tier, index = annotating.tier, annotating.index
    if tier is not None and index is not None and tier.is_interval:
        session.set_selection(tier.range_of(index))
    type_here(window)


def _step_interval(window: Window, by: int) -> None:
    window.stack.tiers.editor.finish()
    annotating = window.on.tier_editor
    tier, at = annotating.tier, annotating.at
    if tier is None or not tier.labels:
        return
    index = annotating.index
    if index is None:  # a point tier, the cursor between two points
        later = int((tier.times_s <= at.start_s).sum())
        index = later - 1 if by > 0 else later
    _select(window, tier.range_of((index + by) % len(tier.labels)))


def _extend(window: Window, by: int) -> None:
    annotating = window.on.tier_editor
    tier, at = annotating.tier, annotating.at
    if tier is None or not tier.is_interval:
        return
    edge = tier.index_at(at.start_s)
    if by > 0 and at.length_s > 0:
        edge = tier.index_at(at.end_s)
    elif by < 0 and edge is not None:
        edge = max(edge - 1, 0)
    if edge is not None:
        one = tier.range_of(edge)
        _select(window, Range(min(at.start_s, one.start_s), max(at.end_s, one.end_s)))


# --- Tier


def _new_tier(id: str, title: str, kind: str, name: str) -> None:
    def run(window: Window) -> None:
        annotating = window.on.tier_editor

        def use(given: str) -> None:
            target = annotating.target
            if target is None:
                names = (given,) if given.strip() else ()
                annotating.new_tiers(*((names, ()) if kind == "interval" else ((), names)))
                return
            add = lambda note, place: edits.add_tier(note, given, kind)  # type: ignore[arg-type]  # noqa: E731
            if change(window, "add tier", add, target.first):
                window.on.session.set_tier(target.last + 1)

        ask_name(window, title.rstrip("…"), name, use)

    run.__doc__ = f"Add an empty {kind} tier below the others of the output, or of the active recording."
    command(f"tier.{id}", title, "Tier", "", is_open)(run)


_new_tier("add_interval", "Add interval tier…", "interval", "phones")
_new_tier("add_point", "Add point tier…", "point", "tones")


@command("tier.duplicate", "Duplicate tier…", "Tier", "", can_change_tier)
def duplicate(window: Window) -> None:
    """Put a copy of the chosen tier below it."""
    _name_and(window, "Duplicate tier", edits.duplicate_tier, 1)


@command("tier.for_layer", "Duplicate tier for the active layer", "Tier", "", has_own_layer)
def for_layer(window: Window) -> None:
    """Put a copy of the chosen tier below it that belongs to the active layer, such as conv4/phones:
    Measure takes it in the place of the output's tier there, so that durations can be compared.
    """
    tier, key = window.on.tier_editor.tier, window.on.session.active
    if tier is not None:
        name = layers_name(key, tier.name)
        change(window, "duplicate tier", lambda note, place: edits.duplicate_tier(note, place, name))
        window.on.session.set_tier(window.on.session.tier + 1)


@command("tier.rename", "Rename tier…", "Tier", "", can_change_tier, separator=True)
def rename(window: Window) -> None:
    """Give the chosen tier another name."""
    _name_and(window, "Rename tier", edits.rename_tier, 0)


def _name_and(
    window: Window, title: str, edit: Callable[[Annotation, int, str], Annotation], then: int
) -> None:
    tier, place = window.on.tier_editor.tier, window.on.session.tier
    if tier is None:
        return

    def use(name: str) -> None:
        change(window, title.lower(), lambda note, own: edit(note, own, name), place)
        window.on.session.set_tier(place + then)

    ask_name(window, title, tier.name, use)


@command("tier.clear", "Remove all text from tier", "Tier", "", can_change_tier)
def clear(window: Window) -> None:
    """Empty every label of the chosen tier; the boundaries stay."""
    change(window, "remove text", edits.clear_labels)


@command("tier.remove", "Remove entire tier", "Tier", "", can_change_tier)
def remove_tier(window: Window) -> None:
    """Remove the chosen tier; undo brings it back."""
    change(window, "remove tier", edits.remove_tier)
