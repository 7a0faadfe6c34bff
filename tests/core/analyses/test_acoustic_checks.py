"""The checks of training are an analysis like any other, and its values are measures."""

from __future__ import annotations

import numpy as np
import pytest

from core.analyses.acoustic_checks import CheckSettings, hear
from core.analyses.measures import read_as
from core.analyses.registry import TABLE
from core.measures.measuring import MeasurementItem, measure
from core.measures.plan import plan_of
from core.signals.axis import TimeAxis
from core.signals.track import Track

KEYS = tuple(row.key for row in read_as("interval") if row.analysis == "acoustic checks")


def made(rate_hz: float = 16000.0) -> Track:
    """Hiss for 0.2 s, then 0.3 s of 150 Hz, then silence for 0.1 s."""
    rng = np.random.default_rng(1)
    hiss = np.diff(rng.standard_normal(round(0.2 * rate_hz) + 1)) * 0.05
    times = np.arange(round(0.3 * rate_hz)) / rate_hz
    tone = sum(0.2 / k * np.sin(2 * np.pi * 150 * k * times) for k in range(1, 8))
    samples = np.concatenate([hiss, tone, np.zeros(round(0.1 * rate_hz))])
    return Track("sound", samples.astype(np.float32), TimeAxis.of_sound(rate_hz, samples.size))


def test_every_check_is_a_row_of_the_registry_with_its_unit():
    track = made()
    report = TABLE["acoustic checks"].run(track)
    checks = hear(track.samples, 16000)
    assert report.values() == {name: getattr(checks, name) for name in checks.__slots__}
    ends = {"s": "_s", "Hz": "_hz", "dB": "_db"}
    assert all(line.name.endswith(ends.get(line.unit, ("slope", "bend"))) for line in report.lines)


def test_the_long_table_measures_frication_voicing_and_tone():
    item = MeasurementItem("a.wav", "a", {"sound": made()})
    found = {one.measure: one.whole[0] for one in measure([item], plan_of(KEYS)).layers[0].columns}
    assert set(found) == set(KEYS)
    assert found["frication_duration"] == pytest.approx(0.2, abs=0.02)
    assert found["voiced_duration"] == pytest.approx(0.3, abs=0.03)
    assert found["voicing_onset"] == pytest.approx(0.2, abs=0.03)
    assert found["tone_f0"] == pytest.approx(150, abs=1)
    assert found["silence_duration"] == pytest.approx(0.1, abs=0.02)


def test_a_constant_stretch_has_no_values_and_a_low_layer_a_reason():
    track = made()
    still = TABLE["acoustic checks"].run(track, CheckSettings(0.52, 0.59))
    assert all(np.isnan(line.value) for line in still.lines)
    low = TABLE["acoustic checks"].refusal(made(4000.0))
    assert low == "No acoustic checks: Nyquist is 2000 Hz, and frication lies above 2500 Hz"
    short = TABLE["acoustic checks"].refusal(track, CheckSettings(0.1, 0.12))
    assert short == "No acoustic checks: three periods of the pitch floor take 0.041 s, not 0.02 s"
