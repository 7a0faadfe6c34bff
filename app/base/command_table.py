"""The command record and its table: menus, toolbar, shortcut sheet and palette are made from it."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.shell.instrument import Instrument
    from app.shell.window import Window

Run = Callable[["Window"], None]
When = Callable[["Instrument"], bool]


@dataclass(frozen=True)
class Command:
    """One command; its function's docstring is tooltip, palette text and manual line.

    `key` is Qt's portable text; `keys` are further ones. `checked` makes it a switch. Commands with
    `stack_only` answer their key only while the stack has the focus (Tab).
    """

    id: str
    title: str
    menu: str
    run: Run
    help: str
    key: str = ""
    when: When = lambda _: True
    checked: When | None = None
    separator: bool = False
    stack_only: bool = False


COMMANDS: dict[str, Command] = {}

MENUS = (
    "File",
    "Edit",
    "Time",
    "Play",
    "TextGrid",
    "Interval",
    "Boundary",
    "Tier",
    "Layers",
    "Latent",
    "Analyses",
    "Spectrogram",
    "Pitch",
    "Intensity",
    "Formants",
    "Pulses",
    "View",
    "Help",
)


def command(
    id: str,
    title: str,
    menu: str,
    key: str = "",
    when: When = lambda _: True,
    checked: When | None = None,
    separator: bool = False,
    stack_only: bool = False,
) -> Callable[[Run], Run]:
    """Put a function into the table. An id or a key used twice raises at import."""

    def put(run: Run) -> Run:
        if id in COMMANDS:
            raise ValueError(f"two commands are called {id}")
        if key and any(other.key == key for other in COMMANDS.values()):
            raise ValueError(f"{key} belongs to another command than {id}")
        if menu not in MENUS:
            raise ValueError(f"{id} names a menu that does not exist: {menu}")
        text = " ".join((run.__doc__ or "").split())
        if not text:
            raise ValueError(f"{id} has no help text")
        COMMANDS[id] = Command(id, title, menu, run, text, key, when, checked, separator, stack_only)
        return run

    return put


def has_model(on: Instrument) -> bool:
    """A checkpoint is open."""
    return on.session.card is not None


def is_open(on: Instrument) -> bool:
    """A checkpoint or a recording is open."""
    return on.session.card is not None or bool(on.session.lanes)


def has_selection(on: Instrument) -> bool:
    """A stretch of time is selected."""
    return on.session.selection is not None


def is_zoomed(on: Instrument) -> bool:
    """Less than the whole sound is visible."""
    return on.session.visible != on.session.whole


MODULES = (
    "app.analysis.commands",
    "app.annotation.boundary_commands",
    "app.annotation.tier_commands",
    "app.export.file_commands",
    "app.measuring.commands",
    "app.models.commands",
    "app.playback.commands",
    "app.queries.commands",
    "app.shell.commands",
    "app.stack.lane_commands",
    "app.stack.time_commands",
)


def all_commands() -> dict[str, Command]:
    """Import every file of commands and give the table."""
    for module in MODULES:
        importlib.import_module(module)
    return COMMANDS
