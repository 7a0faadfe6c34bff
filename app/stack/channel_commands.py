"""Commands for the channels of the active layer: their average, some of them, or all as a heat map."""

from __future__ import annotations

from app.base.command_table import command, is_open
from app.base.dialog_host import DialogHost
from app.base.preference_store import PreferenceStore
from core.session.lane_key import LaneKey
from core.session.lane_maps import channels_from, channels_text
from core.session.lane_names import layer_info, title
from core.session.lanes import HeatMap, Lane
from core.session.session import Session


def has_channels(session: Session) -> bool:
    """The active lane shows a layer with several channels."""
    return _width(session) > 1


def _width(session: Session) -> int:
    key = session.active
    info = layer_info(session.models, key) if isinstance(key, LaneKey) else None
    return info.channels if info is not None else 0


def _lane(session: Session) -> Lane | None:
    return session.lane(session.active)


def _shows(heat_map: HeatMap, session: Session) -> bool:
    lane = _lane(session)
    return lane is not None and lane.heat_map == heat_map and has_channels(session)


def _show(session: Session, words: str, heat_map: HeatMap = "", channels: tuple[int, ...] = ()) -> None:
    lane = _lane(session)
    if lane is not None:
        name = title(session.models, lane.key)
        session.set_lane(lane.key, f"{words} {name}", heat_map=heat_map, channels=channels)


def shows_average(session: Session) -> bool:
    """The active lane shows the average of all channels."""
    lane = _lane(session)
    return _shows("", session) and lane is not None and not lane.channels


@command(
    "layers.average", "Average of all channels", "Layers", has_channels, separator=True, checked=shows_average
)
def average(session: Session) -> None:
    """Show the average of the active layer's channels, as the papers do."""
    _show(session, "average")


def shows_heat_map(session: Session) -> bool:
    """The active lane shows all channels by number."""
    return _shows("number", session)


@command("layers.heat_map", "Heat map of all channels", "Layers", has_channels, checked=shows_heat_map)
def heat_map(session: Session) -> None:
    """Show all channels of the active layer over time, by number."""
    _show(session, "heat map of", "number")


def shows_similar(session: Session) -> bool:
    """The active lane shows all channels by similarity."""
    return _shows("similarity", session)


@command(
    "layers.heat_map_similar", "Heat map, sorted by similarity", "Layers", has_channels, checked=shows_similar
)
def heat_map_similar(session: Session) -> None:
    """Show all channels of the active layer, with similar ones next to each other."""
    _show(session, "heat map of", "similarity")


def shows_some(session: Session) -> bool:
    """The active lane shows one channel, or the average of some."""
    lane = _lane(session)
    return lane is not None and bool(lane.channels)


@command("layers.channels", "One channel, or some…", "Layers", has_channels, checked=shows_some)
def channels(session: Session, host: DialogHost) -> None:
    """Show one channel of the active layer, or the average of some."""
    lane, width = _lane(session), _width(session)
    if lane is None:
        return

    def use(text: str) -> None:
        chosen = channels_from(text, width)
        _show(session, "channels of", channels=chosen if len(chosen) < width else ())

    host.ask_text("Channels", f"Channels, from 1 to {width}:", use, channels_text(lane.channels) or "1")


def shows_fields(preferences: PreferenceStore) -> bool:
    """Receptive fields are marked at the pointer."""
    return preferences.values.fields


@command("layers.fields", "Receptive fields at the pointer", "Layers", is_open, checked=shows_fields)
def fields(preferences: PreferenceStore) -> None:
    """Mark in every lane what the sample under the mouse depends on, and what depends on it."""
    preferences.change(fields=not preferences.values.fields)
