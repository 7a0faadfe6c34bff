"""The other PyTorch WaveGANs, each with both kinds of upsampling."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.families.registry import open_model
from tests.support.tiny import nets, truth
from tests.support.tiny.compare import assert_generates, assert_listens, some_point
from tests.support.tiny.files import save_nested, save_state


def sound(n: int) -> np.ndarray:
    return np.random.default_rng(2).uniform(-1, 1, n).astype(np.float32)


def part(weights: dict[str, np.ndarray], scope: str) -> dict[str, np.ndarray]:
    return {name.removeprefix(scope): value for name, value in weights.items() if name.startswith(scope)}


@pytest.mark.parametrize("slice_len", [16384, 32768, 65536])
@pytest.mark.parametrize(("nearest", "normed"), [(True, False), (True, True), (False, True), (False, False)])
def test_elaraby(tmp_path: Path, slice_len: int, nearest: bool, normed: bool) -> None:
    weights = nets.elaraby(slice_len, nearest, normed)
    model = open_model(save_nested(tmp_path / "gan_1.tar", weights, {"n_iterations": np.int64(4)}))
    point, z = some_point(model)
    count = len(nets.STRIDES[slice_len])
    scopes = [f"deconv_list.{i}.transpose_ops.{int(nearest)}" for i in range(count)]
    norms = [f"deconv_list.{i}.transpose_ops.{int(nearest) + 1}" for i in range(count)] if normed else None
    last = nets.STRIDES[slice_len][-1]
    expected = truth.torch_wavegan(
        part(weights, "generator/"), z, scopes, nearest, norms=norms, last_stride=last
    )
    assert_generates(model, point, expected)
    assert model.card.slice_len == slice_len
    assert model.card.layout.prior == "normal"
    critic = part(weights, "discriminator/")
    scopes = [f"conv_layers.{i}.conv1d" for i in range(count)]
    norms = [f"conv_layers.{i}.batch_norm" for i in range(count)] if normed else None
    heard = truth.torch_listener(critic, sound(slice_len), scopes, "fc1", 0.2, norms, nets.STRIDES[slice_len])
    assert_listens(model, "D", sound(slice_len), heard)


@pytest.mark.parametrize("nearest", [True, False])
def test_cramer_filters_its_output(tmp_path: Path, nearest: bool) -> None:
    weights = nets.cramer_generator(nearest)
    save_state(tmp_path / "Gen.pkl", weights, pickle_protocol=4)
    save_state(tmp_path / "Dis.pkl", nets.cramer_listener(1), pickle_protocol=4)
    save_state(tmp_path / "Q.pkl", nets.cramer_listener(3), pickle_protocol=4)
    model = open_model(tmp_path)
    point, z = some_point(model)
    scopes = [f"upSampConv{i}.module.conv1d" if nearest else f"tconv{i}.module" for i in range(1, 6)]
    expected = truth.torch_wavegan(weights, z, scopes, nearest, "fc1.module", filter_scope="ppfilter1.module")
    assert_generates(model, point, expected)
    for network, classes in (("D", 1), ("Q", 3)):
        listener = nets.cramer_listener(classes)
        heard = truth.torch_listener(
            listener, sound(16384), [f"conv{i}.module" for i in range(1, 6)], "fc1.module", 0.2
        )
        assert_listens(model, network, sound(16384), heard)
    assert model.card.layout.code == 3


@pytest.mark.parametrize(("answer", "kind"), [("nearest", "conv1d"), ("zeros", "Conv1dTrans")])
def test_mazzzystar_runs_the_upsampling_that_is_answered(tmp_path: Path, answer: str, kind: str) -> None:
    weights = nets.mazzzystar_generator()
    path = save_state(tmp_path / "netG.pt", weights)
    assert {"upsample", "prior"} <= set(open_model(path).card.unanswered)
    model = open_model(path, {"upsample": answer, "prior": "normal"})
    point, z = some_point(model)
    scopes = [f"deconv_{i}.{kind}" for i in range(1, 6)]
    assert_generates(model, point, truth.torch_wavegan(weights, z, scopes, answer == "nearest"))
    assert model.card.layout.prior == "normal"


def test_keyes_wraps_his_generator_and_draws_from_a_normal(tmp_path: Path) -> None:
    weights = nets.mazzzystar_generator(latent=128)
    wrapped = {f"generator_state_dict/module.{name}": value for name, value in weights.items()}
    card = open_model(save_nested(tmp_path / "checkpoint.pt", wrapped, {"epoch": 3})).card
    assert (card.layout.size, card.layout.prior) == (128, "normal")
    assert "prior" not in card.unanswered
