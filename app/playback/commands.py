"""Play commands: Tab, Shift+Tab and Esc as in Praat, and the loop that Praat lacks."""

from __future__ import annotations

from app.base.command_table import command, is_open
from app.base.preference_store import PreferenceStore
from app.playback.interruptions import Interruptions
from app.playback.playback import Playback
from core.session.session import Session


def loops(preferences: PreferenceStore) -> bool:
    """Playback is repeated."""
    return preferences.values.loop


def follows(preferences: PreferenceStore) -> bool:
    """The view follows playback."""
    return preferences.values.follow


@command("play.toggle", "Play or stop", "Play", is_open, stack_only=True)
def toggle(playback: Playback) -> None:
    """Play the selection of the active lane, or from the cursor onwards; stop if playing."""
    playback.toggle()


@command("play.window", "Play window", "Play", is_open, stack_only=True)
def play_window(playback: Playback, session: Session) -> None:
    """Play the visible part of the active lane."""
    playback.play_active(session.visible)


@command("play.all", "Play all", "Play", is_open)
def play_all(playback: Playback, session: Session) -> None:
    """Play the active lane from beginning to end."""
    playback.play_active(session.whole)


@command("play.stop", "Interrupt playing", "Play", is_open)
def stop(interruptions: Interruptions) -> None:
    """Fade out playback, and cancel running computations."""
    interruptions.run()


@command("play.loop", "Loop", "Play", is_open, checked=loops, separator=True)
def loop(playback: Playback, preferences: PreferenceStore) -> None:
    """Repeat playback; a turned knob is heard at once, at the same place in the loop."""
    playback.set_loop(not preferences.values.loop)


@command(
    "play.follow",
    "View follows playback",
    "Play",
    is_open,
    checked=follows,
)
def follow(preferences: PreferenceStore) -> None:
    """Turn the page when the play head leaves the visible part."""
    preferences.change(follow=not preferences.values.follow)
