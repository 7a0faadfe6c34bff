"""Generators of several channels: which one is shown and heard, alone, with a filter, and with D."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F  # noqa: N812 - torch's own name for it

from core.families.registry import Model, open_model
from core.networks.spec import SoundDrive, SoundOutput
from core.probing import forward
from tests.support.tiny import nets, truth
from tests.support.tiny.bundles import write_bundle
from tests.support.tiny.compare import assert_listens, some_point
from tests.support.tiny.files import save_nested, save_state

Tensors = Mapping[str, np.ndarray]
SOUND = np.random.default_rng(2).uniform(-1, 1, 16384).astype(np.float32)
DOWN = [f"downconv_{i}.conv" for i in range(5)]


def doubled(tensors: Tensors, last: str, axis: int) -> dict[str, np.ndarray]:
    """Give a last layer a second channel: the first with its sign turned, so that their mean is silent."""
    made = dict(tensors)
    kernel = next(name for name in tensors if name.startswith(last) and tensors[name].ndim >= 3)
    bias = next(name for name in tensors if name.startswith(last) and tensors[name].ndim == 1)
    made[kernel] = np.concatenate([made[kernel], -made[kernel]], axis)
    made[bias] = np.concatenate([made[bias], -made[bias]])
    return made


def port(folder: Path) -> Path:
    tensors = doubled(nets.port_generator(), "upconv4.conv", 1)
    return save_state(folder / "x_G.pt", tensors)


def cramer(folder: Path) -> Path:
    weights = nets.cramer_generator()
    bare = {name: value for name, value in weights.items() if not name.startswith("ppfilter")}
    return save_state(folder / "x_G.pt", doubled(bare, "upSampConv5", 0))


def mazzzystar(folder: Path) -> Path:
    weights = nets.mazzzystar_generator()
    tensors = doubled(doubled(weights, "deconv_5.conv1d", 0), "deconv_5.Conv1dTrans", 1)
    return save_state(folder / "x_G.pt", tensors)


def elaraby(folder: Path) -> Path:
    weights = {k: v for k, v in nets.elaraby().items() if k.startswith("generator/")}
    return save_nested(folder / "x.tar", doubled(weights, "generator/deconv_list.4", 0), {})


def tensorflow(folder: Path) -> Path:
    tensors = {k: v for k, v in nets.tensorflow().items() if k.startswith("G/")}
    return write_bundle(folder / "m", doubled(tensors, "G/upconv_4", 2))


EVERY = (port, cramer, mazzzystar, elaraby, tensorflow)


def out_of(model: Model) -> np.ndarray:
    return forward.generate(model, some_point(model)[0])["out"].samples


@pytest.mark.parametrize("make", EVERY, ids=lambda make: make.__name__)
def test_one_of_two_channels_is_shown_and_the_user_is_asked(tmp_path: Path, make: type) -> None:
    path = make(tmp_path)
    card = open_model(path).card
    assert "channel" in card.unanswered
    assert next(fact.value for fact in card.facts if fact.name == "Output") == "1 of 2 channels"
    first, second, average = (out_of(open_model(path, {"channel": answer})) for answer in (1, 2, "average"))
    np.testing.assert_array_equal(out_of(open_model(path)), first)
    assert np.abs(first).max() > 0.01
    np.testing.assert_array_equal(first, -second)
    np.testing.assert_array_equal(average, 0)


def test_the_maps_hold_both_channels_as_torch_computes_them(tmp_path: Path) -> None:
    tensors = doubled(nets.port_generator(), "upconv4.conv", 1)
    model = open_model(save_state(tmp_path / "x_G.pt", tensors), {"channel": 2})
    point, z = some_point(model)
    expected = truth.port_generator(tensors, z, 5)
    np.testing.assert_allclose(forward.maps(model, point, "out"), expected["out"], atol=1e-4)
    tracks = forward.generate(model, point)
    np.testing.assert_allclose(tracks["out"].samples, expected["out"][1], atol=1e-4)
    np.testing.assert_allclose(tracks["conv4"].samples, expected["conv4"].mean(0), atol=1e-5)
    assert (tracks["out"].origin.reduction, tracks["conv4"].origin.reduction) == ("channel 2", "mean")
    np.testing.assert_array_equal(forward.generate_many(model, [point])[0], tracks["out"].samples)


def test_many_channels_are_no_sound_until_the_user_says_so(tmp_path: Path) -> None:
    tensors = dict(nets.port_generator())
    tensors["upconv4.conv.weight"] = np.repeat(tensors["upconv4.conv.weight"], 13, 1)
    tensors["upconv4.conv.bias"] = np.repeat(tensors["upconv4.conv.bias"], 13)
    path = save_state(tmp_path / "x_G.pt", tensors)
    card = open_model(path).card
    assert (card.sounds, "channel" in card.unanswered) == (False, True)
    heard = open_model(path, {"channel": 3}).card.networks["G"].output
    assert isinstance(heard, SoundOutput)
    assert (heard.audible, heard.channel) == (True, 3)


@pytest.mark.parametrize("out", [1, 2])
def test_a_filter_hears_all_channels(tmp_path: Path, out: int) -> None:
    tensors = doubled({k: v for k, v in nets.tensorflow().items() if k.startswith("G/")}, "G/upconv_4", 2)
    taps = np.random.default_rng(4).standard_normal((512, 2, out)).astype(np.float32) / 20
    tensors["G/pp_filt/conv1d/kernel"] = taps
    model = open_model(write_bundle(tmp_path / "m", tensors), {"channel": out})
    point, _ = some_point(model)
    x = torch.from_numpy(forward.maps(model, point, "out"))[None]
    y = F.conv1d(F.pad(x, (255, 256)), torch.from_numpy(taps).permute(2, 1, 0)).numpy()[0]
    np.testing.assert_allclose(forward.maps(model, point, "pp"), y, atol=1e-4)
    np.testing.assert_allclose(forward.generate(model, point)["pp"].samples, y[out - 1], atol=1e-4)
    assert np.abs(y).max() > 1e-2


def test_a_critic_of_two_channels_hears_the_sound_in_both(tmp_path: Path) -> None:
    save_state(tmp_path / "x_G.pt", doubled(nets.port_generator(), "upconv4.conv", 1))
    critic = dict(nets.port_listener(1))
    make = np.random.default_rng(9)
    critic["downconv_0.conv.weight"] = make.standard_normal((1, 2, 25)).astype(np.float32) / 5
    save_state(tmp_path / "x_D.pt", critic)
    model = open_model(tmp_path, {"slope": "0.2"})
    assert list(model.card.networks) == ["G", "D"]
    drive = model.card.networks["D"].drive
    assert isinstance(drive, SoundDrive)
    assert drive.frontend.channels == 2
    both = {**critic, "downconv_0.conv.weight": critic["downconv_0.conv.weight"].sum(1, keepdims=True)}
    assert_listens(model, "D", SOUND, truth.torch_listener(both, SOUND, DOWN, "fc_out", 0.2))


def test_a_critic_of_two_channels_hears_a_sound_of_two(tmp_path: Path) -> None:
    critic = dict(nets.port_listener(1))
    kernel = np.random.default_rng(9).standard_normal((1, 2, 25)).astype(np.float32) / 5
    critic["downconv_0.conv.weight"] = kernel
    model = open_model(save_state(tmp_path / "x_D.pt", critic), {"slope": "0.2"})
    stereo = np.random.default_rng(3).uniform(-1, 1, (16384, 2)).astype(np.float32)
    tracks, logits = forward.listen(model, "D", stereo, "digest")
    x = torch.from_numpy(stereo.T.copy())[None]
    for i, name in enumerate(DOWN):
        weight, bias = (torch.from_numpy(critic[f"{name}.{part}"]) for part in ("weight", "bias"))
        x = F.leaky_relu(F.conv1d(x, weight, bias, stride=4, padding=11), 0.2)
        np.testing.assert_allclose(tracks[f"conv{i + 1}"].samples, x[0].mean(0).numpy(), atol=1e-5)
    last = F.linear(x.reshape(1, -1), *(torch.from_numpy(critic[f"fc_out.{p}"]) for p in ("weight", "bias")))
    np.testing.assert_allclose(logits, last.numpy()[0], atol=1e-4)


def test_a_mono_generator_is_not_asked(tmp_path: Path) -> None:
    card = open_model(save_state(tmp_path / "x_G.pt", nets.port_generator())).card
    assert "channel" not in {question.name for question in card.questions}
