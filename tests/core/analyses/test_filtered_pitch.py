"""The filtered methods, rebuilt, give what Praat 6.4.38 itself gives on nine recordings."""

from __future__ import annotations

import csv
from dataclasses import replace

import numpy as np
import pytest

from core.analyses.presets import FILTERED
from core.analyses.registry import TABLE
from tests.support.praat_oracle import SHARED, needs_recordings, recording

TRUTH = SHARED / "reference" / "praat-6.4.38"

pytestmark = needs_recordings

FILES = [
    *(f"digits/{name}.wav" for name in ("0_lucas_30", "2_yweweler_8", "3_jackson_7")),
    *(f"digits/{name}.wav" for name in ("6_theo_12", "7_nicolas_21", "9_george_3")),
    "speech/acoustic_corpus.wav",
    "speech/falsetto.flac",
    "speech/mfa_creaky.flac",
]


def truth(file: str, analysis: str) -> np.ndarray:
    path = TRUTH / f"{file.split('/')[1].split('.')[0]}.csv"
    if not path.is_file():
        pytest.skip("no numbers of Praat 6.4.38 beside the project")
    with path.open(newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if row["analysis"] == analysis]
    return np.array([[float(row["time_s"]), float(row["value"] or "nan")] for row in rows]).T


@pytest.mark.parametrize("file", FILES)
def test_filtered_autocorrelation_is_praats(file):
    times_s, frequencies = truth(file, "filtered_ac_50_800")
    (pitch,) = TABLE["pitch"].run(recording(file), FILTERED)
    np.testing.assert_allclose(pitch.axis.times(), times_s, atol=1e-9)
    np.testing.assert_array_equal(np.isnan(pitch.samples), np.isnan(frequencies))
    np.testing.assert_allclose(pitch.samples, frequencies, atol=0.009)


@pytest.mark.parametrize("file", FILES[:6])
def test_filtered_cross_correlation_is_praats(file):
    times_s, frequencies = truth(file, "filtered_cc_50_800")
    (pitch,) = TABLE["pitch"].run(recording(file), replace(FILTERED, method="filtered cross-correlation"))
    np.testing.assert_allclose(pitch.axis.times(), times_s, atol=1e-9)
    np.testing.assert_array_equal(np.isnan(pitch.samples), np.isnan(frequencies))
    np.testing.assert_allclose(pitch.samples, frequencies, atol=0.009)
