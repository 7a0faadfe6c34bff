"""How well a detector hears voices in songs and by speakers that it did not learn from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from core.families.schlueter_grill import FRAMES, RATE_HZ
from core.frontends.tensors import tensor
from core.train.voice.excerpts import Choice, Draw, cut, laid_over, plain_bands, samples_for
from core.train.voice.made_voices import Line, line
from core.train.voice.network import VoiceNetwork
from core.train.voice.pieces import Piece

LENGTH = samples_for(FRAMES)
LEVELS_DB = (-6.0, 0.0, 6.0, 12.0)
LINES: tuple[Line, ...] = ("straight", "sloped", "wiggly")
AT_ONCE, SEED = 32, 11
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Scores:
    """How well two sets of logits are told apart: with a voice, and without one.

    `auc` is the probability that an excerpt with a voice gets the higher value.
    """

    correct: float
    recall: float
    false_alarms: float
    auc: float
    n: int

    @classmethod
    def of(cls, voiced: Floats, unvoiced: Floats) -> Scores:
        """Compute the scores; the threshold is a probability of one half."""
        recall, alarms = float((voiced > 0).mean()), float((unvoiced > 0).mean())
        wins = (voiced[:, None] > unvoiced).mean() + 0.5 * (voiced[:, None] == unvoiced).mean()
        right = (voiced > 0).sum() + (unvoiced <= 0).sum()
        n = len(voiced) + len(unvoiced)
        return cls(float(right) / n, recall, alarms, float(wins), n)

    def plain(self) -> dict[str, float | int]:
        """Return the figures as plain values."""
        return {
            "correct": round(self.correct, 4),
            "recall": round(self.recall, 4),
            "false_alarms": round(self.false_alarms, 4),
            "auc": round(self.auc, 4),
            "excerpts": self.n,
        }


@dataclass(frozen=True)
class VoiceEvaluation:
    """The scores of each kind of excerpt, and the share of lines that are taken for a voice."""

    steps: int
    scores: Mapping[str, Scores]
    lines: Mapping[str, float] = field(default_factory=dict[str, float])

    def plain(self) -> dict[str, Any]:
        """Return the figures as plain values, for the card."""
        return {name: one.plain() for name, one in self.scores.items()} | {
            "lines_heard_as_voice": dict(self.lines)
        }

    def values(self) -> dict[str, float]:
        """Return the figures by name, for the records."""
        found = {f"correct {name}": one.correct for name, one in self.scores.items()}
        return found | {f"{name} lines heard as voice": share for name, share in self.lines.items()}

    def words(self) -> str:
        """Tell the figures in a sentence."""
        parts = [f"{name} {one.correct:.1%} (AUC {one.auc:.3f})" for name, one in self.scores.items()]
        lines = ", ".join(f"{name} {share:.0%}" for name, share in self.lines.items())
        return f"held out, correct: {' · '.join(parts)} · lines heard as a voice: {lines}"


def evaluate(network: VoiceNetwork, held: Sequence[Piece], steps: int, count: int) -> VoiceEvaluation:
    """Return the scores on `count` excerpts of each kind, always the same ones."""
    chance = np.random.default_rng(SEED)
    draw = Draw(held, (0.0, 0.0), LENGTH)
    music = [cut(*draw.music.draw(chance), LENGTH) for _ in range(count)] if draw.music.count else []
    unvoiced = logits_of(network, music)
    scores: dict[str, Scores] = {}
    for name, kind in (("speech over music", "voice"), ("made voices over music", "made")):
        choice = Choice(held, "voice" if kind == "voice" else "made", True)
        for level_db in LEVELS_DB if choice.count and music else ():
            over = [laid_over(under, cut(*choice.draw(chance), LENGTH), level_db) for under in music]
            scores[f"{name} at {level_db:+g} dB"] = Scores.of(logits_of(network, over), unvoiced)
    sung, rests = Choice(held, "song", True), Choice(held, "song", False)
    if sung.count and rests.count:
        both = [[cut(*c.draw(chance), LENGTH) for _ in range(count)] for c in (sung, rests)]
        scores["songs"] = Scores.of(logits_of(network, both[0]), logits_of(network, both[1]))
    return VoiceEvaluation(steps, scores, lines_heard(network, count))


def lines_heard(network: VoiceNetwork, count: int) -> dict[str, float]:
    """Return the share of lines without formants that are taken for a voice: the known shortcut."""
    chance = np.random.default_rng(SEED)
    return {
        kind: float(
            (
                logits_of(network, [line(chance, kind, LENGTH / RATE_HZ, RATE_HZ) for _ in range(count)]) > 0
            ).mean()
        )
        for kind in LINES
    }


def logits_of(network: VoiceNetwork, sounds: Sequence[NDArray[np.float32]]) -> Floats:
    """Return the logit in the middle of each excerpt."""
    was_training = network.training
    network.eval()
    device, found = next(network.parameters()).device, list[Floats]()
    with torch.no_grad():
        for first in range(0, len(sounds), AT_ONCE):
            some = tensor(np.stack(sounds[first : first + AT_ONCE]))
            found.append(network(plain_bands(some).to(device)).double().cpu().numpy())
    network.train(was_training)
    return np.concatenate(found) if found else np.empty(0)
