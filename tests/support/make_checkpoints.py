"""Makes the PyTorch checkpoint in `tests/data/checkpoints`: `python -m tests.support.make_checkpoints`.

Its weights are drawn; its layers come from PyTorch's own operations. The two TensorFlow checkpoints there
were written and computed by TensorFlow 1, and are only kept.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from tests.support.checkpoints import KEPT, PORT
from tests.support.tiny import nets, truth
from tests.support.tiny.files import save_state

DIM, CATEGORIES, SLOPE = 2, 4, 0.2
STEM = "epoch2_step40"
QUIETER = 0.75  # of each upward convolution, so that the output does not saturate the tanh


def networks() -> dict[str, nets.Tensors]:
    """Draw G, D and Q in the key names of the public PyTorch port of ciwGAN."""
    drawn = nets.port_generator(dim=DIM, latent=100)
    return {
        "G": {name: w * np.float32(QUIETER) if w.ndim == 3 else w for name, w in drawn.items()},
        "D": nets.port_listener(1, dim=DIM),
        "Q": nets.port_listener(CATEGORIES, dim=DIM),
    }


def layers(weights: dict[str, nets.Tensors]) -> dict[str, np.ndarray]:
    """Compute the layers of two latent vectors, and those of their sounds in D and Q."""
    z = np.random.default_rng(7).uniform(-1, 1, (2, 100)).astype(np.float32)
    z[:, :CATEGORIES] = np.eye(CATEGORIES, dtype=np.float32)[:2]
    made = [truth.port_generator(weights["G"], one, 5) for one in z]
    found = {"z": z} | {f"G.{name}.mean": np.stack([one[name].mean(0) for one in made]) for name in made[0]}
    found |= {f"G.{name}.maps": made[0][name].T for name in ("conv1", "conv2")}
    scopes = [f"downconv_{i}.conv" for i in range(5)]
    for letter in "DQ":
        heard = [
            truth.torch_listener(weights[letter], one["out"][0], scopes, "fc_out", SLOPE) for one in made
        ]
        means = {name: np.stack([one[name].mean(0) for one, _logits in heard]) for name in heard[0][0]}
        found |= {f"{letter}.{name}.mean": value for name, value in means.items()}
        found[f"{letter}.logits"] = np.stack([logits for _layers, logits in heard])
    return found


def make(folder: Path) -> None:
    """Write the three networks and their layers."""
    folder.mkdir(parents=True, exist_ok=True)
    weights = networks()
    for letter, state in weights.items():
        save_state(folder / f"{STEM}_{letter}.pt", state)
    np.savez_compressed(folder / "expected.npz", **layers(weights))  # type: ignore[arg-type]


if __name__ == "__main__":
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else KEPT / PORT)
