import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from core.families.registry import open_model
from core.networks.latent import draw
from core.playback.sonification import (
    GAIN_CAP_DB,
    LOUDEST_LUFS,
    SOUNDS,
    audible,
    part,
    published,
    safe,
    sonified,
)
from core.probing.forward import generate
from core.signals.axis import Range, TimeAxis
from core.signals.loudness import k_weighted, loudness_lufs
from core.signals.track import Track
from resources import demo

RATE_HZ = 16000.0
OUT = TimeAxis.of_sound(RATE_HZ, 16384)
MINUS_1_DBFS = 10 ** (-1 / 20)


def layer(samples, ratio=16384 / 256) -> Track:
    samples = np.asarray(samples, np.float32)
    return Track("conv2", samples, TimeAxis(RATE_HZ / ratio, samples.size, (42 + 0.5) / RATE_HZ))


def noise(count=16384, seed=0, high=1.0) -> np.ndarray:
    return (np.random.default_rng(seed).uniform(-high, high, count)).astype(np.float32)


def peak_above_2000_hz(samples, rate_hz) -> float:
    """The largest sample that is left of a sound without its lower frequencies."""
    padded = np.concatenate((np.zeros(4096), samples, np.zeros(4096)))
    spectrum = np.fft.rfft(padded)
    spectrum[np.fft.rfftfreq(padded.size, 1 / rate_hz) < 2000] = 0
    return float(np.abs(np.fft.irfft(spectrum, padded.size)).max())


class TestAsPublished:
    def test_it_is_linear_interpolation_with_the_half_pixel_convention(self):
        curve = noise(256)
        wanted = []
        for sample in range(16384):
            place = min(max((sample + 0.5) * 256 / 16384 - 0.5, 0), 255)
            low = min(math.floor(place), 254)
            wanted.append(curve[low] + (place - low) * (curve[low + 1] - curve[low]))
        np.testing.assert_allclose(published(layer(curve), OUT).samples, wanted, atol=1e-7)

    def test_it_is_what_torch_calls_linear(self):
        torch = pytest.importorskip("torch")
        curve = noise(1024)
        wanted = torch.nn.functional.interpolate(torch.tensor(curve)[None, None], size=16384, mode="linear")
        np.testing.assert_allclose(published(layer(curve, 16), OUT).samples, wanted[0, 0].numpy(), atol=1e-6)

    def test_values_beyond_1_are_clipped_and_nothing_is_scaled(self):
        samples = published(layer([0.2, 3.0, 3.0, -2.0, 0.4] * 10), OUT).samples
        assert samples.max() == 1
        assert samples.min() == -1
        assert samples[0] == np.float32(0.2)

    def test_the_output_itself_is_written_bit_for_bit(self):
        out = Track("out", noise(), OUT)
        assert published(out, OUT).samples.tobytes() == out.samples.tobytes()

    def test_the_choice_is_named_in_the_origin(self):
        assert published(layer([0, 1]), OUT).origin.resampling == "as published"

    def test_a_constant_keeps_its_dc(self):
        assert (published(layer(np.full(64, 0.3)), OUT).samples == np.float32(0.3)).all()

    def test_undefined_values_stay_undefined_in_what_is_exported(self):
        assert np.isnan(published(layer([0.0, np.nan, 0.0]), OUT).samples).any()


class TestTheWaysToListen:
    def test_each_is_named(self):
        track = layer(noise(256) * 0.1)
        assert sonified(track, OUT, "published").words == "as published, clipped"
        assert sonified(track, OUT, "dc").words == "DC removed"
        assert sonified(track, OUT, "loudness").words.startswith("loudness matched, ")

    def test_what_is_heard_as_published_is_what_is_exported(self):
        track = layer(noise(256, high=2))
        np.testing.assert_array_equal(sonified(track, OUT).samples, published(track, OUT).samples)

    def test_removing_dc_takes_the_mean_and_nothing_else(self):
        track = layer(0.3 + 0.1 * noise(256))
        plain = published(track, OUT).samples.astype(float)
        np.testing.assert_allclose(sonified(track, OUT, "dc").samples, plain - plain.mean(), atol=1e-6)

    def test_a_quiet_layer_is_raised_by_the_cap_at_most_and_says_so(self):
        made = sonified(layer(1e-6 * noise(4096), 4), OUT, "loudness")
        assert made.gain_db == GAIN_CAP_DB
        assert made.words == "loudness matched, +30.0 dB (capped at 30)"

    def test_a_slow_layer_is_held_by_its_peaks_and_never_clipped(self):
        track = layer(0.5 * np.sin(2 * np.pi * np.arange(256) / 128))
        made = sonified(track, OUT, "loudness")
        assert made.words.endswith("(limited by its peaks)")
        assert np.abs(made.samples).max() == pytest.approx(1)
        whole = published(track, OUT).samples * 10 ** (made.gain_db / 20)
        np.testing.assert_allclose(made.samples, whole, atol=1e-5)

    def test_a_lowered_sound_is_written_with_a_true_minus(self):
        assert "−" in sonified(Track("out", noise(), OUT), OUT, "loudness").words

    @pytest.mark.parametrize("high", [0.02, 0.1, 0.9])
    def test_two_layers_are_within_half_a_unit_of_each_other(self, high):
        out = Track("out", 0.3 * np.sin(2 * np.pi * 300 * OUT.times()).astype(np.float32), OUT)
        conv4 = layer(0.2 + high * np.sin(2 * np.pi * 180 * np.arange(4096) / 4000), 4)
        loud = [
            loudness_lufs(sonified(track, OUT, "loudness", out).samples.astype(float), RATE_HZ)
            for track in (out, conv4)
        ]
        assert loud[0] == pytest.approx(loud[1], abs=0.5)
        assert loud[0] == pytest.approx(LOUDEST_LUFS, abs=0.1)

    def test_layers_of_a_trained_generator_sound_equally_loud(self):
        model = open_model(Path(demo.__file__).parent)
        means = generate(model, draw(model.card.layout, 1))
        out = Track("out", means["out"].samples, OUT)
        for name, ratio in (("conv4", 4), ("conv3", 16), ("conv2", 64)):
            made = sonified(layer(means[name].samples, ratio), OUT, "loudness", out)
            plain = sonified(out, OUT, "loudness", out)
            loud = [loudness_lufs(one.samples.astype(float), RATE_HZ) for one in (made, plain)]
            assert loud[0] == pytest.approx(loud[1], abs=0.5), name

    def test_a_quiet_output_draws_its_layers_down(self):
        quiet = Track("out", 0.01 * np.sin(2 * np.pi * 300 * OUT.times()).astype(np.float32), OUT)
        made = sonified(layer(noise(4096), 4), OUT, "loudness", quiet).samples.astype(float)
        wanted = loudness_lufs(quiet.samples.astype(float), RATE_HZ)
        assert loudness_lufs(made, RATE_HZ) == pytest.approx(wanted, abs=0.1)

    def test_a_live_loop_keeps_the_gain_it_was_given(self):
        first = sonified(layer(0.1 * noise(256)), OUT, "loudness")
        second = sonified(layer(0.2 * noise(256)), OUT, "loudness", gain_db=first.gain_db)
        assert second.gain_db == first.gain_db
        np.testing.assert_allclose(second.samples, 2 * first.samples, rtol=1e-4, atol=1e-6)

    def test_a_slow_layer_is_inaudible_and_offers_a_carrier(self):
        conv1, conv2 = TimeAxis(62.5, 64), TimeAxis(250, 256)
        assert not audible(conv1)
        assert audible(conv2)
        offered = [[sound.key for sound in SOUNDS if sound.fits(axis)] for axis in (conv1, conv2)]
        assert offered[0] == ["published", "dc", "loudness", "carrier"]
        assert "carrier" not in offered[1]

    def test_the_carrier_swells_and_fades_with_the_layer(self):
        envelope = np.concatenate((np.zeros(32), np.full(32, 0.25)))
        made = sonified(layer(envelope, 256), OUT, "carrier")
        assert made.words == "envelope on a 440 Hz carrier, +12.0 dB"
        assert np.abs(made.samples[:8000]).max() == 0
        loud = made.samples[9000:16000]
        assert np.abs(loud).max() == pytest.approx(1, abs=1e-3)
        assert np.argmax(np.abs(np.fft.rfft(loud))) * RATE_HZ / loud.size == pytest.approx(440, abs=2)

    def test_a_sound_that_does_not_fit_gives_way_and_is_named_by_what_is_heard(self):
        assert sonified(layer(noise(256)), OUT, "carrier").words == "as published, clipped"

    @pytest.mark.parametrize("key", [sound.key for sound in SOUNDS])
    @pytest.mark.parametrize("value", [0.0, 1.0, -5.0, np.nan, np.inf, -np.inf, 3e38])
    def test_whatever_the_layer_holds_something_finite_is_heard(self, key, value):
        made = sonified(layer(np.full(64, value), 256), OUT, key, layer(np.full(64, value), 256))
        assert made.samples.shape == (16384,)
        assert np.isfinite(made.samples).all()
        assert np.abs(made.samples).max() <= 1


class TestLoudness:
    def test_a_full_scale_tone_has_the_standards_loudness(self):
        tone = np.sin(2 * np.pi * 997 * np.arange(48000 * 2) / 48000)
        assert loudness_lufs(tone, 48000) == pytest.approx(-3.01, abs=0.02)

    def test_the_filter_is_the_standards_table(self):
        signal = pytest.importorskip("scipy.signal")
        # BS.1770-4, tables 1 and 2, given for 48 kHz
        annotations = (
            [1.53512485958697, -2.69169618940638, 1.19839281085285],
            [1, -1.69065929318241, 0.73248077421585],
        )
        high_pass = ([1, -2, 1], [1, -1.99004745483398, 0.99007225036621])
        sound = noise(48000).astype(float)
        wanted = signal.lfilter(*high_pass, signal.lfilter(*annotations, sound))
        np.testing.assert_allclose(k_weighted(sound, 48000), wanted, atol=1e-5)

    def test_silence_around_a_tone_is_gated_away(self):
        tone = np.sin(2 * np.pi * 997 * np.arange(48000 * 5) / 48000)
        padded = np.concatenate((np.zeros(48000 * 20), tone, np.zeros(48000 * 20)))
        assert loudness_lufs(padded, 48000) == pytest.approx(-3.01, abs=0.5)

    def test_a_gain_of_x_db_is_x_units(self):
        quiet = noise(16384).astype(float) * np.linspace(0.001, 1, 16384)
        difference = loudness_lufs(quiet * 1e-4, RATE_HZ) - loudness_lufs(quiet, RATE_HZ)
        assert difference == pytest.approx(-80, abs=1e-6)

    def test_silence_has_none(self):
        assert loudness_lufs(np.zeros(1000), RATE_HZ) == -math.inf


class TestWhatIsPlayed:
    @settings(max_examples=60)
    @given(arrays(np.float32, st.integers(0, 2000), elements=st.floats(width=32)))
    def test_it_never_peaks_above_minus_1_dbfs_and_starts_and_ends_at_0(self, samples):
        played = safe(samples, RATE_HZ)
        assert played.dtype == np.float32
        assert np.isfinite(played).all()
        assert np.abs(played).max(initial=0) <= MINUS_1_DBFS
        if played.size > 1:
            assert played[0] == 0
            assert played[-1] == 0

    @pytest.mark.parametrize("value", [1.0, -1.0, np.inf, 0.25])
    def test_a_constant_starts_and_ends_without_a_click(self, value):
        played = safe(np.full(16000, value, np.float32), RATE_HZ)
        assert peak_above_2000_hz(played, RATE_HZ) < 10 ** (-60 / 20)

    def test_a_constant_without_the_fades_would_click(self):
        assert peak_above_2000_hz(np.full(16000, 0.25), RATE_HZ) > 10 ** (-60 / 20)

    def test_between_the_fades_only_the_gain_differs(self):
        samples = noise()
        np.testing.assert_allclose(safe(samples, RATE_HZ)[160:-160], samples[160:-160] * 0.891, rtol=1e-6)

    def test_the_sound_given_is_not_touched(self):
        samples = noise()
        before = samples.copy()
        safe(samples, RATE_HZ)
        np.testing.assert_array_equal(samples, before)


class TestTheSelection:
    def test_it_is_cut_with_the_time_at_which_it_begins(self):
        samples = np.arange(16384, dtype=np.float32)
        cut, start_s = part(samples, OUT, Range(0.25, 0.5))
        assert cut[0] == 4000
        assert cut.size == 4000
        assert start_s == pytest.approx(0.25)

    def test_all_of_it_is_all_of_it(self):
        cut, start_s = part(noise(), OUT, OUT.extent)
        assert cut.size == 16384
        assert start_s == pytest.approx(0)
