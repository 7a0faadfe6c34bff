"""`phonoscope info`: what is known about a checkpoint, and from which source."""

from __future__ import annotations

import math
import shlex
import sys
from argparse import Namespace
from collections.abc import Sequence
from typing import Any

import msgspec

from app.cli.model import name_assumptions, opened
from core.export.record import assumed, layer_facts
from core.families.card import Card, NetworkCard, Question
from core.families.model import NAMES
from core.files.json_text import json_bytes
from core.networks.layer_info import LayerInfo
from core.networks.spec import ClassesOutput, FeaturesOutput, FramesOutput, SoundDrive

MOST_LABELS = 60


def run(asked: Namespace) -> int:
    """Print the facts of a model as a table, or as one JSON object."""
    card: Card = opened(asked).card
    if asked.json:
        print(msgspec.json.format(json_bytes(plain(card)), indent=2).decode())
    else:
        print("\n".join(told(card)))
    sys.stdout.flush()
    name_assumptions(card, doubts=asked.json)
    return 0


def plain(card: Card) -> dict[str, Any]:
    """Return a card as the documented JSON-ready values of `info --json`."""
    names = ("path", "title", "family", "digest", "size_bytes", "rate_hz", "slice_len", "sounds")
    return {
        **{name: getattr(card, name) for name in names},
        "latent": msgspec.to_builtins(card.layout),
        "answers": dict(card.answers),
        "assumed": assumed(card),
        "facts": msgspec.to_builtins(card.facts),
        "questions": msgspec.to_builtins(card.questions),
        "networks": {name: [layer_facts(layer) for layer in layers] for name, layers in card.layers.items()},
        "outputs": {name: _output(network) for name, network in card.networks.items() if _hears(network)},
    }


def _hears(network: NetworkCard) -> bool:
    return isinstance(network.output, ClassesOutput | FramesOutput)


def _output(network: NetworkCard) -> dict[str, Any]:
    """Return what a network answers: its labels, how scores become probabilities, and the frames' axis."""
    output = network.output
    assert isinstance(output, ClassesOutput | FramesOutput)
    hears = {name: value if math.isfinite(value) else None for name, value in network.hears_s.items()}
    about: dict[str, Any] = {"labels": list(output.labels), "scores": output.scores, "hears_s": hears}
    if network.answer is not None:
        axis = network.answer.axis
        about |= {"rate_hz": axis.rate_hz, "start_s": axis.start_s}
    return about


def told(card: Card) -> list[str]:
    """Return a card as lines of text."""
    whose = _network(next(iter(card.networks)))
    lines = [card.title, card.path, f"{card.size_bytes / 1e6:.1f} MB, {whose}'s SHA-256 {card.digest}", ""]
    facts = [_fact(fact) for fact in card.facts if fact not in card.warnings]
    lines += _table([("Fact", "Value", "Known", ""), *facts])
    lines += (
        ["", *(f"Warning: {fact.value} {fact.note}".rstrip() for fact in card.warnings)]
        if card.warnings
        else []
    )
    for role, network in card.networks.items():
        head = (
            f"{role}, {_network(role)}" if role in NAMES else role,
            "Channels × samples",
            "Rate",
            "Nyquist",
            "First sample at",
            *(("Hears",) if network.hears_s else ()),
        )
        rows = [(*_layer(layer), *_hearing(network, layer.name)) for layer in network.layers]
        lines += ["", *_table([head, *rows]), *_driven(network)]
    if card.generator is not None and not card.sounds:
        lines += ["", "The output is not a sound: its layers can be seen and written, but not played."]
    for question in card.questions:
        if question.name in card.unanswered:
            lines += ["", *_question(question)]
    settled = [question.name for question in card.questions if question.name not in card.unanswered]
    if settled:
        lines += ["", f"What --answer NAME=VALUE can change: {', '.join(settled)}"]
    return lines


def _network(role: str) -> str:
    """Return a network's name in words; roles other than G, D and Q are words already."""
    return NAMES.get(role, role)


def _driven(network: NetworkCard) -> list[str]:
    """Return lines on what sound drives a network, and on its answer."""
    drive, output = network.drive, network.output
    if not isinstance(drive, SoundDrive):
        return []
    length = "sound of any length" if drive.n is None else f"{drive.n} samples of sound"
    if isinstance(output, FeaturesOutput):
        last = network.layers[-1]
        each = f"{last.channels} features, {last.axis.rate_hz:.6g} times a second"
        return [f"  takes {length} at {drive.rate_hz:g} Hz, gives {each}"]
    assert isinstance(output, ClassesOutput | FramesOutput)
    labels = [", ".join(output.labels)]
    if len(output.labels) > MOST_LABELS:
        labels = [f"{len(output.labels)} values from {output.labels[0]} to {output.labels[-1]}"]
    answer = f", {network.answer.axis.rate_hz:.6g} times a second" if network.answer is not None else ""
    return [f"  takes {length} at {drive.rate_hz:g} Hz, gives {', '.join(labels)}{answer}"]


def _fact(fact: Any) -> Sequence[str]:
    return (fact.name, str(fact.value), fact.source, fact.note)


def _layer(layer: LayerInfo) -> Sequence[str]:
    axis = layer.axis
    size = f"{layer.channels} × {axis.n or 'any'}"
    return (
        f"  {layer.name}",
        size,
        f"{axis.rate_hz:.6g} Hz",
        f"{axis.nyquist_hz:.6g} Hz",
        f"{axis.start_s:.6f} s",
    )


def _hearing(network: NetworkCard, layer: str) -> Sequence[str]:
    """Return how much sound one sample of a layer hears, for a network that sound drives."""
    if not network.hears_s:
        return ()
    value = network.hears_s[layer]
    return (f"{value:.4g} s" if math.isfinite(value) else "all of it",)


def _question(question: Question) -> list[str]:
    """Return an open question, and each preset as the option that answers it."""
    options = [f"{question.name}={choice.value}" for choice in question.choices]
    rows = [
        (f"  --answer {shlex.quote(option)}", f"{choice.words}{_mark(choice.value == question.assumed)}")
        for option, choice in zip(options, question.choices, strict=True)
    ]
    free = [f"  --answer {question.name}=NUMBER"] if question.free else []
    return [question.sentence, *_table(rows), *free]


def _mark(is_assumed: bool) -> str:
    return ", assumed until you answer" if is_assumed else ""


def _table(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return rows as aligned columns."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
