"""Tables of comparison: `python -m tests.support.comparison` prints ours beside Praat's, and refusals."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np

from core.analyses.formants import FormantSettings
from core.analyses.harmonicity import HarmonicitySettings
from core.analyses.intensity import IntensitySettings
from core.analyses.pitch import PitchSettings
from core.analyses.registry import TABLE
from core.signals.axis import TimeAxis
from core.signals.track import Track
from tests.support.praat_oracle import ask_praat, beside, recording

RECORDINGS = (
    ("american", 3.0),
    ("creaky", None),
    ("whisper", None),
    ("falsetto", None),
    ("vietnamese", None),
    ("digit", None),
    *beside(
        ("speech/198-209-0000.hq.ogg", 3.0),
        ("speech/mfa_creaky.flac", None),
        ("speech/whisper.flac", None),
        ("speech/falsetto.flac", None),
        ("digits/0_lucas_30.wav", None),
    ),
)
FRAME = "Get value in frame: i"
COMMANDS = (
    (
        "pitch",
        PitchSettings(),
        "To Pitch (ac): 0, 75, 15, 0, 0.03, 0.45, 0.01, 0.35, 0.14, 500",
        (f'{FRAME}, "Hertz"',),
    ),
    (
        "pitch",
        PitchSettings("raw cross-correlation", 60.0, 300.0),
        "To Pitch (cc): 0, 60, 15, 0, 0.03, 0.45, 0.01, 0.35, 0.14, 300",
        (f'{FRAME}, "Hertz"',),
    ),
    (
        "formants",
        FormantSettings(4000.0),
        "To Formant (burg): 0, 5, 4000, 0.025, 50",
        (
            *(f'Get value at time: {k}, t, "hertz", "Linear"' for k in range(1, 6)),
            *(f'Get bandwidth at time: {k}, t, "hertz", "Linear"' for k in range(1, 6)),
        ),
    ),
    ("intensity", IntensitySettings(100.0), "To Intensity: 100, 0, 1", (FRAME,)),
    ("harmonicity", HarmonicitySettings(), "To Harmonicity (cc): 0.01, 75, 0.1, 1", (FRAME,)),
)
LAYERS = {"out": 16000.0, "conv4": 4000.0, "conv3": 1000.0, "conv2": 250.0, "conv1": 62.5, "fc": 15.625}


def praats(track: Track, command: str, asked: tuple[str, ...], folder: Path) -> np.ndarray:
    """Give what `praat --run` lists: a row of times and one for each question, float64."""
    values = "\n".join(f"v{k} = {ask}" for k, ask in enumerate(asked))
    cells = ", ".join(f"tab$, fixed$ (v{k}, 9)" for k in range(len(asked)))
    loop = f"""
        n = Get number of frames
        for i to n
            t = Get time from frame number: i
            {values}
            appendInfoLine: fixed$ (t, 9), {cells}
        endfor
    """
    return np.array(ask_praat(track, folder, f"{command}\n{loop}")).T


def compared(ours: tuple[Track, ...], theirs: np.ndarray) -> tuple[int, int, float]:
    """Give how many values there are, how many only one side has, and the largest difference."""
    values = np.array([track.samples for track in ours])
    rows = np.where(theirs[1:] == -200, np.nan, theirs[1:]) if ours[0].unit == "dB" else theirs[1:]
    alone = int((np.isnan(values) != np.isnan(rows)).sum())
    both = ~np.isnan(values) & ~np.isnan(rows)
    return int(both.sum()), alone, float(np.abs(values - rows)[both].max(initial=0.0))


def with_praat(folder: Path) -> list[tuple[str, str, int, int, float]]:
    """Give one row per utterance and analysis."""
    rows: list[tuple[str, str, int, int, float]] = []
    for file, seconds in RECORDINGS:
        track = recording(file, seconds)
        for name, settings, command, asked in COMMANDS:
            found = TABLE[name].run(track, settings)
            rows.append((file, command, *compared(found, praats(track, command, asked, folder))))
    return rows


def refused() -> list[tuple[str, str, str]]:
    """Give what every analysis says of every layer that cannot carry it."""
    axes = {name: TimeAxis.of_sound(rate_hz, int(1.024 * rate_hz)) for name, rate_hz in LAYERS.items()}
    told = [(layer, TABLE[name].refusal(axis)) for name in TABLE for layer, axis in axes.items()]
    return [(layer, f"{LAYERS[layer]:g}", sentence) for layer, sentence in told if sentence]


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        print("| speech | Praat's command | values | on one side only | largest difference |")
        print("|--|--|--|--|--|")
        for file, command, n, alone, most in with_praat(Path(folder)):
            print(f"| {file} | {command} | {n} | {alone} | {most:.1e} |")
    print("\n| layer | rate (Hz) | refusal |\n|--|--|--|")
    for row in refused():
        print(f"| {' | '.join(row)} |")


if __name__ == "__main__":
    main()
