"""The page Live: the microphone, the network's input, its answer and its layers, scrolling by."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer

from app.base.context import Context
from app.base.panel_table import panel
from app.models.live import SLOW_S, Listener, Live
from app.models.live_scene import live_scene
from app.recordings.recorder import Recorder
from app.recordings.recorder_panel import RecorderPanel
from core.playback.devices import DEFAULT, Device
from core.session.lane_names import model_names
from widgets.live.live_panel import LivePanel

FRAME_MS = 33  # 30 frames a second
FEW = 10  # answers after which it is known how late they are
WORDS = "Press Listen and speak: the sound, the network's input, its answer and its layers scroll by."
NOTHING = (
    "No open network hears sound. Open a recogniser, a detector or a pitch tracker "
    "with File > Open a checkpoint…"
)


@panel("live", "Live", "page", needs_model=True, lazy=True, hint="Grey: depends on what is yet to be said")
def make_live(context: Context, live: Live, recorder: Recorder, recorder_panel: RecorderPanel) -> LivePanel:
    """Make the page."""
    page = LivePanel()
    LivePage(context, live, recorder, recorder_panel, page)
    return page


class LivePage:
    """Connects the page with the network that listens; lives as long as the page."""

    def __init__(
        self, context: Context, live: Live, recorder: Recorder, recorder_panel: RecorderPanel, page: LivePanel
    ) -> None:
        self._session, self._preferences = context.session, context.preferences
        self._live, self._recorder, self._recorder_panel, self._page = live, recorder, recorder_panel, page
        self._microphones: tuple[Device, ...] = (DEFAULT,)
        self._timer = QTimer(page, interval=FRAME_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.look)
        page.start_wanted.connect(live.start)
        page.stop_wanted.connect(live.stop)
        page.keep_wanted.connect(self._keep)
        page.network_wanted.connect(lambda key: live.choose(self._networks[key]))
        page.microphone_wanted.connect(lambda id: context.preferences.change(microphone=id))
        page.hidden.connect(live.stop)
        live.changed.connect(self.show)
        recorder.found.connect(self._found)
        recorder.find_microphones()
        self.show()

    @property
    def _networks(self) -> dict[str, Listener]:
        """The networks that hear sound by the key of the list."""
        return {f"{model} {role}": (model, role) for model, role in self._live.networks}

    def show(self) -> None:
        """Show which networks there are, and whether one listens."""
        live, page = self._live, self._page
        names = model_names(self._session.models)
        options = [(key, f"{names[model]} · {role}") for key, (model, role) in self._networks.items()]
        chosen = live.network
        page.show_networks(options, f"{chosen[0]} {chosen[1]}" if chosen is not None else "")
        found = [(device.id, device.name) for device in self._microphones]
        kept = self._preferences.values.microphone
        if kept not in dict(found):
            found.append((kept, f"{kept} (not connected)"))
        page.show_microphones(found, kept)
        if live.listens:
            self._timer.start()
        else:
            self._timer.stop()
        self._show_state()
        if live.history is None or (live.fault is not None and live.take is None):
            words = NOTHING if chosen is None else WORDS
            page.view.show_words(str(live.fault) if live.fault is not None else words)

    def _show_state(self) -> None:
        live = self._live
        self._page.show_state(
            self.state_words(),
            listens=live.listens,
            can_listen=live.network is not None,
            can_keep=not live.listens and live.take is not None,
        )

    def state_words(self) -> str:
        """Return how far the answers are behind the microphone, and whether that is too far."""
        live = self._live
        if not live.listens:
            return str(live.fault) if live.fault is not None and live.take is not None else ""
        if live.delay_s is None:
            return "Opening the microphone"
        behind = f"the answer is {1000 * live.delay_s:.0f} ms behind the microphone"
        if live.delay_s > SLOW_S:
            return f"This machine is too slow for this network to be live: {behind}"
        return f"{behind[0].upper()}{behind[1:]}"

    def look(self) -> None:
        """Show the present moment, and let the network run over what is new."""
        live = self._live
        live.follow()
        scene = live_scene(self._session, live)
        if scene is not None:
            self._page.view.show_scene(scene)
        self._show_state()

    def _found(self, devices: tuple[Device, ...]) -> None:
        self._microphones = devices
        self.show()

    def _keep(self) -> None:
        """Hand the recording to the window that records, which names and saves it."""
        take = self._live.taken()
        if take is not None:
            self._recorder.take_up(take)
            self._recorder_panel.show()
