"""What can be measured of a sweep or of many items: every measure, and every answer of the open networks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from app.analysis.settings import AnalysisSettings
from core.analyses.measures import MEASURES
from core.measures.plan import MeasurementPlan, plan_of
from core.session.lane_names import model_names
from core.session.session import Session
from core.sweeps.answer_measures import AnswerMeasure, answer_measures

ANSWERS_FIRST = 40  # more answers than these stand below the measures
FIRST_MEASURE = "intensity"
_ANALYSES = ("pitch", "intensity", "formants", "harmonicity")


@dataclass(frozen=True)
class MeasureOptions:
    """The choices as keys and words, and what the keys of answers stand for."""

    options: tuple[tuple[str, str], ...]
    answers: dict[str, AnswerMeasure]

    def title(self, key: str) -> str:
        """Return the words of a choice."""
        return dict(self.options).get(key, key)


def measure_options(session: Session) -> MeasureOptions:
    """Return what can be measured with the models that are open now."""
    names, several = model_names(session.models), len(session.models) > 1
    found = [one for id, card in session.models.items() for one in answer_measures(id, card)]
    answers = {f"{one.model} {one.network} {one.place} {one.scale}": one for one in found}
    rows = [(key, measure_title(key)) for key in MEASURES if key != "duration"]
    said = [
        (key, f"{one.title}, {f'{names[one.model]} ' if several else ''}{one.network}")
        for key, one in answers.items()
    ]
    return MeasureOptions((*said[:ANSWERS_FIRST], *rows, *said[ANSWERS_FIRST:]), answers)


def measure_title(key: str) -> str:
    """Return a measure's name with its short form and unit."""
    row = MEASURES[key]
    title = f"{row.title} ({row.short})" if row.short and row.short != row.title else row.title
    return f"{title}, {row.unit}" if row.unit else title


def plan_for(measure: str, settings: AnalysisSettings) -> MeasurementPlan:
    """Return the plan of one measure, with the settings of the lanes; an answer has none of its own."""
    measure = measure if measure in MEASURES else FIRST_MEASURE
    analysis = MEASURES[measure].analysis
    own: dict[str, Any] = {analysis: settings.of(analysis)} if analysis in _ANALYSES else {}
    return replace(plan_of((measure,), 1), **own)
