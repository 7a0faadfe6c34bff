"""`phonoscope info`: what is known about a checkpoint, and from where."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from app.cli_model import name_assumptions, opened
from core.export.record import assumed, layer_facts
from core.families.base import Card, LayerInfo, Question

_NETWORKS = {"G": "generator", "D": "discriminator", "Q": "Q network"}


def run(asked: Namespace) -> int:
    """Print the facts of `asked.path` as a table, or as one JSON object."""
    card: Card = opened(asked).card
    if asked.json:
        print(msgspec.json.format(msgspec.json.encode(plain(card)), indent=2).decode())
    else:
        print("\n".join(told(card)))
    sys.stdout.flush()
    name_assumptions(card)
    return 0


def plain(card: Card) -> dict[str, Any]:
    """Give a card as the documented JSON-ready values of `info --json`."""
    names = ("path", "title", "family", "digest", "size_bytes", "rate_hz", "slice_len", "sounds")
    return {
        **{name: getattr(card, name) for name in names},
        "latent": msgspec.to_builtins(card.layout),
        "answers": dict(card.answers),
        "assumed": assumed(card),
        "facts": msgspec.to_builtins(card.facts),
        "questions": msgspec.to_builtins(card.questions),
        "networks": {name: [layer_facts(layer) for layer in layers] for name, layers in card.layers.items()},
    }


def told(card: Card) -> list[str]:
    """Give a card as lines for reading."""
    lines = [card.title, card.family, f"SHA-256 of its networks {card.digest}", ""]
    lines += _table([("Fact", "Value", "Known", ""), *map(_fact, card.facts)])
    for network, layers in card.layers.items():
        head = (
            f"{network}, {_NETWORKS[network]}",
            "Channels × samples",
            "Rate",
            "Nyquist",
            "First sample at",
        )
        lines += ["", *_table([head, *map(_layer, layers)])]
    if not card.sounds:
        lines += ["", "The output is no sound: its layers can be seen and written, not heard."]
    for question in card.questions:
        lines += ["", *_question(question, card)]
    return lines


def _fact(fact: Any) -> Sequence[str]:
    return (fact.name, str(fact.value), fact.source, fact.note)


def _layer(layer: LayerInfo) -> Sequence[str]:
    axis = layer.axis
    size = f"{layer.channels} × {axis.n}"
    return (
        f"  {layer.name}",
        size,
        f"{axis.rate_hz:.6g} Hz",
        f"{axis.nyquist_hz:.6g} Hz",
        f"{axis.start_s:.6f} s",
    )


def _question(question: Question, card: Card) -> Iterable[str]:
    """Give the question, its answer or what is assumed, and how to answer it."""
    known = "assumed" if question.name in card.unanswered else "settled"
    yield f"{question.sentence} ({question.name}, {known}: {card.answers[question.name]})"
    for choice in question.choices:
        yield f"  --answer {question.name}={choice.value}   {choice.words}"


def _table(rows: Sequence[Sequence[str]]) -> list[str]:
    """Lay rows out in columns, each as wide as its widest cell."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
