"""File commands: opening, saving pictures and sounds, closing."""

from __future__ import annotations

from app.annotation.dialogs import ask_new, ask_open, ask_save
from app.annotation.tier_editor import TierEditor
from app.base.command_table import command, has_curve, has_model, has_selection, is_open
from app.base.dialog_host import DialogHost
from app.base.preference_store import PreferenceStore
from app.export.dialogs import ask_layers_folder, ask_selected_sound, ask_sound_file
from app.export.figure import Figures
from app.export.save import FileExport
from app.models.built_in import examples
from app.models.dialogs import ask_file, ask_file_beside, ask_folder, choose_recent
from app.models.model_loader import ModelLoader
from app.recordings.dialogs import ask_recording
from app.recordings.open_recordings import OpenRecordings
from core.session.session import Session
from widgets.tiers.tiers import Tiers


def has_demo(model_loader: ModelLoader) -> bool:
    """A model ships with this copy of Phonoscope."""
    return model_loader.has_demo()


@command("file.open", "Open a checkpoint…", "File")
def open_file(host: DialogHost, model_loader: ModelLoader) -> None:
    """Open any file of a checkpoint."""
    ask_file(host, model_loader)


@command("file.open_folder", "Open a run's folder…", "File")
def open_folder(host: DialogHost, model_loader: ModelLoader) -> None:
    """Open the folder of a training run."""
    ask_folder(host, model_loader)


@command("file.open_beside", "Open beside…", "File", has_model)
def open_beside(host: DialogHost, model_loader: ModelLoader) -> None:
    """Open a second checkpoint in the same stack, or the same one at another point."""
    ask_file_beside(host, model_loader)


def has_several_models(session: Session) -> bool:
    """More than one model is open."""
    return len(session.models) > 1


@command("file.close_model", "Close the model", "File", has_several_models)
def close_model(session: Session, model_loader: ModelLoader) -> None:
    """Close the model in focus, the one that the active lane is of; the others stay open."""
    model_loader.close(session.model)


@command("file.open_sound", "Open a recording…", "File")
def open_sound(host: DialogHost, recordings: OpenRecordings) -> None:
    """Open a sound file as a lane; it can drive Q and D."""
    ask_recording(host, recordings)


@command("file.recent", "Open a recent file…", "File")
def open_recent(host: DialogHost, preferences: PreferenceStore, model_loader: ModelLoader) -> None:
    """Choose among the checkpoints and recordings that were opened last."""
    choose_recent(host, preferences, model_loader)


def starts_with_last(preferences: PreferenceStore) -> bool:
    """What was open last is opened at the next start."""
    return preferences.values.reopen


@command("file.reopen", "Start with what was open last", "File", checked=starts_with_last)
def reopen(preferences: PreferenceStore) -> None:
    """At the next start without files, open what was open last, or else the built-in model."""
    preferences.change(reopen=not preferences.values.reopen)


@command("file.open_textgrid", "Open TextGrid…", "File", is_open)
def open_textgrid(host: DialogHost, tier_editor: TierEditor) -> None:
    """Open a TextGrid as the tiers of this point."""
    ask_open(host, tier_editor)


def has_examples() -> bool:
    """Examples came with this copy of Phonoscope."""
    return bool(examples())


@command("file.example", "Open an example…", "File", has_examples)
def open_example(host: DialogHost, model_loader: ModelLoader) -> None:
    """Choose a generator, a recogniser, a pitch tracker or a detector that came with the program, and open it
    with a recording to try it with.
    """
    rows = examples()
    words = [f"{one.kind}: {one.title}" for one in rows]
    host.ask_choice("Open an example", "Try:", words, lambda place: model_loader.open_example(rows[place]))


@command("file.demo", "Open the built-in model", "File", has_demo)
def open_demo(model_loader: ModelLoader) -> None:
    """Open the model that ships with Phonoscope."""
    model_loader.open_demo()


@command("file.save_picture", "Save picture…", "File", is_open, separator=True)
def save_picture(figures: Figures) -> None:
    """Save the visible stack as PNG, SVG or PDF, with notes and arrows."""
    figures.ask()


def has_selected_curve(session: Session) -> bool:
    """The active lane has a curve, and a stretch of time is selected."""
    return has_curve(session) and has_selection(session)


def has_tiers(tier_editor: TierEditor) -> bool:
    """Tiers are shown."""
    return tier_editor.shown is not None


@command("file.save_sound", "Save the lane's sound…", "File", has_curve)
def save_sound(file_export: FileExport, host: DialogHost, session: Session) -> None:
    """Write the active lane as WAV, as published, or as Praat's text Sound at its own rate."""
    ask_sound_file(session, host, file_export)


@command("file.save_selected", "Save selected sound…", "File", has_selected_curve)
def save_selected(file_export: FileExport, host: DialogHost, session: Session) -> None:
    """Write the selected part of the active lane as WAV, or as Praat's Sound, times preserved or from 0."""
    ask_selected_sound(session, host, file_export)


@command("file.save_layers", "Save all layers…", "File", has_model)
def save_layers(file_export: FileExport, host: DialogHost) -> None:
    """Write every layer as WAV and Praat Sound, with tables and the origin, into a folder."""
    ask_layers_folder(host, file_export)


@command("file.new_tiers", "New tiers…", "File", is_open, separator=True)
def new_tiers(host: DialogHost, tier_editor: TierEditor) -> None:
    """Create empty tiers at this point; enter their names."""
    ask_new(host, tier_editor)


@command(
    "file.save_textgrid",
    "Save TextGrid…",
    "File",
    has_tiers,
)
def save_textgrid(
    host: DialogHost, recordings: OpenRecordings, tier_editor: TierEditor, tiers: Tiers
) -> None:
    """Write the tiers as a TextGrid; unchanged parts are written back as they were read."""
    ask_save(host, tier_editor, recordings, tiers)
