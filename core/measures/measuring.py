"""Measurement of labelled intervals by layer and latent point, as one long table."""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from core.analyses.artefacts import rhythm_of, ruling_offset
from core.analyses.measures import MEASURES, Measure, by_reading
from core.analyses.registry import TABLE
from core.analyses.results import Doubles
from core.annotation.corpus import plain
from core.annotation.tiers import Annotation, Tier, layers_name
from core.faults import Cancelled, Fault
from core.measures.plan import MeasurementPlan
from core.measures.values import READERS, Column, Refusal, Stretch, Subject
from core.provenance import Origin
from core.recordings.long_sound import LongTrack
from core.signals.axis import Range, TimeAxis
from core.signals.track import Track

WHOLE = ""
"""The tier and the label of a sound that is measured as one interval."""


@dataclass(frozen=True)
class MeasurementItem:
    """One output or recording: the layers' tracks by name.

    `output` names the last one, "" for a sound. `axes` are the layers' native axes if the tracks use another
    one (as published). `model` is the label of the model that made an output, "" for a recording.
    """

    file: str
    item: str
    tracks: Mapping[str, Track]
    output: str = ""
    axes: Mapping[str, TimeAxis] = field(default_factory=dict[str, TimeAxis])
    annotation: Annotation | None = None
    model: str = ""

    @property
    def whole(self) -> Range:
        """The time range of the output, or of all tracks."""
        first = self.tracks[self.output] if self.output else next(iter(self.tracks.values()))
        return first.axis.extent


@dataclass(frozen=True, slots=True)
class IntervalChoice:
    """Which intervals to measure: those of the named tier ("" for the first) whose whole label matches this
    regular expression, or every labelled interval if it is None.
    """

    tier: str = ""
    label: str | None = None


ALL = IntervalChoice()
"""Every labelled interval of the first tier."""


@dataclass(frozen=True, eq=False)
class MeasuredLayer:
    """The results of one layer of one item: a column per measure, the refusals, and the settings used."""

    file: str
    item: str
    layer: str
    stretches: tuple[Stretch, ...]
    columns: tuple[Column, ...]
    refusals: tuple[Refusal, ...] = ()
    notices: tuple[str, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict[str, Any])
    output: str = ""
    rate_hz: float = 0.0
    origin: Origin = field(default_factory=Origin)
    model: str = ""


@dataclass(frozen=True, slots=True)
class Omitted:
    """An item of a run that was not measured, and why; `empty` if it only has no interval to measure."""

    file: str
    reason: str
    empty: bool = False

    @property
    def words(self) -> str:
        """One line: `b.wav is left out: There is no interval tier “phones”.`"""
        return f"{self.file} {'is empty' if self.empty else 'is left out'}: {self.reason}"


@dataclass(frozen=True, eq=False)
class Table:
    """Everything measured, in the order of the items and of their layers, and what was omitted."""

    plan: MeasurementPlan
    layers: tuple[MeasuredLayer, ...]
    omitted: tuple[Omitted, ...] = ()

    @property
    def remarks(self) -> tuple[str, ...]:
        """One line for each refusal and notice, told once if a layer has it at several points.

        Remarks on a recording name its file.
        """
        said = [
            f"{one.layer if one.output else one.file}: {words}"
            for one in self.layers
            for words in (*one.notices, *dict.fromkeys(refusal.sentence for refusal in one.refusals))
        ]
        return tuple(dict.fromkeys(said))


# --- which intervals


def stretches_for(item: MeasurementItem, layer: str, choice: IntervalChoice) -> tuple[Stretch, ...]:
    """Return the intervals to measure in a layer.

    A tier named LAYER/TIER (conv4/phones), or LAYER.TIER in older files, belongs to that layer and replaces
    TIER. Without annotation the whole sound is one interval.
    """
    if item.annotation is None:
        return (Stretch(WHOLE, WHOLE, item.whole.start_s, item.whole.end_s),)
    tier = chosen_tier(item.annotation, choice)
    names = [plain(name) for name in (layers_name(layer, tier.name), f"{layer}.{tier.name}")]
    own = [one for one in item.annotation.tiers if one.is_interval and plain(one.name) in names]
    used = own[0] if own else tier
    wanted = pattern(choice.label)
    ranges = ((label, used.range_of(k)) for k, label in enumerate(used.labels))
    return tuple(Stretch(used.name, label, one.start_s, one.end_s) for label, one in ranges if wanted(label))


def chosen_tier(annotation: Annotation, choice: IntervalChoice) -> Tier:
    """Return the interval tier with that name or number, or the first one. Raises Fault if there is none.

    Numbers count all tiers from 1, as in Praat; a tier whose name is a number is found by its name first.
    """
    tiers = [tier for tier in annotation.tiers if tier.is_interval]
    if not tiers:
        raise Fault(
            "The TextGrid has no interval tier.", "Annotate intervals, or measure without the TextGrid."
        )
    named = [tier for tier in tiers if choice.tier == "" or plain(choice.tier) == plain(tier.name)]
    if named:
        return named[0]
    if choice.tier.isascii() and choice.tier.isdigit() and 1 <= int(choice.tier) <= len(annotation.tiers):
        numbered = annotation.tiers[int(choice.tier) - 1]
        if numbered.is_interval:
            return numbered
        raise Fault(f"Tier {choice.tier}, “{numbered.name}”, is a point tier.", "Choose an interval tier.")
    names = ", ".join(f"“{tier.name}”" for tier in tiers)
    raise Fault(f"There is no interval tier “{choice.tier}”.", f"The TextGrid has {names}.")


def namesakes(annotation: Annotation | None, choice: IntervalChoice) -> str:
    """Say that several interval tiers have the chosen name, and how to choose the others; else ""."""
    tiers = annotation.tiers if annotation is not None else ()
    name = plain(choice.tier)
    numbers = [str(k) for k, tier in enumerate(tiers, 1) if tier.is_interval and plain(tier.name) == name]
    if not choice.tier or len(numbers) < 2:
        return ""
    listed = f"{', '.join(numbers[:-1])} and {numbers[-1]}"
    which = f"{len(numbers)} tiers are called “{choice.tier}”, numbers {listed}"
    return f"{which}: number {numbers[0]} is measured; give a number instead of the name for another"


def pattern(label: str | None) -> Callable[[str], bool]:
    """Return a function that says whether a label is wanted. Raises Fault for an invalid regular
    expression.
    """
    if label is None:
        return lambda text: bool(text.strip())
    try:
        wanted = re.compile(plain(label))
    except re.error as error:
        raise Fault(
            f"“{label}” is not a pattern for labels: {error}.", "Separate labels with |, for instance a|i|u."
        ) from None
    return lambda text: wanted.fullmatch(plain(text.strip())) is not None


# --- measuring


def measure(
    items: Sequence[MeasurementItem],
    plan: MeasurementPlan,
    choice: IntervalChoice = ALL,
    progress: Callable[[int, int], None] = lambda done, of: None,
    cancelled: Callable[[], bool] = lambda: False,
    omitted: tuple[Omitted, ...] = (),
    is_run: bool = False,
) -> Table:
    """Measure every layer of every item; raises Cancelled between layers.

    In a run, or with several items, one that cannot be measured is omitted with its reason, after those
    `omitted` before. A single item raises Fault instead, also if it has no interval to measure.
    """
    pattern(choice.label)
    is_run = is_run or len(items) + len(omitted) > 1
    found: list[MeasuredLayer] = []
    left = list(omitted)
    done, of = 0, sum(len(item.tracks) for item in items)

    def measured(item: MeasurementItem, asked: Mapping[str, tuple[Stretch, ...]]) -> Iterator[MeasuredLayer]:
        for k, (layer, stretches) in enumerate(asked.items(), 1):
            if cancelled():
                raise Cancelled
            yield measure_layer(item, layer, stretches, plan)
            progress(done + k, of)

    for item in items:
        asked = _stretches_of(item, choice, is_run)
        try:
            made = [] if isinstance(asked, Omitted) else list(measured(item, asked))
        except Cancelled:
            raise
        except Exception as error:
            if not is_run:
                raise
            made, asked = [], Omitted(_named(item), _reason(item, error))
        done += len(item.tracks)
        if isinstance(asked, Omitted):
            left.append(asked)
            progress(done, of)
        else:
            found += [_with_notice(made[0], namesakes(item.annotation, choice)), *made[1:]]
    return Table(plan, tuple(found), tuple(left))


def _reason(item: MeasurementItem, error: Exception) -> str:
    """Return why an item of a run was not measured; what is no Fault is a bug, which is logged."""
    if isinstance(error, Fault):
        return str(error)
    logging.error("%s was not measured", _named(item), exc_info=error)
    return f"An unexpected error: {str(error) or type(error).__name__}."


def _with_notice(one: MeasuredLayer, notice: str) -> MeasuredLayer:
    return replace(one, notices=(notice, *one.notices)) if notice else one


def _stretches_of(
    item: MeasurementItem, choice: IntervalChoice, is_run: bool
) -> dict[str, tuple[Stretch, ...]] | Omitted:
    """Return the intervals of each layer, or in a run why there are none; else raises Fault."""
    try:
        found = {layer: stretches_for(item, layer, choice) for layer in item.tracks}
    except Fault as fault:
        if is_run:
            return Omitted(_named(item), str(fault))
        raise
    if any(found.values()):
        return found
    reason = _nothing(item, choice)
    if is_run:
        return Omitted(_named(item), reason, empty=True)
    raise Fault(reason, "Choose another tier or label.")


def _named(item: MeasurementItem) -> str:
    """Return what identifies an item: a recording's file, or a latent point's name."""
    return item.item if item.output else item.file


def _nothing(item: MeasurementItem, choice: IntervalChoice) -> str:
    tier = f"tier “{chosen_tier(item.annotation, choice).name}”" if item.annotation else "the sound"
    if choice.label is None:
        return f"No interval of {tier} has a label."
    return f"No label of {tier} matches “{choice.label}”."


def measure_layer(
    item: MeasurementItem, layer: str, stretches: tuple[Stretch, ...], plan: MeasurementPlan
) -> MeasuredLayer:
    """Measure one layer over its intervals, in the order in which the measures were requested."""
    track = item.tracks[layer]
    output = item.tracks[item.output] if item.output else None
    on = Subject(layer, track, item.axes.get(layer, track.axis), stretches, output)
    columns: dict[str, Column] = {}
    refusals: list[Refusal] = []
    used: dict[str, Any] = {}
    notices: list[str] = []
    for (analysis, _), rows in by_reading(plan.measures).items():
        made, refused = _read(on, plan, rows)
        columns |= {column.measure: column for column in made}
        refusals += refused
        if made and analysis:
            used[analysis] = plan.settings(analysis, on.own)
            notice = TABLE[analysis].notice(on.own, plan.asked(analysis))
            notices += [notice] if notice else []
    notices += _artefacts(on, plan, columns, _lower(item, on.own))
    ordered = tuple(columns[name] for name in plan.measures if name in columns)
    return MeasuredLayer(
        item.file, item.item, layer, stretches, ordered, tuple(refusals), tuple(notices), used,
        item.output, track.axis.rate_hz, track.origin, item.model,
    )  # fmt: skip


def _lower(item: MeasurementItem, own: TimeAxis) -> dict[str, float]:
    """Return the rates of the layers below one with this axis, in Hz by name."""
    return {name: axis.rate_hz for name, axis in item.axes.items() if axis.rate_hz < own.rate_hz}


def _artefacts(
    on: Subject, plan: MeasurementPlan, columns: Mapping[str, Column], lower: Mapping[str, float]
) -> list[str]:
    """Say which values may be artefacts; the columns stay as they are."""
    notices: list[str] = []
    f0 = columns["f0"].points if "f0" in columns else None
    if f0 is not None and lower:
        notices += _rhythms(f0, lower)
    has_moments = any(MEASURES[name].analysis == "moments" for name in columns)
    if has_moments and plan.moments.band_low_hz == 0 and not isinstance(on.track, LongTrack):
        offset = ruling_offset(on.track.samples)
        notices += [f"{offset}; measure them in a band that starts above 0 Hz"] if offset else []
    return notices


def _rhythms(f0_hz: Doubles, lower: Mapping[str, float]) -> list[str]:
    """Say that the pitch follows the rate of a lower layer, in all intervals or in some."""
    whole = rhythm_of(f0_hz.ravel(), lower)
    if whole is not None:
        return [whole.words]
    found = [rhythm for row in f0_hz if (rhythm := rhythm_of(row, lower)) is not None]
    counts = Counter(found)
    return [f"{count} of {len(f0_hz)} intervals: {rhythm.words}" for rhythm, count in counts.items()]


def _read(on: Subject, plan: MeasurementPlan, rows: Sequence[Measure]) -> tuple[list[Column], list[Refusal]]:
    """Return the columns of measures that are read together, or one refusal for each of them."""
    refused = _refusal(on, plan, rows[0].analysis)
    if refused is None:
        try:
            return READERS[rows[0].reading](on, plan, rows)
        except Fault as fault:  # Praat's own error message
            refused = fault.sentence.removesuffix(".")
    return [], [Refusal(row.key, refused) for row in rows]


def _refusal(on: Subject, plan: MeasurementPlan, analysis: str) -> str | None:
    """Return why the layer's own rate, or its samples, cannot carry an analysis, or None."""
    if not analysis:
        return None
    row = TABLE[analysis]
    return row.refusal(on.own, plan.asked(analysis)) or row.refusal(on.track, plan.settings(analysis, on.own))
