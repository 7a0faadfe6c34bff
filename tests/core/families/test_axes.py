"""Where a layer's steps lie in time, held by what an impulse in them does to the sound."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from core.families.registry import Model, open_model
from core.networks.numpy_runner import NumpyRunner
from tests.support.tiny import nets
from tests.support.tiny.bundles import write_bundle
from tests.support.tiny.files import save_nested, save_state


def numpy_of(model: Model, role: str) -> NumpyRunner:
    runner = model.network(role)
    assert isinstance(runner, NumpyRunner)
    return runner


TABLE = {
    "tensorflow": {"conv4": 2, "conv3": 10, "conv2": 42, "conv1": 170, "fc": 682},
    "port": {"conv4": 1, "conv3": 5, "conv2": 21, "conv1": 85, "fc": 341},
}


def even(weights: dict[str, np.ndarray], small: float) -> dict[str, np.ndarray]:
    """Make every kernel flat, so that responses are symmetric and their centres are exact."""
    flat: dict[str, np.ndarray] = {}
    for name, value in weights.items():
        plain = not any(word in name for word in ("bias", "beta", "mean", "global_step", "num_batches"))
        flat[name] = np.full_like(value, small) if plain and value.ndim > 1 else np.zeros_like(value)
    return flat


def tensorflow(slice_len: int, **settings: bool) -> Callable[[Path], Model]:
    def make(folder: Path) -> Model:
        weights = even(nets.tensorflow(slice_len, **settings), 1e-3)  # type: ignore[arg-type]
        return open_model(write_bundle(folder / "model.ckpt-1", weights), {"slice": slice_len})

    return make


def state(weights: Callable[[], dict[str, np.ndarray]], **answers: str) -> Callable[[Path], Model]:
    return lambda folder: open_model(save_state(folder / "x_G.pt", even(weights(), 1e-3)), answers)


def elaraby(slice_len: int, nearest: bool) -> Callable[[Path], Model]:
    weights = nets.elaraby(slice_len, nearest)
    return lambda folder: open_model(save_nested(folder / "x.tar", even(weights, 1e-3), {}))


MODELS = {
    "tensorflow 16384": tensorflow(16384),
    "tensorflow 16384 nearest": tensorflow(16384, nearest=True),
    "tensorflow 16384 filtered": tensorflow(16384, filtered=True),
    "tensorflow 32768": tensorflow(32768),
    "tensorflow 65536": tensorflow(65536),
    "port": state(nets.port_generator),
    "articulation": state(nets.articulation_generator),
    "cramer": state(nets.cramer_generator),
    "mazzzystar": state(nets.mazzzystar_generator, upsample="zeros"),
    "elaraby zeros 32768": elaraby(32768, False),
    "elaraby nearest 32768": elaraby(32768, True),
}


@pytest.mark.parametrize("name", MODELS)
def test_an_impulse_in_a_layer_is_heard_at_its_time(tmp_path: Path, name: str) -> None:
    model = MODELS[name](tmp_path)
    network, infos = numpy_of(model, "G"), model.card.layers["G"]
    times = infos[-1].axis.times()
    for i, info in enumerate(infos[:-1]):
        step = info.axis.n // 2
        impulse = np.zeros((1, info.axis.n, info.channels), np.float32)
        impulse[0, step] = 1e-3
        for _, layer in network.steps[i + 1 :]:
            impulse = layer(impulse)
        heard = impulse[0, :, 0].astype(np.float64)
        assert heard.sum() > 0
        centre_s = (heard * times).sum() / heard.sum()
        # A stride of 2 after repeating 4 times samples the response unevenly: 0.01 of a sample.
        assert centre_s == pytest.approx(info.axis.seconds(step), abs=0.02 / model.card.rate_hz)


@pytest.mark.parametrize(
    "name", ["tensorflow 16384", "tensorflow 32768", "tensorflow 65536", "elaraby nearest 32768"]
)
def test_a_step_of_a_listening_layer_lies_in_the_middle_of_what_it_hears(tmp_path: Path, name: str) -> None:
    model = MODELS[name](tmp_path)
    infos, n = model.card.layers["D"], model.card.slice_len
    rate_hz = model.card.rate_hz
    times = (np.arange(n) + 0.5) / rate_hz
    flat, ramp = _walk(model, np.ones(n)), _walk(model, times)
    reach, ratio = 0.0, 1.0  # samples heard on either side, and samples per step of the layer before
    for info in infos:
        reach, ratio = reach + 12 * ratio, rate_hz / info.axis.rate_hz
        step = info.axis.n // 2
        middle_s = info.axis.seconds(step)
        if reach / rate_hz < middle_s < (n - reach) / rate_hz:
            assert ramp[info.name][0, step, 0] / flat[info.name][0, step, 0] == pytest.approx(
                middle_s, rel=1e-4
            )
        else:
            assert info.name == "conv6"


def _walk(model: Model, sound: np.ndarray) -> dict[str, np.ndarray]:
    return dict(numpy_of(model, "D").walk(sound.astype(np.float32)[None]))


@pytest.mark.parametrize(("name", "table"), [("tensorflow 16384", "tensorflow"), ("port", "port")])
def test_offsets_are_those_of_the_published_table(tmp_path: Path, name: str, table: str) -> None:
    model = MODELS[name](tmp_path)
    axes = {info.name: info.axis for info in model.card.layers["G"]}
    for layer, offset in TABLE[table].items():
        assert axes[layer].start_s * 16000 - 0.5 == pytest.approx(offset)
    assert axes["conv4"].rate_hz == 4000
    assert axes["fc"].rate_hz == 15.625
    assert axes["out"].start_s == 0.5 / 16000


def test_an_upsampled_layer_is_as_long_as_its_steps_say(tmp_path: Path) -> None:
    """Stride 2 with padding 11 and output padding 1 makes two samples more than twice as many."""
    model = MODELS["elaraby zeros 32768"](tmp_path)
    assert model.card.layers["G"][-1].axis.n == 32770
    assert model.card.slice_len == 32768


def test_a_safetensors_network_has_tensorflows_axes(tmp_path: Path) -> None:
    weights = {k: v for k, v in nets.tensorflow().items() if k != "global_step"}
    save_file(weights, tmp_path / "a.safetensors", {"card": "{}"})
    starts = [info.axis.start_s * 16000 - 0.5 for info in open_model(tmp_path).card.layers["G"]]
    assert starts == pytest.approx([682, 170, 42, 10, 2, 0])
