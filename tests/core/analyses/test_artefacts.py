"""Pitch that upsampling makes, and moments that an offset rules: told, and no value changed."""

from __future__ import annotations

import numpy as np
import pytest

from core.analyses.artefacts import rhythm_of, ruling_offset
from core.annotation.tiers import Annotation, Tier
from core.measures.long_table import record
from core.measures.measuring import ALL, MeasurementItem, measure
from core.measures.plan import plan_of
from core.signals.axis import TimeAxis
from core.signals.track import Track

LOWER = {"fc": 15.625, "conv1": 62.5, "conv2": 250.0}
NAN = float("nan")


@pytest.mark.parametrize(
    ("f0_hz", "layer", "multiple"),
    [
        ([62.5] * 9, "conv1", 1),
        ([125.1, 124.9, 125.0, NAN, 125.3, 180.0], "conv1", 2),
        ([15.62, 15.63, 15.6, 15.65], "fc", 1),
        ([250.0, 250.4, 249.7, 250.0, 0.0], "conv2", 1),
        ([46.9] * 5, "fc", 3),
    ],
)
def test_a_flat_pitch_at_a_lower_layers_rate_or_a_multiple_is_a_rhythm(f0_hz, layer, multiple):
    found = rhythm_of(np.array(f0_hz), LOWER)
    assert found is not None
    assert (found.layer, found.multiple) == (layer, multiple)


@pytest.mark.parametrize(
    "f0_hz",
    [
        np.linspace(120, 130, 50),  # speech glides through a multiple
        np.full(20, 90.9),  # flat, but at no multiple
        np.full(20, 187.6),  # 12 × 15.625: so high, every pitch is near some multiple
        np.array([62.5, 62.5, 62.5]),  # too few to be called flat
        np.full(20, NAN),
        np.zeros(0),
    ],
)
def test_other_contours_are_not(f0_hz):
    assert rhythm_of(f0_hz, {"fc": 15.625}) is None or f0_hz[0] == 62.5
    assert rhythm_of(f0_hz[:3], LOWER) is None
    assert rhythm_of(f0_hz, {}) is None


def layers(rate_hz=1000.0, n=1024, f_hz=62.5):
    """Give a layer that repeats itself at the rate of the layer below, rectified."""
    axis = TimeAxis.of_sound(rate_hz, n)
    chance = np.random.default_rng(3)
    kernel = chance.uniform(0, 1, round(rate_hz / f_hz)).astype(np.float32)
    below = Track("conv1", chance.uniform(0, 1, 64).astype(np.float32), TimeAxis.of_sound(62.5, 64))
    upper = Track("conv3", np.resize(kernel, n), axis)
    t = np.arange(16384) / 16000
    out = Track(
        "out", np.sin(2 * np.pi * (140 + 20 * t) * t).astype(np.float32), TimeAxis.of_sound(16000, 16384)
    )
    tracks = {"conv1": below, "conv3": upper, "out": out}
    return MeasurementItem("m.pt", "seed 3", tracks, "out", {name: one.axis for name, one in tracks.items()})


def test_measure_says_so_in_its_record_and_leaves_the_column_alone():
    plan = plan_of(["f0"], preset="Low layers, 5-150 Hz")
    table = measure([layers()], plan)
    notices = {one.layer: one.notices for one in table.layers}
    said = "Flat pitch at 62.5 Hz, the rate of conv1: probably an artefact of upsampling"
    assert said in notices["conv3"]
    assert not any("artefact" in words for words in notices["out"])
    assert any(said in words for words in table.remarks)
    (conv3,) = (one for one in table.layers if one.layer == "conv3")
    f0_hz = conv3.columns[0].points
    np.testing.assert_allclose(f0_hz[np.isfinite(f0_hz)], 62.5, atol=0.3)
    facts = {one["layer"]: one["notices"] for one in record(table, ALL)["layers_measured"]}
    assert said in facts["conv3"]


def test_intervals_that_follow_a_rhythm_are_counted():
    item = layers(4000.0, 4096, 125.0)
    conv3 = item.tracks["conv3"]
    times_s = conv3.axis.times()
    glide = np.abs(np.sin(np.pi * (180 + 60 * times_s) * times_s)).astype(np.float32)
    mixed = Track("conv3", np.where(times_s < 0.4, conv3.samples, glide), conv3.axis)
    tier = Tier("phones", "interval", 0.0, 1.024, (0.05, 0.35, 0.55, 0.75, 0.95), ("a", "b", "c", "d"))
    note, tracks = Annotation((tier,), 0.0, 1.024), {**item.tracks, "conv3": mixed}
    table = measure([MeasurementItem("m.pt", "seed 3", tracks, "out", item.axes, note)], plan_of(["f0"]))
    (notices,) = (one.notices for one in table.layers if one.layer == "conv3")
    said = "1 of 4 intervals: Flat pitch at 125 Hz, 2 × the rate of conv1 (62.5 Hz)"
    assert any(words.startswith(said) for words in notices)


def test_moments_that_an_offset_rules_are_told_unless_their_band_starts_above_it():
    told = {
        band: {one.layer: one.notices for one in measure([layers()], plan_of(["cog"], band_hz=band)).layers}
        for band in (None, (20.0, 400.0))
    }
    assert any("offset at 0 Hz holds" in words for words in told[None]["conv3"])
    assert told[None]["out"] == ()
    assert not any("offset" in words for words in told[20.0, 400.0].get("conv3", ()))
    assert ruling_offset(np.zeros(4, np.float32)) == ruling_offset(np.zeros(0, np.float32)) == ""
