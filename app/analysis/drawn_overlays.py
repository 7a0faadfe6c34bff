"""Pictures of overlays: the greys of spectrograms, and the formants loud enough to be drawn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from psygnal import Signal

from app.analysis.settings import AnalysisSettings
from app.analysis.tiled_overlays import PEAKS, TiledOverlays
from app.base.context import Context
from core.analyses.formant_visibility import loud, near_loudest
from core.analyses.spectrogram import greys
from core.recordings.long_sound import in_memory
from core.session.lane_key import Key
from core.session.session import Snapshot
from core.signals.track import Image, Track

Tracks = tuple[Track, ...]


class DrawnOverlays:
    """Makes pictures of overlays in a worker thread, because each costs more than a frame allows.

    Until a new picture arrives, the lane keeps the old one; then `changed` is emitted.
    """

    changed = Signal()

    def __init__(self, context: Context, settings: AnalysisSettings, tiled_overlays: TiledOverlays) -> None:
        self._session = context.session
        self._jobs = context.jobs
        self._clock = context.clock
        self._settings = settings
        self._tiled_overlays = tiled_overlays
        self._made: dict[tuple[str, Key], tuple[Any, Any]] = {}  # its source, and the picture
        self._asked: dict[tuple[str, Key], Any] = {}
        self._session.snapshot_changed.connect(self._forget_closed)

    def spectrogram(self, key: Key) -> Image | None:
        """Return a lane's spectrogram as greys from 0 to 1; None if it shows none or none has arrived."""
        image = self._session.shown.images.get(key)
        if image is None:
            return None
        before = self._made.get(("greys", key))
        if before is not None and before[0] is not image and before[0].values is image.values:
            moved = replace(image, values=before[1].values)  # only moved in time
            self._made["greys", key] = (image, moved)
        track, how = self._session.shown.tracks[key], self._settings.greys
        top_db = self._tiled_overlays.top_db(track, how)

        def make() -> Image:
            return replace(image, values=greys(image, how, top_db))

        return self._picture(("greys", key), image, make)

    def formants(self, key: Key, tracks: Tracks) -> Tracks:
        """Return the formants of a lane, with NaN in frames too quiet to be drawn; () until they arrive."""
        track, settings = self._session.shown.tracks[key], self._settings.of("formants")
        made: Tracks | None = self._picture(
            ("formants", key), tracks, partial(_audible, track, tracks, settings)
        )
        return made or ()

    def _picture(self, name: tuple[str, Key], source: Any, make: Callable[[], Any]) -> Any:
        """Return the picture of `source`, or the previous one while it is being made."""
        made = self._made.get(name)
        if (made is None or made[0] is not source) and self._asked.get(name) is not source:
            self._asked[name] = source
            future = self._clock.work(make)
            self._jobs.follow(name, future, partial(self._arrived, name, source), stream=True)
            made = self._made.get(name)
        return made[1] if made is not None else None

    def _arrived(self, name: tuple[str, Key], source: Any, picture: Any) -> None:
        self._made[name] = (source, picture)
        self.changed.emit()

    def _forget_closed(self, before: Snapshot, after: Snapshot) -> None:
        """Keep pictures of open lanes only."""
        if before.lanes != after.lanes:
            tracks = self._session.shown.tracks
            for kept in (self._made, self._asked):
                for name in [name for name in kept if name[1] not in tracks]:
                    del kept[name]


def _audible(track: Track, formants: Tracks, settings: Any) -> Tracks:
    shown = _loud(track, formants, settings)
    return tuple(
        replace(one, samples=np.where(shown, one.samples, np.nan))
        for one in formants
        if one.name.startswith("f")
    )


def _loud(track: Track, formants: Tracks, settings: Any) -> NDArray[np.bool_]:
    """Return which frames are loud enough; those of a long recording come with their loudness."""
    if formants[-1].name == PEAKS:
        return near_loudest(formants[-1].samples.astype(np.float64))
    source = in_memory(track, formants[0].axis.extent)
    return loud(source, formants[0].axis, settings)
