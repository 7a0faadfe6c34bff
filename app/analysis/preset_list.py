"""The toolbar's list of analysis presets, with the settings that differ from the preset."""

from __future__ import annotations

from app.analysis.settings import AnalysisSettings
from app.base.context import Context
from core.analyses.presets import PRESETS
from widgets.shell.toolbar import Toolbar

OWN = "own"
"""The entry shown when some settings differ from the preset; choosing the preset restores them."""


class PresetList:
    """Keeps the toolbar's list of presets up to date with the settings."""

    def __init__(self, context: Context, settings: AnalysisSettings, toolbar: Toolbar) -> None:
        self._settings = settings
        self._toolbar = toolbar
        toolbar.preset_wanted.connect(settings.set_preset)
        context.preferences.changed.connect(self.show)
        settings.changed.connect(self.show)
        self.show()

    def show(self) -> None:
        """Show the presets, the one in use, and the settings that differ from it."""
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
    """Return a short text on the user's own settings, for the toolbar.

    >>> own_words(("pitch",)), own_words(("pitch", "formants"))
    ('own pitch settings', 'own settings (2)')
    """
    if len(own) > 1:
        return f"own settings ({len(own)})"
    return f"own {own[0]} settings" if own else ""
