"""The window: its panels, and the shell's parts connected to the services."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QSize
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QVBoxLayout, QWidget

from app.analysis.preset_list import PresetList
from app.annotation.tier_actions import TierActions
from app.annotation.tiers_wiring import TiersWiring
from app.base.command_table import is_open
from app.base.dialog_host import DialogHost
from app.base.file_locations import FileLocations
from app.base.injection import Injector
from app.base.picture_saver import PictureSaver
from app.export.figure import Figures
from app.measuring.progress import MeasurementProgress
from app.models.model_loader import wanted_of
from app.models.named_points import NamedPoints
from app.playback.playhead import Playhead
from app.queries.dock import DockView
from app.queries.listing_windows import ListingWindows
from app.queries.result_list import ResultList
from app.queries.slice_view import SliceSource
from app.shell.close_guard import CloseGuard
from app.shell.instrument import Instrument
from app.shell.menus import Menus
from app.shell.pages import BOTH_PX, Pages
from app.shell.status_notes import StatusNotes
from app.shell.themes import Themes
from app.shell.wiring import Widgets, Wiring
from app.training.panel import TrainingPanel
from widgets.controls.banner import Banner
from widgets.latent.panel import LatentPanel
from widgets.model.card import CardPanel
from widgets.model.start_page import StartPage
from widgets.results.dock import Dock
from widgets.shell.status_bar import StatusBar
from widgets.stack.stack import Stack
from widgets.theme.theme import Theme
from widgets.tiers.ipa_palette import IpaPanel

WIDE_PX = 1400  # from this width, the dock of all layers opens by itself
LEAST_PX = QSize(1000, 600)


class Window(QMainWindow):
    """Shows the services `on`: the place where the shell is put together."""

    def __init__(self, instrument: Instrument) -> None:
        super().__init__()
        self.on = instrument
        self._width_px = 0  # the size when the docks were last fitted to it
        self.setWindowTitle("Phonoscope")
        self.setAcceptDrops(True)
        self.setMinimumSize(LEAST_PX)
        self.resize(1600, 1000)
        self._make_panels()
        self._make_parts()
        self._lay_out()
        self._connect()
        self.themes.use(instrument.preferences.values.theme, remember=False)
        self.pages.show_page("start")
        self._restore()

    # --- making -----------------------------------------------------------------------------

    def _make_panels(self) -> None:
        """Make the widgets; from here on the injector knows every service and widget by type."""
        on = self.on
        locations = FileLocations(on.session, on.recordings.file_path, lambda: not on.model_loader.is_demo)
        on.recordings.opened.connect(locations.forget)
        self.host = DialogHost(on.context, locations, self)
        self.banner, self.status = Banner(), StatusBar()
        self.card, self.latent = CardPanel(), LatentPanel()
        self.injector = Injector((on.context, *on.services, self.host, self.card, self.latent))
        self.pages = Pages(self.injector)
        self.stack = self.injector.get(Stack)
        self.start = self.injector.get(StartPage)
        self.ipa = self.injector.get(IpaPanel)
        self.dock = self.injector.get(Dock)

    def _make_parts(self) -> None:
        """Make the parts between services and widgets."""
        on, context, host = self.on, self.on.context, self.host
        tiers = self.stack.tiers
        self.menus = Menus(context, self.injector, self, self.stack)
        self.themes = Themes(context.preferences, host)
        self.status_notes = StatusNotes(context, on.player, on.playback, self.status, lambda: self.pages.hint)
        self.named_points = NamedPoints(context, self.latent)
        self.playhead = Playhead(context, on.player, on.playback, self.stack)
        self.preset_list = PresetList(context, on.analysis_settings, self.menus.toolbar)
        self.tier_actions = TierActions(context, host, on.tier_editor, tiers)
        self.tiers_wiring = TiersWiring(context, on.tier_editor, tiers, self.status_notes.forget)
        slices = SliceSource(context, on.alignment, on.sound_driven, on.tiled_overlays, on.layer_results)
        saver = PictureSaver(context, host)
        self.dock_view = DockView(
            context,
            host,
            self.dock,
            on.overlays,
            on.latent_driven,
            slices,
            on.layer_results,
            on.queries,
            saver,
        )
        self.result_list = ResultList(context, host, self.dock, on.queries.results)
        self.listing_windows = ListingWindows(context, host, on.sound_driven, on.layer_results)
        self.measurement_progress = MeasurementProgress(host, on.measurement)
        self.figures = Figures(context, host, on.analysis_settings, on.stack_views, on.file_export, saver)
        self.training = TrainingPanel(context, host, on.player, on.model_loader)
        self.close_guard = CloseGuard(context, host, on.tier_editor, on.measurement, tiers.editor.finish)
        for part in (
            self.menus, self.themes, self.pages, self.named_points, self.tier_actions, self.dock_view,
            self.result_list, self.listing_windows, self.figures, self.training, saver, tiers,
        ):  # fmt: skip
            self.injector.add(part)

    def _lay_out(self) -> None:
        middle = QWidget()
        across = QHBoxLayout(middle)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(0)
        for dock in self.pages.docks("left"):
            across.addWidget(dock)
        across.addWidget(self.pages.stacked, 1)
        for dock in self.pages.docks("right"):
            across.addWidget(dock)
        whole = QWidget()
        down = QVBoxLayout(whole)
        down.setContentsMargins(0, 0, 0, 0)
        down.setSpacing(0)
        down.addWidget(self.menus.toolbar)
        down.addWidget(self.banner)
        down.addWidget(middle, 1)
        down.addWidget(self.status)
        self.setMenuWidget(self.menus.row)
        self.setCentralWidget(whole)

    def _connect(self) -> None:
        self.menus.before_run = self.status_notes.forget
        self.status_notes.watch(self)
        self.host.opened.connect(self.status_notes.watch)
        self.pages.areas = [self.latent, self.dock.table, self.menus.toolbar]
        self.pages.shown.connect(self._page_shown)
        self.pages.dock_shown.connect(self._dock_shown)
        for stop in (self.on.playback.stop, self.on.contact_sheet.cancel, self.on.measurement.cancel):
            self.on.interruptions.add(stop)
        self.themes.add(
            self.card, self.latent, self.stack, self.start, self.ipa, self.dock, self.banner, self.status,
            self.menus.toolbar, self.menus.corner,
        )  # fmt: skip
        widgets = Widgets(self.card, self.latent, self.stack, self.start, self.ipa, self.banner, self.status)
        self.wiring = Wiring(
            self.on, widgets, self.host, self.menus, self.pages, self.dock_view, self.named_points,
            self.playhead, self.tiers_wiring,
        )  # fmt: skip

    @property
    def theme(self) -> Theme:
        """The current colours."""
        return self.themes.theme

    # --- panels -----------------------------------------------------------------------------

    def _page_shown(self, id: str) -> None:
        self.themes.add(self.pages.widget(id))
        self.status_notes.forget()  # the earlier note was about another page
        self.menus.corner.show_page(id, self.on.session.card is not None)
        self.menus.refresh()

    def _dock_shown(self, id: str, on: bool) -> None:
        if id == "layers":
            self.dock_view.set_shown(on)

    # --- Qt ---------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        before, after = ((width >= WIDE_PX, width >= BOTH_PX) for width in (self._width_px, self.width()))
        self._width_px, self.on.dock_visibility.is_wide = self.width(), after[0]
        if before != after:
            self.pages.set_width(self.width())
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
        if path.lower().endswith(".textgrid") and is_open(self.on.session):
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
        geometry = self.on.preferences.values.geometry
        if geometry:
            self.restoreGeometry(QByteArray.fromBase64(geometry.encode()))
