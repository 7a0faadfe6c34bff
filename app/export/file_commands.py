"""File: opening, saving pictures and sounds, closing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.annotation import dialogs
from app.base.command_table import command, has_model, has_selection, is_open

if TYPE_CHECKING:
    from app.shell.instrument import Instrument
    from app.shell.window import Window


@command("file.open", "Open a checkpoint…", "File", "Ctrl+Shift+O")
def open_file(window: Window) -> None:
    """Open any file of a checkpoint."""
    window.asks.file()


@command("file.open_folder", "Open a run's folder…", "File")
def open_folder(window: Window) -> None:
    """Open the folder of a training run."""
    window.asks.folder()


@command("file.open_sound", "Open a recording…", "File")
def open_sound(window: Window) -> None:
    """Open a sound file as a lane; Q and D can listen to it."""
    window.asks.recording()


@command("file.open_textgrid", "Open TextGrid…", "File", "", is_open)
def open_textgrid(window: Window) -> None:
    """Open a TextGrid as the tiers of this point."""
    dialogs.ask_open(window)


@command("file.demo", "Open the built-in model", "File", "", lambda on: on.model_loader.has_demo())
def open_demo(window: Window) -> None:
    """Open the model that ships with Phonoscope."""
    window.on.model_loader.open_demo()


@command("file.save_picture", "Save picture…", "File", "Ctrl+P", is_open, separator=True)
def save_picture(window: Window) -> None:
    """Save the visible stack as PNG, SVG or PDF, with notes and arrows."""
    window.asks.picture()


def has_curve(on: Instrument) -> bool:
    """The active lane has a curve."""
    return on.session.active in on.session.shown.tracks


@command("file.save_sound", "Save the lane's sound…", "File", "Ctrl+Shift+S", has_curve)
def save_sound(window: Window) -> None:
    """Write the active lane as WAV, as published, or as Praat's text Sound at its own rate."""
    window.asks.sound_file()


@command(
    "file.save_selected", "Save selected sound…", "File", "", lambda on: has_curve(on) and has_selection(on)
)
def save_selected(window: Window) -> None:
    """Write what is selected of the active lane as WAV, or as Praat's Sound, times preserved or from 0."""
    window.asks.selected_sound()


@command("file.save_layers", "Save all layers…", "File", "", has_model)
def save_layers(window: Window) -> None:
    """Write every layer as WAV and Praat Sound, with tables and the origin, into a folder."""
    window.asks.layers_folder()


@command("file.train", "Train a model…", "File", separator=True)
def train(window: Window) -> None:
    """Make a model of a folder of recordings; the training goes on in a process of its own."""
    window.asks.training()


@command("file.new_tiers", "New tiers…", "File", "", is_open, separator=True)
def new_tiers(window: Window) -> None:
    """Begin with empty tiers at this point; type their names."""
    dialogs.ask_new(window)


@command(
    "file.save_textgrid",
    "Save TextGrid…",
    "File",
    "Ctrl+S",
    lambda on: on.tier_editor.shown is not None,
)
def save_textgrid(window: Window) -> None:
    """Write the tiers as a TextGrid; what was not changed is written back as it was read."""
    dialogs.ask_save(window)


@command("file.close", "Close the window", "File", "Ctrl+W", separator=True)
def close(window: Window) -> None:
    """Close Phonoscope."""
    window.close()
