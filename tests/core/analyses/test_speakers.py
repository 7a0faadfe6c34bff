"""The formant ceiling by speaker: it sets the ceiling and nothing else, over any preset."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.analyses.formants import FormantSettings, for_speaker
from core.analyses.presets import PRESETS
from core.analyses.registry import TABLE
from core.analyses.speakers import CEILINGS, SPEAKERS, ceiling_words
from core.faults import Fault
from core.signals.axis import TimeAxis
from tests.support.praat_oracle import ask_praat, beside, recording


def test_the_ceilings_are_those_of_praats_manual():
    assert dict(CEILINGS) == {"Man 5000 Hz": 5000.0, "Woman 5500 Hz": 5500.0, "Child 8000 Hz": 8000.0}


@pytest.mark.parametrize("name", SPEAKERS)
@pytest.mark.parametrize("preset", PRESETS.values(), ids=lambda preset: preset.name)
def test_a_speaker_sets_the_ceiling_of_any_preset_and_nothing_else(preset, name):
    made = for_speaker(preset.formants, name)
    assert made.ceiling_hz == SPEAKERS[name].ceiling_hz
    assert replace(made, ceiling_hz=preset.formants.ceiling_hz) == preset.formants
    assert for_speaker(preset.formants, "") == preset.formants


def test_an_unknown_speaker_is_refused_with_the_known_ones():
    with pytest.raises(Fault) as told:
        for_speaker(FormantSettings(), "baby")
    assert str(told.value) == "No ceiling is known for “baby”. Choose among man, woman, child."


def test_a_ceiling_is_told_with_its_speaker():
    assert [ceiling_words(hz) for hz in (5000.0, 5500.0, 8000.0, 5300.0)] == [
        "5000 Hz (man)", "5500 Hz (woman)", "8000 Hz (child)", "5300 Hz",
    ]  # fmt: skip


def test_on_a_layer_below_the_ceiling_every_speaker_ends_at_nyquist():
    axis = TimeAxis.of_sound(4000.0, 4096)
    used = [TABLE["formants"].carried(axis, for_speaker(FormantSettings(), name)) for name in SPEAKERS]
    assert {one.ceiling_hz for one in used} == {2000.0}


@pytest.mark.parametrize("file", ["falsetto", *beside("speech/falsetto.flac")])
@pytest.mark.parametrize("name", SPEAKERS)
def test_each_speakers_formants_are_praats(file, name, tmp_path):
    sound = recording(file, 1.0)
    found = TABLE["formants"].run(sound, for_speaker(FormantSettings(), name))
    ceiling_hz = min(SPEAKERS[name].ceiling_hz, sound.axis.nyquist_hz)
    count = (
        5 if ceiling_hz == SPEAKERS[name].ceiling_hz else found[0].origin.plain()["settings"]["max_formants"]
    )
    asked = 'Get value at time: 2, t, "hertz", "Linear"'
    rows = ask_praat(
        sound,
        tmp_path,
        f"To Formant (burg): 0, {count}, {ceiling_hz}, 0.025, 50\nn = Get number of frames\nfor i to n\n"
        f"t = Get time from frame number: i\nf = {asked}\n"
        "appendInfoLine: fixed$ (t, 9), tab$, fixed$ (f, 9)\nendfor",
    )
    np.testing.assert_allclose(found[1].samples, np.array(rows)[:, 1], atol=2e-9, equal_nan=True)


def test_a_ceiling_just_above_nyquist_is_said_without_a_number_of_formants_that_stays():
    said = TABLE["formants"].notice(TimeAxis.of_sound(16000.0, 4096), FormantSettings(ceiling_hz=8001.0))
    assert said == "Formant ceiling lowered from 8001 Hz to Nyquist, 8000 Hz"
