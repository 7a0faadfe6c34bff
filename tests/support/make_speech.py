"""Makes the speech in `tests/data/speech`: `python -m tests.support.make_speech [FOLDER]`.

It needs `espeak-ng` and `praat` on the path (both are Debian packages). The tests need neither: they read
the files. Running it again gives the same samples with the same versions (espeak-ng 1.51, Praat 6.3.07).
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
import soxr

FOLDER = Path(__file__).parents[1] / "data" / "speech"
SEED = 20260  # of Praat's random numbers


@dataclass(frozen=True)
class Spoken:
    """One utterance: an espeak-ng voice, its speed in words a minute, its pitch of 0 to 99, and a rate."""

    voice: str
    speed: int
    pitch: int
    rate_hz: int
    text: str


SPOKEN = {
    "english": Spoken("en-gb+m3", 165, 45, 16000, "She had read the letter twice before the rain began, "
                      "and a third time when it stopped. Nobody asked her why."),
    "american": Spoken("en-us+f2", 215, 60, 16000, "Five of these six boxes go upstairs; "
                       "leave the others here."),
    "german": Spoken("de+m1", 140, 60, 22050, "Im Herbst ziehen die Vögel über den See nach Süden."),
    "mandarin": Spoken("cmn+f3", 130, 55, 16000, "妈妈买了一本新书。"),
    "vietnamese": Spoken("vi+f4", 150, 70, 11025, "Hôm nay trời đẹp quá."),
    "digit": Spoken("en-us+m7", 150, 50, 8000, "zero"),
}  # fmt: skip
SOURCES = {  # what Praat turns into another kind of voice
    "creaky": Spoken("en-gb+m1", 150, 50, 16000, "We were away a year ago, and nobody knew where you were."),
    "whisper": Spoken("en-gb+f1", 150, 50, 16000, "Be quiet now, the children are asleep upstairs."),
    "falsetto": Spoken("en-gb+m5", 160, 50, 16000, "Oh no, I will not do that again!"),
}

# Low, irregular pulses instead of the voice's own in the last part, through the voice's own vocal tract.
CREAKY = """
lpc = To LPC (burg): 18, 0.025, 0.005, 50
selectObject: sound
end = Get total duration
pulses = Create empty PointProcess: "pulses", 0, end
time = 0.01
while time < end - 0.03
    Add point: time
    share = time / end
    if share < 0.55
        period = 1 / (125 - 60 * share)
    else
        period = randomUniform (0.018, 0.032)
    endif
    time = time + period
endwhile
source = To Sound (pulse train): 16000, 0.7, 0.05, 30
plusObject: lpc
Filter: "no"
Scale peak: 0.7
"""
# Noise instead of the voice, through the same vocal tract.
WHISPER = """
lpc = To LPC (burg): 18, 0.025, 0.005, 50
selectObject: sound
end = Get total duration
source = Create Sound from formula: "noise", 1, 0, end, 16000, "randomGauss (0, 0.1)"
plusObject: lpc
Filter: "no"
Scale peak: 0.4
"""
# The voice itself, moved up to 330 to 480 Hz.
FALSETTO = """
end = Get total duration
manipulation = To Manipulation: 0.01, 60, 400
tier = Create PitchTier: "high", 0, end
Add point: 0, 330
Add point: end / 2, 480
Add point: end, 350
plusObject: manipulation
Replace pitch tier
selectObject: manipulation
Get resynthesis (overlap-add)
Scale peak: 0.7
"""
TREATED = {"creaky": CREAKY, "whisper": WHISPER, "falsetto": FALSETTO}

# Praat's own synthesiser tells where its words and phonemes lie.
WORDS = """
synthesizer = Create SpeechSynthesizer: "English (Great Britain)", "Male4"
Speech output settings: 16000, 0.02, 1, 1, 170, "IPA"
To Sound: "Every speech can be cut into words, and a fast one has more of them a second. " +
... "The boundaries of a careful speaker are easy to find, but a clever machine draws them exactly. " +
... "Call a colleague, and check a few.", "yes"
grid = selected ("TextGrid")
speech = selected ("Sound")
selectObject: speech
Save as WAV file: "words.wav"
selectObject: grid
Text writing preferences: "UTF-8"
Save as text file: "words.TextGrid"
Save as short text file: "words_short.TextGrid"
Extract one tier: 4
Text writing preferences: "UTF-16"
Save as text file: "phonemes_utf16.TextGrid"
points = Create TextGrid: 0, 2.5, "marks words", "marks"
Insert point: 1, 0.25, "first"
Insert point: 1, 2.125, "“last”"
Insert boundary: 2, 1.1
Set interval text: 2, 2, "a ""b"" c"
Save as short text file: "points.TextGrid"
"""


def praat(script: str, folder: Path) -> None:
    """Run a Praat script in `folder`, with its random numbers from a seed."""
    file = folder / "script.praat"
    seeded = f"random_initializeWithSeedUnsafelyButPredictably ({SEED})\n{script}"
    file.write_text(seeded, encoding="utf-8")
    subprocess.run(["praat", "--run", "--utf8", str(file)], cwd=folder, check=True)


def spoken(said: Spoken, folder: Path) -> Path:
    """Let espeak-ng say it; give a 16-bit WAV file at its rate."""
    wav = folder / "said.wav"
    how = ["-v", said.voice, "-s", str(said.speed), "-p", str(said.pitch)]
    subprocess.run(["espeak-ng", *how, "-w", str(wav), said.text], check=True)
    samples, rate_hz = soundfile.read(wav, dtype="float64")
    soundfile.write(wav, soxr.resample(0.8 * samples, rate_hz, said.rate_hz), said.rate_hz, "PCM_16")
    return wav


def treated(name: str, folder: Path) -> Path:
    """Let espeak-ng say it and Praat give it another voice."""
    wav = spoken(SOURCES[name], folder)
    praat(f'sound = Read from file: "{wav}"\n{TREATED[name]}\nSave as WAV file: "{wav}"', folder)
    return wav


def keep(wav: Path, out: Path) -> None:
    """Write a WAV file's samples as FLAC."""
    samples, rate_hz = soundfile.read(wav, dtype="int16")
    soundfile.write(out.with_suffix(".flac"), samples, rate_hz, "PCM_16", compression_level=1.0)


def model_sounds() -> np.ndarray:
    """Give three outputs of the built-in model, one after the other."""
    from core.families.registry import open_model
    from core.networks.latent import draw
    from core.probing.forward import generate
    from resources import demo

    model = open_model(Path(demo.__file__).parent)
    sounds = [generate(model, draw(model.card.layout, seed))["out"].samples for seed in (1, 2, 3)]
    return np.concatenate(sounds)


def make(out: Path) -> None:
    """Make every file."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for title, said in SPOKEN.items():
            keep(spoken(said, folder), out / title)
        for title in SOURCES:
            keep(treated(title, folder), out / title)
        praat(WORDS, folder)
        keep(folder / "words.wav", out / "words")
        for grid in sorted(folder.glob("*.TextGrid")):
            (out / grid.name).write_bytes(grid.read_bytes())
    soundfile.write(out / "model.flac", model_sounds(), 16000, "PCM_16", compression_level=1.0)


if __name__ == "__main__":
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
