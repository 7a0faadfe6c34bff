"""A corpus of transcribed utterances in memory, divided by speakers."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.faults import Fault
from core.recordings.sound_file import read_sound
from core.train.corpus import SILENT_PEAK, Skipped
from core.train.letters.alphabet import frames_needed
from core.train.letters.augmentation import Pcm
from core.train.letters.recipe import LetterRecipe, frames_out
from core.train.letters.transcripts import Transcribed, find_transcribed
from core.train.letters.word_times import TimedWord, timed_words
from core.train.reporting import Tell
from core.train.slice_memory import FULL_SCALE, packed

LONGEST_S = 40.0
TELL_EVERY_S = 10.0
LEAST_SPEAKERS = 3


@dataclass(frozen=True, eq=False)
class Utterance:
    """A sound, what is said in it in the letters of the alphabet, and by whom (None if unknown).

    `words` are the words with their times, if a TextGrid tells them.
    """

    name: str
    sound: Pcm
    text: str
    speaker: str | None
    corpus: str
    words: tuple[TimedWord, ...] = ()


@dataclass(frozen=True, eq=False)
class Utterances:
    """The utterances to learn from and those that only measure.

    `by_speaker` says whether no speaker is in both.
    """

    training: tuple[Utterance, ...]
    held_out: tuple[Utterance, ...]
    skipped: tuple[Skipped, ...]
    by_speaker: bool
    digest: str


def load_utterances(
    data: Path, recipe: LetterRecipe, tier: str = "", tell: Tell = lambda _: None
) -> Utterances:
    """Read all transcribed recordings of a folder or table; tell now and then how many have been read.

    Raises Fault if fewer than two utterances are left to learn from.
    """
    listed, skipped = find_transcribed(data, tier)
    found: list[tuple[Transcribed, Utterance]] = []
    read: tuple[Path, Pcm] | None = None
    told_at = time.monotonic()
    for number, one in enumerate(listed):
        if time.monotonic() - told_at > TELL_EVERY_S:
            tell(f"read {number} of {len(listed)} recordings")
            told_at = time.monotonic()
        try:
            if read is None or read[0] != one.sound:
                read = one.sound, _sound_of(one.sound, recipe.rate_hz)
            found.append((one, _utterance(one, read[1], recipe, tier)))
        except Fault as fault:
            skipped.append(Skipped(one.name, str(fault)))
    held, by_speaker = _held_out([one for one, _ in found], recipe.held_out, recipe.seed)
    training = tuple(made for k, (_, made) in enumerate(found) if k not in held)
    if len(training) < 2:
        raise _too_few(data, len(training), skipped)
    apart = tuple(made for k, (_, made) in enumerate(found) if k in held)
    return Utterances(training, apart, tuple(skipped), by_speaker, _digest(training))


def _sound_of(path: Path, rate_hz: int) -> Pcm:
    sound, _, _ = read_sound(path, rate_hz)
    return packed(sound.clip(-1, 1))


def _utterance(one: Transcribed, sound: Pcm, recipe: LetterRecipe, tier: str) -> Utterance:
    """Return an utterance; raises Fault, with the reason for skipping it, if it teaches nothing."""
    if one.within is not None:
        first, last = (round(time_s * recipe.rate_hz) for time_s in (one.within.start_s, one.within.end_s))
        sound = sound[max(0, first) : last]
    text = recipe.alphabet.written(one.text)
    if not text:
        raise Fault(f"Its transcript “{one.text.strip()}” has no letters.")
    seconds = len(sound) / recipe.rate_hz
    if seconds > LONGEST_S:
        raise Fault(
            f"It lasts {seconds:.0f} s, longer than {LONGEST_S:.0f} s.",
            "Give it a TextGrid whose intervals hold the words, or cut it.",
        )
    if not len(sound) or int(sound.max()) - int(sound.min()) < SILENT_PEAK * FULL_SCALE:
        raise Fault("It is silent.")
    frames = frames_out(recipe.frontend.length(round(len(sound) / (1 + recipe.speed))))
    if frames_needed(recipe.alphabet.encoded(text)) > frames:
        raise Fault(f"Its transcript has {len(text)} letters, too many for {seconds:.2f} s.")
    words = timed_words(one, text, recipe.alphabet, tier) if recipe.timed else ()
    return Utterance(one.name, sound, text, one.speaker, one.corpus, words)


def _held_out(found: Sequence[Transcribed], part: float, seed: int) -> tuple[set[int], bool]:
    """Choose the utterances that only measure: those a table holds out, else a share of the speakers, else,
    where speakers are unknown or too few, a share of the utterances.

    Returns their places, and whether all are by speakers of whom nothing is learned.
    """
    chance = np.random.default_rng(seed)
    if any(one.held_out for one in found):
        held = {k for k, one in enumerate(found) if one.held_out}
    else:
        speakers = sorted({one.speaker for one in found if one.speaker is not None})
        known = all(one.speaker is not None for one in found) and len(speakers) >= LEAST_SPEAKERS
        units = speakers if known else [str(k) for k in range(len(found))]
        count = max(1, round(part * len(units))) if part and len(units) >= LEAST_SPEAKERS else 0
        chosen = {units[int(k)] for k in chance.permutation(len(units))[:count]}
        held = {k for k, one in enumerate(found) if (one.speaker if known else str(k)) in chosen}
    taught = {one.speaker for k, one in enumerate(found) if k not in held}
    tested = {found[k].speaker for k in held}
    return held, not taught & tested and None not in tested


def _digest(training: Sequence[Utterance]) -> str:
    whole = hashlib.sha256()
    for one in training:
        whole.update(one.text.encode() + b"\n")
        whole.update(one.sound.data.cast("B"))
    return whole.hexdigest()


def _too_few(data: Path, count: int, skipped: Sequence[Skipped]) -> Fault:
    reasons = " ".join(f"{one.name}: {one.reason}" for one in skipped[:3])
    more = f" And {len(skipped) - 3} more." if len(skipped) > 3 else ""
    told = f"Skipped: {reasons}{more}" if skipped else "There is no recording in it."
    if count:
        return Fault(f"“{data.name}” has only one transcribed recording to learn from.", f"Add some. {told}")
    return Fault(f"“{data.name}” has no transcribed recording to learn from.", told)
