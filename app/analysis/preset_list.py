"""The presets of the analyses in the toolbar, and what was set otherwise than the preset has it."""

from __future__ import annotations

from app.analysis.settings import AnalysisSettings
from app.base.context import Context
from core.analyses.presets import PRESETS
from widgets.shell.toolbar import Toolbar

OWN = "own"
"""The row of a preset of which some settings were changed; the preset's own row leads back to it."""


class PresetList:
    """Keeps the toolbar's list of presets in step with the settings."""

    def __init__(self, context: Context, settings: AnalysisSettings, toolbar: Toolbar) -> None:
        self._settings = settings
        self._toolbar = toolbar
        toolbar.preset_wanted.connect(settings.set_preset)
        context.preferences.changed.connect(self.show)
        settings.changed.connect(self.show)
        self.show()

    def show(self) -> None:
        """Show the presets, which one is in use, and which settings differ from it."""
        settings, bar = self._settings, self._toolbar
        name, words = settings.preset.name, own_words(settings.own)
        rows = [(preset, preset) for preset in PRESETS]
        if not words:
            bar.set_presets(rows, name, tip=f"Preset of the analyses: {settings.words}")
            return
        row, short = f"{name} · {words}", f"{name.split(',')[0]} · {words}"
        tip = f"Preset of the analyses: {settings.words}.\nChoose “{name}” to go back to its settings."
        bar.set_presets([(OWN, row), *rows], OWN, {OWN: short}, tip)


def own_words(own: tuple[str, ...]) -> str:
    """Say whose settings are the user's own, in as few words as a toolbar has room for.

    >>> own_words(("pitch",)), own_words(("pitch", "formants"))
    ('own pitch settings', 'own settings (2)')
    """
    if len(own) > 1:
        return f"own settings ({len(own)})"
    return f"own {own[0]} settings" if own else ""
