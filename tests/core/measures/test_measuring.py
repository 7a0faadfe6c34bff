"""A measured table: its points, its values against Praat and closed forms, its refusals, its r."""

from __future__ import annotations

import csv
import json
import math

import numpy as np
import parselmouth
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from parselmouth.praat import call

from core.analyses.measure_reading import contour_analyses
from core.analyses.measures import MEASURES, read_as
from core.analyses.registry import TABLE
from core.annotation.tiers import Annotation, Tier
from core.faults import Cancelled, Fault
from core.measures.correlation import correlations, paired, pearson_r, unpaired
from core.measures.long_table import COLUMNS, rows, write
from core.measures.measuring import IntervalChoice, MeasurementItem, measure, stretches_for
from core.measures.plan import MeasurementPlan, names_of, plan_of
from core.measures.values import Stretch, peak_times, places, times_of
from core.playback.sonification import published
from core.queries.queries import Layer, ask
from core.signals.axis import TimeAxis
from core.signals.track import Track
from tests.support.keys import G
from tests.support.praat_oracle import beside, recording, sound_file

RATE_HZ = 16000.0
PRAAT = "Praat 6.1-6.3"


def glide(low_hz: float = 120.0, high_hz: float = 260.0, seconds: float = 1.0) -> Track:
    """A buzz of five harmonics whose fundamental rises evenly."""
    axis = TimeAxis.of_sound(RATE_HZ, int(seconds * RATE_HZ))
    t = axis.times()
    phase = 2 * np.pi * (low_hz * t + (high_hz - low_hz) * t**2 / (2 * seconds))
    buzz = sum(np.sin(k * phase) / k for k in range(1, 6))
    return Track("out", (0.2 * buzz).astype(np.float32), axis)


def layer(name: str, factor: int, offset: int, of: Track) -> Track:
    """Every `factor`-th sample of a track, on the axis that such a layer has."""
    n = of.axis.n // factor
    axis = TimeAxis(of.axis.rate_hz / factor, n, (offset + 0.5) / of.axis.rate_hz)
    return Track(name, of.samples[offset::factor][:n], axis)


def note(*labels: tuple[str, float, float], name: str = "phones", end_s: float = 1.0) -> Tier:
    """A tier of touching intervals."""
    times = (labels[0][1], *(end for _, _, end in labels))
    return Tier(name, "interval", 0.0, end_s, times, tuple(label for label, _, _ in labels))


VOWELS = note(("", 0, 0.1), ("a", 0.1, 0.35), ("s", 0.35, 0.5), ("i", 0.5, 0.9), ("", 0.9, 1.0))
GRID = Annotation((VOWELS,), 0.0, 1.0)


def model(annotation: Annotation | None = GRID) -> MeasurementItem:
    """An output and three layers of it, at the rates of Conv4, Conv2 and Conv1."""
    out = glide()
    made = (layer("conv1", 256, 85, out), layer("conv2", 64, 21, out), layer("conv4", 4, 1, out), out)
    tracks = {track.name: track for track in made}
    return MeasurementItem("demo", "seed 0", tracks, "out", {}, annotation, "Demo (0badcafe)")


def sound(track: Track, annotation: Annotation | None = None) -> MeasurementItem:
    return MeasurementItem("a.wav", "a", {"sound": track.renamed("sound")}, "", {}, annotation)


def column(table, measure, layer="sound"):
    (one,) = [one for one in table.layers if one.layer == layer]
    return next((column for column in one.columns if column.measure == measure), None)


# --- points


@given(st.integers(1, 60), st.floats(-5, 5), st.floats(1e-3, 50))
def test_points_are_the_centres_of_equal_parts(points, start_s, length_s):
    times_s = times_of([Stretch("", "", start_s, start_s + length_s)], points)[0]
    parts = np.linspace(start_s, start_s + length_s, points + 1)
    np.testing.assert_allclose(times_s, (parts[:-1] + parts[1:]) / 2, rtol=1e-9, atol=1e-9)
    assert places(points).min() > 0
    assert places(points).max() < 1


# --- values


@pytest.mark.parametrize("preset", [PRAAT, "ciwGAN, 75-450 Hz"])
def test_values_at_the_points_are_those_that_praat_gives_when_asked_one_by_one(preset):
    track, plan = glide(), plan_of(("f0", "intensity", "f1", "f2", "f5"), 20, preset)
    table = measure([sound(track, GRID)], plan, IntervalChoice(label="a|i"))
    whole = parselmouth.Sound(track.samples.astype(np.float64), RATE_HZ)
    pitch = call(whole, "To Pitch (ac)", 0, 75, 15, 0, 0.03, 0.45, 0.01, 0.35, 0.14, plan.pitch.ceiling_hz)
    intensity = call(whole, "To Intensity", plan.intensity.floor_hz, 0, 1)
    formants = call(whole, "To Formant (burg)", 0, 5, 5500, 0.025, 50)
    for k, (start_s, end_s) in enumerate([(0.1, 0.35), (0.5, 0.9)]):
        for point in range(20):
            t = start_s + (end_s - start_s) * (point + 0.5) / 20
            truth = {
                "f0": call(pitch, "Get value at time", t, "Hertz", "Linear"),
                "intensity": call(intensity, "Get value at time", t, "Linear"),
                **{f"f{n}": call(formants, "Get value at time", n, t, "Hertz", "Linear") for n in (1, 2, 5)},
            }
            for name, value in truth.items():
                np.testing.assert_allclose(column(table, name).points[k, point], value, rtol=1e-12)


def test_a_glides_pitch_is_its_instantaneous_frequency_at_every_point():
    table = measure([sound(glide())], plan_of(("f0",), 40, PRAAT))
    found, times_s = column(table, "f0").points[0], times_of([Stretch("", "", 0, 1)], 40)[0]
    inner = slice(2, -2)
    np.testing.assert_allclose(found[inner], 120 + 140 * times_s[inner], rtol=2e-3)


def test_a_sines_intensity_is_that_of_its_mean_power():
    axis = TimeAxis.of_sound(RATE_HZ, 16000)
    tone = Track("out", (0.3 * np.sin(2 * np.pi * 500 * axis.times())).astype(np.float32), axis)
    table = measure([sound(tone)], plan_of(("intensity",), 10, PRAAT))
    level_db = 10 * math.log10(0.3**2 / 2 / 4e-10)
    np.testing.assert_allclose(column(table, "intensity").points[0], level_db, atol=1e-3)


def test_moments_of_intervals_and_of_their_tenths_are_those_of_praats_spectrum():
    track = glide()
    plan = plan_of(("moments",), 10, PRAAT, (400.0, 3000.0))
    table = measure([sound(track, GRID)], plan, IntervalChoice(label="i"))
    whole = parselmouth.Sound(track.samples.astype(np.float64), RATE_HZ)

    def truth(start_s, end_s):
        spectrum = call(whole.extract_part(start_s, end_s), "To Spectrum", "yes")
        call(spectrum, "Formula", "if x < 400 or x > 3000 then 0 else self fi")
        asked = ("centre of gravity", "standard deviation", "skewness", "kurtosis")
        return [call(spectrum, f"Get {name}", 2) for name in asked]

    for name, value in zip(("cog", "sd", "skewness", "kurtosis"), truth(0.5, 0.9), strict=True):
        np.testing.assert_allclose(column(table, name).whole, [value], rtol=1e-9)
    for k in range(10):
        found = [column(table, name).points[0, k] for name in ("cog", "sd", "skewness", "kurtosis")]
        np.testing.assert_allclose(found, truth(0.5 + 0.04 * k, 0.54 + 0.04 * k), rtol=1e-9)


def burst(at_s: float, axis: TimeAxis) -> np.ndarray:
    t = axis.times() - at_s
    return np.exp(-0.5 * (t / 0.03) ** 2)


def test_a_peak_is_found_where_it_is_and_its_latency_is_told_from_the_output():
    fine, coarse = TimeAxis.of_sound(RATE_HZ, 16000), TimeAxis(250.0, 250, 0.0013)
    out = Track("out", (burst(0.2, fine) + 0.5 * burst(0.7, fine)).astype(np.float32), fine)
    late = Track("conv2", (burst(0.213, coarse) + 0.9 * burst(0.69, coarse)).astype(np.float32), coarse)
    grid = Annotation((note(("a", 0, 0.45), ("b", 0.45, 1.0)),), 0.0, 1.0)
    item = MeasurementItem("demo", "x", {"conv2": late, "out": out}, "out", {}, grid)
    table = measure([item], plan_of(("latency",)))
    np.testing.assert_allclose(column(table, "peak_latency", "conv2").whole, [0.013, -0.01], atol=2e-4)
    np.testing.assert_allclose(column(table, "peak_time", "conv2").whole, [0.213, 0.69 - 0.45], atol=2e-4)
    np.testing.assert_allclose(column(table, "peak_latency", "out").whole, [0, 0])


@given(st.lists(st.floats(-1, 1, width=32), min_size=8, max_size=60), st.floats(0, 1), st.floats(0, 1))
def test_a_peak_lies_in_its_interval_or_is_undefined(values, a, b):
    track = Track("x", np.array(values, np.float32), TimeAxis(50.0, len(values), 0.01))
    one = Stretch("", "", min(a, b), max(a, b))
    (found,) = peak_times(track, [one], plan_of().peaks)
    assert math.isnan(found) or one.start_s <= found <= one.end_s


def test_what_lies_outside_the_sound_is_undefined_and_its_duration_is_kept():
    grid = Annotation((note(("a", 0.9, 1.4), ("b", 1.4, 2.0), end_s=2.0),), 0.0, 2.0)
    table = measure([sound(glide(), grid)], plan_of(("f0", "duration", "moments", "peak_time"), 10, PRAAT))
    f0, cog = column(table, "f0").points, column(table, "cog")
    assert np.isfinite(f0[0, :1]).all()
    assert np.isnan(f0[0, 2:]).all()
    assert np.isnan(f0[1]).all()
    assert np.isfinite(cog.points[0, :2]).all()
    assert np.isnan(cog.whole[1])
    assert np.isnan(column(table, "peak_time").whole[1])
    np.testing.assert_allclose(column(table, "duration").whole, [0.5, 0.6])


def test_an_interval_does_not_change_the_numbers_of_another():
    """Each analysis is run once on the whole sound; asking for less gives the same values."""
    plan = plan_of(("f0", "f1", "intensity"), 10, PRAAT)
    both = measure([sound(glide(), GRID)], plan, IntervalChoice(label="a|i"))
    one = measure([sound(glide(), GRID)], plan, IntervalChoice(label="i"))
    for name in ("f0", "f1", "intensity"):
        np.testing.assert_array_equal(column(both, name).points[1], column(one, name).points[0])


def test_every_value_is_that_of_the_single_query_at_its_time():
    item, plan = model(), plan_of([one.key for one in read_as("contour")], 10, PRAAT)
    table = measure([item], plan, IntervalChoice(label="a|i"))
    for one in table.layers:
        track = item.tracks[one.layer]
        settings = {name: getattr(plan, name) for name in contour_analyses()}
        results = {
            name: TABLE[name].run(track, used)
            for name, used in settings.items()
            if not TABLE[name].refusal(track, used)
        }
        asked = Layer(G(one.layer), one.layer, track, settings, results)
        times_s = times_of(one.stretches, 10)
        for name in plan.measures:
            found = next((c for c in one.columns if c.measure == name), None)
            answers = [ask(asked, MEASURES[name], float(t)) for t in times_s.ravel()]
            assert (found is None) == bool(answers[0].refusal)
            if found is not None:
                np.testing.assert_array_equal(found.points.ravel(), [answer.value for answer in answers])


# --- intervals


def test_a_label_is_a_pattern_for_the_whole_label():
    item = model()
    assert [s.label for s in stretches_for(item, "out", IntervalChoice(label="a|i|u"))] == ["a", "i"]
    assert [s.label for s in stretches_for(item, "out", IntervalChoice(label=""))] == ["", ""]
    assert [s.label for s in stretches_for(item, "out", IntervalChoice())] == ["a", "s", "i"]


def test_without_annotation_the_whole_output_is_one_interval_of_every_layer():
    (one,) = stretches_for(model(None), "conv1", IntervalChoice())
    assert one == Stretch("", "", 0.0, 1.0)


@pytest.mark.parametrize("name", ["conv4/phones", "conv4.phones"])  # the second as older versions had it
def test_a_layers_own_tier_stands_in_for_the_outputs(name):
    own = note(("", 0, 0.12), ("a", 0.12, 0.3), ("", 0.3, 0.55), ("i", 0.55, 1.0), name=name)
    item = model(Annotation((VOWELS, own), 0.0, 1.0))
    table = measure([item], plan_of(("duration",)), IntervalChoice(label="a|i"))
    np.testing.assert_allclose(column(table, "duration", "conv4").whole, [0.18, 0.45])
    np.testing.assert_allclose(column(table, "duration", "out").whole, [0.25, 0.4])


@pytest.mark.parametrize(
    ("grid", "choice", "words"),
    [
        (GRID, IntervalChoice("words"), "no interval tier “words”"),
        (GRID, IntervalChoice(label="[a"), "not a pattern"),
        (GRID, IntervalChoice(label="u"), "No label of tier “phones” matches “u”"),
        (
            Annotation((Tier("events", "point", 0, 1, (0.5,), ("x",)),), 0, 1),
            IntervalChoice(),
            "no interval tier",
        ),
        (Annotation((note(("", 0, 1)),), 0, 1), IntervalChoice(), "No interval of tier “phones” has a label"),
    ],
)
def test_intervals_that_do_not_exist_are_refused_in_a_sentence(grid, choice, words):
    with pytest.raises(Fault, match=words.replace("[", r"\[")):
        measure([model(grid)], plan_of(), choice)


# --- refusals


def test_a_measure_that_a_layers_rate_does_not_carry_has_a_reason_and_no_rows():
    table = measure([model()], plan_of(("f0", "intensity", "formants", "duration"), 10, PRAAT))
    by_layer = {}
    for row in rows(table):
        by_layer.setdefault(row[3], set()).add(row[8])
    assert by_layer == {
        "conv1": {"duration"},
        "conv2": {"intensity", "duration"},
        "conv4": {"f0", "intensity", "f1", "f2", "duration"},
        "out": {"f0", "intensity", "f1", "f2", "f3", "duration"},
    }
    assert "conv1: No pitch: Nyquist is 31.25 Hz, below the floor of 75 Hz" in table.remarks
    assert "conv2: No formants: Nyquist is 125 Hz" in table.remarks
    assert "conv4: No F3: there is room for 2 formants below 2000 Hz" in table.remarks
    assert any("Formant ceiling lowered" in remark for remark in table.remarks)


@pytest.mark.parametrize("name", ["conv1", "conv2", "conv4"])
def test_as_published_nothing_is_above_the_layers_own_nyquist(name):
    item = model()
    axes = {key: track.axis for key, track in item.tracks.items()}
    out_axis = item.tracks["out"].axis
    up = {key: published(track, out_axis) for key, track in item.tracks.items()}
    lifted = MeasurementItem("demo", "seed 0", up, "out", axes, GRID)
    asked = plan_of(("f0", "intensity", "formants", "cog"), 10, "Low layers, 5-150 Hz")
    table = measure([lifted], asked)
    (one,) = [one for one in table.layers if one.layer == name]
    native = measure([item], asked)
    (same,) = [one for one in native.layers if one.layer == name]
    assert [r.sentence for r in one.refusals] == [r.sentence for r in same.refusals]
    assert one.rate_hz == RATE_HZ
    assert one.origin.resampling == "as published"
    for found in one.columns:
        if found.unit == "Hz":
            assert not (found.points >= axes[name].nyquist_hz).any()
    assert any(np.isfinite(found.whole).any() for found in one.columns if found.measure == "cog")


@pytest.mark.parametrize(
    ("values", "words"),
    [(0.0, "silent"), (0.5, "every sample is 0.5"), (float("nan"), "not numbers")],
)
def test_samples_that_cannot_be_measured_are_refused_but_for_their_duration(values, words):
    track = Track("out", np.full(16000, values, np.float32), TimeAxis.of_sound(RATE_HZ, 16000))
    table = measure([sound(track)], plan_of(tuple(names_of(("f0", "formants", "moments", "duration")))))
    assert [column.measure for column in table.layers[0].columns] == ["duration"]
    assert all(words in refusal.sentence for refusal in table.layers[0].refusals)


def test_a_sound_of_10_ms_and_settings_outside_sense_are_refused():
    short = glide(seconds=0.01)
    table = measure([sound(short)], plan_of(("f0", "intensity", "f1"), 10, PRAAT))
    assert len(table.layers[0].refusals) == 3
    upside_down = MeasurementPlan(("f0",), pitch=plan_of().pitch.__class__(floor_hz=500.0, ceiling_hz=75.0))
    (one,) = measure([sound(glide())], upside_down).layers
    assert "not below the ceiling" in one.refusals[0].sentence


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((("f9",),), "“f9” cannot be measured"),
        ((("",),), "cannot be measured"),
        (((),), "No measure"),
        ((("f0",), 0), "0 points"),
        ((("f0",), 10, "Praat 5"), "no preset"),
        ((("cog",), 10, PRAAT, (8000.0, 750.0)), "no band"),
    ],
)
def test_a_plan_that_makes_no_sense_is_refused_in_a_sentence(arguments, words):
    with pytest.raises(Fault, match=words):
        plan_of(*arguments)


def test_presets_are_found_whatever_their_dashes_and_measures_named_twice_count_once():
    assert plan_of(("f0",), 10, "praat 6.1–6.3").preset == PRAAT
    assert names_of(("formants", "f2", "F0")) == ("f1", "f2", "f3", "f0")


# --- r


def test_r_of_a_layer_is_that_of_its_concatenated_values():
    item = model()
    table = measure([item], plan_of(("f0", "intensity", "cog", "duration"), 10, PRAAT))
    pair = paired(table, "conv4", "f0")
    mine = np.concatenate(column(table, "f0", "conv4").points)
    theirs = np.concatenate(column(table, "f0", "out").points)
    both = np.isfinite(mine) & np.isfinite(theirs)
    truth = np.corrcoef(mine[both], theirs[both])[0, 1]
    (found,) = [one for one in correlations(table) if (one.layer, one.measure) == ("conv4", "f0")]
    assert found.r == pytest.approx(truth, abs=1e-12)
    assert found.n == pair.n == both.sum()
    np.testing.assert_array_equal(pair.mine.ravel(), mine)
    np.testing.assert_array_equal(pair.theirs.ravel(), theirs)
    assert {one.layer for one in correlations(table)} == {"conv1", "conv2", "conv4"}
    assert not [one for one in correlations(table) if one.measure == "f0" and one.layer == "conv1"]


PHONES = note(("t", 0, 0.1), ("a", 0.1, 0.4), ("n", 0.4, 0.6), ("a", 0.6, 1.0))


def test_intervals_of_a_layers_own_tier_stand_beside_those_of_the_same_label():
    own = note(("a", 0, 0.32), ("a", 0.32, 0.5), ("n", 0.5, 0.9), ("s", 0.9, 1.0), name="conv4/phones")
    table = measure(
        [model(Annotation((PHONES, own), 0.0, 1.0))], plan_of(("duration", "intensity"), 4, PRAAT)
    )
    pair = paired(table, "conv4", "duration")
    np.testing.assert_allclose(np.c_[pair.mine, pair.theirs], [(0.32, 0.3), (0.18, 0.4), (0.4, 0.2)])
    assert paired(table, "conv4", "intensity").mine.shape == (3, 4)
    assert unpaired(table) == (
        "conv4: “s” of seed 0 has no match in out, so r leaves it out",
        "conv4: “t” of seed 0 has no match in conv4, so r leaves it out",
    )


def test_durations_of_the_same_intervals_are_not_set_beside_themselves():
    table = measure([model()], plan_of(("duration", "intensity"), 4, PRAAT))
    assert {one.measure for one in correlations(table)} == {"intensity"}
    assert unpaired(table) == ()


@given(st.lists(st.tuples(st.floats(-1e3, 1e3), st.floats(-1e3, 1e3)), max_size=30))
@example([(0.0, 683.0442479608189), (0.0, 683.0442479608189), (1.0, 683.0442479608189)])  # the mean is not it
def test_r_is_numpys_or_undefined(pairs):
    x, y = np.array(pairs, dtype=np.float64).reshape(-1, 2).T
    found = pearson_r(x, y)
    if len(pairs) < 3 or np.ptp(x) == 0 or np.ptp(y) == 0:
        assert found is None
    elif np.std(x) > 1e-3 and np.std(y) > 1e-3:
        assert found == pytest.approx(np.corrcoef(x, y)[0, 1], abs=1e-6)


# --- the table


def test_the_table_is_long_with_one_header_line_and_the_record_tells_how(tmp_path):
    table = measure([model()], plan_of(("f0", "duration", "cog"), 10, PRAAT), IntervalChoice(label="a|i"))
    beside, count = write(tmp_path / "t.csv", table, IntervalChoice(label="a|i"), {"title": "Demo"})
    with (tmp_path / "t.csv").open(encoding="utf-8", newline="") as file:
        header, *body = csv.reader(file)
    assert ",".join(header) == (
        "file,model,item,layer,tier,label,start_s,end_s,measure,point,time_s,normalised_time,value,unit"
    )
    assert len(body) == count == 2 * (2 * 10 + 4 * 1 + 4 * 11)
    found = [dict(zip(COLUMNS, row, strict=True)) for row in body]
    assert {row["model"] for row in found} == {"Demo (0badcafe)"}
    spans = {(row["label"], row["start_s"], row["end_s"]) for row in found}
    assert spans == {("a", "0.1", "0.35"), ("i", "0.5", "0.9")}
    for row in found:
        if row["point"]:
            t = float(row["start_s"]) + (float(row["end_s"]) - float(row["start_s"])) * float(
                row["normalised_time"]
            )
            assert float(row["time_s"]) == pytest.approx(t, abs=1e-9)
    assert {row["point"] for row in found if row["measure"] == "duration"} == {""}
    told = json.loads(beside.read_text(encoding="utf-8"))
    assert told["title"] == "Demo"
    assert told["points"] == 10
    assert {r["layer"] for r in told["refusals"]} == {"conv1", "conv2"}
    assert told["layers_measured"][-1]["settings"]["pitch"]["ceiling_hz"] == 500.0


def test_measuring_tells_how_far_it_is_and_stops_between_layers():
    seen = []
    with pytest.raises(Cancelled):
        measure(
            [model()],
            plan_of(("duration",)),
            IntervalChoice(),
            lambda *far: seen.append(far),
            lambda: len(seen) == 2,
        )
    assert seen == [(1, 4), (2, 4)]


@pytest.mark.parametrize(
    ("name", "tier"), [("words", "word"), *beside(("speech/acoustic_corpus.wav", "words"))]
)
def test_the_words_of_speech_are_measured_as_praat_does(name, tier):
    from core.annotation.textgrid import read_textgrid

    track = recording(name)
    grid = read_textgrid(sound_file(name).with_suffix(".TextGrid")).annotation
    table = measure(
        [sound(track, grid)], plan_of(("f0", "f2"), 10, PRAAT), IntervalChoice(tier, "speech|fast")
    )
    whole = parselmouth.Sound(track.samples.astype(np.float64), track.axis.rate_hz)
    pitch = call(whole, "To Pitch (ac)", 0, 75, 15, 0, 0.03, 0.45, 0.01, 0.35, 0.14, 500)
    times_s = times_of(table.layers[0].stretches, 10)
    truth = [[call(pitch, "Get value at time", t, "Hertz", "Linear") for t in row] for row in times_s]
    assert np.isfinite(truth).any()
    np.testing.assert_allclose(column(table, "f0").points, truth, rtol=1e-12)
