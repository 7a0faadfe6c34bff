"""Claims about resampling to a lower rate: Praat's own samples, bit by bit, also where products make them."""

import multiprocessing
import os
import platform
from concurrent.futures import ProcessPoolExecutor
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.analyses.praat import sound_of
from core.processes.praat_worker import KERNEL
from core.signals.axis import TimeAxis
from core.signals.track import Track
from core.tiles import praat_resampling

PATIENCE_S = 240

in_order = pytest.mark.skipif(
    platform.machine().lower() not in ("x86_64", "amd64"), reason="no such kernel on this processor"
)


@pytest.fixture(scope="module")
def worker():
    """A process whose matrix products are those of a Praat worker."""
    with patch.dict(os.environ, KERNEL), ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        yield lambda *case: pool.submit(compared, *case).result(PATIENCE_S)


def noise(rate_hz, n, start_s):
    """Noise whose loudness goes from full to the last bits and back."""
    samples = np.random.default_rng(n).standard_normal(n) * 10.0 ** (-6 + 6 * np.cos(np.linspace(0, 20, n)))
    axis = TimeAxis(rate_hz, n, start_s + 0.5 / rate_hz)
    return sound_of(Track("out", np.zeros(n, np.float32), axis), samples)


def compared(rate_hz, to_hz, n, start_s):
    """Tell whether products made the samples, and how many samples are not Praat's."""
    sound = noise(rate_hz, n, start_s)
    theirs = sound.resample(to_hz, praat_resampling.DEPTH)
    made = []

    def watched(*whole):
        made.append(interpolated(*whole))
        return made[-1]

    interpolated = praat_resampling.interpolated
    with patch.object(praat_resampling, "interpolated", watched):
        ours, begin_s = praat_resampling.resampled(sound, to_hz)
    assert (begin_s, ours.shape) == (theirs.x1, theirs.values[0].shape)
    return bool(made) and made[0] is not None, int(np.sum(ours != theirs.values[0]))


RATES = st.sampled_from(
    [(16000.0, 11000.0), (16000.0, 10000.0), (22050.0, 11000.0), (44100.0, 10000.0), (48000.0, 9000.0)]
)


@in_order
@settings(max_examples=60)
@given(RATES, st.integers(10, 60_000), st.floats(-2.0, 2.0))
def test_products_give_praats_samples_bit_by_bit(worker, rates, n, start_s):
    assert worker(*rates, n, start_s) == (True, 0)


@settings(max_examples=25)
@given(RATES, st.integers(10, 60_000), st.floats(-500.0, 500.0))
def test_whoever_makes_them_they_are_praats_samples(worker, rates, n, start_s):
    assert worker(*rates, n, start_s)[1] == 0


@in_order
@pytest.mark.parametrize(("rate_hz", "to_hz"), [(16000.0, 11000.0), (44100.0, 11000.0), (11000.0, 8000.0)])
def test_a_minute_is_praats_bit_by_bit(worker, rate_hz, to_hz):
    assert worker(rate_hz, to_hz, round(60 * rate_hz), 0.0) == (True, 0)


@pytest.mark.parametrize("to_hz", [7777.7, 8003.0, 15999.0, 16000.0, 20000.0])
def test_rates_without_a_simple_ratio_are_left_to_praat(to_hz):
    assert compared(16000.0, to_hz, 5000, 0.0) == (False, 0)


def test_sums_in_another_order_are_noticed_and_left_to_praat(monkeypatch):
    true = praat_resampling.weighted_sums
    monkeypatch.setattr(praat_resampling, "weighted_sums", lambda *whole: true(*whole) * (1 + 2.0**-52))
    assert compared(16000.0, 11000.0, 20_000, 0.0) == (False, 0)
