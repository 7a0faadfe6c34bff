"""The command that looks for the latent point of a recording."""

from __future__ import annotations

from app.base.command_table import command
from app.models.point_search import PointSearch
from core.session.lane_key import RecordingKey
from core.session.session import Session


def can_search(session: Session) -> bool:
    """A recording is active, and the model makes sound."""
    return isinstance(session.active, RecordingKey) and session.card is not None and session.card.sounds


def searches(point_search: PointSearch) -> bool:
    """A search is under way."""
    return point_search.running


@command(
    "latent.find_point",
    "Find the point of this recording",
    "Latent",
    can_search,
    separator=True,
    checked=searches,
)
def find_point(session: Session, point_search: PointSearch) -> None:
    """Search for points whose sound comes near the active recording's selection; Esc or this ends it."""
    if point_search.running:
        point_search.cancel()
    elif isinstance(session.active, RecordingKey):
        point_search.start(session.active)
