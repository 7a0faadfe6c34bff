"""The independent truth: what Debian's Praat says of the speech in `tests/data`, and of recordings.

Answers of Praat 6.3.07 about the speech in `tests/data` are kept in `tests/data/praat_answers.zip`, so that
they are there where Praat is not. A new question is put to the Praat that is installed; run the tests with
`PHONOSCOPE_PRAAT=ask` to put every question again and keep the answers.
"""

from __future__ import annotations

import atexit
import hashlib
import os
import shutil
import subprocess
import wave
import zipfile
from functools import cache
from pathlib import Path
from typing import TypeVar

import numpy as np
import pytest

from core.signals.axis import TimeAxis
from core.signals.track import Track

T = TypeVar("T")

DATA = Path(__file__).parents[1] / "data"
SPEECH = DATA / "speech"
ANSWERS = DATA / "praat_answers.zip"
SHARED = Path(__file__).parents[2].parent / "shared"
ASK_ALWAYS = os.environ.get("PHONOSCOPE_PRAAT") == "ask"

needs_praat = pytest.mark.skipif(shutil.which("praat") is None, reason="Praat is not installed")


def beside(*named: T) -> tuple[T, ...]:
    """Give what is named where other people's recordings lie beside the project, and nothing elsewhere."""
    return named if (SHARED / "data").is_dir() and not ASK_ALWAYS else ()


def sound_file(name: str) -> Path:
    """Give the path of the speech `name` in `tests/data`, or of a recording, as "speech/whisper.flac"."""
    return SHARED / "data" / name if "/" in name else SPEECH / f"{name}.flac"


def recording(name: str, seconds: float | None = None) -> Track:
    """Give a sound as 16-bit samples, so that a WAV carries it exactly."""
    import soundfile

    samples, rate_hz = soundfile.read(sound_file(name), dtype="int16", always_2d=True)
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
    """Let Praat run a script with `track` as the selected Sound; give the numbers it prints, row by row."""
    sound = write_wav(track, folder / "sound.wav")
    undefined = {"--undefined--": "nan"}
    rows = [line.split("\t") for line in praat_lines(f'sound = Read from file: "{sound}"\n{lines}\n', folder)]
    return [[float(undefined.get(cell, cell)) for cell in row] for row in rows]


def praat_lines(script: str, folder: Path) -> list[str]:
    """Let Praat run a script that reads sounds of `folder`; give the lines that it prints."""
    key = question(script, folder)
    said = None if ASK_ALWAYS else kept(key)
    if said is None:
        said = live(script, folder)
        if ASK_ALWAYS:
            keep(key, said)
    return [line for line in said.splitlines() if line.strip()]


def live(script: str, folder: Path) -> str:
    """Run a script in the Praat that is installed; give all that it prints."""
    if shutil.which("praat") is None:
        pytest.skip("Praat is not installed, and no answer of it is kept")
    file = folder / "lines.praat"
    file.write_text(script)
    said = subprocess.run(
        ["praat", "--run", str(file)], capture_output=True, text=True, timeout=120, check=False
    )
    assert said.returncode == 0, said.stderr
    return said.stdout.replace("\x00", "")


def question(script: str, folder: Path) -> str:
    """Give the name of a question: a digest of the script and of the sounds that it reads."""
    asked = hashlib.sha256(script.replace(str(folder), "").encode())
    for sound in sorted(folder.glob("*.wav")):
        asked.update(sound.read_bytes())
    return asked.hexdigest()[:32]


@cache
def answers() -> dict[str, str]:
    """Give every answer that is kept, by the name of its question."""
    if ASK_ALWAYS or not ANSWERS.is_file():
        return {}
    with zipfile.ZipFile(ANSWERS) as file:
        return {name: file.read(name).decode() for name in file.namelist()}


def kept(key: str) -> str | None:
    return answers().get(key)


def keep(key: str, said: str) -> None:
    """Add an answer to those that are kept when the tests end."""
    if not answers():
        atexit.register(write_answers)
    answers()[key] = said


def write_answers() -> None:
    """Write every answer, in the order of their names and without a time of writing."""
    with zipfile.ZipFile(ANSWERS, "w", zipfile.ZIP_LZMA) as file:
        for name in sorted(answers()):
            file.writestr(zipfile.ZipInfo(name), answers()[name], zipfile.ZIP_LZMA)
