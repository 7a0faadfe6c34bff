"""The dialogs for analysis settings."""

from __future__ import annotations

from app.analysis.settings import FOLLOWING, AnalysisSettings
from app.base.dialog_host import DialogHost
from core.analyses.registry import TABLE
from core.session.session import Session


def ask_settings(session: Session, host: DialogHost, settings: AnalysisSettings, measure: str) -> None:
    """Ask for the settings of one measure."""
    from widgets.controls.form import SettingsForm

    measure = FOLLOWING.get(measure, measure)
    if measure not in TABLE and measure != "greys":
        return
    active = session.active_track
    title = TABLE[measure].title if measure in TABLE else "Advanced spectrogram"
    form = SettingsForm(
        f"{title.replace('Formants', 'Formant')} settings",
        settings.of(measure),
        settings.standards(measure),
        host.parent,
        lambda value: TABLE[measure].impossible(value, active) if measure in TABLE else None,
    )
    form.applied.connect(lambda value: settings.set(measure, value))
    host.show(form)
