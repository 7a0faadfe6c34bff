"""The filtered methods, rebuilt, give what a filter of Praat's own and Praat 6.4.38 itself give."""

from __future__ import annotations

import csv
from dataclasses import replace

import numpy as np
import pytest

from core.analyses.presets import FILTERED
from core.analyses.registry import TABLE
from tests.support.praat_oracle import SHARED, ask_praat, beside, recording

TRUTH = SHARED / "reference" / "praat-6.4.38"

# Praat 6.3 has no filtered methods, but it can filter a spectrum by the formula in Praat 6.4's manual.
BY_HAND = """
end = Get total duration
spectrum = To Spectrum: "yes"
width = 800 / sqrt (-2 * ln (0.03))
Formula: "self * exp (-0.5 * (x / width) ^ 2)"
To Sound
Extract part: 0, end, "rectangular", 1, "no"
To Pitch ({method}): 0, 50, 15, 0, 0.09, 0.5, 0.055, 0.35, 0.14, 800
n = Get number of frames
for i to n
    t = Get time from frame number: i
    v = Get value in frame: i, "Hertz"
    appendInfoLine: fixed$ (t, 9), tab$, fixed$ (v, 9)
endfor
"""


@pytest.mark.parametrize("file", ["american", "creaky", "falsetto", "german", "model"])
@pytest.mark.parametrize("method", ["autocorrelation", "cross-correlation"])
def test_filtered_pitch_is_praats_of_a_sound_filtered_by_hand(method, file, tmp_path):
    sound = recording(file, 2.5)
    script = BY_HAND.format(method={"autocorrelation": "ac", "cross-correlation": "cc"}[method])
    times_s, frequencies = np.array(ask_praat(sound, tmp_path, script)).T
    (pitch,) = TABLE["pitch"].run(sound, replace(FILTERED, method=f"filtered {method}"))
    np.testing.assert_allclose(pitch.axis.times(), times_s, atol=1e-9)
    np.testing.assert_array_equal(np.isnan(pitch.samples), np.isnan(frequencies))
    np.testing.assert_allclose(pitch.samples, frequencies, atol=1e-6)


FILES = [
    *(f"digits/{name}.wav" for name in ("0_lucas_30", "2_yweweler_8", "3_jackson_7")),
    *(f"digits/{name}.wav" for name in ("6_theo_12", "7_nicolas_21", "9_george_3")),
    "speech/acoustic_corpus.wav",
    "speech/falsetto.flac",
    "speech/mfa_creaky.flac",
]


def truth(file: str, analysis: str) -> np.ndarray:
    path = TRUTH / f"{file.split('/')[1].split('.')[0]}.csv"
    with path.open(newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if row["analysis"] == analysis]
    return np.array([[float(row["time_s"]), float(row["value"] or "nan")] for row in rows]).T


@pytest.mark.parametrize("file", beside(*FILES))
def test_filtered_autocorrelation_is_praats(file):
    times_s, frequencies = truth(file, "filtered_ac_50_800")
    (pitch,) = TABLE["pitch"].run(recording(file), FILTERED)
    np.testing.assert_allclose(pitch.axis.times(), times_s, atol=1e-9)
    np.testing.assert_array_equal(np.isnan(pitch.samples), np.isnan(frequencies))
    np.testing.assert_allclose(pitch.samples, frequencies, atol=0.009)


@pytest.mark.parametrize("file", beside(*FILES[:6]))
def test_filtered_cross_correlation_is_praats(file):
    times_s, frequencies = truth(file, "filtered_cc_50_800")
    (pitch,) = TABLE["pitch"].run(recording(file), replace(FILTERED, method="filtered cross-correlation"))
    np.testing.assert_allclose(pitch.axis.times(), times_s, atol=1e-9)
    np.testing.assert_array_equal(np.isnan(pitch.samples), np.isnan(frequencies))
    np.testing.assert_allclose(pitch.samples, frequencies, atol=0.009)
