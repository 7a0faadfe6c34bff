"""View and Help commands: pages, docks, themes, areas, palette and shortcuts."""

from __future__ import annotations

from PySide6.QtCore import Qt

from app.analysis.overlays import Overlays
from app.base.command_table import always, command, has_generator, has_model
from app.base.context import Context
from app.base.dialog_host import DialogHost
from app.base.panel_table import Panel, all_panels
from app.base.preference_store import PreferenceStore
from app.models.dialogs import ask_questions
from app.models.model_loader import ModelLoader
from app.queries.layer_results import LayerResults
from app.shell.dialogs import show_about, show_manual, show_palette, show_shortcuts
from app.shell.dock_visibility import DockVisibility
from app.shell.menus import Menus
from app.shell.pages import Pages
from app.shell.themes import Themes
from core.processes.engine import Engine
from core.processes.results import ResultStore
from widgets.model.card import CardPanel


@command("file.close", "Close the window", "File", separator=True)
def close(host: DialogHost) -> None:
    """Close this window; it asks first if anything would be lost."""
    host.parent.close()


@command("file.quit", "Quit", "File")
def quit_program(host: DialogHost) -> None:
    """Quit Phonoscope."""
    host.parent.close()


def _page_command(panel: Panel) -> None:
    def run(pages: Pages) -> None:
        pages.show_page(panel.id)

    run.__doc__ = f"Show the {panel.title.lower()}."
    when = has_generator if panel.needs_generator else has_model if panel.needs_model else always
    command(f"view.{panel.id}", panel.title, "View", when)(run)


for _panel in all_panels().values():
    if _panel.area == "page" and _panel.id != "start":
        _page_command(_panel)


def shows_dock(dock_visibility: DockVisibility) -> bool:
    """The dock is visible beside the stack."""
    return dock_visibility.shown


@command("view.dock", "All layers", "View", checked=shows_dock, separator=True)
def dock(dock_visibility: DockVisibility, pages: Pages) -> None:
    """Show or hide the right dock: all layers at one cursor, the spectral slice, the results."""
    dock_visibility.toggle()
    pages.show_docks()


@command("view.next_area", "Next area", "View", separator=True)
def next_area(pages: Pages) -> None:
    """Move the focus to the next area: stack, latent variables, table of layers, toolbar."""
    pages.step_area(1)


@command("view.previous_area", "Previous area", "View")
def previous_area(pages: Pages) -> None:
    """Move the focus to the previous area."""
    pages.step_area(-1)


def _theme_command(name: str, title: str, separator: bool = False) -> None:
    def run(themes: Themes) -> None:
        themes.use(name)

    def used(preferences: PreferenceStore) -> bool:
        return preferences.values.theme == name

    run.__doc__ = (
        f"Use the {name} colours." if name != "system" else "Use light or dark colours as the desktop does."
    )
    command(f"view.{name}", title, "View", checked=used, separator=separator)(run)


_theme_command("system", "Colours of the desktop", True)
_theme_command("light", "Light colours")
_theme_command("dark", "Dark colours")


@command("view.full_screen", "Full screen", "View", separator=True)
def full_screen(host: DialogHost) -> None:
    """Show Phonoscope on the full screen, or in a window again."""
    window = host.parent
    window.setWindowState(window.windowState() ^ Qt.WindowState.WindowFullScreen)


@command("help.palette", "Search commands", "Help")
def palette(host: DialogHost, menus: Menus) -> None:
    """Type part of a command's name and run it."""
    show_palette(host, menus)


@command("help.shortcuts", "Keys and mouse", "Help")
def shortcuts(host: DialogHost, menus: Menus) -> None:
    """List every key and what the mouse does."""
    show_shortcuts(host, menus)


@command("help.methods", "Which method when", "Help")
def methods(host: DialogHost) -> None:
    """Read which way of explaining a network suits which question, and when not to trust a map."""
    show_manual(host, "which-method-when")


@command("help.card", "About this model", "Help", has_model)
def card(card_panel: CardPanel) -> None:
    """Show everything known about the open model, with the sources."""
    card_panel.show_details()


@command("help.answers", "What the checkpoint does not say…", "Help", has_model)
def answers(context: Context, host: DialogHost, model_loader: ModelLoader) -> None:
    """Correct the rate, slice, code, slope or prior; your answers are saved next to the checkpoint."""
    ask_questions(context, host, model_loader)


@command("help.restart", "Restart the computation", "Help", separator=True)
def restart(engine: Engine, results: ResultStore, overlays: Overlays, layer_results: LayerResults) -> None:
    """Restart the processes that compute networks and analyses; what failed is tried again."""
    engine.restart()
    results.start_again()
    overlays.refresh()
    layer_results.refresh()


@command("help.about", "About Phonoscope", "Help", separator=True)
def about(host: DialogHost) -> None:
    """Show the version, the authors of the method and the licence."""
    show_about(host)
