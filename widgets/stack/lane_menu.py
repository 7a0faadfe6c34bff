"""The context menu of a lane: scale, gain, and the curves that share its axes."""

from __future__ import annotations

from collections.abc import Callable, Hashable

from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from widgets.drawing.curves import Limits
from widgets.theme.praat_numbers import activation, short
from widgets.timeline.lane_views import LaneView

Wish = Callable[[str, object], None]
GAINS = (1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0)
SCALES = (
    ("window", "By window"),
    ("whole", "By whole sound"),
    ("shared", "Shared with other lanes"),
)
MOVES = (
    ("Move in time…", "ask"),
    ("Align its start to the cursor", "start"),
    ("Mark this time in it", "mark"),
    ("Move the marked time to the cursor", "marked"),
)


def lane_menu(
    lane: LaneView, limits: Limits, wish: Wish, unmerge: Callable[[Hashable], None], parent: QWidget
) -> QMenu:
    """Return the menu of a lane; `limits` is its present range."""
    menu = QMenu(parent)
    if lane.measurable:
        _add_scales(menu.addMenu("Vertical scale"), lane, limits, wish)
        _add_gains(menu.addMenu(f"Gain ×{short(lane.gain)}"), lane.gain, lambda gain: wish("gain", gain))
    if lane.layer_channels > 1:
        _add_drawings(menu.addMenu("Channels"), lane, wish)
    for curve in lane.curves[1:]:
        _add_gains(
            menu.addMenu(f"Gain of {curve.name} ×{short(curve.gain)}"),
            curve.gain,
            lambda gain, key=curve.key: wish("merged_gain", (key, gain)),
        )
    menu.addSeparator()
    heard = (("Mute", "muted", lane.muted), ("Solo", "solo", lane.solo)) if lane.playable else ()
    for words, field, value in heard:
        action = menu.addAction(words)
        action.setCheckable(True)
        action.setChecked(value)
        action.triggered.connect(lambda on, name=field: wish(name, on))
    menu.addAction("Open" if lane.collapsed else "Collapse", lambda: wish("collapsed", not lane.collapsed))
    if lane.movable:
        menu.addSeparator()
        for words, what in MOVES:
            menu.addAction(words, lambda what=what: wish("move", what))
        if lane.channels > 1:
            _add_channels(menu.addMenu("Channel"), lane, wish)
        menu.addAction("Start at 0 again", lambda: wish("move", "back")).setEnabled(lane.moved)
    if lane.over:
        menu.addSeparator()
        menu.addAction(f"Lay over {lane.over}", lambda: wish("over output", True))
    if len(lane.curves) > 1:
        menu.addSeparator()
        for curve in lane.curves[1:]:
            menu.addAction(f"Remove {curve.name} from this plot", lambda key=curve.key: unmerge(key))
    if lane.networks:
        menu.addSeparator()
    for identity, name, on in lane.networks:
        action = menu.addAction(f"Send through {name}", lambda network=identity: wish("through", network))
        action.setCheckable(True)
        action.setChecked(on)
    if lane.hears:
        menu.addSeparator()
        menu.addAction("What drives this?", lambda: wish("drives", True))
    if lane.closable or lane.model:
        menu.addSeparator()
    if lane.closable:
        menu.addAction("Close this lane", lambda: wish("closed", True))
    if lane.model:
        menu.addAction(f"Close the model {lane.model}", lambda: wish("close model", True))
    return menu


def _add_scales(menu: QMenu, lane: LaneView, limits: Limits, wish: Wish) -> None:
    group = QActionGroup(menu)
    fixed = f"Fixed, {activation(lane.fixed_low)} to {activation(lane.fixed_high)}"
    for scale, words in (*SCALES, ("fixed", fixed)):
        action = menu.addAction(words)
        action.setCheckable(True)
        action.setChecked(lane.scale == scale)
        action.setActionGroup(group)
        action.triggered.connect(lambda _=False, name=scale: wish("scale", name))
    menu.addSeparator()

    def keep() -> None:
        wish("fixed_low", limits[0])
        wish("fixed_high", limits[1])
        wish("scale", "fixed")

    menu.addAction(f"Keep the present range: {activation(limits[0])} to {activation(limits[1])}", keep)


def _add_channels(menu: QMenu, lane: LaneView, wish: Wish) -> None:
    group = QActionGroup(menu)
    words = (f"Average of all {lane.channels}", *(f"Channel {k}" for k in range(1, lane.channels + 1)))
    for channel, word in enumerate(words):
        action = menu.addAction(word, lambda channel=channel: wish("channel", channel))
        action.setCheckable(True)
        action.setChecked(channel == lane.channel)
        action.setActionGroup(group)


def _add_drawings(menu: QMenu, lane: LaneView, wish: Wish) -> None:
    """Offer the average, all channels as a heat map, or some channels."""
    group = QActionGroup(menu)
    now = lane.heat_map or ("some" if lane.shown_channels else "average")
    rows = (
        ("average", f"Average of all {lane.layer_channels}"),
        ("number", "Heat map, by number"),
        ("similarity", "Heat map, by similarity"),
        ("some", f"Channels {lane.shown_channels}…" if lane.shown_channels else "One channel, or some…"),
    )
    for drawing, words in rows:
        action = menu.addAction(words, lambda drawing=drawing: wish("drawing", drawing))
        action.setCheckable(True)
        action.setChecked(drawing == now)
        action.setActionGroup(group)


def _add_gains(menu: QMenu, now: float, wish: Callable[[float], None]) -> None:
    for gain in sorted({*GAINS, now}):
        action = menu.addAction(f"×{short(gain)}", lambda value=gain: wish(value))
        action.setCheckable(True)
        action.setChecked(gain == now)
