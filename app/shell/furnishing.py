"""The window's panels and parts: made, laid out, and connected to the services."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.analysis.preset_list import PresetList
from app.annotation.tier_actions import TierActions
from app.annotation.tiers_wiring import TiersWiring
from app.base.command_table import has_generator
from app.base.dialog_host import DialogHost
from app.base.file_locations import FileLocations
from app.base.injection import Injector
from app.base.picture_saver import PictureSaver
from app.export.figure import Figures
from app.measuring.progress import MeasurementProgress
from app.models.input_view import InputWiring
from app.models.named_points import NamedPoints
from app.models.point_search import PointSearch
from app.playback.playhead import Playhead
from app.queries.dock import DockView
from app.queries.listing_windows import ListingWindows
from app.queries.result_list import ResultList
from app.queries.slice_view import SliceSource
from app.recordings.recorder_panel import RecorderPanel
from app.shell.close_guard import CloseGuard
from app.shell.instrument import Instrument
from app.shell.menus import Menus
from app.shell.pages import Pages
from app.shell.status_notes import StatusNotes
from app.shell.themes import Themes
from app.shell.window import Window
from app.shell.wiring import Widgets, Wiring
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
from widgets.tiers.ipa_palette import IpaPanel

W = TypeVar("W", bound=Window)


def furnish(window: W, instrument: Instrument) -> W:
    """Put panels in the place of the first picture, connect them to the services, and return the window."""
    window.on = instrument
    _make_panels(window)
    _make_parts(window)
    _lay_out(window)
    _connect(window)
    window.themes.use(window.on.preferences.values.theme, remember=False)
    window.pages.show_page("start")
    window.set_furnished()
    return window


def _make_panels(window: Window) -> None:
    """Make the widgets; from here on the injector knows every service and widget by type."""
    on = window.on
    locations = FileLocations(on.session, on.recordings.file_path, lambda: not on.model_loader.is_shipped)
    on.recordings.opened.connect(locations.forget)
    window.host = DialogHost(on.context, locations, window)
    window.banner, window.status = Banner(), StatusBar()
    window.card, window.latent, window.input = CardPanel(), LatentPanel(), InputPanel()
    window.injector = Injector(
        (on.context, *on.services, window.host, window.card, window.latent, window.input)
    )
    window.pages = Pages(window.injector)
    window.stack = window.injector.get(Stack)
    window.start = window.injector.get(StartPage)
    window.ipa = window.injector.get(IpaPanel)
    window.dock = window.injector.get(Dock)


def _make_parts(window: Window) -> None:
    """Make the parts between services and widgets."""
    on, context, host, injector = window.on, window.on.context, window.host, window.injector
    tiers = window.stack.tiers
    window.menus = Menus(context, injector, window, window.stack)
    window.themes = Themes(context.preferences, host)
    window.status_notes = StatusNotes(
        context, on.player, on.playback, window.status, lambda: window.pages.hint
    )
    window.input_wiring = InputWiring(
        context, host, on.recordings, on.sound_driven, on.input_choice, window.input
    )
    window.named_points = NamedPoints(context, window.latent)
    window.point_search = PointSearch(context, on.background, window.named_points)
    window.playhead = Playhead(context, on.player, on.playback, window.stack)
    window.field_brackets = FieldBrackets(context, on.sound_driven, window.stack)
    window.preset_list = PresetList(context, on.analysis_settings, window.menus.toolbar)
    window.tier_actions = TierActions(context, host, on.tier_editor, tiers)
    window.tiers_wiring = TiersWiring(context, on.tier_editor, tiers, window.status_notes.forget)
    slices = SliceSource(context, on.alignment, on.sound_driven, on.tiled_overlays, on.layer_results)
    saver = PictureSaver(context, host)
    window.dock_view = DockView(
        context,
        host,
        window.dock,
        on.overlays,
        on.latent_driven,
        slices,
        on.layer_results,
        on.queries,
        saver,
        on.sound_driven,
    )
    window.result_list = ResultList(context, host, window.dock, on.queries.results)
    window.listing_windows = ListingWindows(context, host, on.sound_driven, on.layer_results)
    window.measurement_progress = MeasurementProgress(host, on.measurement)
    window.figures = Figures(context, host, on.analysis_settings, on.stack_views, on.file_export, saver)
    window.training = TrainingPanel(context, host, on.player, on.model_loader)
    window.recorder = RecorderPanel(context, host, on.recorder)
    window.close_guard = CloseGuard(
        context, host, on.tier_editor, on.measurement, window.result_list, tiers.editor.finish
    )
    for part in (
        window.menus, window.themes, window.pages, window.named_points, window.point_search,
        window.tier_actions, window.dock_view, window.result_list, window.listing_windows, window.figures,
        window.training, window.recorder, saver, tiers,
    ):  # fmt: skip
        injector.add(part)


def _lay_out(window: Window) -> None:
    middle = QWidget()
    across = QHBoxLayout(middle)
    across.setContentsMargins(0, 0, 0, 0)
    across.setSpacing(0)
    for dock in window.pages.docks("left"):
        across.addWidget(dock)
    across.addWidget(window.pages.stacked, 1)
    for dock in window.pages.docks("right"):
        across.addWidget(dock)
    whole = QWidget()
    down = QVBoxLayout(whole)
    down.setContentsMargins(0, 0, 0, 0)
    down.setSpacing(0)
    down.addWidget(window.menus.toolbar)
    down.addWidget(window.banner)
    down.addWidget(middle, 1)
    down.addWidget(window.status)
    window.setMenuWidget(window.menus.row)
    window.setCentralWidget(whole)


def _connect(window: Window) -> None:
    on, pages, menus = window.on, window.pages, window.menus
    menus.before_run = window.status_notes.forget
    window.status_notes.watch(window)
    window.host.opened.connect(window.status_notes.watch)
    pages.areas = [window.latent, window.input, window.dock.table, menus.toolbar]

    def page_shown(id: str) -> None:
        window.themes.add(pages.widget(id))
        window.status_notes.forget()  # the earlier note was about another page
        menus.corner.show_page(id, on.session.card is not None)
        menus.corner.enable(has_generator(on.session))
        menus.refresh()

    def dock_shown(id: str, shown: bool) -> None:
        if id == "layers":
            window.dock_view.set_shown(shown)

    pages.shown.connect(page_shown)
    on.session.focus_changed.connect(lambda: menus.corner.enable(has_generator(on.session)))
    on.sweep_files.opened.connect(lambda: pages.show_page("sweep"))
    pages.dock_shown.connect(dock_shown)
    for stop in (
        window.point_search.cancel,
        on.playback.stop,
        on.contact_sheet.cancel,
        on.measurement.cancel,
    ):
        on.interruptions.add(stop)
    window.themes.add(
        window.card, window.latent, window.input, window.stack, window.start, window.ipa, window.dock,
        window.banner,
        window.status, menus.toolbar, menus.corner,
    )  # fmt: skip
    widgets = Widgets(
        window.card, window.latent, window.input, window.stack, window.start, window.ipa, window.banner,
        window.status,
    )  # fmt: skip
    window.wiring = Wiring(
        on, widgets, window.host, menus, pages, window.dock_view, window.named_points, window.playhead,
        window.tiers_wiring,
    )  # fmt: skip
    on.session.card_changed.connect(on.sweep_files.checkpoint_opened)  # after the stack was shown
