"""Overlays: which analyses the lanes show, asked for when the knobs rest."""

from __future__ import annotations

from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

from core.analyses import TABLE
from core.analyses.presets import PRESETS, Preset
from core.analyses.spectrogram import GreySettings
from core.track import Track

if TYPE_CHECKING:
    from app.instrument import Instrument

CURVES = ("pitch", "formants", "intensity")


class Analysing:
    """Keeps the overlays in step with the curves, the lanes and the preset."""

    def __init__(self, instrument: Instrument) -> None:
        self._on = instrument
        self._own: dict[str, Any] = {}

    @property
    def preset(self) -> Preset:
        """The settings of every analysis now."""
        return PRESETS.get(self._on.settings.preset, next(iter(PRESETS.values())))

    @property
    def greys(self) -> GreySettings:
        """How spectrograms are painted."""
        return self.preset.greys

    def settings(self, measure: str) -> Any:
        """Give the settings of one measure: the user's own, else the preset's."""
        return self._own.get(measure) or self.standards(measure)

    def standards(self, measure: str) -> Any:
        """Give the preset's settings of one measure."""
        return getattr(self.preset, measure)

    def set_settings(self, measure: str, value: Any) -> None:
        """Use other settings of one measure until another preset is chosen."""
        if value == self.settings(measure):
            return
        self._own[measure] = value
        self._compute_anew()

    def refusal(self, track: Track, measure: str) -> str | None:
        """Give the reason why this track's rate cannot carry the measure, or None."""
        return TABLE[measure].refusal(track, self.settings(measure))

    def images_wanted(self) -> tuple[tuple[str, Any], ...]:
        """Give the lanes that show a spectrogram, with its settings."""
        lanes = self._on.session.lanes
        settings = self.settings("spectrogram")
        return tuple((lane.key, settings) for lane in lanes if "spectrogram" in lane.shown)

    def set_preset(self, name: str) -> None:
        """Use other settings and compute what is shown anew."""
        if name == self._on.settings.preset or name not in PRESETS:
            return
        self._on.remember(preset=name)
        self._own = {}
        self._compute_anew()

    def _compute_anew(self) -> None:
        self._on.session.show(images={}, overlays={}, stale=frozenset())
        self.refresh()

    def lanes_changed(self) -> None:
        """Compute what a lane newly shows."""
        self._on.session.shown_changed.emit()
        self.refresh()

    def refresh(self) -> None:
        """Ask for every shown overlay whose curve has changed since it was computed."""
        session = self._on.session
        if self._on.probing.waiting:
            return  # the knob moves on; the next arrival asks again
        for key, track, measure in self._shown():
            done = session.shown.overlays.get((key, measure))
            if done is None or (key, measure) in session.shown.stale:
                self._ask(key, track, measure)
        self._images()
        self._on.busy_changed.emit(self.busy)

    @property
    def busy(self) -> bool:
        """Whether any curve or overlay is still under way."""
        if self._on.probing.waiting:
            return True
        return any(self._on.desk.waits(f"{key} {measure}") for key, _, measure in self._shown())

    def _shown(self) -> list[tuple[str, Track, str]]:
        session = self._on.session
        return [
            (lane.key, session.shown.tracks[lane.key], measure)
            for lane in session.lanes
            for measure in CURVES
            if measure in lane.shown
            and lane.key in session.shown.tracks
            and self.refusal(session.shown.tracks[lane.key], measure) is None
        ]

    def _ask(self, key: str, track: Track, measure: str) -> None:
        settings = self.settings(measure)
        future: Future[Any] = self._on.pool.submit(measure, track, settings, key=f"{key} {measure}")
        self._on.desk.follow(
            f"{key} {measure}", future, lambda tracks: self._arrived(key, measure, track, tracks)
        )

    def _arrived(self, key: str, measure: str, source: Track, tracks: tuple[Track, ...]) -> None:
        session = self._on.session
        if session.shown.tracks.get(key) is not source or self._on.probing.waiting:
            return  # the curve moved on, or is about to; its own analysis follows at rest
        overlays = {**session.shown.overlays, (key, measure): tracks}
        session.show(overlays=overlays, stale=session.shown.stale - {(key, measure)})
        self._on.busy_changed.emit(self.busy)

    def _images(self) -> None:
        """Compute spectrograms that no probe brought: newly switched on, or of other networks."""
        session = self._on.session
        for key, settings in self.images_wanted():
            track = session.shown.tracks.get(key)
            if track is None or self.refusal(track, "spectrogram") is not None:
                continue
            image = session.shown.images.get(key)
            if image is None or image.origin.of(analysis="", settings=()) != track.origin:
                future = self._on.pool.submit("spectrogram", track, settings, key=f"{key} image")
                self._on.desk.follow(f"{key} image", future, lambda made, key=key: self._image(key, made))

    def _image(self, key: str, image: Any) -> None:
        session = self._on.session
        session.show(images={**session.shown.images, key: image})
