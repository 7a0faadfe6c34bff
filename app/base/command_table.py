"""The table of commands, from which menus, toolbar, shortcut sheet and palette are made."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, TypeVar

from core.session.session import Session

F = TypeVar("F", bound=Callable[..., Any])
Function = Callable[..., Any]
"""A function whose parameters declare, by type, the services that it needs (see `Injector`)."""


def always() -> bool:
    """Always."""
    return True


@dataclass(frozen=True)
class Command:
    """One command; its function's docstring is the tooltip, the palette text and the line in the manual.

    `key` is Qt's portable text. `when` says whether the command can run now; `checked` makes it a switch. The
    key of a `stack_only` command works only while the stack has the focus (Tab).
    """

    id: str
    title: str
    menu: str
    run: Function
    help: str
    key: str = ""
    when: Function = always
    checked: Function | None = None
    separator: bool = False
    stack_only: bool = False

    @property
    def condition(self) -> str:
        """When the command can run, to continue a sentence: "a stretch of time is selected"."""
        text = " ".join((self.when.__doc__ or "").split()).rstrip(".")
        return text[:1].lower() + text[1:]


COMMANDS: dict[str, Command] = {}

MENUS = {
    "File": "&File",
    "Edit": "&Edit",
    "Time": "&Time",
    "Play": "&Play",
    "TextGrid": "Text&Grid",
    "Interval": "&Interval",
    "Boundary": "&Boundary",
    "Tier": "Tie&r",
    "Layers": "&Layers",
    "Explain": "E&xplain",
    "Latent": "Late&nt",
    "Analyses": "&Analyses",
    "Spectrogram": "&Spectrogram",
    "Pitch": "Pit&ch",
    "Intensity": "Intensit&y",
    "Formants": "For&mants",
    "Pulses": "P&ulses",
    "View": "&View",
    "Help": "&Help",
}
"""The menus in order, each with the text that marks its Alt key."""

MODULES = (
    "app.analysis.commands",
    "app.annotation.boundary_commands",
    "app.annotation.tier_commands",
    "app.explain.commands",
    "app.export.file_commands",
    "app.measuring.commands",
    "app.models.commands",
    "app.models.point_search_commands",
    "app.playback.commands",
    "app.generating.commands",
    "app.queries.commands",
    "app.recordings.commands",
    "app.training.commands",
    "app.shell.commands",
    "app.stack.answer_commands",
    "app.stack.align_commands",
    "app.stack.lane_commands",
    "app.stack.channel_commands",
    "app.stack.cut_commands",
    "app.stack.time_commands",
)
"""The modules with commands; each menu lists its commands in this order."""


@cache
def default_keys() -> dict[str, str]:
    """Return the default key of each command that has one, by command id."""
    return json.loads((files("resources") / "keys.json").read_text(encoding="utf-8"))


@cache
def search_words() -> dict[str, str]:
    """Return further words under which the palette finds a command, by command id."""
    return json.loads((files("resources") / "search_words.json").read_text(encoding="utf-8"))


def command(
    id: str,
    title: str,
    menu: str,
    when: Function = always,
    checked: Function | None = None,
    separator: bool = False,
    stack_only: bool = False,
) -> Callable[[F], F]:
    """Put a function into the table. Raises ValueError for a missing help text, of the command or of `when`,
    and for an id or key used twice.
    """

    def put(run: F) -> F:
        key = default_keys().get(id, "")
        if id in COMMANDS:
            raise ValueError(f"two commands are called {id}")
        if key and any(other.key == key for other in COMMANDS.values()):
            raise ValueError(f"{key} belongs to another command than {id}")
        if menu not in MENUS:
            raise ValueError(f"{id} names a menu that does not exist: {menu}")
        text = " ".join((run.__doc__ or "").split())
        if not text or not when.__doc__:
            raise ValueError(f"{id} has no help text, or does not say when it can run")
        COMMANDS[id] = Command(id, title, menu, run, text, key, when, checked, separator, stack_only)
        return run

    return put


def all_commands() -> dict[str, Command]:
    """Import every module with commands and return the table."""
    for module in MODULES:
        importlib.import_module(module)
    return COMMANDS


# --- when a command can run


def has_model(session: Session) -> bool:
    """A checkpoint is open."""
    return session.card is not None


def has_generator(session: Session) -> bool:
    """A model that makes sound is in focus."""
    return session.card is not None and session.card.generator is not None


def is_open(session: Session) -> bool:
    """A checkpoint or a recording is open."""
    return session.card is not None or bool(session.lanes)


def has_selection(session: Session) -> bool:
    """A stretch of time is selected."""
    return session.selection is not None


def is_zoomed(session: Session) -> bool:
    """Less than the whole sound is visible."""
    return session.visible != session.whole


def has_curve(session: Session) -> bool:
    """The active lane has a curve."""
    return session.active in session.shown.tracks
