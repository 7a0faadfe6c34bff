"""Analyses: the settings of each measure, and the formant ceiling by speaker."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.commands import command, is_open
from core.speakers import SPEAKERS, Speaker

if TYPE_CHECKING:
    from app.instrument import Instrument
    from app.window import Window


def _settings_command(measure: str, title: str) -> None:
    def run(window: Window) -> None:
        window.asks.settings(measure)

    what = {"greys": "dynamic range and pre-emphasis"}.get(measure, f"{measure} settings")
    run.__doc__ = f"Change the {what} of every lane; Standards brings the preset's back."
    id = f"analyses.{measure.replace(' ', '_')}_settings"
    command(id, title, "Analyses", "", is_open, separator=measure == "pitch")(run)


for _name, _words in (
    ("pitch", "Pitch settings…"),
    ("formants", "Formant settings…"),
    ("intensity", "Intensity settings…"),
    ("spectrogram", "Spectrogram settings…"),
    ("greys", "Advanced spectrogram settings…"),
    ("harmonicity", "Harmonicity settings…"),
    ("voice report", "Voice report settings…"),
    ("ltas", "Ltas settings…"),
    ("moments", "Spectral moments settings…"),
    ("zero crossings", "Zero crossings settings…"),
    ("envelope peaks", "Envelope peaks settings…"),
):
    _settings_command(_name, _words)


def _speaker_command(speaker: Speaker) -> None:
    def chosen(on: Instrument) -> bool:
        return on.analysing.settings("formants").ceiling_hz == speaker.ceiling_hz

    def run(window: Window) -> None:
        window.on.analysing.set_speaker(speaker.name)

    run.__doc__ = (
        f"Measure formants below {speaker.ceiling_hz:g} Hz, as for a {speaker.name}; "
        "all other settings stay, under any preset."
    )
    title = f"Formant ceiling: {speaker.title}"
    command(f"formants.{speaker.name}", title, "Formants", "", is_open, chosen)(run)


for _speaker in SPEAKERS.values():
    _speaker_command(_speaker)
