"""Nothing above a layer's own Nyquist frequency is ever computed, answered, listed, copied or exported.

One sweep over all analyses, rates, lengths, signals and settings, sensible or not; each either gives
frequencies that the layer can carry or refuses in a sentence.
"""

from __future__ import annotations

import csv
import io
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.analyses.formants import for_speaker
from core.analyses.measure_reading import contour_analyses
from core.analyses.measures import MEASURES, read_as
from core.analyses.presets import PRESETS
from core.analyses.registry import TABLE
from core.analyses.results import Report, Result, Spectrum
from core.analyses.speakers import SPEAKERS
from core.faults import Fault
from core.measures.long_table import rows
from core.measures.measuring import MeasurementItem, measure
from core.measures.plan import plan_of
from core.playback.sonification import published
from core.queries.layer_table import as_text
from core.queries.listings import LISTINGS, Listing, listing, over, result_listing
from core.queries.queries import Layer, ask
from core.signals.axis import Range, TimeAxis
from core.signals.track import Image, Track
from tests.support.keys import G

RATES_HZ = (3.0, 15.625, 62.5, 250.0, 1000.0, 4000.0, 16000.0, 22050.0)
LENGTHS = (1, 9, 64, 256, 1024, 4096)
SIGNALS = ("noise", "buzz", "click", "highest", "ramp")


def signal(kind: str, rate_hz: float, n: int) -> Track:
    """Give a curve that tempts an analysis to find more than there is."""
    axis, place = TimeAxis(rate_hz, n, 0.5 / rate_hz), np.arange(n)
    made = {
        "noise": lambda: np.random.default_rng(n).standard_normal(n),
        "buzz": lambda: (place % max(2, round(rate_hz / 130)) == 0).astype(float),
        "click": lambda: (place == n // 2).astype(float),
        "highest": lambda: np.cos(np.pi * place) * (1 + 0.1 * np.sin(place)),
        "ramp": lambda: place / n,
    }[kind]()
    return Track("conv", made.astype(np.float32), axis)


def frequencies(result: Result) -> np.ndarray:
    """Give every frequency in a result; bandwidths are none, they may be as wide as they like."""
    if isinstance(result, Image):
        return result.low_hz + result.step_hz * np.arange(result.values.shape[1])
    if isinstance(result, Spectrum):
        return result.frequencies()
    if isinstance(result, Report):
        return np.array([line.value for line in result.lines if line.unit == "Hz"])
    if isinstance(result, tuple):
        kept = [track.samples for track in result if track.unit == "Hz" and track.name[0] != "b"]
        return np.concatenate([np.zeros(0), *kept])
    return np.zeros(0)


def hertz_in(made: Listing) -> list[float]:
    """Give every frequency of a listing as it is read from the text."""
    columns = [k for k, head in enumerate(made.head) if head.endswith("_Hz") and head[0] not in "BL"]
    found = [row[k] for row in made.rows for k in columns]
    found += [row[1] for row in made.rows if made.head[-1] == "Unit" and row[2] == "Hz"]
    return [float(text) for text in found if not text.startswith("--")]


tracks = st.builds(signal, st.sampled_from(SIGNALS), st.sampled_from(RATES_HZ), st.sampled_from(LENGTHS))


@given(
    track=tracks,
    name=st.sampled_from(list(TABLE)),
    preset=st.sampled_from(list(PRESETS.values())),
    ceiling_hz=st.sampled_from([None, 2.0, 150.0, 499.0, 8000.0, 30000.0]),
    floor_hz=st.sampled_from([None, 1.0, 5.0, 75.0, 600.0]),
    speaker=st.sampled_from(["", *SPEAKERS]),
    ends=st.sampled_from([(0.0, 10.0), (0.01, 0.06), (0.2, 0.25)]),
)
@settings(max_examples=400, derandomize=True)
def test_every_analysis_and_its_listing_keep_below_nyquist(
    track, name, preset, ceiling_hz, floor_hz, speaker, ends
):
    asked = preset.settings(name)
    if name == "formants":
        asked = for_speaker(asked, speaker)
    for field, value in (("ceiling_hz", ceiling_hz), ("band_high_hz", ceiling_hz), ("floor_hz", floor_hz)):
        if value is not None and hasattr(asked, field):
            asked = replace(asked, **{field: value})
    window, nyquist_hz = Range(*ends), track.axis.nyquist_hz
    heard, asked = over(name, track, asked, window)
    if TABLE[name].refusal(heard, asked):
        with pytest.raises(Fault, match=f"No {TABLE[name].noun}"):
            TABLE[name].run(heard, asked)
        return
    try:
        result = TABLE[name].run(heard, asked)
    except Fault:  # Praat's own refusal, in a sentence
        return
    found = frequencies(result)
    assert not np.any(found > nyquist_hz)
    listed = hertz_in(result_listing("Conv", result, window))
    assert all(value <= nyquist_hz * (1 + 1e-9) + 1e-6 for value in listed)


@given(track=tracks, preset=st.sampled_from(list(PRESETS.values())), speaker=st.sampled_from(list(SPEAKERS)))
@settings(max_examples=60, derandomize=True)
def test_every_query_and_the_copied_table_keep_below_nyquist(track, preset, speaker):
    used = {name: preset.settings(name) for name in contour_analyses()}
    used["formants"] = for_speaker(used["formants"], speaker)
    carried = [name for name in contour_analyses() if TABLE[name].refusal(track, used[name]) is None]
    results = {name: TABLE[name].run(track, used[name]) for name in carried}
    layer = Layer(G("conv"), "Conv", track, used, results)
    nyquist_hz = track.axis.nyquist_hz
    places = (track.axis.extent, track.axis.extent.middle_s)
    for place in places:
        for one in read_as("contour"):
            for statistic in ("mean", "minimum", "maximum"):
                answer = ask(layer, one, place, statistic)
                if one.analysis and one.analysis not in carried:
                    assert answer.refusal
                    assert math.isnan(answer.value)
                elif one.unit == "Hz" and one.key[0] == "f" and answer.defined:
                    assert answer.value <= nyquist_hz
        for name in carried:
            assert all(value <= nyquist_hz for value in hertz_in(listing(layer, name, place)))
    for row in csv.DictReader(io.StringIO(as_text([layer], track.axis.extent.middle_s)), delimiter="\t"):
        for head in ("f0_hz", "f1_hz", "f2_hz", "f3_hz"):
            assert not row[head] or float(row[head]) <= nyquist_hz


def is_frequency(measure: str) -> bool:
    """Tell whether a measure is a place on the frequency axis: a bandwidth is none, however wide."""
    return MEASURES[measure].unit == "Hz" and not measure.startswith("b")


@pytest.mark.parametrize("as_published", [False, True])
@pytest.mark.parametrize("preset", PRESETS)
def test_every_row_of_a_measured_table_keeps_below_the_layers_own_nyquist(preset, as_published):
    own = {f"conv{k}": signal("noise", rate_hz, round(1.024 * rate_hz)) for k, rate_hz in enumerate(RATES_HZ)}
    axes, out_axis = {name: track.axis for name, track in own.items()}, TimeAxis.of_sound(22050.0, 22579)
    shown = {name: published(track, out_axis) for name, track in own.items()} if as_published else own
    plan = plan_of(tuple(MEASURES), 7, preset)
    plan = replace(plan, formants=for_speaker(plan.formants, "child"))
    table = measure([MeasurementItem("made", "noise", shown, "conv7", axes)], plan)
    told = [
        dict(zip(("layer", "measure", "value"), (row[3], row[8], row[12]), strict=True))
        for row in rows(table)
    ]
    hertz = [row for row in told if is_frequency(row["measure"]) and row["value"]]
    assert len({row["layer"] for row in hertz}) >= 5
    for row in hertz:
        assert float(row["value"]) < axes[row["layer"]].nyquist_hz
    refused = {(one.layer, refusal.measure) for one in table.layers for refusal in one.refusals}
    assert {("conv0", "f0"), ("conv0", "f1"), ("conv1", "intensity")} <= refused


def test_every_listing_of_praats_has_been_swept():
    assert set(LISTINGS) <= set(TABLE)
