"""Harmonicity, pulses, voice report, spectra, moments and points: Praat's numbers, and closed forms."""

from __future__ import annotations

import numpy as np
import pytest

from core.analyses.events import CrossingSettings, PeakSettings, latencies
from core.analyses.harmonicity import HarmonicitySettings
from core.analyses.pitch import PitchSettings
from core.analyses.registry import TABLE
from core.analyses.results import Points, Report, Spectrum
from core.analyses.spectra import LtasSettings, SliceSettings
from core.analyses.spectral_moments import MomentSettings
from core.analyses.voice_report import VoiceSettings
from core.signals.axis import TimeAxis
from core.signals.track import Image, Track
from tests.support.praat_oracle import ask_praat, beside, recording

RECORDINGS = [
    ("creaky", 1.5),
    ("falsetto", 1.5),
    ("digit", None),
    *beside(("speech/mfa_creaky.flac", 1.5), ("speech/falsetto.flac", 1.5), ("digits/0_lucas_30.wav", None)),
]

by_recording = pytest.mark.parametrize(("file", "seconds"), RECORDINGS)


def run(name: str, track: Track, settings=None):
    return TABLE[name].run(track, settings)


def tone(hz: float, rate_hz: float = 16000.0, n: int = 16384) -> Track:
    axis = TimeAxis.of_sound(rate_hz, n)
    return Track("out", np.sin(2 * np.pi * hz * axis.times()).astype(np.float32), axis)


class TestBesidePraat:
    @by_recording
    @pytest.mark.parametrize(
        ("asked", "command"),
        [
            (HarmonicitySettings(0.01, 60, 0.1, 1.5), "cc): 0.01, 60, 0.1, 1.5"),
            (HarmonicitySettings(), "cc): 0.01, 75, 0.1, 1.0"),
            (HarmonicitySettings(method="autocorrelation"), "ac): 0.01, 75, 0.1, 4.5"),
            (HarmonicitySettings(0.02, 100, 0.05, 3.0, "autocorrelation"), "ac): 0.02, 100, 0.05, 3.0"),
        ],
    )
    def test_harmonicity_is_what_praat_lists(self, file, seconds, asked, command, tmp_path):
        sound = recording(file, seconds)
        script = f"""
            To Harmonicity ({command}
            n = Get number of frames
            for i to n
                t = Get time from frame number: i
                v = Get value in frame: i
                appendInfoLine: fixed$ (t, 9), tab$, fixed$ (v, 9)
            endfor
        """
        times_s, values = np.array(ask_praat(sound, tmp_path, script)).T
        (ours,) = run("harmonicity", sound, asked)
        np.testing.assert_allclose(ours.axis.times(), times_s, atol=1e-9)
        np.testing.assert_allclose(ours.samples, np.where(values == -200, np.nan, values), atol=2e-9)

    @by_recording
    def test_pulses_are_praats(self, file, seconds, tmp_path):
        sound = recording(file, seconds)
        script = """
            pitch = To Pitch (ac): 0, 75, 15, 0, 0.03, 0.45, 0.01, 0.35, 0.14, 500
            selectObject: sound, pitch
            To PointProcess (cc)
            n = Get number of points
            for i to n
                t = Get time from index: i
                appendInfoLine: fixed$ (t, 9)
            endfor
        """
        theirs = np.array(ask_praat(sound, tmp_path, script)).reshape(-1)
        np.testing.assert_allclose(run("pulses", sound).times_s, theirs, atol=1e-9)

    @by_recording
    def test_the_voice_report_has_praats_lines(self, file, seconds, tmp_path):
        sound = recording(file, seconds)
        script = """
            pitch = To Pitch (cc): 0, 75, 15, 0, 0.03, 0.45, 0.01, 0.35, 0.14, 500
            selectObject: sound, pitch
            pulses = To PointProcess (cc)
            selectObject: sound, pitch, pulses
            report$ = Voice report: 0.1, 0.3, 75, 500, 1.3, 1.6, 0.03, 0.45
            {asked}
        """
        names = ["Mean pitch", "Number of pulses", "Jitter (local)", "Shimmer (apq3)"]
        names += ["Mean harmonics-to-noise ratio", "Fraction of locally unvoiced frames"]
        asked = "\n".join(
            f'v = extractNumber (report$, "{name}: ")\nappendInfoLine: fixed$ (v, 12)' for name in names
        )
        theirs = [row[0] for row in ask_praat(sound, tmp_path, script.format(asked=asked))]
        report = run("voice report", sound, VoiceSettings(0.1, 0.3))
        assert isinstance(report, Report)
        percent = {line.name: 0.01 if line.unit == "%" else 1.0 for line in report.lines}
        np.testing.assert_allclose([report.values()[n] * percent[n] for n in names], theirs, rtol=1e-9)
        assert len(report.lines) == 26

    @by_recording
    def test_the_spectral_slice_is_praats(self, file, seconds, tmp_path):
        sound = recording(file, seconds)
        for ends, settings in (
            ((0.1, 0.25), SliceSettings(0.1, 0.25)),
            ((0.195, 0.205), SliceSettings(0.2, 0.2)),
        ):
            script = f"""
                Extract part: {ends[0]}, {ends[1]}, "Gaussian2", 1, "yes"
                To Spectrum: "yes"
                n = Get number of bins
                for i to n
                    f = Get frequency from bin number: i
                    re = Get real value in bin: i
                    im = Get imaginary value in bin: i
                    appendInfoLine: f, tab$, re, tab$, im
                endfor
            """
            hz, re, im = np.array(ask_praat(sound, tmp_path, script)).T
            ours = run("slice", sound, settings)
            assert isinstance(ours, Spectrum)
            np.testing.assert_allclose(ours.frequencies(), hz, rtol=1e-12)
            theirs = 10 * np.log10(2 * (re**2 + im**2) * hz[1] / 4e-10)
            np.testing.assert_allclose(ours.levels, theirs, atol=1e-6)

    @by_recording
    def test_the_long_term_average_is_praats(self, file, seconds, tmp_path):
        sound = recording(file, seconds)
        script = """
            To Ltas: 125
            n = Get number of bins
            for i to n
                f = Get frequency from bin number: i
                v = Get value in bin: i
                appendInfoLine: f, tab$, v
            endfor
        """
        hz, levels = np.array(ask_praat(sound, tmp_path, script)).T
        ours = run("ltas", sound, LtasSettings(125))
        bins = ours.levels.size
        np.testing.assert_allclose(ours.frequencies(), hz[:bins], rtol=1e-12)
        np.testing.assert_allclose(ours.levels, levels[:bins], atol=1e-9)
        assert bins >= hz.size - 1

    @by_recording
    @pytest.mark.parametrize("power", [1.0, 2.0])
    def test_moments_over_a_band_are_praats(self, file, seconds, power, tmp_path):
        sound = recording(file, seconds)
        script = f"""
            Extract part: 0.1, 0.2, "rectangular", 1, "yes"
            To Spectrum: "yes"
            Formula: "if x >= 750 and x <= 3900 then self else 0 fi"
            a = Get centre of gravity: {power}
            b = Get standard deviation: {power}
            c = Get skewness: {power}
            d = Get kurtosis: {power}
            appendInfoLine: a, tab$, b, tab$, c, tab$, d
        """
        (theirs,) = ask_praat(sound, tmp_path, script)
        ours = run("moments", sound, MomentSettings(0.1, 0.2, 1, 750, 3900, power))
        assert [track.name for track in ours] == ["cog", "sd", "skewness", "kurtosis"]
        np.testing.assert_allclose([track.samples[0] for track in ours], theirs, rtol=1e-9)

    @by_recording
    @pytest.mark.parametrize(("rising", "falling"), [(True, False), (False, True), (True, True)])
    def test_zero_crossings_are_praats(self, file, seconds, rising, falling, tmp_path):
        sound = recording(file, 0.4)
        script = f"""
            To PointProcess (zeroes): 1, {int(rising)}, {int(falling)}
            n = Get number of points
            for i to n
                t = Get time from index: i
                appendInfoLine: fixed$ (t, 10)
            endfor
        """
        theirs = np.array(ask_praat(sound, tmp_path, script)).reshape(-1)
        ours = run("zero crossings", sound, CrossingSettings(rising, falling))
        np.testing.assert_allclose(ours.times_s, theirs, atol=1e-9)


def test_a_pulse_train_has_its_pitch_its_pulses_and_no_jitter():
    train = np.zeros(16384, np.float32)
    train[64::128] = 1.0
    sound = Track("out", train, TimeAxis.of_sound(16000.0, 16384))
    (pitch,) = run("pitch", sound)
    np.testing.assert_allclose(pitch.samples, 125.0, rtol=1e-4)
    times_s = run("pulses", sound).times_s
    np.testing.assert_allclose(np.diff(times_s), 0.008, atol=1e-4)
    assert run("voice report", sound).values()["Jitter (local)"] < 0.1


def test_a_damped_resonator_has_its_formant_and_bandwidth():
    rate_hz, hz, width_hz = 11000.0, 700.0, 80.0
    radius, angle = np.exp(-np.pi * width_hz / rate_hz), 2 * np.pi * hz / rate_hz
    answer = np.zeros(11000)
    for k in range(answer.size):
        kick = 1.0 if k % 100 == 0 else 0.0
        one, two = (answer[k - 1], answer[k - 2]) if k > 1 else (0.0, 0.0)
        answer[k] = kick + 2 * radius * np.cos(angle) * one - radius**2 * two
    sound = Track("out", answer.astype(np.float32), TimeAxis.of_sound(rate_hz, answer.size))
    found = {track.name: np.nanmedian(track.samples) for track in run("formants", sound)[::5]}
    assert found["f1"] == pytest.approx(hz, abs=8)
    assert found["b1"] == pytest.approx(width_hz, abs=25)


def test_a_tone_has_its_level_and_an_exact_centre_of_gravity():
    sound = tone(1000.0)
    (level,) = run("intensity", sound)
    np.testing.assert_allclose(level.samples, 10 * np.log10(0.5 / 4e-10), atol=0.01)
    assert run("moments", sound, MomentSettings(slices=1))[0].samples[0] == pytest.approx(1000, abs=5)
    image = run("spectrogram", sound)
    assert isinstance(image, Image)
    loudest = image.low_hz + image.values.argmax(axis=1) * image.step_hz
    np.testing.assert_allclose(loudest, 1000, atol=image.step_hz)


def test_results_lie_on_the_layers_true_time():
    early, late = (
        Track("conv4", tone(125.0, 4000.0, 4096).samples, TimeAxis(4000.0, 4096, start))
        for start in (0.0, 0.5)
    )
    for name in ("pitch", "intensity", "spectrogram", "harmonicity"):
        one, other = run(name, early), run(name, late)
        one, other = (one, other) if isinstance(one, Image) else (one[0], other[0])
        np.testing.assert_allclose(other.axis.times() - one.axis.times(), 0.5, atol=1e-9)
    shift = run("pulses", late).times_s - run("pulses", early).times_s
    np.testing.assert_allclose(shift, 0.5, atol=1e-6)


def test_the_time_of_a_bump_is_its_envelopes_peak_and_its_latency():
    axis = TimeAxis(250.0, 256, 0.01)
    bumps = [np.exp(-0.5 * ((axis.times() - at) / 0.03) ** 2) for at in (0.4, 0.45)]
    early, late = (
        run("envelope peaks", Track("conv2", bump.astype(np.float32), axis), PeakSettings(0.005, 0.3))
        for bump in bumps
    )
    assert early.times_s == pytest.approx([0.4], abs=0.001)
    least, greatest = 0.95 - bumps[0].mean(), 1.0 - bumps[0].mean()
    assert least < early.heights[0] < greatest
    assert latencies(late, early) == pytest.approx([0.05], abs=0.001)
    assert np.isnan(latencies(late, Points("none", np.zeros(0)))).all()


@pytest.mark.parametrize(
    ("name", "settings", "rate_hz", "n", "sentence"),
    [
        ("harmonicity", None, 250.0, 256,
         "No harmonicity: Nyquist is 125 Hz, below the second harmonic of the floor of 75 Hz"),
        ("harmonicity", None, 16000.0, 160,
         "No harmonicity: a window of 2 periods of 75 Hz takes 0.02667 s, the track has 0.01 s"),
        ("harmonicity", HarmonicitySettings(method="autocorrelation"), 16000.0, 1904,
         "No harmonicity: a window of 9 periods of 75 Hz takes 0.12 s, the track has 0.119 s"),
        ("pulses", None, 250.0, 256, "No pulses: Nyquist is 125 Hz, below the ceiling of 500 Hz"),
        ("pulses", PitchSettings(ceiling_hz=450), 1000.0, 1024,
         "No pulses: Nyquist is 500 Hz, below twice the ceiling of 450 Hz"),
        ("voice report", VoiceSettings(3.0, 4.0), 16000.0, 16384,
         "No voice report: the range from 3 s to 4 s is outside the track"),
        ("slice", SliceSettings(0.5, 0.5), 62.5, 64,
         "No spectral slice: 0.01 s holds 1 sample, fewer than 8"),
        ("ltas", None, 62.5, 64,
         "No long-term average spectrum: Nyquist is 31.25 Hz, below one band of 100 Hz"),
        ("moments", MomentSettings(band_low_hz=750, band_high_hz=8000), 4000.0, 4096,
         "No spectral moments: Nyquist is 2000 Hz, below the top of the band, 8000 Hz"),
        ("moments", MomentSettings(slices=100), 250.0, 256,
         "No spectral moments: a slice of 0.01024 s holds fewer than 8 samples"),
        ("zero crossings", CrossingSettings(False, False), 250.0, 256,
         "No zero crossings: neither rising nor falling crossings are selected"),
        ("envelope peaks", PeakSettings(0.01, 2.0), 250.0, 256,
         "No envelope peaks: the minimum height must lie between 0 and 1, not 2"),
    ],
)  # fmt: skip
def test_what_a_layer_cannot_carry_is_refused(name, settings, rate_hz, n, sentence):
    assert TABLE[name].refusal(TimeAxis.of_sound(rate_hz, n), settings) == sentence


@pytest.mark.parametrize("name", TABLE)
@pytest.mark.parametrize("rate_hz", [3.0, 62.5, 250.0, 1000.0, 4000.0, 16000.0])
def test_every_analysis_answers_or_refuses_noise_of_any_length(name, rate_hz):
    for n in (1, 3, 10, 64, 300, 2000):
        samples = np.random.default_rng(n).standard_normal(n).astype(np.float32)
        track = Track("conv", samples, TimeAxis.of_sound(rate_hz, n))
        if TABLE[name].refusal(track) is None:
            assert run(name, track) is not None


def test_quiet_pulses_are_none():
    hiss = Track(
        "out",
        np.random.default_rng(1).standard_normal(4000).astype(np.float32),
        TimeAxis.of_sound(16000.0, 4000),
    )
    strict = PitchSettings(voicing_threshold=2.0)
    assert run("pulses", hiss, strict).times_s.size == 0
