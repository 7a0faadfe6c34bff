"""Receptive fields in the stack: brackets under the lanes of all layers for the sample under the pointer."""

from __future__ import annotations

import math

from app.base.context import Context
from app.models.sound_driven import SoundDriven
from core.networks.dependence import SOUND
from core.session.lane_key import Key, LaneKey
from core.session.layer_fields import fields_at
from core.signals.axis import Range
from widgets.stack.stack import Stack


class FieldBrackets:
    """Shows brackets while the preference is on; lives as long as the window."""

    def __init__(self, context: Context, sound_driven: SoundDriven, stack: Stack) -> None:
        self._session = context.session
        self._preferences = context.preferences
        self._sound_driven = sound_driven
        self._stack = stack
        stack.layer_pointed.connect(self._point)
        context.preferences.changed.connect(lambda: self._point(None, math.nan))

    def _point(self, key: Key | None, time_s: float) -> None:
        self._stack.show_brackets(self.windows(key, time_s))

    def windows(self, key: Key | None, time_s: float) -> dict[Key, Range]:
        """Return, by lane, the time that belongs to the sample of a layer nearest to a time."""
        card = self._session.card_of(key)
        if not self._preferences.values.fields or not isinstance(key, LaneKey) or card is None:
            return {}
        network = card.networks.get(key.network)
        if network is None or not math.isfinite(time_s):
            return {}
        tracks = self._session.shown.tracks
        lanes = {info.name: LaneKey(key.model, key.network, info.name) for info in network.layers}
        axes = {name: tracks[lane].axis for name, lane in lanes.items() if lane in tracks}
        source = self._sound_driven.source_of(key)
        found: dict[Key, Range] = {}
        for one in fields_at(network, key.layer, time_s, axes):
            if one.layer != SOUND:
                found[lanes[one.layer]] = one.window
            elif source is not None:
                found[source] = one.window
        return found
