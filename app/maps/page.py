"""The page of feature maps, connected with the session, the engine and the ear."""

from __future__ import annotations

import math
from dataclasses import replace

from PySide6.QtCore import QEvent, QObject, QTimer

from app.analysis.settings import AnalysisSettings
from app.base.context import Context
from app.base.outlets import SoundOutlet
from app.base.panel_table import panel
from app.base.picture_saver import PictureSaver
from app.maps.browser import MapsBrowser
from app.maps.sources import Source, Sources
from app.maps.surgery import Surgery
from app.maps.views import (
    AVERAGE,
    OVERLAYS,
    average_lane,
    bar_view,
    compared_lanes,
    cut_view,
    field_rows,
    heat_view,
    similarity_view,
    time_view,
)
from app.models.background import BackgroundEngine
from app.models.named_points import NamedPoints
from app.models.sound_driven import SoundDriven
from app.recordings.alignment import Alignment
from app.stack.stack_view import StackViews
from core.maps.browsing import Browsed
from core.maps.change import difference_track
from core.networks.latent import Point
from core.networks.reductions import Reduction
from core.playback.sonification import part, sonified
from core.probing.surgery import edits_of
from core.session.lane_key import GENERATOR
from core.session.layer_fields import fields_at
from core.signals.axis import TimeAxis
from core.signals.track import Track
from widgets.maps.maps_page import MapsPage
from widgets.timeline.lane_views import LaneView

HINT = "Click a map to hear it · drag selects time · Ctrl + Shift + wheel zooms rows"


@panel("maps", "Maps", "page", needs_model=True, lazy=True, hint=HINT, tab="Maps")
def make_maps(
    context: Context,
    background: BackgroundEngine,
    settings: AnalysisSettings,
    sound_driven: SoundDriven,
    alignment: Alignment,
    stack_views: StackViews,
    named_points: NamedPoints,
    sounds: SoundOutlet,
    saver: PictureSaver,
) -> MapsPage:
    """Make the page of the feature maps of one layer."""
    sources = Sources(context, sound_driven, alignment)
    browser = MapsBrowser(context, background, settings, sources)
    browser.others = lambda: _points(named_points)
    page = MapsPage()
    surgery = Surgery(context, browser)
    MapsPageWiring(context, browser, surgery, stack_views, sounds, saver, page)
    return page


def _points(named_points: NamedPoints) -> dict[str, Point]:
    """Return the points that maps can be compared with: the slots A and B, if they differ, and all names."""
    a, b = named_points.both
    slots = {"A": a, "B": b} if a != b else {}
    return slots | {one.name: one.point for one in named_points.named}


class MapsPageWiring(QObject):
    """Connects the page; lives as long as the page."""

    def __init__(
        self,
        context: Context,
        browser: MapsBrowser,
        surgery: Surgery,
        stack_views: StackViews,
        sounds: SoundOutlet,
        saver: PictureSaver,
        page: MapsPage,
    ) -> None:
        super().__init__(page)
        self._session = context.session
        self._preferences = context.preferences
        self._browser, self._surgery, self._stack_views = browser, surgery, stack_views
        self._sounds, self._saver, self._page = sounds, saver, page
        self._folded: set[object] = {"before", "difference"}
        self._repaint = QTimer(self, singleShot=True, interval=0)
        self._repaint.timeout.connect(self.show_all)
        page.installEventFilter(self)
        self._from_session()
        self._from_page()

    def _from_session(self) -> None:
        self._browser.changed.connect(lambda: self._repaint.start())
        self._session.shown_changed.connect(self._soon)
        self._session.snapshot_changed.connect(lambda before, after: self._soon())
        self._session.view_changed.connect(self._show_time)

    def _soon(self) -> None:
        if self._page.isVisible():
            self._repaint.start()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Show, QEvent.Type.Hide):
            self._browser.set_shown(event.type() == QEvent.Type.Show)
            self._soon()
        return False

    def _from_page(self) -> None:
        page, session, heat = self._page, self._session, self._page.plot.heat
        page.cursor_wanted.connect(session.set_cursor)
        page.selection_wanted.connect(session.set_selection)
        page.range_wanted.connect(session.set_range)
        page.bar.wanted.connect(self._choose)
        page.bar.picture_wanted.connect(self._save)
        page.lane_play_wanted.connect(self._play_lane)
        page.lane_field_wanted.connect(self._lane_field)
        heat.field_wanted.connect(lambda channel, field: self._browser.flip(field, frozenset({channel})))
        heat.row_wanted.connect(lambda channel: self._browser.choose(selected=channel))
        heat.play_wanted.connect(self._play_map)
        page.plot.cluster_field_wanted.connect(
            lambda place, field: self._browser.flip(field, self._members(place))
        )
        page.plot.cluster_play_wanted.connect(self._play_cluster)
        heat.pointed.connect(self._point)
        page.cuts.cut_wanted.connect(self._surgery.cut)
        page.cuts.remove_wanted.connect(self._surgery.remove)
        page.cuts.clear_wanted.connect(self._surgery.clear)
        page.cuts.hear_wanted.connect(self._play_lane)

    # --- what is shown ---------------------------------------------------------------------------

    def show_all(self) -> None:
        """Show the present state."""
        browser, page = self._browser, self._page
        page.show_bar(bar_view(browser))
        found, source = browser.browsed, browser.source
        if found is None or source is None:
            page.show_words(browser.words or "Computing…")
            return
        page.show_words("")
        page.plot.show_looks(browser.choice.looks)
        page.plot.similarity.show_view(similarity_view(self._session, found, source))
        edits = edits_of(source.network, self._surgery.edits)
        page.show_heat(heat_view(browser, found, source, edits))
        page.show_lanes((average_lane(found, source, False),), self._below(found, source))
        page.cuts.show_view(cut_view(browser, self._surgery.rows(), self._session))
        self._show_time()

    def _below(self, found: Browsed, source: Source) -> tuple[LaneView, ...]:
        """Return the lane of the output as in the stack; of a network driven by sound, of its last layer."""
        key = self._session.output_of(source.model) if source.network == GENERATOR else None
        lane = next((one for one in self._stack_views.view().lanes if one.key == key), None)
        last = list(found.curves)[-1]
        shown = replace(lane, active=False) if lane is not None else None
        return compared_lanes(found, source, shown, last, self._folded)

    def _show_time(self) -> None:
        if self._page.isVisible():
            self._page.show_time(time_view(self._session))
            self._page.cuts.show_view(cut_view(self._browser, self._surgery.rows(), self._session))

    def _point(self, time_s: float, channel: int) -> None:
        """Show the receptive field of the sample under the pointer, in the panel and below the lanes."""
        found, source, card = self._browser.browsed, self._browser.source, self._session.card
        if found is None or source is None or card is None or not math.isfinite(time_s):
            self._page.cuts.show_fields("", ())
            self._page.show_brackets({})
            return
        axes = {name: source.moved(track.axis) for name, track in found.curves.items()}
        fields = fields_at(card.networks[source.network], found.maps.name, time_s, axes)
        title, rows = field_rows(found.maps.name, channel, time_s, fields)
        self._page.cuts.show_fields(title, rows)
        last = list(found.curves)[-1]
        output = self._session.output_of(source.model) if source.network == GENERATOR else None
        places = {last: output or "after", found.maps.name: AVERAGE}
        self._page.show_brackets({places[one.layer]: one.window for one in fields if one.layer in places})

    # --- what is chosen --------------------------------------------------------------------------

    def _choose(self, field: str, value: object) -> None:
        if field == "network":
            self._browser.choose(network=value, layer="")
            return
        more: dict[str, object] = {}
        if field == "sort" and value == "distance" and not self._browser.choice.other:
            others, here = self._browser.others(), self._session.point
            more["other"] = next((name for name, point in others.items() if point != here), "")
        self._browser.choose(**{field: value}, **more)

    def _lane_field(self, key: object, field: str, value: object) -> None:
        """Change the output's lane as in the stack; the average's buttons choose its contour and its maps."""
        if key == AVERAGE:
            self._average_field(field, value)
            return
        if field == "collapsed" and key in ("before", "difference"):
            self._folded ^= {key}
            self._repaint.start()
            return
        lane = self._session.lane(key)  # type: ignore[arg-type]
        fields = {
            "collapsed": "collapsed",
            "muted": "muted",
            "solo": "soloed",
            "gain": "gain",
            "shown": "shown",
        }
        if lane is not None and field in fields:
            self._session.set_lane(lane.key, f"{field} of the output", **{fields[field]: value})

    def _average_field(self, field: str, value: object) -> None:
        found, browser = self._browser.browsed, self._browser
        if field == "shown" and isinstance(value, frozenset):
            before = {OVERLAYS.get(browser.choice.contour, "")}
            wanted = next((key for key, measure in OVERLAYS.items() if measure in value - before), "")
            browser.choose(contour=wanted)
        elif field == "muted" and found is not None:
            browser.flip("muted", frozenset(range(found.maps.channels)))
        elif field == "solo":
            browser.choose(muted=frozenset[int](), soloed=frozenset[int]())

    def _members(self, place: int) -> frozenset[int]:
        found = self._browser.browsed
        own = found.clusters if found is not None and found.clusters is not None else ()
        return frozenset(channel for channel, cluster in enumerate(own) if cluster == place)

    # --- what is heard ---------------------------------------------------------------------------

    def _play_map(self, channel: int) -> None:
        found = self._browser.browsed
        if found is not None:
            self._play(found.maps.curve(Reduction("channel", channel)), f"Map {channel + 1}")

    def _play_cluster(self, place: int) -> None:
        found = self._browser.browsed
        if found is not None and place < len(found.cluster_means):
            self._play(found.cluster_means[place], f"Cluster {'ABCDEF'[place]}")

    def _play_lane(self, key: object) -> None:
        found = self._browser.browsed
        if found is None:
            return
        last = list(found.curves)[-1]
        before, after = found.plain_curves.get(last), found.curves[last]
        if key == AVERAGE:
            self._play(found.average, f"{len(found.sounding)} of {found.maps.channels} maps")
        elif key == "before" and before is not None:
            self._play(before, "Before the cut")
        elif key == "difference" and before is not None:
            self._play(difference_track(before, after), "Difference")
        else:
            self._play(after, "After the cut" if before is not None else "Output")

    def _play(self, track: Track, name: str) -> None:
        """Play a curve as the stack plays a layer: the selection, or all of it."""
        found, source = self._browser.browsed, self._browser.source
        if found is None or source is None:
            return
        axis = self._sound_axis(track)
        made = sonified(track, axis, self._preferences.values.sound, found.sound)
        window = self._session.selection
        samples = made.samples
        if window is not None:
            cut = window.moved(-source.by_s).cut(axis.extent)
            samples = part(made.samples, axis, cut)[0] if cut.length_s > 0 else made.samples
        self._sounds.play_apart(samples, made.rate_hz, f"{name}, {track.name.capitalize()}: {made.words}")

    def _sound_axis(self, track: Track) -> TimeAxis:
        """Return the axis of the sound that a curve is played on."""
        found = self._browser.browsed
        if found is not None and found.sound is not None:
            return found.sound.axis
        card = self._session.card
        rate_hz = card.rate_hz if card is not None and card.rate_hz else 16000.0
        return TimeAxis.of_sound(rate_hz, max(1, round(track.axis.duration_s * rate_hz)))

    def _save(self) -> None:
        """Save the heat map, or the small multiples, as a picture."""
        found = self._browser.browsed
        if found is not None:
            title = f"Feature maps of {found.maps.name.capitalize()}"
            origin = str(found.maps.origin.plain())
            self._saver.save_plot(self._page.plot, title, f"maps-{found.maps.name}", origin)
