"""Networks trained by Phonoscope: safetensors with a card and TensorFlow's tensor names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from core.checkpoint.safetensors import SafeFile
from core.families import wavegan_tensorflow
from core.families.card import Answer
from core.families.family import Description, Family, Parts, asked_generator
from core.families.questions import PRIOR, SLOPE, GivenAnswer, Inquiry, ask_layout, ask_rate, slopes
from core.faults import Fault
from core.files.regular import leads_out
from core.networks.weights import Weights

LARGEST_CARD_BYTES = 1_000_000
SHOWN = (("data", "Trained on"), ("license", "License"), ("steps", "Training steps"))


def sort(groups: Sequence[Weights]) -> Parts | None:
    """Find the scopes G, D and Q in a file that has a card."""
    return wavegan_tensorflow.sort([group for group in groups if _has_card(group)])


def _has_card(group: Weights) -> bool:
    return isinstance(group.tensors, SafeFile) and "card" in group.tensors.metadata


def describe(parts: Parts, inquiry: Inquiry) -> Description:
    """Describe the networks from the card; the user's own answers take precedence."""
    file = next(iter(parts.values())).tensors
    card = read_card(file) if isinstance(file, SafeFile) else {}
    inquiry.told = _told(card) | inquiry.told
    found = _with_generator(parts, inquiry, card) if "G" in parts else _listening(parts, inquiry, card)
    for key, words in SHOWN:
        if isinstance(card.get(key), str | int):
            inquiry.fact(words, card[key], "read")
    return found


def _with_generator(parts: Parts, inquiry: Inquiry, card: Mapping[str, Any]) -> Description:
    count = len(wavegan_tensorflow.scopes(parts["G"], "upconv_"))
    slice_len = wavegan_tensorflow.ask_slice(count, inquiry)
    slope = inquiry.ask(SLOPE, "Slope of D and Q") if len(parts) > 1 else str(wavegan_tensorflow.SLOPE)
    layers = wavegan_tensorflow.generator(parts["G"], slice_len)
    made = layers[-1].channels
    listening = wavegan_tensorflow.listeners(parts, slice_len, slopes(slope)[0], made)
    size = parts["G"].shape("z_project/dense/kernel", None, None)[0]
    classes = listening["Q"][-1].channels if "Q" in listening else None
    layout = ask_layout(inquiry, size, classes, None)
    rate_hz = ask_rate(inquiry)
    wavegan_tensorflow.note_layers(parts, inquiry)
    return Description(
        (
            asked_generator(inquiry, layers, layout, rate_hz, slice_len),
            *wavegan_tensorflow.listener_specs(parts, listening, rate_hz, slice_len),
        ),
        str(card.get("title", "")),
    )


def _listening(parts: Parts, inquiry: Inquiry, card: Mapping[str, Any]) -> Description:
    slope = slopes(inquiry.ask(SLOPE, "Slope of D and Q"))[0]
    return wavegan_tensorflow.describe_listeners(parts, inquiry, slope, str(card.get("title", "")))


def read_card(file: SafeFile) -> dict[str, Any]:
    """Return the card inside the file, completed by a `.json` file of the same name beside it.

    A link that leads out of the folder is not followed: what is inside suffices.
    """
    inside = _decoded(file.metadata["card"].encode(), file.path)
    beside = file.path.with_suffix(".json")
    if leads_out(beside) or not beside.is_file() or beside.stat().st_size > LARGEST_CARD_BYTES:
        return inside
    return _decoded(beside.read_bytes(), beside) | inside


def own_card(weights: Weights, family: str) -> dict[str, Any]:
    """Return the card of a network of this family that Phonoscope trained, empty for others."""
    file = weights.tensors
    card = read_card(file) if isinstance(file, SafeFile) and "card" in file.metadata else {}
    return card if card.get("family") == family else {}


def _decoded(data: bytes, path: Path) -> dict[str, Any]:
    try:
        return msgspec.json.decode(data, type=dict[str, Any])
    except (msgspec.DecodeError, ValueError, RecursionError) as flaw:
        raise Fault(
            f"The card of “{path.name}” cannot be read.", "Copy the file again from its source."
        ) from flaw


def _told(card: Mapping[str, Any]) -> dict[str, GivenAnswer]:
    """Return the answers in a card, by the names of the questions."""
    latent = card.get("latent")
    inner: Mapping[str, Any] = latent if isinstance(latent, Mapping) else {}  # pyright: ignore[reportUnknownVariableType]
    found: dict[str, Answer | None] = {
        "rate": card.get("rate_hz"),
        "slice": card.get("slice_len"),
        "slope": card.get("slope"),
        "kind": inner.get("kind"),
        "code": inner.get("code"),
        PRIOR.name: inner.get("prior"),
    }
    return {
        name: GivenAnswer(value, "read")
        for name, value in found.items()
        if isinstance(value, str | int | float)
    }


FAMILY = Family("phonoscope", "Phonoscope", sort, describe, wavegan_tensorflow.SPARE)
