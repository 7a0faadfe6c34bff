"""Sound through the checkpoint's own D and Q networks: the output, or a recording."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.axis import TimeAxis
from core.engine_work import Probed, sound_digest
from core.faults import Fault
from core.lanes import Lane
from core.origin import Origin
from core.recording import read_sound
from core.track import Track
from widgets.digits import activation

if TYPE_CHECKING:
    from app.instrument import Instrument

MOST_LOGITS = 6


@dataclass(frozen=True)
class Listener:
    """One network that listens, and to which track."""

    network: str
    source: str


class Hearing:
    """Keeps the lanes of D and Q in step with what they listen to."""

    def __init__(self, instrument: Instrument) -> None:
        self._on = instrument
        self.listeners: tuple[Listener, ...] = ()
        instrument.session.card_changed.connect(self._new_model)

    def listen(self, network: str, source: str = "") -> None:
        """Send the track `source` (the output, when empty) through D or Q, now and when it changes."""
        card = self._on.session.card
        if card is None or network not in card.layers:
            self._on.faulted.emit(Fault(f"This checkpoint has no {network} network."))
            return
        source = source or card.output
        kept = tuple(one for one in self.listeners if one.network != network)
        self.listeners = (*kept, Listener(network, source))
        self._add_lanes(network)
        self._ask(self.listeners[-1])

    def quiet(self, network: str) -> None:
        """Take the lanes of D or Q away."""
        session = self._on.session
        self.listeners = tuple(one for one in self.listeners if one.network != network)
        rest = tuple(lane for lane in session.lanes if not lane.key.startswith(f"{network}."))
        session.set_lanes(rest, f"close {network}")

    def open_recording(self, path: str | Path) -> None:
        """Open a sound file as a lane, at the model's rate, ready to be sent through D or Q."""
        card = self._on.session.card
        rate_hz = card.rate_hz if card else 0.0
        try:
            samples, axis, _ = read_sound(Path(path), rate_hz)
        except Fault as fault:
            self._on.faulted.emit(fault)
            return
        session = self._on.session
        key = f"sound:{Path(path).name}"
        track = Track(key, samples, axis, origin=Origin(sound=sound_digest(samples, axis.rate_hz)))
        session.show(tracks={**session.shown.tracks, key: track})
        if session.lane(key) is None:
            top = Lane(key, shown=frozenset({"pitch", "spectrogram"}))
            session.set_lanes((top, *session.lanes), f"open {Path(path).name}")
        session.set_active(key)
        for one in self.listeners:
            if one.source == key:
                self._ask(one)

    def output_changed(self) -> None:
        """Ask again where a network listens to a track that the knobs move."""
        for one in self.listeners:
            if not one.source.startswith("sound:"):
                self._ask(one)

    def _new_model(self) -> None:
        for one in self.listeners:
            self._on.desk.drop(f"listen {one.network}")
        self.listeners = ()

    def _add_lanes(self, network: str) -> None:
        session = self._on.session
        assert session.card is not None
        names = [f"{network}.{layer.name}" for layer in session.card.layers[network]]  # type: ignore[index]
        names.append(f"{network}.logits")
        new = tuple(Lane(name) for name in names if session.lane(name) is None)
        if new:
            session.set_lanes((*session.lanes, *new), f"send through {network}")

    def _ask(self, one: Listener) -> None:
        track = self._on.session.shown.tracks.get(one.source)
        if track is None:
            return
        digest = sound_digest(track.samples, track.axis.rate_hz)
        key = f"listen {one.network}"
        future = self._on.engine.ask("listen", one.network, track.samples, digest, key=key)
        self._on.desk.follow(key, future, lambda probed: self._arrived(one, probed), stream=True)

    def _arrived(self, one: Listener, probed: Probed) -> None:
        session = self._on.session
        own = {f"{one.network}.{name}": track for name, track in probed.tracks.items()}
        if probed.logits is not None:
            own[f"{one.network}.logits"] = logits_track(probed.logits, session.shown.tracks[one.source])
        session.show(tracks={**session.shown.tracks, **own})
        self._on.clock.rest(self._on.analysing.refresh)


def logits_track(values: NDArray[np.float32], like: Track) -> Track:
    """Give logits as one value per stretch of the sound, so that they stand as a lane below their layers."""
    whole = like.axis.extent
    axis = TimeAxis.of_sound(len(values) / whole.length_s, len(values), whole.start_s)
    return Track("logits", np.asarray(values, np.float32), axis, origin=like.origin.of(layer="logits"))


def logits_words(network: str, values: NDArray[np.float32]) -> str:
    """Tell logits in words: of Q the code slots, the largest first; of D its one score.

    >>> logits_words("Q", np.array([-1.5, 3.0], np.float32))
    'c2 3.000, c1 −1.500: one value each, no course in time'
    """
    if network == "D" or values.size < 2:
        return f"{activation(float(values[0]))}: one value, no course in time"
    order = np.argsort(-values)
    told = ", ".join(f"c{k + 1} {activation(float(values[k]))}" for k in order[:MOST_LOGITS])
    more = ", …" if values.size > MOST_LOGITS else ""
    return f"{told}{more}: one value each, no course in time"
