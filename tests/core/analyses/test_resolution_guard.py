"""A measure that a layer's rate cannot carry is refused in words; nothing above Nyquist comes back."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.analyses.formants import FormantSettings
from core.analyses.intensity import IntensitySettings
from core.analyses.overlay_names import OVERLAYS
from core.analyses.pitch import PitchSettings
from core.analyses.presets import FILTERED, PRESETS
from core.analyses.registry import TABLE, lane_notice, lane_refusal, refusals
from core.analyses.results import Points
from core.analyses.spectral_moments import MOST_POWER, MomentSettings
from core.analyses.spectrogram import SpectrogramSettings
from core.faults import Fault
from core.signals.axis import TimeAxis
from core.signals.track import Image, Track

LAYERS = {"out": 16000.0, "conv4": 4000.0, "conv3": 1000.0, "conv2": 250.0, "conv1": 62.5, "fc": 15.625}


def axis(layer: str) -> TimeAxis:
    rate = LAYERS[layer]
    return TimeAxis(rate, int(1.024 * rate), 0.01)


def noise(rate_hz: float, n: int, seed: int = 0) -> Track:
    samples = np.random.default_rng(seed).standard_normal(n).astype(np.float32)
    return Track("conv", samples, TimeAxis.of_sound(rate_hz, n))


def by_name(pitch: PitchSettings | None = None) -> dict:
    return {"pitch": pitch or PitchSettings(ceiling_hz=450.0)}


@pytest.mark.parametrize(
    ("layer", "carried", "sentence"),
    [
        ("out", {"pitch", "formants", "intensity", "spectrogram", "pulses"}, None),
        ("conv4", {"pitch", "formants", "intensity", "spectrogram", "pulses"}, None),
        ("conv3", {"pitch", "intensity"}, "No formants: Nyquist is 500 Hz"),
        ("conv2", {"intensity"}, "No pitch: Nyquist is 125 Hz, below the ceiling of 450 Hz"),
        ("conv1", set(), "Curve only: Nyquist is 31.25 Hz, below the pitch floor of 75 Hz"),
        ("fc", set(), "Curve only: Nyquist is 7.81 Hz, below the pitch floor of 75 Hz"),
    ],
)
def test_the_measures_form_a_staircase(layer, carried, sentence):
    found = refusals(axis(layer), by_name())
    assert {name for name in OVERLAYS if found[name] is None} == carried
    assert lane_refusal(axis(layer), by_name()) == sentence


@pytest.mark.parametrize(
    ("name", "settings", "rate_hz", "n", "sentence"),
    [
        ("pitch", FILTERED, 1000.0, 1024, "No pitch: Nyquist is 500 Hz, below the ceiling of 800 Hz"),
        ("pitch", PitchSettings(), 62.5, 64, "No pitch: Nyquist is 31.25 Hz, below the floor of 75 Hz"),
        ("pitch", PitchSettings(floor_hz=500, ceiling_hz=75), 16000.0, 16384,
         "No pitch: the floor of 500 Hz is not below the ceiling of 75 Hz"),
        ("pitch", PitchSettings(), 16000.0, 160,
         "No pitch: a window of 3 periods of 75 Hz takes 0.04 s, the track has 0.01 s"),
        ("pitch", PitchSettings("raw cross-correlation"), 16000.0, 160,
         "No pitch: a window of 2 periods of 75 Hz takes 0.02667 s, the track has 0.01 s"),
        ("pitch", PitchSettings(floor_hz=0), 16000.0, 16384, "No pitch: the floor must be above 0, not 0"),
        ("pitch", PitchSettings(ceiling_hz=float("nan")), 16000.0, 16384,
         "No pitch: the ceiling must be above 0, not nan"),
        ("pitch", PitchSettings(time_step_s=1e-9), 16000.0, 16384,
         "No pitch: a time step of 1e−09 s makes more than 5000000 frames"),
        ("pitch", replace(FILTERED, attenuation_at_top=1.0), 16000.0, 16384,
         "No pitch: the attenuation at the top must lie between 0 and 1, not 1"),
        ("formants", FormantSettings(), 1000.0, 1024, "No formants: Nyquist is 500 Hz"),
        ("formants", FormantSettings(), 16000.0, 160,
         "No formants: a window of 0.025 s, physically twice as long, takes 0.05 s, the track has 0.01 s"),
        ("formants", FormantSettings(max_formants=-1), 16000.0, 16384,
         "No formants: the number of formants must be above 0, not −1"),
        ("intensity", IntensitySettings(), 62.5, 64,
         "No intensity: Nyquist is 31.25 Hz, below the floor of 75 Hz"),
        ("intensity", IntensitySettings(5.0), 62.5, 64,
         "No intensity: a window of 6.4 periods of 5 Hz takes 1.28 s, the track has 1.024 s"),
        ("spectrogram", SpectrogramSettings(), 1000.0, 1024,
         "No spectrogram: Nyquist is 500 Hz, below 4 bandwidths of 260 Hz"),
        ("spectrogram", SpectrogramSettings(), 16000.0, 100,
         "No spectrogram: a window of 0.005 s, physically twice as long, takes 0.01 s, "
         "the track has 0.00625 s"),
        ("spectrogram", SpectrogramSettings(frequency_step_hz=6000), 16000.0, 16384,
         "No spectrogram: a bin of 6000 Hz reaches above the ceiling of 5000 Hz"),
        ("spectrogram", SpectrogramSettings(ceiling_hz=15), 16000.0, 16384,
         "No spectrogram: a bin of 62.5 Hz reaches above the ceiling of 15 Hz"),
        ("moments", MomentSettings(power=1000), 16000.0, 16384,
         "No spectral moments: the power must be at most 10, not 1000"),
        ("pitch", PitchSettings(), 3.0, 30, "No pitch: Nyquist is 1.5 Hz, below the floor of 75 Hz"),
        ("formants", FormantSettings(), 3.0, 30, "No formants: Nyquist is 1.5 Hz"),
    ],
)  # fmt: skip
def test_a_refusal_names_its_cause_and_figures(name, settings, rate_hz, n, sentence):
    track = noise(rate_hz, n)
    assert TABLE[name].refusal(track.axis, settings) == sentence
    with pytest.raises(Fault, match="No ") as told:
        TABLE[name].run(track, settings)
    assert told.value.sentence == f"{sentence}."


@pytest.mark.parametrize("name", OVERLAYS)
@pytest.mark.parametrize(
    ("samples", "cause"),
    [
        (np.zeros(16384), "the track is silent"),
        (np.full(16384, 0.25), "every sample is 0.25"),
        (np.full(16384, np.nan), "16384 of 16384 samples are not numbers"),
        (np.r_[np.inf, np.zeros(16383)], "1 of 16384 samples are not numbers"),
    ],
)
def test_samples_that_hold_no_sound_are_refused(name, samples, cause):
    track = Track("out", samples.astype(np.float32), TimeAxis.of_sound(16000.0, samples.size))
    assert TABLE[name].refusal(track) == f"No {name}: {cause}"
    assert TABLE[name].refusal(track.axis) is None


@pytest.mark.parametrize("name", OVERLAYS)
def test_an_empty_track_is_refused(name):
    track = Track("out", np.zeros(0, np.float32), TimeAxis(16000.0, 0))
    assert (TABLE[name].refusal(track) or "").startswith("No ")


def test_a_clipped_sound_is_measured_like_any_other():
    wave = np.sin(2 * np.pi * 125 * np.arange(16384) / 16000)
    clipped = Track("out", np.clip(5 * wave, -1, 1).astype(np.float32), TimeAxis.of_sound(16000.0, 16384))
    (pitch,) = TABLE["pitch"].run(clipped)
    np.testing.assert_allclose(pitch.samples, 125, atol=0.05)


@given(
    rate_hz=st.sampled_from([3.0, 15.625, 62.5, 250.0, 1000.0, 4000.0, 8000.0, 16000.0]),
    n=st.sampled_from([1, 2, 7, 33, 64, 160, 256, 700]),
    name=st.sampled_from(OVERLAYS),
    low=st.sampled_from([1.0, 5.0, 75.0, 300.0]),
    high=st.sampled_from([2.0, 150.0, 500.0, 5500.0]),
    window_s=st.sampled_from([0.0003, 0.005, 0.025, 0.2]),
    method=st.sampled_from(["raw autocorrelation", "raw cross-correlation", "filtered autocorrelation"]),
    flag=st.booleans(),
)
@settings(max_examples=150, derandomize=True)
def test_whatever_is_asked_comes_back_below_nyquist_or_as_a_sentence(
    rate_hz, n, name, low, high, window_s, method, flag
):
    asked = {
        "pitch": PitchSettings(method, low, high, very_accurate=flag, lower_ceiling=flag),
        "formants": FormantSettings(high, low, window_s),
        "intensity": IntensitySettings(low, subtract_mean=flag),
        "spectrogram": SpectrogramSettings(window_s, high),
        "pulses": PitchSettings(method, low, high, lower_ceiling=flag),
    }[name]
    track = noise(rate_hz, n, seed=n)
    row = TABLE[name]
    if row.refusal(track, asked):
        with pytest.raises(Fault):
            row.run(track, asked)
        return
    found = row.run(track, asked)
    if isinstance(found, Points):
        assert np.all(np.diff(found.times_s) >= 2 / track.axis.rate_hz)  # no faster than Nyquist
        return
    if isinstance(found, Image):
        assert found.low_hz + (found.values.shape[1] - 1) * found.step_hz <= track.axis.nyquist_hz
        return
    for each in found:
        assert each.axis.n > 0
        assert each.unit == "dB" or not np.any(each.samples >= track.axis.nyquist_hz)


def test_conv4_has_two_formants_below_its_nyquist_and_says_so():
    row, layer = TABLE["formants"], noise(4000.0, 4096)
    assert row.notice(layer.axis, FormantSettings()) == (
        "Formant ceiling lowered from 5500 Hz to Nyquist, 2000 Hz, formants from 5 to 2"
    )
    found = {track.name: track.samples for track in row.run(layer)}
    assert list(found) == [f"{kind}{k}" for kind in "fb" for k in range(1, 6)]
    assert np.isfinite(found["f1"]).any()
    assert np.nanmax(found["f2"]) < 2000
    assert np.isnan(found["f3"]).all()
    assert np.isnan(found["b3"]).all()


def test_a_layer_as_published_is_measured_below_the_layers_own_nyquist():
    layer = noise(4000.0, 4096)
    times_s = TimeAxis.of_sound(16000.0, 16384).times()
    stretched = np.interp(times_s, layer.axis.times(), layer.samples).astype(np.float32)
    published = Track("conv4", stretched, TimeAxis.of_sound(16000.0, 16384))
    for name in ("formants", "spectrogram"):
        row = TABLE[name]
        found = row.run(published, row.carried(layer.axis, row.settings()))
        if isinstance(found, Image):
            assert found.high_hz <= 2000
        else:
            assert np.isfinite(found[0].samples).any()
            assert all(not np.any(track.samples >= 2000) for track in found if track.name[0] == "f")


def test_a_ceiling_below_nyquist_needs_no_notice():
    assert TABLE["formants"].notice(axis("out"), FormantSettings()) is None
    assert TABLE["pitch"].notice(axis("conv3"), PitchSettings()) is None


def test_the_low_layers_preset_lowers_its_ceiling_to_nyquist_every_5_ms():
    row, asked = TABLE["pitch"], PRESETS["Low layers, 5-150 Hz"].pitch
    assert row.notice(axis("conv2"), asked) == "Pitch ceiling lowered from 150 Hz to Nyquist, 125 Hz"
    layer = noise(250.0, 256)
    wave = np.sin(2 * np.pi * 20 * layer.axis.times()).astype(np.float32)
    (pitch,) = row.run(replace(layer, samples=wave), asked)
    assert pitch.axis.step_s == pytest.approx(0.005)
    np.testing.assert_allclose(pitch.samples, 20, atol=0.05)
    assert dict(pitch.origin.settings)["ceiling_hz"] == 125.0
    assert pitch.origin == row.origin(layer, asked)


def test_every_preset_measures_the_output_and_intensity_of_conv4():
    for preset in PRESETS.values():
        settings_of = {name: preset.settings(name) for name in OVERLAYS}
        assert lane_refusal(axis("out"), settings_of) is None
        assert TABLE["intensity"].refusal(axis("conv4"), preset.intensity) is None


def test_preset_names_are_shown_with_dashes():
    assert [preset.title for preset in PRESETS.values()][2] == "Praat 6.1–6.3"


def test_only_settings_that_no_sound_could_carry_are_impossible():
    for preset in PRESETS.values():
        for name, row in TABLE.items():
            assert row.impossible(preset.settings(name)) is None, name
    assert TABLE["pitch"].impossible(PitchSettings(floor_hz=500.0, ceiling_hz=450.0)) == (
        "No pitch: the floor of 500 Hz is not below the ceiling of 450 Hz"
    )
    assert TABLE["pitch"].impossible(PitchSettings(floor_hz=0.01, ceiling_hz=20000.0)) is None
    assert TABLE["intensity"].impossible(IntensitySettings(floor_hz=-1.0))
    assert TABLE["spectrogram"].impossible(SpectrogramSettings(time_step_s=1e-4)) is None


def test_impossible_settings_tell_of_the_sound_that_is_named_and_of_no_made_up_one():
    sound = Track("a.wav", np.zeros(26700, np.float32), TimeAxis(1000.0, 26700))
    assert TABLE["pitch"].impossible(PitchSettings(floor_hz=1e-9), sound) == (
        "No pitch of a.wav: a window of 3 periods of 1e−09 Hz takes 3e+09 s, the track has 26.7 s"
    )
    assert TABLE["pitch"].impossible(PitchSettings(floor_hz=-1.0), sound) == (
        "No pitch: the floor must be above 0, not −1"
    )


def test_a_picture_without_a_bin_is_impossible_for_any_sound():
    assert TABLE["spectrogram"].impossible(SpectrogramSettings(ceiling_hz=10))
    assert TABLE["spectrogram"].impossible(SpectrogramSettings(frequency_step_hz=6000))
    assert TABLE["spectrogram"].impossible(SpectrogramSettings(frequency_step_hz=5000)) is None


def test_the_highest_power_still_has_moments():
    tone = np.sin(2 * np.pi * 1000 * np.arange(4096) / 16000)
    track = Track("out", (1000 * tone).astype(np.float32), TimeAxis.of_sound(16000.0, 4096))
    cog = TABLE["moments"].run(track, MomentSettings(slices=1, power=MOST_POWER))[0].samples[0]
    assert cog == pytest.approx(1000, abs=1)


@pytest.mark.parametrize("name", list(TABLE))
@pytest.mark.parametrize("rate_hz", [16000.0, 192000.0])
def test_a_sound_of_one_sample_is_refused_without_powers_of_ten(name, rate_hz):
    row = TABLE[name]
    track = Track("out", np.array([0.3], np.float32), TimeAxis.of_sound(rate_hz, 1))
    said = row.refusal(track, row.settings())
    assert said
    assert not re.search(r"[0-9]e", said)
    assert name in ("zero crossings",) or " ms" in said


def test_a_lane_says_in_few_words_which_ceilings_were_lowered_for_what_it_shows():
    low = {**by_name(), "pitch": PitchSettings(floor_hz=5, ceiling_hz=150, lower_ceiling=True)}
    both = {**low, "formants": FormantSettings(ceiling_hz=250, max_formants=4)}
    shown = ("pitch", "formants", "intensity")
    assert lane_notice(axis("conv2"), low, shown) == "Pitch ceiling lowered to 125 Hz"
    assert lane_notice(axis("conv4"), low, shown) == "Formant ceiling lowered to 2000 Hz"
    assert lane_notice(axis("conv2"), both, shown) == "Pitch and formant ceilings lowered to 125 Hz"
    assert lane_notice(axis("conv2"), both, ("intensity", "pulses")) == ""
    assert lane_notice(axis("out"), low, shown) == ""
    assert lane_notice(axis("conv2"), by_name(), shown) == ""  # refused, not lowered


def test_what_is_refused_is_not_called_lowered():
    row, low = TABLE["formants"], FormantSettings()
    assert row.notice(axis("conv2"), low) is not None
    assert row.lowered(axis("conv2"), low) == ""
    assert row.lowered(axis("conv4"), low).startswith("Formant ceiling lowered from 5500 Hz to Nyquist, 2000")
