"""TensorFlow's WaveGAN at every slice and with every setting."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.families.registry import open_model
from core.faults import Fault
from tests.support.tiny import nets, truth
from tests.support.tiny.bundles import write_bundle
from tests.support.tiny.compare import assert_generates, assert_listens, some_point

SETTINGS = [
    {"slice_len": 16384, "dim": 2, "classes": 3},
    {"slice_len": 16384, "normed": True, "filtered": True},
    {"slice_len": 16384, "nearest": True, "normed": True},
    {"slice_len": 32768, "nearest": True},
    {"slice_len": 32768, "classes": 2},
    {"slice_len": 65536, "filtered": True},
]


@pytest.mark.parametrize("settings", SETTINGS, ids=str)
def test_every_layer_is_what_the_description_says(tmp_path: Path, settings: dict[str, int]) -> None:
    tensors = nets.tensorflow(**settings)  # type: ignore[arg-type]
    slice_len = settings["slice_len"]
    model = open_model(write_bundle(tmp_path / "model.ckpt-5", tensors), {"slice": slice_len})
    point, z = some_point(model)
    strides = nets.STRIDES[slice_len]
    assert_generates(model, point, truth.tf_generator(tensors, z, strides))
    sound = np.random.default_rng(1).uniform(-1, 1, slice_len).astype(np.float32)
    for network in [name for name in ("D", "Q") if name in model.card.layers]:
        assert_listens(model, network, sound, truth.tf_listener(tensors, network, sound, strides))
    assert ("Q" in model.card.layers) == ("classes" in settings)


def test_six_layers_ask_for_the_slice(tmp_path: Path) -> None:
    prefix = write_bundle(tmp_path / "model.ckpt-5", nets.tensorflow(32768))
    assert "slice" in open_model(prefix).card.unanswered
    (tmp_path / "args.txt").write_text("data_slice_len,32768\ndata_sample_rate,22050\n")
    card = open_model(prefix).card
    assert (card.slice_len, card.rate_hz, card.unanswered) == (32768, 22050, ())


def test_optimiser_slots_take_no_part(tmp_path: Path) -> None:
    tensors = nets.tensorflow()
    plain = open_model(write_bundle(tmp_path / "a", tensors)).card
    name = "G/upconv_0/conv2d_transpose/kernel"
    slots = {f"{name}/Adam": tensors[name], f"{name}/Adam_1": tensors[name], "beta1_power": np.float32(0.5)}
    with_slots = open_model(write_bundle(tmp_path / "b", {**tensors, **slots})).card
    assert plain.digest == with_slots.digest
    assert not with_slots.warnings


def test_a_changed_weight_changes_the_digest(tmp_path: Path) -> None:
    tensors = nets.tensorflow()
    first = open_model(write_bundle(tmp_path / "a", tensors)).card.digest
    tensors["G/upconv_4/conv2d_transpose/bias"] = tensors["G/upconv_4/conv2d_transpose/bias"] + 1
    assert open_model(write_bundle(tmp_path / "a", tensors)).card.digest != first


@pytest.mark.parametrize(
    "name",
    ["G/upconv_2/conv2d_transpose/kernel", "G/upconv_4/conv2d_transpose/bias", "G/z_project/dense/bias"],
)
def test_a_missing_tensor_is_named(tmp_path: Path, name: str) -> None:
    tensors = nets.tensorflow()
    del tensors[name]
    if name.endswith("kernel"):
        del tensors[name.replace("kernel", "bias")]
    with pytest.raises(Fault, match=r"no “|4 upsampling layers"):
        open_model(write_bundle(tmp_path / "model.ckpt-5", tensors))


def test_a_wrong_shape_is_named(tmp_path: Path) -> None:
    tensors = nets.tensorflow()
    tensors["G/upconv_1/conv2d_transpose/bias"] = np.zeros(7, np.float32)
    with pytest.raises(Fault, match="upconv_1/conv2d_transpose/bias” has the shape 7"):
        open_model(write_bundle(tmp_path / "model.ckpt-5", tensors))


def test_extra_tensors_are_told(tmp_path: Path) -> None:
    tensors = nets.tensorflow() | {"G/attention/kernel": np.zeros(3, np.float32)}
    card = open_model(write_bundle(tmp_path / "model.ckpt-5", tensors)).card
    assert [fact.value for fact in card.warnings] == ["“attention/kernel” of G is not used."]


def test_weights_that_are_no_numbers_are_told_and_run(tmp_path: Path) -> None:
    tensors = nets.tensorflow()
    tensors["G/upconv_3/conv2d_transpose/bias"][0] = np.nan
    model = open_model(write_bundle(tmp_path / "model.ckpt-5", tensors))
    warnings = [fact.value for fact in model.card.facts if fact.name == "Warning"]
    assert warnings == ["“upconv_3/conv2d_transpose/bias” contains values that are not finite numbers."]
    point, z = some_point(model)
    expected = truth.tf_generator(tensors, z, nets.STRIDES[16384])
    from core.probing import forward

    tracks = forward.generate(model, point)
    assert np.isnan(tracks["conv4"].samples).all()
    np.testing.assert_allclose(tracks["conv3"].samples, expected["conv3"].mean(0), atol=1e-5)


@pytest.mark.parametrize("taps", [1, 2, 3, 4])
@pytest.mark.parametrize("dim", [2, 16])
def test_a_kernel_may_be_shorter_than_its_stride(tmp_path: Path, taps: int, dim: int) -> None:
    tensors = {
        name: value[:, :taps] if name.endswith("conv2d_transpose/kernel") else value
        for name, value in nets.tensorflow(dim=dim).items()
    }
    model = open_model(write_bundle(tmp_path / "model.ckpt-5", tensors))
    point, z = some_point(model)
    assert_generates(model, point, short_kernels(tensors, z))


def short_kernels(tensors: nets.Tensors, z: np.ndarray) -> dict[str, np.ndarray]:
    """TensorFlow's SAME transposed convolution: output j gathers the entries k with j = 4 m + k - left."""
    x = np.maximum(z @ tensors["G/z_project/dense/kernel"] + tensors["G/z_project/dense/bias"], 0).reshape(
        16, -1
    )
    found = {"fc": x.T}
    for i in range(5):
        kernel = tensors[f"G/upconv_{i}/conv2d_transpose/kernel"][0]  # [taps, out, in]
        y = (
            np.zeros((4 * len(x), kernel.shape[1]), np.float32)
            + tensors[f"G/upconv_{i}/conv2d_transpose/bias"]
        )
        left = max(len(kernel) - 4, 0) // 2
        for k, matrix in enumerate(kernel):
            y[k - left :: 4] += x @ matrix.T
        x = np.tanh(y) if i == 4 else np.maximum(y, 0)
        found["out" if i == 4 else f"conv{i + 1}"] = x.T
    return found
