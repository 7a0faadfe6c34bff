"""The table of all layers: one row per layer, each cell a single query at the cursor or over the
selection.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence

from core.analyses.measure_reading import Place
from core.analyses.measures import MEASURES, Measure, Statistic
from core.files.table import digits
from core.probing.classifier_output import ClassifierOutput
from core.queries.queries import Answer, Layer, ask
from core.session.lane_key import Key
from core.signals.axis import Range

STATISTICS: tuple[Statistic, ...] = ("mean", "minimum", "maximum")
COPIED = tuple(MEASURES[key] for key in (
    "activation", "f0", "f1", "f2", "f3", "b1", "b2", "b3", "intensity", "harmonicity",
))  # fmt: skip
"""The measures of the copied table, in its order; on screen the bandwidths have a row of their own."""

BANDWIDTHS = {f"f{k}": MEASURES[f"b{k}"] for k in (1, 2, 3)}

SHOWN = tuple(one for one in COPIED if one not in BANDWIDTHS.values())
"""The measures that have a column on screen."""


def row(layer: Layer, where: Place, statistic: Statistic = "mean") -> tuple[Answer, ...]:
    """Return one layer's answers, one for each column on screen."""
    return tuple(ask(layer, measure, where, statistic) for measure in SHOWN)


def bandwidths(layer: Layer, where: Place) -> tuple[Answer | None, ...]:
    """Return one layer's bandwidths, each in the column of its formant; None in the other columns."""
    found = (BANDWIDTHS.get(measure.key) for measure in SHOWN)
    return tuple(ask(layer, measure, where) if measure else None for measure in found)


def as_text(layers: Sequence[Layer], where: Place, models: Mapping[Key, str] | None = None) -> str:
    """Return the whole table as tab-separated text: plain minus signs, times with six decimals, empty where
    undefined. `models` holds the label of each layer's model.
    """
    out = io.StringIO()
    table = csv.writer(out, delimiter="\t", lineterminator="\n")
    over = isinstance(where, Range)
    times = ("statistic", "start_s", "end_s", "duration_s") if over else ("time_s",)
    table.writerow(("model", "layer", *times, *(_header(measure) for measure in COPIED)))
    for layer in layers:
        model = (models or {}).get(layer.key, "")
        table.writerows((model, *line) for line in _lines(layer, where))
    return out.getvalue()


def _header(measure: Measure) -> str:
    unit = f"_{measure.unit.lower()}" if measure.unit else ""
    return f"{measure.key}{unit}"


def _lines(layer: Layer, where: Place) -> Iterator[tuple[str, ...]]:
    if not isinstance(where, Range):
        yield layer.title, f"{where:.6f}", *_values(layer, where, "mean")
        return
    ends = f"{where.start_s:.6f}", f"{where.end_s:.6f}", f"{where.length_s:.6f}"
    for statistic in STATISTICS:
        yield layer.title, statistic, *ends, *_values(layer, where, statistic)


def _values(layer: Layer, where: Place, statistic: Statistic) -> Iterator[str]:
    return (digits(ask(layer, measure, where, statistic).value) for measure in COPIED)


def answers_as_text(answers: Sequence[tuple[str, str, ClassifierOutput]]) -> str:
    """Return what D and Q give, each with its model and lane, as a second table of tab-separated text: a row
    per class with its probability (empty for a score) and its logit. Return "" for nothing.
    """
    if not answers:
        return ""
    out = io.StringIO()
    table = csv.writer(out, delimiter="\t", lineterminator="\n")
    table.writerow(("model", "lane", "class", "probability", "logit"))
    for model, lane, output in answers:
        for one in output.classes:
            table.writerow((model, lane, one.label, digits(one.probability), digits(one.logit)))
    return f"\n{out.getvalue()}"
