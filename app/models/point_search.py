"""Finding the latent point of a recording: many short tasks in the second engine, told as they come."""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePath

import numpy as np

from app.base.context import Context
from app.models.background import BackgroundEngine
from app.models.named_points import NamedPoints
from core.analyses.time_shift import own_track
from core.faults import Fault
from core.inversion.search import FoundPoint, SearchSettings, SearchState, SearchTask
from core.probing.model_id import ModelId
from core.recordings.long_sound import LongTrack
from core.recordings.sound_file import resampled_to
from core.session.lane_key import RecordingKey
from core.session.named_points import NamedPoint
from core.session.point_names import unused_name

KEY = "find the point"
STEPS_AT_ONCE = 10


class PointSearch:
    """One search at a time; Esc stops it, and what was found until then is kept."""

    def __init__(self, context: Context, background: BackgroundEngine, named_points: NamedPoints) -> None:
        self._session, self._jobs, self._messages = context.session, context.jobs, context.messages
        self._background, self._points = background, named_points
        self._task: SearchTask | None = None
        self._found: tuple[FoundPoint, ...] = ()
        self._name = ""

    @property
    def running(self) -> bool:
        """Whether a search is under way."""
        return self._task is not None

    def start(self, key: RecordingKey, settings: SearchSettings | None = None) -> None:
        """Look for the selection of a recording, or for its visible part. Raises Fault for silence."""
        card, model = self._session.card, self._session.model
        if card is None or not card.sounds:
            raise Fault("This model makes no sound, so no recording can be looked for.", "Open a generator.")
        self._name, self._found = PurePath(key.id).stem, ()
        samples = self._samples(key, card.rate_hz, card.slice_len)
        self._task = SearchTask(model, samples, (settings or SearchSettings()).checked(), None, STEPS_AT_ONCE)
        self._messages.noted.emit(f"Looking for {self._name} among random points…")
        self._ask(self._task)

    def cancel(self) -> None:
        """Stop, and keep what was found."""
        if self._task is not None:
            self._background.stop(KEY)
            self._jobs.drop(KEY)
            self._end(self._task.model)

    def _samples(self, key: RecordingKey, rate_hz: float, most: int) -> np.ndarray:
        """Return the stretch that is looked for, at the generator's rate."""
        session, track = self._session, self._session.shown.tracks.get(key)
        if track is None:
            raise Fault("This recording is not read yet.", "Try again in a moment.")
        own = own_track(track)
        seen = (session.selection or session.visible).moved(-track.origin.moved_s).cut(own.axis.extent)
        first, last = own.axis.samples_in(seen)
        last = min(last, first + int(np.ceil(most * own.axis.rate_hz / rate_hz)))
        near = own.between(first, last).loaded() if isinstance(own, LongTrack) else own
        samples = near.samples if near is not own else own.samples[first:last]
        if not np.abs(np.nan_to_num(samples)).max(initial=0.0) > 0:
            raise Fault("This part of the recording is silent.", "Select another part.")
        return samples if own.axis.rate_hz == rate_hz else resampled_to(samples, own.axis.rate_hz, rate_hz)

    def _ask(self, task: SearchTask) -> None:
        future = self._background.ask(task, KEY)
        self._jobs.follow(KEY, future, self._arrived, self._failed, gone=self._gone)

    def _arrived(self, answer: tuple[SearchState, tuple[FoundPoint, ...]]) -> None:
        task = self._task
        if task is None:
            return
        state, self._found = answer
        nearest, steps = self._found[0].distance_db, task.settings.steps
        if state.step >= steps:
            self._end(task.model)
            return
        words = f"Looking for {self._name}: step {state.step} of {steps}, {nearest:.2f} dB away (Esc stops)"
        self._messages.noted.emit(words)
        self._task = replace(task, state=state)
        self._ask(self._task)

    def _failed(self, fault: Fault) -> None:
        self._task = None
        self._messages.faulted.emit(fault)

    def _gone(self) -> None:
        self._task = None

    def _end(self, model: ModelId) -> None:
        """Keep the points under names that tell their distance, and go to the nearest."""
        self._task = None
        if not self._found or model != self._session.model:
            return
        names: list[str] = [one.name for one in self._points.named]
        kept: list[NamedPoint] = []
        for one in self._found:
            name = unused_name(f"{self._name}, {one.distance_db:.2f} dB", names)
            names.append(name)
            note = f"found for {self._name}, {one.distance_db:.3f} dB away"
            kept.append(NamedPoint(name, one.point, note))
        self._points.add(tuple(kept))
        self._points.go(kept[0].name)
        self._messages.noted.emit(
            f"{len(kept)} points for {self._name}; the nearest is {self._found[0].distance_db:.2f} dB away"
        )
