"""Music with and without voices, and voices to lay over it, in memory; divided by songs and speakers."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from core.annotation.corpus import sounds_in, textgrid_of
from core.annotation.textgrid import read_textgrid
from core.families.schlueter_grill import FRONTEND
from core.faults import Fault
from core.recordings.sound_file import read_sound
from core.train.corpus import SILENT_PEAK, Skipped
from core.train.reporting import Tell
from core.train.slice_memory import FULL_SCALE, packed
from core.train.voice.made_voices import made_voice
from core.train.voice.recipe import VoiceRecipe

Pcm = NDArray[np.int16]
Kind = Literal["music", "song", "voice", "made"]
HOP = FRONTEND.spectrum.hop
SOUNDING_DB = 30.0
"""A recording of a voice sounds where it is at most so far below its loudest frame."""

REST = 7
"""The number of hops that a rest in a voice may last and still count as sounding, 0.1 s."""

MADE_S = 12.0
VOICE_WORDS = ("voice", "sing", "singing", "vocal", "vocals")
NO_VOICE_WORDS = ("novoice", "no voice", "nosing", "instrumental", "no", "")


@dataclass(frozen=True, eq=False)
class Piece:
    """A recording, and for each hop whether a voice is heard there.

    "music" holds no voice anywhere, a "song" has labels, a "voice" is one alone, "made" ones are made by
    rule. `who` is the song or the speaker.
    """

    name: str
    kind: Kind
    sound: Pcm
    voiced: NDArray[np.bool_]
    who: str


@dataclass(frozen=True, eq=False)
class Pieces:
    """What is learned from and what only measures: no song and no speaker is in both."""

    training: tuple[Piece, ...]
    held_out: tuple[Piece, ...]
    skipped: tuple[Skipped, ...]
    digest: str


def load_pieces(data: Path, voices: Path | None, recipe: VoiceRecipe, tell: Tell) -> Pieces:
    """Read the music under `data` and the voices under `voices`, and make voices by rule.

    A recording's labels are `labels/NAME.csv` in its folder or one above (start,end,label in seconds) or the
    TextGrid beside it; without labels it holds no voice. Raises Fault if there is no music without a voice,
    or no voice.
    """
    skipped: list[Skipped] = []
    found = list(_music(data, recipe, skipped, tell))
    if voices is not None:
        found += _voices(voices, recipe, skipped, tell)
    found += [_made(recipe, k) for k in range(recipe.made_voices)]
    held = _held_out(found, recipe)
    training = tuple(piece for piece in found if (piece.kind, piece.who) not in held)
    apart = tuple(piece for piece in found if (piece.kind, piece.who) in held)
    _check(training, data, skipped)
    return Pieces(training, apart, tuple(skipped), _digest(training))


def _music(data: Path, recipe: VoiceRecipe, skipped: list[Skipped], tell: Tell) -> Iterable[Piece]:
    for path in _sounds_in(data, "music", tell):
        try:
            sound = _sound_of(path, recipe.rate_hz)
            labelled = labels_of(path, data)
            voiced = marked(labelled or (), len(sound), recipe.rate_hz)
            kind: Kind = "music" if labelled is None else "song"
            yield Piece(str(path.relative_to(data)), kind, sound, voiced, path.stem)
        except Fault as fault:
            skipped.append(Skipped(str(path.relative_to(data)), str(fault)))


def _voices(folder: Path, recipe: VoiceRecipe, skipped: list[Skipped], tell: Tell) -> Iterable[Piece]:
    """Yield the recordings of voices, evenly spread if there are many; the folder of each is its speaker."""
    paths = _sounds_in(folder, "voices", tell)
    if len(paths) > recipe.voices:
        paths = [paths[int(k)] for k in np.linspace(0, len(paths) - 1, recipe.voices).round()]
    for path in paths:
        try:
            sound = _sound_of(path, recipe.rate_hz)
            who = path.parent.name if path.parent != folder else path.stem
            yield Piece(str(path.relative_to(folder)), "voice", sound, sounding(sound), who)
        except Fault as fault:
            skipped.append(Skipped(str(path.relative_to(folder)), str(fault)))


def _sounds_in(folder: Path, what: str, tell: Tell) -> list[Path]:
    if not folder.is_dir():
        raise Fault(f"The folder “{folder}” does not exist.", "Choose the folder with the recordings.")
    paths = sounds_in(folder)
    tell(f"reading {len(paths)} recordings of {what}")
    return paths


def _sound_of(path: Path, rate_hz: int) -> Pcm:
    sound, _, _ = read_sound(path, rate_hz)
    if not len(sound) or np.ptp(sound) < SILENT_PEAK:
        raise Fault("It is silent.")
    return packed(sound.clip(-1, 1))


def _made(recipe: VoiceRecipe, number: int) -> Piece:
    chance = np.random.default_rng([recipe.seed, 1, number])
    sound, on = made_voice(chance, MADE_S, recipe.rate_hz)
    hops = -(-len(sound) // HOP)
    return Piece(f"made {number}", "made", packed(sound), on[np.arange(hops) * HOP], str(number))


Stretch = tuple[float, float]


def labels_of(path: Path, top: Path) -> tuple[Stretch, ...] | None:
    """Return where a recording's labels hear a voice, in seconds; None if it has no labels."""
    for folder in (path.parent, *path.parent.parents):
        table = folder / "labels" / f"{path.stem}.csv"
        if table.is_file():
            return _from_table(table)
        if folder == top:
            break
    grid = textgrid_of(path, path.parent)
    return None if grid is None else _from_grid(grid)


def _from_table(path: Path) -> tuple[Stretch, ...]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    try:
        return tuple(
            (float(row["start"]), float(row["end"])) for row in rows if _is_voice(row.get("label", "voice"))
        )
    except (KeyError, TypeError, ValueError) as flaw:
        raise Fault(
            f"Its labels “{path.name}” cannot be read.",
            "They need the columns start, end and label, in seconds.",
        ) from flaw


def _from_grid(path: Path) -> tuple[Stretch, ...]:
    for tier in read_textgrid(path).annotation.tiers:
        if tier.is_interval and {label.strip().lower() for label in tier.labels} & set(VOICE_WORDS):
            ranges = [tier.range_of(k) for k, label in enumerate(tier.labels) if _is_voice(label)]
            return tuple((one.start_s, one.end_s) for one in ranges)
    raise Fault(
        f"Its labels “{path.name}” name no voice.", f"Label the intervals “{VOICE_WORDS[0]}” where it sings."
    )


def _is_voice(label: str | None) -> bool:
    return (label or "").strip().lower() not in NO_VOICE_WORDS


def marked(stretches: Sequence[Stretch], n: int, rate_hz: float) -> NDArray[np.bool_]:
    """Return for each hop of `n` samples whether it lies in a stretch."""
    times = np.arange(-(-n // HOP)) * HOP / rate_hz
    inside = np.zeros(len(times), np.bool_)
    for start_s, end_s in stretches:
        inside |= (times >= start_s) & (times < end_s)
    return inside


def sounding(sound: Pcm) -> NDArray[np.bool_]:
    """Return for each hop whether a voice alone sounds; rests shorter than 0.1 s count as sounding."""
    from scipy.ndimage import binary_closing  # pyright: ignore[reportUnknownVariableType]

    hops = -(-len(sound) // HOP)
    whole = np.zeros(hops * HOP, np.float32)
    whole[: len(sound)] = sound
    power = np.square(whole.reshape(hops, HOP)).mean(1)
    loud = power > power.max() * 10 ** (-SOUNDING_DB / 10)
    closed = np.asarray(binary_closing(np.pad(loud, REST), np.ones(REST, np.bool_)), np.bool_)
    return closed[REST:-REST]


def _held_out(found: Sequence[Piece], recipe: VoiceRecipe) -> set[tuple[str, str]]:
    """Choose songs, pieces of music and speakers that only measure; one at least of each kind with two."""
    held: set[tuple[str, str]] = set()
    for kind in ("music", "song", "voice", "made"):
        names = sorted({piece.who for piece in found if piece.kind == kind})
        count = max(1, round(recipe.held_out * len(names))) if recipe.held_out and len(names) > 1 else 0
        order = np.random.default_rng([recipe.seed, 2]).permutation(len(names))
        held |= {(kind, names[int(k)]) for k in order[:count]}
    return held


def _check(training: Sequence[Piece], data: Path, skipped: Sequence[Skipped]) -> None:
    told = " ".join(f"{one.name}: {one.reason}" for one in skipped[:3])
    if not any((~piece.voiced).any() for piece in training if piece.kind in ("music", "song")):
        raise Fault(
            f"“{data.name}” has no music without a voice to learn from.",
            told or "Recordings without labels count as music without a voice.",
        )
    if not any(piece.voiced.any() for piece in training):
        raise Fault("There is no voice to learn from.", "Label the songs, or name recordings with --voices.")


def _digest(training: Sequence[Piece]) -> str:
    whole = hashlib.sha256()
    for piece in training:
        whole.update(piece.voiced.tobytes())
        whole.update(piece.sound.data.cast("B"))
    return whole.hexdigest()


def seconds(pieces: Iterable[Piece], rate_hz: float, kinds: Sequence[Kind]) -> float:
    """Return how long the pieces of these kinds last together."""
    return sum(len(piece.sound) for piece in pieces if piece.kind in kinds) / rate_hz


def as_float(sound: Pcm) -> NDArray[np.float32]:
    """Return 16-bit samples as numbers from -1 to 1."""
    return sound.astype(np.float32) / np.float32(FULL_SCALE)
