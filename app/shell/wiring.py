"""Two lists: what the session's news do to the widgets, and what the widgets' wishes do to the session."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer

from app.analysis import preset_list
from app.annotation import tiers_wiring
from app.measuring.progress import MeasurementProgress
from app.models.named_points import NamedPoints
from app.playback.playhead import Playhead
from app.recordings.open_recordings import PREFIX
from core.playback.sonification import SOUNDS
from core.session import lanes as lane_tools
from core.session.lanes import Lane
from core.session.point_names import starred_words
from core.session.session import Snapshot
from widgets.drawing.curves import peak

if TYPE_CHECKING:
    from app.shell.window import Window

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
MOVES = {
    "ask": "layers.move",
    "start": "layers.move_start",
    "mark": "layers.move_mark",
    "marked": "layers.move_marked",
    "back": "layers.move_back",
}


def connect(window: Window) -> None:
    """Connect everything, once, when the window is made."""
    Wiring(window)


class Wiring:
    """Holds the connections; the window is its parent and lives as long."""

    def __init__(self, window: Window) -> None:
        self._window = window
        window.wiring = self  # type: ignore[attr-defined]
        self._views = window.on.stack_views
        self.points = window.points = NamedPoints(window)
        self.head = Playhead(window)
        self._repaint = QTimer(window, singleShot=True, interval=0)
        self._repaint.timeout.connect(self.show_stack)
        self._late = QTimer(window, singleShot=True, interval=LATE_MS)
        self._late.timeout.connect(lambda: self._set_computing(True))
        self._from_session()
        self._from_widgets()
        self._from_transport()
        tiers_wiring.connect(window)

    # --- news -------------------------------------------------------------------------------

    def _from_session(self) -> None:
        on, window = self._window.on, self._window
        on.session.card_changed.connect(self._card)
        on.session.snapshot_changed.connect(self._moment)
        on.session.shown_changed.connect(self.soon)
        on.session.view_changed.connect(self._view)
        on.playback.changed.connect(self._playing)
        on.messages.faulted.connect(lambda fault: window.notice.show_fault(fault.sentence, fault.hint))
        on.messages.mended.connect(lambda fault: window.notice.withdraw(fault.sentence))
        on.messages.busy_changed.connect(self._busy)
        on.preferences.changed.connect(window.menus.refresh)
        on.measurement.done.connect(window.menus.refresh)
        window.measurement_progress = MeasurementProgress(window)
        on.model_loader.started.connect(lambda path: window.status.show_state("Opening…"))
        on.model_loader.ended.connect(lambda: window.status.show_state(""))
        on.model_loader.choice_needed.connect(window.asks.run)
        on.recordings.opened.connect(self._recording)
        on.model_loader.questions_arose.connect(lambda card: window.asks.questions())

    def soon(self) -> None:
        """Show the stack anew once this round of news is over."""
        self._repaint.start()

    def show_stack(self) -> None:
        """Show the stack anew now."""
        if self._window.on.session.card is not None or self._window.on.session.lanes:
            self._window.stack.show_view(self._views.view())

    def _card(self) -> None:
        session, window = self._window.on.session, self._window
        assert session.card is not None
        window.card.show_card(session.card)
        window.knobs.show_layout(session.layout)
        window.knobs.show_mode(MODES[session.layout.kind])
        window.setWindowTitle(f"{session.card.title} – Phonoscope")
        self._knobs()
        self.points.refresh()
        window.start.show_recent(window.on.preferences.values.recent)
        window.show_page("stack")
        self.soon()

    def _recording(self, key: str) -> None:
        """Bring the stack to the front; without a model the recording gives the window its name."""
        window = self._window
        if window.on.session.card is None:
            window.show_alone([key])
        window.start.show_recent(window.on.preferences.values.recent)
        window.show_page("stack")
        self.soon()

    def _moment(self, before: Snapshot, after: Snapshot) -> None:
        if (before.point, before.drawn, before.seed, before.name, before.pins) != (
            after.point, after.drawn, after.seed, after.name, after.pins
        ):  # fmt: skip
            self._knobs()
        if before.lanes != after.lanes:
            self.soon()
        if bool(before.lanes) != bool(after.lanes) and self._window.on.session.card is None:
            self._window.show_alone([lane.key for lane in after.lanes])
        self._window.menus.refresh_history()

    def _knobs(self) -> None:
        moment, knobs = self._window.on.session.snapshot, self._window.knobs
        card = self._window.on.session.card
        self._window.menus.corner.show_words(f"{card.title} · {starred_words(moment)}" if card else "")
        knobs.show_point(moment.point, moment.drawn)
        knobs.show_seed(moment.seed)
        knobs.show_pins(moment.pins)

    def _view(self) -> None:
        self.soon()
        self._window.menus.refresh()

    def _playing(self) -> None:
        self.head.watch()
        self._window.menus.transport.show_playing(self._window.on.player.playing)
        self.soon()

    def _busy(self, busy: bool) -> None:
        if not busy:
            self._late.stop()
            self._set_computing(False)
        elif not self._late.isActive() and not self._views.computing:
            self._late.start()
        session = self._window.on.session
        words = "Computing…" if busy else self._window.dock_view.state
        self._window.status.show_state(words if session.card else "")

    def _set_computing(self, computing: bool) -> None:
        """Mark the lanes whose numbers take longer than a glance."""
        if computing != self._views.computing:
            self._views.computing = computing
            self.soon()

    # --- wishes -----------------------------------------------------------------------------

    def _from_widgets(self) -> None:
        window, session, on = self._window, self._window.on.session, self._window.on
        knobs, stack = window.knobs, window.stack
        knobs.point_named.connect(self.points.keep)
        knobs.value_wanted.connect(session.set_value)
        knobs.code_wanted.connect(self._set_code)
        knobs.seed_wanted.connect(session.redraw)
        knobs.randomise_wanted.connect(lambda: window.menus.run("latent.randomise"))
        knobs.reset_wanted.connect(session.reset)
        knobs.pins_wanted.connect(lambda pins: session.change("pin", pins=frozenset(pins)))
        stack.range_wanted.connect(session.set_range)
        stack.zoom_wanted.connect(lambda button: window.menus.run(ZOOMS[button]))
        stack.cursor_wanted.connect(session.set_cursor)
        stack.selection_wanted.connect(session.set_selection)
        stack.frequency_wanted.connect(session.set_frequency)
        stack.lane_wanted.connect(self._lane)
        stack.merge_wanted.connect(self._merge)
        stack.unmerge_wanted.connect(self._unmerge)
        stack.order_wanted.connect(
            lambda keys: session.set_lanes(lane_tools.ordered(session.lanes, tuple(keys)), "order lanes")
        )
        stack.play_wanted.connect(self._play)
        stack.stop_wanted.connect(on.playback.stop)
        stack.pointer_moved.connect(lambda time_s, text: window.status.show_pointer(text))
        stack.legend_clicked.connect(window.asks.settings)
        window.start.show_recent(on.preferences.values.recent)
        window.start.show_demo(on.model_loader.has_demo())
        window.start.open_wanted.connect(on.model_loader.open)
        window.start.file_wanted.connect(window.asks.file)
        window.start.folder_wanted.connect(window.asks.folder)
        window.start.sound_wanted.connect(window.asks.recording)
        window.start.demo_wanted.connect(on.model_loader.open_demo)
        window.card.details_wanted.connect(window.asks.show_card)
        window.card.question_wanted.connect(window.asks.questions)

    def _set_code(self, code: tuple[float, ...]) -> None:
        session = self._window.on.session
        session.change("set the code", point=session.point.with_code(code))

    def _lane(self, key: str, field: str, value: object) -> None:
        session = self._window.on.session
        if field == "active":
            session.set_active(key)
        elif field == "closed":
            self._close(key)
        elif field == "move":
            session.set_active(key)
            self._window.menus.run(MOVES[str(value)])
        elif field == "channel":
            self._window.on.recordings.choose_channel(key, int(value))  # type: ignore[call-overload]
        elif field == "merged_gain":
            self._set_merged_gain(key, *value)  # type: ignore[misc]
        else:
            session.set_lane(key, f"{field} of {key}", **{FIELDS[field]: value})

    def _close(self, key: str) -> None:
        session = self._window.on.session
        if key.startswith(PREFIX):
            self._window.on.recordings.close(key)
        elif "." in key:
            self._window.on.sound_driven.quiet(key.split(".")[0])
        else:
            session.set_lanes(tuple(lane for lane in session.lanes if lane.key != key), f"close {key}")

    def _merge(self, source: str, target: str) -> None:
        session = self._window.on.session
        gain = self._fitting_gain(source, target)
        session.set_lanes(
            lane_tools.merged(session.lanes, source, target, gain), f"lay {source} over {target}"
        )

    def _set_merged_gain(self, target: str, source: str, gain: float) -> None:
        session = self._window.on.session
        lanes = lane_tools.regained(session.lanes, target, source, gain)
        session.set_lanes(lanes, f"gain of {source}")

    def _fitting_gain(self, source: str, target: str) -> float:
        """Give the lane's own gain if it was set, else a round one that makes the curves comparable."""
        session = self._window.on.session
        lane: Lane | None = session.lane(source)
        if lane is not None and lane.gain != 1:
            return lane.gain
        tops = [peak(session.shown.tracks[key]) for key in (source, target)]
        return float(max(1, round(tops[1] / tops[0]))) if tops[0] > 0 else 1.0

    def _unmerge(self, target: str, source: str) -> None:
        session = self._window.on.session
        session.set_lanes(lane_tools.unmerged(session.lanes, target, source), f"take {source} off {target}")

    def _play(self, key: str, stretch: object) -> None:
        playing, session = self._window.on.playback, self._window.on.session
        if not key:
            playing.play_active(stretch)  # type: ignore[arg-type]
        elif key in playing.keys and self._window.on.player.playing:
            playing.stop()
        else:
            session.set_active(key)
            playing.play(key, stretch)  # type: ignore[arg-type]

    # --- the toolbar's own fields -----------------------------------------------------------

    def _from_transport(self) -> None:
        on, bar = self._window.on, self._window.menus.transport
        bar.set_sounds([(sound.key, sound.words) for sound in SOUNDS], on.preferences.values.sound)
        bar.sound_wanted.connect(on.playback.set_sound)
        preset_list.connect(self._window)
        bar.set_volume(on.preferences.values.volume_db)
        bar.volume_wanted.connect(self._volume)
        bar.device_wanted.connect(self._device)
        bar.devices_needed.connect(self._devices)
        on.player.volume_db = on.preferences.values.volume_db

    def _volume(self, level_db: float) -> None:
        self._window.on.player.volume_db = level_db
        self._window.on.preferences.change(volume_db=level_db)

    def _devices(self) -> None:
        player = self._window.on.player
        known = [(device.id, device.name) for device in player.devices()]
        self._window.menus.transport.set_devices(known, self._window.on.preferences.values.device)
        player.refresh()

    def _device(self, device: str) -> None:
        self._window.on.player.set_device(device)
        self._window.on.preferences.change(device=device)
