"""Commands for pitch, intensity, formants, spectrogram and pulses: visibility and settings."""

from __future__ import annotations

from app.analysis.dialogs import ask_settings
from app.analysis.settings import AnalysisSettings
from app.base.command_table import command, is_open
from app.base.dialog_host import DialogHost
from app.base.messages import Messages
from core.analyses.overlay_names import OVERLAYS
from core.analyses.speakers import SPEAKERS, Speaker
from core.session.lane_names import title
from core.session.session import Session


def flip_measure(session: Session, settings: AnalysisSettings, messages: Messages, measure: str) -> None:
    """Show or hide a measure on the active lane, or say why its rate cannot carry it."""
    lane = session.active_lane
    track = session.shown.tracks.get(lane.key) if lane is not None else None
    if lane is None or track is None:
        return
    refusal = settings.refusal(track, measure)
    if refusal and measure not in lane.shown:
        messages.noted.emit(refusal)
        return
    words = f"{measure} of {title(session.models, lane.key)}"
    session.set_lane(lane.key, words, shown=lane.shown ^ {measure})


def has_own(settings: AnalysisSettings) -> bool:
    """Some settings differ from the preset's."""
    return bool(settings.own)


def _show(measure: str) -> None:
    def shown(session: Session) -> bool:
        lane = session.active_lane
        return lane is not None and measure in lane.shown

    def run(messages: Messages, session: Session, settings: AnalysisSettings) -> None:
        flip_measure(session, settings, messages, measure)

    run.__doc__ = f"Show or hide the {measure} of the active lane, if its rate can carry it."
    command(f"{measure}.show", f"Show {measure}", measure.capitalize(), is_open, shown)(run)


def settings_command(measure: str, title: str, menu: str, separator: bool = False) -> None:
    """Return the command that opens the settings of one measure."""

    def run(host: DialogHost, session: Session, settings: AnalysisSettings) -> None:
        ask_settings(session, host, settings, measure)

    what = {
        "greys": "dynamic range and pre-emphasis",
        "pulses": "pitch settings, which also find the pulses,",
    }.get(measure, title.rstrip("…").lower())
    run.__doc__ = f"Change the {what} of every lane; Standards restores those of the preset."
    command(f"{measure.replace(' ', '_')}.settings", title, menu, is_open, separator=separator)(run)


for _measure in OVERLAYS:  # as in Praat, each menu begins with its check box and its settings
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
    def chosen(settings: AnalysisSettings) -> bool:
        return settings.of("formants").ceiling_hz == speaker.ceiling_hz

    def run(settings: AnalysisSettings) -> None:
        settings.set_speaker(speaker.name)

    run.__doc__ = (
        f"Measure formants below {speaker.ceiling_hz:g} Hz, as for a {speaker.name}; "
        "all other settings stay the same, whatever the preset."
    )
    title = f"Formant ceiling: {speaker.title}"
    command(f"formants.{speaker.name}", title, "Formants", is_open, chosen, separator)(run)


for _place, _speaker in enumerate(SPEAKERS.values()):
    _speaker_command(_speaker, separator=_place == 0)


@command(
    "analyses.standards",
    "Back to the preset’s settings",
    "Analyses",
    has_own,
)
def standards(settings: AnalysisSettings) -> None:
    """Use the preset's settings for every analysis again; a speaker's formant ceiling stays."""
    settings.set_preset(settings.preset.name)
