"""The window: a first picture at once, then its panels; and what the desktop sends to it.

Only Qt is imported here, so that the window stands before the services are imported.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QPoint, QSize
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QResizeEvent
from PySide6.QtWidgets import QMainWindow

from widgets.controls.dialog import AROUND_PX
from widgets.shell.first_picture import FirstPicture

if TYPE_CHECKING:
    from app.analysis.preset_list import PresetList
    from app.annotation.tier_actions import TierActions
    from app.annotation.tiers_wiring import TiersWiring
    from app.base.dialog_host import DialogHost
    from app.base.injection import Injector
    from app.export.figure import Figures
    from app.measuring.progress import MeasurementProgress
    from app.models.input_view import InputWiring
    from app.models.named_points import NamedPoints
    from app.models.point_search import PointSearch
    from app.playback.playhead import Playhead
    from app.queries.dock import DockView
    from app.queries.listing_windows import ListingWindows
    from app.queries.result_list import ResultList
    from app.recordings.recorder_panel import RecorderPanel
    from app.shell.close_guard import CloseGuard
    from app.shell.instrument import Instrument
    from app.shell.menus import Menus
    from app.shell.pages import Pages
    from app.shell.status_notes import StatusNotes
    from app.shell.themes import Themes
    from app.shell.wiring import Wiring
    from app.stack.field_brackets import FieldBrackets
    from app.training.panel import TrainingPanel
    from widgets.controls.banner import Banner
    from widgets.latent.panel import LatentPanel
    from widgets.model.card import CardPanel
    from widgets.model.input_panel import InputPanel
    from widgets.model.start_page import StartPage
    from widgets.results.dock import Dock
    from widgets.shell.status_bar import StatusBar
    from widgets.stack.stack import Stack
    from widgets.theme.theme import Theme
    from widgets.tiers.ipa_palette import IpaPanel

WIDE_PX = 1400  # from this width, the dock of all layers opens by itself
LEAST_PX = QSize(1000, 600)
USUAL_PX = QSize(1600, 1000)


class Window(QMainWindow):
    """Shows the services `on`; until they are given, a first picture stands in it."""

    on: Instrument
    host: DialogHost
    injector: Injector
    banner: Banner
    status: StatusBar
    card: CardPanel
    latent: LatentPanel
    input: InputPanel
    input_wiring: InputWiring
    pages: Pages
    stack: Stack
    start: StartPage
    ipa: IpaPanel
    dock: Dock
    menus: Menus
    themes: Themes
    status_notes: StatusNotes
    named_points: NamedPoints
    point_search: PointSearch
    field_brackets: FieldBrackets
    playhead: Playhead
    preset_list: PresetList
    tier_actions: TierActions
    tiers_wiring: TiersWiring
    dock_view: DockView
    result_list: ResultList
    listing_windows: ListingWindows
    measurement_progress: MeasurementProgress
    figures: Figures
    recorder: RecorderPanel
    training: TrainingPanel
    close_guard: CloseGuard
    wiring: Wiring

    def __init__(self) -> None:
        super().__init__()
        self._width_px = 0  # the size when the docks were last fitted to it
        self.is_furnished = False
        self.first_picture = FirstPicture()
        self.setWindowTitle("Phonoscope")
        self.setAcceptDrops(True)
        self.setMinimumSize(LEAST_PX)
        self.resize(USUAL_PX)
        self.setCentralWidget(self.first_picture)

    def set_furnished(self) -> None:
        """Say that all panels and parts are in the window (see `furnishing.furnish`)."""
        self.is_furnished = True
        self._fit()

    def restore(self, geometry: str) -> bool:
        """Take the place and size that the window had when it was closed; return whether they still apply.

        They do not on a screen of quite another size, such as the same one at another scale factor. The
        window is never larger than its screen.
        """
        restored = bool(geometry) and self.restoreGeometry(QByteArray.fromBase64(geometry.encode()))
        self._fit_to_screen(moved=restored)
        return restored

    def _fit_to_screen(self, moved: bool) -> None:
        """Make the window no larger than its screen, and move a restored one inside."""
        room = self.screen().availableGeometry()
        size_px = room.size() - AROUND_PX
        self.setMinimumSize(LEAST_PX.boundedTo(size_px))
        if self.isMaximized() or self.isFullScreen():
            return
        self.resize(self.size().boundedTo(size_px))
        if not moved:
            return  # the desktop finds a place for it
        spare = room.size() - self.size() - AROUND_PX
        place = self.pos() - room.topLeft()
        x_px, y_px = (max(0, min(place.x(), spare.width())), max(0, min(place.y(), spare.height())))
        self.move(room.topLeft() + QPoint(x_px, y_px))

    @property
    def theme(self) -> Theme:
        """The current colours."""
        return self.themes.theme

    # --- Qt ---------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.is_furnished:
            self._fit()

    def _fit(self) -> None:
        """Show as many docks as the width has room for."""
        from app.shell.pages import BOTH_PX

        before, after = ((width >= WIDE_PX, width >= BOTH_PX) for width in (self._width_px, self.width()))
        self._width_px, self.on.dock_visibility.is_wide = self.width(), after[0]
        if before != after:
            self.pages.set_width(self.width())
            self.menus.refresh()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        self.open_dropped([url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()])

    def open_dropped(self, paths: Sequence[str]) -> None:
        """Open checkpoints beside each other, recordings, and, where something is open, TextGrids."""
        from app.base.command_table import is_open

        tiers = [path for path in paths if path.lower().endswith(".textgrid") and is_open(self.on.session)]
        self.on.model_loader.open_all([path for path in paths if path not in tiers])
        for path in tiers:
            self.on.tier_editor.open(path)

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self.is_furnished:
            super().closeEvent(event)
            return
        if not self.close_guard.may_close():
            event.ignore()
            return
        self.on.preferences.change(geometry=bytes(self.saveGeometry().toBase64().data()).decode())
        super().closeEvent(event)
        self.on.close()
