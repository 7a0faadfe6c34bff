"""Makes the recordings of the examples: `python -m tests.support.make_examples [FOLDER]`.

One is spoken (that of `make_speech`), one is sung by a source and filters, one is both; a fourth is Japanese,
for which it needs `espeak-ng` on the path. Running it again gives the same samples.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray
from scipy.signal import lfilter

from tests.support.make_speech import FOLDER as SPEECH

FOLDER = Path(__file__).parents[2] / "resources" / "examples" / "recordings"
RATE_HZ = 16000
# Four resonances of a woman's vowels in Hz, each with its bandwidth.
RESONANCES = {
    "a": ((730, 80), (1090, 90), (2440, 120), (3400, 150)),
    "e": ((480, 70), (1900, 100), (2550, 120), (3500, 150)),
    "i": ((280, 60), (2250, 100), (2900, 120), (3500, 150)),
    "o": ((450, 70), (800, 80), (2600, 120), (3400, 150)),
}
# Semitones above A4, vowel, seconds.
NOTES = (
    (-12, "a", 0.7), (-10, "a", 0.5), (-8, "e", 0.5), (-7, "i", 0.9), (-8, "e", 0.5), (-10, "o", 0.5),
    (-12, "o", 1.2),
)  # fmt: skip
VIBRATO_HZ, VIBRATO_SEMITONES, GLIDE_S, FADE_S = 5.5, 0.35, 0.08, 0.1
OPEN = 0.6  # the part of a period in which air flows
AROUND_S, PEAK = 0.3, 0.6
JAPANESE = "あかいはなとあおいそら"
Samples = NDArray[np.float64]


def pitch_hz() -> Samples:
    """Return the pitch of every sample: the notes with glides between them, and vibrato."""
    steps = [np.full(round(lasts_s * RATE_HZ), 440 * 2 ** (note / 12)) for note, _, lasts_s in NOTES]
    hz, half = np.concatenate(steps), round(GLIDE_S * RATE_HZ) // 2
    weights = np.hanning(2 * half + 1)
    smooth = np.convolve(np.pad(hz, half, mode="edge"), weights / weights.sum(), "valid")
    times_s = np.arange(len(smooth)) / RATE_HZ
    return smooth * 2 ** (VIBRATO_SEMITONES / 12 * np.sin(2 * np.pi * VIBRATO_HZ * times_s))


def glottal_flow(hz: Samples) -> Samples:
    """Return the change of a flow that opens and closes once a period, with a little breath."""
    phase = np.cumsum(hz / RATE_HZ) % 1
    pulse = np.where(phase < OPEN, np.sin(np.pi * phase / OPEN) ** 2, 0.0)
    breath = 0.02 * np.random.default_rng(1).standard_normal(len(hz)) * pulse
    return np.diff(pulse, prepend=0.0) * RATE_HZ / hz + breath


def resonated(flow: Samples, vowel: str) -> Samples:
    """Return a flow through the resonances of a vowel."""
    for frequency_hz, width_hz in RESONANCES[vowel]:
        radius = np.exp(-np.pi * width_hz / RATE_HZ)
        back = [1.0, -2 * radius * np.cos(2 * np.pi * frequency_hz / RATE_HZ), radius**2]
        flow = np.asarray(lfilter([sum(back)], back, flow))
    return flow


def sung() -> Samples:
    """Return the notes, each vowel faded into the next."""
    flow, half = glottal_flow(pitch_hz()), round(FADE_S * RATE_HZ) // 2
    ends = np.cumsum([0, *(round(lasts_s * RATE_HZ) for _, _, lasts_s in NOTES)])
    whole, rising = np.zeros(len(flow)), np.sin(np.linspace(0, np.pi / 2, 2 * half)) ** 2
    for (_, vowel, _), first, last in zip(NOTES, ends[:-1], ends[1:], strict=True):
        start, end = max(0, first - half), min(len(flow), last + half)
        part = resonated(flow[start:end], vowel)
        part[: 2 * half] *= rising
        part[-2 * half :] *= rising[::-1]
        whole[start:end] += part
    quiet = round(AROUND_S * RATE_HZ)
    around = np.pad(whole * PEAK / np.abs(whole).max(), (quiet, quiet))
    return around + 1e-4 * np.random.default_rng(2).standard_normal(len(around))


def recordings() -> dict[str, Samples]:
    """Return every recording by its name."""
    read: Any = soundfile.read(SPEECH / "american.flac")
    spoken: Samples = read[0]
    song = sung()
    return {"spoken": spoken, "sung": song, "spoken-and-sung": np.concatenate((spoken, song))}


def japanese() -> Samples:
    """Return “red flowers and a blue sky”, spoken in Japanese by espeak-ng, at `RATE_HZ`."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "spoken.wav"
        subprocess.run(["espeak-ng", "-v", "ja+f2", "-s", "130", "-w", path, JAPANESE], check=True)
        read: Any = soundfile.read(path)
        return np.asarray(soxr.resample(read[0], read[1], RATE_HZ))


def main() -> None:
    """Write the recordings."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    for name, samples in {**recordings(), "japanese": japanese()}.items():
        soundfile.write(folder / f"{name}.flac", samples, RATE_HZ, "PCM_16")


if __name__ == "__main__":
    main()
