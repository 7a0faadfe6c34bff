"""Wav2Letter in every layout equals a straight-line computation, and its frames lie where they hear."""

from __future__ import annotations

import json
from collections import OrderedDict
from pathlib import Path

import h5py
import numpy as np
import pytest
import torch
from safetensors.numpy import save_file
from torch.nn.functional import conv1d, leaky_relu, pad, relu

from core.families.registry import Model, open_model
from core.faults import Fault
from core.frontends.registry import plain
from core.frontends.waveform import WaveformFrames
from core.networks.numpy_runner import NumpyRunner, numpy_runner
from core.networks.receptive_fields import receptive_fields
from core.networks.runner import INPUT, Record
from core.networks.spec import FramesOutput, SoundDrive
from core.networks.torch_runner import TorchRunner
from core.probing import forward
from core.probing.drive import Sound
from core.probing.forward import probe
from core.probing.model_id import ModelId
from core.probing.request import ProbeRequest
from tests.support.tiny.bundles import write_bundle
from tests.support.tiny.files import save_state

SOUND = (0.1 * np.random.default_rng(1).standard_normal(16000)).astype(np.float32)
KERNELS = (48, *(7,) * 7, 32, 1, 1)
Weights = OrderedDict[str, np.ndarray]


def weights(inputs: int, names: list[str], labels: int = 29, width: int = 6, narrow: int = 7) -> Weights:
    """Give a random network with small widths; `narrow` is the number of convolutions of 7 taps."""
    chance = np.random.default_rng(5)
    kernels = (48, *(7,) * narrow, 32, 1, 1)
    widths = [inputs, *[width] * (narrow + 1), 2 * width, 2 * width, labels]
    made: Weights = OrderedDict()
    for name, taps, before, out in zip(names, kernels, widths, widths[1:], strict=False):
        scale = (before * taps) ** -0.5
        made[f"{name}.weight"] = (scale * chance.standard_normal((out, before, taps))).astype(np.float32)
        made[f"{name}.bias"] = chance.standard_normal(out).astype(np.float32) * 0.1
    return made


def names(prefix: str, step: int = 1, count: int = 11) -> list[str]:
    return [f"{prefix}{place * step}" for place in range(count)]


def torchaudio(inputs: int) -> Weights:
    if inputs > 1:
        return weights(inputs, names("acoustic_model.", 2), 40)
    front: Weights = OrderedDict()
    chance = np.random.default_rng(6)
    front["acoustic_model.0.0.weight"] = chance.standard_normal((5, 1, 250)).astype(np.float32) * 0.1
    front["acoustic_model.0.0.bias"] = chance.standard_normal(5).astype(np.float32)
    return front | weights(5, names("acoustic_model.1.", 2), 40)


def straight(
    found: Weights, x: np.ndarray, slope: float = 0.0, like_torchaudio: bool = False
) -> list[np.ndarray]:
    """Compute every layer [frames, channels] of features [frames, channels], one line a layer."""
    maps = torch.from_numpy(x.T.copy())[None]
    kernels = [value for value in found.values() if value.ndim == 3]
    biases = [value for value in found.values() if value.ndim == 1]
    layers: list[np.ndarray] = []
    for place, (kernel, bias) in enumerate(zip(kernels, biases, strict=True)):
        taps, last = kernel.shape[2], place == len(kernels) - 1
        stride = {250: 160, 48: 2}.get(taps, 1)
        if taps == 250:
            maps = pad(maps, (45, 45))
        elif like_torchaudio:
            both = {48: 23, 7: 3, 32: 16, 1: 0}[taps]
            maps = pad(maps, (both, both))
        else:  # TensorFlow's SAME
            n = maps.shape[2]
            total = max((-(-n // stride) - 1) * stride + taps - n, 0)
            maps = pad(maps, (total // 2, total - total // 2))
        maps = conv1d(maps, torch.from_numpy(kernel), torch.from_numpy(bias), stride)
        if like_torchaudio or not last:
            maps = leaky_relu(maps, slope) if slope else relu(maps)
        layers.append(maps[0].T.numpy())
    return layers


def assert_layers(model: Model, expected: list[np.ndarray], sound: np.ndarray = SOUND) -> None:
    """Hold every curve, the answer and its axis to the expected layers."""
    done = probe(model, ProbeRequest(ModelId("m"), "recogniser", Sound(sound, "d")))
    assert [*done.tracks, "logits"] == [
        *(f"conv{place}" for place in range(1, len(expected))),
        "logits",
    ]
    for track, layer in zip(done.tracks.values(), expected[:-1], strict=True):
        np.testing.assert_allclose(track.samples, layer.mean(1), atol=1e-5)
    assert done.logits is not None
    assert done.frames is not None
    np.testing.assert_allclose(done.logits, expected[-1], atol=1e-5)
    assert done.frames.n == len(expected[-1])
    assert np.ptp(expected[-1]) > 1e-2


def features(model: Model, sound: np.ndarray = SOUND) -> np.ndarray:
    """Give the network's own input [frames, channels]; front ends have tests of their own."""
    record = Record(INPUT)
    return model.network("recogniser").run(sound[None], [record])[record][0]


def card(**values: object) -> dict[str, str]:
    return {"card": json.dumps({"family": "wav2letter", **values})}


def test_the_form_with_128_mel_bands(tmp_path: Path) -> None:
    found = weights(128, names("layers.", 2))
    model = open_model(save_state(tmp_path / "letters.pt", found))
    facts = {fact.name: fact for fact in model.card.facts}
    assert (model.card.family, model.card.rate_hz) == ("wav2letter", 16000)
    assert str(facts["Input"].value).startswith("log-mel, 128 values every 128 samples")
    assert {"labels", "rate", "slope"} == set(model.card.unanswered)
    spec = model.spec("recogniser")
    assert isinstance(spec.output, FramesOutput)
    assert (spec.output.labels[0], spec.output.labels[-1], spec.output.blank) == ("a", "blank", 28)
    assert isinstance(model.network("recogniser"), TorchRunner)
    for n in (16000, 16128):  # an odd and an even number of frames
        sound = np.resize(SOUND, n)
        assert_layers(model, straight(found, features(model, sound)), sound)


@pytest.mark.parametrize(("inputs", "kind"), [(1, "waveform"), (40, "mfcc"), (201, "power spectrum")])
def test_the_layout_of_torchaudios_class(tmp_path: Path, inputs: int, kind: str) -> None:
    found = torchaudio(inputs)
    model = open_model(save_state(tmp_path / "letters.pt", found))
    drive = model.spec("recogniser").drive
    assert isinstance(drive, SoundDrive)
    assert plain(drive.frontend)["kind"] == kind
    expected = straight(found, features(model), like_torchaudio=True)
    assert_layers(model, expected)
    assert expected[-1].min() == 0, "the class has a ReLU after its last convolution"
    (fact,) = (fact for fact in model.card.facts if fact.name == "After the last convolution")
    assert fact.value == "ReLU"
    assert len(expected[-1]) == (len(expected[-3]))
    assert len(expected[-1]) == len(expected[-4]) + 1, "32 taps with 16 zeros on both sides"


def test_the_tiny_form_with_leaky_relus(tmp_path: Path) -> None:
    found = weights(39, names("conv1d_", 1, 9), 29, narrow=5)
    bundle = {
        name.replace(".weight", "/kernel").replace(".bias", "/bias"): value.transpose(2, 1, 0)
        if value.ndim == 3
        else value
        for name, value in found.items()
    }
    model = open_model(write_bundle(tmp_path / "tiny-wav2letter", bundle))
    assert model.card.answers["slope"] == "0.2"
    assert_layers(model, straight(found, features(model), 0.2))


def test_our_own_file_says_everything(tmp_path: Path) -> None:
    frontend = WaveformFrames(200, 100)
    found = weights(200, names("conv", 1), 3)
    about = card(
        title="Vowels",
        rate_hz=8000,
        labels=["a", "i", "blank"],
        frontend=plain(frontend),
        slope=0.1,
        license="CC0",
    )
    save_file(found, tmp_path / "v.safetensors", about)
    model = open_model(tmp_path / "v.safetensors")
    spec = model.spec("recogniser")
    assert (model.card.title, model.card.unanswered) == ("Vowels", ())
    assert spec.drive == SoundDrive(8000.0, None, frontend)
    assert spec.output == FramesOutput(("a", "i", "blank"), "softmax", 2)
    assert_layers(model, straight(found, features(model), 0.1))


@pytest.mark.parametrize("measured", ["good", ["good"], {"all": 0.1}, {"all": {"letter_error_rate": "low"}}])
def test_error_rates_that_are_none_are_passed_over(tmp_path: Path, measured: object) -> None:
    about = card(frontend=plain(WaveformFrames(200, 100)), measured=measured)
    save_file(weights(200, names("conv", 1), 3), tmp_path / "v.safetensors", about)
    facts = open_model(tmp_path / "v.safetensors").card.facts
    assert not [fact for fact in facts if fact.name.startswith("Letters wrong")]


def test_a_card_that_contradicts_the_weights_names_both_numbers(tmp_path: Path) -> None:
    about = card(frontend=plain(WaveformFrames(201, 100)))
    save_file(weights(200, names("conv", 1), 3), tmp_path / "v.safetensors", about)
    with pytest.raises(Fault, match=r"201 values per frame, but its weights take 200"):
        open_model(tmp_path / "v.safetensors")


def test_labels_are_asked_and_counted(tmp_path: Path) -> None:
    path = save_state(tmp_path / "letters.pt", weights(128, names("layers.", 2), 3))
    assert open_model(path).spec("recogniser").output == FramesOutput(("1", "2", "3"), "softmax", None)
    told = open_model(path, {"labels": "blank a o"}).spec("recogniser").output
    assert told == FramesOutput(("blank", "a", "o"), "softmax", 0)
    with pytest.raises(Fault, match="2 labels were given, but the network has 3 outputs"):
        open_model(path, {"labels": "a b"})


def test_other_chains_of_convolutions_are_not_taken(tmp_path: Path) -> None:
    found = weights(128, names("layers.", 2))
    found["layers.4.weight"] = found["layers.4.weight"][:, :, :6]  # an even kernel among the narrow ones
    with pytest.raises(Fault, match="not a"):
        open_model(save_state(tmp_path / "other.pt", found))


def test_a_sound_shorter_than_a_frame_is_refused(tmp_path: Path) -> None:
    model = open_model(save_state(tmp_path / "letters.pt", torchaudio(1)))
    with pytest.raises(Fault, match=r"lasts 0\.000125 s, which is too short"):
        forward.listen(model, "recogniser", np.zeros(2, np.float32), "d")


def test_both_engines_agree_on_waveforms(tmp_path: Path) -> None:
    model = open_model(save_state(tmp_path / "letters.pt", torchaudio(1)))
    spec, found = model.spec("recogniser"), model.parts["recogniser"]
    assert isinstance(model.network("recogniser"), NumpyRunner)
    record = [Record(layer.name) for layer in spec.layers]
    mine = numpy_runner(spec, found).run(SOUND[None], record)
    theirs = TorchRunner(spec, found, "").run(SOUND[None], record)
    for wanted in record:
        np.testing.assert_allclose(mine[wanted], theirs[wanted], atol=1e-5)


@pytest.mark.parametrize("inputs", [1, 40])
def test_a_frame_lies_in_the_middle_of_what_it_hears(tmp_path: Path, inputs: int) -> None:
    """Proved by the support of its gradient, layer by layer, far from the ends; every ReLU is open."""
    open_wide = OrderedDict(
        (name, value if value.ndim > 1 else np.full_like(value, 100))
        for name, value in torchaudio(inputs).items()
    )
    model = open_model(save_state(tmp_path / "letters.pt", open_wide))
    spec = model.spec("recogniser").for_length(48000)
    network = TorchRunner(spec, model.parts["recogniser"], "").module().double()
    x = torch.randn(1, 48000, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    fields, (step, first) = receptive_fields(spec), (spec.drive.frontend.step, spec.drive.frontend.centre)
    leaf = network.features(0.01 * x).detach().requires_grad_()
    for name, maps in network.walk_features(leaf):
        info = next(one for one in (*spec.infos(), spec.answer()) if one is not None and one.name == name)
        assert maps.shape[1] == info.axis.n
        k = info.axis.n // 2
        (gradient,) = torch.autograd.grad(maps[0, k].sum(), leaf, retain_graph=True)
        heard = np.flatnonzero(gradient[0].abs().amax(1).numpy())
        extent = (heard[-1] - heard[0]) * step + spec.drive.frontend.reach
        assert extent == fields[name].samples
        middle_s = (first + step * (heard[0] + heard[-1]) / 2 + 0.5) / 16000
        assert info.axis.seconds(k) == pytest.approx(middle_s, abs=1e-9)


def test_receptive_fields_are_those_of_the_publication(tmp_path: Path) -> None:
    model = open_model(save_state(tmp_path / "letters.pt", weights(128, names("layers.", 2))))
    spec = model.spec("recogniser")
    fields = receptive_fields(spec)
    frames = [round((one.samples - 512) / 128) + 1 for one in fields.values()]
    assert frames == [48, 60, 72, 84, 96, 108, 120, 132, 194, 194, 194]
    assert {one.step for one in fields.values()} == {256}
    assert model.card.networks["recogniser"].hears_s == {name: one.seconds for name, one in fields.items()}
    assert fields["logits"].seconds == pytest.approx((193 * 128 + 512) / 16000)


def test_arms_file_of_keras_is_the_same_network(tmp_path: Path) -> None:
    found = weights(39, [f"conv1d_{k}" for k in range(1, 12)])
    with h5py.File(tmp_path / "wav2letter.h5", "w") as file:
        for name, value in found.items():
            scope, _, part = name.partition(".")
            turned = value.transpose(2, 1, 0) if part == "weight" else value
            file[f"model_weights/{scope}/{scope}/{'kernel' if part == 'weight' else part}:0"] = turned
    model = open_model(tmp_path / "wav2letter.h5")
    assert_layers(model, straight(found, features(model), 0.2))
