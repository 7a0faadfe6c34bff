"""The settings of a recogniser's training, frozen and comparable."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

from core.faults import Fault
from core.frontends.compression import Log
from core.frontends.log_mel import LogMel
from core.frontends.spectrum import Spectrum
from core.train.letters.alphabet import ENGLISH, Alphabet

STRIDE = 2
NARROW = 7
"""The number of convolutions with the narrow kernel."""

HOP_S, WINDOW_S, LOW_HZ = 0.01, 0.025, 60.0
LOG = Log(0.25, 1e4, 1.0)
"""ln(1 + 1e4 power) / 4: silence is 0, as are the zeros that convolutions add at both ends."""


@dataclass(frozen=True, slots=True)
class LetterRecipe:
    """Wav2Letter (Collobert et al. 2016) in a form that learns from a few hours of speech on a processor.

    The eleven convolutions are `kernels[0]` taps with stride 2, seven of `kernels[1]` and one of `kernels[2]`
    taps, and two of one tap; `dim` channels, then `head`. The learning rate rises over `warm_up` steps and
    falls as a cosine. Each time an utterance is used it is played up to `speed` faster or slower and up to
    `gain_db` louder or softer; with `masks`, bands and stretches of its spectrogram are left out (Park et al.
    2019). Where TextGrids tell when words are said, the frames are taught first; over the part `timed` of all
    steps CTC takes their place. `held_out` is the share of the speakers that only measure.
    """

    model: Literal["wav2letter"] = "wav2letter"
    letters: str = ENGLISH
    rate_hz: int = 16000
    bands: int = 64
    dim: int = 192
    head: int = 384
    kernels: tuple[int, int, int] = (11, 7, 16)
    batch: int = 16
    learning_rate: float = 2e-3
    weight_decay: float = 1e-2
    warm_up: int = 500
    dropout: float = 0.1
    speed: float = 0.1
    gain_db: float = 12.0
    masks: bool = True
    timed: float = 0.6
    held_out: float = 0.1
    seed: int = 0

    def __post_init__(self) -> None:
        for sentence, hint, wrong in self._complaints():
            if wrong:
                raise Fault(sentence, hint)

    def _complaints(self) -> tuple[tuple[str, str, bool], ...]:
        first, narrow, last = self.kernels
        return (
            (
                "The letters must be different, in lower case, and without a space.",
                "Write them in one word, such as abcdefghijklmnopqrstuvwxyz'.",
                not self.letters
                or len(set(self.letters)) < len(self.letters)
                or self.letters != self.letters.lower()
                or any(sign.isspace() for sign in self.letters),
            ),
            (
                f"Kernels of {first}, {narrow} and {last} taps do not make a Wav2Letter.",
                "The first and the last have at least 8 taps, the one between has an odd number.",
                min(first, last) < 8 or narrow < 1 or narrow % 2 == 0,
            ),
            (
                "Dim, head, bands and batch must be at least 1, the rate at least 2000 Hz.",
                "Use whole numbers.",
                min(self.dim, self.head, self.bands, self.batch) < 1 or self.rate_hz < 2000,
            ),
            ("A learning rate must be above 0.", "2e-3 is usual.", not 0 < self.learning_rate < 1e6),
            ("A warm-up cannot last less than 0 steps.", "Use 0 for none.", self.warm_up < 0),
            ("The speed can change by less than half at most.", "0.1 is usual.", not 0 <= self.speed < 0.5),
            (
                "Dropout, the held-out share and the timed part must lie between 0 and 1.",
                "Use 0 for none.",
                not (0 <= self.dropout < 1 and 0 <= self.held_out < 1 and 0 <= self.timed <= 1),
            ),
            ("A seed must be a whole number from 0.", "Use --seed 0 or more.", self.seed < 0),
        )

    @property
    def alphabet(self) -> Alphabet:
        """The letters as the network's outputs."""
        return Alphabet(self.letters)

    @property
    def taps(self) -> tuple[int, ...]:
        """The taps of the eleven convolutions."""
        first, narrow, last = self.kernels
        return (first, *([narrow] * NARROW), last, 1, 1)

    @property
    def widths(self) -> tuple[int, ...]:
        """The channels of the network's input and of its eleven convolutions."""
        outputs = len(self.alphabet.labels)
        return (self.bands, *([self.dim] * (NARROW + 1)), self.head, self.head, outputs)

    @property
    def frontend(self) -> LogMel:
        """What is computed from the samples: mel bands every 10 ms, from 25 ms.

        They are not normalised over the recording, so that a part of a sound is heard as it is in the whole.
        """
        width, hop = round(WINDOW_S * self.rate_hz), round(HOP_S * self.rate_hz)
        spectrum = Spectrum(1 << (width - 1).bit_length(), hop, width, edge="zeros")
        return LogMel(self.rate_hz, spectrum, self.bands, LOW_HZ, self.rate_hz / 2, "slaney", LOG)

    def plain(self) -> dict[str, Any]:
        return asdict(self)


FRAME_S = STRIDE * HOP_S
"""How long a frame of the network's answer is."""


def frames_out(frames: int) -> int:
    """Return the number of frames of the network's answer."""
    return -(-frames // STRIDE)
