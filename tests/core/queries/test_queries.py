"""Every query gives what Praat's own command gives, at cursors and over selections."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from core.analyses.contour_values import mean_over, nearest_crossing, power_at, values_at
from core.analyses.formants import FormantSettings
from core.analyses.harmonicity import HarmonicitySettings
from core.analyses.intensity import IntensitySettings
from core.analyses.measure_reading import contour_analyses, extreme, value
from core.analyses.measures import MEASURES, read_as
from core.analyses.pitch import PitchSettings
from core.analyses.praat import call_praat, sound_of
from core.analyses.registry import TABLE
from core.analyses.spectrogram import SpectrogramSettings
from core.queries.queries import Layer, ask
from core.session.lane_key import RecordingKey
from core.signals.axis import Range, TimeAxis
from core.signals.track import Track
from tests.support.keys import G
from tests.support.praat_oracle import ask_praat, beside, recording, write_wav

SETTINGS = {
    "pitch": PitchSettings(),
    "formants": FormantSettings(ceiling_hz=4000),
    "intensity": IntensitySettings(),
    "harmonicity": HarmonicitySettings(),
}
CURSORS = np.random.default_rng(4).uniform(0.005, 0.995, 60)
SELECTIONS = [Range(*sorted(pair)) for pair in np.random.default_rng(5).uniform(0.01, 0.99, (25, 2))] + [
    Range(0.3001, 0.3004),
    Range(0.31, 0.327),
    Range(0.0, 1.0),
    Range(0.48, 0.53),
]


def voice(rate_hz: float = 10000.0) -> Track:
    """A gliding buzz through two resonances with a silent gap, and a little noise."""
    from scipy.signal import lfilter

    axis = TimeAxis.of_sound(rate_hz, int(rate_hz))
    times, chance = axis.times(), np.random.default_rng(1)
    phase = np.cumsum(110 + 40 * times + 5 * np.sin(14 * times)) / rate_hz
    source = np.diff(np.floor(phase), prepend=0.0) + 0.003 * chance.standard_normal(axis.n)
    for hertz, width in ((600, 60), (1700, 90)):
        pole = np.exp(-np.pi * width / rate_hz)
        source = lfilter([1], [1, -2 * pole * np.cos(2 * np.pi * hertz / rate_hz), pole**2], source)
    gap = (times > 0.47) & (times < 0.56)
    return Track("out", np.where(gap, 0.0, 0.02 * source).astype(np.float32), axis)


@pytest.fixture(scope="module")
def layer() -> Layer:
    track = voice()
    return Layer(
        G("out"),
        "Out",
        track,
        SETTINGS,
        {name: TABLE[name].run(track, SETTINGS[name]) for name in contour_analyses()},
    )


@pytest.fixture(scope="module")
def praat(layer):
    """The same objects in Praat itself."""
    sound = sound_of(layer.track)
    return {
        "sound": sound,
        "pitch": call_praat(sound, "To Pitch (ac)", 0, 75, 15, "no", 0.03, 0.45, 0.01, 0.35, 0.14, 500),
        "formants": call_praat(sound, "To Formant (burg)", 0, 5, 4000, 0.025, 50),
        "intensity": call_praat(sound, "To Intensity", 75, 0, "yes"),
        "harmonicity": call_praat(sound, "To Harmonicity (cc)", 0.01, 75, 0.1, 1.0),
    }


def asked(layer, key, where, statistic="mean"):
    return ask(layer, MEASURES[key], where, statistic).value


def assert_as_printed(ours, theirs):
    np.testing.assert_array_equal(np.isnan(ours), np.isnan(theirs))
    np.testing.assert_allclose(ours, theirs, rtol=1e-9)


AT = {
    "f0": ("pitch", lambda t: ("Get value at time", t, "Hertz", "Linear")),
    "f1": ("formants", lambda t: ("Get value at time", 1, t, "hertz", "Linear")),
    "f3": ("formants", lambda t: ("Get value at time", 3, t, "hertz", "Linear")),
    "b2": ("formants", lambda t: ("Get bandwidth at time", 2, t, "hertz", "Linear")),
    "intensity": ("intensity", lambda t: ("Get value at time", t, "Linear")),
}


@pytest.mark.parametrize("key", AT)
def test_a_value_at_the_cursor_is_praats(layer, praat, key):
    name, command = AT[key]
    theirs = [call_praat(praat[name], *command(t)) for t in CURSORS]
    assert_as_printed([asked(layer, key, t) for t in CURSORS], theirs)


def test_harmonicity_at_the_cursor_is_praats_where_both_frames_have_it(layer, praat):
    theirs = np.array([call_praat(praat["harmonicity"], "Get value at time", t, "Linear") for t in CURSORS])
    ours = np.array([asked(layer, "harmonicity", t) for t in CURSORS])
    found = layer.results["harmonicity"][0]
    low = np.floor([found.axis.index(t) for t in CURSORS]).astype(int)
    # Praat draws its line down to -200 dB beside an unvoiced frame
    both = np.isfinite(found.samples[low]) & np.isfinite(found.samples[np.minimum(low + 1, found.axis.n - 1)])
    assert both.sum() > 20
    np.testing.assert_allclose(ours[both], theirs[both], rtol=1e-9)


OVER = {
    ("f0", "mean"): ("pitch", ("Get mean",), ("Hertz",)),
    ("f0", "minimum"): ("pitch", ("Get minimum",), ("Hertz", "Parabolic")),
    ("f0", "maximum"): ("pitch", ("Get maximum",), ("Hertz", "Parabolic")),
    ("f1", "mean"): ("formants", ("Get mean", 1), ("hertz",)),
    ("f2", "mean"): ("formants", ("Get mean", 2), ("hertz",)),
    ("f2", "minimum"): ("formants", ("Get minimum", 2), ("hertz", "Parabolic")),
    ("f2", "maximum"): ("formants", ("Get maximum", 2), ("hertz", "Parabolic")),
    ("intensity", "mean"): ("intensity", ("Get mean",), ("energy",)),
    ("intensity", "minimum"): ("intensity", ("Get minimum",), ("Parabolic",)),
    ("intensity", "maximum"): ("intensity", ("Get maximum",), ("Parabolic",)),
    ("harmonicity", "mean"): ("harmonicity", ("Get mean",), ()),
}


@pytest.mark.parametrize(("key", "statistic"), OVER)
def test_a_value_over_a_selection_is_praats(layer, praat, key, statistic):
    name, before, after = OVER[key, statistic]
    theirs = [call_praat(praat[name], before[0], *before[1:], w.start_s, w.end_s, *after) for w in SELECTIONS]
    assert_as_printed([asked(layer, key, w, statistic) for w in SELECTIONS], theirs)


@pytest.mark.parametrize("statistic", ["minimum", "maximum"])
def test_the_time_of_an_extreme_is_praats(layer, praat, statistic):
    pitch = layer.results["pitch"][0]
    command = f"Get time of {statistic}"
    theirs = [
        call_praat(praat["pitch"], command, w.start_s, w.end_s, "Hertz", "Parabolic") for w in SELECTIONS
    ]
    ours = [extreme(pitch, MEASURES["f0"], w, statistic)[1] for w in SELECTIONS]
    assert_as_printed(ours, theirs)


def test_the_mean_activation_is_praats(layer, praat):
    theirs = [call_praat(praat["sound"], "Get mean", 0, w.start_s, w.end_s) for w in SELECTIONS]
    np.testing.assert_allclose([asked(layer, "activation", w) for w in SELECTIONS], theirs, rtol=1e-9)


def test_the_activation_at_the_cursor_lies_on_the_line_between_its_samples():
    track = Track("conv1", np.array([0.0, 1.0, 3.0], np.float32), TimeAxis(10.0, 3, 0.05))
    assert value(track, MEASURES["activation"], 0.2) == pytest.approx(2.0)


def test_nothing_is_read_between_unvoiced_frames_or_outside(layer):
    pitch = layer.results["pitch"][0]
    assert math.isnan(asked(layer, "f0", 0.515))
    outside = np.array([pitch.axis.extent.start_s - 1e-6, pitch.axis.extent.end_s + 1e-6, 7.0])
    assert np.isnan(values_at(pitch.samples, pitch.axis, outside)).all()


@pytest.mark.parametrize("key", [one.key for one in read_as("contour") if one.analysis])
def test_a_selection_past_the_end_of_a_layer_has_no_value(layer, key):
    end_s = layer.track.axis.extent.end_s
    for statistic in ("mean", "minimum", "maximum"):
        answer = ask(layer, MEASURES[key], Range(end_s + 0.2, end_s + 0.3), statistic)
        assert answer.refusal or math.isnan(answer.value)


def test_a_selection_without_any_voicing_has_no_pitch(layer):
    for statistic in ("mean", "minimum", "maximum"):
        assert math.isnan(asked(layer, "f0", Range(0.5, 0.53), statistic))


@pytest.mark.parametrize("time_s", [0.0, 0.101, 0.33333, 0.5, 0.52, 0.9999])
def test_the_nearest_zero_crossing_is_praats(layer, praat, time_s):
    theirs = praat["sound"].get_nearest_zero_crossing(time_s)
    assert nearest_crossing(layer.track, time_s) == pytest.approx(theirs, abs=1e-9)


def test_a_value_that_is_no_number_hides_no_zero_crossing_beside_it():
    samples = np.sin(np.arange(500) / 3).astype(np.float32)
    whole, axis = Track("a", samples.copy(), TimeAxis.of_sound(1000.0, 500)), TimeAxis.of_sound(1000.0, 500)
    for place, bad in ((249, np.nan), (251, np.inf), (240, -np.inf)):
        samples[place] = bad
    assert nearest_crossing(Track("a", samples, axis), 0.2555) == nearest_crossing(whole, 0.2555)
    assert math.isfinite(nearest_crossing(Track("a", samples, axis), 0.2495))


def test_a_layer_that_never_crosses_zero_says_so():
    track = Track("conv4", np.ones(500, np.float32), TimeAxis.of_sound(4000.0, 500))
    assert math.isnan(nearest_crossing(track, 0.05))


def test_the_power_at_the_cursor_cross_is_praats(layer, praat):
    settings = SpectrogramSettings()
    image = TABLE["spectrogram"].run(layer.track, settings)
    theirs = call_praat(praat["sound"], "To Spectrogram", 0.005, 5000, 0.002, 20, "Gaussian")
    places = [(0.1034, 611.0), (0.2, 1700.5), (0.31, 2999.9), (0.8, 40.0)]
    said = [call_praat(theirs, "Get power at", *place) for place in places]
    np.testing.assert_allclose([power_at(image, *place) for place in places], said, rtol=2e-5)


@pytest.mark.parametrize(
    "file", ["english", "digit", *beside("speech/198-209-0000.hq.ogg", "digits/0_lucas_30.wav")]
)
def test_queries_of_a_recording_are_what_praat_prints(file, tmp_path):
    sound = recording(file, 1.0)
    results = {name: TABLE[name].run(sound, settings) for name, settings in SETTINGS.items()}
    layer = Layer(RecordingKey("said.wav"), file, sound, SETTINGS, results)
    window, cursor_s = Range(0.1111, 0.2789), 0.2222
    script = f"""
        pitch = noprogress To Pitch (ac): 0, 75, 15, 0, 0.03, 0.45, 0.01, 0.35, 0.14, 500
        p1 = Get mean: {window.start_s}, {window.end_s}, "Hertz"
        p2 = Get maximum: {window.start_s}, {window.end_s}, "Hertz", "Parabolic"
        p3 = Get value at time: {cursor_s}, "Hertz", "Linear"
        selectObject: sound
        noprogress To Intensity: 75, 0, 1
        i1 = Get mean: {window.start_s}, {window.end_s}, "energy"
        i2 = Get value at time: {cursor_s}, "Linear"
        selectObject: sound
        noprogress To Formant (burg): 0, 5, 4000, 0.025, 50
        f1 = Get mean: 1, {window.start_s}, {window.end_s}, "hertz"
        f2 = Get value at time: 2, {cursor_s}, "hertz", "Linear"
        f3 = Get bandwidth at time: 1, {cursor_s}, "hertz", "Linear"
        appendInfoLine: p1, tab$, p2, tab$, p3, tab$, i1, tab$, i2, tab$, f1, tab$, f2, tab$, f3
    """
    ours = [
        asked(layer, "f0", window), asked(layer, "f0", window, "maximum"), asked(layer, "f0", cursor_s),
        asked(layer, "intensity", window), asked(layer, "intensity", cursor_s),
        asked(layer, "f1", window), asked(layer, "f2", cursor_s), asked(layer, "b1", cursor_s),
    ]  # fmt: skip
    np.testing.assert_allclose(ours, ask_praat(sound, tmp_path, script)[0], rtol=1e-9)


# --- refusals


def test_what_the_rate_cannot_carry_is_refused_with_its_reason():
    slow = Track("conv2", voice().samples[:256], TimeAxis.of_sound(250.0, 256))
    layer = Layer(G("conv2"), "Conv2", slow, SETTINGS)
    for key in ("f0", "f1", "f3", "harmonicity"):
        answer = ask(layer, MEASURES[key], 0.3)
        assert answer.refusal.startswith("No ")
        assert "Nyquist is 125 Hz" in answer.refusal
        assert math.isnan(answer.value)


def test_more_formants_than_fit_below_nyquist_are_refused_by_name():
    track = Track("conv4", voice().samples[:4096], TimeAxis.of_sound(4000.0, 4096))
    conv4 = Layer(G("conv4"), "Conv4", track, {"formants": FormantSettings()})
    assert ask(conv4, MEASURES["f2"], 0.3).refusal == ""
    assert ask(conv4, MEASURES["f3"], 0.3).refusal == "No F3: there is room for 2 formants below 2000 Hz"


def test_what_is_not_computed_yet_is_awaited_and_not_called_undefined():
    answer = ask(Layer(G("out"), "Out", voice(), SETTINGS), MEASURES["f0"], 0.3)
    assert answer.awaited
    assert not answer.defined


def test_an_answer_names_what_was_asked_where(layer):
    answer = ask(layer, MEASURES["f0"], Range(0.1, 0.2), "maximum")
    assert (answer.layer, answer.measure, answer.unit) == ("Out", "Maximum pitch", "Hz")
    assert (answer.start_s, answer.end_s) == (0.1, 0.2)
    assert answer.origin.analysis == "pitch"
    assert ask(layer, MEASURES["f1"], 0.1).measure == "F1"


def test_the_mean_over_time_is_the_integral_of_what_is_read_at_each_time(layer):
    pitch = layer.results["pitch"][0]
    for window in (Range(0.2011, 0.8), Range(0.4, 0.6), Range(0.301, 0.304)):
        times = np.linspace(window.start_s, window.end_s, 200_001)
        found = values_at(pitch.samples, pitch.axis, times)
        assert mean_over(pitch.samples, pitch.axis, window) == pytest.approx(np.nanmean(found), rel=1e-5)


def test_a_recording_in_its_file_is_asked_like_one_in_memory(tmp_path):
    from core.recordings.long_sound import LongSound
    from core.recordings.sound_file import look_at

    sound = voice()
    path = write_wav(replace(sound, samples=np.clip(sound.samples, -1, 1)), tmp_path / "voice.wav")
    long = LongSound(look_at(path), tmp_path).track("voice")
    known = Layer(RecordingKey("voice.wav"), "voice", long.loaded(), SETTINGS)
    in_file = Layer(RecordingKey("voice.wav"), "voice", long, SETTINGS)
    for where in (0.31234, Range(0.2, 0.21), Range(0.0, 1.0)):
        for statistic in ("mean", "minimum", "maximum"):
            assert asked(in_file, "activation", where, statistic) == pytest.approx(
                asked(known, "activation", where, statistic), rel=1e-9
            )
    assert nearest_crossing(long, 0.31) == nearest_crossing(known.track, 0.31)
    assert "at most 60 s" in ask(in_file, MEASURES["activation"], Range(0.0, 61.0)).refusal


def test_the_extremes_of_a_bandwidth_are_those_of_its_frames_and_never_below_0(layer):
    spiky = layer.results["formants"][0].samples
    axis = layer.results["formants"][0].axis
    widths = np.where(np.arange(axis.n) % 3 == 0, 20.0, 900.0).astype(spiky.dtype)
    widths[1], widths[5] = np.nan, 1400.0
    track, whole = Track("b3", widths, axis, "Hz"), Range(0.0, 1.0)
    known = replace(layer, results={**layer.results, "formants": (track,)})
    for statistic, expected in (("minimum", 20.0), ("maximum", 1400.0)):
        assert ask(known, MEASURES["b3"], whole, statistic).value == expected
        value_hz, time_s = extreme(track, MEASURES["b3"], whole, statistic)
        assert track.at(time_s) == value_hz == expected


def test_every_bandwidth_of_a_voice_has_its_least_and_greatest_frame(layer):
    known = {track.name: track for track in layer.results["formants"]}
    for where in SELECTIONS:
        for key in ("b1", "b2", "b3"):
            frames = known[key].part(where)
            if not np.isfinite(frames).any():
                continue
            assert ask(layer, MEASURES[key], where, "minimum").value == np.nanmin(frames) > 0
            assert ask(layer, MEASURES[key], where, "maximum").value == np.nanmax(frames)
