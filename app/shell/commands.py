"""View and Help: pages, themes, areas, palette and shortcuts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.base.command_table import command, has_model

if TYPE_CHECKING:
    from app.shell.window import Window


@command("view.stack", "Stack", "View", "Alt+1", checked=None)
def stack(window: Window) -> None:
    """Show the stack of lanes."""
    window.show_page("stack")


@command("view.sheet", "Contact sheet", "View", "Alt+2", has_model)
def sheet(window: Window) -> None:
    """Show random outputs of every code value."""
    window.show_page("sheet")


@command("view.next_area", "Next area", "View", "Ctrl+Tab", separator=True)
def next_area(window: Window) -> None:
    """Move the focus to the next area: stack, knobs, toolbar."""
    window.step_area(1)


@command("view.previous_area", "Previous area", "View", "Ctrl+Shift+Tab")
def previous_area(window: Window) -> None:
    """Move the focus to the area before."""
    window.step_area(-1)


def _theme(name: str, title: str, separator: bool = False) -> None:
    def run(window: Window) -> None:
        window.set_theme(name)

    run.__doc__ = f"Use the {name} colours." if name != "system" else "Use light or dark as the desktop does."
    command(
        f"view.{name}",
        title,
        "View",
        checked=lambda on: on.preferences.values.theme == name,
        separator=separator,
    )(run)


_theme("system", "Colours of the desktop", True)
_theme("light", "Light colours")
_theme("dark", "Dark colours")


@command("view.full_screen", "Full screen", "View", "F11", separator=True)
def full_screen(window: Window) -> None:
    """Let Phonoscope fill the screen, or give it a frame again."""
    window.setWindowState(window.windowState() ^ window.full_screen_state)


@command("help.palette", "Search commands", "Help", "Ctrl+K")
def palette(window: Window) -> None:
    """Type part of a command's name and run it."""
    window.asks.show_palette()


@command("help.shortcuts", "Keys and mouse", "Help", "?")
def shortcuts(window: Window) -> None:
    """List every key and what the mouse does."""
    window.asks.show_shortcuts()


@command("help.card", "About this model", "Help", "", has_model)
def card(window: Window) -> None:
    """Show everything known about the open model and where it is known from."""
    window.asks.show_card()


@command("help.answers", "What the weights do not tell…", "Help", "", has_model)
def answers(window: Window) -> None:
    """Correct rate, slice, code, slope or prior; your answers are saved next to the checkpoint."""
    window.asks.questions()


@command("help.about", "About Phonoscope", "Help", separator=True)
def about(window: Window) -> None:
    """Show the version, the authors of the method and the licence."""
    window.asks.show_about()
