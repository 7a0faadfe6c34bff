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

    `make` returns its widget; its parameters declare, by type, the services that it needs (see `Injector`). A
    `lazy` panel is made when it is first shown. A page that `needs_model` is disabled while no model is open,
    one that `needs_generator` also while the model in focus makes no sound.
    A dock stands beside the pages named in `pages` while `shown` is true. The status bar of a page shows
    `hint` while there is nothing else to say. `tab` is a page's name at the right end of the menu bar, "" if
    it has none there.
    """

    id: str
    title: str
    area: Area
    make: Function
    pages: tuple[str, ...] = ()
    shown: Function = always
    needs_model: bool = False
    needs_generator: bool = False
    lazy: bool = False
    hint: str = ""
    tab: str = ""


PANELS: dict[str, Panel] = {}

MODULES = (
    "app.shell.panels",
    "app.sweeping.sweep_page",
    "app.maps.page",
    "app.profiling.page",
    "app.generating.page",
    "app.series.series_page",
    "app.models.contact_sheet_page",
    "app.models.live_page",
)
"""The modules with panels, in the order in which their area shows them."""


def panel(id: str, title: str, area: Area, **more: Any) -> Callable[[F], F]:
    """Put the function that makes a panel into the table. Raises ValueError for an id used twice."""

    def put(make: F) -> F:
        if id in PANELS:
            raise ValueError(f"two panels are called {id}")
        PANELS[id] = Panel(id, title, area, make, **more)
        return make

    return put


def all_panels() -> dict[str, Panel]:
    """Import every module with panels and return the table, in the order of the modules."""
    for module in MODULES:
        importlib.import_module(module)
    places = {module: place for place, module in enumerate(MODULES)}
    rows = sorted(PANELS.items(), key=lambda row: places[row[1].make.__module__])
    return dict(rows)
