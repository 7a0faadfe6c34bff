"""Names of lanes on screen, in legends, undo steps and proposed file names."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from pathlib import PurePath

from core.families.card import Card
from core.networks.layer_info import LayerInfo
from core.probing.model_id import ModelId
from core.session.lane_key import GENERATOR, INPUT, LOGITS, RELEVANCE, Key, LaneKey, RecordingKey

AROUND = {LOGITS: "answer", INPUT: "input", RELEVANCE: "relevance"}
"""The names of the lanes around a network's layers: what it says, and what it takes."""

MOST_LETTERS = 10
"""How long a model's name may be before that of a layer."""


def plain_name(key: Key) -> str:
    """Return the key's own words, for records and file names.

    >>> from core.session.lane_key import FIRST_MODEL
    >>> plain_name(LaneKey(FIRST_MODEL, "G", "conv4")), plain_name(LaneKey(FIRST_MODEL, "Q", "conv1"))
    ('conv4', 'Q.conv1')
    >>> plain_name(RecordingKey("word.wav"))
    'word.wav'
    """
    match key:
        case RecordingKey(name):
            return name
        case LaneKey(_, network, layer):
            return layer if network == GENERATOR else f"{network}.{layer}"


def lane_name(models: Mapping[ModelId, Card], key: Key) -> str:
    """Return a lane's name without its model: "Conv4", "Q Conv1", "Q answer", a recording without suffix."""
    match key:
        case RecordingKey(name):
            return PurePath(name).stem
        case LaneKey(_, network, layer):
            info = layer_info(models, key)
            words = info.title if info is not None else AROUND.get(layer, layer)
            if network == GENERATOR:
                return words
            return _capital(words) if _is_alone(models, key) else f"{network} {words}"


def _is_alone(models: Mapping[ModelId, Card], key: LaneKey) -> bool:
    """Return whether a network is the only one of its model, so that its layers need no prefix."""
    card = models.get(key.model)
    return card is not None and len(card.networks) == 1


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def title(models: Mapping[ModelId, Card], key: Key) -> str:
    """Return a lane's name in tables and results: that of `lane_name`.

    If several models are open, the model's name comes first: "Small · Conv4".
    """
    words = lane_name(models, key)
    return _of_model(models, key, words) if isinstance(key, LaneKey) else words


def model_name(models: Mapping[ModelId, Card], key: Key) -> str:
    """Return the short name of a lane's model if several are open, else ""."""
    several = len(models) > 1 and isinstance(key, LaneKey) and key.model in models
    return short_model_names(models)[key.model] if several and isinstance(key, LaneKey) else ""


def curve_names(models: Mapping[ModelId, Card], keys: Sequence[Key]) -> tuple[str, ...]:
    """Return the names of curves that share a lane: as on the lanes, with the model's name if the curves are
    of several models.
    """
    mixed = len({key.model for key in keys if isinstance(key, LaneKey)}) > 1
    named = title if mixed else lane_name
    return tuple(key.id if isinstance(key, RecordingKey) else named(models, key) for key in keys)


def file_stem(models: Mapping[ModelId, Card], key: Key) -> str:
    """Return the proposed name of a lane's file: "conv4", with several models "Small_conv4"."""
    model = model_name(models, key)
    return f"{model}_{plain_name(key)}" if model else plain_name(key)


def layer_order(models: Mapping[ModelId, Card]) -> tuple[LaneKey, ...]:
    """Return all layers in the order of a fresh stack: each model's output first and its FC map last, then
    the layers of D and Q from the sound onwards.
    """
    return tuple(
        LaneKey(model, network, layer.name)
        for model, card in models.items()
        for network, layers in card.layers.items()
        for layer in (reversed(layers) if network == GENERATOR else layers)
    )


def model_names(models: Mapping[ModelId, Card]) -> dict[ModelId, str]:
    """Return the open models' titles, numbered if one is open twice: "Small", "Small (2)"."""
    return _numbered({id: card.title for id, card in models.items()}, "{name} ({number})")


def model_label(models: Mapping[ModelId, Card], key: Key | None) -> str:
    """Return the label of the model that a lane is of, for tables; "" for a recording."""
    card = models.get(key.model) if isinstance(key, LaneKey) else None
    return card.label if card is not None else ""


def short_model_names(models: Mapping[ModelId, Card]) -> dict[ModelId, str]:
    """Return names that fit before a layer's: the first words of the titles, numbered if they are equal.

    The number comes first, so that it stays where a narrow header cuts the middle: "Small", "2: Small".
    """
    return _numbered({id: _first_words(card.title) for id, card in models.items()}, "{number}: {name}")


def _first_words(words: str) -> str:
    return textwrap.shorten(words, MOST_LETTERS, placeholder="").rstrip(",;:") or words[:MOST_LETTERS]


def _numbered(names: Mapping[ModelId, str], pattern: str) -> dict[ModelId, str]:
    """Return the names, the second and later of the same ones written as `pattern` says."""
    found: dict[ModelId, str] = {}
    before: list[str] = []
    for id, name in names.items():
        found[id] = pattern.format(name=name, number=before.count(name) + 1) if name in before else name
        before.append(name)
    return found


def _of_model(models: Mapping[ModelId, Card], key: LaneKey, words: str) -> str:
    model = model_name(models, key)
    return f"{model} · {words}" if model else words


def layer_info(models: Mapping[ModelId, Card], key: LaneKey) -> LayerInfo | None:
    """Return the layer's entry in its model's card; None for logits and for layers that are no longer
    open.
    """
    card = models.get(key.model)
    layers = card.layers.get(key.network, ()) if card is not None else ()
    return next((layer for layer in layers if layer.name == key.layer), None)


def text_in_files(key: Key) -> str:
    """Return a lane's name in exported records: "conv4", "Q.conv1", "sound:word.wav"."""
    return f"sound:{key.id}" if isinstance(key, RecordingKey) else plain_name(key)
