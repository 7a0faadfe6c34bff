"""Layers: the lanes as a whole, moved in time, and the networks that sound drives."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from app.base.command_table import command, is_open
from app.recordings.open_recordings import PREFIX

if TYPE_CHECKING:
    from app.shell.instrument import Instrument
    from app.shell.window import Window


def _has(network: str) -> Callable[[Instrument], bool]:
    def has(on: Instrument) -> bool:
        return on.session.card is not None and network in on.session.card.layers

    return has


def _listens(network: str) -> Callable[[Instrument], bool]:
    return lambda on: any(one.network == network for one in on.sound_driven.listeners)


def _switch(window: Window, network: str) -> None:
    on, active = window.on, window.on.session.active
    source = active if active.startswith(PREFIX) else ""
    if any(one.network == network for one in on.sound_driven.listeners) and not on.sound_driven.elsewhere(
        network, source
    ):
        on.sound_driven.quiet(network)
    else:
        on.sound_driven.listen(network, source)


@command("layers.through_q", "Send through the Q network", "Layers", "Q", _has("Q"), checked=_listens("Q"))
def through_q(window: Window) -> None:
    """Show what the Q network makes of the output, or of the selection in an active recording."""
    _switch(window, "Q")


@command(
    "layers.through_d", "Send through the discriminator", "Layers", "D", _has("D"), checked=_listens("D")
)
def through_d(window: Window) -> None:
    """Show what the discriminator makes of the output, or of the selection in an active recording."""
    _switch(window, "D")


@command(
    "layers.collapse",
    "Fold or unfold the lane",
    "Layers",
    "Shift+Return",
    is_open,
    separator=True,
    stack_only=True,
)
def collapse(window: Window) -> None:
    """Fold the active lane to one line, or unfold it."""
    session = window.on.session
    lane = session.lane(session.active)
    if lane is not None:
        session.set_lane(lane.key, f"fold {lane.key}", collapsed=not lane.collapsed)


@command("layers.mute", "Mute the lane", "Layers", "M", is_open, stack_only=True)
def mute(window: Window) -> None:
    """Keep the active lane from sounding."""
    _flip(window, "muted", "mute")


@command("layers.solo", "Solo the lane", "Layers", "S", is_open, stack_only=True)
def solo(window: Window) -> None:
    """Let bars and Tab play this lane, whichever is active."""
    _flip(window, "soloed", "solo")


def _is_recording(on: Instrument) -> bool:
    return bool(on.alignment.of(on.session.active))


def _is_moved(on: Instrument) -> bool:
    return _is_recording(on) and on.alignment.by_s(on.alignment.of(on.session.active)) != 0


@command("layers.move", "Move in time…", "Layers", "Ctrl+Shift+M", _is_recording, separator=True)
def move(window: Window) -> None:
    """Type where the active recording, or the one over the active lane, starts beside the others."""
    window.asks.start_of_recording()


@command("layers.move_start", "Align its start to the cursor", "Layers", "", _is_recording)
def move_start(window: Window) -> None:
    """Let the active recording start at the cursor, or where the selection starts."""
    session, moving = window.on.session, window.on.alignment
    moving.to(moving.of(session.active), session.cursor_s or 0.0)


@command("layers.move_mark", "Mark this time in it", "Layers", "Ctrl+Shift+K", _is_recording)
def move_mark(window: Window) -> None:
    """Remember the cursor's moment of the active recording, such as a burst, to bring it elsewhere."""
    session, moving = window.on.session, window.on.alignment
    moving.mark(moving.of(session.active), session.cursor_s or 0.0)


@command(
    "layers.move_marked",
    "Move the marked time to the cursor",
    "Layers",
    "Ctrl+Shift+J",
    lambda on: on.alignment.marked is not None,
)
def move_marked(window: Window) -> None:
    """Move the recording in time until its marked moment is at the cursor, whichever lane is active."""
    window.on.alignment.bring(window.on.session.cursor_s or 0.0)


@command("layers.move_back", "Start at 0 again", "Layers", "", _is_moved)
def move_back(window: Window) -> None:
    """Put the active recording back to its own time."""
    moving = window.on.alignment
    moving.to(moving.of(window.on.session.active), 0.0)


def _has_channels(on: Instrument) -> bool:
    file = on.recordings.file_of(on.session.active)
    return file is not None and file.channels > 1


@command("layers.channel", "Next channel of the recording", "Layers", "", _has_channels)
def next_channel(window: Window) -> None:
    """Show the active recording's next channel; after the last one the average of all, as at first."""
    on = window.on
    file = on.recordings.file_of(on.session.active)
    if file is not None:
        on.recordings.choose_channel(on.session.active, (file.channel + 1) % (file.channels + 1))


@command("layers.next", "Next lane", "Layers", "Ctrl+PgDown", is_open, separator=True)
def next_lane(window: Window) -> None:
    """Make the lane below active."""
    _step(window, 1)


@command("layers.previous", "Previous lane", "Layers", "Ctrl+PgUp", is_open)
def previous_lane(window: Window) -> None:
    """Make the lane above active."""
    _step(window, -1)


def _flip(window: Window, field: str, word: str) -> None:
    session = window.on.session
    lane = session.lane(session.active)
    if lane is not None:
        session.set_lane(lane.key, f"{word} {lane.key}", **{field: not getattr(lane, field)})


def _step(window: Window, by: int) -> None:
    session = window.on.session
    keys = [lane.key for lane in session.lanes]
    if session.active in keys:
        session.set_active(keys[min(max(keys.index(session.active) + by, 0), len(keys) - 1)])
