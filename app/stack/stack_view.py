"""The stack's views: frozen values made from the session after each change."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from app.analysis.drawn_overlays import DrawnOverlays
from app.analysis.overlays import is_sound
from app.analysis.settings import AnalysisSettings
from app.analysis.tiled_overlays import TiledOverlays
from app.annotation.tier_editor import TierEditor
from app.annotation.tiers_wiring import tiers_view
from app.base.context import Context
from app.explain.explanations import Explanations
from app.models.sound_driven import SoundDriven
from app.playback.playback import Playback
from app.recordings.alignment import Alignment
from app.recordings.open_recordings import OpenRecordings
from app.stack.answer_lanes import AnswerLanes
from app.stack.layering import Layering
from core.analyses.artefacts import Rhythm, rhythm_of
from core.analyses.measure_reading import value
from core.analyses.measures import MEASURES
from core.analyses.overlay_names import OVERLAYS
from core.analyses.registry import TABLE, lane_notice, lane_refusal, refusals
from core.probing.model_id import ModelId
from core.probing.surgery import edits_of
from core.session.edit_words import action_words, cut_window
from core.session.lane_key import Key, LaneKey, RecordingKey
from core.session.lane_maps import channels_text
from core.session.lane_names import curve_names, lane_name, layer_info, model_name, short_model_names, title
from core.session.lanes import Lane, keys_of
from core.session.layer_rates import lower_rates
from core.signals.axis import Range
from core.signals.channel_image import ChannelImage
from core.signals.track import Track
from widgets.theme.praat_numbers import duration_words, short, short_rate
from widgets.timeline.lane_views import Curve, CurveRole, LaneView, LegendLine, StackView

MARGINS = {"pitch": MEASURES["f0"], "intensity": MEASURES["intensity"]}

GHOSTS = ("pitch", "intensity")  # contours whose lines stay while a knob turns


class StackViews:
    """Makes stack views."""

    def __init__(
        self,
        context: Context,
        settings: AnalysisSettings,
        recordings: OpenRecordings,
        alignment: Alignment,
        sound_driven: SoundDriven,
        tiled_overlays: TiledOverlays,
        playback: Playback,
        tier_editor: TierEditor,
        drawn_overlays: DrawnOverlays,
        layering: Layering,
        explanations: Explanations,
    ) -> None:
        self._drawn_overlays = drawn_overlays
        self._layering = layering
        self._answer_lanes = AnswerLanes(context, settings, alignment, sound_driven, explanations)
        self._session = context.session
        self._settings = settings
        self._recordings = recordings
        self._alignment = alignment
        self._sound_driven = sound_driven
        self._tiled_overlays = tiled_overlays
        self._playback = playback
        self._rhythms: dict[Key, tuple[tuple[Track, ...] | None, Rhythm | None]] = {}
        self._tier_editor = tier_editor
        self.computing = False

    def view(self) -> StackView:
        """Return the current view of the stack."""
        session = self._session
        lanes = tuple(self._lane(lane) for lane in session.lanes if lane.key in session.shown.tracks)
        return StackView(
            lanes,
            session.whole,
            session.visible,
            session.cursor_s,
            session.selection,
            session.frequency_hz,
            None,
            self._overview(),
            tiers_view(self._session, self._tier_editor),
            self._answer_lanes.tiers(),
        )

    def _lane(self, lane: Lane) -> LaneView:
        track = self._session.shown.tracks[lane.key]
        output = self._sound_driven.output(lane.key)
        around = self._answer_lanes.around(lane.key) if isinstance(lane.key, LaneKey) else None
        if output is not None and isinstance(lane.key, LaneKey):
            view = self._answer_lanes.view(lane.key, output)
        else:
            view = around or self._curve_lane(lane, track)
        return replace(
            view,
            gain=lane.gain,
            muted=lane.muted,
            solo=lane.soloed,
            collapsed=lane.collapsed,
            active=self._session.active in keys_of((lane,)),
            closable=isinstance(lane.key, RecordingKey) or not lane.key.is_generated,
            computing=self.computing,
            hears=isinstance(lane.key, LaneKey) and not lane.key.is_generated,
            model=model_name(self._session.models, lane.key),
            networks=tuple(
                self._network(*one, lane.key) for one in self._sound_driven.networks_for(lane.key)
            ),
        )

    def _network(self, model: ModelId, network: str, key: Key) -> tuple[tuple[ModelId, str], str, bool]:
        """Return a network that a lane can be sent through: its identity, its name, whether it hears that."""
        names = short_model_names(self._session.models)
        words = f"{network} of {names[model]}" if len(names) > 1 else network
        return (model, network), words, self._sound_driven.hears(model, network, key)

    def _curve_lane(self, lane: Lane, track: Track) -> LaneView:
        session = self._session
        name, meta = self._words(lane.key, track)
        card = session.card_of(lane.key)
        file = self._recordings.file_of(lane.key)
        settings = {measure: self._settings.of(measure) for measure in OVERLAYS}
        carried = track.axis.rate_hz
        refused = {name: said for name, said in refusals(track.axis, settings).items() if said}
        refused = refused or {name: said for name, said in refusals(track, settings).items() if said}
        overlays = {
            measure: self._drawn(lane.key, measure, tracks)
            for (key, measure), tracks in session.shown.overlays.items()
            if key == lane.key and isinstance(tracks, tuple)
        }
        pitch = settings["pitch"]
        rhythm = self._rhythm(lane.key, track) if "pitch" in overlays else None
        lowered = {name: TABLE[name].lowered(track.axis, settings[name]) for name in OVERLAYS}
        note = lane_notice(track.axis, settings, lane.shown)
        if "pitch" in lane.shown:
            note = "\n".join(filter(None, (note, *self._answer_lanes.pitch_words(lane.key))))
        if rhythm is not None:
            lowered["pitch"] = "\n".join(filter(None, (lowered["pitch"], rhythm.words)))
            note = "\n".join(filter(None, (note, rhythm.short if "pitch" in lane.shown else "")))
        return LaneView(
            key=lane.key,
            title=name,
            meta=meta,
            badge=f"≤ {short(carried / 2)} Hz",
            short_badge=f"≤ {short_rate(carried / 2)}",
            curves=self._curves(lane, track),
            ghost=session.shown.ghosts.get(lane.key),
            ghost_overlays=self._ghost_overlays(lane.key),
            spectrogram=self._drawn_overlays.spectrogram(lane.key) if "spectrogram" in lane.shown else None,
            view_low_hz=0.0,
            view_high_hz=min(VIEW_HIGH_HZ, carried / 2),
            overlays=overlays,
            merged_pitch=self._merged_pitch(lane),
            pulses=session.shown.overlays.get((lane.key, "pulses")),  # type: ignore[arg-type]
            readings=self._readings(lane.key),
            pitch_floor_hz=pitch.floor_hz,
            pitch_ceiling_hz=min(pitch.ceiling_hz, carried / 2),
            pitch_log=pitch.filtered,
            shown=lane.shown,
            refusals=refused,
            lowered=lowered,
            reason=self._tiled_overlays.reason(track, lane.shown) or lane_refusal(track.axis, settings) or "",
            note=note,
            scale=lane.scale,
            fixed_low=lane.fixed_low,
            fixed_high=lane.fixed_high,
            playing=lane.key in self._playback.keys,
            audible=carried >= 100.0,
            playable=isinstance(lane.key, RecordingKey) or (card is not None and card.sounds),
            stale=any(key == lane.key and name in lane.shown for key, name in session.shown.stale),
            legend=self._legend(lane, settings) if lane.shown and is_sound(lane.key) else (),
            movable=self._alignment.of(lane.key) is not None,
            moved=self._alignment.by_s(self._alignment.of(lane.key)) != 0,
            channels=file.channels if file else 1,
            channel=file.channel if file else 0,
            over=self._over(lane.key),
            cuts=self._cuts(lane.key, track),
            channel_image=self._image(lane),
            grey=False,
            layer_channels=self._layer_channels(lane.key),
            shown_channels=channels_text(lane.channels),
            heat_map=lane.heat_map,
        )

    def _image(self, lane: Lane) -> ChannelImage | None:
        """Return all channels of a layer, if its lane shows them as a heat map."""
        shown = bool(lane.heat_map) and isinstance(lane.key, LaneKey)
        return self._answer_lanes.moved_image(lane.key) if shown and isinstance(lane.key, LaneKey) else None

    def _layer_channels(self, key: Key) -> int:
        """Return how many channels a layer has, 0 for other lanes."""
        info = layer_info(self._session.models, key) if isinstance(key, LaneKey) else None
        return info.channels if info is not None else 0

    def _cuts(self, key: Key, track: Track) -> tuple[tuple[Range, str], ...]:
        """Return where a layer is edited, and what was done in a word."""
        card = self._session.card_of(key)
        if not isinstance(key, LaneKey) or card is None or key.model not in self._session.snapshot.points:
            return ()
        edits = edits_of(key.network, self._session.at(key.model).edits)
        return tuple(
            (cut_window(edit, track.axis), action_words(edit, track.axis, card.layout))
            for edit in edits
            if edit.layer == key.layer
        )

    def _ghost_overlays(self, key: Key) -> dict[str, tuple[Track, ...]]:
        """Return the contours from before the last turn, where other ones have arrived since."""
        shown = self._session.shown
        return {
            place[1]: one
            for place, one in shown.ghost_overlays.items()
            if place[0] == key and place[1] in GHOSTS and isinstance(one, tuple)
            if shown.overlays.get(place) is not one
        }

    def _rhythm(self, key: Key, track: Track) -> Rhythm | None:
        """Return the rhythm of a lower layer that a lane's pitch follows, None if it follows none."""
        found = self._session.shown.overlays.get((key, "pitch"))
        if not isinstance(found, tuple) or not found:
            return None
        before, known = self._rhythms.get(key, (None, None))
        if before is not found:  # not in every frame of a scroll
            lower = lower_rates(self._session, key, track)
            known = rhythm_of(found[0].samples.astype(np.float64), lower)
            self._rhythms[key] = found, known
        return known

    def _over(self, key: Key) -> str:
        """Return the name of the output that a lane can be laid over, "" for none."""
        output = self._layering.target_of(key)
        if output is None:
            return ""
        return (
            "the output"
            if output == self._session.output_of(self._session.model_of(key))
            else (title(self._session.models, output))
        )

    def _overview(self) -> Track | None:
        """Return the track that covers the whole stack: the output, or a longer recording."""
        session, tracks = self._session, self._session.shown.tracks
        recordings = [lane.key for lane in session.lanes if isinstance(lane.key, RecordingKey)]
        top = [session.output] if session.output in tracks else []
        found = [tracks[key] for key in (*top, *recordings) if key is not None]
        return max(found, key=lambda track: track.axis.extent.end_s, default=None)

    def _drawn(self, key: Key, measure: str, tracks: tuple[Track, ...]) -> tuple[Track, ...]:
        """Return the drawn part of a measure: of formants, the frames that are loud enough."""
        return self._drawn_overlays.formants(key, tracks) if measure == "formants" and tracks else tracks

    def _readings(self, key: Key) -> dict[str, float]:
        """Return the values at the margin, as in the table of all layers: at the cursor, or the mean of the
        selection.
        """
        session = self._session
        where = session.selection or session.cursor_s
        if where is None:
            return {}
        return {
            name: value(shown[0], measure, where)
            for name, measure in MARGINS.items()
            if (shown := session.shown.overlays.get((key, name))) and isinstance(shown, tuple)
        }

    def _curves(self, lane: Lane, track: Track) -> tuple[Curve, ...]:
        """Return a lane's own curve and those laid over it, each with its gain."""
        session = self._session
        own: CurveRole = "sound" if is_sound(lane.key) else "curve"
        pairs = ((lane.key, lane.gain), *lane.merged)
        names = curve_names(session.models, [key for key, _ in pairs])
        return tuple(
            Curve(
                track if k == 0 else session.shown.tracks[key],
                gain,
                self._label(key, name, gain),
                "merged" if k else own,
                key,
                name,
                _step(k, len(lane.merged)),
                bool(lane.merged) and key == session.active,
            )
            for k, ((key, gain), name) in enumerate(zip(pairs, names, strict=True))
            if k == 0 or key in session.shown.tracks
        )

    def _merged_pitch(self, lane: Lane) -> tuple[Curve, ...]:
        """Return the pitch that networks hear in a lane's sound, and that of the sounds merged into it, with
        the styles of their curves.
        """
        overlays, found = self._session.shown.overlays, list[Curve]()
        for key, f0 in self._answer_lanes.pitches(lane.key):
            found.append(Curve(f0, role="merged", key=key, name=title(self._session.models, key)))
        for place, (key, _) in enumerate(lane.merged, 1):
            made = overlays.get((key, "pitch")) if is_sound(key) else None
            if isinstance(made, tuple):
                found.append(Curve(made[0], role="merged", key=key, step=_step(place, len(lane.merged))))
        return tuple(found)

    def _label(self, key: Key, name: str, gain: float) -> str:
        """Return a curve's name with its gain, as in the papers' legends: `Conv4 ×10`."""
        words = name + (f" ×{gain:g}" if gain != 1 else "")
        return ", ".join(filter(None, (words, self._alignment.words(key, digits=3))))

    def _words(self, key: Key, track: Track) -> tuple[str, str]:
        rate = f"{track.axis.rate_hz:g} Hz"
        if isinstance(key, RecordingKey):
            where, lasts = self._alignment.words(key, digits=3), duration_words(track.axis.duration_s)
            words = (track.origin.reduction, where, lasts, rate)
            return lane_name(self._session.models, key), " · ".join(filter(None, words))
        name = lane_name(self._session.models, key)
        layer = layer_info(self._session.models, key)
        if layer is None:
            return name, rate
        chosen = self._session.lane(key)
        some = len(chosen.channels) if chosen is not None else 0
        first = chosen.channels[0] + 1 if chosen is not None and some else 0
        which = f"channel {first} of " if some == 1 else f"{some} of " if some else ""
        return name, f"{which}{layer.channels} × {track.axis.n} · {rate}"

    def _legend(self, lane: Lane, settings: dict[str, Any]) -> tuple[LegendLine, ...]:
        pitch, formants = settings["pitch"], settings["formants"]
        words = {
            "pitch": f"{pitch.floor_hz:g}–{pitch.ceiling_hz:g} Hz",
            "formants": f"≤ {formants.ceiling_hz:g} Hz",
            "intensity": "50–100 dB",
            "spectrogram": f"{self._settings.greys.dynamic_range_db:g} dB",
            "pulses": f"{pitch.floor_hz:g}–{pitch.ceiling_hz:g} Hz",
        }
        return tuple(
            LegendLine(kind, text if kind in lane.shown else "hidden") for kind, text in words.items()
        )


def _step(place: int, count: int) -> float:
    """Return the place, from 0 to 1, of the `place`-th of `count` merged curves among their colours."""
    return (place - 0.5) / count if place else 0.5


VIEW_HIGH_HZ = 5000.0
