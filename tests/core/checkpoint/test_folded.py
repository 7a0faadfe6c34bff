"""Kernels stored in parts by weight norm and spectral norm, against PyTorch's own modules."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.utils import parametrizations

from core.checkpoint.folded import folded, folds_of
from core.checkpoint.torch_file import TorchFile


def old_weight_norm(layer: nn.Module, dim: int | None = 0) -> nn.Module:
    with pytest.warns(FutureWarning, match="deprecated"):
        return nn.utils.weight_norm(layer, dim=dim)  # type: ignore[arg-type]


def trained(layer: nn.Module, x: torch.Tensor) -> nn.Module:
    """Let the normalisation see some steps of training, so that its vectors are those of real files."""
    rate = torch.optim.SGD(layer.parameters(), 0.01)
    for _ in range(5):
        rate.zero_grad()
        layer(x).square().mean().backward()
        rate.step()
    return layer.eval()


LAYERS: dict[str, tuple[Callable[[], nn.Module], tuple[int, ...]]] = {
    "convolution": (lambda: nn.Conv1d(3, 6, 5), (1, 3, 40)),
    "convolution of one channel": (lambda: nn.Conv1d(1, 1, 5), (1, 1, 40)),
    "transposed": (lambda: nn.ConvTranspose1d(6, 3, 5, stride=2), (1, 6, 20)),
    "transposed, as many channels": (lambda: nn.ConvTranspose1d(4, 4, 5, stride=2), (1, 4, 20)),
    "dense": (lambda: nn.Linear(12, 7), (2, 12)),
    "dense, square": (lambda: nn.Linear(8, 8), (2, 8)),
}
NORMS: dict[str, tuple[str, Callable[[nn.Module], nn.Module]]] = {
    "weight_g, weight_v": ("weight norm", old_weight_norm),
    "weight_g, weight_v as one": ("weight norm", lambda layer: old_weight_norm(layer, None)),
    "original0, original1": ("weight norm", parametrizations.weight_norm),
    "original0, original1 along another axis": (
        "weight norm",
        lambda layer: parametrizations.weight_norm(layer, dim=1),
    ),
    "weight_orig": ("spectral norm", nn.utils.spectral_norm),
    "original": ("spectral norm", parametrizations.spectral_norm),
}


@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize("norm", NORMS)
def test_a_kernel_in_parts_is_the_one_that_runs(tmp_path: Path, layer: str, norm: str) -> None:
    torch.manual_seed(3)
    make, shape = LAYERS[layer]
    kind, wrap = NORMS[norm]
    made = trained(wrap(make()), torch.randn(shape))
    torch.save(nn.Sequential(made).state_dict(), tmp_path / "x.pt")
    with torch.no_grad():
        made(torch.randn(shape))  # the old forms compute their weight when they run
    file = folded(TorchFile(tmp_path / "x.pt"))
    assert {name: fold.kind for name, fold in folds_of(file).items()} == {"0.weight": kind}
    assert set(file.specs) == {"0.weight", "0.bias"}
    weight = made.get_parameter("weight") if "weight" in dict(made.named_parameters()) else made.weight
    assert isinstance(weight, torch.Tensor)
    np.testing.assert_allclose(file.read("0.weight"), weight.detach().numpy(), rtol=1e-5, atol=1e-7)
    assert file.specs["0.weight"].shape == tuple(weight.shape)


def test_a_file_without_such_kernels_stays_as_it_is(tmp_path: Path) -> None:
    torch.save({"a_v": torch.ones(3), "b.weight_u": torch.ones(2)}, tmp_path / "x.pt")
    file = TorchFile(tmp_path / "x.pt")
    assert folded(file) is file


def test_parts_that_do_not_fit_stay_apart(tmp_path: Path) -> None:
    torch.save({"weight_v": torch.ones(3, 2), "weight_g": torch.ones(5, 1)}, tmp_path / "x.pt")
    assert set(folded(TorchFile(tmp_path / "x.pt")).specs) == {"weight_v", "weight_g"}
