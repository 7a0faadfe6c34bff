"""What the live page shows at one moment, as lanes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from app.models.live import SPAN_S, Listener, Live
from core.answers.ctc import SHOWN_SPACE, SPACE, letters_tier
from core.answers.listening import prediction_of
from core.answers.prediction import Prediction
from core.frontends.band_axis import band_centres_hz, is_image
from core.networks.spec import SoundDrive
from core.provenance import Origin
from core.session.lane_key import INPUT, LOGITS, LaneKey, RecordingKey
from core.session.lane_names import lane_name
from core.session.session import Session
from core.signals.axis import Range, TimeAxis
from core.signals.channel_image import ChannelImage, shade_range
from core.signals.track import Track
from widgets.live.live_view import LiveScene
from widgets.timeline.lane_views import Curve, LaneView, ScoresView

MOST_NAMED = 6
LEAST_PEAK = 0.05  # of the sound's scale, so that the noise of a quiet room does not fill its lane


def live_scene(session: Session, live: Live) -> LiveScene | None:
    """Return the lanes of the last seconds; None before anything was heard."""
    buffer, history, listener = live.buffer, live.history, live.listener
    if buffer is None or history is None or listener is None or not buffer.count:
        return None
    now_s = live.now_s
    window = Range(now_s - SPAN_S, now_s)
    said = history.answer()
    answer = prediction_of(said, Origin()) if said is not None and said.axis.n else None
    lanes = [_sound(live, window), *_input(live, listener)]
    tier = None
    if answer is not None:
        lanes.append(_answer(session, listener, answer))
        if answer.kind == "letters":
            seen = tuple(one for one in answer.letters if window.contains(one.time_s))
            tier = letters_tier(seen, "letters", window.start_s, window.end_s)
    lanes += [
        LaneView(
            key := LaneKey(*listener, name),
            lane_name(session.models, key),
            f"{track.axis.rate_hz:g} Hz",
            curves=(Curve(track),),
        )
        for name, track in history.tracks().items()
    ]
    return LiveScene(window, tuple(lanes), tier, history.settled / buffer.rate_hz)


def _sound(live: Live, window: Range) -> LaneView:
    """Return the lane of the microphone."""
    buffer = live.buffer
    assert buffer is not None
    last = buffer.count
    first = last - round(SPAN_S * buffer.rate_hz)
    axis = TimeAxis.of_sound(buffer.rate_hz, last - first, first / buffer.rate_hz)
    track = Track("microphone", buffer.samples(first, last), axis)
    peak = max(LEAST_PEAK, float(np.abs(track.samples).max(initial=0.0)))
    return LaneView(
        RecordingKey("microphone"),
        "Microphone",
        f"{buffer.rate_hz:g} Hz",
        curves=(Curve(track, role="sound"),),
        scale="fixed",
        fixed_low=-peak,
        fixed_high=peak,
    )


def _input(live: Live, listener: Listener) -> list[LaneView]:
    """Return the lane of what the front end makes of the sound, if it is an image."""
    frames = live.history.input() if live.history is not None else None
    drive = live.card(listener)[1].drive
    if frames is None or not isinstance(drive, SoundDrive) or not is_image(drive.frontend):
        return []
    centres_hz = band_centres_hz(drive.frontend, drive.rate_hz)
    image = ChannelImage(INPUT, frames.values, frames.axis, *shade_range(frames.values), centres_hz)
    meta = f"{image.channels} bands · {frames.axis.rate_hz:g} Hz"
    return [LaneView(LaneKey(*listener, INPUT), "Input", meta, channel_image=image)]


def _answer(session: Session, listener: Listener, answer: Prediction) -> LaneView:
    """Return the lane of what the network says."""
    curves = answer.curves
    if answer.blank is None and len(curves) > MOST_NAMED:
        curves = tuple(sorted(curves, key=lambda one: -float(np.nanmax(one.samples, initial=0.0))))
    names = tuple(range(len(curves)))[:MOST_NAMED] if answer.blank is None else ()
    scores = ScoresView(
        curves,
        answer.blank,
        tuple((one.time_s, SHOWN_SPACE if one.label == SPACE else one.label) for one in answer.letters),
        names,
        tuple(float(curves[place].samples[-1]) for place in names),
    )
    key = LaneKey(*listener, LOGITS)
    view = LaneView(key, lane_name(session.models, key), f"{answer.scores.axis.rate_hz:g} Hz", scores=scores)
    if answer.f0 is None:
        return view
    return replace(view, overlays={"pitch": (answer.f0,)}, shown=frozenset({"pitch"}))
