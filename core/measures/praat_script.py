"""A Praat script, with the sounds it reads, that measures every value of a table again.

Filtered autocorrelation and cross-correlation, which Praat lacks before 6.4, are written as a filter before
the old method, so that the script runs in Praat 6.1 and later.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from core.analyses.formants import FormantSettings
from core.analyses.intensity import IntensitySettings
from core.analyses.measures import MEASURES, Measure
from core.analyses.pitch import PitchSettings
from core.analyses.spectral_moments import MomentSettings
from core.annotation.textgrid import write_textgrid
from core.files.atomic import atomic
from core.files.praat_sound import write_praat_sound
from core.files.versions import app_version
from core.measures.long_table import COLUMNS, number, write
from core.measures.measuring import IntervalChoice, MeasuredLayer, MeasurementItem, Table
from core.measures.praat_procedures import PROCEDURES, curve

SCRIPT, TABLE, PRAATS = "measure.praat", "phonoscope.csv", "praat.csv"


def write_praat_script(
    folder: Path,
    items: Sequence[MeasurementItem],
    table: Table,
    choice: IntervalChoice,
    about: Mapping[str, Any],
) -> tuple[str, ...]:
    """Write the script, the sounds, the annotation and the table to an existing folder; return the file
    names.
    """
    write(folder / TABLE, table, choice, about)
    files = [SCRIPT, TABLE]
    for place, item in enumerate(items):
        for layer, track in item.tracks.items():
            files.append(sound_name(items, place, layer))
            write_praat_sound(folder / files[-1], track)
        if item.annotation is not None:
            files.append(_numbered(items, place, "annotation.TextGrid"))
            write_textgrid(folder / files[-1], item.annotation)
    with atomic(folder / SCRIPT) as draft:
        draft.write_text("\n".join(praat_script(items, table)) + "\n", encoding="utf-8", newline="\n")
    return tuple(files)


def sound_name(items: Sequence[MeasurementItem], place: int, layer: str) -> str:
    """Return the name of a layer's sound file beside the script."""
    return _numbered(items, place, f"{layer}.Sound")


def _numbered(items: Sequence[MeasurementItem], place: int, name: str) -> str:
    return name if len(items) == 1 else f"{place + 1}-{name}"


def praat_script(items: Sequence[MeasurementItem], table: Table) -> Iterator[str]:
    """Yield the lines of the script."""
    yield f"# Measures every value of {TABLE} anew, with Praat 6.1 or later:"
    yield f"#     praat --run {SCRIPT}"
    yield f"# It reads the .Sound files beside it and writes {PRAATS}, row by row like {TABLE}."
    yield "# (Praat writes labels beyond ASCII in UTF-16, unless its text writing preferences say UTF-8.)"
    yield f"# Written by Phonoscope {app_version()}; settings: {table.plan.preset or 'set by hand'}."
    yield from ("", f"table$ = {text(PRAATS)}", f"writeFileLine: table$, {text(','.join(COLUMNS))}")
    yield from (f"points = {table.plan.points}", "values = 0")
    found = iter(table.layers)
    for place, item in enumerate(items):
        for one in (next(found) for _ in item.tracks):
            yield from _layer(items, place, one)
    yield from ("", 'appendInfoLine: values, " values written to ", table$', PROCEDURES)
    yield from curve(one for one in map(MEASURES.__getitem__, table.plan.measures) if one.praat)


def _layer(items: Sequence[MeasurementItem], place: int, one: MeasuredLayer) -> Iterator[str]:
    """Yield the lines that measure one layer."""
    yield from ("", f"# --- {one.item}, {one.layer}, {one.rate_hz:g} Hz".replace("\n", " "))
    for sentence in dict.fromkeys(refusal.sentence for refusal in one.refusals):
        yield f"# {sentence}".replace("\n", " ")
    columns = [column for column in one.columns if has_query(MEASURES[column.measure])]
    for column in one.columns:
        if column not in columns:
            yield f"# Praat has no query with the same numbers for {column.measure}: it is left out."
    yield f"head$ = {text(','.join(map(_cell, (one.file, one.model, one.item, one.layer))))}"
    yield f"sound = Read from file: {text(sound_name(items, place, one.layer))}"
    yield from _AXIS
    own = items[place].axes.get(one.layer, items[place].tracks[one.layer].axis)
    yield f"own_rate = {number(own.rate_hz)}"
    yield f"own_start = {number(own.extent.start_s)}"
    yield f"own_end = {number(own.extent.end_s)}"
    analyses = list(one.settings)
    for analysis in analyses:
        yield from _WAYS.get(analysis, _nothing)(one.settings[analysis])
    if "envelope peaks" in analyses:
        yield from _envelopes(items, place, one)
    yield f"measures = {len(columns)}"
    for k, column in enumerate(columns, 1):
        yield f"measure$ [{k}] = {text(column.measure)}"
        yield f"kind$ [{k}] = {text(_KINDS[MEASURES[column.measure].reading])}"
        yield f"unit$ [{k}] = {text(column.unit)}"
    for stretch in one.stretches:
        ends = f"{number(stretch.start_s)}, {number(stretch.end_s)}"
        yield f"@interval: {text(_cell(stretch.tier))}, {text(_cell(stretch.label))}, {ends}"
    yield from ("select all", "Remove")


_AXIS = (
    "xmin = Get start time",
    "xmax = Get end time",
    "nx = Get number of samples",
    "dx = Get sampling period",
    "x1 = Get time from sample number: 1",
)

_KINDS = {"contour": "contour", "interval": "duration", "slices": "moments", "peak": "peaks"}
"""The name that the script's procedures use for each way of reading."""


def has_query(measure: Measure) -> bool:
    """Return whether the script's procedures can find the values of a measure."""
    return bool(measure.praat) if measure.reading == "contour" else measure.analysis in _PROCEDURES


_PROCEDURES = ("", "moments", "envelope peaks")
"""The analyses of whole intervals that the procedures cover; "" is the duration."""


def _pitch(used: PitchSettings) -> Iterator[str]:
    yield "selectObject: sound"
    if used.filtered:
        yield from _filtered(used)
    costs = (used.octave_cost, used.octave_jump_cost, used.voiced_unvoiced_cost)
    values = (used.time_step_s, used.floor_hz, used.max_candidates, int(used.very_accurate))
    thresholds = (used.silence_threshold, used.voicing_threshold)
    given = ", ".join(map(number, (*values, *thresholds, *costs, used.ceiling_hz)))
    yield f"pitch = To Pitch ({'ac' if used.auto else 'cc'}): {given}"


def _filtered(used: PitchSettings) -> Iterator[str]:
    """Yield the low-pass filter of Praat 6.4's filtered methods, which older versions lack."""
    yield "# the low-pass of Praat 6.4's filtered methods, before the method itself"
    yield f"width = {number(used.ceiling_hz)} / sqrt (-2 * ln ({number(used.attenuation_at_top)}))"
    yield from ('spectrum = To Spectrum: "yes"', 'Formula: "self * exp (-0.5 * (x / width) ^ 2)"')
    yield from ("padded = To Sound", "selectObject: sound", 'lowpassed = Copy: "lowpassed"')
    yield 'Formula: "object [padded, 1, col]"'


def _intensity(used: IntensitySettings) -> Iterator[str]:
    given = (used.floor_hz, used.time_step_s, int(used.subtract_mean))
    yield from ("selectObject: sound", f"intensity = To Intensity: {', '.join(map(number, given))}")


def _formants(used: FormantSettings) -> Iterator[str]:
    given = (used.time_step_s, used.max_formants, used.ceiling_hz, used.window_length_s)
    values = ", ".join(map(number, (*given, used.pre_emphasis_from_hz)))
    yield from ("selectObject: sound", f"formants = To Formant (burg): {values}")


def _moments(used: MomentSettings) -> Iterator[str]:
    yield f"low = {number(used.band_low_hz)}"
    yield f"high = {number(used.band_high_hz)}"
    yield f"power = {number(used.power)}"


def _nothing(used: Any) -> Iterator[str]:
    return iter(())


_WAYS = {
    "pitch": _pitch,
    "intensity": _intensity,
    "formants": _formants,
    "moments": _moments,
}
"""How the script calls each analysis, with the settings adapted to the layer."""


def _envelopes(items: Sequence[MeasurementItem], place: int, one: MeasuredLayer) -> Iterator[str]:
    """Yield the lines that make the layer's envelope, and the output's if latencies are measured from it."""
    smoothing = number(one.settings["envelope peaks"].smoothing_s)
    yield f"@envelope: sound, {smoothing}, {number(one.rate_hz)}"
    yield "envelope = envelope.envelope"
    if any(column.measure == "peak_latency" for column in one.columns):
        rate_hz = items[place].tracks[one.output].axis.rate_hz
        yield f"output = Read from file: {text(sound_name(items, place, one.output))}"
        yield f"@envelope: output, {smoothing}, {number(rate_hz)}"
        yield "output = envelope.envelope"


# --- words


def text(words: str) -> str:
    """Return text as a string literal of a Praat script, with quotes doubled.

    The literal is split after every apostrophe, because Praat substitutes variables between two apostrophes
    even inside a string.
    """
    lines = words.replace("\r", "").replace('"', '""').replace("'", '\'" + "').split("\n")
    return " + newline$ + ".join(f'"{line}"' for line in lines)


def _cell(value: str) -> str:
    """Return text as a cell of a comma-separated table."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow([value])
    return "" if value == "" else out.getvalue().removesuffix("\n")
