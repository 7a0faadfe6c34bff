"""Wiring: the session's signals change the widgets, and the widgets' signals change the session."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from PySide6.QtCore import QPoint, QTimer

from app.analysis.dialogs import ask_settings
from app.annotation.tiers_wiring import MENU, TiersWiring
from app.base.dialog_host import DialogHost
from app.models.built_in import examples
from app.models.dialogs import ask_questions, ask_run
from app.models.named_points import NamedPoints
from app.playback.playhead import Playhead
from app.queries.dock import DockView
from app.shell.instrument import Instrument
from app.shell.menus import Menus
from app.shell.pages import Pages
from app.stack.answer_commands import MENU as ANSWER_MENU
from core.playback.sonification import SOUNDS
from core.session import lanes as lane_tools
from core.session.lane_key import Key, LaneKey, RecordingKey
from core.session.lane_names import model_names, plain_name, title
from core.session.point_names import starred_name
from core.session.session import Snapshot
from widgets.controls.banner import Banner
from widgets.latent.panel import LatentPanel
from widgets.model.card import CardPanel
from widgets.model.input_panel import InputPanel
from widgets.model.start_page import StartPage
from widgets.shell.status_bar import StatusBar
from widgets.stack.stack import Stack
from widgets.tiers.ipa_palette import IpaPanel

LATE_MS = 150  # what takes longer than this is marked as being computed
MODES = {"one-hot": "one-hot", "bits": "bits", "none": "free"}
ZOOMS = {
    "all": "time.all",
    "in": "time.in",
    "out": "time.out",
    "sel": "time.selection",
    "bak": "time.back",
}
FIELDS = {
    "muted": "muted",
    "solo": "soloed",
    "collapsed": "collapsed",
    "gain": "gain",
    "scale": "scale",
    "fixed_low": "fixed_low",
    "fixed_high": "fixed_high",
    "shown": "shown",
}
DRAWINGS = {
    "average": "layers.average",
    "number": "layers.heat_map",
    "similarity": "layers.heat_map_similar",
    "some": "layers.channels",
}
MOVES = {
    "ask": "layers.move",
    "start": "layers.move_start",
    "mark": "layers.move_mark",
    "marked": "layers.move_marked",
    "back": "layers.move_back",
}


@dataclass(frozen=True)
class Widgets:
    """The widgets that the wiring connects."""

    card: CardPanel
    latent: LatentPanel
    input: InputPanel
    stack: Stack
    start: StartPage
    ipa: IpaPanel
    banner: Banner
    status: StatusBar


class Wiring:
    """Holds the connections; lives as long as the window."""

    def __init__(
        self,
        services: Instrument,
        widgets: Widgets,
        host: DialogHost,
        menus: Menus,
        pages: Pages,
        dock_view: DockView,
        named_points: NamedPoints,
        playhead: Playhead,
        tiers_wiring: TiersWiring,
    ) -> None:
        self._on, self._widgets, self._host = services, widgets, host
        self._menus, self._pages, self._dock_view = menus, pages, dock_view
        self._points, self._playhead = named_points, playhead
        self._views = services.stack_views
        self._state: tuple[Any, ...] = ()
        self._repaint = QTimer(widgets.stack, singleShot=True, interval=0)
        self._repaint.timeout.connect(self.show_stack)
        self._late = QTimer(widgets.stack, singleShot=True, interval=LATE_MS)
        self._late.timeout.connect(lambda: self._set_computing(True))
        self._from_session()
        self._from_services()
        self._from_latent_panel()
        self._from_stack()
        self._from_tiers(tiers_wiring)
        self._from_start_page()
        self._from_toolbar()

    # --- from the session -------------------------------------------------------------------------

    def _from_session(self) -> None:
        session = self._on.session
        session.card_changed.connect(self._card)
        session.focus_changed.connect(self._focus)
        session.snapshot_changed.connect(self._snapshot)
        session.shown_changed.connect(self.soon)
        session.view_changed.connect(self._view)

    def _from_services(self) -> None:
        on, widgets = self._on, self._widgets
        on.playback.changed.connect(self._playing)
        on.drawn_overlays.changed.connect(self.soon)
        on.explanations.changed.connect(self.soon)
        for told in (on.messages.faulted, on.messages.warned):
            told.connect(lambda fault: widgets.banner.show_fault(fault.sentence, fault.hint))
        on.messages.mended.connect(lambda fault: widgets.banner.withdraw(fault.sentence))
        on.messages.busy_changed.connect(self._busy)
        on.preferences.changed.connect(self._preferences)
        on.analysis_settings.changed.connect(self._menus.refresh)
        on.measurement.done.connect(self._menus.refresh)
        for opener in (on.model_loader, on.recordings):
            opener.started.connect(lambda path: widgets.status.show_state("Opening…"))
            opener.ended.connect(lambda: widgets.status.show_state(""))
        on.model_loader.choice_needed.connect(lambda choice: ask_run(self._host, on.model_loader, choice))
        on.model_loader.questions_arose.connect(lambda card: self._ask_questions())
        on.recordings.opened.connect(self._recording)
        on.sound_driven.answered.connect(self._answered)

    def _preferences(self) -> None:
        self._widgets.start.show_recent(self._on.preferences.values.recent)
        self._pages.show_docks()
        self._menus.refresh()

    def soon(self) -> None:
        """Update the stack once this round of signals is over."""
        self._repaint.start()

    def show_stack(self) -> None:
        """Update the stack now."""
        if self._on.session.card is not None or self._on.session.lanes:
            self._widgets.stack.show_view(self._views.view())

    def _focus(self) -> None:
        """Show what belongs to the model that is in focus now."""
        self._model_in_focus()
        self._points.follow()
        self._menus.refresh()
        self.soon()

    def _model_in_focus(self) -> None:
        session, widgets = self._on.session, self._widgets
        assert session.card is not None
        widgets.card.show_card(session.card, self._folder())
        hears = self._on.input_choice.is_hearing(session.model)
        widgets.latent.setVisible(not hears)
        widgets.input.setVisible(hears)
        widgets.latent.show_layout(session.layout)
        widgets.latent.show_mode(MODES[session.layout.kind])
        within = f" in {self._folder()}" if self._folder() else ""
        self._host.parent.setWindowTitle(f"{self._name()}{within} – Phonoscope")
        self._knobs()

    def _name(self) -> str:
        """Return the name of the model in focus."""
        session = self._on.session
        return model_names(session.models).get(session.model, "")

    def _folder(self) -> str:
        """Return the name of the folder of the run in focus; "" for the built-in model."""
        card = self._on.session.card
        return "" if card is None or self._on.model_loader.is_shipped else PurePath(card.path).parent.name

    def _card(self) -> None:
        widgets = self._widgets
        self._model_in_focus()
        self._points.refresh()
        widgets.start.show_recent(self._on.preferences.values.recent)
        self._pages.show_page("stack")
        self.soon()

    def _recording(self, key: RecordingKey) -> None:
        """Show the stack; without a model, name the window after the recording."""
        if self._on.session.card is None:
            self._show_alone([key])
        self._widgets.start.show_recent(self._on.preferences.values.recent)
        self._pages.show_page("stack")
        self.soon()

    def _answered(self, key: LaneKey) -> None:
        """Bring the answer of D or Q into view."""
        self.show_stack()
        self._widgets.stack.reveal(key)

    def _show_alone(self, recordings: Sequence[Key]) -> None:
        """Without a model, name the window after a recording; if none is left, show the start page."""
        name = plain_name(recordings[0]) if recordings else ""
        self._host.parent.setWindowTitle(f"{name} – Phonoscope" if name else "Phonoscope")
        self._pages.show_page("stack" if recordings else "start")

    def _snapshot(self, before: Snapshot, after: Snapshot) -> None:
        if (before.point, before.drawn, before.seed, before.name, before.pins, before.edits) != (
            after.point, after.drawn, after.seed, after.name, after.pins, after.edits
        ):  # fmt: skip
            self._knobs()
        if before.lanes != after.lanes:
            self.soon()
        if bool(before.lanes) != bool(after.lanes) and self._on.session.card is None:
            self._show_alone([lane.key for lane in after.lanes])
        self._menus.refresh_history()

    def _knobs(self) -> None:
        session, latent, name = self._on.session, self._widgets.latent, self._name()
        snapshot = session.snapshot
        drawn = name and session.card is not None and session.card.generator is not None
        self._menus.corner.show_words(f"{name} · {starred_name(snapshot)}" if drawn else name)
        latent.show_point(snapshot.point, snapshot.drawn)
        latent.show_seed(snapshot.seed)
        latent.show_pins(snapshot.pins)

    def _view(self) -> None:
        self.soon()
        state = self._menu_state()
        if state != self._state:  # scrolling changes nothing that a command depends on
            self._state = state
            self._menus.refresh()

    def _menu_state(self) -> tuple[Any, ...]:
        """Return the part of the view that the commands depend on."""
        session = self._on.session
        return (
            session.selection,
            session.active,
            session.tier,
            session.frequency_hz is None,
            session.visible != session.whole,
        )

    def _playing(self) -> None:
        self._playhead.watch()
        self._menus.toolbar.show_playing(self._on.player.playing)
        self.soon()

    def _busy(self, busy: bool) -> None:
        if not busy:
            self._late.stop()
            self._set_computing(False)
        elif not self._late.isActive() and not self._views.computing:
            self._late.start()
        words = "Computing…" if busy else self._dock_view.state
        self._widgets.status.show_state(words if self._on.session.card else "")

    def _set_computing(self, computing: bool) -> None:
        """Mark the lanes whose numbers take a noticeable time."""
        if computing != self._views.computing:
            self._views.computing = computing
            self.soon()

    # --- from the widgets --------------------------------------------------------------------------

    def _from_latent_panel(self) -> None:
        latent, session = self._widgets.latent, self._on.session
        latent.point_named.connect(self._points.keep)
        latent.value_wanted.connect(session.set_value)
        latent.code_wanted.connect(self._set_code)
        latent.seed_wanted.connect(session.redraw)
        latent.randomise_wanted.connect(lambda: self._menus.run("latent.randomise"))
        latent.reset_wanted.connect(session.reset)
        latent.pins_wanted.connect(lambda pins: session.change("pin", pins=frozenset(pins)))
        latent.save_point_wanted.connect(lambda: self._menus.run("latent.save_point"))
        latent.points_wanted.connect(lambda: self._menus.run("latent.points"))
        self._widgets.card.details_wanted.connect(lambda: self._menus.run("help.card"))
        self._widgets.card.question_wanted.connect(self._ask_questions)

    def _ask_questions(self, name: str = "") -> None:
        ask_questions(self._on.context, self._host, self._on.model_loader, name)

    def _from_stack(self) -> None:
        stack, session, on = self._widgets.stack, self._on.session, self._on
        stack.range_wanted.connect(session.set_range)
        stack.zoom_wanted.connect(lambda button: self._menus.run(ZOOMS[button]))
        stack.cursor_wanted.connect(session.set_cursor)
        stack.selection_wanted.connect(session.set_selection)
        stack.frequency_wanted.connect(session.set_frequency)
        stack.lane_wanted.connect(self._lane)
        stack.merge_wanted.connect(on.layering.lay_over)
        stack.unmerge_wanted.connect(lambda _, source: on.layering.take_off(source))
        stack.order_wanted.connect(
            lambda keys: session.set_lanes(lane_tools.ordered(session.lanes, tuple(keys)), "order lanes")
        )
        stack.play_wanted.connect(self._play)
        stack.stop_wanted.connect(on.playback.stop)
        stack.pointer_moved.connect(lambda time_s, text: self._widgets.status.show_pointer(text))
        stack.legend_clicked.connect(
            lambda measure: ask_settings(session, self._host, on.analysis_settings, measure)
        )

    def _from_tiers(self, tiers_wiring: TiersWiring) -> None:
        tiers = self._widgets.stack.tiers
        tiers.pointed.connect(lambda time_s, text: self._widgets.status.show_pointer(text))
        tiers.menu_wanted.connect(lambda place: self._menus.open_menu(MENU, place))
        self._widgets.stack.answers.menu_wanted.connect(self._answer_menu)
        tiers_wiring.changed.connect(self._tiers_changed)
        self._on.tier_editor.files.changed.connect(self.soon)
        self._widgets.ipa.letter_wanted.connect(tiers.insert)
        self._widgets.ipa.close_wanted.connect(lambda: self._menus.run("textgrid.letters"))

    def _answer_menu(self, key: Key, place: QPoint) -> None:
        self._on.session.set_active(key)
        self._menus.open_menu(ANSWER_MENU, place)

    def _tiers_changed(self) -> None:
        self.soon()
        self._menus.refresh()

    def _from_start_page(self) -> None:
        start, menus = self._widgets.start, self._menus
        start.show_recent(self._on.preferences.values.recent)
        start.show_examples([(one.kind, one.title, one.says) for one in examples()])
        start.open_wanted.connect(self._on.model_loader.open)
        start.file_wanted.connect(lambda: menus.run("file.open"))
        start.folder_wanted.connect(lambda: menus.run("file.open_folder"))
        start.sound_wanted.connect(lambda: menus.run("file.open_sound"))
        start.example_wanted.connect(lambda place: self._on.model_loader.open_example(examples()[place]))

    def _set_code(self, code: tuple[float, ...]) -> None:
        session = self._on.session
        session.change("set the code", point=session.point.with_code(code))

    def _lane(self, key: Key, field: str, value: object) -> None:
        session = self._on.session
        if field == "active":
            session.set_active(key)
        elif field == "closed":
            self._close(key)
        elif field == "move":
            session.set_active(key)
            self._menus.run(MOVES[str(value)])
        elif field == "channel":
            assert isinstance(key, RecordingKey)
            self._on.recordings.choose_channel(key, int(value))  # type: ignore[call-overload]
        elif field == "merged_gain":
            self._on.layering.set_gain(key, *value)  # type: ignore[misc]
        elif field == "through":
            self._on.sound_driven.send(*value, key)  # type: ignore[misc]
        elif field == "drives":
            session.set_active(key)
            self._menus.run("layers.what_drives")
        elif field == "close model":
            assert isinstance(key, LaneKey)
            self._on.model_loader.close(key.model)
        elif field == "drawing":
            session.set_active(key)
            self._menus.run(DRAWINGS[str(value)])
        elif field == "over output":
            self._on.layering.lay_over_output(key)
        else:
            session.set_lane(key, f"{field} of {self._lane_name(key)}", **{FIELDS[field]: value})

    def _lane_name(self, key: Key) -> str:
        return title(self._on.session.models, key)

    def _close(self, key: Key) -> None:
        session = self._on.session
        if isinstance(key, RecordingKey):
            self._on.recordings.close(key)
        elif not key.is_generated and not self._on.input_choice.is_hearing(key.model):
            self._on.sound_driven.quiet(key.network, key.model)
        else:
            session.set_lanes(
                tuple(lane for lane in session.lanes if lane.key != key), f"close {self._lane_name(key)}"
            )

    def _play(self, key: Key | None, stretch: object) -> None:
        playback, session = self._on.playback, self._on.session
        if key is None:
            playback.play_active(stretch)  # type: ignore[arg-type]
        elif key in playback.keys and self._on.player.playing:
            playback.stop()
        else:
            session.set_active(key)
            playback.play(key, stretch)  # type: ignore[arg-type]

    # --- the toolbar's own fields -----------------------------------------------------------

    def _from_toolbar(self) -> None:
        on, bar = self._on, self._menus.toolbar
        values = on.preferences.values
        bar.set_sounds([(sound.key, sound.words) for sound in SOUNDS], values.sound)
        bar.sound_wanted.connect(on.playback.set_sound)
        bar.set_volume(values.volume_db)
        bar.volume_wanted.connect(self._volume)
        bar.device_wanted.connect(self._device)
        bar.devices_needed.connect(self._devices)
        on.player.volume_db = values.volume_db

    def _volume(self, level_db: float) -> None:
        self._on.player.volume_db = level_db
        self._on.preferences.change(volume_db=level_db)

    def _devices(self) -> None:
        player = self._on.player
        known = [(device.id, device.name) for device in player.devices()]
        self._menus.toolbar.set_devices(known, self._on.preferences.values.device)
        player.refresh()

    def _device(self, device: str) -> None:
        self._on.player.set_device(device)
        self._on.preferences.change(device=device)
