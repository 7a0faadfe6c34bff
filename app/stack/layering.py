"""Lanes laid over the axes of others, as in the papers' main figure, and separated again."""

from __future__ import annotations

from app.base.context import Context
from core.session import lanes as lane_tools
from core.session.lane_key import Key, LaneKey, RecordingKey
from core.session.lane_names import layer_order, title
from core.session.lanes import Lane
from widgets.drawing.curves import peak


class Layering:
    """Lays lanes over others and separates them; each is one step of undo."""

    def __init__(self, context: Context) -> None:
        self._session = context.session

    # --- what is asked ---------------------------------------------------------------------------

    def target_of(self, key: Key | None) -> LaneKey | None:
        """Return the output that a lane can be laid over: its own model's, else another's; None if there is
        none, or if the lane has no curve over time.
        """
        session = self._session
        moving = session.lane(key)
        if moving is None or key not in session.shown.tracks or not _has_curve(key):
            return None
        first = session.model_of(key)
        models = sorted(session.models, key=lambda model: model != first)
        outputs = (session.output_of(model) for model in models)
        return next((one for one in outputs if one and one != key and session.lane(one) is not None), None)

    def host_of(self, key: Key | None) -> Lane | None:
        """Return the lane that a track is laid over; None if it has its own lane."""
        lane = lane_tools.holder(self._session.lanes, key)
        return lane if lane is not None and lane.key != key else None

    # --- what is done ----------------------------------------------------------------------------

    def lay_over_output(self, key: Key) -> None:
        """Lay a lane over the output, with a gain that makes it comparable."""
        target = self.target_of(key)
        if target is not None:
            self.lay_over(key, target)

    def lay_over(self, source: Key, target: Key) -> None:
        """Lay a lane over another one, with a gain that makes it comparable; layers keep their order."""
        session, order = self._session, layer_order(self._session.models)
        gain = self._fitting_gain(source, target)
        session.set_lanes(
            lane_tools.merged(session.lanes, source, target, gain, order),
            f"lay {self._name(source)} over {self._name(target)}",
        )

    def take_off(self, source: Key) -> None:
        """Give a track that is laid over another its own lane again."""
        host = self.host_of(source)
        if host is None:
            return
        lanes = lane_tools.unmerged(self._session.lanes, host.key, source, layer_order(self._session.models))
        self._session.set_lanes(lanes, f"remove {self._name(source)} from {self._name(host.key)}")

    def take_all_off(self, host: Lane) -> None:
        """Give every track that is laid over a lane its own lane again."""
        session, order = self._session, layer_order(self._session.models)
        lanes = session.lanes
        for source, _ in reversed(host.merged):
            lanes = lane_tools.unmerged(lanes, host.key, source, order)
        session.set_lanes(lanes, f"separate the layers over {self._name(host.key)}")

    def set_gain(self, host: Key, source: Key, gain: float) -> None:
        """Change the gain of a curve: the lane's own, or one laid over it."""
        session, words = self._session, f"gain of {self._name(source)}"
        if source == host:
            session.set_lane(host, words, gain=gain)
        else:
            session.set_lanes(lane_tools.with_gain(session.lanes, host, source, gain), words)

    def _fitting_gain(self, source: Key, target: Key) -> float:
        """Return the lane's own gain if it was set, or a round one that makes the curves comparable."""
        session = self._session
        lane = session.lane(source)
        if lane is not None and lane.gain != 1:
            return lane.gain
        tops = [peak(session.shown.tracks[key]) for key in (source, target) if key in session.shown.tracks]
        return float(max(1, round(tops[1] / tops[0]))) if len(tops) == 2 and tops[0] > 0 else 1.0

    def _name(self, key: Key) -> str:
        return key.id if isinstance(key, RecordingKey) else title(self._session.models, key)


def _has_curve(key: Key | None) -> bool:
    return not isinstance(key, LaneKey) or key.is_layer
