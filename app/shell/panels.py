"""The permanent panels: the start page, the stack, and the docks beside it."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.base.panel_table import panel
from app.base.preference_store import PreferenceStore
from app.shell.dock_visibility import DockVisibility
from core.session.session import Session
from widgets.latent.panel import LatentPanel
from widgets.model.card import CardPanel
from widgets.model.input_panel import InputPanel
from widgets.model.start_page import StartPage
from widgets.results.dock import Dock
from widgets.stack.stack import Stack
from widgets.tiers.ipa_palette import IpaPanel

LATENT_PX = 240


@panel("start", "Start", "page")
def make_start() -> StartPage:
    """Return the page that shows how to begin."""
    return StartPage()


@panel(
    "stack", "Stack", "page", tab="Stack",
    hint="Drag selects · Shift-click moves the nearest edge · grey bars play",
)  # fmt: skip
def make_stack() -> Stack:
    """Return the stack of lanes."""
    return Stack()


def has_model(session: Session) -> bool:
    """A model is open."""
    return session.card is not None


class LatentDock(QWidget):
    """The open model's card; below it its latent variables or, for a network that only hears, its input."""

    def __init__(self, card: CardPanel, knobs: LatentPanel, input_panel: InputPanel) -> None:
        super().__init__()
        self.setObjectName("panel")
        self.setFixedWidth(LATENT_PX)
        down = QVBoxLayout(self)
        down.setContentsMargins(0, 0, 0, 0)
        down.setSpacing(0)
        down.addWidget(card)
        down.addWidget(knobs, 1)
        down.addWidget(input_panel, 1)
        input_panel.hide()


@panel(
    "latent",
    "Latent variables",
    "left",
    pages=("stack", "sweep", "maps", "checkpoints", "sheet"),
    shown=has_model,
)
def make_latent(card: CardPanel, knobs: LatentPanel, input_panel: InputPanel) -> LatentDock:
    """Return the dock of the model and its latent variables, or its input."""
    return LatentDock(card, knobs, input_panel)


def shows_letters(preferences: PreferenceStore) -> bool:
    """The palette of phonetic letters is switched on."""
    return preferences.values.letters


@panel("letters", "Phonetic letters", "right", pages=("stack",), shown=shows_letters)
def make_letters() -> IpaPanel:
    """Return the palette of phonetic letters."""
    return IpaPanel()


def shows_layers(dock_visibility: DockVisibility) -> bool:
    """The dock of all layers is switched on, or there is room for it."""
    return dock_visibility.shown


@panel("layers", "All layers", "right", pages=("stack",), shown=shows_layers)
def make_layers() -> Dock:
    """Return the dock of all layers, slices and results."""
    return Dock()
