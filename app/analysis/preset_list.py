"""The presets of the analyses in the toolbar, and what was set otherwise than the preset has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.analyses.presets import PRESETS

if TYPE_CHECKING:
    from app.shell.window import Window

OWN = "own"
"""The row of a preset of which some settings were changed; the preset's own row leads back to it."""


def connect(window: Window) -> None:
    """Keep the toolbar's list of presets in step with the settings."""
    on = window.on
    window.menus.transport.preset_wanted.connect(on.analysis_settings.set_preset)
    on.preferences.changed.connect(lambda: show(window))
    show(window)


def show(window: Window) -> None:
    """Show the presets, which is in use, and whose settings differ from it."""
    analysing = window.on.analysis_settings
    name, words = analysing.preset.name, own_words(analysing.own)
    rows = [(preset, preset) for preset in PRESETS]
    bar = window.menus.transport
    if not words:
        bar.set_presets(rows, name, tip=f"Preset of the analyses: {analysing.words}")
        return
    row, short = f"{name} · {words}", f"{name.split(',')[0]} · {words}"
    tip = f"Preset of the analyses: {analysing.words}.\nChoose “{name}” to go back to its settings."
    bar.set_presets([(OWN, row), *rows], OWN, {OWN: short}, tip)


def own_words(own: tuple[str, ...]) -> str:
    """Say whose settings are the user's own, in as few words as a toolbar has room for.

    >>> own_words(("pitch",)), own_words(("pitch", "formants"))
    ('own pitch settings', 'own settings (2)')
    """
    if len(own) > 1:
        return f"own settings ({len(own)})"
    return f"own {own[0]} settings" if own else ""
