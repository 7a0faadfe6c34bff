"""Pitch, intensity, formants, spectrogram, pulses: whether they are shown, and how they are measured."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.base.command_table import command, is_open
from core.analyses.speakers import SPEAKERS, Speaker
from core.session.lanes import MEASURES

if TYPE_CHECKING:
    from app.shell.instrument import Instrument
    from app.shell.window import Window


def _show(measure: str) -> None:
    def shown(on: Instrument) -> bool:
        lane = on.session.lane(on.session.active)
        return lane is not None and measure in lane.shown

    def run(window: Window) -> None:
        window.flip_measure(window.on.session.active, measure)

    run.__doc__ = f"Show or hide the {measure} of the active lane, where its rate carries it."
    key = f"Ctrl+Alt+{MEASURES.index(measure) + 1}"
    command(f"{measure}.show", f"Show {measure}", measure.capitalize(), key, is_open, shown)(run)


def settings_command(measure: str, title: str, menu: str, separator: bool = False) -> None:
    """Put the settings of one measure into a menu."""

    def run(window: Window) -> None:
        window.asks.settings(measure)

    what = {
        "greys": "dynamic range and pre-emphasis",
        "pulses": "pitch settings, which find the pulses too,",
    }.get(measure, f"{measure} settings")
    run.__doc__ = f"Change the {what} of every lane; Standards brings the preset's back."
    command(f"{measure.replace(' ', '_')}.settings", title, menu, "", is_open, separator=separator)(run)


for _measure in MEASURES:  # as in Praat, each menu begins with its tick and its settings
    _show(_measure)

for _menu, _name, _words in (
    ("Pitch", "pitch", "Pitch settings…"),
    ("Formants", "formants", "Formant settings…"),
    ("Intensity", "intensity", "Intensity settings…"),
    ("Spectrogram", "spectrogram", "Spectrogram settings…"),
    ("Spectrogram", "greys", "Advanced spectrogram settings…"),
    ("Spectrogram", "ltas", "Ltas settings…"),
    ("Spectrogram", "moments", "Spectral moments settings…"),
    ("Pulses", "pulses", "Pulse settings (those of pitch)…"),
    ("Pulses", "voice report", "Voice report settings…"),
    ("Pulses", "harmonicity", "Harmonicity settings…"),
):
    settings_command(_name, _words, _menu)


def _speaker_command(speaker: Speaker, separator: bool) -> None:
    def chosen(on: Instrument) -> bool:
        return on.analysis_settings.of("formants").ceiling_hz == speaker.ceiling_hz

    def run(window: Window) -> None:
        window.on.analysis_settings.set_speaker(speaker.name)

    run.__doc__ = (
        f"Measure formants below {speaker.ceiling_hz:g} Hz, as for a {speaker.name}; "
        "all other settings stay, under any preset."
    )
    title = f"Formant ceiling: {speaker.title}"
    command(f"formants.{speaker.name}", title, "Formants", "", is_open, chosen, separator)(run)


for _place, _speaker in enumerate(SPEAKERS.values()):
    _speaker_command(_speaker, separator=_place == 0)


@command(
    "analyses.standards",
    "Back to the preset’s settings",
    "Analyses",
    "",
    lambda on: bool(on.analysis_settings.own),
)
def standards(window: Window) -> None:
    """Use the preset's settings for every analysis again; a speaker's formant ceiling stays."""
    window.on.analysis_settings.set_preset(window.on.analysis_settings.preset.name)
