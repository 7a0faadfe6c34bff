"""What a network says about one recording, as a TextGrid, a table, arrays and a record."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from core.annotation.textgrid import write_textgrid
from core.annotation.tiers import Annotation, Tier
from core.answers.class_curves import class_tiers
from core.answers.ctc import letters, letters_tier, text
from core.answers.hearing import HeardSound
from core.answers.label_scores import LabelScores
from core.answers.pitch_contour import pitch_contour
from core.export.record import write_json
from core.files.atomic import atomic
from core.files.table import digits

HEADS: dict[str, tuple[str, ...]] = {
    "letters": ("file", "letter", "time_s", "label", "probability"),
    "classes": ("file", "frame", "time_s", "label", "probability"),
    "pitch": ("file", "frame", "time_s", "f0_hz", "confidence"),
    "nothing": ("file", "frame", "time_s"),
}


@dataclass(frozen=True)
class AnswerExport:
    """One recording heard by a network: its file name, the base of the files' names, its length in seconds,
    and what the record says besides; `lens` holds what the head says of each layer, if it was asked.
    """

    file: str
    stem: str
    duration_s: float
    heard: HeardSound
    about: Mapping[str, Any]
    lens: Mapping[str, LabelScores] = field(default_factory=dict[str, LabelScores])


def files_of(stem: str) -> tuple[str, str, str, str]:
    """Return the names of the files for one recording; the record, which comes last, says that all exist."""
    return f"{stem}.TextGrid", f"{stem}.csv", f"{stem}.npz", f"{stem}.json"


def write_answers(done: AnswerExport, folder: Path) -> str:
    """Write every file, the record last; return what the network said in a few words."""
    grid, table, arrays, record = (folder / name for name in files_of(done.stem))
    scores = done.heard.answer
    tiers = (*TIERS[scores.kind](scores, done.duration_s), *_lens_tiers(done))
    if tiers:
        write_textgrid(grid, Annotation(tiers, 0.0, done.duration_s))
    with atomic(table) as draft, draft.open("w", encoding="utf-8", newline="") as out:
        rows = csv.writer(out, lineterminator="\n")
        rows.writerow(HEADS[scores.kind])
        rows.writerows((done.file, *row) for row in ROWS[scores.kind](scores))
    with atomic(arrays) as draft, draft.open("wb") as out:
        named: dict[str, Any] = {**done.heard.curves, "logits": scores.logits}
        np.savez(out, **named)
    said = WORDS[scores.kind](scores)
    write_json(record, {**done.about, "said": said, **_layout(done)})
    return said


def _layout(done: AnswerExport) -> dict[str, Any]:
    """Return what is needed to read the arrays: labels, and the axes of the frames and of every layer."""
    axes = {**done.heard.axes, "logits": done.heard.answer.axis}
    return {
        "labels": list(done.heard.answer.labels),
        "scores": done.heard.answer.scores,
        "axes": {
            name: {"rate_hz": axis.rate_hz, "start_s": axis.start_s, "samples": axis.n}
            for name, axis in axes.items()
        },
    }


def _letter_tiers(scores: LabelScores, end_s: float) -> tuple[Tier, ...]:
    return (letters_tier(letters(scores), "letters", 0.0, end_s),)


def _lens_tiers(done: AnswerExport) -> tuple[Tier, ...]:
    return tuple(letters_tier(letters(one), name, 0.0, done.duration_s) for name, one in done.lens.items())


def _class_tiers(scores: LabelScores, end_s: float) -> tuple[Tier, ...]:
    return class_tiers(scores, 0.0, end_s)


def _no_tiers(scores: LabelScores, end_s: float) -> tuple[Tier, ...]:
    return ()


def _letter_rows(scores: LabelScores) -> Iterable[tuple[Any, ...]]:
    for number, one in enumerate(letters(scores), 1):
        yield number, f"{one.time_s:.9f}", one.label, digits(one.probability)


def _class_rows(scores: LabelScores) -> Iterable[tuple[Any, ...]]:
    values = scores.probabilities()
    for frame, time_s in enumerate(scores.axis.times().tolist()):
        for label, value in zip(scores.labels, values[frame].tolist(), strict=True):
            yield frame + 1, f"{time_s:.9f}", label, digits(value)


def _pitch_rows(scores: LabelScores) -> Iterable[tuple[Any, ...]]:
    pitch, confidence = pitch_contour(scores)
    for frame, time_s in enumerate(scores.axis.times().tolist()):
        values = (digits(float(pitch.samples[frame])), digits(float(confidence.samples[frame])))
        yield frame + 1, f"{time_s:.9f}", *values


def _no_rows(scores: LabelScores) -> Iterable[tuple[Any, ...]]:
    return ()


def _letter_words(scores: LabelScores) -> str:
    return text(letters(scores))


def _class_words(scores: LabelScores) -> str:
    known = scores.scores != "none"
    means = scores.probabilities().mean(0) * (100 if known else 1)
    best = np.argsort(-means)[:3].tolist()
    return ", ".join(f"{scores.labels[k]} {means[k]:.3g}{' %' if known else ''}" for k in best)


def _pitch_words(scores: LabelScores) -> str:
    pitch, _ = pitch_contour(scores)
    voiced = pitch.samples[np.isfinite(pitch.samples)]
    if not len(voiced):
        return "no pitch"
    return f"median {np.median(voiced):.1f} Hz in {len(voiced)} of {len(pitch.samples)} frames"


def _no_words(scores: LabelScores) -> str:
    return f"layers of {scores.axis.n} frames; without a head it says nothing"


TIERS = {
    "letters": _letter_tiers,
    "classes": _class_tiers,
    "pitch": _no_tiers,
    "nothing": _no_tiers,
}
ROWS = {"letters": _letter_rows, "classes": _class_rows, "pitch": _pitch_rows, "nothing": _no_rows}
WORDS = {"letters": _letter_words, "classes": _class_words, "pitch": _pitch_words, "nothing": _no_words}
