"""The window: its areas, its pages, and the wishes that a command may ask of it."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QObject, QSize, Qt
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QMainWindow,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.base.command_table import is_open
from app.base.file_locations import FileLocations
from app.models.model_loader import wanted_of
from app.models.named_points import NamedPoints
from app.recordings.open_recordings import PREFIX
from app.shell.close_guard import CloseGuard
from app.shell.instrument import Instrument
from app.shell.status_notes import HINTS, StatusNotes
from widgets.controls.banner import Banner
from widgets.latent.panel import LatentPanel
from widgets.model.card import CardPanel
from widgets.model.start_page import StartPage
from widgets.results.dock import Dock
from widgets.shell.status_bar import StatusBar
from widgets.stack.stack import Stack
from widgets.theme import theme as looks
from widgets.theme.theme import Look
from widgets.tiers.ipa_palette import IpaPanel

PANEL_PX = 240
WIDE_PX, BOTH_PX = 1400, 1152  # the dock opens by itself from here; panel and dock fit from here
LEAST_PX = QSize(1000, 600)


class Window(QMainWindow):
    """Left the card and the knobs, in the middle the pages; `on` is the instrument it shows."""

    full_screen_state = Qt.WindowState.WindowFullScreen

    def __init__(self, instrument: Instrument) -> None:
        super().__init__()
        self.on = instrument
        self.look = looks.LIGHT
        self._width_px = 0  # as it was when the areas were last fitted to it
        self.setWindowTitle("Phonoscope")
        self.setAcceptDrops(True)
        self.setMinimumSize(LEAST_PX)
        self.resize(1600, 1000)
        self._make_areas()
        from app.queries import dock
        from app.shell import dialogs, menus, wiring

        self.points: NamedPoints  # made by the wiring
        self.measurement_progress: QObject  # made by the wiring

        self.places = FileLocations(instrument)
        self.asks = dialogs.Dialogs(self)
        self.close_guard = CloseGuard(self)
        self.menus = menus.Menus(self)
        self.status_notes = StatusNotes(self)
        self.dock_view = dock.DockView(self)
        self._lay_out()
        wiring.connect(self)
        self.set_theme(instrument.preferences.values.theme, remember=False)
        self._restore()

    def _make_areas(self) -> None:
        self.card = CardPanel()
        self.knobs = LatentPanel()
        self.stack = Stack()
        self.start = StartPage()
        self.ipa = IpaPanel()
        self.dock = Dock()
        self.notice = Banner()
        self.status = StatusBar()
        self.sheet: QWidget | None = None  # made when first shown

    def _lay_out(self) -> None:
        self.panel = QWidget()
        self.panel.setObjectName("panel")
        self.panel.setFixedWidth(PANEL_PX)
        left = QVBoxLayout(self.panel)
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(0)
        left.addWidget(self.card)
        left.addWidget(self.knobs, 1)
        self.pages = QStackedWidget()
        self.pages.addWidget(self.start)
        self.pages.addWidget(self.stack)
        middle = QWidget()
        across = QHBoxLayout(middle)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(0)
        across.addWidget(self.panel)
        across.addWidget(self.pages, 1)
        across.addWidget(self.ipa)
        across.addWidget(self.dock)
        whole = QWidget()
        down = QVBoxLayout(whole)
        down.setContentsMargins(0, 0, 0, 0)
        down.setSpacing(0)
        down.addWidget(self.menus.transport)
        down.addWidget(self.notice)
        down.addWidget(middle, 1)
        down.addWidget(self.status)
        self.setCentralWidget(whole)
        self.show_page("start")

    # --- what commands ask ------------------------------------------------------------------

    def show_page(self, name: str) -> None:
        """Show one of the pages; the panel belongs to those that show a model."""
        if name == "sheet" and self.sheet is None:
            from app.models.contact_sheet_page import make_sheet

            self.sheet = make_sheet(self)
            self.pages.addWidget(self.sheet)
        page = {"start": self.start, "stack": self.stack, "sheet": self.sheet}[name]
        assert page is not None
        if page is not self.pages.currentWidget():
            self.status.show_help(HINTS.get(name, ""))  # what stood there was said of another page
        self.pages.setCurrentWidget(page)
        self.ipa.setVisible(name == "stack" and self.on.preferences.values.letters)
        self.show_dock()
        page.setFocus()
        self.menus.refresh()

    def show_alone(self, recordings: list[str]) -> None:
        """Without a model a recording gives the window its name; where none is left, begin anew."""
        name = recordings[0].removeprefix(PREFIX) if recordings else ""
        self.setWindowTitle(f"{name} – Phonoscope" if name else "Phonoscope")
        self.show_page("stack" if recordings else "start")

    def show_dock(self) -> None:
        """Show the dock beside the stack where it is wanted; in a narrow window the panel gives way."""
        shows = self.page == "stack" and self.on.dock_visibility.shown
        has_panel = self.page != "start" and self.on.session.card is not None
        self.panel.setVisible(has_panel and not (shows and self.width() < BOTH_PX))
        self.dock_view.show_dock(shows)

    @property
    def page(self) -> str:
        """The name of the page in front."""
        front = self.pages.currentWidget()
        return "stack" if front is self.stack else "start" if front is self.start else "sheet"

    def step_area(self, by: int) -> None:
        """Move the focus to the next area."""
        every = (self.pages.currentWidget(), self.knobs, self.dock.table, self.menus.transport)
        areas = [area for area in every if area is not None and area.isVisible()]
        focus = self.focusWidget()
        here = next((k for k, area in enumerate(areas) if focus and area.isAncestorOf(focus)), 0)
        if focus in areas:
            here = areas.index(focus)
        wanted = areas[(here + by) % len(areas)]
        wanted.setFocus(Qt.FocusReason.TabFocusReason)
        if not (wanted.hasFocus() or wanted.isAncestorOf(self.focusWidget() or wanted)):
            wanted.focusNextPrevChild(True)

    def set_theme(self, name: str, remember: bool = True) -> None:
        """Use the light or dark colours, or with "system" what the desktop uses."""
        if remember:
            self.on.preferences.change(theme=name)
        dark = name == "dark" or (name == "system" and looks.desktop_is_dark())
        self._use(looks.DARK if dark else looks.LIGHT)

    def _use(self, look: Look) -> None:
        self.look = look
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        looks.apply(app, look)
        for area in (
            self.card, self.knobs, self.stack, self.start, self.notice, self.status, self.menus.transport,
            self.menus.corner, self.ipa, self.dock,
        ):  # fmt: skip
            area.set_look(look)
        windows = (child for child in self.findChildren(QWidget) if child.isWindow())
        for beside in (self.sheet, *windows):
            if hasattr(beside, "set_look"):
                beside.set_look(look)  # type: ignore[union-attr]

    def flip_measure(self, key: str, measure: str) -> None:
        """Show or hide a measure on a lane, or say why its rate cannot carry it."""
        session = self.on.session
        lane, track = session.lane(key), session.shown.tracks.get(key)
        if lane is None or track is None:
            return
        refusal = self.on.analysis_settings.refusal(track, measure)
        if refusal and measure not in lane.shown:
            self.status.show_help(refusal)
            return
        session.set_lane(key, f"{measure} of {key}", shown=lane.shown ^ {measure})

    # --- Qt ---------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        before, after = ((width >= WIDE_PX, width >= BOTH_PX) for width in (self._width_px, self.width()))
        self._width_px, self.on.dock_visibility.is_wide = self.width(), after[0]
        if before != after:
            self.show_dock()
            self.menus.refresh()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        paths = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        for path in wanted_of(paths):
            self.open_dropped(path)

    def open_dropped(self, path: str) -> None:
        """Open a checkpoint, a recording or a TextGrid."""
        if path.lower().endswith(".textgrid") and is_open(self.on):
            self.on.tier_editor.open(path)
        else:
            self.on.model_loader.open(path)

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self.close_guard.may_close():
            event.ignore()
            return
        self.on.preferences.change(geometry=bytes(self.saveGeometry().toBase64().data()).decode())
        super().closeEvent(event)
        self.on.close()

    def _restore(self) -> None:
        if self.on.preferences.values.geometry:
            self.restoreGeometry(QByteArray.fromBase64(self.on.preferences.values.geometry.encode()))
