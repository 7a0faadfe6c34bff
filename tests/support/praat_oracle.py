"""The independent truth: Debian's Praat run as a program, and real recordings beside the project."""

from __future__ import annotations

import shutil
import subprocess
import wave
from pathlib import Path

import numpy as np
import pytest

from core.signals.axis import TimeAxis
from core.signals.track import Track

SHARED = Path(__file__).parents[2].parent / "shared"

needs_praat = pytest.mark.skipif(shutil.which("praat") is None, reason="Praat is not installed")
needs_recordings = pytest.mark.skipif(
    not (SHARED / "data").is_dir(), reason="no recordings beside the project"
)


def recording(name: str, seconds: float | None = None) -> Track:
    """Give a recording of `data/` as 16-bit samples, so that a WAV carries it exactly."""
    import soundfile

    samples, rate_hz = soundfile.read(SHARED / "data" / name, dtype="int16", always_2d=True)
    mono = samples[: None if seconds is None else int(seconds * rate_hz), 0]
    return Track("out", mono / np.float32(32768), TimeAxis.of_sound(rate_hz, len(mono)))


def write_wav(track: Track, path: Path) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(round(track.axis.rate_hz))
        file.writeframes(np.round(track.samples * 32768.0).astype("<i2").tobytes())
    return path


def ask_praat(track: Track, folder: Path, lines: str) -> list[list[float]]:
    """Run a Praat script on `track` as the selected Sound; give the numbers it prints, row by row."""
    sound = write_wav(track, folder / "sound.wav")
    script = folder / "ask.praat"
    script.write_text(f'sound = Read from file: "{sound}"\n{lines}\n')
    said = subprocess.run(
        ["praat", "--run", str(script)], capture_output=True, text=True, timeout=120, check=False
    )
    assert said.returncode == 0, said.stderr
    undefined = {"--undefined--": "nan"}
    rows = [line.split("\t") for line in said.stdout.replace("\x00", "").splitlines() if line.strip()]
    return [[float(undefined.get(cell, cell)) for cell in row] for row in rows]


def praat_lines(script: str, folder: Path) -> list[str]:
    """Run a Praat script of its own; give the lines that it prints."""
    file = folder / "lines.praat"
    file.write_text(script)
    said = subprocess.run(
        ["praat", "--run", str(file)], capture_output=True, text=True, timeout=120, check=False
    )
    assert said.returncode == 0, said.stderr
    return [line for line in said.stdout.replace("\x00", "").splitlines() if line.strip()]
