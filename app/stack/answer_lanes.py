"""The lanes of what D and Q give: probabilities or a score, what they hear, and the code that was given."""

from __future__ import annotations

from app.base.context import Context
from app.models.sound_driven import SoundDriven
from core.probing.classifier_output import ClassifierOutput
from core.session.lane_key import LaneKey, RecordingKey
from core.session.lane_names import lane_name, title
from widgets.theme.praat_numbers import seconds
from widgets.timeline.lane_views import LaneView


class AnswerLanes:
    """Makes the views of these lanes."""

    def __init__(self, context: Context, sound_driven: SoundDriven) -> None:
        self._session = context.session
        self._sound_driven = sound_driven

    def view(self, key: LaneKey, output: ClassifierOutput) -> LaneView:
        """Return the lane of what a network gives: no curve, and nothing to hear or measure."""
        return LaneView(
            key,
            lane_name(self._session.models, key),
            rule_words(output),
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


def rule_words(output: ClassifierOutput) -> str:
    """Return how many classes there are, and how their probabilities are made."""
    count = len(output.classes)
    return {
        "score": "1 score",
        "sigmoid": f"{count} bit{'s' * (count > 1)} · sigmoid",
        "softmax": f"{count} categories · softmax",
    }[output.rule]
