"""Play: Tab, Shift+Tab and Esc as in Praat, and the loop that Praat lacks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.base.command_table import command, is_open

if TYPE_CHECKING:
    from app.shell.window import Window


@command("play.toggle", "Play or stop", "Play", "Tab", is_open, stack_only=True)
def toggle(window: Window) -> None:
    """Play the selection of the active lane, or from the cursor on; stop what plays."""
    window.on.playback.toggle()


@command("play.window", "Play window", "Play", "Shift+Tab", is_open, stack_only=True)
def play_window(window: Window) -> None:
    """Play the visible part of the active lane."""
    window.on.playback.play_active(window.on.session.visible)


@command("play.all", "Play all", "Play", "", is_open)
def play_all(window: Window) -> None:
    """Play the active lane from its beginning to its end."""
    window.on.playback.play_active(window.on.session.whole)


@command("play.stop", "Interrupt playing", "Play", "Esc", is_open)
def stop(window: Window) -> None:
    """Fade out what plays, and cancel what is being computed."""
    window.on.playback.stop()
    window.on.contact_sheet.cancel()
    window.on.measurement.cancel()


@command(
    "play.loop", "Loop", "Play", "L", is_open, checked=lambda on: on.preferences.values.loop, separator=True
)
def loop(window: Window) -> None:
    """Repeat what plays; a turned knob is heard at once, at the same place in the loop."""
    window.on.playback.set_loop(not window.on.preferences.values.loop)


@command(
    "play.follow",
    "View follows playback",
    "Play",
    "F",
    is_open,
    checked=lambda on: on.preferences.values.follow,
)
def follow(window: Window) -> None:
    """Turn the page when the play head leaves the visible part."""
    window.on.preferences.change(follow=not window.on.preferences.values.follow)
