"""Analyses: presets and the settings of each measure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.commands import command, is_open

if TYPE_CHECKING:
    from app.window import Window


def _settings_command(measure: str, title: str) -> None:
    def run(window: Window) -> None:
        window.asks.settings(measure)

    run.__doc__ = f"Change the {measure} settings of every lane; Standards brings the preset's back."
    command(f"analyses.{measure}_settings", title, "Analyses", "", is_open, separator=measure == "pitch")(run)


for _name, _words in (
    ("pitch", "Pitch settings…"),
    ("formants", "Formant settings…"),
    ("intensity", "Intensity settings…"),
    ("spectrogram", "Spectrogram settings…"),
):
    _settings_command(_name, _words)
