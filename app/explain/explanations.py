"""What is explained in the window: one target of one network, its map as a lane, and the map's checks."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from psygnal import Signal

from app.base.context import Context
from app.models.background import BackgroundEngine
from app.models.sound_driven import Listening, SoundDriven, later
from app.playback.playback import Playback
from app.recordings.alignment import Alignment
from core.analyses.time_shift import moved_track, own_track
from core.explain.relevance import scale_of
from core.explain.sanity import SanityStep, verdict
from core.explain.targets import TargetRequest
from core.explain.tasks import ExplainTask, Explanation, ShuffleTask
from core.faults import Fault
from core.session.lane_key import LOGITS, RELEVANCE, LaneKey
from core.session.lanes import Lane, has, holder
from core.signals.axis import Range
from core.signals.channel_image import ChannelImage
from core.signals.track import Track

ASKER = "explain"
AUTOMATIC = "lrp"
MOST_CHECKED_S = 20.0  # of sound: a check runs the network once a layer


@dataclass(frozen=True)
class Wanted:
    """What somebody wants explained: a target of the network of a lane, in the time of the sound it hears."""

    key: LaneKey
    asked: TargetRequest


class Explanations:
    """Explains one target at a time, and checks its map while nothing else is asked.

    `changed` is emitted for a new map, a new check, and when the map is taken away.
    """

    changed = Signal()

    def __init__(
        self,
        context: Context,
        background: BackgroundEngine,
        sound_driven: SoundDriven,
        alignment: Alignment,
        playback: Playback,
    ) -> None:
        self._session, self._jobs, self._messages = context.session, context.jobs, context.messages
        self._background, self._sound_driven = background, sound_driven
        self._alignment, self._playback = alignment, playback
        self._answer: object = None  # of the network, when the map was asked
        self.method = AUTOMATIC
        self.wanted: Wanted | None = None
        self.explanation: Explanation | None = None
        self.steps: tuple[SanityStep, ...] = ()
        sound_driven.arrived.connect(self._follow)
        self._session.model_closed.connect(self._forget)

    # --- what is asked ------------------------------------------------------------------------

    def network(self) -> LaneKey | None:
        """Return the answer's lane of the network that is meant: the active lane's, else the first."""
        active, heard = self._session.active, self._sound_driven.listeners
        keys = [LaneKey(one.model, one.network, LOGITS) for one in heard]
        if isinstance(active, LaneKey):
            own = replace(active, layer=LOGITS)
            if own in keys:
                return own
        focused = (key for key in keys if key.model == self._session.model)
        return next((key for found in (focused, keys) for key in found), None)

    def explain_here(self, against_next: bool = False) -> None:
        """Explain what the network says at the cursor or over the selection; against its next best answer."""
        key = self.network()
        names = self._best(key) if key is not None else None
        if key is None or not names:
            self._messages.faulted.emit(
                Fault("No network says anything here.", "Open a recogniser or detector, and a recording.")
            )
            return
        best, *others = names
        rival = others[0] if against_next and others else ""
        self.explain(Wanted(key, TargetRequest(best, rival, *self._where(key))))

    def explain(self, wanted: Wanted) -> None:
        """Explain a target, in place of the one before; the lane of its map appears when it is computed."""
        samples = self._samples(wanted.key)
        if samples is None:
            return
        self._jobs.drop((ASKER, "check"))
        self.wanted, self._answer = wanted, self._said(wanted.key)
        task = ExplainTask(wanted.key.model, wanted.key.network, samples, wanted.asked, self.method)
        self._jobs.follow(
            ASKER,
            self._background.ask(task, ASKER, urgent=True),
            lambda found: self._arrived(wanted, found, samples),
            self._messages.faulted.emit,
        )

    def set_method(self, method: str) -> None:
        """Explain by another method from now on, also what is explained now."""
        self.method = method
        self.changed.emit()
        if self.wanted is not None:
            self.explain(self.wanted)

    def close(self) -> None:
        """Take the map away."""
        wanted, self.wanted = self.wanted, None
        self._jobs.drop(ASKER)
        self._jobs.drop((ASKER, "check"))
        self.explanation, self.steps = None, ()
        if wanted is not None:
            key = replace(wanted.key, layer=RELEVANCE)
            session, shown = self._session, self._session.shown
            session.set_lanes(tuple(lane for lane in session.lanes if lane.key != key), "close relevance")
            session.show(
                tracks={one: track for one, track in shown.tracks.items() if one != key},
                channels={one: image for one, image in shown.channels.items() if one != key},
            )
        self.changed.emit()

    def _best(self, key: LaneKey) -> tuple[str, ...]:
        """Return the labels that a network says here, the best first."""
        said = self._session.shown.predictions.get(key)
        if said is None:
            output = self._sound_driven.output(key)
            classes = sorted(output.classes, key=lambda one: -one.probability) if output is not None else []
            return tuple(one.label for one in classes) or (("1",) if output is not None else ())
        scores, window = said.scores, self._window(key)
        first, last = scores.axis.samples_in(window)
        first = min(first, scores.axis.n - 1)
        means = scores.logits[first : max(first + 1, last)].mean(0)
        if scores.blank is not None:
            means[scores.blank] = -np.inf
        return tuple(scores.labels[k] for k in np.argsort(-means).tolist())

    def _window(self, key: LaneKey) -> Range:
        """Return the selection or the cursor, in the time of the sound that a network hears."""
        session, said = self._session, self._session.shown.predictions[key]
        by_s = self._alignment.by_s(key)
        if session.selection is not None:
            return session.selection.moved(-by_s)
        axis, at_s = said.scores.axis, (session.cursor_s or 0.0) - by_s
        frame = int(np.clip(round(axis.index(at_s)), 0, axis.n - 1))
        return Range(axis.seconds(frame), axis.seconds(frame))

    def _where(self, key: LaneKey) -> tuple[float | None, tuple[Range, ...]]:
        """Return the time or the stretch that is explained, counted from where the network begins to hear."""
        if key not in self._session.shown.predictions:
            return None, ()
        window = self._window(key).moved(-self._begin_s(key))
        return (window.start_s, ()) if not window.length_s else (None, (window,))

    def _listening(self, key: LaneKey) -> Listening | None:
        found = self._sound_driven.listeners
        return next((one for one in found if (one.model, one.network) == (key.model, key.network)), None)

    def _begin_s(self, key: LaneKey) -> float:
        one = self._listening(key)
        return one.window.start_s if one is not None and one.window is not None else 0.0

    def _samples(self, key: LaneKey) -> np.ndarray | None:
        """Return what a network hears, at its own rate."""
        one = self._listening(key)
        track = self._session.shown.tracks.get(one.source) if one is not None else None
        if one is None or track is None:
            return None
        return np.asarray(self._sound_driven.driving(one, own_track(track)).samples, np.float32)

    # --- what arrives -------------------------------------------------------------------------

    def _said(self, key: LaneKey) -> object:
        shown = self._session.shown
        return shown.predictions.get(key) or shown.tracks.get(key)

    def _follow(self) -> None:
        """Explain the same target again where the network hears another sound."""
        if self.wanted is not None and self._said(self.wanted.key) is not self._answer:
            if self._listening(self.wanted.key) is None:
                self.close()
            else:
                self.explain(self.wanted)

    def _forget(self) -> None:
        if self.wanted is not None and self.wanted.key.model not in self._session.models:
            self.wanted, self.explanation, self.steps = None, None, ()
            self.changed.emit()

    def _arrived(self, wanted: Wanted, found: Explanation, samples: np.ndarray) -> None:
        self.explanation, self.steps = found, ()
        self._show(wanted.key, found)
        if found.instead:
            self._messages.noted.emit(f"{found.instead} Shown is gradient × input.")
        self.changed.emit()
        rate_hz = self._session.models[wanted.key.model].input_rates_hz[wanted.key.network]
        if len(samples) <= MOST_CHECKED_S * rate_hz:
            self._check(wanted, found, samples)

    def _show(self, answer: LaneKey, found: Explanation) -> None:
        """Put the map on screen, below what the network takes and says."""
        session, key = self._session, replace(answer, layer=RELEVANCE)
        by_s, begin_s = self._alignment.by_s(key), self._begin_s(answer)
        map_ = found.found
        curve = map_.values if map_.is_curve else map_.values.sum(0)
        track = Track("relevance", curve, later(map_.axis, begin_s), origin=map_.origin)
        channels = {one: image for one, image in session.shown.channels.items() if one != key}
        if not map_.is_curve:
            limit = scale_of(map_.values)
            rows = np.ascontiguousarray(map_.values.T)
            centres = tuple(map_.frequencies_hz.tolist())
            image = ChannelImage("relevance", rows, map_.axis, -limit, limit, centres, map_.origin)
            channels[key] = image.later(begin_s)
        session.show(tracks={**session.shown.tracks, key: moved_track(track, by_s)}, channels=channels)
        if not has(session.lanes, key):
            rest, host = session.lanes, holder(session.lanes, answer)
            place = rest.index(host) + 1 if host is not None else len(rest)
            session.set_lanes((*rest[:place], Lane(key), *rest[place:]), "explain")

    def _check(self, wanted: Wanted, found: Explanation, samples: np.ndarray) -> None:
        """Ask for the next step of the sanity check, from the top layer down."""
        done = len(self.steps)
        if done == len(found.layers) or self.explanation is not found:
            return
        task = ShuffleTask(
            wanted.key.model, wanted.key.network, samples, found.found, found.layers[: done + 1]
        )
        self._jobs.follow(
            (ASKER, "check"),
            self._background.ask(task, (ASKER, "check")),
            lambda step: self._checked(wanted, found, samples, step),
            self._messages.faulted.emit,
        )

    def _checked(self, wanted: Wanted, found: Explanation, samples: np.ndarray, step: SanityStep) -> None:
        if self.explanation is not found:
            return
        self.steps = (*self.steps, step)
        self.changed.emit()
        if self.verdict:
            self._messages.noted.emit(self.verdict)
        self._check(wanted, found, samples)

    # --- what is said and heard ---------------------------------------------------------------

    @property
    def verdict(self) -> str:
        """What the sanity check says; "" before its last step."""
        found = self.explanation
        complete = found is not None and found.layers and len(self.steps) == len(found.layers)
        return verdict(self.steps) if complete else ""

    def hear(self, part: str) -> None:
        """Play the sound through the map, through what the map leaves out, or as it is."""
        found = self.explanation
        if found is None:
            return
        made = found.masked
        words = {
            "through": f"What speaks for {found.found.target.words}",
            "complement": f"What the map of {found.found.target.words} leaves out",
            "original": "The sound as the network hears it",
        }[part]
        self._playback.play_apart(getattr(made, part), made.rate_hz, words)
