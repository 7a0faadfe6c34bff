"""The table of panels: the pages of the window, and the docks beside them."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from app.base.command_table import F, Function, always

Area = Literal["page", "left", "right"]


@dataclass(frozen=True)
class Panel:
    """One page or dock.

    `make` gives its widget; its parameters name, by their types, the services that it needs (see
    `Injector`). A `lazy` panel is made when it is first shown. `needs_model` keeps a page out of reach
    while no model is open. A dock stands beside the pages named in `pages` while `shown` says so.
    `hint` stands in the status bar on a page while nothing else is said.
    """

    id: str
    title: str
    area: Area
    make: Function
    pages: tuple[str, ...] = ()
    shown: Function = always
    needs_model: bool = False
    lazy: bool = False
    hint: str = ""


PANELS: dict[str, Panel] = {}

MODULES = ("app.shell.panels", "app.models.contact_sheet_page")
"""The files that hold panels, in the order in which their area shows them."""


def panel(id: str, title: str, area: Area, **more: Any) -> Callable[[F], F]:
    """Put the function that makes a panel into the table. Raises ValueError for an id used twice."""

    def put(make: F) -> F:
        if id in PANELS:
            raise ValueError(f"two panels are called {id}")
        PANELS[id] = Panel(id, title, area, make, **more)
        return make

    return put


def all_panels() -> dict[str, Panel]:
    """Import every file of panels and give the table."""
    for module in MODULES:
        importlib.import_module(module)
    return PANELS
