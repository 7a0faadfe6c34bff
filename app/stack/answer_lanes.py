"""The lanes of what D and Q give: probabilities or a score, what they hear, and the code that was given."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, TypeVar

import numpy as np

from app.analysis.settings import AnalysisSettings
from app.base.context import Context
from app.explain.explanations import Explanations
from app.models.sound_driven import SoundDriven
from app.recordings.alignment import Alignment
from core.annotation.tiers import Tier
from core.answers.ctc import SHOWN_SPACE, SPACE, letters_tier
from core.answers.pitch_contour import LEAST_CONFIDENCE
from core.answers.prediction import Prediction
from core.explain.registry import METHODS
from core.probing.classifier_output import ClassifierOutput
from core.session.lane_key import INPUT, Key, LaneKey, RecordingKey
from core.session.lane_names import lane_name, model_name, title
from core.signals.channel_image import ChannelImage
from core.signals.track import Track
from widgets.theme.praat_numbers import seconds
from widgets.timeline.lane_views import Curve, LaneView, ScoresView
from widgets.timeline.tier_views import AnswerTier

MOST_NAMED = 6  # labels with a colour and a line in the legend
WHAT = {"letters": "{count} labels", "classes": "{count} classes", "pitch": "{count} bins"}
Moved = TypeVar("Moved", Prediction, ChannelImage)


class AnswerLanes:
    """Makes the views of these lanes."""

    def __init__(
        self,
        context: Context,
        settings: AnalysisSettings,
        alignment: Alignment,
        sound_driven: SoundDriven,
        explanations: Explanations,
    ) -> None:
        self._explanations = explanations
        self._session = context.session
        self._settings = settings
        self._alignment = alignment
        self._sound_driven = sound_driven
        self._moved: dict[Key, tuple[Any, float, Any]] = {}  # what it was made of, the shift, and the result

    def around(self, key: LaneKey) -> LaneView | None:
        """Return the lane of what a network takes or of what it says in frames; None for other lanes."""
        shown = self._session.shown
        if key.is_input and key in shown.channels:
            return self._input(key, self._at(key, shown.channels[key]))
        if key.is_relevance and key in shown.tracks:
            return self._relevance(key)
        if key.is_logits and key in shown.predictions:
            return self._scores(key, self._at(key, shown.predictions[key]))
        return None

    def moved_image(self, key: LaneKey) -> ChannelImage | None:
        """Return all channels of a layer as an image over the stack's time; None if they are not shown."""
        image = self._session.shown.channels.get(key)
        if image is None or key.is_input:
            return None
        return image if key.is_generated else self._at(key, image)

    def tiers(self) -> tuple[AnswerTier, ...]:
        """Return the letters that the networks on screen say, as tiers."""
        shown, found = self._session.shown, list[AnswerTier]()
        for lane in self._session.lanes:
            said = shown.predictions.get(lane.key)
            if isinstance(lane.key, LaneKey) and said is not None and said.kind == "letters":
                tier = self.tier(lane.key)
                aside = model_name(self._session.models, lane.key) or "by the network"
                found += [AnswerTier(lane.key, tier, aside)] if tier is not None else []
        return tuple(found)

    def tier(self, key: LaneKey) -> Tier | None:
        """Return the letters that a network says as a tier over the stack; None if it says none."""
        session = self._session
        said = session.shown.predictions.get(key)
        if said is None or said.kind != "letters":
            return None
        by_s, whole = self._alignment.by_s(key), session.whole
        source = (said, whole)
        before = self._moved.get(replace(key, layer="tier"))
        if before is None or before[0] != source or before[1] != by_s:
            there = said.later(by_s)
            made = letters_tier(there.letters, letters_name(said), whole.start_s, whole.end_s)
            before = self._moved[replace(key, layer="tier")] = (source, by_s, made)
        return before[2]

    def pitches(self, source: Key) -> tuple[tuple[LaneKey, Track], ...]:
        """Return the pitch that networks hear in a sound, each with the lane of its network's answer."""
        said = self._session.shown.predictions
        heard = self._sound_driven.source_of
        keys = [key for key in said if isinstance(key, LaneKey) and heard(key) == source]
        found = ((key, self._at(key, said[key]).f0) for key in keys)
        return tuple((key, f0) for key, f0 in found if f0 is not None)

    def pitch_words(self, source: Key) -> tuple[str, ...]:
        """Return a line for each pitch that a network hears in a sound."""
        models = self._session.models
        return tuple(f"Violet: F0 by {models[key.model].title}" for key, _ in self.pitches(source))

    def _at(self, key: LaneKey, made: Moved) -> Moved:
        """Return what belongs to a lane, moved in time as the recording that its network hears."""
        by_s = self._alignment.by_s(key)
        if by_s == 0:
            return made
        before = self._moved.get(key)
        if before is None or before[0] is not made or before[1] != by_s:
            before = self._moved[key] = (made, by_s, made.later(by_s))
        moved: Any = before[2]
        return moved

    def _input(self, key: LaneKey, image: ChannelImage) -> LaneView:
        words = f"{image.channels} × {image.axis.n} · {image.axis.rate_hz:g} Hz"
        return LaneView(
            key,
            lane_name(self._session.models, key),
            words,
            note=self._input_words(key),
            channel_image=image,
            audible=False,
            playable=False,
        )

    def _relevance(self, key: LaneKey) -> LaneView:
        """Return the lane of relevance: a map over what the network takes, or a curve."""
        shown, found = self._session.shown, self._explanations.explanation
        below = replace(key, layer=INPUT)
        image = self._at(key, shown.channels[key]) if key in shown.channels else None
        under = self._at(below, shown.channels[below]) if below in shown.channels else None
        target = found.found.target.words if found is not None else ""
        method = METHODS[found.found.method].title if found is not None else ""
        view = LaneView(
            key,
            lane_name(self._session.models, key),
            target,
            method,
            method,
            note="\n".join(filter(None, (target, self._explanations.verdict))),
            audible=False,
            playable=False,
        )
        if image is not None:
            return replace(view, channel_image=image, under=under, signed=True)
        return replace(view, curves=(Curve(shown.tracks[key], key=key, name="relevance"),))

    def _scores(self, key: LaneKey, said: Prediction) -> LaneView:
        """Return the lane of what a network says in frames; pitch on the axis of Praat's."""
        session, pitch = self._session, self._settings.of("pitch")
        axis = said.scores.axis
        curves, at = self._curves(said)
        names = tuple(range(len(curves)))[:MOST_NAMED] if said.blank is None else ()
        scores = ScoresView(
            curves,
            said.blank,
            tuple((one.time_s, shown_label(one.label)) for one in said.letters),
            names,
            tuple(curves[place].at(at) for place in names) if at is not None else (),
            LEAST_CONFIDENCE * 100 if said.f0 is not None else None,
        )
        view = LaneView(
            key,
            lane_name(session.models, key),
            f"{WHAT[said.kind].format(count=len(said.scores.labels))} · {axis.rate_hz:g} Hz",
            note=self._input_words(key),
            scores=scores,
            audible=False,
            playable=False,
        )
        if said.f0 is None:
            return view
        return replace(
            view,
            overlays={"pitch": (said.f0,)},
            shown=frozenset({"pitch"}),
            pitch_floor_hz=pitch.floor_hz,
            pitch_ceiling_hz=pitch.ceiling_hz,
            pitch_log=pitch.filtered,
        )

    def _curves(self, said: Prediction) -> tuple[tuple[Track, ...], float | None]:
        """Return the curves of the labels, of many the highest first, and where they are read."""
        session = self._session
        at = session.cursor_s if session.selection is None else None
        if said.blank is not None or len(said.curves) <= MOST_NAMED:
            return said.curves, at
        return tuple(sorted(said.curves, key=lambda one: -float(np.nanmax(one.samples, initial=0.0)))), at

    def view(self, key: LaneKey, output: ClassifierOutput) -> LaneView:
        """Return the lane of what a network gives: no curve, and nothing to hear or measure."""
        return LaneView(
            key,
            lane_name(self._session.models, key),
            rule_words(output, self._session.models[key.model].generator is None),
            note=self._input_words(key),
            classifier=output,
            given=self._given(key, output),
            audible=False,
            playable=False,
        )

    def _input_words(self, key: LaneKey) -> str:
        """Return what drives a lane's network."""
        source = self._sound_driven.source_of(key)
        if source is None:
            return ""
        heard = self._sound_driven.input_range_of(key)
        where = f", {seconds(heard.start_s)}–{seconds(heard.end_s)} s" if heard else ""
        name = source.id if isinstance(source, RecordingKey) else title(self._session.models, source)
        return f"{key.network} hears {name}{where}"

    def _given(self, key: LaneKey, output: ClassifierOutput) -> frozenset[str]:
        """Return the labels of the code that the model's own output was made with, for Q to find again."""
        source = self._sound_driven.source_of(key)
        if not isinstance(source, LaneKey) or source.model != key.model or output.rule == "score":
            return frozenset()
        layout = self._session.models[key.model].layout
        code = self._session.at(key.model).point.z[: layout.code]
        given = {one.label for one, value in zip(output.classes, code, strict=False) if value == 1}
        clear = set(code) <= {0.0, 1.0} and (output.rule == "sigmoid" or len(given) == 1)
        return frozenset(given) if clear else frozenset()


def letters_name(said: Prediction) -> str:
    """Return the name of a tier of letters; labels of several letters are phones."""
    labels = [label for k, label in enumerate(said.scores.labels) if k != said.blank and label != SPACE]
    return "phones" if any(len(label) > 1 for label in labels) else "letters"


def shown_label(label: str) -> str:
    """Return a label as it is written in the window."""
    return SHOWN_SPACE if label == SPACE else label


def rule_words(output: ClassifierOutput, alone: bool = False) -> str:
    """Return how many classes there are, and how their probabilities are made; a network that only hears,
    `alone`, has no code of bits or categories.
    """
    count = len(output.classes)
    bits = "classes" if alone else f"bit{'s' * (count > 1)}"
    return {
        "score": "1 score",
        "sigmoid": f"{count} {bits} · sigmoid",
        "softmax": f"{count} {'classes' if alone else 'categories'} · softmax",
    }[output.rule]
