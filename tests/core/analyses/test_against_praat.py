"""Every listed value equals what Debian's Praat prints for the same speech."""

from __future__ import annotations

import numpy as np
import pytest

from core.analyses.formants import FormantSettings
from core.analyses.intensity import IntensitySettings
from core.analyses.pitch import PitchSettings
from core.analyses.registry import TABLE
from core.analyses.spectrogram import SpectrogramSettings, spectrogram
from core.signals.track import Image, Track
from tests.support.praat_oracle import ask_praat, beside, recording

SPEECH = [
    ("english", 3.0),
    ("creaky", None),
    ("whisper", None),
    ("german", 2.0),
    ("mandarin", 2.0),
    ("digit", None),
]
RECORDINGS = [
    *SPEECH,
    *beside(
        ("speech/198-209-0000.hq.ogg", 3.0),
        ("speech/mfa_creaky.flac", None),
        ("speech/whisper.flac", None),
        ("speech/acoustic_corpus.wav", 4.0),
        ("digits/0_lucas_30.wav", None),
    ),
]

LISTING = """
n = Get number of frames
for i to n
    t = Get time from frame number: i
    {values}
    appendInfoLine: fixed$ (t, 9), {cells}
endfor
"""


def listed(track: Track, folder, command: str, ask: str, count: int = 1) -> np.ndarray:
    values = "\n    ".join(f"v{k} = {ask.format(k=k)}" for k in range(1, count + 1))
    cells = ", ".join(f"tab$, fixed$ (v{k}, 9)" for k in range(1, count + 1))
    rows = ask_praat(track, folder, command + LISTING.format(values=values, cells=cells))
    return np.array(rows).T


def assert_equal_as_printed(ours: tuple[Track, ...], theirs: np.ndarray) -> None:
    for track, row in zip(ours, theirs[1:], strict=True):
        np.testing.assert_allclose(track.axis.times(), theirs[0], atol=1e-9)
        np.testing.assert_array_equal(np.isnan(track.samples), np.isnan(row))
        np.testing.assert_allclose(track.samples, row, atol=2e-9, rtol=0)


def tracks(name: str, track: Track, settings) -> tuple[Track, ...]:
    found = TABLE[name].run(track, settings)
    assert isinstance(found, tuple)
    return found


@pytest.mark.parametrize(("file", "seconds"), RECORDINGS)
@pytest.mark.parametrize(
    ("settings", "command"),
    [
        (PitchSettings(), "To Pitch (ac): 0, 75, 15, 0, 0.03, 0.45, 0.01, 0.35, 0.14, 500"),
        (
            PitchSettings(floor_hz=60, ceiling_hz=300, time_step_s=0.005, very_accurate=True),
            "To Pitch (ac): 0.005, 60, 15, 1, 0.03, 0.45, 0.01, 0.35, 0.14, 300",
        ),
        (
            PitchSettings("raw cross-correlation", ceiling_hz=450, octave_cost=0.02),
            "To Pitch (cc): 0, 75, 15, 0, 0.03, 0.45, 0.02, 0.35, 0.14, 450",
        ),
    ],
)
def test_pitch_is_what_praat_lists(file, seconds, settings, command, tmp_path):
    sound = recording(file, seconds if settings.auto else 1.5)
    theirs = listed(sound, tmp_path, command, 'Get value in frame: i, "Hertz"')
    assert_equal_as_printed(tracks("pitch", sound, settings), theirs)


@pytest.mark.parametrize(("file", "seconds"), RECORDINGS)
@pytest.mark.parametrize(
    ("settings", "command"),
    [
        (FormantSettings(ceiling_hz=4000), "To Formant (burg): 0, 5, 4000, 0.025, 50"),
        (
            FormantSettings(ceiling_hz=3500, max_formants=4.5, window_length_s=0.03, time_step_s=0.01),
            "To Formant (burg): 0.01, 4.5, 3500, 0.03, 50",
        ),
    ],
)
def test_formants_are_what_praat_lists(file, seconds, settings, command, tmp_path):
    sound = recording(file, seconds)
    ours = tracks("formants", sound, settings)
    formants = listed(sound, tmp_path, command, 'Get value at time: {k}, t, "hertz", "Linear"', 5)
    widths = listed(sound, tmp_path, command, 'Get bandwidth at time: {k}, t, "hertz", "Linear"', 5)
    assert_equal_as_printed(ours[:5], formants)
    assert_equal_as_printed(ours[5:], widths)


@pytest.mark.parametrize(("file", "seconds"), RECORDINGS)
@pytest.mark.parametrize(
    ("settings", "command"),
    [
        (IntensitySettings(), "To Intensity: 75, 0, 1"),
        (
            IntensitySettings(floor_hz=100, time_step_s=0.01, subtract_mean=False),
            "To Intensity: 100, 0.01, 0",
        ),
    ],
)
def test_intensity_is_what_praat_lists(file, seconds, settings, command, tmp_path):
    sound = recording(file, seconds)
    theirs = listed(sound, tmp_path, command, "Get value in frame: i")
    assert_equal_as_printed(tracks("intensity", sound, settings), theirs)


@pytest.mark.parametrize(
    ("file", "seconds"),
    [SPEECH[0], SPEECH[-1], *beside(("speech/198-209-0000.hq.ogg", 3.0), ("digits/0_lucas_30.wav", None))],
)
@pytest.mark.parametrize(
    ("settings", "arguments"),
    [
        (SpectrogramSettings(), '0.005, 5000, 0.002, 20, "Gaussian"'),
        (SpectrogramSettings(0.03, 3700, 0.01, 5), '0.03, 3700, 0.01, 5, "Gaussian"'),
    ],
)
def test_the_spectrogram_is_praats(file, seconds, settings, arguments, tmp_path):
    sound = recording(file, 0.4)
    script = f"""
        spectrogram = To Spectrogram: {arguments}
        matrix = To Matrix
        nx = Get number of columns
        ny = Get number of rows
        x1 = Get x of column: 1
        dx = Get column distance
        y1 = Get y of row: 1
        dy = Get row distance
        appendInfoLine: nx, tab$, ny, tab$, x1, tab$, dx, tab$, y1, tab$, dy
        for k to (nx - 1) div 9 + 1
            for j to ny
                v = Get value in cell: j, 9 * k - 8
                appendInfoLine: v
            endfor
        endfor
    """
    head, *cells = ask_praat(sound, tmp_path, script)
    ours = spectrogram(sound, settings)
    assert isinstance(ours, Image)
    grid = (*ours.values.shape, ours.axis.start_s, ours.axis.step_s, ours.low_hz, ours.step_hz)
    np.testing.assert_allclose(grid, head, rtol=1e-12)
    theirs = 10 * np.log10(np.maximum(np.ravel(cells), 1e-30) / 4e-10)
    np.testing.assert_allclose(ours.values[::9].reshape(-1), theirs, atol=1e-5)
