"""Dialogs of recordings."""

from __future__ import annotations

from app.base.dialog_host import DialogHost
from app.recordings.alignment import Alignment
from app.recordings.open_recordings import OpenRecordings
from core.recordings.sound_file import SUFFIXES
from core.session.session import Session

SOUND_SUFFIXES = " ".join(f"*{suffix}" for suffix in SUFFIXES)
SOUNDS = f"Sounds ({SOUND_SUFFIXES})"
ANY = "All files (*)"


def ask_recording(host: DialogHost, recordings: OpenRecordings) -> None:
    """Ask for a sound file."""
    name = host.ask_open("Open a recording", f"{SOUNDS};;{ANY}")
    if name:
        recordings.open(name)


def ask_start(session: Session, host: DialogHost, alignment: Alignment) -> None:
    """Ask for the start of the active recording on the stack's axis."""
    key = alignment.of(session.active)
    now = f"{alignment.by_s(key):.6f}"
    host.ask_number("Move in time", "Starts at (s):", now, lambda at_s: alignment.to(key, at_s))
