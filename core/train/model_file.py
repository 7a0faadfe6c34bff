"""A trained model as one safetensors file with its card, with TensorFlow's variable names."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.files.atomic import atomic
from core.files.versions import versions
from core.networks.operations import Stored
from core.networks.torch_layers import TorchLayer
from core.networks.torch_module import NetworkModule
from core.train.recipe import Recipe

Arrays = Mapping[str, NDArray[Any]]
FORMAT = 1


def tensorflow_arrays(network: NetworkModule) -> dict[str, NDArray[Any]]:
    """Return a network's parameters under TensorFlow's names and in its layouts."""
    arrays: dict[str, NDArray[Any]] = {}
    for layer in network.spec.layers:
        part, stored = network.layers[layer.name], getattr(layer.op, "stored", None)
        if isinstance(part, TorchLayer) and isinstance(stored, Stored):
            scope = network.spec.role
            arrays[f"{scope}/{stored.kernel}"] = _laid_out(part.weight.numpy(force=True), stored)
            arrays[f"{scope}/{stored.bias}"] = part.bias.numpy(force=True)
    return arrays


def _laid_out(array: NDArray[Any], stored: Stored) -> NDArray[Any]:
    """Turn our kernel [wide, taps, narrow] into [1, taps, out, in] for G and [taps, in, out] for the
    others.
    """
    if array.ndim < 3:
        return array
    turned = np.ascontiguousarray(array.transpose(1, 2, 0))
    return turned[None] if stored.order == "tf up" else turned


def make_card(recipe: Recipe, steps: int, more: Mapping[str, Any]) -> dict[str, Any]:
    """Return the card: what the network is, and on what, for how long and with which versions it was
    trained.
    """
    layout = recipe.layout
    return {
        "format": FORMAT,
        "model": recipe.model,
        "slice_len": recipe.slice_len,
        "rate_hz": recipe.rate_hz,
        "dim": recipe.dim,
        "latent": {"size": layout.size, "code": layout.code, "kind": layout.kind, "prior": layout.prior},
        "upsample": "zeros",
        "slope": recipe.slope,
        "steps": steps,
        "recipe": recipe.plain(),
        "versions": versions(),
        **more,
    }


def digest_of(arrays: Arrays) -> str:
    """Return the SHA-256 of names, shapes and values, in the order of the names."""
    whole = hashlib.sha256()
    for name in sorted(arrays):
        array = np.ascontiguousarray(arrays[name])
        whole.update(f"{name} {array.dtype} {array.shape}\n".encode())
        whole.update(array.tobytes())
    return whole.hexdigest()


def save_model(path: Path, arrays: Arrays, card: Mapping[str, Any]) -> None:
    """Write the safetensors file with the card inside, and the card as JSON next to it."""
    from safetensors.numpy import save

    whole = {**card, "sha256": digest_of(arrays)}
    data = save(dict(arrays), {"card": json.dumps(whole, ensure_ascii=False)})
    with atomic(path) as draft:
        draft.write_bytes(data)
    with atomic(path.with_suffix(".json")) as draft:
        draft.write_text(json.dumps(whole, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
