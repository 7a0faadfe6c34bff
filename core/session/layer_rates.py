"""The rates of the layers below one, by which an artefact of upsampling is recognised."""

from __future__ import annotations

from core.session.lane_key import Key, LaneKey
from core.session.lane_names import title
from core.session.session import Session
from core.signals.track import Track


def lower_rates(session: Session, key: Key, track: Track) -> dict[str, float]:
    """Return the rates in Hz of the shown layers of the same generator that are slower, by their titles."""
    if not isinstance(key, LaneKey) or not key.is_generated:
        return {}
    return {
        title(session.models, other): one.axis.rate_hz
        for other, one in session.shown.tracks.items()
        if isinstance(other, LaneKey)
        and (other.model, other.network) == (key.model, key.network)
        and one.axis.rate_hz < track.axis.rate_hz
    }
