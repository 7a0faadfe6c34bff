"""The model and the latent point, as `info`, `layers` and `shot` read them from the options."""

from __future__ import annotations

import shlex
import sys
from argparse import Namespace
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import shorten
from typing import TYPE_CHECKING, Any

from app.models.built_in import built_in_model
from core.export.record import assumed, read_point
from core.families.card import Answer, Card
from core.faults import Fault
from core.networks.latent import LatentLayout, Point, draw

if TYPE_CHECKING:
    from core.checkpoint.run_files import ChooseRun

MOST_RUNS_NAMED = 12


@dataclass(frozen=True, slots=True)
class PointChoice:
    """A latent point and its origin; `seed` is None if a file gave the vector."""

    point: Point
    seed: int | None
    code: tuple[float, ...] | None
    changes: Mapping[str, float] = field(default_factory=dict[str, float])


def path_of(asked: Namespace) -> str:
    """Return the requested checkpoint, or the built-in model if none is named."""
    if asked.path:
        return asked.path
    file = built_in_model()
    if file is None:
        raise Fault("No model ships with this copy of Phonoscope.", "Name a checkpoint.")
    return str(file)


def opened(asked: Namespace) -> Any:
    """Open the requested model with the given answers. Raises Fault for an answer to no question."""
    answers = {name: typed(text) for name, text in asked.answer}
    model = _one_run(path_of(asked), answers)
    names = [question.name for question in model.card.questions]
    for name in answers:
        if name not in names:
            hint = f"It asks: {', '.join(names)}." if names else "It has no open question."
            raise Fault(f"This model does not ask for “{name}”.", hint)
    return model


def _one_run(path: str, answers: Mapping[str, Answer]) -> Any:
    """Open the model; if a folder holds several runs, the fault names them as paths to type."""
    from core.checkpoint.run_files import ChooseRun
    from core.families.registry import open_model

    try:
        return open_model(Path(path), answers)
    except ChooseRun as choice:
        raise several(choice) from None


def several(choice: ChooseRun) -> Fault:
    """Return the fault for a folder of several runs, which names them as paths to type."""
    runs = [shlex.quote(str(run)) for run, _ in choice.choices]
    more = ", .." if len(runs) > MOST_RUNS_NAMED else ""
    return Fault(choice.sentence, f"Choose one: {', '.join(runs[:MOST_RUNS_NAMED])}{more}")


def typed(text: str) -> Answer:
    """Return an answer as a whole number, a number or a word."""
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def drawn(asked: Namespace, layout: LatentLayout) -> PointChoice:
    """Return the requested point: the vector of a file or a seed, then the code, then the changes."""
    changes = dict(asked.changes)
    if asked.point is None:
        seed = asked.seed or 0
        return PointChoice(draw(layout, seed, asked.code, changes), seed, asked.code, changes)
    point = read_point(asked.point, layout)
    if asked.seed is not None or asked.code is not None or changes:
        raise Fault(
            "A point file is used without changes.", "Omit --point, or omit --seed, --code and --set."
        )
    return PointChoice(point, None, None)


def name_assumptions(card: Card, doubts: bool = True) -> None:
    """Print on standard error what is doubtful about a model, and in one line which answers were assumed."""
    for fact in card.warnings if doubts else ():
        note(f"warning: {fact.value} {fact.note}".strip())
    values = [f"{name} {shorten(str(value), 60, placeholder=' ..')}" for name, value in assumed(card).items()]
    if values:
        note(
            f"assumed, because the checkpoint does not say: {', '.join(values)} "
            "(change with --answer NAME=VALUE)"
        )


def note(sentence: str) -> None:
    """Print a note that is not a fault on standard error."""
    print(f"phonoscope: {sentence}", file=sys.stderr)
