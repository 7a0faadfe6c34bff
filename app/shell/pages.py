"""The visible page, and the docks beside it."""

from __future__ import annotations

from collections.abc import Iterator

from psygnal import Signal
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QStackedWidget, QWidget

from app.base.injection import Injector
from app.base.panel_table import Panel, all_panels

BOTH_PX = 1152  # from this width, the latent panel and the dock of all layers fit beside the stack


class Pages:
    """Makes the panels of the table and shows them; `shown` carries the id of a page that becomes visible.

    `dock_shown` carries the id of a dock, and whether it is visible now.
    """

    shown = Signal(str)
    dock_shown = Signal(str, bool)

    def __init__(self, injector: Injector) -> None:
        self._injector = injector
        self._panels = all_panels()
        self._made: dict[str, QWidget] = {}
        self._width_px = 0
        self.areas: list[QWidget] = []
        self.stacked = QStackedWidget()
        self.page = "start"
        for panel in self._panels.values():
            if not panel.lazy:
                self.widget(panel.id)

    def widget(self, id: str) -> QWidget:
        """Return a panel's widget, making it and offering it to services on first use."""
        if id not in self._made:
            panel = self._panels[id]
            made: QWidget = self._injector.call(panel.make)
            self._made[id] = made
            self._injector.add(made)
            if panel.area == "page":
                self.stacked.addWidget(made)
        return self._made[id]

    @property
    def made(self) -> tuple[QWidget, ...]:
        """Every panel made so far."""
        return tuple(self._made.values())

    def docks(self, area: str) -> tuple[QWidget, ...]:
        """Return the docks of one side, from left to right."""
        return tuple(self.widget(panel.id) for panel in self._panels.values() if panel.area == area)

    @property
    def hint(self) -> str:
        """The status bar's text while there is nothing else to say."""
        return self._panels[self.page].hint

    def show_page(self, id: str) -> None:
        """Show a page with its docks."""
        made = self.widget(id)
        self.page = id
        self.stacked.setCurrentWidget(made)
        self.show_docks()
        made.setFocus()
        self.shown.emit(id)

    def show_docks(self) -> None:
        """Show the docks of the visible page; in a narrow window the left one is hidden."""
        wanted = {panel.id: self._is_wanted(panel) for panel in self._panels.values() if panel.area != "page"}
        if wanted["layers"] and self._width_px < BOTH_PX:
            wanted["latent"] = False
        for id, on in wanted.items():
            self.widget(id).setVisible(on)
            self.dock_shown.emit(id, on)

    def _is_wanted(self, panel: Panel) -> bool:
        return self.page in panel.pages and bool(self._injector.call(panel.shown))

    def set_width(self, width_px: int) -> None:
        """Fit the docks to a new width of the window."""
        self._width_px = width_px
        self.show_docks()

    def step_area(self, by: int) -> None:
        """Move the focus to the next area, or with −1 to the previous one."""
        every = (self.stacked.currentWidget(), *self.areas)
        areas = [area for area in every if area is not None and area.isVisible()]
        focus = self.stacked.window().focusWidget()
        here = next((k for k, area in enumerate(areas) if focus and area.isAncestorOf(focus)), 0)
        if focus in areas:
            here = areas.index(focus)
        first_control(areas[(here + by) % len(areas)]).setFocus(Qt.FocusReason.TabFocusReason)


def first_control(area: QWidget) -> QWidget:
    """Return the first control of an area that Tab reaches and that shows the focus, or the area itself."""
    inside = (one for one in _in_tab_order(area) if area is one or area.isAncestorOf(one))
    reached = (one for one in inside if one.isVisible() and one.isEnabled() and _takes_tab(one))
    return next(reached, area)


def _in_tab_order(area: QWidget) -> Iterator[QWidget]:
    """Yield the widgets of a window in the order of Tab, from an area on."""
    widget: QWidget | None = area
    while widget is not None:
        yield widget
        widget = widget.nextInFocusChain()
        widget = None if widget is area else widget


def _takes_tab(widget: QWidget) -> bool:
    return bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
