"""Saving tiny PyTorch checkpoints."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch

from tests.support.tiny import nets


def as_state(weights: Mapping[str, np.ndarray]) -> OrderedDict[str, torch.Tensor]:
    return OrderedDict((name, torch.from_numpy(np.array(value))) for name, value in weights.items())


def save_state(path: Path, weights: Mapping[str, np.ndarray], **how: Any) -> Path:
    torch.save(as_state(weights), path, **how)
    return path


def save_nested(path: Path, weights: Mapping[str, np.ndarray], more: Mapping[str, Any], **how: Any) -> Path:
    tensors = {name: torch.from_numpy(np.array(value)) for name, value in weights.items()}
    torch.save({**nets.nested(tensors), **more}, path, **how)
    return path


def save_port(
    folder: Path, stem: str = "epoch3_step40", classes: int = 2, **how: Any
) -> dict[str, dict[str, np.ndarray]]:
    """Save G, D and Q of the port as training does, with an optimiser's file beside them."""
    weights = {"G": nets.port_generator(), "D": nets.port_listener(1), "Q": nets.port_listener(classes)}
    for letter, state in weights.items():
        save_state(folder / f"{stem}_{letter}.pt", state, **how)
    torch.save({"state": {0: {"step": 3}}, "param_groups": []}, folder / f"{stem}_Gopt.pt")
    return weights
