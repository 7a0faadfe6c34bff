"""Trained models in other people's layouts: read back to the bit, and computed as they compute."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from core.checkpoint.tensorflow_bundle import Bundle
from core.families.registry import open_model
from core.faults import Fault
from core.networks.latent import Point
from core.probing.forward import generate
from core.train.exports import port_states, write_port, write_tensorflow
from core.train.model_file import digest_of, tensorflow_arrays
from core.train.recipe import Recipe
from core.train.step import Nets

RECIPE = Recipe(model="fiwgan", categories=2, dim=2, latent=12)


def arrays_of(recipe: Recipe = RECIPE) -> tuple[Nets, dict[str, np.ndarray]]:
    nets = Nets.fresh(recipe)
    assert nets.Q is not None
    named = tensorflow_arrays(nets.G) | tensorflow_arrays(nets.D) | tensorflow_arrays(nets.Q)
    return nets, named


@pytest.mark.parametrize("slice_len", [16384, 32768, 65536])
def test_a_tensorflow_bundle_reads_back_to_the_bit(tmp_path: Path, slice_len: int) -> None:
    recipe = Recipe(model="fiwgan", categories=2, dim=1, latent=12, slice_len=slice_len)
    _, arrays = arrays_of(recipe)
    write_tensorflow(tmp_path / "model.ckpt-5", arrays, recipe)
    bundle = Bundle(tmp_path / "model.ckpt-5")
    assert set(bundle.specs) == set(arrays)
    for name, array in arrays.items():
        np.testing.assert_array_equal(bundle.read(name), array)


def test_an_exported_bundle_makes_the_same_sound(tmp_path: Path) -> None:
    nets, arrays = arrays_of()
    write_tensorflow(tmp_path / "model.ckpt-5", arrays, RECIPE)
    model = open_model(tmp_path)
    assert model.card.slice_len == 16384
    point = Point((1.0, 0.0, *np.linspace(-1, 1, 10)))
    with torch.no_grad():
        expected = nets.G(torch.tensor([point.z], dtype=torch.float32))[0]
    np.testing.assert_allclose(generate(model, point)["out"].samples, expected.numpy(), atol=1e-5)


def port_generator(state: dict[str, torch.Tensor], z: torch.Tensor, as_noted: bool) -> torch.Tensor:
    """Compute the port's forward pass, with the two changes that the note asks for or without."""
    x = z @ state["z_project.weight"].T + state["z_project.bias"]
    x = (torch.relu(x) if as_noted else x).view(len(z), -1, 16)
    crops = {"padding": 10} if as_noted else {"padding": 11, "output_padding": 1}
    for k in range(5):
        length = 4 * x.shape[2]
        weight, bias = state[f"upconv{k}.conv.weight"], state[f"upconv{k}.conv.bias"]
        x = torch.nn.functional.conv_transpose1d(x, weight, bias, stride=4, **crops)[..., :length]
        x = torch.tanh(x) if k == 4 else torch.relu(x)
    return x[:, 0]


def test_the_ports_files_hold_the_same_numbers_and_the_note_tells_the_truth(tmp_path: Path) -> None:
    nets, arrays = arrays_of()
    write_port(tmp_path, arrays, RECIPE, 5)
    state = torch.load(tmp_path / "epoch0_step5_G.pt", weights_only=True)
    z = torch.rand(2, 12, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        sound = nets.G(z)
        assert torch.allclose(port_generator(state, z, as_noted=True), sound, atol=1e-6)
        assert not torch.allclose(port_generator(state, z, as_noted=False), sound, atol=1e-2 * sound.std())
    assert "no ReLU" in (tmp_path / "README.txt").read_text()


def test_the_ports_listeners_hold_the_same_numbers() -> None:
    nets, arrays = arrays_of()
    assert nets.Q is not None
    state = {name: torch.tensor(array) for name, array in port_states(arrays)["Q"].items()}
    sound = torch.rand(2, 16384, generator=torch.Generator().manual_seed(1)) - 0.5
    x = sound[:, None]
    for k in range(5):
        padded = torch.nn.functional.pad(x, (10, 11))
        weight, bias = state[f"downconv_{k}.conv.weight"], state[f"downconv_{k}.conv.bias"]
        x = torch.nn.functional.leaky_relu(torch.conv1d(padded, weight, bias, stride=4), 0.2)
    logits = x.flatten(1) @ state["fc_out.weight"].T + state["fc_out.bias"]
    with torch.no_grad():
        assert torch.allclose(nets.Q(sound), logits, atol=1e-5)


def test_a_slice_that_the_port_does_not_have_is_refused(tmp_path: Path) -> None:
    recipe = Recipe(model="fiwgan", categories=2, dim=1, slice_len=32768)
    with pytest.raises(Fault, match="32768"):
        write_port(tmp_path, {}, recipe, 1)


def test_the_digest_hangs_on_every_value() -> None:
    _, arrays = arrays_of()
    changed = {name: array.copy() for name, array in arrays.items()}
    changed["G/upconv_4/conv2d_transpose/bias"][0] += 1e-6
    assert digest_of(arrays) == digest_of(dict(reversed(arrays.items())))
    assert digest_of(arrays) != digest_of(changed)
