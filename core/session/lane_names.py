"""Names of lanes on screen, in legends, undo steps and proposed file names."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from pathlib import PurePath

from core.families.card import Card
from core.networks.layer_info import LayerInfo
from core.probing.model_id import ModelId
from core.session.lane_key import GENERATOR, Key, LaneKey, RecordingKey

MOST_LETTERS = 10
"""How long a model's name may be before that of a layer."""


def plain_name(key: Key) -> str:
    """Return a short name for a lane, as in the papers' legends.

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


def title(models: Mapping[ModelId, Card], key: Key) -> str:
    """Return a lane's name in tables and results: "Conv4", "Q Conv1", "Q logits", a recording without
    suffix.

    If several models are open, the model's name comes first: "Small · Conv4".
    """
    match key:
        case RecordingKey(name):
            return PurePath(name).stem
        case LaneKey(_, network, layer):
            info = layer_info(models, key)
            words = info.title if info is not None else layer
            return _of_model(models, key, words if network == GENERATOR else f"{network} {words}")


def legend_name(models: Mapping[ModelId, Card], key: Key) -> str:
    """Return the name that `plain_name` gives, after the model's name if several are open."""
    words = plain_name(key)
    return _of_model(models, key, words) if isinstance(key, LaneKey) else words


def model_names(models: Mapping[ModelId, Card]) -> dict[ModelId, str]:
    """Return the open models' titles, numbered if one is open twice: "Small", "Small (2)"."""
    return _numbered({id: card.title for id, card in models.items()}, "{name} ({number})")


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
    several = len(models) > 1 and key.model in models
    return f"{short_model_names(models)[key.model]} · {words}" if several else words


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
