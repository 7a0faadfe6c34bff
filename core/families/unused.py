"""Stored tensors that no part of a recognised network uses, and what they say about it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from core.networks.weights import Misfit, Weights

# Tensors that optimisers and normalisations keep beside the weights.
OWN = re.compile(
    r"/(Adam|RMSProp|Momentum|Adagrad)(_\d+)?$|/ExponentialMovingAverage$|num_batches_tracked$"
    r"|(?i:(^|[./_])(opt|optim|optimizer|scheduler|scaler)(_\w*|s)?[./])"
    r"|/(exp_avg|exp_avg_sq|max_exp_avg_sq|momentum_buffer|square_avg|acc_delta|step|sum)$"
)
HINT = "The checkpoint comes from a modified network that Phonoscope does not know."

# What the name of an unused matrix or kernel says of the network that was trained.
EMBEDDING = re.compile(r"(?i)emb")
CONDITION = re.compile(r"(?i)(^|[./_])(label|cond|class|speaker|spk)")
DENSE = re.compile(r"(?i)(^|[./_])(fc|dense|linear|proj|mlp|z_project)")
OTHER = re.compile(r"(?i)attn|attention|lstm|gru|rnn|transformer|film")


def unused(weights: Weights, spare: str, claimed: Iterable[str] = ()) -> list[str]:
    """Return the tensors of a network that nothing uses.

    Without those of its optimiser, counters, what its family never uses (`spare`), and the tensors of other
    networks in the file (`claimed`).
    """
    known, taken = re.compile(spare), set(claimed)
    return [
        name
        for name, full in weights.names.items()
        if name not in weights.used
        and full not in taken
        and not (OWN.search(name) or known.fullmatch(name) or _is_counter(weights, full))
    ]


def _is_counter(weights: Weights, full: str) -> bool:
    spec = weights.tensors.specs[full]
    return spec.count <= 1 and spec.dtype.startswith(("int", "uint", "bool"))


def proof_of_another(
    weights: Weights, left: Sequence[str], listens: bool, whole: bool = True
) -> Misfit | None:
    """Return why unused tensors prove another network than the recognised one, or None if they do not.

    `whole` says that the network fits otherwise, so that a further layer can be told by its name.
    """
    ways = {_way(name) for name in weights.used if name in weights and len(_shape(weights, name)) > 1}
    for name in left:
        if len(_shape(weights, name)) < 2 or (listens and _is_head(weights, name)):
            continue
        words = _words(weights, name)
        if not words and whole and _way(name) in ways:
            words = "it is a further layer"
        if words:
            return Misfit(f"“{name}” shows that this is another network: {words}.", HINT)
    return None


def _words(weights: Weights, name: str) -> str:
    """Return what the name and the shape of an unused tensor say, "" for nothing certain."""
    if EMBEDDING.search(name) or CONDITION.search(name):
        return "it is conditional, and takes a label besides its input"
    if OTHER.search(name):
        return "it has a layer of another kind"
    if DENSE.search(name) and len(_shape(weights, name)) == 2 and _widths(weights):
        return "it has a second fully connected layer"
    return ""


def _is_head(weights: Weights, name: str) -> bool:
    """Return whether a matrix takes the same map as the last layer: another output beside it."""
    mine = _shape(weights, name)
    return len(mine) == 2 and max(mine) in _widths(weights) and not EMBEDDING.search(name)


def _widths(weights: Weights) -> set[int]:
    """Return the widths of the fully connected layers that are used."""
    names = [name for name in weights.used if name in weights]
    return {max(shape) for name in names if len(shape := _shape(weights, name)) == 2}


def _shape(weights: Weights, name: str) -> tuple[int, ...]:
    return weights.tensors.specs[weights.names[name]].shape


def _way(name: str) -> tuple[str, str]:
    """Return the word that a name begins with and what follows its first part: alike in all layers of a kind.

    >>> _way("upconv4.conv.weight"), _way("downconv_0/conv1d/kernel"), _way("fc2.weight")
    (('upconv', '.conv.weight'), ('downconv', '/conv1d/kernel'), ('fc', '.weight'))
    """
    head = re.match(r"[A-Za-z]*", name)
    tail = re.search(r"[./].*", name)
    return head[0] if head else "", re.sub(r"\d+", "", tail[0]) if tail else ""
